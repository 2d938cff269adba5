"""The picture of an edge: a curve with an arrow, the way taken, and how often."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from flowdesk.model.flow import Edge
from flowdesk.ui.canvas import wires
from flowdesk.ui.canvas.card import Box
from flowdesk.ui.canvas.look import FULL, TITLES, Look
from flowdesk.ui.canvas.wires import BACKWARDS, way

ARROW = 9.0
PLUS = 9.0
"""Radius of the sign at which a node is put into an edge, in scene pixels."""
PLUS_FROM = 0.35
"""Zoom from which it is there."""


def edge_path(start: QPointF, end: QPointF, around: float) -> QPainterPath:
    """Return the way of an edge (see ``wires.way``); ``around`` is the height of its detour if it leads back."""
    path = QPainterPath(start)
    for sign, numbers in way((start.x(), start.y()), (end.x(), end.y()), around)[1:]:
        if sign == "C":
            path.cubicTo(*numbers)
        elif sign == "Q":
            path.quadTo(*numbers)
        else:
            path.lineTo(*numbers)
    return path


def way_around(source: QRectF, target: QRectF, start: QPointF, end: QPointF, others: Iterable[QRectF]) -> float:
    """Return the height at which an edge that leads back passes the cards (see ``wires.way_around``)."""
    ends = (start.x(), start.y()), (end.x(), end.y())
    return wires.way_around(_box(source), _box(target), *ends, map(_box, others)) or 0.0


def _box(rect: QRectF) -> Box:
    return rect.x(), rect.y(), rect.width(), rect.height()


def paint_plus(painter: QPainter, look: Look, at: QPointF) -> None:
    """Draw the round sign that adds a node, as large on the screen when seen from further away."""
    size = PLUS / min(look.zoom, 1.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.theme.accent)
    painter.drawEllipse(at, size, size)
    painter.setPen(QPen(look.theme.on_accent, size * 0.2))
    painter.drawLine(at - QPointF(size * 0.5, 0), at + QPointF(size * 0.5, 0))
    painter.drawLine(at - QPointF(0, size * 0.5), at + QPointF(0, size * 0.5))


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
        self._bounds = box.adjusted(-28, -28, 28, 28)

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

    def plus_point(self) -> QPointF:
        """Where a node is put into it: in its middle, aside of what is written there."""
        return self.path().pointAtPercent(0.28 if self.taken > 1 or self.label else 0.5)

    def is_plus_at(self, at: QPointF) -> bool:
        """Whether a point of the scene is on the sign at which a node is put into it."""
        reach = max(PLUS + 4, 12 / self.look.zoom)
        return self.look.zoom >= PLUS_FROM and (at - self.plus_point()).manhattanLength() <= reach

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
            self._paint_plus(painter)
            return
        painter.drawPath(self.path())
        tip = self._end - QPointF(4.5, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-ARROW, -ARROW * 0.5), tip + QPointF(-ARROW, ARROW * 0.5)]))
        text = f"×{self.taken}" if self.taken > 1 else self.label
        if text:
            self._paint_pill(painter, text)
        self._paint_plus(painter)

    def _paint_plus(self, painter: QPainter) -> None:
        """Draw where a click puts a node into it, while the pointer is over it."""
        if (self.is_hovered or self.isSelected()) and self.look.zoom >= PLUS_FROM:
            paint_plus(painter, self.look, self.plus_point())

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
