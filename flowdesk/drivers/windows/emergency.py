"""The emergency stop: Ctrl+Alt+Q anywhere, or the pointer held in a corner of any monitor.

A thread of its own, which depends neither on the event loop nor on the input thread. Windows gives a shortcut to one program
only, so the keys themselves are looked at too.
"""

import ctypes
import time
from collections.abc import Callable
from ctypes import wintypes as w

from flowdesk.drivers.corners import CornerWatch
from flowdesk.drivers.windows import api, looks, sending
from flowdesk.drivers.windows.hidden import HiddenWindow
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

LOOK = 0.02
"""Seconds between two looks."""
AGAIN = 0.2
"""Seconds without the combination after which it counts as pressed anew."""
MONITORS_SECONDS = 1.0
_HOT_KEY, _CHANGED = 0x312, 0x7E
_CONTROL, _ALT, _ONCE = 0x2, 0x1, 0x4000
_Q = 0x51
_NUMBER = 1


class EmergencyWatch:
    """The thread that watches. Calls ``stop(reason)`` from itself, at once."""

    def __init__(self, stop: Callable[[str], None], own_point: Callable[[], Point | None] = lambda: None) -> None:
        """Start watching.

        Args:
            stop: Called with a sentence for people. It must not block.
            own_point: Where flowdesk itself put the pointer last.

        Raises:
            DesktopUnavailable: If Windows gives no thread of this kind.
        """
        self._stop, self._own_point = stop, own_point
        self._corner = CornerWatch()
        self._seen = -AGAIN
        self._monitors: list[Box] = []
        self._monitors_at = -MONITORS_SECONDS
        self._window = HiddenWindow("flowdesk-emergency", self._hear, look=self._look, pause=LOOK)
        self.is_grabbed = self._window.do(self._register)
        """Whether the shortcut is ours; otherwise the keys are looked at all the same."""

    def close(self) -> None:
        """End the thread. Idempotent."""
        if self._window.is_alive:
            self._window.do(lambda: api.user().UnregisterHotKey(None, _NUMBER))
            self._window.close()

    def _register(self) -> bool:
        return bool(api.user().RegisterHotKey(None, _NUMBER, _CONTROL | _ALT | _ONCE, _Q))

    def _hear(self, message: int, wparam: int, lparam: int) -> int | None:
        if message == _HOT_KEY:
            self._press()
            return 0
        return None

    def _look(self) -> None:
        if all(sending.is_down(vk) for vk in (0x11, 0x12, _Q)):
            self._press()
        now = time.monotonic()
        if now - self._monitors_at >= MONITORS_SECONDS:
            self._monitors, self._monitors_at = monitor_boxes(), now
        if self._corner.is_held(looks.pointer(), self._monitors, now, self._own_point()):
            self._stop(say("Stopped because the pointer was held in a screen corner."))

    def _press(self) -> None:
        """The combination is down: stop, once for each time it is pressed."""
        now = time.monotonic()
        if now - self._seen > AGAIN:
            self._stop(say("Stopped by Ctrl+Alt+Q."))
        self._seen = now


def monitor_boxes() -> list[Box]:
    """Return the frames of the monitors."""
    found: list[Box] = []

    def take(_monitor: int, _context: int, box: "ctypes._Pointer[w.RECT]", _: int) -> bool:
        frame = box.contents
        found.append(Box(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top))
        return True

    kind = api.callback(w.BOOL, api.Handle, api.Handle, ctypes.POINTER(w.RECT), w.LPARAM)
    api.user().EnumDisplayMonitors(None, None, kind(take), 0)
    return found or [sending.desktop_box()]
