"""The keys of the window and of the canvas."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QLabel, QScrollArea, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.ui.actions import CANVAS_KEYS, COMMANDS
from flowdesk.ui.theme import theme


class HelpOverlay(QDialog):
    """Shows every key in two columns."""

    def __init__(self, parent: QWidget) -> None:
        """Show the keys in the language in force."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keys and help"))
        text = QLabel(help_text())
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setContentsMargins(16, 12, 16, 12)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
        text.setWordWrap(True)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(text)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(area)
        self.resize(760, 560)


def help_text() -> str:
    """Return the keys as rich text."""
    commands = [
        (QKeySequence(command.keys[0]).toString(QKeySequence.SequenceFormat.NativeText), command.text)
        for command in COMMANDS
        if command.keys
    ]
    intro = tr(
        "Drag nodes from the left onto the canvas, connect their ports, and press F5. Settings of the selected node are "
        "on the right. While a run acts, the window makes way; the small bar pauses and stops it."
    )
    return (
        f"<p>{escape(intro)}</p><table width='100%'><tr>"
        f"<td width='46%' valign='top'>{_table(tr('Window'), commands)}</td>"
        f"<td width='54%' valign='top'>{_table(tr('Canvas'), list(CANVAS_KEYS))}</td></tr></table>"
    )


def _table(title: str, keys: list[tuple[str, str]]) -> str:
    dim = theme().text_dim.name()
    rows = "".join(
        f"<tr><td style='padding:3px 14px 3px 0; color:{dim}'>{escape(key)}</td>"
        f"<td style='padding:3px 8px 3px 0'>{escape(tr(text))}</td></tr>"
        for key, text in keys
    )
    return f"<h3>{escape(title)}</h3><table>{rows}</table>"
