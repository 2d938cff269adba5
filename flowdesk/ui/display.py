"""Whether there is a display for windows. Qt ends the process where there is none, so flowdesk looks before it does."""

import os
import re
import socket
import sys

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
