"""The overview: the whole flow in a few calls, for zooms at which no text could be read."""

from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from flowdesk.model.run import NodeState
from flowdesk.ui.canvas.look import mixed
from flowdesk.ui.canvas.node_item import NodeItem
from flowdesk.ui.canvas.node_painter import state_color
from flowdesk.ui.canvas.scene import FlowScene

CELL = 3000.0
"""Side of the cells into which the lists are divided, in scene pixels: only those in sight are drawn."""
BORDERS_FROM = 0.12
TILES_FROM = 0.12
SOFT_FROM = 0.3
"""Zooms from which nodes have a border, the tile of their icon, and a ground that hardly has their colour."""


@dataclass(slots=True)
class _Cell:
    """What has its corner in one cell, and how to draw it: built anew when something of it has come, gone or moved."""

    nodes: dict[str, tuple[str, QRectF]] = field(default_factory=dict)
    """Category and card of each node."""
    edges: dict[str, QLineF] = field(default_factory=dict)
    rects: dict[str, list[QRectF]] = field(default_factory=dict)
    tiles: dict[str, list[QRectF]] = field(default_factory=dict)
    lines: list[QLineF] = field(default_factory=list)
    cards: QRectF = field(default_factory=QRectF)
    """The rectangle around the nodes, and around all."""
    around: QRectF = field(default_factory=QRectF)

    def build(self) -> None:
        """Sort nodes by category, and find the rectangle around all."""
        self.rects, self.tiles = {}, {}
        self.lines = list(self.edges.values())
        around = QRectF()
        for category, rect in self.nodes.values():
            self.rects.setdefault(category, []).append(rect)
            self.tiles.setdefault(category, []).append(QRectF(rect.x() + 12, rect.y() + 12, 36, 36))
            around |= rect
        self.cards = QRectF(around)
        for line in self.lines:
            around |= QRectF(line.p1(), line.p2()).normalized().adjusted(0, 0, 1, 1)
        self.around = around


Corner = tuple[int, int]


