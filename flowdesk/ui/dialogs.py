"""Questions to the person at the window. None of them runs a loop of its own: each is opened and awaited."""

import asyncio
from collections.abc import Sequence
from typing import Literal

from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QMessageBox, QPushButton, QWidget

from flowdesk.i18n import tr
from flowdesk.model.sentence import say
from flowdesk.session.names import SUFFIX
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainMessageBox, plain_input
from flowdesk.ui.qtwords import name_labels

Leaving = Literal["save", "discard", "cancel"]


async def finished(dialog: QDialog) -> int:
    """Open a dialog and return how it ended: 0 is rejected."""
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    dialog.finished.connect(end)
    dialog.open()
    try:
        return await ended
    finally:
        dialog.deleteLater()


async def ask_unsaved(parent: QWidget, names: Sequence[str]) -> Leaving:
    """Ask once what to do about all flows that are not saved."""
    box = PlainMessageBox(parent)
    box.setObjectName("unsavedQuestion")
    box.setIconPixmap(icon("circle-help", "accent", 36).pixmap(36, 36))
    box.setWindowTitle("flowdesk")
    box.setText(tr(say("Save the changes to {names}?", names=", ".join(names))))
    box.setInformativeText(tr("If you do not save, your changes are lost."))
    save = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(tr("Discard"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.setEscapeButton(cancel)
    await finished(box)
    return _chosen(box, save, discard)


def _chosen(box: QMessageBox, save: QPushButton, discard: QPushButton) -> Leaving:
    pressed = box.clickedButton()
    return "save" if pressed is save else "discard" if pressed is discard else "cancel"


async def ask_overwrite(parent: QWidget, reason: str) -> bool:
    """Ask whether to overwrite a file: one that another program changed, or another flow's."""
    box = PlainMessageBox(parent)
    box.setIconPixmap(icon("triangle-alert", "warning", 36).pixmap(36, 36))
    box.setWindowTitle("flowdesk")
    box.setText(reason)
    overwrite = box.addButton(tr("Overwrite"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    await finished(box)
    return box.clickedButton() is overwrite


async def ask_files(parent: QWidget, folder: str, filters: str = "", title: str = "") -> list[str]:
    """Ask which files to open; without ``filters`` they are flows."""
    dialog = QFileDialog(parent, title or tr("Open a flow"), folder, filters or _filters())
    name_labels(dialog)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    return list(dialog.selectedFiles()) if await finished(dialog) else []


async def ask_save_path(parent: QWidget, suggestion: str) -> str | None:
    """Ask under which name to save."""
    dialog = QFileDialog(parent, tr("Save the flow"), suggestion, _filters())
    name_labels(dialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # the session refuses it, and that is asked about
    dialog.setDefaultSuffix(SUFFIX.lstrip("."))
    return dialog.selectedFiles()[0] if await finished(dialog) else None


async def ask_text(parent: QWidget, title: str, label: str, text: str) -> str | None:
    """Ask for a line of text."""
    dialog = plain_input(parent, title, label)
    dialog.setTextValue(text)
    dialog.setOkButtonText(tr("OK"))
    dialog.setCancelButtonText(tr("Cancel"))
    return dialog.textValue() if await finished(dialog) else None


async def ask_password(parent: QWidget, title: str, label: str) -> str | None:
    """Ask for a text that is not shown."""
    dialog = plain_input(parent, title, label)
    dialog.setTextEchoMode(QLineEdit.EchoMode.Password)
    dialog.setOkButtonText(tr("Keep"))
    dialog.setCancelButtonText(tr("Not now"))
    return dialog.textValue() if await finished(dialog) else None


async def ask_yes_no(parent: QWidget, title: str, text: str) -> bool:
    """Ask a question; leaving it is no."""
    box = PlainMessageBox(parent)
    box.setWindowTitle(title)
    box.setText(title)
    box.setInformativeText(text)
    yes = box.addButton(tr("Yes"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("No"), QMessageBox.ButtonRole.RejectRole)
    await finished(box)
    return box.clickedButton() is yes


async def ask_one_of(parent: QWidget, title: str, label: str, choices: Sequence[str]) -> int | None:
    """Ask for one of several things and return its number."""
    dialog = plain_input(parent, title, label)
    dialog.setComboBoxItems(choices)
    dialog.setOkButtonText(tr("OK"))
    dialog.setCancelButtonText(tr("Cancel"))
    return list(choices).index(dialog.textValue()) if await finished(dialog) else None


async def tell(parent: QWidget, title: str, text: str) -> None:
    """Show a text until it is closed."""
    box = PlainMessageBox(parent)
    box.setWindowTitle(title)
    box.setText(title)
    box.setInformativeText(text)
    await finished(box)


def _filters() -> str:
    return f"{tr('Flows')} (*{SUFFIX} *.json);;{tr('All files')} (*)"
