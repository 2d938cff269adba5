"""Flows as React Flow / Vue Flow JSON: nodes, edges, variables (contract §1)."""

import uuid
from collections.abc import Mapping, Set
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

FORMAT_VERSION = 1
"""The version that this flowdesk writes as ``"flowdesk": 1``."""


class FlowPart(BaseModel):
    """A part of a flow file. Frozen; fields that flowdesk does not know survive untouched."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)


_EXACT = 2**53
Coordinate = Annotated[Annotated[int, Field(ge=-_EXACT, le=_EXACT)] | float, WithJsonSchema({"type": "number"})]
"""A number as it was given: 250 is not written as 250.0, so what nobody moved is no change of the file."""


class Position(FlowPart):
    """Where a node's top left corner lies on the canvas."""

    x: Coordinate = 0.0
    y: Coordinate = 0.0


class NodeBody(FlowPart):
    """The ``data`` of a node: its label and its config, as written (camelCase keys, times in ms)."""

    label: str = ""
    config: dict[str, Any] = Field(default_factory=dict)


class Node(FlowPart):
    """A step of a flow."""

    id: str
    type: str
    position: Position = Field(default_factory=Position)
    data: NodeBody = Field(default_factory=NodeBody)

    @property
    def config(self) -> dict[str, Any]:
        """The config as written."""
        return self.data.config

    @property
    def label(self) -> str:
        """The name that people see: the label, else the id."""
        return self.data.label or self.id

    def option(self, name: str, default: Any = None) -> Any:
        """Return an option that every node may have (``disabled``, ``retries``, …): from its config, else its data, else itself."""
        for holder in (self.data.config, self.data.model_extra or {}, self.model_extra or {}):
            if name in holder:
                return holder[name]
        return default

    def has_options(self, names: Set[str]) -> bool:
        """Whether any of these options is given."""
        holders = (self.data.config, self.data.model_extra, self.model_extra)
        return any(not names.isdisjoint(holder) for holder in holders if holder)


class Edge(FlowPart):
    """A connection from an output of one node to the input of another."""

    id: str
    source: str
    target: str
    source_handle: str | None = Field(default=None, alias="sourceHandle")
    target_handle: str | None = Field(default=None, alias="targetHandle")


class Flow(FlowPart):
    """A whole flow: what a file holds and what a run takes a frozen copy of."""

    flowdesk: int = FORMAT_VERSION
    id: str = Field(default_factory=lambda: uuid.uuid4().hex)
    name: str = ""
    description: str = ""
    variables: dict[str, Any] = Field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    def node(self, node_id: str) -> Node:
        """Return a node by its id.

        Raises:
            KeyError: If the flow has no such node.
        """
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise KeyError(node_id)

    def to_json(self) -> dict[str, Any]:
        """Return the flow as JSON values: flowdesk's keys first in a stable order, then those it does not know."""
        return self.model_dump(mode="json", by_alias=True)


def node_json(node: Node) -> dict[str, Any]:
    """Return a node as JSON values, as it stands in a flow file."""
    return node.model_dump(mode="json", by_alias=True)


def edge_json(edge: Edge) -> dict[str, Any]:
    """Return an edge as JSON values, as it stands in a flow file."""
    return edge.model_dump(mode="json", by_alias=True)


def new_node(type_name: str, config: Mapping[str, Any] | None = None, **fields: Any) -> Node:
    """Make a node with a fresh id. ``fields`` may hold ``id``, ``label``, ``x`` and ``y``."""
    return Node(
        id=fields.get("id") or f"{type_name}_{uuid.uuid4().hex[:8]}",
        type=type_name,
        position=Position(x=fields.get("x", 0.0), y=fields.get("y", 0.0)),
        data=NodeBody(label=fields.get("label", ""), config=dict(config or {})),
    )


def new_edge(source: str, target: str, handle: str | None = None) -> Edge:
    """Make an edge with a fresh id."""
    return Edge(id=f"edge_{uuid.uuid4().hex[:8]}", source=source, target=target, sourceHandle=handle)