def _corner(at: QPointF) -> Corner:
    return int(at.x() // CELL), int(at.y() // CELL)


class Overview:
    """Draws nodes as flat cards in the colour of their category, and edges as straight lines.

    The lists are built when something has come, gone or moved, not for each frame; then only those of its cell.
    """

    def __init__(self, scene: FlowScene) -> None:
        """Draw a scene."""
        self.scene = scene
        self._is_stale = True
        self._cells: dict[Corner, _Cell] = {}
        self._nodes: dict[str, tuple[object, Corner]] = {}
        self._edges: dict[str, tuple[object, Corner]] = {}
        """What was drawn of each node and edge, and in which cell."""
        scene.picture_changed.connect(self._forget)

    def _forget(self) -> None:
        self._is_stale = True

    def cards(self) -> tuple[QRectF, dict[str, list[QRectF]]]:
        """Return the rectangle around all nodes, and the card of each by category."""
        self._refresh()
        around, groups = QRectF(), dict[str, list[QRectF]]()
        for cell in self._cells.values():
            around |= cell.cards
            for category, rects in cell.rects.items():
                groups.setdefault(category, []).extend(rects)
        return around, groups

    def paint(self, painter: QPainter, exposed: QRectF, zoom: float) -> None:
        """Draw what lies in a rectangle of the scene. The painter is in scene coordinates."""
        self._refresh()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        seen = [cell for cell in self._cells.values() if cell.around.intersects(exposed)]
        self._paint_frames(painter, exposed)
        pen = QPen(self.scene.look.theme.edge, 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for cell in seen:
            painter.drawLines(cell.lines)
        for cell in seen:
            self._paint_cell(painter, cell, zoom)
        self._paint_states(painter)

    def _paint_cell(self, painter: QPainter, cell: _Cell, zoom: float) -> None:
        colors = self.scene.look.theme
        for category, group in cell.rects.items():
            color = colors.category_color(category)
            border = QPen(mixed(colors.node_border, color, 0.55), 1.0)
            border.setCosmetic(True)
            painter.setPen(border if zoom > BORDERS_FROM else Qt.PenStyle.NoPen)
            painter.setBrush(
                mixed(colors.node, color, 0.10 if zoom > SOFT_FROM else 0.2 if zoom > TILES_FROM else 0.45)
            )
            painter.drawRects(group)
            if zoom > TILES_FROM:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(color)
                painter.drawRects(cell.tiles[category])

    def _refresh(self) -> None:
        if not self._is_stale:
            return
        self._is_stale = False
        changed = self._see_nodes() | self._see_edges()
        for corner in changed:
            cell = self._cells[corner]
            if cell.nodes or cell.edges:
                cell.build()
            else:
                del self._cells[corner]

    def _see_nodes(self) -> set[Corner]:
        """Take up where nodes are now. Returns the cells that are no longer as they were."""
        known, self._nodes, hidden = self._nodes, {}, self.scene.frames.hidden
        changed: set[Corner] = set()
        for node_id, item in self.scene.node_items.items():
            if node_id in hidden:
                continue
            at = item.pos()
            seen = (at.x(), at.y(), item.category, item.card)
            drawn = known.pop(node_id, None)
            if drawn is None or drawn[0] != seen:
                if drawn is not None:
                    del self._cells[drawn[1]].nodes[node_id]
                    changed.add(drawn[1])
                drawn = (seen, _corner(at))
                self._cells.setdefault(drawn[1], _Cell()).nodes[node_id] = (item.category, item.card_rect())
                changed.add(drawn[1])
            self._nodes[node_id] = drawn
        for node_id, (_, corner) in known.items():
            del self._cells[corner].nodes[node_id]
            changed.add(corner)
        return changed

    def _see_edges(self) -> set[Corner]:
        """Take up where edges are now. Returns the cells that are no longer as they were."""
        known, self._edges, some_hidden = self._edges, {}, bool(self.scene.frames.hidden)
        changed: set[Corner] = set()
        for edge_id, item in self.scene.edge_items.items():
            if some_hidden and not item.isVisible():
                continue
            ends = item.ends
            drawn = known.pop(edge_id, None)
            if drawn is None or drawn[0] != ends:
                if drawn is not None:
                    del self._cells[drawn[1]].edges[edge_id]
                    changed.add(drawn[1])
                drawn = (ends, _corner(ends[0]))
                self._cells.setdefault(drawn[1], _Cell()).edges[edge_id] = QLineF(*ends)
                changed.add(drawn[1])
            self._edges[edge_id] = drawn
        for edge_id, (_, corner) in known.items():
            del self._cells[corner].edges[edge_id]
            changed.add(corner)
        return changed

    def _paint_frames(self, painter: QPainter, exposed: QRectF) -> None:
        look = self.scene.look
        for item in self.scene.frames.items.values():
            rect = item.card_rect()
            if rect.intersects(exposed):
                color = look.swatch(item.frame.color)
                border = QPen(
                    look.theme.node_selected if item.isSelected() else mixed(look.theme.line, color, 0.5), 1.0
                )
                border.setCosmetic(True)
                painter.setPen(border)
                painter.setBrush(mixed(look.theme.canvas, color, 0.16))
                painter.drawRect(rect)

    def _paint_states(self, painter: QPainter) -> None:
        groups: dict[NodeState, list[QRectF]] = {}
        for node_id in self.scene.states:
            item = self.scene.node_items[node_id]
            if item.isVisible() and item.state is not None:
                groups.setdefault(item.state, []).append(item.card_rect())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for state, group in groups.items():
            self._outline(painter, group, state_color(self.scene.look, state), 2.0)
        problems = [i.card_rect() for i in map(self.scene.node_items.__getitem__, self.scene.faulty) if i.isVisible()]
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
