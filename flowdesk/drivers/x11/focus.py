"""Which window receives the keyboard on X11, and whether it has seen all that was sent."""

import time
from collections.abc import Callable
from typing import Any

from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11 import surfaces
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

PATIENCE = 10.0
"""Seconds within which an application must show that it is alive."""


MOVE_PATIENCE = 1.0
"""Seconds that the keyboard may take to come to the window that was clicked or raised."""


class Focus:
    """The focused window, on the input thread's connection."""

    def __init__(self, display: Any) -> None:
        """Listen for the answers to pings, which applications send to the root window."""
        from Xlib import X

        self._display = display
        self._token = 0
        self._root = x11.root_of(display)
        # Qt sends its answers under StructureNotify, everyone else under SubstructureNotify.
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask | X.StructureNotifyMask)
        self._ping = display.intern_atom("_NET_WM_PING")
        self._protocols = display.intern_atom("WM_PROTOCOLS")
        self._seen = 0, 0
        """The focused window and the top level window above it, as of the last look."""
        self.is_map_changed = True
        """Whether the keyboard map changed since this was last set to ``False``."""

    def window(self, known: int | None = None) -> int:
        """Return the id of the top level window that has the keyboard.

        Args:
            known: What it was at the last look: one question to the server then tells whether it still is.

        Raises:
            InputFailed: If none has.
        """
        focus = self._display.get_input_focus().focus
        if known is not None and self._seen == (getattr(focus, "id", 0), known):
            return known
        told = getattr(focus, "id", 0)
        with x11.forgiving():
            for _ in range(20):
                if not hasattr(focus, "id") or focus.id in {0, self._root.id}:
                    break
                if len(x11.property_values(self._display, focus.id, "WM_STATE")) or self._is_plain_top(focus):
                    self._seen = told, int(focus.id)
                    return int(focus.id)
                focus = focus.query_tree().parent
        raise InputFailed(
            say("No window has the keyboard focus, so the text cannot be typed."),
            say("Click the field, or activate its window, before typing."),
        )

    def wait_for(self, owner: int | None, sleep: Callable[[float], None], patience: float = MOVE_PATIENCE) -> int:
        """Return the window that has the keyboard, once it is the one that the input is for.

        Raises:
            InputFailed: If it does not become so within ``patience`` seconds, or none has the keyboard.
        """
        deadline = time.monotonic() + patience
        while True:
            is_late = time.monotonic() > deadline
            try:
                now = self.window()
            except InputFailed:
                if is_late:  # a window manager gives it from one window to the next with none in between
                    raise
            else:
                if owner is None or now == owner:
                    return now
                if is_late:
                    raise InputFailed(
                        say("{now} has the keyboard focus instead of {wanted}, so nothing was typed.",
                            now=self.title(now), wanted=self.title(owner)),
                        say("Close the window that took the keyboard focus, or click the intended window."),
                    )  # fmt: skip
            sleep(0.02)

    def _is_plain_top(self, window: Any) -> bool:
        """Whether a window is an application's own where no window manager marks it."""
        if x11.has_manager(self._display):
            return False
        return len(x11.property_values(self._display, window.id, "WM_CLASS")) > 0

    def names(self, window: int) -> set[str]:
        """Return the lower-case class names of a window."""
        return set(x11.property_text(self._display, window, "WM_CLASS").lower().split("\0")) - {""}

    def title(self, window: int) -> str:
        """Return a window's title for messages."""
        return surfaces.called(self._display, window)

    def answers(self, window: int) -> bool:
        """Whether the window's application promises to answer pings (EWMH 1.5, ``_NET_WM_PING``)."""
        return self._ping in x11.property_values(self._display, window, "WM_PROTOCOLS")

    def settle(self, window: int, sleep: Callable[[float], None], patience: float = PATIENCE) -> bool:
        """Wait until the application has read all events sent before; ``False`` when it promises no answer.

        Raises:
            InputFailed: If it does not answer in time.
        """
        if not self.answers(window):
            return False
        from Xlib import X
        from Xlib.protocol import event

        self._token = self._token % 0x3FFFFFFF + 1
        data = (32, [self._ping, self._token, window, 0, 0])
        ping = event.ClientMessage(window=x11.window(self._display, window), client_type=self._protocols, data=data)
        with x11.forgiving():
            x11.window(self._display, window).send_event(ping, event_mask=X.NoEventMask)
            self._display.sync()
        deadline = time.monotonic() + patience
        while not self.drain():
            if time.monotonic() > deadline:
                raise InputFailed(
                    say("The window {title} does not respond.", title=self.title(window)),
                    say("Wait until the application responds, or restart it."),
                )
            if not self.answers(window):
                return True  # It closed on what was typed.
            sleep(0.002)
        return True

    def drain(self) -> bool:
        """Take the waiting events; return whether the last ping's answer was among them."""
        from Xlib import X

        is_answered = False
        while self._display.pending_events():
            happening = self._display.next_event()
            kind = happening.type & 0x7F
            if kind == X.MappingNotify:
                self.is_map_changed = True
            elif kind == X.ClientMessage and happening.client_type == self._protocols:
                values = happening.data[1]
                is_answered = is_answered or (values[0] == self._ping and values[1] == self._token)
        return is_answered
