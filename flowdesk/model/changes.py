"""Changes: the only ways in which a flow is edited. Each knows its inverse (contract §5, ``flow.edit``).

On the wire a change is ``{"op": …}`` with the fields below, so an editor's edit, its undo and its echo are the same
object. Applying is pure: a draft of the flow in, the inverse out.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from flowdesk.model.errors import ChangeRefused
from flowdesk.model.flow import Coordinate, Edge, Flow, Node, edge_json, node_json
from flowdesk.model.ownids import with_own_ids
from flowdesk.model.sentence import say


class Draft:
    """A flow opened for editing: nodes and edges by id in order, and the rest of the file."""

    def __init__(self, flow: Flow) -> None:
        """Open a flow. The flow itself is never touched; of parts with one id all are kept (``model.ownids``)."""
        flow, self.given = with_own_ids(flow)
        self.nodes: dict[str, Node] = {node.id: node for node in flow.nodes}
        self.edges: dict[str, Edge] = {edge.id: edge for edge in flow.edges}
        self.fields: dict[str, Any] = flow.model_dump(mode="json", by_alias=True, exclude={"nodes", "edges"})

    def copy(self) -> "Draft":
        """Return a draft to try changes on. Changes put new values in the place of old ones and never alter those."""
        copied = Draft.__new__(Draft)
        copied.nodes, copied.edges, copied.fields = dict(self.nodes), dict(self.edges), dict(self.fields)
        copied.given = self.given
        return copied

    def flow(self) -> Flow:
        """Return the flow as it stands now, frozen."""
        return Flow.model_validate(
            {**self.fields, "nodes": tuple(self.nodes.values()), "edges": tuple(self.edges.values())}
        )


class Change(BaseModel):
    """One edit."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid", defer_build=True)

    def apply(self, draft: Draft) -> "AnyChange":
        """Apply the change to the draft and return the change that takes it back.

        Raises:
            ChangeRefused: If it does not fit the draft. The draft is then untouched.
        """
        raise NotImplementedError


class AddNode(Change):
    """Add a node, at a place in the order (``None``: last)."""

    op: Literal["addNode"] = "addNode"
    node: Node
    index: int | None = None
    ids: dict[str, str] = Field(default_factory=dict)
    """Of nodes that are copied together, the old ids and the new: references to the old mean the new."""

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses an id that exists."""
        if self.node.id in draft.nodes:
            raise ChangeRefused(
                say('A node "{id}" already exists.', id=self.node.id), say("Give the new node another ID.")
            )
        draft.nodes = _inserted(draft.nodes, self.node.id, self.node, self.index)
        return RemoveNode(id=self.node.id, loose=_has_edges(draft, self.node.id))


class RemoveNode(Change):
    """Remove a node. Its edges must have been removed before (``removal`` does both)."""

    op: Literal["removeNode"] = "removeNode"
    id: str
    loose: bool = False
    """Whether edges may stay that lead to it, as they did before it came."""

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses a node that does not exist or, unless it is loose, still has edges."""
        node = _known_node(draft, self.id)
        if not self.loose and _has_edges(draft, self.id):
            raise ChangeRefused(
                say('The node "{id}" still has edges.', id=self.id),
                say("Remove its edges first, in the same edit."),
            )
        index = list(draft.nodes).index(self.id)
        del draft.nodes[self.id]
        return AddNode(node=node, index=index)


class MoveNode(Change):
    """Move a node on the canvas."""

    op: Literal["moveNode"] = "moveNode"
    id: str
    x: Coordinate
    y: Coordinate

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses a node that does not exist."""
        node = _known_node(draft, self.id)
        moved = node.position.model_copy(update={"x": self.x, "y": self.y})
        draft.nodes[self.id] = node.model_copy(update={"position": moved})
        return MoveNode(id=self.id, x=node.position.x, y=node.position.y)


class RenameNode(Change):
    """Give a node another id: the ends of its edges and its place in a group follow.

    Sent as an edit it also changes every reference to the node in settings (``model.naming``); those changes are then part
    of what was applied.
    """

    op: Literal["renameNode"] = "renameNode"
    id: str
    to: str = Field(min_length=1, max_length=200)

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses an unknown node, and an id that a node, an end of an edge or a group holds already."""
        _known_node(draft, self.id)
        groups = draft.fields.get("groups")
        members = _members(groups)
        ends = {end for edge in draft.edges.values() for end in (edge.source, edge.target)}
        if self.to in draft.nodes or self.to in ends or self.to in members:
            raise ChangeRefused(say('A node "{id}" already exists.', id=self.to), say("Use another ID."))
        draft.nodes = {
            (self.to if node_id == self.id else node_id): (
                node.model_copy(update={"id": self.to}) if node_id == self.id else node
            )
            for node_id, node in draft.nodes.items()
        }
        for edge in [edge for edge in draft.edges.values() if self.id in (edge.source, edge.target)]:
            ends_now = {
                end: self.to if getattr(edge, end) == self.id else getattr(edge, end) for end in ("source", "target")
            }
            draft.edges[edge.id] = edge.model_copy(update=ends_now)
        if self.id in members:
            draft.fields = {**draft.fields, "groups": _with_member(groups, self.id, self.to)}
        return RenameNode(id=self.to, to=self.id)


