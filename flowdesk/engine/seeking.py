"""Looking for a target until it is there and, where it is acted on next, until it passes the gate."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from flowdesk.engine.gate import STEPS, Gate, Progress, Refusal, error_of
from flowdesk.engine.ports import Act, Desktop
from flowdesk.model.errors import NodeError, TargetMoving
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import Query, Sighting, Spot, without_disabled

POLL_INTERVAL = 0.2
"""Seconds between the ends of two looks."""
READING = 0.3
"""Seconds that a look may read the screen, at least, however little of the timeout is left."""
MOVING_INTERVAL = 0.05
"""The same while the target moves."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What seeking needs of a visit of a node."""

    desktop: Desktop
    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    go: Callable[[], Awaitable[None]]
    """Returns when the run is not paused."""
    take_hands: Callable[[], Awaitable[bool]]
    """Takes the desktop for input; whether others had it until now."""


@dataclass(slots=True)
class Seek:
    """One target of one node: how it is looked for, and what came of it so far."""

    around: Surroundings
    query: Query
    timeout: float
    act: Act | None = None
    is_forced: bool = False
    may_scroll: bool = True
    may_hover: bool = True
    """Whether the pointer may jump to the target before the last look."""
    looks: int = 0
    waited: float = 0.0
    sighting: Sighting = field(default_factory=Sighting)
    """The last look."""
    _gate: Gate | None = None
    _extra: int = STEPS
    _has_raised: bool = False

    async def go(self) -> Spot | NodeError | None:
        """Look until it is there.

        Returns:
            The spot; why it cannot be acted on; or None when it is not there (see ``sighting``).
        """
        while True:
            await self.around.go()
            begun = self.around.now()
            is_last = self.waited >= self.timeout
            verdict = await self._look(is_last=is_last)
            if isinstance(verdict, Spot):
                return verdict
            if isinstance(verdict, _Again):
                continue  # others had the desktop: what was seen may be long gone, and the time is theirs
            self.waited += self.around.now() - begun
            if isinstance(verdict, Progress) and self._extra:
                self._extra -= is_last
                continue
            if is_last:
                return error_of(verdict, self.query.text, self.waited) if isinstance(verdict, Refusal) else None
            is_moving = isinstance(verdict, Refusal) and verdict.kind is TargetMoving
            pause = min(MOVING_INTERVAL if is_moving else POLL_INTERVAL, max(0.0, self.timeout - self.waited))
            await self.around.sleep(pause)
            self.waited += pause

    async def _look(self, *, is_last: bool) -> "Spot | Refusal | Progress | _Again | None":
        desktop = self.around.desktop
        # Who looks once looks to the end; who waits reads no longer than there is time.
        patience = max(READING, self.timeout - self.waited) if self.timeout else None
        self.sighting = await desktop.find(replace(self.query, patience=patience), want_picture=is_last)
        self.looks += 1
        seen = self.around.now()
        spot = self.sighting.spot
        if self.act is None:
            return spot
        if spot is None:
            return await self._raised()
        if self.act == "press" and not self.is_forced:
            self.sighting = without_disabled(self.sighting)
            if self.sighting.spot is None:
                return None
        if await self.around.take_hands():
            return _Again()
        if self.is_forced:
            desktop.expect_nothing(spot.point)
            return spot
        if self._gate is None:
            self._gate = Gate(
                desktop, self.query, self.act, self.around, may_scroll=self.may_scroll, may_hover=self.may_hover
            )
        return await self._gate.look(spot, seen, self.timeout - self.waited)

    async def _raised(self) -> "Progress | _Again | None":
        """Raise the window that the selector names, once, where others lie over what may be in it."""
        number = self.sighting.miss.window if self.sighting.miss is not None else None
        if number is None or self._has_raised or self.is_forced or self.act == "element":
            return None
        if await self.around.take_hands():
            return _Again()
        self._has_raised = True
        nowhere = Spot(Box(0, 0, 0, 0), Point(-1, -1), self.query.text, "window", window=number, owner=number)
        return Progress() if await self.around.desktop.bring_up(nowhere) else None


async def passed(
    around: Surroundings, spot: Spot, again: Callable[[], Awaitable[Spot | None]], act: Act, timeout: float
) -> Spot | NodeError:
    """Return an element that was reached otherwise than by a query, once it passes the gate; else why it does not.

    Args:
        around: What seeking needs of a visit.
        spot: The element.
        again: Finds it again.
        act: How it is to be acted on.
        timeout: Seconds that this may take.
    """
    gate = Gate(around.desktop, Query(()), act, around, may_scroll=True, may_hover=True)
    waited = 0.0
    while True:
        await around.go()
        begun = around.now()
        verdict = await gate.look(spot, begun, timeout - waited)
        if isinstance(verdict, Spot):
            return verdict
        waited += around.now() - begun
        if isinstance(verdict, Refusal):
            if waited >= timeout:
                return error_of(verdict, spot.selector, waited)
            await around.sleep(MOVING_INTERVAL)
            waited += MOVING_INTERVAL
        found = await again()
        if found is None:
            return error_of(Refusal(TargetMoving, spot), spot.selector, waited)
        spot = found


class _Again:
    """Look again: this look does not count."""
