"""Qt's own dialogs speak the language of the window."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLabel

from flowdesk.i18n import set_language
from flowdesk.ui.qtwords import QtWords, name_labels

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def words(qapp: QApplication) -> Iterator[QtWords]:
    set_language("en")
    found = QtWords(qapp)
    yield found
    set_language("en")
    found.forget()


def texts() -> set[str]:
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    name_labels(dialog)
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    found = {label.text() for label in dialog.findChildren(QLabel)} | {each.text() for each in buttons.buttons()}
    dialog.deleteLater()
    return {text.replace("&", "").split("(")[0].strip(" :：") for text in found}


def test_a_file_dialog_is_chinese_in_chinese_and_english_again_afterwards(words: QtWords) -> None:
    assert {"Cancel", "Files of type"} <= texts()
    set_language("zh_CN")
    shown = texts()
    assert "取消" in shown
    assert not [text for text in shown if text.isascii() and text.strip()], shown
    set_language("en")
    assert "Cancel" in texts()
