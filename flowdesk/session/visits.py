"""Which variables each visit of a node found, and which it changed: ``variables.jsonl`` in a run's folder.

A visit begins with a line ``since``: what is not as the line before left it. ``added`` are items at the end of a list, ``gone`` names of
variables that are not there any more, ``cut`` those of which only the beginning is kept. It ends with a line ``out``: what it changed. So the
file grows with what happens, not with what there is (``same`` are those that the lines before told already); ``session.variablelines`` reads it.

Beside it ``nodes.jsonl`` holds each node that was visited or skipped as the run had it, so that a later process knows its settings.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import is_
from pathlib import Path
from typing import Any

from flowdesk.engine.visits import Visit
from flowdesk.model.flow import Node
from flowdesk.protocol.codec import encode
from flowdesk.session.lines import Lines

MOST_CHARS = 32 * 1024 * 1024
"""Characters after which no more is written."""
LONGEST_VALUE = 2000
"""Characters of one value; of a longer one the beginning is kept, as a text."""


class VisitRecord:
    """Writes a line when a visit begins and one when it ends. Implements ``engine.context.Trace``."""

    def __init__(self, folder: Path, mask: Callable[[str], str]) -> None:
        """Write into ``folder``, which exists; ``mask`` takes secrets out of a text."""
        self._path = folder / "variables.jsonl"
        self._mask = mask
        self._lines: Lines | None = None
        self._nodes = folder / "nodes.jsonl"
        self._node_lines: Lines | None = None
        self._told: dict[str, Any] = {}
        """What the lines so far say that the variables are. A value is never changed, only replaced."""
        self._found: dict[Visit, dict[str, Any]] = {}
        self._numbers: dict[Visit, int] = {}
        self._counts: dict[str, int] = {}
        self._kept: set[str] = set()
        self._long: set[str] = set()
        """Variables of which only the beginning is kept."""

    def begun(self, visit: Visit, variables: Mapping[str, Any]) -> None:
        """Keep what a visit found."""
        node_id = visit.step.node.id
        self._numbers[visit] = self._counts[node_id] = self._counts.get(node_id, 0) + 1
        self._keep_node(visit.step.node)
        if variables or self._told:
            gone = [name for name in self._told if name not in variables]
            self._write(visit, "since", self._changed(variables, self._told), gone)
        self._found[visit] = dict(variables)

    def ended(self, visit: Visit, variables: Mapping[str, Any]) -> None:
        """Keep what a visit changed."""
        found = self._found.pop(visit, {})
        if variables:
            self._write(visit, "out", self._changed(variables, found))
        self._numbers.pop(visit, None)

    @staticmethod
    def _changed(variables: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in variables.items() if name not in before or before[name] is not value}

    @property
    def fault(self) -> str:
        """Why lines are missing, ``""`` if none is."""
        files = [lines for lines in (self._lines, self._node_lines) if lines is not None]
        for lines in files:
            lines.flush()
        return next((lines.fault for lines in files if lines.fault), "")

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return sum(lines.size for lines in (self._lines, self._node_lines) if lines is not None)

    def close(self) -> None:
        """End the files."""
        for lines in (self._lines, self._node_lines):
            if lines is not None:
                lines.close()

    def skipped(self, node: Node) -> None:
        """Keep what a node is called that was not run."""
        self._keep_node(node)

    def _keep_node(self, node: Node) -> None:
        if node.id in self._kept:
            return
        self._kept.add(node.id)
        if self._node_lines is None:
            self._node_lines = Lines(self._nodes)
        if self._node_lines.size <= MOST_CHARS:
            kept = {"id": node.id, "type": node.type, "data": {"label": node.data.label, "config": node.config}}
            self._node_lines.add(self._mask(encode(kept)))

    def _write(self, visit: Visit, side: str, variables: Mapping[str, Any], gone: Sequence[str] = ()) -> None:
        if self._lines is None:
            self._lines = Lines(self._path)
        if self._lines.size > MOST_CHARS:
            return
        same = [name for name, value in variables.items() if name in self._told and self._told[name] is value]
        variables = {name: value for name, value in variables.items() if name not in same}
        added = {name: text for name, value in variables.items() if (text := self._added(name, value))}
        whole = {name: self._text(name, value) for name, value in variables.items() if name not in added}
        parts = [f'"node_id":{_quoted(visit.step.node.id)},"visit":{self._numbers.get(visit, 1)}']
        if visit.iteration:
            parts.append(f'"iteration":{list(visit.iteration)}')
        if cut := [name for name in whole if name in self._long]:
            parts.append(f'"cut":{json.dumps(cut)}')
        if gone:
            parts.append(f'"gone":{json.dumps(gone)}')
        if same:
            parts.append(f'"same":{json.dumps(same)}')
        if added:
            parts.append(f'"added":{_object(added)}')
        parts.append(f'"{side}":{_object(whole)}')
        self._lines.add(self._mask(f"{{{','.join(parts)}}}"))
        self._told.update(variables)
        for name in gone:
            self._told.pop(name)
            self._long.discard(name)

    def _added(self, name: str, value: Any) -> str:
        """Return the items by which a list is longer than the lines so far say, as JSON; empty where it is not the same list, longer."""
        before = self._told.get(name)
        if not isinstance(value, list) or not isinstance(before, list) or name in self._long:
            return ""
        if not before or len(before) >= len(value) or not all(map(is_, before, value)):
            return ""
        items: Any = value[len(before) :]
        text = encode(items)
        return text if len(text) <= LONGEST_VALUE else ""

    def _text(self, name: str, value: Any) -> str:
        """Return a value as JSON; of a long one the beginning, as a text."""
        text = encode(value)
        (self._long.add if len(text) > LONGEST_VALUE else self._long.discard)(name)
        return json.dumps(f"{text[:LONGEST_VALUE]}… ({len(text)})") if len(text) > LONGEST_VALUE else text


def _object(texts: Mapping[str, str]) -> str:
    return "{" + ",".join([f"{_quoted(name)}:{text}" for name, text in texts.items()]) + "}"


@lru_cache(1024)
def _quoted(name: str) -> str:
    return json.dumps(name)