def _members(groups: Any) -> set[str]:
    """The ids that the groups of a flow hold, as far as they can be read."""
    if not isinstance(groups, Mapping):
        return set()
    lists = (group.get("nodes") for group in groups.values() if isinstance(group, Mapping))
    return {member for members in lists if isinstance(members, list) for member in members if isinstance(member, str)}


def _with_member(groups: Any, old: str, new: str) -> dict[str, Any]:
    """Return the groups with one member under another id."""
    return {
        key: {**group, "nodes": [new if member == old else member for member in group["nodes"]]}
        if isinstance(group, Mapping) and isinstance(group.get("nodes"), list) and old in group["nodes"]
        else group
        for key, group in groups.items()
    }


class Setting(Change):
    """What sets or removes one value at a path. ``index`` and ``prune`` let the inverse give the identical file."""

    path: tuple[str, ...] = Field(min_length=1)
    value: Any = None
    remove: bool = False
    index: int | None = None
    """Place of a new key among its siblings; ``None``: last."""
    prune: int = Field(default=0, ge=0)
    """How many of the objects around a removed value go with it if that empties them."""

    def inverse_fields(self, was: "_Was") -> dict[str, Any]:
        """Return the fields of the change that takes this one back."""
        return {
            "path": self.path, "value": was.value, "remove": not was.there, "index": was.index, "prune": was.made,
        }  # fmt: skip


class SetNode(Setting):
    """Set or remove one value of a node. ``path`` leads into the node's JSON: ``["data", "config", "selector"]``."""

    op: Literal["setNode"] = "setNode"
    id: str

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses an unknown node, the path ``id``, and a path through something that is not an object."""
        node = _known_node(draft, self.id)
        if self.path[0] == "id":
            raise ChangeRefused(say("A node's ID cannot be set directly."), say("Rename the node."))
        values, was = _with(node_json(node), self)
        draft.nodes[self.id] = _checked(Node, values)
        return SetNode(id=self.id, **self.inverse_fields(was))


class AddEdge(Change):
    """Add an edge, at a place in the order (``None``: last). Order of edges is order of branches."""

    op: Literal["addEdge"] = "addEdge"
    edge: Edge
    index: int | None = None
    loose: bool = False
    """Whether it may lead to a node that is not there: so an edge of a file that does can be put back."""

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses an id that exists and, unless it is loose, ends that do not."""
        if self.edge.id in draft.edges:
            raise ChangeRefused(
                say('An edge "{id}" already exists.', id=self.edge.id), say("Give the new edge another ID.")
            )
        if not self.loose:
            for end in (self.edge.source, self.edge.target):
                _known_node(draft, end)
        draft.edges = _inserted(draft.edges, self.edge.id, self.edge, self.index)
        return RemoveEdge(id=self.edge.id)


class RemoveEdge(Change):
    """Remove an edge."""

    op: Literal["removeEdge"] = "removeEdge"
    id: str

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses an edge that does not exist."""
        if self.id not in draft.edges:
            raise ChangeRefused(
                say('Edge "{id}" not found.', id=self.id), say("Reload the flow: another editor may have removed it.")
            )
        index = list(draft.edges).index(self.id)
        edge = draft.edges.pop(self.id)
        return AddEdge(edge=edge, index=index, loose=is_loose(edge, draft.nodes))


class SetEdge(Setting):
    """Set or remove one value of an edge, such as its ``label``."""

    op: Literal["setEdge"] = "setEdge"
    id: str
    loose: bool = False
    """Whether it may lead to a node that is not there."""

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses an unknown edge, the path ``id`` and, unless it is loose, a new end that does not exist."""
        if self.id not in draft.edges or self.path[0] == "id":
            raise ChangeRefused(say('Edge "{id}" not found.', id=self.id), say("Reload the flow."))
        before = draft.edges[self.id]
        values, was = _with(edge_json(before), self)
        edge = _checked(Edge, values)
        for new, old in ((edge.source, before.source), (edge.target, before.target)):
            if new != old and not self.loose:
                _known_node(draft, new)
        draft.edges[self.id] = edge
        return SetEdge(id=self.id, loose=is_loose(before, draft.nodes), **self.inverse_fields(was))


