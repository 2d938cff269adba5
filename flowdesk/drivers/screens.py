"""The monitors, and the connection over which the pixels of the screen come. The only place of ``mss``.

A connection to the screen belongs to one thread: each thread that grabs gets its own, and keeps it.
"""

import contextlib
import importlib
import os
import sys
import threading
import time
from typing import Any

from flowdesk.drivers.wayland import session
from flowdesk.drivers.x11 import connection as x11
from flowdesk.engine.ports import Monitor
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError, MissingPiece, RequestInvalid
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say

MONITORS_SECONDS = 1.0
"""How long the number and the places of the monitors are taken for granted."""

_local = threading.local()


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


def frames() -> tuple[Box, ...]:
    """Return where the monitors are. What takes pictures is not loaded for that where the display tells.

    Raises:
        DesktopUnavailable: If there is no screen.
    """
    return _boxes()[1:]


def _boxes() -> tuple[Box, ...]:
    """Return the frame of the whole desktop and those of its monitors."""
    if x11.is_x11() and os.environ.get("DISPLAY"):
        from flowdesk.drivers.x11 import monitors as shown

        return shown.boxes()
    return tuple(map(_box, _frames()))


def has_pictures() -> bool:
    """Whether this session shows its screen, and tells where on it windows are."""
    return session.is_driven() or not session.is_wayland()


def virtual_box() -> Box:
    """Return the frame of the whole virtual desktop.

    Raises:
        DesktopUnavailable: If there is no screen.
    """
    return _boxes()[0]


def monitor_box(number: int) -> Box:
    """Return the frame of a monitor; 1 is the first.

    Raises:
        RequestInvalid: If there is no such monitor.
        DesktopUnavailable: If there is no screen.
    """
    known = _boxes()[1:]
    if not 1 <= number <= len(known):
        raise RequestInvalid(
            say("Monitor {number} does not exist; this desktop has {count}.", number=number, count=len(known)),
            say("Choose a monitor from 1 to {count}.", count=len(known)),
            field="monitor",
        )
    return known[number - 1]


def taken(box: Box | None) -> tuple[Any, Box]:
    """Take the pixels of a box, clipped to the virtual desktop, as the library has them; of all of it without a box.

    Raises:
        DesktopUnavailable: If the screen cannot be read.
        RequestInvalid: If the box lies outside the virtual desktop.
    """
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
    if not has_pictures():
        from flowdesk.drivers.wayland.plane import PlaneScreen

        return PlaneScreen()
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
