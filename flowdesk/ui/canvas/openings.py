"""What of the scene follows from others of its items: outputs that nothing hangs on, and what lies over the rest."""

from collections.abc import Iterable

from flowdesk.ui.canvas.shown import Shown

FEW = 50
"""Most selected nodes that are drawn over the others."""
OVER, PLAIN = 1.9, 1.0


def show_open_outputs(scene: Shown, ids: Iterable[str]) -> None:
    """Show of nodes to which of their outputs a node can be added."""
    for node_id in ids:
        item = scene.node_items.get(node_id)
        if item is not None:
            wires = [scene.edge_items[i].edge for i in scene.edges_of(node_id) if i in scene.edge_items]
            taken = {port.handle for e in wires if e.source == node_id and (port := item.card.port(e.source_handle))}
            item.set_open_outputs(frozenset(port.handle for port in item.card.outputs if not port.is_side) - taken)


class Raised:
    """Lets what is selected lie over the rest: a few nodes; of many it could not be seen."""

    def __init__(self, scene: Shown) -> None:
        """Follow what is selected in a scene."""
        self._scene = scene
        self._ids: set[str] = set()

    def follow(self) -> None:
        """Raise what is selected now, and lower what was."""
        chosen = set(self._scene.selected_ids())
        now = chosen if len(chosen) <= FEW else set()
        for node_id in self._ids - now:
            item = self._scene.node_items.get(node_id)
            if item is not None and item.reason is None:
                item.setZValue(PLAIN)
        for node_id in now - self._ids:
            self._scene.node_items[node_id].setZValue(OVER)
        self._ids = now
