"""What starts a flow by itself, drawn as chips under its start node."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from flowdesk.ui.canvas.glyphs import icon_pixmap
from flowdesk.ui.canvas.look import TEXTS, Look

HEIGHT, GAP, WIDEST = 22.0, 5.0, 240.0
TOP = 9.0
"""Room between the card and the first chip."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A trigger as it is drawn."""

    id: str
    icon: str
    text: str
    is_on: bool
    """Whether it starts the flow now: armed, and not switched off."""


def height_of(chips: tuple[Chip, ...]) -> float:
    """Return how far chips reach below the card."""
    return TOP + len(chips) * (HEIGHT + GAP) if chips else 0.0


def box_of(index: int, top: float) -> QRectF:
    """Return the box of a chip, below a card of this height."""
    return QRectF(0, top + TOP + index * (HEIGHT + GAP), WIDEST, HEIGHT)


def paint_chips(painter: QPainter, chips: tuple[Chip, ...], top: float, look: Look) -> None:
    """Draw the chips; from afar only their icons."""
    theme = look.theme
    for index, chip in enumerate(chips):
        box = box_of(index, top)
        text = look.small_metrics.elidedText(chip.text, Qt.TextElideMode.ElideRight, WIDEST - 34)
        is_near = look.zoom >= TEXTS
        box.setWidth(look.small_metrics.horizontalAdvance(text) + 34 if is_near else HEIGHT)
        color = theme.accent if chip.is_on else theme.port
        painter.setPen(QPen(color, 1.2, Qt.PenStyle.SolidLine if chip.is_on else Qt.PenStyle.DashLine))
        painter.setBrush(theme.node)
        painter.drawRoundedRect(box, HEIGHT / 2, HEIGHT / 2)
        pixmap = icon_pixmap(chip.icon, color.rgba(), 13.0, look.ratio * 2)
        if pixmap is not None:
            painter.drawPixmap(box.topLeft() + QPointF(8 if is_near else 4.5, 4.5), pixmap)
        if is_near:
            painter.setFont(look.small_font)
            painter.setPen(theme.text)
            painter.drawText(box.adjusted(26, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
