"""Graphs of other tools (n8n, Automa): their nodes at their places, what has a counterpart, and notes for the rest."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowdesk.importing.report import Left, Report, Untaken
from flowdesk.importing.steps import compact
from flowdesk.model.config import read_config
from flowdesk.model.errors import SelectorError
from flowdesk.model.flow import Edge, Flow, Node, NodeBody, Position
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.selector import parse_selector
from flowdesk.model.sentence import say
from flowdesk.model.templates import problems_in, texts_in
from flowdesk.model.trigger import MOST_TRIGGERS, read_trigger

SPREAD = 1.3
"""How much further apart nodes lie here than in tools with smaller ones."""
NOTE = (230, 130)
_ODD = (AttributeError, TypeError, ValueError, KeyError, IndexError, ArithmeticError)
"""What settings may cause in a file that somebody else wrote."""


@dataclass
class Drawn:
    """A node that has a counterpart."""

    type: str
    config: dict[str, Any]
    outputs: Mapping[str, str] = field(default_factory=dict)
    """The other tool's outputs, and those here; what is not named is the first."""


@dataclass
class Other:
    """A node of another tool."""

    id: str
    kind: str
    label: str
    x: float
    y: float
    settings: Mapping[str, Any]
    is_trigger: bool = False
    is_disabled: bool = False


@dataclass(frozen=True)
class Way:
    """A connection: from which output of which node to which."""

    source: str
    output: str
    target: str


