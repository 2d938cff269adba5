"""Resizing groups and notes, and collapsing groups by their arrow."""

from PySide6.QtCore import QPointF, Qt

from flowdesk.model.sentence import say
from flowdesk.ui.canvas import framing
from flowdesk.ui.canvas.card import Box, snapped
from flowdesk.ui.canvas.frame_item import SMALLEST, FrameItem
from flowdesk.ui.canvas.gestures.gesture import Gesture, Modifiers, Reason
from flowdesk.ui.canvas.surface import Surface

_CURSORS = {
    frozenset({"left"}): Qt.CursorShape.SizeHorCursor,
    frozenset({"right"}): Qt.CursorShape.SizeHorCursor,
    frozenset({"top"}): Qt.CursorShape.SizeVerCursor,
    frozenset({"bottom"}): Qt.CursorShape.SizeVerCursor,
    frozenset({"left", "top"}): Qt.CursorShape.SizeFDiagCursor,
    frozenset({"right", "bottom"}): Qt.CursorShape.SizeFDiagCursor,
    frozenset({"right", "top"}): Qt.CursorShape.SizeBDiagCursor,
    frozenset({"left", "bottom"}): Qt.CursorShape.SizeBDiagCursor,
}


def zone_cursor(zone: str) -> Qt.CursorShape:
    """Return the pointer over a zone of a frame."""
    if zone == "toggle":
        return Qt.CursorShape.PointingHandCursor
    return _CURSORS.get(frozenset(zone.split()), Qt.CursorShape.ArrowCursor)


class ResizeGesture(Gesture):
    """Move one or two sides of a frame, on the grid (Shift: free)."""

    def __init__(self, view: Surface, item: FrameItem, sides: str) -> None:
        """Take a frame by its sides."""
        super().__init__(view)
        self.item = item
        self.sides = frozenset(sides.split())
        self.cursor = zone_cursor(sides)
        self._is_dragging = False

    def start(self, at: QPointF, keys: Modifiers) -> None:
        """Select the frame."""
        super().start(at, keys)
        self.scene.select((), (), [self.item.frame.id])
        self._from = self.scene.frames.boxes([self.item.frame.id])[self.item.frame.id]
        self._now = self._from

    def move(self, at: QPointF, keys: Modifiers) -> None:
        """Draw it as large as it would be."""
        super().move(at, keys)
        self._is_dragging = self._is_dragging or self.is_drag(at)
        if self._is_dragging:
            is_free = bool(keys & Qt.KeyboardModifier.ShiftModifier) == self.view.snaps
            self._now = self._sized(at - self.origin, is_free)
            self.scene.frames.show_boxes({self.item.frame.id: self._now})

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """Ask for the size."""
        if self._is_dragging:
            self.move(at, keys)
            changes = framing.place_frames(self.scene.draft, {self.item.frame.id: self._now})
            self.view.request(changes, say("Resize"))

    def cancel(self, reason: Reason) -> None:
        """Draw it as it was."""
        super().cancel(reason)
        self.scene.frames.show_boxes({self.item.frame.id: self._from})

    def _sized(self, by: QPointF, is_free: bool) -> Box:
        x, y, width, height = self._from
        left, top, right, bottom = x, y, x + width, y + height

        def there(value: float) -> float:
            return value if is_free else snapped(value)

        if "left" in self.sides:
            left = min(there(left + by.x()), right - SMALLEST[0])
        if "right" in self.sides:
            right = max(there(right + by.x()), left + SMALLEST[0])
        if "top" in self.sides:
            top = min(there(top + by.y()), bottom - SMALLEST[1])
        if "bottom" in self.sides:
            bottom = max(there(bottom + by.y()), top + SMALLEST[1])
        return left, top, right - left, bottom - top


def collapse(view: Surface, ids: list[str]) -> None:
    """Ask for groups to be collapsed, or expanded if all are collapsed."""
    view.request(framing.toggle_collapsed(view.flow_scene.draft, ids), say("Collapse or expand"), select=ids)


class ToggleGesture(Gesture):
    """A click on a group's arrow collapses or expands it."""

    pans_at_edges = False

    def __init__(self, view: Surface, item: FrameItem) -> None:
        """Press the arrow of a group."""
        super().__init__(view)
        self.item = item

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """Ask for it if the pointer stayed."""
        if not self.is_drag(at):
            collapse(self.view, [self.item.frame.id])
