"""The virtual keyboard and the virtual pointer, and what they hold down.

All of it stands on one connection that the compositor forgets with the process: what a process that is killed held down is released.
"""

import contextlib
import os
import time
from typing import Any, Literal

from flowdesk.drivers.wayland import connection
from flowdesk.drivers.wayland.unix import memory_file
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box, Point

BUTTONS = {1: 0x110, 2: 0x112, 3: 0x111}
"""Codes of the left, the middle and the right button."""
_DOWN, _UP = 1, 0
_VERTICAL, _HORIZONTAL = 0, 1
_WHEEL = 0
NOTCH = 15.0
"""What one notch of a wheel counts (libinput)."""
_XKB = 1

Kind = Literal["key", "button"]


class Seat:
    """Sends input and notes what is held. All methods may be called from any thread."""

    def __init__(self) -> None:
        """Make the devices.

        Raises:
            DesktopUnavailable: If the compositor has none.
        """
        from flowdesk.drivers.wayland import protocol

        self._line = connection.shared()
        self._lock = self._line.lock
        with self._lock:
            seat = self._line.get(protocol.CORE.WlSeat)
            self._keyboard: Any = self._line.get(protocol.KEYBOARDS).ask("create_virtual_keyboard", seat)
            self._pointer: Any = self._line.get(protocol.POINTERS).ask("create_virtual_pointer", seat)
        self._keymap = b""
        self._mask = 0
        self._down: list[tuple[Kind, int]] = []

    # -- the register

    def add(self, kind: Kind, code: int) -> None:
        """Note what is about to be pressed, so that no way out can miss it."""
        with self._lock:
            self._down.append((kind, code))

    def remove(self, kind: Kind, code: int) -> None:
        """Note what was released."""
        with self._lock, contextlib.suppress(ValueError):
            self._down.remove((kind, code))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held."""
        with self._lock:
            return not self._down

    def release_all(self) -> None:
        """Release everything that is noted, last first. Does not wait for the compositor."""
        with self._lock, contextlib.suppress(FlowdeskError):
            held, self._down = self._down, []
            self._mask = 0
            for kind, code in reversed(held):
                if kind == "key":
                    self._keyboard.ask("key", _now(), code, _UP)
                else:
                    self._pointer.ask("button", _now(), BUTTONS[code], _UP)
                    self._pointer.ask("frame")
            if held:
                self._keyboard.ask("modifiers", 0, 0, 0, 0)
                self._line.flush()

    def close(self) -> None:
        """Release everything and end the connection. Idempotent."""
        if not self._line.lost.is_set():
            self.release_all()
            with contextlib.suppress(FlowdeskError):
                self._line.roundtrip(1.0)
        connection.close_shared()

    # -- the keyboard

    def use_keymap(self, keymap: bytes) -> None:
        """Give the keyboard a keymap; programs get it before the next key."""
        with self._lock:
            if keymap == self._keymap:
                return
            number = memory_file("flowdesk-keymap")
            try:
                os.write(number, keymap)
                self._keyboard.ask("keymap", _XKB, number, len(keymap))
            finally:
                os.close(number)
            self._keymap = keymap
            self._keyboard.ask("modifiers", self._mask, 0, 0, 0)
        self._line.roundtrip()

    def key(self, code: int, *, is_down: bool, mask: int = 0) -> None:
        """Press or release a key; ``mask`` is the modifier that it is."""
        with self._lock:
            if is_down:
                self.add("key", code)
                self._mask |= mask
            else:
                self._mask &= ~mask
            self._keyboard.ask("key", _now(), code, _DOWN if is_down else _UP)
            if mask:
                self._keyboard.ask("modifiers", self._mask, 0, 0, 0)
            self._line.flush()
            if not is_down:
                self.remove("key", code)

    def bend(self, mask: int) -> None:
        """Add to the modifiers what the next stroke needs, without a key; 0 takes it back."""
        with self._lock:
            self._keyboard.ask("modifiers", self._mask | mask, 0, 0, 0)
            self._line.flush()

    def settle(self) -> None:
        """Wait until the compositor has passed on all that was sent."""
        self._line.roundtrip()

    # -- the pointer

    def put(self, point: Point, screen: Box) -> None:
        """Put the pointer on a pixel."""
        with self._lock:
            self._put(point, screen)
            self._line.flush()

    def _put(self, point: Point, screen: Box) -> None:
        # The middle of the pixel: a corner that is rounded down would be the neighbour.
        x, y = 2 * (point.x - screen.x) + 1, 2 * (point.y - screen.y) + 1
        self._pointer.ask("motion_absolute", _now(), x, y, 2 * screen.width, 2 * screen.height)
        self._pointer.ask("frame")

    def button(self, number: int, at: tuple[Point, Box] | None, *, is_down: bool) -> None:
        """Press or release a button, where ``at`` says: a person who moves the mouse meanwhile changes nothing."""
        with self._lock:
            if at is not None:
                self._put(*at)
            self._pointer.ask("button", _now(), BUTTONS[number], _DOWN if is_down else _UP)
            self._pointer.ask("frame")
            self._line.flush()

    def wheel(self, notches: int, *, is_sideways: bool) -> None:
        """Turn the wheel: down or to the right where positive."""
        axis = _HORIZONTAL if is_sideways else _VERTICAL
        with self._lock:
            self._pointer.ask("axis_source", _WHEEL)
            self._pointer.ask("axis_discrete", _now(), axis, NOTCH * notches, notches)
            self._pointer.ask("frame")
            self._line.flush()


def _now() -> int:
    return int(time.monotonic() * 1000) & 0xFFFFFFFF
