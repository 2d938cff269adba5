"""What the parts of a scene need of it: the items that show the flow, and the flow as it is shown."""

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsItem

from flowdesk.model.changes import Draft
from flowdesk.model.flow import Edge
from flowdesk.ui.canvas.edge_item import EdgeItem
from flowdesk.ui.canvas.look import Look
from flowdesk.ui.canvas.node_item import NodeItem


class Shown(Protocol):
    """A scene, as its parts see it."""

    look: Look
    draft: Draft
    node_items: dict[str, NodeItem]
    edge_items: dict[str, EdgeItem]
    states: set[str]
    """Nodes that show how they ended."""
    faulty: set[str]
    running: set[str]
    edge_ids: dict[str, set[str]]
    """The edges that touch a node."""

    def edges_of(self, node_id: str) -> set[str]:
        """Return the ids of the edges that touch a node."""

    def selected_ids(self) -> list[str]:
        """Return the nodes that are selected."""

    def add_edge(self, edge: Edge) -> None:
        """Draw an edge."""

    def refresh_node(self, node_id: str) -> None:
        """Draw a node as the draft has it now."""

    def lead_edges(self, ids: Iterable[str]) -> None:
        """Draw the edges of nodes anew."""

    def drop_item(self, item: QGraphicsItem) -> None:
        """Take an item out."""

    def addItem(self, item: QGraphicsItem) -> None:
        """Take an item in."""

    def items(self, rect: QRectF, /) -> list[QGraphicsItem]:
        """Return the items that touch a rectangle, the uppermost first."""
