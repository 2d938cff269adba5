"""Which gesture a press of the pointer begins."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from flowdesk.ui.canvas.gestures.box import BoxSelectGesture
from flowdesk.ui.canvas.gestures.connect import ConnectGesture, ReconnectGesture
from flowdesk.ui.canvas.gestures.cut import CutGesture
from flowdesk.ui.canvas.gestures.gesture import Gesture, Modifiers
from flowdesk.ui.canvas.gestures.move import DuplicateGesture, MoveGesture
from flowdesk.ui.canvas.gestures.pan import MenuPanGesture, PanGesture

if TYPE_CHECKING:
    from flowdesk.ui.canvas.view import CanvasView

END_REACH = 26.0
"""How far from its end a press on an edge still takes the end, in scene pixels."""


def gesture_for(view: "CanvasView", button: Qt.MouseButton, at: QPointF, keys: Modifiers) -> Gesture | None:
    """Return the gesture that a press begins, or ``None`` for a button that means nothing.

    Args:
        view: The canvas.
        button: The button.
        at: Where, in the scene.
        keys: The keys that are held.
    """
    if button == Qt.MouseButton.MiddleButton:
        return PanGesture(view)
    if button == Qt.MouseButton.RightButton:
        return MenuPanGesture(view)
    if button != Qt.MouseButton.LeftButton:
        return None
    if view.is_space_held:
        return PanGesture(view)
    item = view.flow_scene.node_at(at)
    is_alt = bool(keys & Qt.KeyboardModifier.AltModifier)
    if item is not None:
        handle = item.output_at(at) if view.zoom >= 0.25 else None
        if handle is not None:
            return ConnectGesture(view, item, handle)
        if item.is_input_at(at) and view.zoom >= 0.25:
            taken = _edge_into(view, item.node.id)
            if taken is not None:
                return taken
        return DuplicateGesture(view, item) if is_alt else MoveGesture(view, item)
    if is_alt:
        return CutGesture(view)
    edge = view.flow_scene.edge_at(at, 5.0 / min(view.zoom, 1.0))
    if edge is not None:
        start, end = edge.ends
        to_start, to_end = (at - start).manhattanLength(), (at - end).manhattanLength()
        return ReconnectGesture(view, edge, "source" if to_start < min(to_end, END_REACH) else "target")
    return BoxSelectGesture(view)


def _edge_into(view: "CanvasView", node_id: str) -> Gesture | None:
    """Take the last edge that enters a node by its end: a press on a wired input pulls the wire off."""
    scene = view.flow_scene
    into = [edge.id for edge in scene.draft.edges.values() if edge.target == node_id and edge.id in scene.edge_items]
    return ReconnectGesture(view, scene.edge_items[into[-1]], "target") if into else None
