"""Cutting wires."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from flowdesk.model.sentence import say
from flowdesk.ui.canvas import editing
from flowdesk.ui.canvas.edge_item import EdgeItem
from flowdesk.ui.canvas.gestures.gesture import Gesture, Modifiers, Reason


class CutGesture(Gesture):
    """Draw a line; the edges that it crosses are removed."""

    cursor = Qt.CursorShape.CrossCursor

    def start(self, at: QPointF, keys: Modifiers) -> None:
        """Begin the line."""
        super().start(at, keys)
        self._line = QPainterPath(at)
        self._crossed: dict[str, EdgeItem] = {}

    def move(self, at: QPointF, keys: Modifiers) -> None:
        """Draw on, and mark what is crossed."""
        piece = QPainterPath(self.at)
        super().move(at, keys)
        piece.lineTo(at)
        self._line.lineTo(at)
        for item in self.scene.items(piece.boundingRect().adjusted(-1, -1, 1, 1)):
            if isinstance(item, EdgeItem) and item.shape().intersects(piece):
                item.setOpacity(0.3)
                self._crossed[item.edge.id] = item

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """Ask for the crossed edges to be removed."""
        self._leave()
        self.view.request(editing.cut(self.scene.draft, self._crossed), say("Cut wires"))

    def cancel(self, reason: Reason) -> None:
        """Cut nothing."""
        super().cancel(reason)
        self._leave()

    def paint(self, painter: QPainter) -> None:
        """Draw the line."""
        pen = QPen(self.scene.look.theme.error, 2.0, Qt.PenStyle.DashLine, Qt.PenCapStyle.RoundCap)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._line)

    def bounds(self) -> QRectF:
        """Around the line."""
        return self._line.boundingRect().adjusted(-4, -4, 4, 4)

    def _leave(self) -> None:
        for item in self._crossed.values():
            item.setOpacity(1.0)
