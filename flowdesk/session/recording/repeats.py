"""The same steps done by hand several times with other data: what a loop over the rows of a table would do instead. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowdesk.model.changes import AddEdge, AddNode, AnyChange, Draft, MoveNode, RemoveEdge, RemoveNode, SetNode
from flowdesk.model.errors import SelectorError
from flowdesk.model.flow import Node, NodeBody, Position, new_edge
from flowdesk.model.naming import fresh_id
from flowdesk.model.selector import parse_selector
from flowdesk.protocol.events import RecordedRepeat
from flowdesk.session.recording.writing import ACROSS

VALUES: Mapping[str, str] = {"input": "text", "choose": "option"}
"""What of a node's settings is data, by its type."""
MOST_NODES = 200
"""So many recorded nodes are looked through at the most."""
LEAST_STEPS = 2
_PASSING = frozenset({"timeout", "note", "clearFirst"})
"""Settings in which one pass may differ from another: how long things took, what a field held before."""
_NAMED = re.compile(r"\[name[\^$*]?=(?:'([^']*)'|\"([^\"]*)\")\]")


@dataclass(frozen=True)
class Repeat:
    """Steps that were done several times."""

    passes: tuple[tuple[str, ...], ...]
    """The nodes of each pass, waits included."""
    columns: tuple[str, ...]
    """What the data that changes is called."""
    rows: tuple[tuple[str, ...], ...]
    """The data, a row for each pass."""
    cells: tuple[str, ...] = field(default=(), repr=False)
    """The nodes of the pass that stays which get the data, one for each column."""
    template: int = 0
    """Which pass stays."""

    @property
    def steps(self) -> int:
        """How many steps a pass has."""
        return len(self.passes[self.template])

    def payload(self) -> RecordedRepeat:
        """Return what clients are told of it."""
        return {
            "times": len(self.passes),
            "steps": self.steps,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
        }

    @property
    def items(self) -> list[dict[str, str]]:
        """The rows by their columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def found_in(nodes: Sequence[Node]) -> Repeat | None:
    """Return the largest part of a chain that was done several times, one right after the other, with other data; None where none was."""
    acting = [(index, node) for index, node in enumerate(nodes[:MOST_NODES]) if node.type != "wait"]
    shapes = [_shape(node) for _, node in acting]
    best: Repeat | None = None
    most = 0
    for size in range(LEAST_STEPS, len(acting) // 2 + 1):
        start = 0
        while start + 2 * size <= len(acting):
            times = _times(shapes, start, size)
            if times >= 2 and times * size > most:
                edges = [acting[start + size * each][0] for each in range(times)]
                last = acting[start + size * times - 1][0] + 1
                ends = [*edges[1:], last]
                passes = [nodes[begin:end] for begin, end in zip(edges, ends, strict=True)]
                repeat = _repeat(passes)
                if repeat is not None:
                    best, most = repeat, times * size
            start += max(1, (times - 1) * size)
    return best


def _times(shapes: Sequence[str], start: int, size: int) -> int:
    unit = shapes[start : start + size]
    times = 1
    while shapes[start + times * size : start + (times + 1) * size] == unit:
        times += 1
    return times


def _repeat(passes: Sequence[Sequence[Node]]) -> Repeat | None:
    """Return what changes from pass to pass; None where nothing does, or where it cannot be told apart from an expression."""
    acting = [[node for node in one if node.type != "wait"] for one in passes]
    template = max(range(len(passes)), key=lambda index: len(passes[index]))
    columns: list[str] = []
    cells: list[str] = []
    data: list[list[str]] = []
    for place, node in enumerate(acting[template]):
        key = VALUES.get(node.type)
        values = [str(one[place].config.get(key, "")) for one in acting] if key else []
        if len(set(values)) < 2:
            continue
        if any("{{" in value for value in values):
            return None
        columns.append(_column(node, columns))
        cells.append(node.id)
        data.append(values)
    if not columns:
        return None
    rows = tuple(zip(*data, strict=True))
    return Repeat(tuple(tuple(node.id for node in one) for one in passes), tuple(columns), rows, tuple(cells), template)


def _shape(node: Node) -> str:
    """Return what of a node has to be the same in each pass."""
    data = VALUES.get(node.type)
    told = {key: value for key, value in node.config.items() if key not in _PASSING and key != data}
    for key in ("selector", "to", "until"):
        if key in told:
            told[key] = _way(told[key])
    return f"{node.type} {sorted(told.items(), key=lambda pair: pair[0])}"


def _way(selector: Any) -> str:
    """Return the way that says what is meant: pictures differ, and a hand does not hit the same pixel twice."""
    ways = [selector] if isinstance(selector, str) else list(selector)
    for way in ways:
        try:
            steps = parse_selector(str(way)).steps
        except SelectorError:
            return str(ways)
        if any(step.engine == "image" for step in steps):
            continue
        return " >> ".join(step.engine if step.engine == "point" else f"{step.engine}={step.body}" for step in steps)
    return str(ways)


def _column(node: Node, taken: Sequence[str]) -> str:
    """Return what a column is called: as the field is, else as the label beside it."""
    selector = node.config.get("selector", "")
    way = selector if isinstance(selector, str) else next(iter(selector), "")
    named = _NAMED.findall(str(way))
    name = next((one or other for one, other in reversed(named)), "")
    if not name:
        try:
            texts = [
                step.body for step in parse_selector(str(way)).steps if step.engine == "text" and not step.is_regex
            ]
        except SelectorError:
            texts = []
        name = texts[-1] if texts else ""
    stem = name = " ".join(re.sub(r"[^\w ]+", " ", name).split()) or ("text" if node.type == "input" else "option")
    number = 1
    while name in taken:
        number += 1
        name = f"{stem} {number}"
    return name


def reference(column: str) -> str:
    """Return how a setting names a column of the row."""
    return "{{item." + column + "}}" if column.isidentifier() else '{{ item["' + column + '"] }}'


def changes(draft: Draft, repeat: Repeat, table: str = "") -> list[AnyChange]:
    """Return the edit that does one pass for every row instead: of a table file beside the flow, else of the rows themselves."""
    kept, cells = repeat.passes[repeat.template], dict(zip(repeat.cells, repeat.columns, strict=True))
    gone = [node for number, one in enumerate(repeat.passes) if number != repeat.template for node in one]
    first, last = repeat.passes[0][0], repeat.passes[-1][-1]
    inside = {*kept, *gone}
    into = [edge for edge in draft.edges.values() if edge.target == first and edge.source not in inside]
    out = [edge for edge in draft.edges.values() if edge.source == last and edge.target not in inside]
    place = draft.nodes[first].position
    made: list[Node] = []
    if table:
        made.append(_node(draft, "readTable", {"path": table, "variable": "rows"}, place, made))
    items: Any = "{{rows}}" if table else repeat.items
    made.append(
        _node(
            draft,
            "loop",
            {"type": "forEach", "items": items},
            Position(x=place.x + ACROSS * len(made), y=place.y),
            made,
        )
    )
    loop = made[-1].id
    result: list[AnyChange] = [RemoveEdge(id=edge.id) for edge in (*into, *out)]
    result += [
        RemoveEdge(id=edge.id)
        for edge in draft.edges.values()
        if edge.source in inside and edge.target in inside and {edge.source, edge.target} - set(kept)
    ]
    result += [RemoveNode(id=node) for node in gone]
    result += [AddNode(node=node) for node in made]
    for node in kept:
        at = draft.nodes[node].position
        result.append(MoveNode(id=node, x=at.x + ACROSS * len(made), y=at.y))
        if node in cells:
            key = VALUES[draft.nodes[node].type]
            result.append(SetNode(id=node, path=("data", "config", key), value=reference(cells[node])))
            if draft.nodes[node].type == "input" and _clears(draft, repeat, node):
                result.append(SetNode(id=node, path=("data", "config", "clearFirst"), value=True))
    result += [AddEdge(edge=new_edge(edge.source, made[0].id, edge.source_handle)) for edge in into]
    result += [AddEdge(edge=new_edge(made[0].id, loop))] if len(made) > 1 else []
    result.append(AddEdge(edge=new_edge(loop, kept[0], "body")))
    result += [AddEdge(edge=new_edge(loop, edge.target, "done")) for edge in out]
    return result


def _clears(draft: Draft, repeat: Repeat, kept: str) -> bool:
    """Whether in some pass a field held something that was replaced."""
    place = [node for node in repeat.passes[repeat.template] if draft.nodes[node].type != "wait"].index(kept)
    acting = [[node for node in one if draft.nodes[node].type != "wait"] for one in repeat.passes]
    return any(draft.nodes[one[place]].config.get("clearFirst") for one in acting)


def _node(draft: Draft, kind: str, config: dict[str, Any], at: Position, made: Sequence[Node]) -> Node:
    return Node(
        id=fresh_id(kind, draft, (), [node.id for node in made]), type=kind, position=at, data=NodeBody(config=config)
    )
