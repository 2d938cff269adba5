"""Connecting an output to a node, and leading an end of an edge elsewhere."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from flowdesk.model.sentence import Sentence, say
from flowdesk.ui.canvas import editing, placing
from flowdesk.ui.canvas.card import HEIGHT
from flowdesk.ui.canvas.edge_item import EdgeItem, edge_path
from flowdesk.ui.canvas.gestures.gesture import Gesture, Modifiers, Reason
from flowdesk.ui.canvas.node_item import NodeItem
from flowdesk.ui.canvas.rules import refusal
from flowdesk.ui.canvas.surface import Surface


class ConnectGesture(Gesture):
    """Drag a wire from an output. A refusal shows its reason at the pointer; on nothing, the quick add is asked for."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: Surface, item: NodeItem, handle: str) -> None:
        """Begin at an output."""
        super().__init__(view)
        self.source = item
        self.handle = handle
        self.target: NodeItem | None = None
        self.refused: Sentence | None = None

    def move(self, at: QPointF, keys: Modifiers) -> None:
        """Find the node under the pointer and whether it may be entered."""
        super().move(at, keys)
        item = self.scene.node_at(at)
        if item is self.source and not self.is_drag(at):
            item = None
        self._set_target(item)
        self.refused = (
            refusal(self.scene.draft, self.scene.catalogue, self.source.node.id, self.handle, item.node.id)
            if item
            else None
        )
        self.view.show_hint(self.refused, at)

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """Ask for the edge, or for the quick add."""
        self.move(at, keys)
        target, self.target = self.target, None
        self._leave(target)
        source = self.source.node.id
        if target is not None:
            changes = editing.connect(self.scene.draft, self.scene.catalogue, source, self.handle, target.node.id)
            self.view.request(changes, say("Connect"))
        elif self.is_drag(at):
            self.view.quick_add_requested.emit(at, source, self.handle)
        else:
            x, y = placing.place_after(self.scene.draft, self.scene.catalogue, source)
            self.view.quick_add_requested.emit(QPointF(x, y + HEIGHT / 2), source, self.handle)

    def cancel(self, reason: Reason) -> None:
        """Let the wire go."""
        super().cancel(reason)
        target, self.target = self.target, None
        self._leave(target)

    def paint(self, painter: QPainter) -> None:
        """Draw the wire."""
        theme = self.scene.look.theme
        color = theme.error if self.refused else theme.edge_live
        painter.setPen(QPen(color, 2.4, Qt.PenStyle.SolidLine if self.target else Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        end = self._end()
        painter.drawPath(edge_path(self._start(), end, max(self._start().y(), end.y()) + 60))
        painter.setBrush(color)
        painter.drawEllipse(end, 4.0, 4.0)

    def bounds(self) -> QRectF:
        """Around the wire."""
        return QRectF(self._start(), self._end()).normalized().adjusted(-90, -20, 90, 90)

    def _start(self) -> QPointF:
        return self.source.output_point(self.handle)

    def _end(self) -> QPointF:
        return self.target.input_point() if self.target is not None and self.refused is None else self.at

    def _set_target(self, item: NodeItem | None) -> None:
        if self.target is not None and self.target is not item:
            self.target.set_drop_target(False)
        if item is not None:
            item.set_drop_target(True)
        self.target = item

    def _leave(self, target: NodeItem | None) -> None:
        if target is not None:
            target.set_drop_target(False)
        self.view.show_hint(None, self.at)


class ReconnectGesture(Gesture):
    """Lead one end of an edge to another node or output. On nothing, the edge is taken off."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: Surface, item: EdgeItem, end: Literal["source", "target"]) -> None:
        """Take an edge by one of its ends."""
        super().__init__(view)
        self.item = item
        self.which = end
        self.target: NodeItem | None = None
        self.refused: Sentence | None = None

    def start(self, at: QPointF, keys: Modifiers) -> None:
        """Select the edge."""
        super().start(at, keys)
        self.scene.select((), [self.item.edge.id])

    def move(self, at: QPointF, keys: Modifiers) -> None:
        """Find the node under the pointer and whether the edge may lead there."""
        super().move(at, keys)
        if not self.is_drag(at):
            return
        self.item.setOpacity(0.25)
        found = self.scene.node_at(at)
        if self.target is not None and self.target is not found:
            self.target.set_drop_target(False)
        self.target = found
        self.refused = None
        if found is not None:
            found.set_drop_target(True)
            edge = self.item.edge
            source, target = (found.node.id, edge.target) if self.which == "source" else (edge.source, found.node.id)
            handle = found.output_at(at) if self.which == "source" else edge.source_handle
            self.refused = refusal(self.scene.draft, self.scene.catalogue, source, handle, target, instead_of=edge.id)
        self.view.show_hint(self.refused, at)

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """Ask for the edge to be led elsewhere, or removed when dropped on nothing."""
        self.move(at, keys)
        target = self.target
        self._leave()
        if not self.is_drag(at):
            if self.item.is_plus_at(at):
                self.view.insert_requested.emit(at, self.item.edge.id)
            return
        draft, edge_id = self.scene.draft, self.item.edge.id
        if target is None:
            self.view.request(editing.cut(draft, [edge_id]), say("Disconnect"))
        else:
            handle = target.output_at(at) if self.which == "source" else None
            changes = editing.reconnect(draft, self.scene.catalogue, edge_id, self.which, target.node.id, handle)
            self.view.request(changes, say("Reconnect"))

    def cancel(self, reason: Reason) -> None:
        """Put the edge back."""
        super().cancel(reason)
        self._leave()

    def paint(self, painter: QPainter) -> None:
        """Draw the loose edge."""
        if not self.is_drag(self.at):
            return
        theme = self.scene.look.theme
        start, end = self.item.ends
        start, end = (self.at, end) if self.which == "source" else (start, self.at)
        painter.setPen(QPen(theme.error if self.refused else theme.edge_live, 2.4, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(edge_path(start, end, max(start.y(), end.y()) + 60))

    def bounds(self) -> QRectF:
        """Around the loose edge."""
        start, end = self.item.ends
        fixed = end if self.which == "source" else start
        return QRectF(fixed, self.at).normalized().adjusted(-90, -20, 90, 90)

    def _leave(self) -> None:
        if self.target is not None:
            self.target.set_drop_target(False)
        self.target = None
        self.item.setOpacity(1.0)
        self.view.show_hint(None, self.at)
