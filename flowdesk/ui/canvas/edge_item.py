"""The picture of an edge: a curve with an arrow, the way taken, and how often."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from flowdesk.model.flow import Edge
from flowdesk.ui.canvas.card import GRID
from flowdesk.ui.canvas.look import FULL, TITLES, Look

ARROW = 9.0
BACKWARDS = -10.0
"""How far left of its start an edge must end to lead back."""
BACK_ROOM = 28.0
"""How far an edge that leads back keeps from the cards, in scene pixels."""


def edge_path(start: QPointF, end: QPointF, around: float) -> QPainterPath:
    """Return the way of an edge: a curve forwards, a rounded detour around the cards when it leads back.

    Args:
        start: Where it leaves.
        end: Where it enters.
        around: Height of the detour.
    """
    path = QPainterPath(start)
    dx = end.x() - start.x()
    if dx >= BACKWARDS:
        reach = max(min(abs(dx) * 0.5 + abs(end.y() - start.y()) * 0.15, 160.0), min(36.0, abs(dx) * 0.5 + 8))
        path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
        return path
    right, left, r = start.x() + 22, end.x() - 24, 14.0
    down = QPointF(0, r) if around > start.y() else QPointF(0, -r)
    up = QPointF(0, r) if around > end.y() else QPointF(0, -r)
    for corner, before, after in (
        (QPointF(right, start.y()), QPointF(-r, 0), down),
        (QPointF(right, around), -down, QPointF(-r, 0)),
        (QPointF(left, around), QPointF(r, 0), -up),
        (QPointF(left, end.y()), up, QPointF(r, 0)),
    ):
        path.lineTo(corner + before)
        path.quadTo(corner, corner + after)
    path.lineTo(end)
    return path


def way_around(source: QRectF, target: QRectF, start: QPointF, end: QPointF, others: Iterable[QRectF]) -> float:
    """Return the height at which an edge that leads back passes the cards.

    It goes between them where there is room, over them if it comes from above, else below.

    Args:
        source: The card that it leaves.
        target: The card that it enters.
        start: Where it leaves.
        end: Where it enters.
        others: Cards that it keeps clear of.
    """
    upper, lower = sorted((source, target), key=lambda box: box.top())
    if lower.top() - upper.bottom() >= 2 * GRID:
        return (upper.bottom() + lower.top()) / 2
    low, high = sorted((start.x() + 24, end.x() - 26))
    between = [rect for rect in others if rect.right() > low and rect.left() < high]
    if source.y() < target.y():
        top = min(source.top(), target.top()) - BACK_ROOM
        for rect in sorted(between, key=lambda box: -box.bottom()):
            if rect.top() - 8 < top < rect.bottom() + 8:
                top = rect.top() - BACK_ROOM
        return top
    bottom = max(source.bottom(), target.bottom()) + BACK_ROOM
    for rect in sorted(between, key=lambda box: box.top()):
        if rect.top() - 8 < bottom < rect.bottom() + 8:
            bottom = rect.bottom() + BACK_ROOM
    return bottom


class EdgeItem(QGraphicsItem):
    """An edge between two cards."""

    def __init__(self, edge: Edge, look: Look) -> None:
        """Make an edge; ``lead`` gives it its way."""
        super().__init__()
        self.edge = edge
        self.look = look
        self.taken = 0
        self.is_dead = False
        self.is_hovered = False
        self.is_problem = False
        self.label = ""
        self._start, self._end, self._around = QPointF(), QPointF(), 0.0
        self._path: QPainterPath | None = None
        self._shape: QPainterPath | None = None
        self._middle: QPointF | None = None
        self._bounds = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setZValue(0.0)

    @property
    def ends(self) -> tuple[QPointF, QPointF]:
        """Where it leaves and enters, in the scene."""
        return self._start, self._end

    def lead(self, start: QPointF, end: QPointF, around: float) -> None:
        """Lead it from one point of the scene to another, at a height around the cards if it leads back."""
        if (start, end, around) == (self._start, self._end, self._around) and not self._bounds.isNull():
            return
        self.prepareGeometryChange()
        self._start, self._end, self._around = QPointF(start), QPointF(end), around
        self._path = self._shape = self._middle = None
        box = QRectF(start, end).normalized()
        if end.x() - start.x() < BACKWARDS:
            box.adjust(-24, 0, 22, 0)
            box.setTop(min(box.top(), around))
            box.setBottom(max(box.bottom(), around))
        else:
            box.adjust(-20, 0, 20, 0)
        self._bounds = box.adjusted(-14, -14, 14, 14)

    def path(self) -> QPainterPath:
        """The way it takes, in the scene."""
        if self._path is None:
            self._path = edge_path(self._start, self._end, self._around)
        return self._path

    def boundingRect(self) -> QRectF:
        """The way with room for arrow, label and count."""
        return self._bounds

    def shape(self) -> QPainterPath:
        """What a press hits: the way, ten pixels wide."""
        if self._shape is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(12.0)
            self._shape = stroker.createStroke(self.path())
        return self._shape

    def set_taken(self, count: int, is_dead: bool) -> None:
        """Show how often control went this way, and whether it can no longer."""
        if (count, is_dead) != (self.taken, self.is_dead):
            self.taken, self.is_dead = count, is_dead
            self.update()

    def set_hovered(self, is_hovered: bool) -> None:
        """Highlight it under the pointer."""
        if is_hovered != self.is_hovered:
            self.is_hovered = is_hovered
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw as much as can be seen at this zoom."""
        pen = self.look.edge_pens[self._kind()]
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.look.zoom < FULL:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.look.zoom >= TITLES)
            painter.drawPath(self.path())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            return
        painter.drawPath(self.path())
        tip = self._end - QPointF(4.5, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-ARROW, -ARROW * 0.5), tip + QPointF(-ARROW, ARROW * 0.5)]))
        text = f"×{self.taken}" if self.taken > 1 else self.label
        if text:
            self._paint_pill(painter, text)

    def _kind(self) -> str:
        if self.isSelected():
            return "selected"
        if self.is_hovered:
            return "hover"
        if self.taken:
            return "live"
        if self.is_dead:
            return "dead"
        return "error" if self.is_problem or self.edge.source_handle in {"error", "timeout"} else "edge"

    def _paint_pill(self, painter: QPainter, text: str) -> None:
        theme = self.look.theme
        width = self.look.small_metrics.horizontalAdvance(text) + 12
        if width > abs(self._end.x() - self._start.x()) - 8 and abs(self._end.y() - self._start.y()) < 24:
            return
        if self._middle is None:
            self._middle = self.path().pointAtPercent(0.5)
        middle = self._middle
        box = QRectF(middle.x() - width / 2, middle.y() - 9, width, 18)
        painter.setBrush(theme.canvas)
        painter.setPen(self.look.border)
        painter.drawRoundedRect(box, 9, 9)
        painter.setFont(self.look.small_font)
        painter.setPen(theme.edge_live if self.taken else theme.text_dim)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
