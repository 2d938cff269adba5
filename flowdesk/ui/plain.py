"""Labels, boxes and tips that show a text as it is: what others wrote is never read as HTML.

Qt takes a text that looks like HTML for HTML, and then loads the pictures it names: the name of a pipe hangs the window.
``tools/check_style.py`` refuses Qt's own labels and boxes elsewhere in ``ui``.
"""

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLabel, QMessageBox, QWidget


class PlainLabel(QLabel):
    """A label whose text is shown letter by letter."""

    def __init__(self, text: str | QWidget | None = "", parent: QWidget | None = None) -> None:
        """Show a text; as with Qt's own, the text may be left away before the parent."""
        super().__init__(parent if isinstance(text, str) else text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text if isinstance(text, str) else "")


class PlainMessageBox(QMessageBox):
    """A box whose texts are shown letter by letter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setInformativeText(self, text: str) -> None:
        """Show what else is to be known."""
        super().setInformativeText("")
        super().setInformativeText(" ")
        for label in self.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)
        super().setInformativeText(text)


def plain_input(parent: QWidget | None, title: str, label: str) -> QInputDialog:
    """Return a dialog that asks for a line of text."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(" ")
    for shown in dialog.findChildren(QLabel):
        shown.setTextFormat(Qt.TextFormat.PlainText)
    dialog.setLabelText(label)
    return dialog


def tip(text: str) -> str:
    """Return a text for a tool tip, which has no format to set: what Qt would read as HTML is written as such."""
    if "<" not in text:
        return text
    return f'<p style="white-space: pre-wrap">{html.escape(text)}</p>'
