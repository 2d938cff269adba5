"""What an import took, and what it left: statement by statement."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from flowdesk.model.sentence import Sentence


class Untaken(Exception):
    """A statement that has no counterpart. The message is the reason, for people; ``kind`` groups the report."""

    def __init__(self, kind: str, reason: Sentence | str) -> None:
        """Keep why."""
        super().__init__(str(reason))
        self.kind = kind
        self.reason = reason


@dataclass(frozen=True)
class Left:
    """A statement that was not taken."""

    file: str
    line: int
    kind: str
    original: str
    reason: str

    def payload(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "file": self.file,
            "line": self.line,
            "kind": self.kind,
            "original": self.original,
            "reason": self.reason,
        }


@dataclass
class Report:
    """The outcome of importing one script."""

    source: str
    statements: set[tuple[str, int]] = field(default_factory=set)
    """File and line of each statement that does something."""
    left: dict[tuple[str, int], Left] = field(default_factory=dict)
    flows: list[str] = field(default_factory=list)
    """The files that were written."""
    encoding: str = ""
    """Of the script, where it was guessed."""
    has_triggers: bool = False
    """Whether a flow of it has triggers, which start nothing before somebody enables them."""
    missing: set[str] = field(default_factory=set)
    """Pictures that the script names and that are not there."""

    def met(self, file: str, line: int) -> None:
        """A statement was met."""
        self.statements.add((file, line))

    def leave(self, left: Left) -> None:
        """A statement was not taken; once for each place, however often it is drawn."""
        self.statements.add((left.file, left.line))
        self.left.setdefault((left.file, left.line), left)

    @property
    def taken(self) -> int:
        """How many statements were taken."""
        return len(self.statements) - len(self.left)

    def kinds(self) -> dict[str, int]:
        """How many of each kind were left, the most frequent first."""
        return dict(Counter(left.kind for left in self.left.values()).most_common())

    def payload(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "source": self.source,
            "statements": len(self.statements),
            "taken": self.taken,
            "kinds": self.kinds(),
            "left": [left.payload() for _, left in sorted(self.left.items())],
            "flows": self.flows,
            "encoding": self.encoding,
            "missing_pictures": sorted(self.missing),
        }
