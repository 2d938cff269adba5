"""Time, as a port: the real one, and one that tests turn by hand."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Monotonic seconds and a way to wait."""

    def now(self) -> float:
        """Return monotonic seconds."""

    async def sleep(self, seconds: float) -> None:
        """Wait about so long; may be early or late by the event loop's grain."""


class RealClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop.

        qasync's timers are coarse: between 20 ms and 5 s Qt may fire 5 % early or late. Long waits are therefore
        cut short and the rest is waited for again (``Pauser.sleep``).
        """
        await asyncio.sleep(seconds)
