"""Reads ``variables.jsonl``: what the variables were at each visit of a run.

Records of earlier versions say at each visit all that it found (``in``) instead of what changed (``since``, ``added``, ``gone``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowdesk.session.recordfiles import lines_of, objects_of


@dataclass(slots=True)
class Known:
    """What the lines so far say."""

    variables: dict[str, Any] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    """Those of which only the beginning is kept."""

    def take(self, line: dict[str, Any]) -> dict[str, Any]:
        """Take a line; return the variables that it tells of, as they are with it."""
        if "in" in line:
            self.variables, self.cut = {}, set()
        told = {name: value for key in ("in", "since", "out") for name, value in _object(line.get(key)).items()}
        for name, items in _object(line.get("added")).items():
            if isinstance(before := self.variables.get(name), list) and isinstance(items, list):
                before += items  # nobody else has it: ``now`` gives copies
        for name in [*told, *_list(line.get("gone"))]:
            self.variables.pop(name, None)
            self.cut.discard(name)
        self.variables |= told
        self.cut.update(name for name in _list(line.get("cut")) if name in told)
        for name in (*_object(line.get("added")), *_list(line.get("same"))):
            if name in self.variables:
                told[name] = self.variables[name]
        return told

    def now(self) -> dict[str, Any]:
        """Return the variables as they are now."""
        return {name: [*value] if isinstance(value, list) else value for name, value in self.variables.items()}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def lines_in(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines; those that are damaged are left out. Blocks while it reads."""
    return objects_of(lines_of(file))
