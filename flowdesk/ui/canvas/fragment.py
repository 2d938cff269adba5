"""Fragments: parts of a flow on the clipboard, as JSON that people can paste into a chat and back."""

import json
import uuid
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from flowdesk.model.changes import AddEdge, AddNode, AnyChange, Draft, SetFlow
from flowdesk.model.flow import Edge, Node, edge_json, node_json
from flowdesk.model.groups import GROUPS, NOTES, read_groups, read_notes
from flowdesk.model.naming import Literals, fresh_copy_id, no_literals, with_references
from flowdesk.ui.canvas.card import snapped
from flowdesk.ui.canvas.framing import fresh_id, members

MIME_TYPE = "application/x-flowdesk-flow+json"


class Fragment(NamedTuple):
    """A part of a flow."""

    nodes: list[Node]
    edges: list[Edge]
    groups: Mapping[str, Any] = {}
    notes: Mapping[str, Any] = {}
    """Groups and notes by id, as they stand in the file."""

    @property
    def corner(self) -> tuple[float, float]:
        """Its top left corner, in scene pixels."""
        frames = [*read_groups({GROUPS: self.groups}).values(), *read_notes({NOTES: self.notes}).values()]
        places = [(n.position.x, n.position.y) for n in self.nodes] + [(f.x, f.y) for f in frames]
        return min(x for x, _ in places), min(y for _, y in places)


def cut_out(draft: Draft, ids: Collection[str], frames: Collection[str] = ()) -> Fragment:
    """Return nodes, the edges among them, and groups and notes with the nodes of those groups."""
    chosen = {*ids, *members(draft, frames)}
    nodes = [node for node in draft.nodes.values() if node.id in chosen]
    edges = [edge for edge in draft.edges.values() if edge.source in chosen and edge.target in chosen]
    groups = {i: draft.fields[GROUPS][i] for i in read_groups(draft.fields) if i in frames}
    notes = {i: draft.fields[NOTES][i] for i in read_notes(draft.fields) if i in frames}
    return Fragment(nodes, edges, groups, notes)


def copy_fragment(draft: Draft, ids: Collection[str], frames: Collection[str] = ()) -> str:
    """Return nodes, the edges among them, groups and notes as the JSON text of a small flow."""
    found = cut_out(draft, ids, frames)
    values: dict[str, Any] = {
        "nodes": [node_json(node) for node in found.nodes],
        "edges": [edge_json(edge) for edge in found.edges],
    }
    values.update({key: value for key, value in ((GROUPS, found.groups), (NOTES, found.notes)) if value})
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


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
    groups = {i: found[GROUPS][i] for i in read_groups(found)}
    notes = {i: found[NOTES][i] for i in read_notes(found)}
    if not (nodes or notes) or len(ids) != len(nodes):
        return None
    return Fragment(nodes, [edge for edge in edges if edge.source in ids and edge.target in ids], groups, notes)


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
    functions: Collection[str] = (),
    literals: Literals = no_literals,
) -> list[AnyChange]:
    """Add a fragment with fresh ids, its inner edges kept.

    Args:
        draft: The flow that is pasted into.
        fragment: What is pasted.
        at: Where the fragment's top left corner goes, on the grid; ``None`` is beside the original, by ``offset``.
        offset: How far beside the original, in scene pixels.
        keep_inputs: Lead the edges that enter the originals from outside into the copies too.
        functions: Names of functions, which no id takes.
        literals: Which settings hold no references.
    """
    nodes, edges, groups, notes = fragment
    if not nodes and not notes:
        return []
    left, top = fragment.corner
    dx, dy = (snapped(at[0]) - left, snapped(at[1]) - top) if at else (offset, offset)
    has_start = any(node.type == "start" for node in draft.nodes.values())
    fresh: dict[str, str] = {}
    for node in nodes:
        if not (node.type == "start" and has_start):
            fresh[node.id] = fresh_copy_id(node, draft, functions, fresh.values())
    changes: list[AnyChange] = []
    for node in [node for node in nodes if node.id in fresh]:
        place = node.position.model_copy(update={"x": node.position.x + dx, "y": node.position.y + dy})
        copy_of = node.model_copy(update={"id": fresh[node.id], "position": place})
        changes.append(AddNode(node=with_references(copy_of, fresh, literals)))
    joined = [edge for edge in edges if edge.source in fresh and edge.target in fresh]
    if keep_inputs:
        joined += [e for e in draft.edges.values() if e.target in fresh and e.source not in fresh]
    for edge in joined:
        ends = {"source": fresh.get(edge.source, edge.source), "target": fresh[edge.target]}
        changes.append(AddEdge(edge=edge.model_copy(update={"id": f"edge_{uuid.uuid4().hex[:8]}", **ends})))
    for field, frames in ((GROUPS, groups), (NOTES, notes)):
        for value in frames.values():
            copy = {**value, "x": value.get("x", 0.0) + dx, "y": value.get("y", 0.0) + dy}
            if field == GROUPS:
                copy["nodes"] = [fresh[i] for i in value.get("nodes", ()) if i in fresh]
            if field == NOTES or copy["nodes"]:
                changes.append(SetFlow(path=(field, fresh_id(field[:-1])), value=copy))
    return changes


def duplicate(
    draft: Draft,
    ids: Collection[str],
    frames: Collection[str] = (),
    *,
    dx: float = 40.0,
    dy: float = 40.0,
    functions: Collection[str] = (),
    literals: Literals = no_literals,
) -> list[AnyChange]:
    """Add copies of nodes, groups and notes beside them, with the edges among them."""
    found = cut_out(draft, ids, frames)
    if not found.nodes and not found.notes:
        return []
    moved = [
        node.model_copy(
            update={"position": node.position.model_copy(update={"x": node.position.x + dx, "y": node.position.y + dy})}
        )
        for node in found.nodes
    ]
    groups, notes = (
        {i: {**value, "x": value.get("x", 0.0) + dx, "y": value.get("y", 0.0) + dy} for i, value in kind.items()}
        for kind in (found.groups, found.notes)
    )
    return paste(draft, Fragment(moved, found.edges, groups, notes), offset=0, functions=functions, literals=literals)


def added_ids(changes: list[AnyChange]) -> list[str]:
    """Return the ids of the nodes, groups and notes that changes add, to select them afterwards."""
    frames = [c.path[1] for c in changes if isinstance(c, SetFlow) and len(c.path) == 2 and not c.remove]
    return [change.node.id for change in changes if isinstance(change, AddNode)] + frames
