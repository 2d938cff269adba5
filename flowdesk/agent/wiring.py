"""What an assistant says it wants changed, as changes of the protocol. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from flowdesk.agent.words import words
from flowdesk.model.changes import AddEdge, AddNode, Draft, RemoveEdge, SetFlow, SetNode, change_json, removal
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.flow import Edge, Node, NodeBody, Position
from flowdesk.model.naming import fresh_id
from flowdesk.model.nodetype import Catalogue

ACROSS, DOWN = 260.0, 130.0


class Step(BaseModel):
    """A node to add."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="Its type, from node_types.")
    config: dict[str, Any] = Field(default_factory=dict, description="Its settings, as node_types tells them.")
    label: str = Field("", description="What people see.")
    id: str | None = Field(None, description="Its id; without it one is made from the type, e.g. click2.")
    after: str | None = Field(
        None,
        description="Connect it behind this: `node` or `node.output`. What came there before comes behind it. "
        "Without it, it is put behind the node added before it in this call.",
    )
    loose: bool = Field(False, description="Connect it to nothing.")


class Edits:
    """Collects changes on a draft, each applied at once, so that the next sees it."""

    def __init__(self, draft: Draft, catalogue: Catalogue) -> None:
        """Begin with a draft of the flow."""
        self.draft = draft
        self.changes: list[dict[str, Any]] = []
        self.added: list[str] = []
        self._catalogue = catalogue

    def apply(self, change: Any) -> None:
        """Apply a change.

        Raises:
            ChangeRefused: If it does not fit.
        """
        change.apply(self.draft)
        self.changes.append(change_json(change))

    def add(self, step: Step, behind: str | None) -> str:
        """Add a node and return its id; ``behind`` is where it goes if it does not say."""
        kind = self._catalogue.get(step.type)
        if kind is None:
            raise RequestInvalid(
                words('Unknown node type "{type}".', type=step.type),
                words("node_types lists those that there are."),
            )
        node_id = step.id or fresh_id(step.type, self.draft, self._catalogue.functions)
        source, handle = self._end(step.after or behind) if not step.loose and (step.after or behind) else (None, None)
        self.apply(
            AddNode(
                node=Node(
                    id=node_id,
                    type=step.type,
                    position=self._place(source, handle),
                    data=NodeBody(label=step.label or kind.title, config=step.config),
                )
            )
        )
        self.added.append(node_id)
        if source is not None:
            self._insert(source, handle, node_id, kind.bypass_output)
        return node_id

    def connect(self, text: str) -> None:
        """Add an edge, written ``node -> other`` or ``node.output -> other``."""
        source, handle, target = self._ways(text)
        if self._edges(source, handle, target):
            return
        self.apply(AddEdge(edge=Edge(id=self._edge_id(), source=source, target=target, sourceHandle=handle)))

    def disconnect(self, text: str) -> None:
        """Remove an edge, written as for ``connect``."""
        source, handle, target = self._ways(text)
        found = self._edges(source, handle, target)
        if not found:
            raise RequestInvalid(
                words('There is no edge "{text}".', text=text), words("read_flow shows which there are.")
            )
        for edge in found:
            self.apply(RemoveEdge(id=edge.id))

    def remove(self, ids: Sequence[str]) -> None:
        """Remove nodes and their edges. One way in and one way on are joined where a single node lay between."""
        for node_id in ids:
            self._known(node_id)
            into = [edge for edge in self.draft.edges.values() if edge.target == node_id]
            on = [edge for edge in self.draft.edges.values() if edge.source == node_id]
            for change in removal({node_id}, self.draft.edges):
                self.apply(change)
            if len(on) == 1 and on[0].source_handle in (None, "default") and on[0].target != node_id:
                for edge in into:
                    joined = Edge(
                        id=self._edge_id(), source=edge.source, target=on[0].target, sourceHandle=edge.source_handle
                    )
                    if edge.source != node_id:
                        self.apply(AddEdge(edge=joined))

    def settings(self, node_id: str, values: Mapping[str, Any]) -> None:
        """Set settings of a node, ``null`` removes one; ``label`` is what people see."""
        self._known(node_id)
        for key, value in values.items():
            path = ("data", "label") if key == "label" else ("data", "config", key)
            self.apply(SetNode(id=node_id, path=path, value=value, remove=value is None))

    def of_flow(self, name: str, value: Any) -> None:
        """Set the flow's name or description."""
        self.apply(SetFlow(path=(name,), value=value))

    def variables(self, values: Mapping[str, Any]) -> None:
        """Set variables, ``null`` removes one."""
        for name, value in values.items():
            self.apply(SetFlow(path=("variables", name), value=value, remove=value is None))

    def _insert(self, source: str, handle: str | None, node_id: str, way_on: str) -> None:
        for edge in self._edges(source, handle):
            if edge.target == node_id:
                continue
            self.apply(RemoveEdge(id=edge.id))
            if way_on:
                on = None if way_on == "default" else way_on
                moved = Edge(id=self._edge_id(), source=node_id, target=edge.target, sourceHandle=on)
                self.apply(AddEdge(edge=moved))
        self.apply(AddEdge(edge=Edge(id=self._edge_id(), source=source, target=node_id, sourceHandle=handle)))

    def _edges(self, source: str, handle: str | None, target: str | None = None) -> list[Edge]:
        return [
            edge
            for edge in self.draft.edges.values()
            if edge.source == source
            and (edge.source_handle or "default") == (handle or "default")
            and target in (None, edge.target)
        ]

    def _ways(self, text: str) -> tuple[str, str | None, str]:
        source, arrow, target = text.partition("->")
        if not arrow:
            raise RequestInvalid(
                words('"{text}" is no edge.', text=text), words("Write it like click1 -> wait1 or if1.true -> click2.")
            )
        node, handle = self._end(source.strip())
        self._known(target.strip())
        return node, handle, target.strip()

    def _end(self, text: str | None) -> tuple[str, str | None]:
        assert text is not None
        if text in self.draft.nodes:
            kind = self._catalogue.get(self.draft.nodes[text].type)
            if kind is not None and kind.resolve_handle(None, self.draft.nodes[text].config) is None:
                outputs = kind.outputs_of(self.draft.nodes[text].config)
                raise RequestInvalid(
                    words('"{node}" has several outputs, and none is named.', node=text),
                    words(
                        "Write {node} with one of them: {outputs}.",
                        node=text,
                        outputs=", ".join(outputs) or words("none"),
                    ),
                )
            return text, None
        node_id, dot, handle = text.rpartition(".")
        if not dot:
            self._known(text)
        self._known(node_id)
        kind = self._catalogue.get(self.draft.nodes[node_id].type)
        outputs = kind.outputs_of(self.draft.nodes[node_id].config) if kind is not None else (handle,)
        if handle not in outputs:
            raise RequestInvalid(
                words('"{node}" has no output "{output}".', node=node_id, output=handle),
                words("It has {outputs}.", outputs=", ".join(outputs) or words("none")),
            )
        return node_id, None if handle == "default" else handle

    def _known(self, node_id: str) -> None:
        if node_id not in self.draft.nodes:
            raise RequestInvalid(
                words('Node "{id}" not found.', id=node_id),
                words("It has {ids}.", ids=", ".join(list(self.draft.nodes)[:40])),
            )

    def _edge_id(self) -> str:
        number = len(self.draft.edges) + 1
        while f"e{number}" in self.draft.edges:
            number += 1
        return f"e{number}"

    def _place(self, source: str | None, handle: str | None) -> Position:
        """Return a free place behind a node, or below all."""
        taken: Collection[tuple[float, float]] = [(n.position.x, n.position.y) for n in self.draft.nodes.values()]
        if source is None:
            return Position(x=0, y=max((y for _, y in taken), default=-DOWN) + DOWN)
        at = self.draft.nodes[source].position
        x, y = at.x + ACROSS, at.y + (DOWN if handle in ("false", "error", "timeout", "done") else 0)
        while any(abs(x - other) < ACROSS * 0.8 and abs(y - low) < DOWN * 0.8 for other, low in taken):
            y += DOWN
        return Position(x=x, y=y)
