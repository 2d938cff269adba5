"""The ground of the canvas: its colour and its grid of dots."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from flowdesk.model.sentence import say
from flowdesk.ui.canvas.card import GRID
from flowdesk.ui.canvas.look import Look
from flowdesk.ui.theme import theme

GRID_FROM, FINE_FROM = 0.4, 0.7
"""Zooms from which every fifth dot of the grid is drawn, and all."""
INVITATION = 460
"""Width of the lines that say how to go on; longer ones are wrapped."""


def draw_backdrop(painter: QPainter, rect: QRectF, zoom: float) -> None:
    """Draw the canvas and its grid: dots, every fifth stronger."""
    painter.fillRect(rect, theme().canvas)
    if zoom < GRID_FROM or rect.isEmpty():
        return
    if zoom >= FINE_FROM:
        draw_dots(painter, rect, GRID, theme().grid, 1.6)
    draw_dots(painter, rect, GRID * 5, theme().grid_major, 2.0)


def draw_invitation(painter: QPainter, around: QRectF, look: Look) -> None:
    """Say on a canvas with hardly anything on it how to go on, below what is there, in scene coordinates."""
    lines = (
        say("Double-click, or press N, to add a node"),
        say("Drag from a port to another node to connect them, or to empty canvas to add a connected node"),
    )
    painter.setPen(look.theme.text_dim)
    painter.setFont(look.note_font)
    top, height = around.bottom() + 60, look.title_metrics.lineSpacing()
    for line in lines:
        box = QRectF(around.center().x() - INVITATION / 2, top, INVITATION, 3 * height)
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
        top = painter.drawText(box, flags, look.translate(line)).bottom() + 8


def draw_dots(painter: QPainter, rect: QRectF, step: int, color: QColor, size: float) -> None:
    """Draw a dot at each crossing of a grid, on whole pixels of the screen."""
    pen = QPen(color, size)
    pen.setCosmetic(True)
    left, right = math.floor(rect.left() / step), math.ceil(rect.right() / step)
    row = QPolygonF([QPointF(x * step, 0) for x in range(left, right + 1)])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(pen)
    for y in range(math.floor(rect.top() / step), math.ceil(rect.bottom() / step) + 1):
        painter.drawPoints(row.translated(0, y * step))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
