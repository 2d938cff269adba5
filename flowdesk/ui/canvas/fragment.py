"""Fragments: parts of a flow on the clipboard, as JSON that people can paste into a chat and back."""

import json
import uuid
from collections.abc import Collection
from typing import Any

from flowdesk.model.changes import AddEdge, AddNode, AnyChange, Draft
from flowdesk.model.flow import Edge, Node, edge_json, node_json
from flowdesk.ui.canvas.card import snapped

MIME_TYPE = "application/x-flowdesk-flow+json"
Fragment = tuple[list[Node], list[Edge]]


def copy_fragment(draft: Draft, ids: Collection[str]) -> str:
    """Return nodes and the edges among them as the JSON text of a small flow."""
    chosen = set(ids)
    nodes = [node_json(node) for node in draft.nodes.values() if node.id in chosen]
    edges = [edge_json(edge) for edge in draft.edges.values() if edge.source in chosen and edge.target in chosen]
    return json.dumps({"nodes": nodes, "edges": edges}, ensure_ascii=False, indent=2) + "\n"


def read_fragment(text: str) -> Fragment | None:
    """Read a fragment from text: a flow file, bare React Flow JSON, a protocol message, or one node.

    Returns:
        Its nodes and those of its edges that join them, or ``None`` if the text is nothing of the kind.
    """
    found = _graph(text)
    if found is None:
        return None
    try:
        nodes = [Node.model_validate(item) for item in found["nodes"]]
        edges = [Edge.model_validate(_with_id(item)) for item in found.get("edges") or []]
    except (ValueError, TypeError):
        return None
    ids = {node.id for node in nodes}
    if not nodes or len(ids) != len(nodes):
        return None
    return nodes, [edge for edge in edges if edge.source in ids and edge.target in ids]


def _graph(text: str) -> dict[str, Any] | None:
    start = text.find("{")
    if start < 0 or len(text) > 20_000_000:
        return None
    try:
        value = json.loads(text[start : text.rfind("}") + 1])
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and isinstance(value.get("payload"), dict):
        value = value["payload"]
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("nodes"), list):
        return value
    return {"nodes": [value]} if "type" in value and "id" in value and "position" in value else None


def _with_id(item: Any) -> Any:
    if isinstance(item, dict) and "id" not in item:
        return {**item, "id": f"edge_{uuid.uuid4().hex[:8]}"}
    return item


def paste(
    draft: Draft,
    fragment: Fragment,
    *,
    at: tuple[float, float] | None = None,
    offset: float = 40.0,
    keep_inputs: bool = False,
) -> list[AnyChange]:
    """Add a fragment with fresh ids, its inner edges kept.

    Args:
        draft: The flow that is pasted into.
        fragment: What is pasted.
        at: Where the fragment's top left corner goes, on the grid; ``None`` is beside the original, by ``offset``.
        offset: How far beside the original, in scene pixels.
        keep_inputs: Lead the edges that enter the originals from outside into the copies too.
    """
    nodes, edges = fragment
    if not nodes:
        return []
    left, top = min(n.position.x for n in nodes), min(n.position.y for n in nodes)
    dx, dy = (snapped(at[0]) - left, snapped(at[1]) - top) if at else (offset, offset)
    has_start = any(node.type == "start" for node in draft.nodes.values())
    fresh = {node.id: _fresh_id(node.type) for node in nodes if not (node.type == "start" and has_start)}
    changes: list[AnyChange] = []
    for node in nodes:
        if node.id in fresh:
            place = node.position.model_copy(update={"x": node.position.x + dx, "y": node.position.y + dy})
            changes.append(AddNode(node=node.model_copy(update={"id": fresh[node.id], "position": place})))
    joined = [edge for edge in edges if edge.source in fresh and edge.target in fresh]
    if keep_inputs:
        joined += [e for e in draft.edges.values() if e.target in fresh and e.source not in fresh]
    for edge in joined:
        ends = {"source": fresh.get(edge.source, edge.source), "target": fresh[edge.target]}
        changes.append(AddEdge(edge=edge.model_copy(update={"id": f"edge_{uuid.uuid4().hex[:8]}", **ends})))
    return changes


def duplicate(draft: Draft, ids: Collection[str], *, dx: float = 40.0, dy: float = 40.0) -> list[AnyChange]:
    """Add copies of nodes beside them, with the edges among them."""
    chosen = set(ids)
    nodes = [node for node in draft.nodes.values() if node.id in chosen]
    edges = [edge for edge in draft.edges.values() if edge.source in chosen and edge.target in chosen]
    if not nodes:
        return []
    return [_shifted(change, dx, dy) for change in paste(draft, (nodes, edges), offset=0)]


def _shifted(change: AnyChange, dx: float, dy: float) -> AnyChange:
    if not isinstance(change, AddNode):
        return change
    place = change.node.position
    moved = place.model_copy(update={"x": place.x + dx, "y": place.y + dy})
    return AddNode(node=change.node.model_copy(update={"position": moved}))


def added_ids(changes: list[AnyChange]) -> list[str]:
    """Return the ids of the nodes that changes add, to select them afterwards."""
    return [change.node.id for change in changes if isinstance(change, AddNode)]


def _fresh_id(type_name: str) -> str:
    return f"{type_name}_{uuid.uuid4().hex[:8]}"
