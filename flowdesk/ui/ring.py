"""A ring around a spot of the desktop: what a test of a target found, or what the picker is about to take."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from flowdesk.engine.dry import Places
from flowdesk.ui.pixels import from_pixels
from flowdesk.ui.theme import theme, ui_font

SHOWN_MS = 1500
MARGIN = 6
WIDTH = 3
LABEL_HEIGHT = 22


REHEARSED_MS = 5000
REACH = 12
"""Pixels of the desktop from a place where a dry run would act to the ring around it."""


class Ring(QWidget):
    """A window that is nothing but a frame: clicks go through it, and it never takes the focus."""

    def __init__(self) -> None:
        """Stay hidden until something is to be shown."""
        super().__init__(
            None,
            Qt.WindowType.ToolTip
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowTransparentForInput
            | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.color: QColor = theme().error
        self._text = ""
        self._ring = QRect()
        self._label = QRect()
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self.hide)

    def show_around(self, box: Sequence[int], text: str = "", shown_ms: int = SHOWN_MS) -> None:
        """Show the ring around a box, in pixels of the desktop.

        Args:
            box: x, y, width, height.
            text: A label above the ring.
            shown_ms: For how long; 0 is until ``hide``.
        """
        ring = from_pixels(box).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        place = QRect(ring)
        self._text = text
        label = QRect()
        if text:
            width = QFontMetrics(ui_font("small", "medium")).horizontalAdvance(text) + 18
            screen = self.screen().virtualGeometry()
            top = ring.top() - LABEL_HEIGHT - 2
            top = top if top >= screen.top() else ring.bottom() + 3
            left = max(screen.left(), min(ring.left(), screen.right() - width))
            label = QRect(left, top, width, LABEL_HEIGHT)
            place = place.united(label)
        self.setGeometry(place)
        self._ring, self._label = ring.translated(-place.topLeft()), label.translated(-place.topLeft())
        inner = self._ring.adjusted(WIDTH, WIDTH, -WIDTH, -WIDTH)
        self.setMask(QRegion(self._ring).subtracted(QRegion(inner)).united(QRegion(self._label)))
        self.show()
        self.raise_()
        self.update()
        self._end.stop()
        if shown_ms:
            self._end.start(shown_ms)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame and label."""
        painter = QPainter(self)
        painter.setPen(QPen(self.color, 2 * WIDTH))
        painter.drawRect(self._ring)
        if self._text:
            painter.fillRect(self._label, self.color)
            painter.setPen(theme().on_accent)
            painter.setFont(ui_font("small", "medium"))
            painter.drawText(self._label, Qt.AlignmentFlag.AlignCenter, self._text)


class Rings:
    """Rings around all the places where a dry run would act, numbered; shown when it is over, not to be found by it."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self.shown: list[Ring] = []

    def show(self, places: Places) -> None:
        """Show a ring for each place, instead of those shown before."""
        self.close()
        for number, (point, label) in enumerate(places.listed(), 1):
            ring = Ring()
            ring.color = theme().accent
            self.shown.append(ring)
            ring.show_around(
                (point.x - REACH, point.y - REACH, 2 * REACH, 2 * REACH), f"{number} {label}", REHEARSED_MS
            )

    def close(self) -> None:
        """Take all of them away."""
        for ring in self.shown:
            ring.close()
            ring.deleteLater()
        self.shown.clear()
