"""Between Qt's logical pixels and the physical pixels of the virtual desktop, which targets are given in."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication, QScreen

from flowdesk.model.geometry import Point


def to_pixels(place: QPoint) -> Point:
    """Return the physical pixel of a place in Qt's global coordinates."""
    screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
    origin, ratio = screen.geometry().topLeft(), screen.devicePixelRatio()
    return Point(
        round(origin.x() + (place.x() - origin.x()) * ratio), round(origin.y() + (place.y() - origin.y()) * ratio)
    )


def from_pixels(box: Sequence[int]) -> QRect:
    """Return the rectangle in Qt's global coordinates of a box (x, y, width, height) in physical pixels."""
    x, y, width, height = box[:4]
    screen = _screen_of(x + width // 2, y + height // 2)
    origin, ratio = screen.geometry().topLeft(), screen.devicePixelRatio()
    return QRect(
        round(origin.x() + (x - origin.x()) / ratio),
        round(origin.y() + (y - origin.y()) / ratio),
        max(1, round(width / ratio)),
        max(1, round(height / ratio)),
    )


def _screen_of(x: int, y: int) -> QScreen:
    """Qt keeps a screen's top left corner in physical pixels and scales what lies inside."""
    for screen in QGuiApplication.screens():
        origin, size, ratio = screen.geometry().topLeft(), screen.size(), screen.devicePixelRatio()
        if QRect(origin.x(), origin.y(), round(size.width() * ratio), round(size.height() * ratio)).contains(x, y):
            return screen
    return QGuiApplication.primaryScreen()
