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
    """What has its corner in one cell, by category, and the rectangle around it."""

    rects: dict[str, list[QRectF]] = field(default_factory=dict)
    tiles: dict[str, list[QRectF]] = field(default_factory=dict)
    lines: list[QLineF] = field(default_factory=list)
    around: QRectF = field(default_factory=QRectF)

    def add(self, item: NodeItem) -> None:
        """Add a node."""
        rect = item.card_rect()
        self.rects.setdefault(item.category, []).append(rect)
        self.tiles.setdefault(item.category, []).append(QRectF(rect.x() + 12, rect.y() + 12, 36, 36))
        self.around = self.around.united(rect)

    def add_line(self, line: QLineF) -> None:
        """Add an edge."""
        self.lines.append(line)
        self.around = self.around.united(QRectF(line.p1(), line.p2()).normalized().adjusted(0, 0, 1, 1))


class Overview:
    """Draws nodes as flat cards in the colour of their category, and edges as straight lines.

    The lists are built when something has come, gone or moved, not for each frame.
    """

    def __init__(self, scene: FlowScene) -> None:
        """Draw a scene."""
        self.scene = scene
        self._is_stale = True
        self._cells: dict[tuple[int, int], _Cell] = {}
        scene.picture_changed.connect(self._forget)

    def _forget(self) -> None:
        self._is_stale = True

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
        self._cells = {}
        hidden = self.scene.frames.hidden
        for node_id, item in self.scene.node_items.items():
            if node_id not in hidden:
                self._cell(item.pos()).add(item)
        for edge_item in self.scene.edge_items.values():
            if hidden and not edge_item.isVisible():
                continue
            line = QLineF(*edge_item.ends)
            self._cell(line.p1()).add_line(line)

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

    def _cell(self, at: QPointF) -> _Cell:
        return self._cells.setdefault((int(at.x() // CELL), int(at.y() // CELL)), _Cell())

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
