"""Recorded steps as changes of a flow: where they hang, where they lie on the canvas, what is noted beside them. Pure."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowdesk.engine.ports import Window
from flowdesk.model.changes import AddEdge, AddNode, AnyChange, Draft, MoveNode, RemoveEdge, SetFlow
from flowdesk.model.flow import Edge, Node, NodeBody, Position, new_edge
from flowdesk.model.naming import fresh_id
from flowdesk.session.recording.meaning import program_of

ACROSS, DOWN = 260.0, 170.0
"""From one node of a row to the next, and from row to row, in scene pixels."""
IN_ROW = 5
_MAIN = (None, "default")
NOTE_HEIGHT, NOTE_WIDTH, NOTE_ABOVE = 40.0, 220.0, 56.0


@dataclass
class Placing:
    """Where the next node goes: rows from left to right, a new one where the program changes."""

    anchor: str = ""
    """The node after which was recorded."""
    made: list[str] = field(default_factory=list)
    """The nodes of the recording, in order."""
    is_for_anchor: bool = False
    """Whether they are to take the anchor's place: until then they lie below it, and no program is noted."""
    _program: str = ""
    _column: int = -1
    _row: int = 0

    def tail(self, nodes: Mapping[str, Node]) -> str:
        """Return the node after which the next one hangs: the last that nobody has taken away."""
        while self.made and self.made[-1] not in nodes:
            self.made.pop()
            self._column -= 1
        return self.made[-1] if self.made else self.anchor

    def changes(
        self,
        draft: Draft,
        steps: Sequence[tuple[str, dict[str, Any], Window | None, str]],
        functions: Collection[str] = (),
    ) -> list[AnyChange]:
        """Return the changes that add steps (type, config, window, note) at the end of what was recorded."""
        tail = self.tail(draft.nodes)
        follows = [
            edge for edge in draft.edges.values() if tail and edge.source == tail and edge.source_handle in _MAIN
        ]
        changes: list[AnyChange] = [RemoveEdge(id=edge.id) for edge in follows]
        anchor = draft.nodes.get(self.anchor)
        corner = anchor.position if anchor is not None else Position()
        taken: list[str] = []
        for type_name, config, window, note in steps:
            program = program_of(window)
            is_other = bool(program) and program != self._program
            if self._column + 1 >= IN_ROW or (is_other and self._program):
                self._row, self._column = self._row + 1, -1
            self._column += 1
            x = corner.x + ACROSS * (self._column + (1 if self._row == 0 and not self.is_for_anchor else 0))
            y = corner.y + DOWN * (self._row + self.is_for_anchor)
            if is_other:
                changes += [] if self.is_for_anchor else [_note(program, x, y - NOTE_ABOVE)]
                self._program = program
            node_id = fresh_id(type_name, draft, functions, taken)
            taken.append(node_id)
            settings = {**config, "note": note} if note else config
            changes.append(
                AddNode(
                    node=Node(id=node_id, type=type_name, position=Position(x=x, y=y), data=NodeBody(config=settings))
                )
            )
            changes += [AddEdge(edge=new_edge(tail, node_id))] if tail else []
            self.made.append(node_id)
            tail = node_id
        if self._row == 0 and not self.is_for_anchor:
            changes += room(draft, [edge.target for edge in follows], corner.x, ACROSS * (self._column + 2))
        return changes + [AddEdge(edge=_moved(edge, tail)) for edge in follows]


def last_of(nodes: Mapping[str, Node], edges: Mapping[str, Edge]) -> str:
    """Return the node at the end of a flow's main line; ``""`` where it has no beginning."""
    at = next((node.id for node in nodes.values() if node.type == "start"), "")
    seen: set[str] = set()
    while at and at not in seen:
        seen.add(at)
        out = [edge for edge in edges.values() if edge.source == at and edge.source_handle in (None, "default", "done")]
        follows = next((edge.target for edge in out if edge.target not in seen), "")
        if not follows or nodes[follows].type == "end":
            break
        at = follows
    return at


def room(draft: Draft, heads: Iterable[str], left: float, width: float) -> list[AnyChange]:
    """Move what follows, as far as it lies right of ``left``, until so much is free from there."""
    found: dict[str, Node] = {}
    waiting = list(heads)
    while waiting:
        node = draft.nodes.get(waiting.pop())
        if node is not None and node.id not in found and node.position.x > left:
            found[node.id] = node
            waiting += [edge.target for edge in draft.edges.values() if edge.source == node.id]
    lacking = left + width - min((node.position.x for node in found.values()), default=left + width)
    if lacking <= 0:
        return []
    return [MoveNode(id=node.id, x=node.position.x + lacking, y=node.position.y) for node in found.values()]


def _moved(edge: Edge, source: str) -> Edge:
    return edge.model_copy(update={"id": f"edge_{uuid.uuid4().hex[:8]}", "source": source})


def _note(text: str, x: float, y: float) -> AnyChange:
    value = {"text": text, "color": "gray", "x": x, "y": y, "width": NOTE_WIDTH, "height": NOTE_HEIGHT}
    return SetFlow(path=("notes", f"note_{uuid.uuid4().hex[:8]}"), value=value)
