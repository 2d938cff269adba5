"""Asking until something is so, within a time. A look that was not finished tells nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from flowdesk.engine.ports import Eyes
from flowdesk.engine.seeking import READING
from flowdesk.model.errors import NodeTimeout
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say
from flowdesk.model.target import Query, Sighting


class LookUnfinished(NodeTimeout):
    """The time was over before the screen was read: neither that something is there nor that it is not is known."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            say("The timeout ended before the text on the screen was read."),
            say("Increase the timeout, or search only in a region or a window."),
        )


@dataclass(slots=True)
class Waiting:
    """The waiting of one visit."""

    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    look_around: Callable[[], Awaitable[None]]
    """Waits while the run is paused."""
    patience: float | None = None
    """Seconds that a look may take now; ``None``: as long as it needs."""

    async def until(self, is_done: Callable[[], Awaitable[bool]], timeout: float, interval: float) -> bool:
        """Ask until it is so; ``False`` when the time is over, and it was not so in the last look that was finished.

        Raises:
            LookUnfinished: If none was finished.
        """
        waited, outer, is_known = 0.0, self.patience, False
        try:
            while True:
                await self.look_around()
                begun = self.now()
                self.patience = max(READING, timeout - waited) if timeout else outer
                try:
                    if await is_done():
                        return True
                    is_known = True
                except LookUnfinished:
                    if not is_known and waited + self.now() - begun >= timeout:
                        raise
                waited += self.now() - begun
                if waited >= timeout:
                    return False
                pause = min(interval, timeout - waited)
                await self.sleep(pause)
                waited += pause
        finally:
            self.patience = outer

    async def look(self, eyes: Eyes, query: Query) -> Sighting:
        """Look once.

        Raises:
            LookUnfinished: If the time was over before it was known.
        """
        sighting = await eyes.find(replace(query, patience=self.patience))
        if sighting.miss is not None and sighting.miss.is_unfinished:
            raise LookUnfinished
        return sighting

    async def read(self, eyes: Eyes, region: Box, seconds: float | None) -> str:
        """Read the text in a region.

        Raises:
            LookUnfinished: If the time was over before it was read.
        """
        text = await eyes.read_text(region, seconds if self.patience is None else self.patience)
        if text is None:
            raise LookUnfinished
        return text
