"""Which variables each visit of a node found, and which it changed: ``variables.jsonl`` in a run's folder.

Beside it ``nodes.jsonl`` holds each node that was visited or skipped as the run had it, so that a later process knows its settings.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
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
    """Writes a line ``in`` when a visit begins and a line ``out`` when it ends. Implements ``engine.context.Trace``."""

    def __init__(self, folder: Path, mask: Callable[[str], str]) -> None:
        """Write into ``folder``, which exists; ``mask`` takes secrets out of a text."""
        self._path = folder / "variables.jsonl"
        self._mask = mask
        self._lines: Lines | None = None
        self._nodes = folder / "nodes.jsonl"
        self._node_lines: Lines | None = None
        self._texts: dict[str, tuple[Any, str]] = {}
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
        if variables:
            self._write(visit, "in", variables)
        self._found[visit] = dict(variables)

    def ended(self, visit: Visit, variables: Mapping[str, Any]) -> None:
        """Keep what a visit changed."""
        found = self._found.pop(visit, {})
        changed = {name: value for name, value in variables.items() if name not in found or found[name] is not value}
        if variables:
            self._write(visit, "out", changed)
        self._numbers.pop(visit, None)

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

    def _write(self, visit: Visit, side: str, variables: Mapping[str, Any]) -> None:
        if self._lines is None:
            self._lines = Lines(self._path)
        if self._lines.size > MOST_CHARS:
            return
        values = ",".join([f"{_quoted(name)}:{self._text(name, value)}" for name, value in variables.items()])
        path = f',"iteration":{list(visit.iteration)}' if visit.iteration else ""
        cut = f',"cut":{json.dumps([name for name in variables if name in self._long])}' if self._long else ""
        place = f'"node_id":{_quoted(visit.step.node.id)},"visit":{self._numbers.get(visit, 1)}{path}'
        line = f'{{{place}{cut},"{side}":{{{values}}}}}'
        self._lines.add(self._mask(line))

    def _text(self, name: str, value: Any) -> str:
        """Return a value as JSON, encoded once for as long as the variable holds it."""
        known = self._texts.get(name)
        if known is not None and known[0] is value:
            return known[1]
        text = encode(value)
        (self._long.add if len(text) > LONGEST_VALUE else self._long.discard)(name)
        if len(text) > LONGEST_VALUE:
            text = json.dumps(f"{text[:LONGEST_VALUE]}… ({len(text)})")
        self._texts[name] = value, text
        return text


@lru_cache(1024)
def _quoted(name: str) -> str:
    return json.dumps(name)
