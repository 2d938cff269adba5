"""Selecting with a box."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from flowdesk.ui.canvas.frame_item import FrameItem
from flowdesk.ui.canvas.gestures.gesture import NO_KEYS, Gesture, Modifiers, Reason
from flowdesk.ui.canvas.look import with_alpha
from flowdesk.ui.canvas.node_item import NodeItem
from flowdesk.ui.canvas.surface import Surface

_MORE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class BoxSelectGesture(Gesture):
    """Select what a box touches: Shift adds to the selection, Ctrl toggles. The selection follows live."""

    def __init__(self, view: Surface, held: Modifiers = NO_KEYS) -> None:
        """Select in a view. ``held`` is the key that made the press a box: it means nothing more."""
        super().__init__(view)
        self._held = held

    def start(self, at: QPointF, keys: Modifiers) -> None:
        """Remember what was selected."""
        super().start(at, keys)
        self._before = set(self.scene.selected_ids())
        self._frames_before = set(self.scene.selected_frame_ids())
        self._edges_before = self.scene.selected_edge_ids()

    def move(self, at: QPointF, keys: Modifiers) -> None:
        """Select what the box touches now."""
        super().move(at, keys)
        keys &= ~self._held
        touched = {
            item.node.id
            for item in self.scene.items(self._box(), Qt.ItemSelectionMode.IntersectsItemBoundingRect)
            if isinstance(item, NodeItem) and item.card_rect().intersects(self._box())
        }
        if keys & Qt.KeyboardModifier.ControlModifier:
            chosen = self._before - touched if self.view.habits.ctrl_removes else self._before ^ touched
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            chosen = self._before | touched
        else:
            chosen = touched
        frames = {
            item.frame.id
            for item in self.scene.items(self._box(), Qt.ItemSelectionMode.IntersectsItemBoundingRect)
            if isinstance(item, FrameItem) and self._box().contains(item.card_rect())
        }
        self.scene.select(chosen, (), self._frames_before ^ frames if keys & _MORE else frames)

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """A press without a movement clears the selection, unless a key is held."""
        if self.is_drag(at):
            self.move(at, keys)
        elif keys & Qt.KeyboardModifier.ControlModifier and self.view.habits.ctrl_adds:
            self.view.quick_add_requested.emit(at, "", "")
        elif not keys & _MORE:
            self.scene.select(())

    def cancel(self, reason: Reason) -> None:
        """Select what was selected before."""
        super().cancel(reason)
        self.scene.select(self._before, self._edges_before, self._frames_before)

    def paint(self, painter: QPainter) -> None:
        """Draw the box."""
        pen = QPen(self.scene.look.theme.accent, 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(with_alpha(self.scene.look.theme.accent, 0.10))
        painter.drawRect(self._box())

    def bounds(self) -> QRectF:
        """The box."""
        return self._box()

    def _box(self) -> QRectF:
        return QRectF(self.origin, self.at).normalized()
