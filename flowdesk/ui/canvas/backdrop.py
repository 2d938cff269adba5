"""The ground of the canvas: its colour and its grid of dots."""

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen


def draw_dots(painter: QPainter, rect: QRectF, step: int, color: QColor, size: float) -> None:
    """Draw a dot at each crossing of a grid, on whole pixels of the screen."""
    pen = QPen(color, size)
    pen.setCosmetic(True)
    left, top = math.floor(rect.left() / step), math.floor(rect.top() / step)
    xs = [x * step for x in range(left, math.ceil(rect.right() / step) + 1)]
    ys = [y * step for y in range(top, math.ceil(rect.bottom() / step) + 1)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(pen)
    painter.drawPoints([QPointF(x, y) for y in ys for x in xs])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
