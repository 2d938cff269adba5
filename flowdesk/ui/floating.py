"""A small bar that floats above everything, takes no focus and keeps round corners where nothing blends windows."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath, QRegion, QResizeEvent
from PySide6.QtWidgets import QFrame

RADIUS = 8
EDGE = 24
"""Logical pixels between the bar and the edge of the screen."""


class FloatingBar(QFrame):
    """Shows beside the work of other programs."""

    def __init__(self) -> None:
        """Stay hidden until it is shown."""
        super().__init__(
            None,
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus
            | Qt.WindowType.X11BypassWindowManagerHint,
        )
        self.setObjectName("runBar")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)

    def place_below(self) -> None:
        """Go to the middle of the lower edge of the screen."""
        self.adjustSize()
        place = self.screen().availableGeometry()
        self.move(place.center().x() - self.width() // 2, place.bottom() - self.height() - EDGE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the corners round."""
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        self.setMask(QRegion(path.toFillPolygon().toPolygon()))
        super().resizeEvent(event)
