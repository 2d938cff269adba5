"""A sentence beside the pointer."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.theme import theme, ui_font

GAP = 18


class HintBubble(PlainLabel):
    """Says why something may not be done, where the person is looking."""

    def __init__(self, parent: QWidget) -> None:
        """Belong to a view, hidden."""
        super().__init__(parent)
        self._view = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFont(ui_font("small", "medium"))
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def show_at(self, text: str, at: QPoint) -> None:
        """Show a sentence beside a point of the parent, or nothing if it is empty."""
        if not text:
            self.hide()
            return
        self.setText(text)
        self.adjustSize()
        room = self._view.rect()
        x = min(at.x() + GAP, room.width() - self.width() - 4)
        y = at.y() + GAP if at.y() + GAP + self.height() < room.height() else at.y() - GAP - self.height()
        self.move(max(4, x), y)
        self.show()
        self.raise_()

    def _dress(self) -> None:
        colors = theme()
        self.setStyleSheet(
            f"background: {colors.panel.name()}; color: {colors.error.name()}; border: 1px solid {colors.error.name()};"
            "border-radius: 7px; padding: 5px 9px;"
        )
