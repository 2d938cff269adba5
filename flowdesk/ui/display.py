"""Whether there is a display for windows, and what is done when it goes: Qt and Xlib end the process by themselves."""

import contextlib
import ctypes
import os
import re
import socket
import sys
from collections.abc import Callable
from typing import Any

from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import say

NAME = re.compile(r"(?:(?P<protocol>\w+)/)?(?P<host>[^:]*):(?P<number>\d+)(?:\.\d+)?")
SECONDS = 3.0
"""How long another machine may take to answer."""
FIRST_PORT = 6000


def require_display() -> None:
    """See that windows can be shown.

    Raises:
        DesktopUnavailable: If there is no display, or nothing listens where it should be.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    name = os.environ.get("DISPLAY", "")
    if not name and not os.environ.get("WAYLAND_DISPLAY"):
        raise DesktopUnavailable(
            say("There is no display for the window."),
            say("Start flowdesk in a desktop session, or use flowdesk serve and a browser."),
        )
    if name and not os.environ.get("WAYLAND_DISPLAY") and not _listens(name):
        raise DesktopUnavailable(
            say("The X display {name} does not respond.", name=name),
            say("Check that DISPLAY and XAUTHORITY belong to the session that you are logged in to."),
        )


def when_display_goes(act: Callable[[], object]) -> Any:
    """Call ``act`` in the place of Xlib's own end of the process, when it finds that the X server is gone; it must not return.

    Returns what must live as long as the application, ``None`` where there is no Xlib.
    """

    def fault(_: object) -> int:
        act()
        return 0

    with contextlib.suppress(AttributeError, OSError):
        handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(fault)
        ctypes.CDLL("libX11.so.6").XSetIOErrorHandler(handler)
        return handler
    return None


def _listens(name: str) -> bool:
    """Whether something listens for the programs of an X display such as ``:0`` or ``host:10.0``."""
    parts = NAME.fullmatch(name)
    if parts is None:
        return os.path.exists(name)  # the path of a socket
    if parts["host"] in {"", "unix"} or parts["protocol"] == "unix":
        path = f"/tmp/.X11-unix/X{parts['number']}"
        return _answers("\0" + path) or _answers(path)
    try:
        socket.create_connection((parts["host"], FIRST_PORT + int(parts["number"])), SECONDS).close()
    except (OSError, OverflowError):
        return False
    return True


def _answers(address: str) -> bool:
    if sys.platform == "win32":
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(SECONDS)
        try:
            connection.connect(address)
        except OSError:
            return False
    return True
