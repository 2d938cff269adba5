"""Which keys and buttons flowdesk holds down, and letting go of them from any thread."""

import threading
from typing import Any, Literal

from flowdesk.drivers import x11

Kind = Literal["key", "button"]


class HeldDown:
    """The register of what is down. It has its own X connection, so that releasing waits for nobody."""

    def __init__(self) -> None:
        """Connect.

        Raises:
            DesktopUnavailable: If there is no X server.
        """
        self._lock = threading.Lock()
        self._down: list[tuple[Kind, int]] = []
        self._display: Any = x11.connect()

    def add(self, kind: Kind, code: int) -> None:
        """Note what is about to be pressed. Before the press, so that no way out can miss it."""
        with self._lock:
            self._down.append((kind, code))

    def remove(self, kind: Kind, code: int) -> None:
        """Note what was released."""
        with self._lock:
            if (kind, code) in self._down:
                self._down.remove((kind, code))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held."""
        with self._lock:
            return not self._down

    def release_all(self) -> None:
        """Release everything that is noted, last first. Blocks a few ms at most, from any thread."""
        with self._lock:
            while self._down:
                kind, code = self._down.pop()
                self._release(kind, code)
            if self._display is not None:
                self._display.sync()

    def release_leftovers(self) -> None:
        """Release whatever key and button is down on the display: left behind by a process that was killed."""
        with self._lock:
            if self._display is None:
                return
            keys = self._display.query_keymap()
            for code in range(8, 256):
                if keys[code // 8] >> (code % 8) & 1:
                    self._release("key", code)
            mask = x11.root_of(self._display).query_pointer().mask
            for button in (1, 2, 3):
                if mask & 0x80 << button:
                    self._release("button", button)
            self._display.sync()

    def close(self) -> None:
        """Release everything and disconnect. Idempotent."""
        self.release_all()
        with self._lock:
            if self._display is not None:
                self._display.close()
                self._display = None

    def _release(self, kind: Kind, code: int) -> None:
        from Xlib import X

        if self._display is not None:
            self._display.xtest_fake_input(X.KeyRelease if kind == "key" else X.ButtonRelease, code)
