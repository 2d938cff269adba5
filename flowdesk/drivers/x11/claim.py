"""Which of several flowdesk processes has the desktop: at most one at a time, across users, folders and containers.

Each process has a window that is never shown. A property of it says what the process wants (``asking``) or has
(``holding``). The server forgets the window of a process that was killed, so nothing has to be cleaned up.

Nothing here stops the X server for others (``GrabServer``), as taking a selection would need: a thread of Qt that waits
for the server keeps Python's lock, so the thread that stopped the server could never let it go on. Instead everyone
writes down their wish before they look at the wishes of others, so of two at least one sees the other (Dekker). Of
two that see each other's wish, whoever made their window first waits for the other to decide, who withdraws.
"""

import os
import threading
import time
from typing import Any

from flowdesk.drivers.x11 import connection as x11

CLAIM = "_FLOWDESK_DESKTOP"
"""On a process's window: ``asking`` or ``holding``, a space, and what the process says of itself."""
WAITS = "_FLOWDESK_DESKTOP_WAITS"
"""On the window of a process that was told of another, and asks again."""
PATIENCE = 2.0
"""Seconds for another that asks at the same moment to decide; then it counts as having the desktop."""
PAUSE = 0.005
LONGEST = 200
"""Characters of what a holder says of itself."""


class DesktopClaim:
    """This process's claim (``drivers.turns.Claim``). All methods may be called from any thread and block a few ms at most."""

    def __init__(self) -> None:
        """Connect; nothing is claimed yet.

        Raises:
            DesktopUnavailable: If there is no X server.
        """
        self._lock = threading.Lock()
        self._display: Any = x11.connect()
        self._window = x11.root_of(self._display).create_window(-10, -10, 1, 1, 0, 0)
        self._place = 0
        self._is_ours = False
        self._is_waiting = False

    @property
    def is_waiting(self) -> bool:
        """Whether this process waits for the desktop, and others can see that."""
        return self._is_waiting

    def is_wanted(self) -> bool:
        """Whether another process waits for the desktop."""
        with self._lock:
            if self._display is None:
                return False
            return any(number != self._window.id for number, _ in x11.marked_windows(self._display, WAITS))

    def take(self, holder: str) -> str | None:
        """Claim the desktop, unless another process has it.

        Args:
            holder: What this process does, for the people of another one.

        Returns:
            ``None`` when the claim is this process's, else what the other process says of itself.
        """
        with self._lock:
            if self._display is None:
                return None
            told = f"{holder[:LONGEST]} ({os.getpid()})"
            if self._is_ours:
                self._write(f"holding {told}")
                return None
            until = time.monotonic() + PATIENCE
            while True:
                self._write(f"asking {told}")
                others = self._others()
                is_written = True
                while others and not any(is_held for _, is_held, _ in others) and time.monotonic() < until:
                    if is_written and any(place < self._place for place, _, _ in others):
                        self._withdraw()
                        is_written = False
                    time.sleep(PAUSE)  # noqa: TID251 - two asked at the same moment: a few ms, PATIENCE at most
                    others = self._others()
                if others:
                    self._wait()
                    self._withdraw()
                    return next((what for _, is_held, what in others if is_held), others[0][2]) or "flowdesk"
                if is_written:
                    self._is_ours = True
                    self._wait_no_longer()
                    self._write(f"holding {told}")
                    return None

    def let_go(self) -> None:
        """Let other processes claim it, and wait for it no longer."""
        with self._lock, x11.surviving_loss():
            if self._display is None:
                return
            self._wait_no_longer()
            if self._is_ours:
                self._is_ours = False
                self._withdraw()

    def close(self) -> None:
        """Let go and disconnect. Idempotent."""
        with self._lock, x11.surviving_loss():
            if self._display is not None:
                display, self._display = self._display, None
                display.close()

    def _others(self) -> list[tuple[int, bool, str]]:
        """Return of each other process with a wish: its window's place in the order, whether it has the desktop, what it says."""
        found = []
        for place, (number, raw) in enumerate(x11.marked_windows(self._display, CLAIM)):
            state, _, told = raw.decode("utf-8", "replace").partition(" ")
            if number == self._window.id:
                self._place = place
            else:
                found.append((place, state == "holding", told))
        return found

    def _write(self, text: str) -> None:
        atom = self._display.intern_atom("UTF8_STRING")
        self._window.change_property(self._display.intern_atom(CLAIM), atom, 8, text.encode())
        self._display.sync()

    def _withdraw(self) -> None:
        self._window.delete_property(self._display.intern_atom(CLAIM))
        self._display.flush()

    def _wait(self) -> None:
        if not self._is_waiting:
            self._is_waiting = True
            self._window.change_property(
                self._display.intern_atom(WAITS), self._display.intern_atom("CARDINAL"), 32, [1]
            )

    def _wait_no_longer(self) -> None:
        if self._is_waiting:
            self._is_waiting = False
            self._window.delete_property(self._display.intern_atom(WAITS))
            self._display.flush()
