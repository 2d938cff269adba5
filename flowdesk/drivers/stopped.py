"""What a process answers to `flowdesk stop`."""

from dataclasses import dataclass

PATIENCE = 1.0
"""Seconds that an answer may take."""
LONGEST = 200
"""Characters of a run's name in an answer."""
MOST_NAMES = 50
"""Names of runs in an answer; all are counted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one process did."""

    process: str
    """``window``, ``serve`` or ``run``."""
    pid: int
    count: int | None
    """How many runs it stopped; ``None`` where it did not answer."""
    runs: tuple[str, ...] = ()
    """Their names."""
