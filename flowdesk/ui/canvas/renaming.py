"""Showing that a node has another id: the card stays, with its state and whether it is selected."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowdesk.ui.canvas.scene import FlowScene


def show_renamed(scene: "FlowScene", old: str, new: str, touched: set[str]) -> None:
    """Keep the card of a node, and the wires at it, under its new id; the draft knows it already."""
    scene.node_items[new] = scene.node_items.pop(old)
    for known in (touched, scene.states, scene.faulty, scene._running, scene.problems.nodes):
        if old in known:
            known.discard(old)
            known.add(new)
    scene._edges_of[new] = scene._edges_of.pop(old, set())
    for edge_id in scene._edges_of[new]:
        scene.edge_items[edge_id].edge = scene.draft.edges[edge_id]
    scene._refresh_node(new)
    touched.add(new)


def show_joined(scene: "FlowScene") -> None:
    """Draw the edges that led to a node that was not there and is now."""
    if len(scene.edge_items) < len(scene.draft.edges):
        for edge in [edge for edge in scene.draft.edges.values() if edge.id not in scene.edge_items]:
            scene._add_edge(edge)
