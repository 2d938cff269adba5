"""The live view of the desktop: peers that watch it get what changed, each at the pace at which it keeps up.

::

    one look for all --changed boxes--> each watcher's dirty boxes --when its last frame was shown--> desktop.frame

While things change there are up to 15 looks a second, while the screen stands still four. Nobody watches: no look.
"""

import asyncio
import base64
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flowdesk.aio import end, spawn
from flowdesk.engine.ports import Encoded, Eyes, Live
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box, Point
from flowdesk.protocol.lookreplies import Watched
from flowdesk.protocol.messages import DesktopShown, WatchDesktop
from flowdesk.session.journal import envelope
from flowdesk.session.peer import Peer

logger = logging.getLogger(__name__)

FAST, CALM, STILL = 1 / 15, 0.14, 0.25
"""Seconds between looks while things change, after a small change such as a blinking caret, and while nothing does."""
SMALL = 2 * 64 * 64
"""Pixels up to which a change is small."""
SLOWER = 1.4
"""How the pace falls off with every look that sees no change."""
RETRY = 2.0
"""Seconds between looks while the screen cannot be read."""
GIVE_UP = 10.0
"""Seconds after which a frame counts as shown though nobody said so."""
SCALES = (0.25, 0.5, 0.75, 1.0)
"""Scales that keep the edges of changed parts on whole pixels."""
MOST_DIRTY = 16
"""A watcher with more changed boxes than this is behind: it gets one box around them."""


@dataclass
class Watcher:
    """A peer that watches."""

    peer: Peer
    scale: float
    quality: int
    dirty: list[Box] = field(default_factory=list)
    frame: int = 0
    shown: int = 0
    sent: float = 0.0
    pointer: Point | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it showed what it was sent."""
        return self.shown >= self.frame or time.monotonic() - self.sent > GIVE_UP

    def changed(self, boxes: Sequence[Box]) -> None:
        """Add what changed."""
        self.dirty += [box for box in boxes if not any(known.intersection(box) == box for known in self.dirty)]
        if len(self.dirty) > MOST_DIRTY:
            self.dirty = [around(self.dirty)]


class Watching:
    """The watchers and the one task that looks for them."""

    def __init__(self, eyes: Callable[[], Eyes]) -> None:
        """Look through ``eyes``, asked for at the first watcher."""
        self._eyes = eyes
        self._watchers: dict[str, Watcher] = {}
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    async def watch(self, peer: Peer, request: WatchDesktop) -> Watched:
        """Send a peer the desktop from now on, anew if it watches already: its ``box``, ``scale`` and ``monitors``.

        Raises:
            DesktopUnavailable: If there is no desktop.
        """
        monitors = await self._eyes().monitors()
        scale = next((one for one in SCALES if one >= request.scale - 0.01), 1.0)
        before = self._watchers.get(peer.id)
        watcher = Watcher(peer, scale, request.quality)
        watcher.frame = watcher.shown = before.frame if before is not None else 0
        box = around([monitor.box for monitor in monitors])
        watcher.dirty = [box]
        self._watchers[peer.id] = watcher
        if self._task is None or self._task.done():
            self._task = spawn(self._look_on(), "flowdesk.watching")
        self._wake.set()
        return {
            "box": list(box),
            "scale": scale,
            "monitors": [
                {"number": one.number, "box": list(one.box), "scale": one.scale, "name": one.name} for one in monitors
            ],
        }

    def shown(self, peer: Peer, request: DesktopShown) -> None:
        """A peer showed a frame: it may have the next one."""
        watcher = self._watchers.get(peer.id)
        if watcher is not None:
            watcher.shown = max(watcher.shown, min(request.frame, watcher.frame))
            if watcher.dirty:
                self._wake.set()

    def unwatch(self, peer: Peer) -> None:
        """A peer stopped watching, or went."""
        self._watchers.pop(peer.id, None)
        self._wake.set()

    def close(self) -> None:
        """Let nobody watch any more."""
        self._watchers.clear()
        if self._task is not None:
            self._task.cancel()

    async def end(self) -> None:
        """Let nobody watch any more, and wait until the task has ended."""
        self.close()
        if self._task is not None:
            await end([self._task], 1.0)

    async def _look_on(self) -> None:
        eyes = self._eyes()
        live, pace = eyes.live(), FAST
        while self._watchers:
            self._wake.clear()
            begun = time.monotonic()
            try:
                boxes = await live.look()
                pointer = await eyes.pointer()
                is_pointing = any(watcher.pointer != pointer for watcher in self._watchers.values())
                area = sum(box.width * box.height for box in boxes)
                for watcher in self._watchers.values():
                    watcher.changed(boxes)
                await self._send(live, pointer)
                slower = min(STILL, pace * SLOWER)
                pace = FAST if is_pointing or area > SMALL else min(CALM, slower) if area else slower
            except FlowdeskError as error:
                self._tell(error)
                pace = RETRY
            await self._rest(begun, pace)

    async def _rest(self, begun: float, pace: float) -> None:
        """Wait for the next look; where a watcher is ready for more, no longer than while things change."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, begun + pace - time.monotonic())):
                await self._wake.wait()
                if self._watchers:
                    await asyncio.sleep(max(0.0, begun + FAST - time.monotonic()))

    async def _send(self, live: Live, pointer: Point) -> None:
        made: dict[tuple[Box, float, int], Encoded] = {}
        for watcher in tuple(self._watchers.values()):
            if not watcher.is_ready or (not watcher.dirty and watcher.pointer == pointer):
                continue
            parts = []
            boxes, watcher.dirty = watcher.dirty, []
            for box in boxes:
                key = (box, watcher.scale, watcher.quality)
                if key not in made:
                    made[key] = await live.encode(*key)
                parts.append(made[key])
            watcher.frame += 1
            watcher.sent, watcher.pointer = time.monotonic(), pointer
            watcher.peer.deliver(
                envelope(
                    "desktop.frame",
                    "",
                    {
                        "frame": watcher.frame,
                        "box": list(live.box),
                        "scale": watcher.scale,
                        "pointer": list(pointer),
                        "parts": [
                            {
                                "box": list(part.box),
                                "format": part.format,
                                "data": base64.b64encode(part.content).decode(),
                            }
                            for part in parts
                            if part.content
                        ],
                    },
                )
            )

    def _tell(self, error: FlowdeskError) -> None:
        """Say to everyone why there is no picture."""
        for watcher in self._watchers.values():
            reason = {"reason": str(error.message), "fix": str(error.fix)}
            watcher.peer.deliver(envelope("desktop.frame", "", {"frame": watcher.frame, "parts": [], **reason}))
            watcher.dirty = watcher.dirty or [Box(-(1 << 20), -(1 << 20), 1 << 21, 1 << 21)]


def around(boxes: Sequence[Box]) -> Box:
    """Return the box around boxes."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)
