"""Hotkeys of triggers: keys that are grabbed on the root window, so that they reach no program, and start a flow.

One thread with its own connection for each hotkey, as the emergency stop has one.
"""

import asyncio
import contextlib
import select
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from flowdesk.aio import in_thread
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.keynames import MODIFIERS, symbol_named
from flowdesk.drivers.x11.xkb import LOCK, KeyboardMap, Xkb
from flowdesk.model.errors import DesktopUnavailable, InputFailed
from flowdesk.model.keynames import shortcut
from flowdesk.model.sentence import say
from flowdesk.model.trigger import Hotkey
from flowdesk.session.occasions import Occasion, Watched

AGAIN = 0.4
"""Seconds without the keys after which they count as pressed anew: a key that is held down repeats."""


class HotkeyGrab:
    """Keys that are ours. Calls ``pressed()`` from its own thread, once for each time."""

    def __init__(self, keys: tuple[str, ...], pressed: Callable[[], None], lost: Callable[[], None]) -> None:
        """Take the keys.

        Raises:
            DesktopUnavailable: If there is no X server.
            InputFailed: If there is no such key, or another program has them.
        """
        self._names = shortcut(list(keys))
        self._pressed = pressed
        self._lost = lost
        self._display: Any = x11.connect()
        self._xkb = Xkb()
        self._grabbed: list[tuple[int, int]] = []
        self._last = -AGAIN
        try:
            self._grab()
        except InputFailed:
            self._close_display()
            raise
        self._bell_out, self._bell_in = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name="flowdesk-hotkey", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Give the keys back. Idempotent."""
        if self._thread.is_alive():
            with contextlib.suppress(OSError):
                self._bell_in.send(b"x")
            self._thread.join(5)
        self._bell_in.close()
        self._bell_out.close()

    def _grab(self) -> None:
        from Xlib import X, error

        self._ungrab()
        keyboard = self._xkb.map()
        code, modifiers = _combination(self._names, keyboard, self._xkb.state().group)
        root = x11.root_of(self._display)
        refused = error.CatchError(error.BadAccess)
        for locks in _locks(keyboard):
            root.grab_key(code, modifiers | locks, False, X.GrabModeAsync, X.GrabModeAsync, onerror=refused)
            self._grabbed.append((code, modifiers | locks))
        self._display.sync()
        if refused.get_error() is not None:
            self._ungrab()
            raise InputFailed(
                say("Another program uses {keys}.", keys="+".join(self._names)),
                say("Choose other keys for the trigger, or release them in that program."),
            )

    def _ungrab(self) -> None:
        for code, modifiers in self._grabbed:
            x11.root_of(self._display).ungrab_key(code, modifiers)
        self._grabbed.clear()
        self._display.sync()

    def _listen(self) -> None:
        from Xlib import X, error

        try:
            while True:
                while self._display.pending_events():
                    event = self._display.next_event()
                    if event.type & 0x7F == X.KeyPress:
                        self._press()
                    elif event.type & 0x7F == X.MappingNotify:
                        with contextlib.suppress(InputFailed):
                            self._grab()
                ready, _, _ = select.select([self._display.fileno(), self._bell_out], [], [])
                if self._bell_out in ready:
                    break
        except (error.ConnectionClosedError, OSError):
            self._lost()
        finally:
            self._close_display()

    def _press(self) -> None:
        now = time.monotonic()
        if now - self._last > AGAIN:
            self._pressed()
        self._last = now

    def _close_display(self) -> None:
        from Xlib import error

        with contextlib.suppress(error.ConnectionClosedError, OSError):
            self._ungrab()
            self._display.close()
            self._xkb.close()


async def watch_hotkey(watched: Watched) -> None:
    """Hear a trigger's keys until cancelled."""
    trigger = watched.trigger
    assert isinstance(trigger, Hotkey)
    if not x11.is_x11():
        raise DesktopUnavailable(say("Hotkeys work only on X11."), say("Start the flow another way."))
    loop, heard = asyncio.get_running_loop(), asyncio.Queue[bool]()

    def put(is_press: bool) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(heard.put_nowait, is_press)

    grab = await in_thread(lambda: HotkeyGrab(trigger.keys, lambda: put(True), lambda: put(False)), "flowdesk.hotkey")
    watched.fault("")
    try:
        while await heard.get():
            await watched.tell([Occasion(uuid.uuid4().hex, {"keys": "+".join(trigger.keys)})], {})
    finally:
        grab.close()
    raise DesktopUnavailable(say("The connection to the X server is lost."), say("Log in again."))


def _combination(names: list[str], keyboard: KeyboardMap, group: int) -> tuple[int, int]:
    """Return the code of the key and the mask of the modifiers held with it."""
    held = [name for name in names if name in MODIFIERS]
    others = [name for name in names if name not in MODIFIERS]
    if len(others) != 1:
        raise InputFailed(
            say("{keys} is not a hotkey: a hotkey is one key with modifier keys.", keys="+".join(names)),
            say("Enter it like this: ctrl, alt, r."),
        )
    code = keyboard.key_with(symbol_named(others[0]), group)
    if code is None:
        raise InputFailed(
            say("This keyboard has no key {key}.", key=others[0]), say("Choose another key for the trigger.")
        )
    mask = 0
    for name in held:
        modifier = keyboard.key_with(MODIFIERS[name], group)
        mask |= keyboard.modifier_keys.get(modifier, 0) if modifier is not None else 0
    return code, mask


def _locks(keyboard: KeyboardMap) -> list[int]:
    """Return every mix of the locks: a grab names the modifiers exactly."""
    masks = {LOCK}
    for symbol in (0xFF7F, 0xFF14):
        code = keyboard.key_with(symbol, 0)
        masks.add(keyboard.modifier_keys.get(code, 0) if code is not None else 0)
    mixes = [0]
    for mask in masks - {0}:
        mixes += [mix | mask for mix in mixes]
    return mixes
