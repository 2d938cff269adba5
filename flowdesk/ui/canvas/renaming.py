"""Showing that a node has another id: the card stays, with its state and whether it is selected."""

from flowdesk.ui.canvas.shown import Shown


def show_renamed(scene: Shown, old: str, new: str, touched: set[str], marked: set[str]) -> None:
    """Keep the card of a node, and the wires at it, under its new id; the draft knows it already.

    Args:
        scene: The scene.
        old: The id that it had.
        new: The id that it has now.
        touched: Nodes that were changed so far.
        marked: Nodes that are marked for a problem.
    """
    scene.node_items[new] = scene.node_items.pop(old)
    for known in (touched, scene.states, scene.faulty, scene.running, marked):
        if old in known:
            known.discard(old)
            known.add(new)
    scene.edge_ids[new] = scene.edge_ids.pop(old, set())
    for edge_id in scene.edge_ids[new]:
        scene.edge_items[edge_id].edge = scene.draft.edges[edge_id]
    scene.refresh_node(new)
    touched.add(new)


def show_joined(scene: Shown) -> None:
    """Draw the edges that led to a node that was not there and is now."""
    if len(scene.edge_items) < len(scene.draft.edges):
        for edge in [edge for edge in scene.draft.edges.values() if edge.id not in scene.edge_items]:
            scene.add_edge(edge)
