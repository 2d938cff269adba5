"""Hears mouse and keyboard without changing anything (XRecord): nothing is grabbed, no program notices.

One thread with connections of its own. It only notes what happened and when, so that no key is lost however fast they come; what
was there at a press is looked at by another thread.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.keynames import MODIFIERS, SYMBOLS
from flowdesk.drivers.x11.xkb import CONTROL, LOCK, SHIFT, KeyboardMap, Xkb, character_of
from flowdesk.engine.observing import Ending, Heard, KeyDown, Moved, Pressed, Released, Turned
from flowdesk.engine.ports import Button
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.geometry import Point
from flowdesk.model.sentence import say

ALT, SUPER = 8, 64
"""Masks of real modifiers on every common layout (``xmodmap``: Mod1, Mod4)."""
_BUTTONS: dict[int, Button] = {1: "left", 2: "middle", 3: "right"}
_WHEEL = {4: (0, -1), 5: (0, 1), 6: (-1, 0), 7: (1, 0)}
_NAMES = {symbol: name for name, symbol in reversed(SYMBOLS.items()) if name not in MODIFIERS}
_NAMES |= {0xFE20: "tab", 0xFF8D: "enter"}
"""Keysyms to the names of keys; Shift+Tab has a keysym of its own."""
_KEYPAD = {
    0xFF95: "home", 0xFF96: "left", 0xFF97: "up", 0xFF98: "right", 0xFF99: "down", 0xFF9A: "pageup", 0xFF9B: "pagedown",
    0xFF9C: "end", 0xFF9E: "insert", 0xFF9F: "delete",
}  # fmt: skip
_DIGITS = {0xFFB0 + digit: str(digit) for digit in range(10)} | {
    0xFFAA: "*", 0xFFAB: "+", 0xFFAC: ",", 0xFFAD: "-", 0xFFAE: ".", 0xFFAF: "/", 0xFFBD: "=",
}  # fmt: skip
_MODIFIER_SYMBOLS = frozenset(range(0xFFE1, 0xFFEF)) | {0xFE03, 0xFF7E, 0xFF7F, 0xFF14, 0xFFE5}
"""Keys that only change what others mean."""


class Reader:
    """Reads keys by the keyboard's map."""

    def __init__(self) -> None:
        """Read the map."""
        self._xkb = Xkb()
        self._map: KeyboardMap = self._xkb.map()
        self._keys = {key.code: key for key in self._map.keys}

    def refresh(self) -> None:
        """Read the map again: the layout was changed."""
        self._map = self._xkb.map()
        self._keys = {key.code: key for key in self._map.keys}

    def close(self) -> None:
        """Disconnect."""
        self._xkb.close()

    def read(self, at: float, code: int, state: int) -> KeyDown | None:
        """Return the key that went down; None for one that only changes what others mean."""
        key = self._keys.get(code)
        if key is None:
            return None
        group, modifiers = state >> 13 & 3, state & 0xFF
        symbol = self._map.symbol(key, group, modifiers)
        plain = self._map.symbol(key, group, 0)
        if not symbol and modifiers & LOCK:
            symbol = self._map.symbol(key, group, modifiers & ~LOCK)
        if plain in _MODIFIER_SYMBOLS or not (symbol or plain):
            return None
        held = tuple(
            name
            for name, mask in (("ctrl", CONTROL), ("shift", SHIFT), ("alt", ALT), ("super", SUPER))
            if modifiers & mask
        )
        text = character_of(symbol) or _DIGITS.get(symbol, "")
        if text and modifiers & LOCK and symbol != plain and not self._has_lock(key, group):
            text = text.upper()
        if set(held) - {"shift"}:
            text = ""
        named = _NAMES.get(symbol) or _NAMES.get(plain) or _KEYPAD.get(symbol)
        if named and len(named) > 1 and not (named.startswith("num") and text) and named != "space":
            return KeyDown(at, named, "", held)
        shown = character_of(plain) or text or named
        if not shown:
            return None
        shown = shown.lower() if len(shown.lower()) == 1 else shown
        if text:
            return KeyDown(at, "space" if text == " " else text, text, ())
        return KeyDown(at, "space" if shown == " " else shown, "", held)

    def _has_lock(self, key: Any, group: int) -> bool:
        return bool(self._map.types[key.types[key.group(group)]].mask & LOCK)


