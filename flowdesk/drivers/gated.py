"""Hands that look before they touch: what the gate let pass is looked at once more right before the button goes down."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from flowdesk.drivers.atspi.reach import Reach
from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.memory import Memory
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.drivers.x11.clipboard import X11Clipboard
from flowdesk.drivers.x11.held import HeldDown
from flowdesk.drivers.x11.input import RealHands
from flowdesk.drivers.x11.inputthread import InputThread
from flowdesk.drivers.x11.watch import Watcher
from flowdesk.engine.brake import Brake
from flowdesk.engine.gate import cover_error, moved_error
from flowdesk.engine.ports import Act, Button, Obstacle, Sight
from flowdesk.model.geometry import Point
from flowdesk.model.target import Spot

EXPECTED = 8
"""So many points that passed the gate are remembered: a node has two at most."""

_FRAME = 0.02
"""Seconds after which a program has drawn what the pointer's coming changed."""

_VANISHES = 0.5
"""Seconds that something that appears under the pointer may take to go again."""

_DIALOG_COMES = 0.3
"""Seconds after input within which a program opens a dialog that it leads to."""

_TURNS = 80
"""Times that the wheel is turned for one target at most."""

_NOTCHES = 15


class GatedDesktop(RealEyes, RealHands):
    """Eyes and hands, and the gate's questions between them (``engine.ports.Watch``)."""

    def __init__(
        self,
        brake: Brake,
        *,
        thread: InputThread,
        held: HeldDown,
        clipboard: X11Clipboard,
        windows: WindowSystem,
        pool: ThreadPoolExecutor,
        memory: Memory,
    ) -> None:
        """Share the program's threads, devices and what was seen before."""
        RealEyes.__init__(self, windows, pool, memory)
        RealHands.__init__(self, brake, thread, held, clipboard, windows)
        self._watcher = Watcher(windows, memory)
        self._reach = Reach(self._watcher)
        self._expected: OrderedDict[Point, Spot] = OrderedDict()
        self._acted = float("-inf")
        """When the last click or key was sent."""

    # -- the gate's questions

    async def blocker(self, spot: Spot, act: Act) -> Obstacle | None:
        """Return the modal dialog, or for ``element`` the open menu, that keeps a target's window from taking input."""
        return await self._run(self._watcher.blocker, spot, act)

    async def sight(self, spot: Spot) -> Sight | None:
        """Say how much of a target is shown now; None when it is gone."""
        return await self._run(self._watcher.sight, spot)

    async def is_still(self, spot: Spot) -> bool:
        """Whether a target is where it was seen."""
        return await self._run(self._watcher.is_still, spot)

    async def cover(self, spot: Spot) -> Obstacle | None:
        """Return what lies over a target at its point; None also where that cannot be known."""
        return await self._run(self._watcher.seen_cover, spot)

    async def bring_up(self, spot: Spot) -> bool:
        """Raise a target's window, or let go what lies over it by itself: its tooltip, a list of suggestions. Returns whether that was of use."""
        if (aside := await self._run(self._watcher.tooltip_over, spot)) is not None:
            await RealHands.move(self, aside)
            return True
        if (field := await self._run(self._watcher.suggested_over, spot)) is not None:
            await RealHands.click(self, field)
            return True
        return await self._run(self._watcher.bring_up, spot)

    async def bring_into_sight(self, spot: Spot, patience: float, cover: Obstacle | None = None) -> bool:
        """Scroll until a target's point is in sight, and free of a cover. Returns whether the target moved."""
        over = cover.box if cover is not None else None
        if await self._run(self._reach.by_asking, spot, over):
            return True
        deadline = time.monotonic() + max(1.0, patience)
        turned = 0
        for _ in range(_TURNS):
            wheel = await self._run(self._reach.wheel, spot, turned, over)
            if wheel is None or time.monotonic() > deadline:
                break
            count = wheel.notches
            await RealHands.scroll(self, wheel.dx * count, wheel.dy * count, wheel.point, wheel.held)
            turned += 1
            await asyncio.sleep(0.03)
        return turned > 0 and await self._run(self._reach.has_come, spot)

    async def question(self) -> str:
        """Return the title of the modal dialog that has the keyboard; empty where none has it.

        Right after a click or a key it may only be about to open, so it gets a moment.
        """
        while True:
            title = await self._run(self._watcher.question)
            if title or time.monotonic() >= self._acted + _DIALOG_COMES:
                return title
            await asyncio.sleep(_FRAME)

    async def hover(self, spot: Spot) -> None:
        """Move the pointer to a spot's point, where it is pressed next."""
        await RealHands.move(self, spot.point)

    def expect(self, spot: Spot) -> None:
        """Let the next input at a spot's point look once more whether the spot's window is uppermost there."""
        self._expected.pop(spot.point, None)
        self._expected[spot.point] = spot
        while len(self._expected) > EXPECTED:
            self._expected.popitem(last=False)

    def expect_nothing(self, point: Point) -> None:
        """Let input at a point go there, whatever is there."""
        self._expected.pop(point, None)

    # -- the hands

    async def click(
        self,
        point: Point,
        button: Button = "left",
        clicks: int = 1,
        modifiers: Sequence[str] = (),
        duration: float = 0.0,
    ) -> None:
        """Move to a point, look, and click."""
        if await self._meet(point, duration, is_press=True):
            duration = 0.0
        await RealHands.click(self, point, button, clicks, modifiers, duration)
        self._acted = time.monotonic()

    async def press_keys(
        self, keys: Sequence[str], times: int = 1, hold: float = 0.0, spot: Spot | None = None
    ) -> None:
        """Press keys together, in order, and release them in reverse."""
        await RealHands.press_keys(self, keys, times, hold, spot)
        self._acted = time.monotonic()

    async def hold_button(self, point: Point, button: Button = "left", duration: float = 0.0) -> None:
        """Move to a point, look, and press."""
        if await self._meet(point, duration):
            duration = 0.0
        await RealHands.hold_button(self, point, button, duration)

    async def drag(
        self,
        start: Point,
        end: Point,
        button: Button = "left",
        modifiers: Sequence[str] = (),
        duration: float = 0.5,
    ) -> None:
        """Look at both ends, press at the first, move to the second, release."""
        await self._meet(end, None)
        await self._meet(start, 0.0, is_press=True)
        await RealHands.drag(self, start, end, button, modifiers, duration)

    async def scroll(self, dx: int, dy: int, point: Point | None = None, modifiers: Sequence[str] = ()) -> None:
        """Look, and turn the wheel."""
        if point is not None:
            await self._meet(point, 0.0)
        await RealHands.scroll(self, dx, dy, point, modifiers)

    async def _meet(self, point: Point, duration: float | None, *, is_press: bool = False) -> bool:
        """Move to a point that passed the gate and look once more. Returns whether the pointer was moved.

        Raises:
            TargetCovered: If another window is there now, and stays.
        """
        spot = self._expected.get(point)
        if spot is None:
            return False
        if duration is not None:
            await RealHands.move(self, point, duration)
        if duration:
            await self._check_came(spot)
        deadline = time.monotonic() + _VANISHES
        look = (
            partial(self._watcher.last_cover, is_press=is_press) if duration is not None else self._watcher.window_over
        )
        has_put_away = False
        while (over := await self._run(look, spot)) is not None:
            if time.monotonic() > deadline:
                raise cover_error(spot, over)
            if is_press and over.kind == "popup" and not has_put_away:  # a list of suggestions comes late
                has_put_away = await self.bring_up(spot)
                await RealHands.move(self, point, 0.0)
            await asyncio.sleep(0.02)
        return duration is not None

    async def _check_came(self, spot: Spot) -> None:
        """Look whether a target still is where the pointer took its time to go; it may have gone on the way, or at its touch.

        Raises:
            TargetMoving: If it is not.
        """
        await asyncio.sleep(_FRAME)
        now = await self.sight(spot)
        is_beside = not spot.box.contains(spot.point)  # an offset led out of it
        if now is None or (now.box != spot.box if is_beside else not now.box.contains(spot.point)):
            raise moved_error(spot)
