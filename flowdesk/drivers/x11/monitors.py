"""Where the monitors of an X server are, asked for each time by one connection that is kept: no pictures are needed for that."""

import os
import threading
from typing import Any

from flowdesk.drivers.x11 import connection as x11
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.geometry import Box

_lock = threading.Lock()
_kept: tuple[str, Any] | None = None
"""The display and the connection to it."""


def boxes() -> tuple[Box, ...]:
    """Return the frame of the whole screen and those of the monitors in use; where RandR does not tell, one like the screen.

    From any thread.

    Raises:
        DesktopUnavailable: If there is no X server.
    """
    with _lock:
        had = _kept is not None
        try:
            return _tried()
        except DesktopUnavailable:
            if not had:
                raise
        return _tried()  # the display that it was kept for is gone; another one of its name may be there


def _tried() -> tuple[Box, ...]:
    try:
        return _asked(_connected())
    except Exception as problem:
        _forget()
        if x11.is_loss(problem):
            raise x11.display_gone() from problem
        raise


def _connected() -> Any:
    global _kept
    name = os.environ.get("DISPLAY", "")
    if _kept is None or _kept[0] != name:
        _forget()
        _kept = name, x11.connect()
    return _kept[1]


def _forget() -> None:
    global _kept
    kept, _kept = _kept, None
    if kept is not None:
        with x11.surviving_loss():
            kept[1].close()


def _asked(display: Any) -> tuple[Box, ...]:
    from Xlib import error

    root = x11.root_of(display)
    told: list[Box] = []
    if display.has_extension("RANDR"):
        try:
            found = root.xrandr_get_monitors().monitors
            told = [Box(one.x, one.y, one.width_in_pixels, one.height_in_pixels) for one in found]
        except (AttributeError, error.XError):
            told = []  # the server or the library knows RandR before 1.5 only
    size = root.get_geometry()
    whole = Box(0, 0, size.width, size.height)
    return (whole, *([box for box in told if not box.is_empty] or [whole]))
