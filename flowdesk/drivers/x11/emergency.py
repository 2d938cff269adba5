"""The emergency stop: Ctrl+Alt+Q anywhere, or the pointer held in a corner of any monitor.

A thread with its own X connection, so it depends neither on the event loop nor on the input thread. The key is
grabbed, so that no program takes it for itself. A grab does not fire while a menu or another program grabs the keyboard,
nor with a further modifier down, and may be refused: the thread follows the keys themselves as well, by raw events,
and by looking at them now and then where there are none.
"""

import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from flowdesk.drivers.corners import CornerWatch
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.rawkeys import RawKeys
from flowdesk.drivers.x11.xkb import CONTROL, LOCK, KeyboardMap, Xkb
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

ALT = 8
LOOK = 0.05
"""Seconds between two looks."""
LOOK_WITHOUT_GRAB = 0.02
AGAIN = 0.2
"""Seconds without the combination after which it counts as pressed anew."""
Q_CODE = 24
"""Where ``q`` is on a PC keyboard, for layouts without Latin letters (evdev key codes)."""


class EmergencyWatch:
    """The thread that watches. Calls ``stop(reason)`` from itself, at once."""

    def __init__(
        self,
        stop: Callable[[str], None],
        lost: Callable[[], None] = lambda: None,
        own_point: Callable[[], Point | None] = lambda: None,
        *,
        has_corners: bool = True,
    ) -> None:
        """Start watching.

        Args:
            stop: Called with a sentence for people. It must not block.
            lost: Called when the X server is gone; the thread ends then.
            own_point: Where flowdesk itself put the pointer last.
            has_corners: Whether the pointer in a corner stops, too.

        Raises:
            DesktopUnavailable: If there is no X server.
        """
        self._stop = stop
        self._lost = lost
        self._own_point = own_point
        self._has_corners = has_corners
        self._display: Any = x11.connect()
        self._xkb = Xkb()
        self._corner = CornerWatch()
        self._seen = -AGAIN
        self._grabbed: list[tuple[int, int]] = []
        self.is_grabbed = False
        """Whether the key is ours; otherwise the keys are followed all the same."""
        self._codes: tuple[frozenset[int], ...] = ()
        self._monitors: list[Box] = []
        self._watch_layout()
        self._keys = RawKeys(self._display)
        self._look()
        self._bell_out, self._bell_in = socket.socketpair()
        self._thread = threading.Thread(target=self._watch, name="flowdesk-emergency", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread. Idempotent."""
        if self._thread.is_alive():
            self._bell_in.send(b"x")
            self._thread.join(5)
        self._bell_in.close()
        self._bell_out.close()

    # -- the thread

    def _watch(self) -> None:
        from Xlib import error

        try:
            next_look = 0.0
            while True:
                self._hear()
                if (now := time.monotonic()) >= next_look:
                    self._look()
                    is_sure = self.is_grabbed or self._keys.is_there
                    next_look = now + (LOOK if is_sure else LOOK_WITHOUT_GRAB)
                # An answer may have brought events with it: those wait in the connection, not in the socket.
                pause = 0.0 if self._display.pending_events() else max(0.0, next_look - time.monotonic())
                ready, _, _ = select.select([self._display.fileno(), self._bell_out], [], [], pause)
                if self._bell_out in ready:
                    break
        except (error.ConnectionClosedError, OSError):
            self._lost()
        finally:
            self._close_display()

    def _close_display(self) -> None:
        x11.close_all(self._ungrab, self._display.close, self._xkb.close)

    def _hear(self) -> set[int]:
        """Take the events that are there and return the keys that were pressed."""
        from Xlib import X

        pressed: set[int] = set()
        is_layout_changed = False
        while self._display.pending_events():
            event = self._display.next_event()
            kind = event.type & 0x7F
            is_layout_changed = is_layout_changed or kind in {X.MappingNotify, X.ConfigureNotify}
            code = self._keys.take(event)
            if code is not None:
                pressed.add(code)
            if kind == X.KeyPress or (code is not None and self._is_combination(self._keys.down)):
                self._press()
        if is_layout_changed:
            self._watch_layout()
        return pressed

    def _look(self) -> None:
        """Look at keys and pointer as they are now."""
        before = set(self._keys.down)
        keys = self._display.query_keymap()
        down = {code for code in range(8, 256) if keys[code // 8] >> (code % 8) & 1}
        # A key whose release was never told, as after a switch of consoles, must not count as down.
        self._keys.down -= before - down - self._hear()
        if self._is_combination(down):
            self._press()
        if not self._has_corners:
            return
        pointer = x11.root_of(self._display).query_pointer()
        point = Point(int(pointer.root_x), int(pointer.root_y))
        if self._corner.is_held(point, self._monitors, time.monotonic(), self._own_point()):
            self._stop(say("Stopped because the pointer was held in a screen corner."))

    def _press(self) -> None:
        """The combination is down: stop, once for each time it is pressed."""
        now = time.monotonic()
        if now - self._seen > AGAIN:
            self._stop(say("Stopped by Ctrl+Alt+Q."))
        self._seen = now

    def _is_combination(self, down: set[int]) -> bool:
        return all(down & codes for codes in self._codes)

    # -- layout of keys and monitors

    def _watch_layout(self) -> None:
        keyboard = self._xkb.map()
        control, alt = (_codes_of(keyboard, symbols) for symbols in ((0xFFE3, 0xFFE4), (0xFFE9, 0xFFEA)))
        q_code = keyboard.key_with(ord("q"), self._xkb.state().group) or Q_CODE
        self._codes = (control, alt, frozenset({q_code}))
        self._grab(keyboard, q_code)
        self._monitors = monitor_boxes(self._display)

    def _grab(self, keyboard: KeyboardMap, code: int) -> None:
        from Xlib import X, error

        self._ungrab()
        root = x11.root_of(self._display)
        root.change_attributes(event_mask=X.StructureNotifyMask)
        refused = error.CatchError(error.BadAccess)
        for locks in _lock_combinations(keyboard):
            modifiers = CONTROL | ALT | locks
            root.grab_key(code, modifiers, False, X.GrabModeAsync, X.GrabModeAsync, onerror=refused)
            self._grabbed.append((code, modifiers))
        self._display.sync()
        self.is_grabbed = refused.get_error() is None

    def _ungrab(self) -> None:
        for code, modifiers in self._grabbed:
            x11.root_of(self._display).ungrab_key(code, modifiers)
        self._grabbed.clear()
        self._display.sync()


def _codes_of(keyboard: KeyboardMap, symbols: tuple[int, ...]) -> frozenset[int]:
    return frozenset(key.code for key in keyboard.keys if key.symbols and key.symbols[0] in symbols)


def _lock_combinations(keyboard: KeyboardMap) -> list[int]:
    """Return every mix of CapsLock, NumLock and ScrollLock: a grab names the modifiers exactly."""
    masks = [LOCK]
    for symbol in (0xFF7F, 0xFF14):
        code = keyboard.key_with(symbol, 0)
        mask = keyboard.modifier_keys.get(code, 0) if code is not None else 0
        if mask and mask not in masks:
            masks.append(mask)
    mixes = [0]
    for mask in masks:
        mixes += [mix | mask for mix in mixes]
    return mixes


def monitor_boxes(display: Any) -> list[Box]:
    """Return the frames of the monitors in use (RandR), the whole screen where RandR does not tell."""
    from Xlib import error

    root = x11.root_of(display)
    boxes: list[Box] = []
    if display.has_extension("RANDR"):
        try:
            resources = root.xrandr_get_screen_resources()
            for number in resources.crtcs:
                crtc = display.xrandr_get_crtc_info(number, resources.config_timestamp)
                if crtc.width and crtc.height:
                    boxes.append(Box(crtc.x, crtc.y, crtc.width, crtc.height))
        except (AttributeError, error.XError):
            boxes = []
    size = root.get_geometry()
    return boxes or [Box(0, 0, size.width, size.height)]
