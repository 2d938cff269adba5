"""The event loop's side of the brake: waits that freeze while a run is paused and end when it stops."""

import asyncio

from flowdesk.engine.brake import Brake
from flowdesk.engine.clock import Clock
from flowdesk.model.errors import RunStopped
from flowdesk.model.sentence import say

TICK = 1e-9
"""Seconds that are less than the rounding of a sum of times."""
EXACT_BELOW = 0.02
"""Seconds under which Qt's coarse timers are exact (measured)."""


class Pauser:
    """Waits for one run, on the event loop that made it."""

    def __init__(self, brake: Brake, clock: Clock) -> None:
        """Follow ``brake`` from the running event loop."""
        self._brake = brake
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        brake.watch(self._wake)

    async def go(self) -> None:
        """Pass, or wait while the run is paused.

        Raises:
            RunStopped: If the run was asked to stop.
        """
        while self._holds():
            self._changed.clear()
            if self._holds():
                await self._changed.wait()
        if self._brake.is_stopped:
            raise RunStopped(say("The run was stopped."))

    def _holds(self) -> bool:
        return self._brake.is_paused and not self._brake.is_stopped

    async def sleep(self, seconds: float) -> None:
        """Wait ``seconds``: never shorter, not counting pauses.

        Raises:
            RunStopped: If the run was asked to stop meanwhile.
        """
        remaining = seconds
        while True:
            await self.go()
            if remaining <= TICK:
                return
            begin = self._clock.now()
            await self._nap(remaining if remaining <= EXACT_BELOW else max(EXACT_BELOW, remaining * 0.9))
            remaining -= self._clock.now() - begin

    async def _nap(self, seconds: float) -> None:
        """Wait for time or for a change of the brake, whichever comes first."""
        self._changed.clear()
        if self._brake.is_paused or self._brake.is_stopped:
            return
        nap = asyncio.get_running_loop().create_task(self._clock.sleep(seconds), name="flowdesk.nap")
        change = asyncio.get_running_loop().create_task(self._changed.wait(), name="flowdesk.brake")
        try:
            await asyncio.wait((nap, change), return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
            change.cancel()

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed.set)
