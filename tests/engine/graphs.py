"""Flows in one line: ``graph("start>a", "a>b", l="loop:3")``."""

from typing import Any

from flowdesk.model.flow import Edge, Flow, Node, NodeBody


def graph(*edges: str, types: dict[str, Any] | None = None, **options: dict[str, Any]) -> Flow:
    """Make a flow.

    Args:
        edges: ``source.handle>target``, the handle optional.
        types: Node types (``"loop"``) or ``(type, config)`` by node id; ``plain`` for the others, ``start`` for start.
        options: Config of a node by its id.
    """
    known = types or {}
    ids: dict[str, None] = {"start": None}
    made: list[Edge] = []
    for index, text in enumerate(edges):
        left, target = text.split(">")
        source, _, handle = left.partition(".")
        ids.setdefault(source)
        ids.setdefault(target)
        made.append(Edge(id=f"e{index}", source=source, target=target, sourceHandle=handle or None))
    nodes = []
    for node_id in ids:
        kind = known.get(node_id, "start" if node_id == "start" else "plain")
        kind, config = kind if isinstance(kind, tuple) else (kind, {})
        nodes.append(Node(id=node_id, type=kind, data=NodeBody(config={**config, **options.get(node_id, {})})))
    return Flow(nodes=tuple(nodes), edges=tuple(made))
