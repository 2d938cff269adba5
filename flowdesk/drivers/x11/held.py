"""Which keys and buttons flowdesk holds down, and letting go of them from any thread.

What is held is also written down on the display itself, before it is pressed: a process that is killed cannot let go, and
the next flowdesk must release that, but nothing that a person or a living process holds.
"""

import threading
from typing import Any, Literal

from flowdesk.drivers.x11 import connection as x11

Kind = Literal["key", "button"]

_HELD = "_FLOWDESK_HELD_"
_OWNER = "_FLOWDESK_HELD_OWNER"
_BUTTON = 1 << 16
"""Marks a button among the numbers of keys."""


class HeldDown:
    """The register of what is down. It has its own X connection, so that releasing waits for nobody.

    The record is a property of the root window, one for each process: the window of its owner, then what is down. The
    server destroys that window with the connection of a process that ends, however it ends. The record is named after
    the connection's range of resource ids, which no other connection has as long as this one lives.
    """

    def __init__(self, display: Any = None) -> None:
        """Connect, or use a connection that is there.

        Raises:
            DesktopUnavailable: If there is no X server.
        """
        self._lock = threading.Lock()
        self._down: list[tuple[Kind, int]] = []
        self._display: Any = display or x11.connect()
        try:
            self._join()
        except BaseException:
            self._display.close()
            raise

    def _join(self) -> None:
        """Begin the record of this process."""
        about = self._display.display.info
        self._slot: int = about.resource_id_base // (about.resource_id_mask + 1)
        # Whoever wrote here before is gone, for its range of ids is this connection's now.
        self._inherited: list[int] = self._read(self._atom)[1:]
        self._owner = x11.root_of(self._display).create_window(-10, -10, 1, 1, 0, 0)
        cardinal = self._display.intern_atom("CARDINAL")
        self._owner.change_property(self._display.intern_atom(_OWNER), cardinal, 32, [self._slot])
        self._write()
        self._display.sync()

    def add(self, kind: Kind, code: int) -> None:
        """Note what is about to be pressed. Before the press, so that no way out can miss it.

        Raises:
            DesktopUnavailable: If the display is gone.
        """
        with self._lock, x11.telling_loss():
            self._down.append((kind, code))
            if self._display is not None:
                self._write()
                self._display.sync()  # the press comes by another connection

    def remove(self, kind: Kind, code: int) -> None:
        """Note what was released."""
        with self._lock, x11.surviving_loss():
            if (kind, code) in self._down:
                self._down.remove((kind, code))
                if self._display is not None:
                    self._write()
                    self._display.flush()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held."""
        with self._lock:
            return not self._down

    def release_all(self) -> None:
        """Release everything that is noted, last first. Blocks a few ms at most, from any thread."""
        with self._lock, x11.surviving_loss():
            while self._down:
                kind, code = self._down.pop()
                self._release(kind, code)
            if self._display is not None:
                self._write()
                self._display.sync()

    def release_leftovers(self) -> None:
        """Release what processes that are gone wrote down and left behind on the display."""
        with self._lock:
            if self._display is None:
                return
            root = x11.root_of(self._display)
            self._release_down(self._inherited)
            self._inherited = []
            self._write()
            for atom, slot in self._records():
                if slot != self._slot and not self._is_there(self._read(atom), slot):
                    self._release_down(self._take(root, atom)[1:])
            self._display.sync()

    def close(self) -> None:
        """Release everything and disconnect. Idempotent."""
        display = self._display
        try:
            self.leave()
        finally:
            if display is not None:
                with x11.surviving_loss():
                    display.close()

    def leave(self) -> None:
        """Release everything, and end the record; the connection stays open. Idempotent."""
        self.release_all()
        with self._lock, x11.surviving_loss():
            if self._display is not None:
                display, self._display = self._display, None
                self._owner.destroy()
                x11.root_of(display).delete_property(display.intern_atom(f"{_HELD}{self._slot}"))
                display.sync()

    @property
    def _atom(self) -> int:
        return int(self._display.intern_atom(f"{_HELD}{self._slot}"))

    def _records(self) -> list[tuple[int, int]]:
        """Return the atom and the number of each record on the display."""
        names = [(atom, self._display.get_atom_name(atom)) for atom in x11.root_of(self._display).list_properties()]
        return [
            (atom, int(name.removeprefix(_HELD)))
            for atom, name in names
            if name.startswith(_HELD) and name.removeprefix(_HELD).isdecimal()
        ]

    def _read(self, atom: int) -> list[int]:
        from Xlib import X

        found = x11.root_of(self._display).get_full_property(atom, X.AnyPropertyType)
        return [int(each) for each in found.value] if found is not None else []

    def _take(self, root: Any, atom: int) -> list[int]:
        """Return a record and take it away, in one."""
        from Xlib.protocol import request

        answer = request.GetProperty(
            self._display.display, delete=1, window=root.id, property=atom, type=0, long_offset=0, long_length=1024
        )
        return [int(each) for each in answer.value[1]] if answer.property_type else []

    def _write(self) -> None:
        noted = [code | _BUTTON if kind == "button" else code for kind, code in self._down]
        cardinal = self._display.intern_atom("CARDINAL")
        x11.root_of(self._display).change_property(self._atom, cardinal, 32, [self._owner.id, *self._inherited, *noted])

    def _is_there(self, record: list[int], slot: int) -> bool:
        return bool(record) and list(x11.property_values(self._display, record[0], _OWNER)) == [slot]

    def _release_down(self, noted: list[int]) -> None:
        """Release those of some keys and buttons that are down, last first."""
        keys = self._display.query_keymap()
        mask = x11.root_of(self._display).query_pointer().mask
        for number in reversed(noted):
            code = number & ~_BUTTON
            if number & _BUTTON and mask & 0x80 << code:
                self._release("button", code)
            elif not number & _BUTTON and 8 <= code < 256 and keys[code // 8] >> (code % 8) & 1:
                self._release("key", code)

    def _release(self, kind: Kind, code: int) -> None:
        from Xlib import X

        if self._display is not None:
            self._display.xtest_fake_input(X.KeyRelease if kind == "key" else X.ButtonRelease, code)


def release_leftovers(display: Any) -> None:
    """Release what flowdesk processes that are gone left down on a display, by a connection that stays open."""
    held = HeldDown(display)
    try:
        held.release_leftovers()
    finally:
        held.leave()
