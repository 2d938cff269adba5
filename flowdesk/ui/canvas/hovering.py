"""The pointer over the canvas while nothing is pressed: what is highlighted, which cursor, what is said."""

from PySide6.QtCore import QPointF, Qt

from flowdesk.ui.canvas.edge_item import EdgeItem
from flowdesk.ui.canvas.gestures.resize import zone_cursor
from flowdesk.ui.canvas.hover import hover_text
from flowdesk.ui.canvas.node_item import NodeItem
from flowdesk.ui.canvas.node_painter import INPUT
from flowdesk.ui.canvas.surface import Surface

REACH = 5.0
"""How far from an edge the pointer is still over it, in pixels of the screen."""


class Hovering:
    """Follows the pointer over a view."""

    def __init__(self, view: Surface) -> None:
        """Begin over nothing."""
        self.view = view
        self._item: NodeItem | EdgeItem | None = None

    def move(self, at: QPointF) -> None:
        """Highlight what is at a point of the scene."""
        view, scene = self.view, self.view.flow_scene
        if view.is_space_held or view.is_overview:
            self.leave()
            return
        item = scene.node_at(at)
        handle = None
        if item is not None:
            handle = item.output_at(at) or (INPUT if item.is_input_at(at) else None)
        self._highlight(item or scene.edge_at(at, REACH / min(view.zoom, 1.0)))
        if item is not None:
            item.set_port_hover(handle)
        is_port = handle is not None and handle != INPUT
        shape = Qt.CursorShape.CrossCursor if is_port else Qt.CursorShape.ArrowCursor
        if self._item is None:
            frame = scene.frames.at(at)
            shape = zone_cursor(frame[1]) if frame is not None else shape
        view.viewport().setCursor(shape)

    def leave(self) -> None:
        """Highlight nothing."""
        self._highlight(None)

    def text_at(self, at: QPointF) -> str:
        """Return what is said of the thing at a point of the scene; empty for nothing."""
        scene = self.view.flow_scene
        item = scene.node_at(at) or scene.edge_at(at, REACH / min(self.view.zoom, 1.0))
        return hover_text(item, scene, self.view.variables) if item is not None else ""

    def _highlight(self, item: NodeItem | EdgeItem | None) -> None:
        before, self._item = self._item, item
        if before is not None and before is not item:
            if isinstance(before, NodeItem):
                before.set_port_hover(None)
            else:
                before.set_hovered(False)
        if isinstance(item, EdgeItem):
            item.set_hovered(True)