class Listener:
    """Implements ``engine.observing.Listening``."""

    def __init__(self, hear: Callable[[Heard], None], ended: Callable[[Ending], None]) -> None:
        """Begin to listen.

        Raises:
            DesktopUnavailable: If there is no X server, or it does not tell what its devices do.
        """
        from Xlib.ext import record

        self._hear, self._ended = hear, ended
        self._control: Any = x11.connect()
        try:
            if not self._control.has_extension("RECORD"):
                raise DesktopUnavailable(
                    say("This X server does not tell what mouse and keyboard do: it lacks the extension RECORD."),
                    say("Use an X server with RECORD, such as Xorg or Xvfb."),
                )
            self._data: Any = x11.connect()
            self._asking: Any = x11.connect()
            self._keyboard = Reader()
            self._context = self._control.record_create_context(0, [record.AllClients], [_ranges()])
            self._control.sync()
        except BaseException:
            x11.close_all(self._control.close)
            raise
        self._turn = threading.Lock()
        self._begun = threading.Event()
        self._is_closed = False
        self._thread = threading.Thread(target=self._listen, name="flowdesk-listening", daemon=True)
        self._thread.start()
        self._begun.wait(5)

    def close(self) -> None:
        """End the thread. Idempotent."""
        if self._is_closed:
            return
        self._is_closed = True
        with x11.surviving_loss():
            self._control.record_disable_context(self._context)
            self._control.flush()
        if self._thread is not threading.current_thread():
            self._thread.join(5)
        with self._turn:
            x11.close_all(self._control.close, self._asking.close, self._keyboard.close)

    def top_at(self, point: Point) -> int:
        """Return the frame or the popup that is uppermost at a point."""
        with self._turn, x11.surviving_loss(), x11.forgiving():
            if not self._is_closed:
                root = x11.root_of(self._asking)
                return int(getattr(root.translate_coords(root, point.x, point.y).child, "id", 0))
        return 0

    def _listen(self) -> None:
        from Xlib import error

        try:
            self._data.record_enable_context(self._context, self._take)
        except (error.ConnectionClosedError, OSError):
            pass
        finally:
            self._begun.set()
            with contextlib.suppress(error.ConnectionClosedError, OSError):
                self._data.close()
        if not self._is_closed:
            self._ended("lost")

    def _take(self, reply: Any) -> None:
        from Xlib.ext import record
        from Xlib.protocol import rq

        if reply.category == record.StartOfData:
            self._begun.set()
        if reply.category != record.FromServer or reply.client_swapped:
            return
        rest = reply.data
        while len(rest):
            event, rest = rq.EventField(None).parse_binary_value(rest, self._data.display, None, None)
            self._tell(event)

    def _tell(self, event: Any) -> None:
        from Xlib import X

        at, kind = time.monotonic(), event.type & 0x7F
        if kind == X.MappingNotify:
            self._keyboard.refresh()
            return
        point = Point(int(event.root_x), int(event.root_y))
        if kind == X.MotionNotify:
            self._hear(Moved(at, point))
        elif kind == X.KeyPress:
            key = self._keyboard.read(at, int(event.detail), int(event.state))
            if key is not None and key.key == "q" and {"ctrl", "alt"} <= set(key.modifiers):
                self._ended("keys")
            elif key is not None:
                self._hear(key)
        elif kind == X.ButtonPress and event.detail in _WHEEL:
            self._hear(Turned(at, point, *_WHEEL[event.detail], modifiers=_held(event.state)))
        elif kind == X.ButtonPress and event.detail in _BUTTONS:
            self._hear(Pressed(at, point, _BUTTONS[event.detail], _held(event.state), self.top_at(point)))
        elif kind == X.ButtonRelease and event.detail in _BUTTONS:
            self._hear(Released(at, point, _BUTTONS[event.detail]))


def _held(state: int) -> tuple[str, ...]:
    masks = (("ctrl", CONTROL), ("shift", SHIFT), ("alt", ALT), ("super", SUPER))
    return tuple(name for name, mask in masks if state & mask)


def _ranges() -> dict[str, Any]:
    from Xlib import X

    return {
        "core_requests": (0, 0), "core_replies": (0, 0), "ext_requests": (0, 0, 0, 0), "ext_replies": (0, 0, 0, 0),
        "delivered_events": (X.MappingNotify, X.MappingNotify), "device_events": (X.KeyPress, X.MotionNotify), "errors": (0, 0),
        "client_started": False, "client_died": False,
    }  # fmt: skip
