"""One thing in which two flows differ, and what counts as the same. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flowdesk.model.sentence import Sentence

Kind = Literal["added", "removed", "changed", "renamed", "moved"]
What = Literal["node", "edge", "variable", "group", "note", "flow", "layout"]
LAYOUT = frozenset({
    "position", "width", "height", "selected", "dragging", "positionAbsolute", "measured", "resizing", "zIndex", "x", "y",
    "computedPosition", "dimensions", "handleBounds", "initialized", "viewport", "zoom", "collapsed",
})  # fmt: skip
"""Fields that only say where and how a part is drawn, as React Flow and Vue Flow write them, too."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the later flow has otherwise."""

    kind: Kind
    what: What
    sentence: Sentence
    id: str = ""
    """Of the node, connection, group or note in the later flow, in the former where it is removed; the name of a variable."""
    field: str = ""
    """The key of what was changed, as files write it."""
    before: Any = None
    after: Any = None
    details: tuple[Sentence, ...] = ()
    """The settings of a node that was added."""

    def payload(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "kind": self.kind, "what": self.what, "id": self.id, "field": self.field, "before": self.before,
            "after": self.after, "message": str(self.sentence), "details": [str(line) for line in self.details],
        }  # fmt: skip


def is_equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(is_equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(is_equal, one, other))
    return bool(one == other)
