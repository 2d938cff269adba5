"""Which gesture a press of the pointer begins."""

from PySide6.QtCore import QPointF, Qt

from flowdesk.ui.canvas.frame_item import FrameItem
from flowdesk.ui.canvas.gestures.box import BoxSelectGesture
from flowdesk.ui.canvas.gestures.connect import ConnectGesture, ReconnectGesture
from flowdesk.ui.canvas.gestures.cut import CutGesture
from flowdesk.ui.canvas.gestures.gesture import Gesture, Modifiers
from flowdesk.ui.canvas.gestures.move import DuplicateGesture, MoveGesture
from flowdesk.ui.canvas.gestures.pan import DeselectPanGesture, MenuPanGesture, PanGesture
from flowdesk.ui.canvas.gestures.resize import ResizeGesture, ToggleGesture
from flowdesk.ui.canvas.node_item import NodeItem
from flowdesk.ui.canvas.surface import Surface

END_REACH = 26.0
"""How far from its end a press on an edge still takes the end, in scene pixels."""


def gesture_for(view: Surface, button: Qt.MouseButton, at: QPointF, keys: Modifiers) -> Gesture | None:
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
        is_ctrl = bool(keys & Qt.KeyboardModifier.ControlModifier)
        return CutGesture(view) if is_ctrl and view.habits.cut == "ctrl+right" else MenuPanGesture(view)
    if button != Qt.MouseButton.LeftButton:
        return None
    if view.is_space_held:
        return PanGesture(view)
    item = view.flow_scene.node_at(at)
    if item is not None:
        return _on_node(view, item, at, keys)
    cuts = bool(keys & Qt.KeyboardModifier.AltModifier) and view.habits.cut == "alt+left"
    if cuts and view.flow_scene.frames.at(at) is None:
        return CutGesture(view)
    edge = view.flow_scene.edge_at(at, 6.0 / min(view.zoom, 1.0))
    if edge is not None:
        start, end = edge.ends
        to_start, to_end = (at - start).manhattanLength(), (at - end).manhattanLength()
        return ReconnectGesture(view, edge, "source" if to_start < min(to_end, END_REACH) else "target")
    found = view.flow_scene.frames.at(at)
    if found is not None:
        return _on_frame(view, *found, keys)
    return _on_nothing(view, keys)


def _on_frame(view: Surface, item: FrameItem, zone: str, keys: Modifiers) -> Gesture:
    if zone == "toggle":
        return ToggleGesture(view, item)
    if zone != "move":
        return ResizeGesture(view, item, zone)
    return DuplicateGesture(view, item) if keys & Qt.KeyboardModifier.AltModifier else MoveGesture(view, item)


def _on_node(view: Surface, item: NodeItem, at: QPointF, keys: Modifiers) -> Gesture | None:
    chip = item.chip_at(at)
    if chip is not None:
        view.chip_pressed.emit(chip.id)
        return None
    if item.is_breakpoint_at(at):
        view.breakpoint_toggled.emit(item.node.id)
        return None
    handle = item.output_at(at) if view.zoom >= 0.25 else None
    if handle is not None:
        return ConnectGesture(view, item, handle)
    if item.is_input_at(at) and view.zoom >= 0.25:
        taken = _edge_into(view, item.node.id)
        if taken is not None:
            return taken
    return DuplicateGesture(view, item) if keys & Qt.KeyboardModifier.AltModifier else MoveGesture(view, item)


def _on_nothing(view: Surface, keys: Modifiers) -> Gesture:
    """Pan or select, as people are used to."""
    habits = view.habits
    is_ctrl = bool(keys & Qt.KeyboardModifier.ControlModifier)
    if habits.left_drag == "pan":
        wanted = Qt.KeyboardModifier.ControlModifier if habits.box_key == "ctrl" else Qt.KeyboardModifier.ShiftModifier
        return BoxSelectGesture(view, wanted) if keys & wanted else DeselectPanGesture(view)
    if is_ctrl and habits.ctrl_pans:
        return PanGesture(view)
    return BoxSelectGesture(view)


def _edge_into(view: Surface, node_id: str) -> Gesture | None:
    """Take the last edge that enters a node by its end: a press on a wired input pulls the wire off."""
    scene = view.flow_scene
    into = [edge.id for edge in scene.draft.edges.values() if edge.target == node_id and edge.id in scene.edge_items]
    return ReconnectGesture(view, scene.edge_items[into[-1]], "target") if into else None
