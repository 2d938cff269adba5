"""What is remembered of programs between looks: which of their elements hold nothing, so that nobody asks again.

A button that held nothing hardly ever gets something inside. Where something is not found all the same, that is doubted.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from flowdesk.drivers.atspi.calls import Place
from flowdesk.drivers.atspi.walk import MOST, Leaves, Walk

DOUBT_SECONDS = 1.0
"""How long nothing that is remembered is used of a program in which something was not found."""


class RememberedLeaves:
    """The elements of each program on the bus that hold nothing: of each as many as one walk keeps."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._leaves: dict[str, Leaves] = {}
        self._doubted: dict[str, float] = {}

    def of(self, bus: str) -> Leaves:
        """Return what is remembered of a program; nothing for a moment after it was doubted."""
        return {} if self.is_doubted(bus) else self._leaves.get(bus, {})

    def is_doubted(self, bus: str) -> bool:
        """Whether something was not found in a program a moment ago, so that all of it is asked for."""
        return time.monotonic() - self._doubted.get(bus, float("-inf")) < DOUBT_SECONDS

    def keep(self, bus: str, leaves: Leaves) -> None:
        """Remember what a walk came by."""
        if len(leaves) <= MOST:
            self._leaves[bus] = leaves

    def doubt(self, buses: Iterable[str]) -> bool:
        """Forget what is remembered of some programs; whether that was anything, so that looking again is of use."""
        now = time.monotonic()
        known = [bus for bus in buses if self.of(bus)]
        self._doubted.update((bus, now) for bus in known)
        return bool(known)


@dataclass
class Known:
    """What does not change about a program as long as it runs."""

    names: dict[str, str] = field(default_factory=dict)
    pids: dict[str, int] = field(default_factory=dict)
    hung: dict[str, float] = field(default_factory=dict)
    toolkits: dict[str, tuple[str, str]] = field(default_factory=dict)
    plain: dict[str, frozenset[Place]] = field(default_factory=dict)
    """Windows whose programs measure in pixels of the screen."""
    walks: dict[str, Walk] = field(default_factory=dict)
    """What was read last of each program; of as many as are asked for, and at most ``MOST`` elements each."""
