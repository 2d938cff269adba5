"""Whether somebody keeps mouse and keyboard from every window: a screen locker, or a program of the shell such as a launcher.

sway tells of no lock. But it gives the keyboard to a window or a workspace at all times, and takes it from all of them for these.
"""

import time
from collections.abc import Callable

from flowdesk.drivers.wayland.sway import Sway
from flowdesk.drivers.wayland.tree import has_focus
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import say

PATIENCE = 0.5
"""Seconds that a launcher may take to go."""
POLL = 0.05


def check(sway: Sway, sleep: Callable[[float], object]) -> None:
    """Return where input reaches windows.

    Raises:
        DesktopUnavailable: If it does not.
    """
    deadline = time.monotonic() + PATIENCE
    while not has_focus(sway.tree()):
        if time.monotonic() > deadline:
            raise DesktopUnavailable(
                say("The session is locked, or a program such as a launcher has exclusive use of the keyboard."),
                say("Unlock the session, and turn off automatic locking while flows run."),
            )
        sleep(POLL)
