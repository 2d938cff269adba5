"""A ring around a spot of the desktop, to show what a test of a target found."""

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from flowdesk.model.geometry import Box
from flowdesk.ui.theme import theme

SHOWN_MS = 1500
MARGIN = 6
WIDTH = 3


class Ring(QWidget):
    """A window that is nothing but a frame: clicks go through its middle, and it never takes the focus."""

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
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self.hide)

    def show_around(self, box: Box) -> None:
        """Show the ring around a box, in pixels of the desktop, for a moment."""
        ratio = self.devicePixelRatioF()
        x, y, width, height = (round(value / ratio) for value in box)
        place = QRect(x, y, width, height).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self.setGeometry(place)
        inner = self.rect().adjusted(WIDTH, WIDTH, -WIDTH, -WIDTH)
        self.setMask(QRegion(self.rect()).subtracted(QRegion(inner)))
        self.show()
        self.raise_()
        self._end.start(SHOWN_MS)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame."""
        painter = QPainter(self)
        painter.setPen(QPen(theme().error, 2 * WIDTH))
        painter.drawRect(self.rect())
