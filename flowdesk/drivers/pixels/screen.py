"""The screen as arrays of pixels: monitors, grabs, PNG. The only place of ``mss``.

A connection to the screen belongs to one thread: each thread that grabs gets its own, and keeps it.
"""

import contextlib
import importlib
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.wayland import session
from flowdesk.drivers.x11 import connection as x11
from flowdesk.engine.ports import Monitor
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError, MissingPiece, RequestInvalid
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

Pixels = NDArray[np.uint8]
"""An image: rows, columns, then blue, green and red (or no third axis: grey)."""

GRAIN_SIZE = (5, 5)
"""Over how many pixels of a halved image grain is measured."""

MONITORS_SECONDS = 1.0
"""How long the number and the places of the monitors are taken for granted."""

_local = threading.local()


_CORNER = Point(0, 0)


@dataclass(frozen=True)
class Shot:
    """Pixels of a part of the virtual desktop, and where it lies. Grey and smaller copies are made once, when asked for."""

    pixels: Pixels
    origin: Point = _CORNER
    _smaller: dict[int, Pixels] = field(default_factory=dict, repr=False, compare=False)
    _means: dict[tuple[int, int], Pixels] = field(default_factory=dict, repr=False, compare=False)
    _grains: dict[int, Pixels] = field(default_factory=dict, repr=False, compare=False)
    _greys: dict[int, Pixels] = field(default_factory=dict, repr=False, compare=False)

    @property
    def box(self) -> Box:
        """Where the pixels lie on the virtual desktop."""
        height, width = self.pixels.shape[:2]
        return Box(self.origin.x, self.origin.y, width, height)

    def small(self, factor: int) -> Pixels:
        """Return the pixels, smaller by ``factor`` (a power of two)."""
        if factor == 1:
            return self.pixels
        if factor not in self._smaller:
            self._smaller[factor] = halved(self.small(factor // 2))
        return self._smaller[factor]

    def means(self, grid: int, cells: int) -> Pixels:
        """Return colour and grain of squares of ``cells`` pixels of the picture smaller by ``grid``, at each of them.

        Grain, the fourth channel, is how much neighbours differ: none on a plain surface, much in text.
        """
        if (grid, cells) not in self._means:
            height, width = self.grain(grid).shape
            self._means[grid, cells] = self.means_within(grid, cells, Box(0, 0, width, height))
        return self._means[grid, cells]

    def has_means(self, grid: int, cells: int) -> bool:
        """Whether ``means`` has them already."""
        return (grid, cells) in self._means

    def means_within(self, grid: int, cells: int, part: Box) -> Pixels:
        """Return a part of ``means``, in its pixels, without making the others."""
        rows, columns = slice(part.y, part.bottom + cells - 1), slice(part.x, part.right + cells - 1)
        both = cv2.cvtColor(self.small(grid)[rows, columns], cv2.COLOR_BGR2BGRA)
        cv2.insertChannel(np.ascontiguousarray(self.grain(grid)[rows, columns]), both, 3)
        if cells > 1:
            both = cv2.boxFilter(both, -1, (cells, cells), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
        return np.asarray(both[: part.height, : part.width], np.uint8)

    def means_at(self, grid: int, cells: int, places: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return some pixels of ``means``: one for each row and column of ``places``, unrounded."""
        grains = self.grain(grid)
        beside = np.arange(cells)
        rows = np.minimum(places[:, 0] + beside[:, None], grains.shape[0] - 1)[:, None]
        columns = np.minimum(places[:, 1] + beside[:, None], grains.shape[1] - 1)[None]
        found = np.empty((len(places), 4), np.float32)
        for channels, image in ((slice(0, 3), self.small(grid)), (slice(3, 4), grains)):
            squares = image[rows, columns].reshape(cells * cells, -1)  # the places last: summing is fast then
            found[:, channels] = squares.mean(axis=0, dtype=np.float32).reshape(len(places), -1)
        return found

    def grain(self, factor: int) -> Pixels:
        """Return the grain of the pixels, smaller by ``factor`` (a power of two, at least 2)."""
        if factor not in self._grains:
            self._grains[factor] = grain(self.small(2)) if factor == 2 else halved(self.grain(factor // 2))
        return self._grains[factor]

    def grey(self, part: Box, factor: int = 1) -> Pixels:
        """Return a part (from the shot's corner) in grey, smaller by ``factor``; widened to whole pixels of the smaller."""
        left, top = part.x // factor, part.y // factor
        right, bottom = -(-part.right // factor), -(-part.bottom // factor)
        if factor not in self._greys and part.width * part.height * 3 < self.pixels.size // 3:
            return in_grey(self.small(factor)[top:bottom, left:right])
        if factor not in self._greys:
            self._greys[factor] = in_grey(self.small(factor))
        return self._greys[factor][top:bottom, left:right]

    def cropped(self, box: Box) -> "Shot":
        """Return the part inside ``box`` (of the virtual desktop); the pixels are shared."""
        part = box.intersection(self.box)
        x, y = part.x - self.origin.x, part.y - self.origin.y
        return Shot(self.pixels[y : y + part.height, x : x + part.width], Point(part.x, part.y))


def grain(small: Pixels) -> Pixels:
    """Return how far each pixel of a halved image is from the mean around it, in grey."""
    grey = in_grey(small)
    return np.asarray(cv2.absdiff(grey, cv2.blur(grey, GRAIN_SIZE, borderType=cv2.BORDER_REPLICATE)), np.uint8)


def in_grey(pixels: Pixels) -> Pixels:
    """Return pixels in grey."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def halved(image: Pixels) -> Pixels:
    """Return an image half as large, each pixel the mean of four. Halving twice is faster than quartering."""
    height, width = image.shape[:2]
    even = image[: max(1, height // 2 * 2), : max(1, width // 2 * 2)]
    size = (max(1, width // 2), max(1, height // 2))
    return np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), np.uint8)


def monitors() -> tuple[Monitor, ...]:
    """Return the monitors, the first first.

    Raises:
        DesktopUnavailable: If there is no screen.
    """
    scale = desktop_scale()
    return tuple(
        Monitor(number, _box(entry), scale, str(entry.get("name") or ""))
        for number, entry in enumerate(_frames()[1:], 1)
    )


def virtual_box() -> Box:
    """Return the frame of the whole virtual desktop.

    Raises:
        DesktopUnavailable: If there is no screen.
    """
    return _box(_frames()[0])


def monitor_box(number: int) -> Box:
    """Return the frame of a monitor; 1 is the first.

    Raises:
        RequestInvalid: If there is no such monitor.
        DesktopUnavailable: If there is no screen.
    """
    known = _frames()[1:]
    if not 1 <= number <= len(known):
        raise RequestInvalid(
            say("Monitor {number} does not exist; this desktop has {count}.", number=number, count=len(known)),
            say("Choose a monitor from 1 to {count}.", count=len(known)),
            field="monitor",
        )
    return _box(known[number - 1])


def grab(box: Box | None = None) -> Shot:
    """Take the pixels of a box, clipped to the virtual desktop; of all of it without a box.

    Raises:
        DesktopUnavailable: If the screen cannot be read.
        RequestInvalid: If the box lies outside the virtual desktop.
    """
    taken, part = _taken(box)
    bgra = np.frombuffer(taken.raw, np.uint8).reshape(taken.height, taken.width, 4)
    return Shot(np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2BGR), np.uint8), Point(part.x, part.y))


def _taken(box: Box | None) -> tuple[Any, Box]:
    whole = virtual_box()
    part = whole if box is None else box.intersection(whole)
    if part.is_empty:
        raise RequestInvalid(
            say("The region {region} is outside the screen.", region=list(box or ())),
            say("Choose a region within the screen, {screen}.", screen=list(whole)),
            field="region",
        )
    area = {"left": part.x, "top": part.y, "width": part.width, "height": part.height}
    try:
        return _screen().grab(area), part
    except Exception as error:  # mss raises its own, ctypes' and the X library's errors
        _forget()
        raise _failure(error) from error


def grab_raw() -> tuple[NDArray[np.uint32], Box]:
    """Take the pixels of the whole virtual desktop as they come (blue, green, red and nothing in 32 bits), and its frame.

    Raises:
        DesktopUnavailable: If the screen cannot be read.
    """
    taken, part = _taken(None)
    return np.frombuffer(bytes(taken.raw), np.uint32).reshape(taken.height, taken.width), part


def png(pixels: Pixels) -> bytes:
    """Encode pixels as PNG."""
    done, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise ValueError(f"cannot encode pixels of shape {pixels.shape}")
    return encoded.tobytes()


def is_black(pixels: Pixels) -> bool:
    """Whether every pixel is black: what a screen that may not be read looks like (Wayland, a missing permission)."""
    return pixels.size > 0 and not bool(pixels[..., :3].any())


def desktop_scale() -> float:
    """Return how much larger than 96 dpi the desktop draws; 1.0 where it does not say."""
    if sys.platform == "win32":  # pragma: no cover - Windows only
        return _windows_scale()
    if not sys.platform.startswith("linux") or not os.environ.get("DISPLAY") or session.is_wayland():
        return 1.0
    cached: float | None = getattr(_local, "scale", None)
    if cached is None:
        cached = _local.scale = _x11_scale()
    return cached


def _windows_scale() -> float:  # pragma: no cover - Windows only
    try:
        user32 = importlib.import_module("ctypes").windll.user32
        return float(user32.GetDpiForSystem()) / 96.0
    except (AttributeError, OSError):
        return 1.0


def _x11_scale() -> float:
    """Read ``Xft.dpi`` of the X resources, which desktops set to 96 times their scale."""
    try:
        display = x11.connect()
    except (DesktopUnavailable, MissingPiece):
        return 1.0
    try:
        root = display.screen().root
        resources = root.get_full_property(display.intern_atom("RESOURCE_MANAGER"), 0)
        text = bytes(resources.value).decode("latin-1") if resources else ""
    finally:
        display.close()
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "Xft.dpi":
            try:
                return max(0.5, min(4.0, float(value) / 96.0))
            except ValueError:
                return 1.0
    return 1.0


class _Held:
    """A connection to the screen that is closed with the thread that has it: the library leaves it open."""

    def __init__(self, screen: Any) -> None:
        self.screen = screen

    def __del__(self) -> None:
        with contextlib.suppress(Exception):  # mss raises its own errors; the display may be gone
            self.screen.close()


def _frames() -> Any:
    """Return what the library tells of the whole desktop and of each monitor."""
    try:
        return _screen().monitors
    except FlowdeskError:
        raise
    except Exception as error:  # mss raises its own errors, and asserts that the display answers
        _forget()
        raise _failure(error) from error


def _screen() -> Any:
    """Return this thread's connection to the screen, fresh when ``DISPLAY`` has changed."""
    display = os.environ.get("WAYLAND_DISPLAY" if session.is_wayland() else "DISPLAY", "")
    kept = getattr(_local, "screen", None)
    if kept is not None and _local.display == display:
        if time.monotonic() - _local.counted > MONITORS_SECONDS:
            # The library counts the monitors once; they come, go and change their size while flowdesk runs.
            kept._monitors = None
            _local.counted = time.monotonic()
        return kept
    _forget()
    try:
        _local.screen = _connected()
        _local.held = _Held(_local.screen)
        _local.screen.monitors  # noqa: B018  # the first look tells whether the screen can be reached
    except Exception as error:  # mss raises its own, ctypes' and the X library's errors
        _forget()
        raise _failure(error) from error
    _local.display, _local.counted = display, time.monotonic()
    return _local.screen


def _connected() -> Any:
    """Return what takes pictures in this session, in the words of ``mss``."""
    if session.is_wayland():
        from flowdesk.drivers.wayland.capture import Screen

        return Screen()
    mss = importlib.import_module("mss")
    return (getattr(mss, "MSS", None) or mss.mss)()


def _forget() -> None:
    _local.screen = _local.held = _local.scale = None


def _failure(error: Exception) -> FlowdeskError:
    if isinstance(error, FlowdeskError):
        return error
    is_lost = isinstance(error, AssertionError) and x11.is_x11()
    return x11.display_gone() if is_lost else _unreadable(str(error) or type(error).__name__)


def _unreadable(reason: str) -> DesktopUnavailable:
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        return DesktopUnavailable(
            say("There is no display: DISPLAY is not set."),
            say("Start flowdesk in a desktop session, or set DISPLAY (and XAUTHORITY) to one."),
        )
    return DesktopUnavailable(
        say("The screen cannot be read: {reason}", reason=reason),
        say("Run flowdesk doctor to see what is missing."),
    )


def _box(entry: dict[str, Any]) -> Box:
    return Box(int(entry["left"]), int(entry["top"]), int(entry["width"]), int(entry["height"]))
