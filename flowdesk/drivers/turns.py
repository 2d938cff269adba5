"""Whose turn it is among flowdesk processes that want one desktop: a process with run after run must not keep it for ever."""

import time
from typing import Protocol

COURTESY = 2.0
"""Seconds that a process which waits gets to take the desktop; one that is halted keeps nobody longer."""
PAUSE = 0.02


class Claim(Protocol):
    """One process's claim on the desktop. Each platform has its own."""

    @property
    def is_waiting(self) -> bool:
        """Whether this process waits for the desktop, and others can see that."""

    def is_wanted(self) -> bool:
        """Whether another process waits for the desktop."""

    def take(self, holder: str) -> str | None:
        """Take the desktop, and wait no longer; else wait, and return what the process says that has it."""

    def let_go(self) -> None:
        """Let other processes take it, and wait for it no longer."""


def take_in_turn(claim: Claim, holder: str) -> str | None:
    """Take the desktop for a run, after processes that waited already. Blocks for ``COURTESY`` at most.

    Returns:
        ``None`` when the desktop is this process's, else what the process says that has it.
    """
    if not claim.is_waiting and claim.is_wanted():
        claim.let_go()
        until = time.monotonic() + COURTESY
        while claim.is_wanted() and time.monotonic() < until:
            time.sleep(PAUSE)  # noqa: TID251 - on a thread of its own, until the other took its turn
    return claim.take(holder)
