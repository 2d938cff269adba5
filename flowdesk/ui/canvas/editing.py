"""The commands of the canvas, as pure functions from a flow to the changes that carry them out."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from flowdesk.model.changes import AddEdge, AddNode, AnyChange, Draft, MoveNode, RemoveEdge, SetEdge, SetNode, removal
from flowdesk.model.flow import Edge, Node, new_edge
from flowdesk.model.nodetype import Catalogue
from flowdesk.ui.canvas.rules import refusal, wire_handle

Place = tuple[float, float]


def move(draft: Draft, places: Mapping[str, Place]) -> list[AnyChange]:
    """Move nodes to places; those already there are left alone."""
    changes: list[AnyChange] = []
    for node_id, (x, y) in places.items():
        node = draft.nodes.get(node_id)
        if node is not None and (node.position.x, node.position.y) != (x, y):
            changes.append(MoveNode(id=node_id, x=x, y=y))
    return changes


def nudge(draft: Draft, ids: Iterable[str], dx: float, dy: float) -> list[AnyChange]:
    """Move nodes by so many scene pixels."""
    return move(
        draft,
        {i: (draft.nodes[i].position.x + dx, draft.nodes[i].position.y + dy) for i in ids if i in draft.nodes},
    )


def delete(draft: Draft, ids: Collection[str], edge_ids: Collection[str] = ()) -> list[AnyChange]:
    """Remove nodes with every edge that touches them, and edges."""
    known = {node_id for node_id in ids if node_id in draft.nodes}
    changes = removal(known, draft.edges)
    gone = {change.id for change in changes if isinstance(change, RemoveEdge)}
    extra: list[AnyChange] = [
        RemoveEdge(id=edge_id) for edge_id in edge_ids if edge_id in draft.edges and edge_id not in gone
    ]
    return extra + changes


def delete_and_heal(draft: Draft, catalogue: Catalogue, ids: Collection[str]) -> list[AnyChange]:
    """Remove nodes and lead each edge that came in to where control would have gone on.

    Control goes on by the first output that is wired to a node that stays.
    """
    known = {node_id for node_id in ids if node_id in draft.nodes}
    leaving: dict[str, list[Edge]] = {}
    for edge in draft.edges.values():
        leaving.setdefault(edge.source, []).append(edge)
    changes = removal(known, draft.edges)
    present = {
        (e.source, e.source_handle, e.target)
        for e in draft.edges.values()
        if e.source not in known and e.target not in known
    }
    for edge in draft.edges.values():
        if edge.source in known or edge.target not in known:
            continue
        target = _next_staying(edge.target, known, leaving)
        if target is None or target == edge.source or (edge.source, edge.source_handle, target) in present:
            continue
        if refusal(draft, catalogue, edge.source, edge.source_handle, target) is None:
            present.add((edge.source, edge.source_handle, target))
            changes.append(AddEdge(edge=new_edge(edge.source, target, edge.source_handle)))
    return changes


def _next_staying(node_id: str, leaving_ids: set[str], edges: Mapping[str, list[Edge]]) -> str | None:
    seen: set[str] = set()
    while node_id in leaving_ids:
        if node_id in seen or not edges.get(node_id):
            return None
        seen.add(node_id)
        ways = [edge for edge in edges[node_id] if edge.source_handle not in {"error", "timeout"}] or edges[node_id]
        node_id = ways[0].target
    return node_id


def connect(draft: Draft, catalogue: Catalogue, source: str, handle: str | None, target: str) -> list[AnyChange]:
    """Connect an output to a node; nothing if a rule refuses it."""
    if refusal(draft, catalogue, source, handle, target) is not None:
        return []
    return [AddEdge(edge=new_edge(source, target, wire_handle(draft, catalogue, source, handle)))]


def reconnect(
    draft: Draft,
    catalogue: Catalogue,
    edge_id: str,
    end: Literal["source", "target"],
    node_id: str,
    handle: str | None = None,
) -> list[AnyChange]:
    """Lead one end of an edge to another node (and output); nothing if a rule refuses it."""
    edge = draft.edges[edge_id]
    source, target = (node_id, edge.target) if end == "source" else (edge.source, node_id)
    leaves_by = handle if end == "source" else edge.source_handle
    if refusal(draft, catalogue, source, leaves_by, target, instead_of=edge_id) is not None:
        return []
    changes: list[AnyChange] = []
    if end == "target" and target != edge.target:
        changes.append(SetEdge(id=edge_id, path=("target",), value=target))
    if end == "source":
        if source != edge.source:
            changes.append(SetEdge(id=edge_id, path=("source",), value=source))
        wired = wire_handle(draft, catalogue, source, leaves_by)
        if wired != edge.source_handle:
            changes.append(SetEdge(id=edge_id, path=("sourceHandle",), value=wired))
    return changes


def cut(draft: Draft, edge_ids: Iterable[str]) -> list[AnyChange]:
    """Remove edges."""
    return [RemoveEdge(id=edge_id) for edge_id in edge_ids if edge_id in draft.edges]


def can_splice(draft: Draft, catalogue: Catalogue, node_id: str, edge_id: str) -> bool:
    """Whether a node, which must be unconnected, can be put into an edge."""
    edge = draft.edges.get(edge_id)
    if edge is None or node_id not in draft.nodes or node_id in (edge.source, edge.target):
        return False
    if any(node_id in (other.source, other.target) for other in draft.edges.values()):
        return False
    return (
        refusal(draft, catalogue, edge.source, edge.source_handle, node_id, instead_of=edge_id) is None
        and refusal(draft, catalogue, node_id, None, edge.target) is None
    )


def splice(draft: Draft, catalogue: Catalogue, node_id: str, edge_id: str) -> list[AnyChange]:
    """Put an unconnected node into an edge: the edge then enters it, and a new one leads on."""
    if not can_splice(draft, catalogue, node_id, edge_id):
        return []
    edge = draft.edges[edge_id]
    onward = new_edge(node_id, edge.target, wire_handle(draft, catalogue, node_id, None))
    return [SetEdge(id=edge_id, path=("target",), value=node_id), AddEdge(edge=onward)]


def add_node(
    draft: Draft, catalogue: Catalogue, node: Node, source: str | None = None, handle: str | None = None
) -> list[AnyChange]:
    """Add a node and, where a rule allows it, an edge to it from an output."""
    changes: list[AnyChange] = [AddNode(node=node)]
    if source is not None and source in draft.nodes:
        after = Draft.__new__(Draft)
        after.nodes, after.edges, after.fields = {**draft.nodes, node.id: node}, draft.edges, {}
        changes += connect(after, catalogue, source, handle, node.id)
    return changes


def toggle_option(draft: Draft, ids: Iterable[str], option: str) -> list[AnyChange]:
    """Set a yes-or-no option of nodes, or take it from them if all have it."""
    nodes = [draft.nodes[node_id] for node_id in ids if node_id in draft.nodes]
    is_on = not all(node.option(option) is True for node in nodes)
    return [change for node in nodes for change in _set_option(node, option, is_on)]


def _set_option(node: Node, option: str, is_on: bool) -> list[AnyChange]:
    if (node.option(option) is True) == is_on:
        return []
    path: tuple[str, ...] = ("data", "config", option)
    if option not in node.config:
        if option in (node.data.model_extra or {}):
            path = ("data", option)
        elif option in (node.model_extra or {}):
            path = (option,)
    return [SetNode(id=node.id, path=path, value=True if is_on else None, remove=not is_on)]


def toggle_disabled(draft: Draft, ids: Iterable[str]) -> list[AnyChange]:
    """Disable nodes, or enable them if all are disabled."""
    return toggle_option(draft, ids, "disabled")


def toggle_breakpoint(draft: Draft, ids: Iterable[str]) -> list[AnyChange]:
    """Set a breakpoint on nodes, or clear it if all have one."""
    return toggle_option(draft, ids, "breakpoint")


def rename(draft: Draft, node_id: str, label: str) -> list[AnyChange]:
    """Give a node another label."""
    if node_id not in draft.nodes or draft.nodes[node_id].data.label == label:
        return []
    return [SetNode(id=node_id, path=("data", "label"), value=label)]


def select_along(draft: Draft, ids: Iterable[str], way: Literal["upstream", "downstream", "both"]) -> set[str]:
    """Return the nodes and all that lead to them, all that they lead to, or both."""
    start = {node_id for node_id in ids if node_id in draft.nodes}
    result = set(start)
    for is_down in (True, False):
        if way == ("upstream" if is_down else "downstream"):
            continue
        near: dict[str, list[str]] = {}
        for edge in draft.edges.values():
            tail, head = (edge.source, edge.target) if is_down else (edge.target, edge.source)
            near.setdefault(tail, []).append(head)
        waiting, seen = list(start), set(start)
        while waiting:
            for other in near.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        result |= seen
    return result


def neighbour(draft: Draft, node_id: str, way: Literal["left", "right", "up", "down"]) -> str | None:
    """Return the node one step along the graph: right and left follow edges, up and down go to a sibling.

    Where an edge leads to several, the first in the order of the edges is taken. A node without siblings goes to
    the nearest node in that direction.
    """
    if node_id not in draft.nodes:
        return None
    edges = list(draft.edges.values())
    if way == "right":
        return next((edge.target for edge in edges if edge.source == node_id), None)
    if way == "left":
        return next((edge.source for edge in edges if edge.target == node_id), None)
    parents = {edge.source for edge in edges if edge.target == node_id}
    siblings = {edge.target for edge in edges if edge.source in parents} - {node_id}
    here = draft.nodes[node_id].position
    sign = 1 if way == "down" else -1
    for pool in (siblings, set(draft.nodes) - {node_id}):
        ahead = [draft.nodes[i] for i in pool if (draft.nodes[i].position.y - here.y) * sign > 0]
        if ahead:
            return min(ahead, key=lambda n: (abs(n.position.y - here.y) + abs(n.position.x - here.x) * 2, n.id)).id
    return None
