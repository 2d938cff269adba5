"""Every press and release of a key, whoever grabs the keyboard (XInput 2.1 raw events).

A passive grab does not fire while a menu or another program grabs the keyboard, nor while a further modifier is down,
such as the Shift that a drag holds; and a quick press is over before anyone looks at the keys. Raw events come always.
"""

import sys
from typing import Any

from flowdesk.drivers.x11 import connection as x11

DETAIL = slice(6, 10)
"""Where the key code stands behind the first ten bytes of an event (XI2 protocol, XI_RawEvent)."""


class RawKeys:
    """Follows which keys are down. Belongs to the thread of its connection, and gets its events from there."""

    def __init__(self, display: Any) -> None:
        """Ask for the events, where the server and ``Xlib`` have them."""
        self.down: set[int] = set()
        self._opcode = _selected(display)

    @property
    def is_there(self) -> bool:
        """Whether events come."""
        return self._opcode is not None

    def take(self, event: Any) -> int | None:
        """Take an event of the connection; return the key code if it is the press of a key."""
        from Xlib.ext import ge, xinput

        is_ours = event.type == ge.GenericEventCode and event.extension == self._opcode
        if not is_ours or event.evtype not in {xinput.RawKeyPress, xinput.RawKeyRelease}:
            return None
        code = int.from_bytes(event.data[DETAIL], sys.byteorder)
        if event.evtype == xinput.RawKeyRelease:
            self.down.discard(code)
            return None
        self.down.add(code)
        return code


def _selected(display: Any) -> int | None:
    """Select the events and return the extension's opcode; ``None`` where there is no such thing."""
    try:
        from Xlib import error
        from Xlib.ext import xinput
    except ImportError:  # python3-xlib in the place of python-xlib
        return None
    if not display.has_extension(xinput.extname):
        return None
    opcode = int(display.display.get_extension_major(xinput.extname))
    try:
        # Not Xlib's own query: it says version 2.0, and such clients hear nothing while someone grabs the keyboard.
        xinput.XIQueryVersion(display=display.display, opcode=opcode, major_version=2, minor_version=2)
        mask = xinput.RawKeyPressMask | xinput.RawKeyReleaseMask
        x11.root_of(display).xinput_select_events([(xinput.AllMasterDevices, mask)])
        display.sync()
    except error.XError:
        return None
    return opcode
