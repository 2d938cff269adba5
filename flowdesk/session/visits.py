"""Which variables each visit of a node found, and which it changed: ``variables.jsonl`` in a run's folder."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flowdesk.engine.scheduler import Visit
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
        self._texts: dict[str, tuple[Any, str]] = {}
        self._found: dict[Visit, dict[str, Any]] = {}

    def begun(self, visit: Visit, variables: Mapping[str, Any]) -> None:
        """Keep what a visit found."""
        if variables:
            self._write(visit, "in", variables)
        self._found[visit] = dict(variables)

    def ended(self, visit: Visit, variables: Mapping[str, Any]) -> None:
        """Keep what a visit changed."""
        found = self._found.pop(visit, {})
        changed = {name: value for name, value in variables.items() if name not in found or found[name] is not value}
        if variables:
            self._write(visit, "out", changed)

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._lines.size if self._lines is not None else 0

    def close(self) -> None:
        """End the file."""
        if self._lines is not None:
            self._lines.close()

    def _write(self, visit: Visit, side: str, variables: Mapping[str, Any]) -> None:
        if self._lines is None:
            self._lines = Lines(self._path)
        if self._lines.size > MOST_CHARS:
            return
        values = ",".join([f"{_quoted(name)}:{self._text(name, value)}" for name, value in variables.items()])
        path = f',"iteration":{list(visit.iteration)}' if visit.iteration else ""
        line = f'{{"node_id":{_quoted(visit.step.node.id)}{path},"{side}":{{{values}}}}}'
        self._lines.add(self._mask(line))

    def _text(self, name: str, value: Any) -> str:
        """Return a value as JSON, encoded once for as long as the variable holds it."""
        known = self._texts.get(name)
        if known is not None and known[0] is value:
            return known[1]
        text = encode(value)
        if len(text) > LONGEST_VALUE:
            text = json.dumps(f"{text[:LONGEST_VALUE]}… ({len(text)})")
        self._texts[name] = value, text
        return text


@lru_cache(1024)
def _quoted(name: str) -> str:
    return json.dumps(name)
