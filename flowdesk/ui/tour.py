"""The tour for the first start: five cards beside the window's parts, skipped with one key, never shown again unasked."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QPushButton, QVBoxLayout, QWidget

from flowdesk.i18n import on_language_changed, tr
from flowdesk.model.sentence import say
from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.theme import theme

WIDTH = 360
GAP = 14
ABOVE = 60
"""Pixels below the top of the canvas with its tabs: what the canvas says to begin with stays in sight."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One card: title, text, and the name of the part that it speaks of."""

    title: str
    text: str
    part: str = ""


STOPS = (
    Stop(
        "Welcome to flowdesk",
        "Draw what should happen on your desktop as a flow of nodes, and let flowdesk do it. This tour takes a minute.",
    ),
    Stop(
        "Nodes",
        "Drag a node onto the canvas, or press N and type its name. Drag from the ring at a node's side to connect it.",
        "palette",
    ),
    Stop(
        "Settings",
        "Settings of the selected node. Choose Pick, then click a button or field on your desktop.",
        "inspector",
    ),
    Stop(
        "Run",
        "Press F5 to run. flowdesk hides its window during the run. To stop all runs, press Ctrl+Alt+Q or hold the pointer in a screen corner.",
        "toolbar",
    ),
    Stop(
        "Try it",
        "The example fills in a form in a practice window that it opens. Open the example and press F5.",
    ),
)


class Tour(QFrame):
    """A card over the window; an outline shows the part that it speaks of."""

    example_wanted = Signal()
    ended = Signal()

    def __init__(self, window: QMainWindow, part_of: Callable[[str], QWidget | None]) -> None:
        """Begin at the first stop.

        Args:
            window: The window to show.
            part_of: Returns the part of the window with a name.
        """
        super().__init__(window)
        self.setObjectName("tour")
        self.main = window
        self._part_of = part_of
        self.index = 0
        self._outline = _Outline(window)
        self.title, self.text, self.count = PlainLabel(self), PlainLabel(self), PlainLabel(self)
        self.title.setObjectName("heading")
        self.count.setObjectName("dim")
        self.text.setWordWrap(True)
        self.skip, self.back, self.next = QPushButton(self), QPushButton(self), QPushButton(self)
        self.next.setObjectName("primary")
        buttons = QHBoxLayout()
        buttons.addWidget(self.skip)
        buttons.addWidget(self.count)
        buttons.addStretch()
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(18, 14, 18, 12)
        rows.setSpacing(10)
        rows.addWidget(self.title)
        rows.addWidget(self.text)
        rows.addLayout(buttons)
        self.setFixedWidth(WIDTH)
        self.skip.clicked.connect(self.end)
        self.back.clicked.connect(lambda: self._go(-1))
        self.next.clicked.connect(lambda: self._go(1))
        window.installEventFilter(self)
        self._forget = on_language_changed(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Show the stop in the language in force."""
        stop, is_last = STOPS[self.index], self.index == len(STOPS) - 1
        self.setAccessibleName(tr("Tour"))
        self.title.setText(tr(stop.title))
        self.text.setText(tr(stop.text))
        self.count.setText(tr(say("{number} of {count}", number=self.index + 1, count=len(STOPS))))
        self.skip.setText(tr("Close") if is_last else tr("Skip"))
        self.back.setText(tr("Back"))
        self.back.setVisible(self.index > 0)
        self.next.setText(tr("Open the example") if is_last else tr("Next"))
        self._place()

    def appear(self) -> None:
        """Show the card without taking the keys from what has them."""
        self.show()
        self._place()
        self.raise_()

    def end(self) -> None:
        """Go for good."""
        self.main.removeEventFilter(self)
        self._forget()
        self._outline.hide()
        self._outline.deleteLater()
        self.hide()
        self.ended.emit()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc skips."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window changes its size."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.LayoutRequest}:
            self._place()
        return bool(super().eventFilter(watched, event))

    def _go(self, step: int) -> None:
        if self.index + step >= len(STOPS):
            self.example_wanted.emit()
            self.end()
            return
        self.index = max(0, self.index + step)
        self.retranslate()

    def _place(self) -> None:
        middle, layout = self.main.centralWidget(), self.layout()
        if middle is None or layout is None:
            return
        self.setFixedHeight(layout.heightForWidth(WIDTH))
        part = self._part_of(STOPS[self.index].part) if STOPS[self.index].part else None
        room = QRect(middle.mapTo(self.main, QPoint(0, 0)), middle.size())
        if part is None or not part.isVisible():
            self._outline.hide()
            self.move(room.center().x() - self.width() // 2, room.top() + ABOVE)
            return
        box = QRect(part.mapTo(self.main, QPoint(0, 0)), part.size())
        self._outline.setGeometry(box)
        self._outline.setVisible(self.isVisible())
        self._outline.raise_()
        self.raise_()
        self.move(_beside(box, room, self.width(), self.height()))


def _beside(box: QRect, room: QRect, width: int, height: int) -> QPoint:
    """Return the corner of a card beside a part: in the room to its right, to its left, or below it."""
    if box.right() < room.center().x() and box.height() > box.width():
        return QPoint(box.right() + GAP, box.top() + 60)
    if box.left() > room.center().x() and box.height() > box.width():
        return QPoint(box.left() - width - GAP, box.top() + 60)
    return QPoint(min(room.center().x() - width // 2, room.right() - width), box.bottom() + GAP)


class _Outline(QWidget):
    """A frame around a part of the window; clicks go through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = QColor(theme().accent)
        painter.setPen(QPen(color, 2))
        color.setAlpha(18)
        painter.setBrush(color)
        painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
