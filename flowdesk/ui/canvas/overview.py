"""The overview: the whole flow in a few calls, for zooms at which no text could be read."""

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from flowdesk.model.run import NodeState
from flowdesk.ui.canvas.edge_item import EdgeItem
from flowdesk.ui.canvas.look import mixed
from flowdesk.ui.canvas.node_item import NodeItem
from flowdesk.ui.canvas.node_painter import state_color
from flowdesk.ui.canvas.scene import FlowScene


class Overview:
    """Draws nodes as flat cards in the colour of their category, and edges as straight lines.

    The lists are built when something has come, gone or moved, not for each frame.
    """

    def __init__(self, scene: FlowScene) -> None:
        """Draw a scene."""
        self.scene = scene
        self._is_stale = True
        self._rects: dict[str, list[QRectF]] = {}
        self._bars: dict[str, list[QRectF]] = {}
        self._lines: list[QLineF] = []
        scene.picture_changed.connect(self._forget)

    def _forget(self) -> None:
        self._is_stale = True

    def paint(self, painter: QPainter, exposed: QRectF, zoom: float) -> None:
        """Draw what lies in a rectangle of the scene. The painter is in scene coordinates."""
        look = self.scene.look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        share = exposed.width() * exposed.height() / max(self._area(), 1.0)
        self._refresh()
        rects, bars, lines = self._rects, self._bars, self._lines
        if share < 0.02:
            found = self.scene.items(exposed, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
            rects, bars = _grouped(item for item in found if isinstance(item, NodeItem))
            lines = [QLineF(*item.ends) for item in found if isinstance(item, EdgeItem)]
        pen = QPen(look.theme.edge, 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(lines)
        for category, group in rects.items():
            color = look.theme.category_color(category)
            border = QPen(mixed(look.theme.node_border, color, 0.35), 1.0)
            border.setCosmetic(True)
            painter.setPen(border if zoom > 0.05 else Qt.PenStyle.NoPen)
            painter.setBrush(mixed(look.theme.node, color, 0.10 if zoom > 0.12 else 0.45))
            painter.drawRects(group)
            if zoom > 0.12:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(color)
                painter.drawRects(bars[category])
        self._paint_states(painter, zoom)

    def _area(self) -> float:
        rect = self.scene.sceneRect()
        return rect.width() * rect.height()

    def _refresh(self) -> None:
        if self._is_stale:
            self._rects, self._bars = _grouped(self.scene.node_items.values())
            self._lines = [QLineF(*item.ends) for item in self.scene.edge_items.values()]
            self._is_stale = False

    def _paint_states(self, painter: QPainter, zoom: float) -> None:
        groups: dict[NodeState, list[QRectF]] = {}
        for node_id in self.scene.states:
            item = self.scene.node_items[node_id]
            if item.state is not None:
                groups.setdefault(item.state, []).append(item.card_rect())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for state, group in groups.items():
            self._outline(painter, group, state_color(self.scene.look, state), 2.0)
        problems = [i.card_rect() for i in map(self.scene.node_items.__getitem__, self.scene.faulty)]
        if problems:
            self._outline(painter, problems, self.scene.look.theme.error, 1.5)
        selected = [i.card_rect() for i in self.scene.selectedItems() if isinstance(i, NodeItem)]
        if selected:
            self._outline(painter, selected, self.scene.look.theme.node_selected, 2.5)

    @staticmethod
    def _outline(painter: QPainter, group: list[QRectF], color: QColor, width: float) -> None:
        pen = QPen(color, width)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawRects(group)


def _grouped(items: Iterable[NodeItem]) -> tuple[dict[str, list[QRectF]], dict[str, list[QRectF]]]:
    rects: dict[str, list[QRectF]] = {}
    bars: dict[str, list[QRectF]] = {}
    for item in items:
        place, card = item.pos(), item.card
        rects.setdefault(item.category, []).append(QRectF(place.x(), place.y(), card.width, card.height))
        bars.setdefault(item.category, []).append(QRectF(place.x() + 12, place.y() + 12, 36, 36))
    return rects, bars