class SetFlow(Setting):
    """Set or remove one value of the flow beside its nodes and edges: ``["name"]``, ``["variables", "x"]``, …."""

    op: Literal["setFlow"] = "setFlow"

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses ``nodes``, ``edges``, ``id`` and ``flowdesk``."""
        if self.path[0] in {"nodes", "edges", "id", "flowdesk"}:
            raise ChangeRefused(
                say('"{field}" cannot be set.', field=self.path[0]), say("Use the changes for nodes and edges instead.")
            )
        values, was = _with(draft.fields, self)
        _checked(Flow, values)
        draft.fields = values
        return SetFlow(**self.inverse_fields(was))


class MakeFunction(Change):
    """Make a function of nodes, and call it where they were: what that takes (``model.extracting``) is what is applied."""

    op: Literal["makeFunction"] = "makeFunction"
    nodes: tuple[str, ...] = Field(min_length=1)
    name: str = Field("", max_length=200)
    """Empty: the first of ``Function``, ``Function 2``, … that is free."""

    def apply(self, draft: Draft) -> "AnyChange":
        """Never applied as it is."""
        raise ChangeRefused(
            say("These nodes cannot become a function here."), say("Send it as an edit of an open flow.")
        )


AnyChange = (
    AddNode | RemoveNode | MoveNode | RenameNode | MakeFunction | SetNode | AddEdge | RemoveEdge | SetEdge | SetFlow
)

CHANGE: TypeAdapter[AnyChange] = TypeAdapter(
    Annotated[AnyChange, Field(discriminator="op")], config=ConfigDict(defer_build=True)
)
"""Reads and writes a change as JSON."""


def change_json(change: AnyChange) -> dict[str, Any]:
    """Return a change as JSON values."""
    return change.model_dump(mode="json", by_alias=True)


def removal(flow_nodes: set[str], edges: Mapping[str, Edge]) -> list[AnyChange]:
    """Return the changes that remove nodes together with every edge that touches them."""
    changes: list[AnyChange] = [
        RemoveEdge(id=edge.id) for edge in edges.values() if edge.source in flow_nodes or edge.target in flow_nodes
    ]
    return changes + [RemoveNode(id=node_id) for node_id in sorted(flow_nodes)]


def _has_edges(draft: Draft, node_id: str) -> bool:
    return any(node_id in (edge.source, edge.target) for edge in draft.edges.values())


def is_loose(edge: Edge, nodes: Container[str]) -> bool:
    """Whether an edge leads from or to a node that is not there."""
    return edge.source not in nodes or edge.target not in nodes


def _known_node(draft: Draft, node_id: str) -> Node:
    if node_id not in draft.nodes:
        raise ChangeRefused(
            say('Node "{id}" not found.', id=node_id), say("Reload the flow: another editor may have removed it.")
        )
    return draft.nodes[node_id]


def _inserted(items: dict[str, Any], key: str, value: Any, index: int | None) -> dict[str, Any]:
    if index is None or index >= len(items):
        items[key] = value
        return items
    pairs = list(items.items())
    pairs.insert(max(0, index), (key, value))
    return dict(pairs)


@dataclass(frozen=True, slots=True)
class _Was:
    """What stood at a path before it was set."""

    there: bool
    value: Any
    index: int | None
    """Its place among its siblings, if it was removed."""
    made: int
    """How many objects around it had to be made."""


def _with(values: dict[str, Any], change: Setting) -> tuple[dict[str, Any], _Was]:
    """Return a copy of ``values`` with the value at the change's path set or removed, and what was there."""
    copy = dict(values)
    holders, made = [copy], 0
    for key in change.path[:-1]:
        inner = holders[-1].get(key)
        if inner is None and key not in holders[-1]:
            inner, made = {}, made + 1
        if not isinstance(inner, dict):
            raise ChangeRefused(say('"{field}" is not an object.', field=key), say("Set the whole value instead."))
        holders[-1][key] = dict(inner)
        holders.append(holders[-1][key])
    holder, key = holders[-1], change.path[-1]
    there, old = key in holder, holder.get(key)
    if not change.remove:
        _put(holder, key, change.value, None if there else change.index)
        return copy, _Was(there, old, None, made)
    place = list(holder).index(key) if there else None
    holder.pop(key, None)
    for level in range(len(holders) - 1, len(holders) - 1 - max(made, change.prune), -1):
        if level > 0 and not holders[level]:
            del holders[level - 1][change.path[level - 1]]
    return copy, _Was(there, old, place, 0)


def _put(holder: dict[str, Any], key: str, value: Any, index: int | None) -> None:
    if index is None or index >= len(holder):
        holder[key] = value
        return
    pairs = [*holder.items()]
    pairs.insert(max(0, index), (key, value))
    holder.clear()
    holder.update(pairs)


def _checked(model: Any, values: dict[str, Any]) -> Any:
    try:
        return model.model_validate(values)
    except ValueError as error:
        raise ChangeRefused(
            say(
                "The edit would make a {what} unreadable: {reason}",
                what=model.__name__.lower(),
                reason=str(error),
            ),
            say("Send a value of the right type."),
        ) from error
