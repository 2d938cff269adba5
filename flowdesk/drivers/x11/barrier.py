"""Waiting until the window manager has let a click through.

A click-to-focus window manager takes every button press first, by a grab that freezes the pointer (X11 protocol,
``GrabButton`` with a synchronous pointer), and replays it to the application when it has looked at it. Keys are not
frozen: what is typed right after a click would overtake it, go to the field that had the focus before, and the click would
then put the caret elsewhere. Seen with openbox on a busy machine: ctrl+a went to the button that was clicked before.

The window manager reads its events in order, so a question that it answers comes after the click. EWMH 1.5 has one
that changes nothing: ``_NET_REQUEST_FRAME_EXTENTS``, for a window that is never shown.
"""

import time
from collections.abc import Callable
from typing import Any

from flowdesk.drivers.x11 import connection as x11

PATIENCE = 5.0
"""Seconds that a window manager may take to answer."""
WITHOUT_ANSWER = 0.06
"""Seconds to wait for a window manager that does not know the question."""


class ClickBarrier:
    """Asks the window manager, on the input thread's connection."""

    def __init__(self, display: Any) -> None:
        """Make the window that is asked about. It is never shown."""
        self._display = display
        self._root = x11.root_of(display)
        self._window = self._root.create_window(-10, -10, 1, 1, 0, 0)
        self._question = display.intern_atom("_NET_REQUEST_FRAME_EXTENTS")
        self._answer = display.intern_atom("_NET_FRAME_EXTENTS")

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Wait until the window manager has read every event that was sent before."""
        if not x11.has_manager(self._display):
            return  # Without a window manager nothing holds a click up.
        if self._question not in x11.property_values(self._display, self._root.id, "_NET_SUPPORTED"):
            sleep(WITHOUT_ANSWER)
            return
        from Xlib import X
        from Xlib.protocol import event

        self._window.delete_property(self._answer)
        asked = event.ClientMessage(window=self._window, client_type=self._question, data=(32, [0, 0, 0, 0, 0]))
        self._root.send_event(asked, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self._display.sync()
        deadline = time.monotonic() + PATIENCE
        while not len(x11.property_values(self._display, self._window.id, "_NET_FRAME_EXTENTS")):
            if time.monotonic() > deadline:
                return
            sleep(0.002)
