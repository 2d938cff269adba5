"""Settings of nodes in words that people use: titles instead of keys, values in their units. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from flowdesk.model.fields import common_fields
from flowdesk.model.nodetype import NodeType
from flowdesk.model.sentence import Sentence, midway, said_as, say

LONGEST = 120
"""Characters of a value that are shown."""
AROUND = 20
"""Characters before and after what differs in two long values that are shown."""


class Wording:
    """Says the settings of one type of node. ``words`` tells what people read for values that are no words."""

    def __init__(self, node_type: NodeType | None, words: Mapping[str, str]) -> None:
        """A type that is not known has keys and plain values."""
        fields = node_type.fields if node_type is not None else common_fields()
        self._fields = {spec.key: spec for spec in fields}
        self._words = words

    def title(self, key: str) -> str:
        """Return the title of a setting as it stands in a sentence; the key where it has none."""
        spec = self._fields.get(key)
        return midway(spec.title) if spec is not None else key

    def default(self, key: str) -> Any:
        """Return what counts where a setting is not written, ``None`` where nothing does."""
        spec = self._fields.get(key)
        return spec.default if spec is not None else None

    def value(self, key: str, value: Any) -> str:
        """Return a value in words."""
        return self._brief(key, value) or _cut(_text(value))

    def values(self, key: str, before: Any, after: Any) -> tuple[str, str]:
        """Return two values in words; of long ones the part in which they differ."""
        briefs = self._brief(key, before), self._brief(key, after)
        texts = shortened(_text(before), _text(after))
        return briefs[0] or texts[0], briefs[1] or texts[1]

    def _brief(self, key: str, value: Any) -> str:
        """Return a value that has words of its own, else an empty text."""
        if value is None:
            return say("not set")
        if isinstance(value, bool):
            return say("on") if value else say("off")
        spec = self._fields.get(key)
        if spec is not None and isinstance(value, int | float) and spec.kind == "duration":
            return duration(value)
        if spec is not None and isinstance(value, str) and value in spec.choices:
            return said_as(value, self._words.get(value, value))
        return ""


def duration(ms: float) -> Sentence:
    """Return a number of milliseconds in words."""
    if abs(ms) < 1000:
        return say("{number} ms", number=f"{ms:.10g}")
    return say("{seconds} s", seconds=f"{ms / 1000:.10g}")


def shortened(before: str, after: str) -> tuple[str, str]:
    """Return two different texts, or where they are long the part of each in which they differ."""
    if max(len(before), len(after)) <= LONGEST:
        return before, after
    shortest = min(len(before), len(after))
    same = next((at for at in range(shortest) if before[at] != after[at]), shortest)
    tail = next((at for at in range(shortest - same) if before[-1 - at] != after[-1 - at]), shortest - same)
    begin, end = max(0, same - AROUND), max(0, tail - AROUND)
    return _part(before, begin, end), _part(after, begin, end)


def _part(text: str, begin: int, end: int) -> str:
    inner = text[begin : len(text) - end]
    shown = inner[:LONGEST]
    is_cut = end > 0 or len(inner) > LONGEST
    return f"{'…' if begin else ''}{shown}{'…' if is_cut else ''}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