class Graph:
    """Draws a graph."""

    def __init__(self, catalogue: Catalogue, report: Report, file: str, name: str) -> None:
        """Begin with nothing."""
        self._catalogue = catalogue
        self._report = report
        self._file = file
        self.name = name
        self.variables: dict[str, Any] = {}
        self.notes: dict[str, dict[str, Any]] = {}
        self._drawn: dict[str, Drawn] = {}
        self._ids: dict[str, str] = {}
        self._others: dict[str, Other] = {}
        self._starts: dict[str, list[str]] = {}
        """The names of the triggers that each node became."""
        self._triggers: list[dict[str, Any]] = []
        self._number = 0

    def note(self, x: float, y: float, text: str, width: float = NOTE[0], height: float = NOTE[1]) -> None:
        """Write a note at a place of the other tool."""
        key = f"note{len(self.notes) + 1}"
        place = {"x": round(x * SPREAD), "y": round(y * SPREAD), "width": round(width), "height": round(height)}
        self.notes[key] = {**place, "text": text[:2000], "color": "yellow"}

    def take(self, other: Other, drawn: Drawn | Untaken) -> None:
        """Take a node, or write a note at its place."""
        self._meet(other)
        if isinstance(drawn, Drawn):
            try:
                self._check(drawn)
            except Untaken as error:
                drawn = error
        if isinstance(drawn, Untaken):
            original = f"{other.label} ({other.kind}): {compact(other.settings)}"
            self.note(other.x, other.y, f"{original[:500]}\n— {drawn.reason}")
            self._report.leave(Left(self._file, self._number, drawn.kind, original, str(drawn.reason)))
            return
        self._drawn[other.id] = drawn
        self._ids[other.id] = self._fresh(drawn.type)

    def _meet(self, other: Other) -> None:
        self._number += 1
        self._report.met(self._file, self._number)
        self._others[other.id] = other

    def take_step(self, other: Other, counterpart: Callable[[str, Mapping[str, Any]], Drawn]) -> None:
        """Take a node as its counterpart; what has none, or cannot be read, becomes a note."""
        drawn: Drawn | Untaken
        try:
            drawn = counterpart(other.kind, other.settings)
        except Untaken as error:
            drawn = error
        except _ODD:
            drawn = Untaken("settings", say("The settings of this step cannot be read."))
        self.take(other, drawn)

    def take_trigger(self, other: Other, kind: str, *, is_manual: bool) -> None:
        """Take a node that starts a workflow: one that a person starts is a line in the log, any other a note."""
        reason = say("Flows start by triggers. Add one to the Start node.")
        self.take(other, Drawn("log", {"message": other.label}) if is_manual else Untaken(f"trigger: {kind}", reason))

    def take_starts(
        self, other: Other, declare: Callable[[str, Mapping[str, Any]], Sequence[Mapping[str, Any]]]
    ) -> None:
        """Take a node that starts a workflow by itself as triggers of the flow; what has no counterpart becomes a note.

        Args:
            other: The node.
            declare: Returns its triggers as a flow holds them, with a name where the node gives one.
        """
        try:
            found: list[dict[str, Any]] = []
            for entry in declare(other.kind, other.settings):
                name = self._trigger_name(str(entry.get("id") or entry["type"]), found)
                found.append({**entry, "id": name, **({"disabled": True} if other.is_disabled else {})})
            is_much = len(self._triggers) + len(found) > MOST_TRIGGERS
            if is_much or any(read_trigger(entry) is None for entry in found):
                raise Untaken(f"trigger: {other.kind}", say("Flows start by triggers. Add one to the Start node."))
        except Untaken as error:
            self.take(other, error)
            return
        except _ODD:
            self.take(other, Untaken("settings", say("The settings of this step cannot be read.")))
            return
        self._meet(other)
        self._triggers += found
        self._starts[other.id] = [entry["id"] for entry in found]
        for entry in found:
            if entry["type"] == "webhook":
                how = say(
                    "Other programs start this flow by POST /hook/{id}, with a token that may run flows.",
                    id=entry["id"],
                )
                self.note(other.x, other.y, f"{other.label}\n— {how}")

    def _trigger_name(self, wanted: str, others: Sequence[Mapping[str, Any]]) -> str:
        taken = {entry["id"] for entry in (*self._triggers, *others)}
        number, name = 1, wanted
        while name in taken:
            number += 1
            name = f"{wanted[:60]}{number}"
        return name

    def _fresh(self, kind: str) -> str:
        taken = set(self._ids.values()) | {"start"}
        number = 1
        while (name := kind if number == 1 else f"{kind}{number}") in taken:
            number += 1
        return name

    def _check(self, drawn: Drawn) -> None:
        declared = self._catalogue[drawn.type]
        for text in texts_in(drawn.config):
            for problem in problems_in(text, self._catalogue.functions):
                raise Untaken("expression", problem.message)
        _, faults = read_config(declared.config, drawn.config)
        for name, fault in faults:
            raise Untaken("setting", say("{field}: {reason}", field=name, reason=fault))
        for key in declared.target_keys:
            selector = drawn.config.get(key)
            if isinstance(selector, str) and selector and "{{" not in selector:
                try:
                    parse_selector(selector)
                except SelectorError as error:
                    raise Untaken("target", error.message) from error

    def flow(self, ways: Sequence[Way], description: str) -> Flow:
        """Return what was drawn. A node that was not taken is passed by: what leads to it leads to what follows it."""
        after: dict[str, list[Way]] = {}
        for way in ways:
            after.setdefault(way.source, []).append(way)
        edges: list[Edge] = []
        nodes = [self._start(), *(self._node(node_id, drawn) for node_id, drawn in self._drawn.items())]
        nodes += self._begin(after, edges)
        for node_id, drawn in self._drawn.items():
            for way in after.get(node_id, []):
                self._connect(after, edges, (self._ids[node_id], self._output(drawn, way.output)), way.target)
        extra: dict[str, Any] = {"notes": self.notes} if self.notes else {}
        if self._triggers:
            extra["triggers"] = self._triggers
            self._report.has_triggers = True
        return Flow(
            name=self.name,
            description=description,
            variables=self.variables,
            nodes=tuple(nodes),
            edges=tuple(edges),
            **extra,
        )

    def _begin(self, after: Mapping[str, Sequence[Way]], edges: list[Edge]) -> list[Node]:
        """Connect the start with what begins, and return the nodes that this takes."""
        into = {way.target for each in after.values() for way in each}
        starts = [
            other.id
            for other in self._others.values()
            if other.is_trigger or (other.id not in into and not self._starts)  # n8n runs what a trigger leads to
        ]
        chosen = self._chosen(starts, after)
        if chosen is None:
            for first in starts:
                self._connect(after, edges, ("start", None), first)
            return []
        switch, cases = chosen
        edges.append(Edge(id="e1", source="start", target=switch.id, sourceHandle=None))
        for handle, first in cases:
            self._connect(after, edges, (switch.id, handle), first)
        return [switch]

    def _connect(
        self,
        after: Mapping[str, Sequence[Way]],
        edges: list[Edge],
        out: tuple[str, str | None],
        target: str,
        seen: frozenset[str] = frozenset(),
    ) -> None:
        """Connect an output with a node of the other tool, or with what follows it where it was not taken."""
        if target in seen:
            return
        if target not in self._drawn:
            for way in after.get(target, []):
                self._connect(after, edges, out, way.target, seen | {target})
            return
        source, handle = out
        known = {(edge.source, edge.source_handle, edge.target) for edge in edges}
        if (source, handle, self._ids[target]) not in known:
            edges.append(Edge(id=f"e{len(edges) + 1}", source=source, target=self._ids[target], sourceHandle=handle))

    def _chosen(
        self, starts: Sequence[str], after: Mapping[str, Sequence[Way]]
    ) -> tuple[Node, list[tuple[str, str]]] | None:
        """Return a ``switch`` that goes on where the trigger of the run leads; ``None`` where all lead to the same nodes.

        Each of its outputs comes with the node of the other tool that it stands for. A run that a person starts goes where
        nothing but a person leads, else where the first trigger does.
        """
        goals = {frozenset(way.target for way in after.get(first, ())) for first in starts}
        if not self._starts or len(goals) < 2:
            return None
        names = [(name, first) for first in starts for name in self._starts.get(first, ())]
        cases = [{"id": name, "operator": "eq", "value": name} for name, _ in names]
        config = {"value": '{{ trigger.id|default("") }}', "cases": cases}
        ways = [(f"case:{name}", first) for name, first in names]
        by_hand = [first for first in starts if first not in self._starts] or [names[0][1]]
        ways += [("default", first) for first in by_hand]
        place = self._others[names[0][1]]
        body = NodeBody(label="Which trigger?", config=config)
        position = Position(x=round(place.x * SPREAD), y=round(place.y * SPREAD))
        return Node(id=self._fresh("switch"), type="switch", position=position, data=body), ways

    def _output(self, drawn: Drawn, output: str) -> str | None:
        named = drawn.outputs.get(output)
        if named is not None:
            return None if named == "default" else named
        first = self._catalogue[drawn.type].outputs_of(drawn.config)[:1]
        return None if first in ((), ("default",)) else first[0]

    def _node(self, node_id: str, drawn: Drawn) -> Node:
        other = self._others[node_id]
        config = {**drawn.config, **({"disabled": True} if other.is_disabled else {})}
        place = Position(x=round(other.x * SPREAD), y=round(other.y * SPREAD))
        body = NodeBody(label=other.label[:80], config=config)
        return Node(id=self._ids[node_id], type=drawn.type, position=place, data=body)

    def _start(self) -> Node:
        triggers = [other for other in self._others.values() if other.is_trigger] or list(self._others.values())
        left = min((other.x for other in triggers), default=0.0)
        upper = min((other.y for other in triggers), default=0.0)
        place = Position(x=round(left * SPREAD) - 260, y=round(upper * SPREAD))
        return Node(id="start", type="start", position=place, data=NodeBody(label="Start", config={}))


_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def only_names(text: str, reading: "re.Pattern[str]", replaced: str) -> str:
    """Return a text whose references are rewritten by a pattern.

    Raises:
        Untaken: If one of them is more than a reference.
    """

    def rewrite(found: "re.Match[str]") -> str:
        name = reading.fullmatch(found[1].strip())
        if name is None:
            raise Untaken("expression", say("This expression has no counterpart here."))
        return "{{" + name.expand(replaced) + "}}"

    return _BRACES.sub(rewrite, text)


def listed(value: Any) -> list[Any]:
    """Return a list as it is, anything else as an empty one."""
    return value if isinstance(value, list) else []


def number(value: Any, otherwise: float = 0) -> float:
    """Return a number as it is, anything else as ``otherwise``."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and abs(value) < 1e9 else otherwise
