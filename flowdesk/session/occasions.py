"""What the watchers of files, keys, windows and requests tell, and the ports behind which they stand."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from flowdesk.model.trigger import Trigger


class WallClock(Protocol):
    """The time of the day, and a way to wait."""

    def now(self) -> datetime:
        """Return the time, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait about so long; may come back early."""


class MachineClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something for which a flow may start."""

    key: str
    """What it is known by: nothing starts twice for one key of a trigger."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the run reads of it."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watcher is given."""

    path: Path
    """The flow's file."""
    trigger: Trigger
    seen: Mapping[str, str]
    """Things that are known from before."""
    tell: Callable[[Sequence[Occasion], Mapping[str, str | None]], Awaitable[None]]
    """Hands over what happened, in order, and which things are known from now on (``None``: no more)."""
    fault: Callable[[str], None]
    """Says why it cannot watch now; ``""`` when it can again."""
    is_busy: Callable[[], bool]
    """Whether a run holds the desktop."""


Watcher = Callable[[Watched], Coroutine[Any, Any, None]]
"""Watches until it is cancelled."""
