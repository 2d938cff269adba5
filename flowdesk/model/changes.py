"""Changes: the only ways in which a flow is edited. Each knows its inverse (contract §5, ``flow.edit``).

On the wire a change is ``{"op": …}`` with the fields below, so an editor's edit, its undo and its echo are the same
object. Applying is pure: a draft of the flow in, the inverse out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from flowdesk.model.errors import ChangeRefused
from flowdesk.model.flow import Edge, Flow, Node, edge_json, node_json
from flowdesk.model.sentence import say


class Draft:
    """A flow opened for editing: nodes and edges by id in order, and the rest of the file."""

    def __init__(self, flow: Flow) -> None:
        """Open a flow. The flow itself is never touched."""
        self.nodes: dict[str, Node] = {node.id: node for node in flow.nodes}
        self.edges: dict[str, Edge] = {edge.id: edge for edge in flow.edges}
        self.fields: dict[str, Any] = {
            key: value for key, value in flow.to_json().items() if key not in {"nodes", "edges"}
        }

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

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses an id that exists."""
        if self.node.id in draft.nodes:
            raise ChangeRefused(
                say('There is already a node "{id}".', id=self.node.id), say("Give the new node another id.")
            )
        draft.nodes = _inserted(draft.nodes, self.node.id, self.node, self.index)
        return RemoveNode(id=self.node.id)


class RemoveNode(Change):
    """Remove a node. Its edges must have been removed before (``removal`` does both)."""

    op: Literal["removeNode"] = "removeNode"
    id: str

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses a node that does not exist or still has edges."""
        node = _known_node(draft, self.id)
        if any(self.id in (edge.source, edge.target) for edge in draft.edges.values()):
            raise ChangeRefused(
                say('The node "{id}" still has edges.', id=self.id),
                say("Remove its edges in the same edit, before it."),
            )
        index = list(draft.nodes).index(self.id)
        del draft.nodes[self.id]
        return AddNode(node=node, index=index)


class MoveNode(Change):
    """Move a node on the canvas."""

    op: Literal["moveNode"] = "moveNode"
    id: str
    x: float
    y: float

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses a node that does not exist."""
        node = _known_node(draft, self.id)
        moved = node.position.model_copy(update={"x": self.x, "y": self.y})
        draft.nodes[self.id] = node.model_copy(update={"position": moved})
        return MoveNode(id=self.id, x=node.position.x, y=node.position.y)


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
            raise ChangeRefused(say("A node's id cannot be changed."), say("Add a node with the new id."))
        values, was = _with(node_json(node), self)
        draft.nodes[self.id] = _checked(Node, values)
        return SetNode(id=self.id, **self.inverse_fields(was))


class AddEdge(Change):
    """Add an edge, at a place in the order (``None``: last). Order of edges is order of branches."""

    op: Literal["addEdge"] = "addEdge"
    edge: Edge
    index: int | None = None

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses an id that exists and ends that do not."""
        if self.edge.id in draft.edges:
            raise ChangeRefused(
                say('There is already an edge "{id}".', id=self.edge.id), say("Give the new edge another id.")
            )
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
                say('There is no edge "{id}".', id=self.id), say("Another editor may have removed it; reload the flow.")
            )
        index = list(draft.edges).index(self.id)
        return AddEdge(edge=draft.edges.pop(self.id), index=index)


class SetEdge(Setting):
    """Set or remove one value of an edge, such as its ``label``."""

    op: Literal["setEdge"] = "setEdge"
    id: str

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses an unknown edge and the path ``id``."""
        if self.id not in draft.edges or self.path[0] == "id":
            raise ChangeRefused(say('There is no edge "{id}".', id=self.id), say("Reload the flow."))
        values, was = _with(edge_json(draft.edges[self.id]), self)
        edge = _checked(Edge, values)
        for end in (edge.source, edge.target):
            _known_node(draft, end)
        draft.edges[self.id] = edge
        return SetEdge(id=self.id, **self.inverse_fields(was))


class SetFlow(Setting):
    """Set or remove one value of the flow beside its nodes and edges: ``["name"]``, ``["variables", "x"]``, …."""

    op: Literal["setFlow"] = "setFlow"

    def apply(self, draft: Draft) -> "AnyChange":
        """Refuses ``nodes``, ``edges``, ``id`` and ``flowdesk``."""
        if self.path[0] in {"nodes", "edges", "id", "flowdesk"}:
            raise ChangeRefused(
                say('"{field}" cannot be set.', field=self.path[0]), say("Use the changes for nodes and edges.")
            )
        values, was = _with(draft.fields, self)
        _checked(Flow, values)
        draft.fields = values
        return SetFlow(**self.inverse_fields(was))


AnyChange = AddNode | RemoveNode | MoveNode | SetNode | AddEdge | RemoveEdge | SetEdge | SetFlow

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


def _known_node(draft: Draft, node_id: str) -> Node:
    if node_id not in draft.nodes:
        raise ChangeRefused(
            say('There is no node "{id}".', id=node_id), say("Another editor may have removed it; reload the flow.")
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
                "The edit would leave a {what} that cannot be read: {reason}",
                what=model.__name__.lower(),
                reason=str(error),
            ),
            say("Send a value of the right type."),
        ) from error
