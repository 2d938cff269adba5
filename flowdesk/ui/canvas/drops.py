"""Node types dragged from the palette and dropped on the canvas: on nothing, or on an edge that they are put into."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from flowdesk.model.flow import new_node
from flowdesk.model.naming import fresh_id
from flowdesk.model.sentence import say
from flowdesk.ui.canvas import editing, placing
from flowdesk.ui.canvas.card import HEIGHT, WIDTH, snapped
from flowdesk.ui.canvas.edge_item import EdgeItem
from flowdesk.ui.canvas.surface import Surface

TYPE_MIME = "application/x-flowdesk-node-type"
"""The id of a node type, in UTF-8."""


def dragged_type(view: Surface, event: QDropEvent) -> str | None:
    """Return the node type that is dragged, if it is one that exists."""
    if not event.mimeData().hasFormat(TYPE_MIME):
        return None
    name = bytes(event.mimeData().data(TYPE_MIME).data()).decode("utf-8", "replace")
    return name if name in view.flow_scene.catalogue else None


class DropTarget:
    """What a dragged node type would be dropped on."""

    def __init__(self, view: Surface) -> None:
        """Serve a view."""
        self.view = view
        self._edge: EdgeItem | None = None

    def move(self, event: QDragMoveEvent) -> bool:
        """Follow a drag. Returns whether it can be dropped here."""
        if dragged_type(self.view, event) is None:
            return False
        at = self.view.mapToScene(event.position().toPoint())
        self._mark(self.view.flow_scene.edge_at(at, 14.0))
        return True

    def leave(self) -> None:
        """The drag went elsewhere."""
        self._mark(None)

    def drop(self, event: QDropEvent) -> bool:
        """Ask for the node to be added. Returns whether there was one."""
        edge = self._edge
        self._mark(None)
        name = dragged_type(self.view, event)
        if name is None:
            return False
        scene, at = self.view.flow_scene, self.view.mapToScene(event.position().toPoint())
        corner = at - QPointF(WIDTH / 2, HEIGHT / 2)
        x, y = snapped(corner.x()), snapped(corner.y())
        title = scene.look.translate(scene.catalogue[name].title)
        node = new_node(name, id=fresh_id(name, scene.draft, scene.catalogue.functions), label=str(title), x=x, y=y)
        if edge is not None and edge.edge.id in scene.draft.edges:
            changes = placing.add_on_edge(scene.draft, scene.catalogue, node, edge.edge.id)
        else:
            node = placing.moved(node, placing.place_of(scene.draft, scene.catalogue, node))
            changes = editing.add_node(scene.draft, scene.catalogue, node)
        self.view.request(changes, say("Add {title}", title=title), select=[node.id])
        return True

    def _mark(self, edge: EdgeItem | None) -> None:
        if self._edge is not None and self._edge is not edge:
            self._edge.set_hovered(False)
        if edge is not None:
            edge.set_hovered(True)
        self._edge = edge
