"""The field for a file or folder, with a button that asks for one."""

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QToolButton, QWidget

from flowdesk.aio import spawn
from flowdesk.i18n import tr
from flowdesk.model.fields import FieldSpec
from flowdesk.ui.dialogs import finished
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.fields import TextField
from flowdesk.ui.plain import tip
from flowdesk.ui.qtwords import name_labels


class PathField(TextField):
    """A path. One below the flow's own folder is written relative to it, so the flow can be moved."""

    def __init__(self, spec: FieldSpec, folder: Path | None = None, parent: QWidget | None = None) -> None:
        """Show a line and a button; ``folder`` is where the flow lies."""
        super().__init__(spec, parent)
        self.folder = folder
        self.browse_button = QToolButton(self)
        self.browse_button.setIcon(icon("folder-open", "text_dim"))
        self.browse_button.setToolTip(tip(tr("Choose a file…")))
        self.browse_button.setAccessibleName(tr("Choose a file…"))
        self.browse_button.clicked.connect(lambda _: spawn(self.browse(), "choose a file"))
        self.row.addWidget(self.browse_button)

    async def browse(self) -> None:
        """Ask for a file; it need not exist yet."""
        dialog = QFileDialog(self.window(), tr("Choose a file…"), str(self.folder or Path.home()))
        name_labels(dialog)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, tr("Choose"))
        if await finished(dialog) and dialog.selectedFiles():
            self.choose(dialog.selectedFiles()[0])

    def choose(self, path: str) -> None:
        """Take a path."""
        self.set_value(self.written(Path(path)))
        self.take()

    def written(self, path: Path) -> Any:
        """Return a path as it goes into the config."""
        if self.folder is not None and path.is_relative_to(self.folder) and path != self.folder:
            return path.relative_to(self.folder).as_posix()
        return str(path)
