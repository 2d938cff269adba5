"""Looking at the real desktop without holding up the event loop: ``engine.ports.Eyes`` on a small pool of threads."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from flowdesk.drivers import elements, pixels, screens, tree
from flowdesk.drivers.beside import LookPool, in_pool
from flowdesk.drivers.finder import look
from flowdesk.drivers.memory import Memory, WindowList
from flowdesk.drivers.patience import Interrupted, Patience
from flowdesk.drivers.wayland import session
from flowdesk.drivers.x11 import connection as x11
from flowdesk.engine.ports import Element, Encoded, Live, Monitor, TextLine, Window
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import MissingPiece
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import Query, Sighting, Spot

if TYPE_CHECKING:
    from flowdesk.drivers.pixels.screen import Pixels

P = ParamSpec("P")
T = TypeVar("T")

_WATCHED = 16
"""Of so many watched regions the pixels are kept."""

_CHANGED = 12
"""A pixel changed when a channel differs by more than this (0 to 255): a blinking shade of a gradient does not count."""


class RealEyes:
    """The eyes of one run or of the program; close it when done. Looks of several runs may overlap."""

    def __init__(
        self, windows: WindowList, pool: ThreadPoolExecutor | None = None, memory: Memory | None = None
    ) -> None:
        """Look at these windows; share the threads and what was seen before, if given."""
        self._windows = windows
        self._own: LookPool | None = None
        if pool is None:
            pool = self._own = LookPool(2)
        self._pool = pool
        self._memory = memory or Memory()
        self._before: dict[str, Pixels] = {}
        self._under_way: set[Patience] = set()

    def close(self) -> None:
        """End the threads, and what they work on. Idempotent."""
        for patience in tuple(self._under_way):
            patience.end()
        if self._own is not None:
            self._own.close()

    async def find(self, query: Query, *, want_picture: bool = False) -> Sighting:
        """Look once, now.

        Raises:
            PictureUnusable, MissingPiece, DesktopUnavailable, RequestInvalid: If looking itself is impossible.
        """
        patience = Patience(query.patience)
        return await self._run_under(
            patience, partial(look, query, self._windows, self._memory, want_picture=want_picture)
        )

    async def state(self, spot: Spot) -> Spot:
        """Read the element at a spot again; by OCR what stands there when it is no element."""
        return await self._run(self._state, spot)

    async def read_text(self, region: Box, patience: float | None = None) -> str | None:
        """Read the text in a region by OCR; labels beside each other are separated by a tab, lines by a line end."""
        with contextlib.suppress(Interrupted):
            return await self._run_under(Patience(patience), lambda: self._read(region))
        return None

    async def elements_at(self, point: Point, patience: float = 1.0) -> Sequence[Element]:
        """Return the elements at a point, innermost first up to the window."""
        return await self._run(self._elements_at, point, patience)

    async def text_lines(self, region: Box) -> Sequence[TextLine]:
        """Read the lines of text in a region by OCR, in reading order."""
        return await self._run(self._text_lines, region)

    async def screenshot(self, region: Box | None = None, monitor: int | None = None) -> bytes:
        """Take a picture as PNG."""
        return await self._run(self._screenshot, region, monitor)

    def live(self) -> Live:
        """Return the screen as it changes, beginning with the next look."""
        return _LiveEyes(self._run)

    async def changed_fraction(self, region: Box | None, key: str, *, since_first: bool = False) -> float:
        """Return the fraction of pixels that changed since the last call with this key, or the first; 1 at the first."""
        return await self._run(self._changed, region, key, since_first)

    async def windows(self) -> Sequence[Window]:
        """Return the top level windows, uppermost first."""
        return await self._run(lambda: tuple(self._windows.list()))

    async def monitors(self) -> Sequence[Monitor]:
        """Return the monitors, the first first."""
        return await self._run(screens.monitors)

    async def pointer(self) -> Point:
        """Return where the pointer is."""
        return await self._run(self._windows.pointer)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._run_under(Patience(), partial(work, *args, **kwargs))

    async def _run_under(self, patience: Patience, work: Callable[[], T]) -> T:
        """Work in a thread as long as somebody waits for it."""

        def working() -> T:
            with patience, x11.telling_loss():
                return work()

        self._under_way.add(patience)
        try:
            return await in_pool(self._pool, working)
        except asyncio.CancelledError:
            patience.end()
            raise
        finally:
            self._under_way.discard(patience)

    def _elements_at(self, point: Point, patience: float) -> Sequence[Element]:
        popup = self._windows.popup_at(point)
        if popup is None:
            windows = (window for window in self._windows.list() if not window.is_minimized and not _is_overlay(window))
            top = next((window for window in windows if window.box.contains(point)), None)
            pid = top.pid if top is not None else 0
        else:
            pid = popup
        if not pid or pid == os.getpid():
            return ()
        try:
            path = tree.path_at(
                point, elements.applications({pid}, patience=patience), patience, is_popup=popup is not None
            )
        except (MissingPiece, elements.ElementsUnanswered):
            return ()
        return tuple(Element(found.box, found.state, found.app, found.pid) for found in path)

    def _read(self, region: Box) -> str:
        return pixels.text.as_text(self._memory.reader.read(pixels.screen.grab(region)))

    def _text_lines(self, region: Box) -> Sequence[TextLine]:
        lines = self._memory.reader.read(pixels.screen.grab(region))
        return tuple(TextLine(label.text, label.box) for line in lines for label in pixels.text.split_labels(line))

    def _state(self, spot: Spot) -> Spot:
        if ENGINES[spot.engine].is_window:
            return replace(spot, text=None)  # its text is what can be read in it, not its title
        pids = {window.pid for window in self._windows.list() if window.box.contains(spot.point) and window.pid}
        try:
            apps = elements.applications(pids or None)
            if spot.element is not None:
                found = elements.read_again(spot.box, spot.element, apps)
            else:
                found = elements.at_point(spot.point, apps)
                # A surface behind a picture or a colour tells nothing about what was found on it.
                if found is not None and found.box.width * found.box.height > 4 * spot.box.width * spot.box.height:
                    found = None
        except (MissingPiece, elements.ElementsUnanswered):
            found = None
        if found is not None:
            return replace(spot, element=found.state, text=found.text, app=found.app)
        if not ENGINES[spot.engine].looks_at & {"elements", "windows"}:
            return self._read_state(spot)
        return spot

    def _read_state(self, spot: Spot) -> Spot:
        if spot.box.width < 8 or spot.box.height < 8:
            return spot
        try:
            return replace(spot, text=self._read(spot.box))
        except MissingPiece:
            return spot

    def _screenshot(self, region: Box | None, monitor: int | None) -> bytes:
        box = screens.monitor_box(monitor) if monitor is not None else None
        if region is not None:
            box = region if box is None else region.intersection(box)
        return pixels.screen.png(pixels.screen.grab(box).pixels)

    def _changed(self, region: Box | None, key: str, since_first: bool) -> float:
        now = pixels.screen.grab(region).pixels
        before = self._before.pop(key, None)
        has_first = since_first and before is not None and before.shape == now.shape
        self._before[key] = before if has_first and before is not None else now
        while len(self._before) > _WATCHED:  # what was not asked about for longest: nobody watches it any more
            self._before.pop(next(iter(self._before)))
        if before is None or before.shape != now.shape:
            return 1.0
        return pixels.screen.changed_fraction(before, now, _CHANGED)


def _is_overlay(window: Window) -> bool:
    """Whether a window is the picker's, which on Wayland is one like others, and covers a whole monitor."""
    if window.pid != os.getpid() or not session.is_wayland():
        return False
    return any(monitor.box.intersection(window.box) == monitor.box for monitor in screens.monitors())


class _LiveEyes:
    """Implements ``engine.ports.Live`` on the threads of the eyes."""

    def __init__(self, run: Callable[..., Awaitable[Any]]) -> None:
        self._run = run
        self._screen = pixels.live.LiveScreen()

    @property
    def box(self) -> Box:
        """The desktop as of the last look."""
        return self._screen.box

    async def look(self) -> Sequence[Box]:
        """Look, and return the boxes in which pixels changed since the last look."""
        boxes: Sequence[Box] = await self._run(self._screen.look)
        return boxes

    async def encode(self, box: Box, scale: float, quality: int) -> Encoded:
        """Return a part of the screen as of the last look."""
        encoded: Encoded = await self._run(self._screen.encode, box, scale, quality)
        return encoded
