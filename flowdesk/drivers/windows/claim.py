"""Which of several flowdesk processes has the desktop: at most one of a session at a time.

The claim is a piece of shared memory with a name: whoever makes it has the desktop, and it holds what that one says of itself.
Windows forgets it with the process that made it.
"""

import ctypes
import os
import threading

from flowdesk.drivers.windows import api
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import say

NAME = r"Local\flowdesk-desktop"
"""``Local`` is this session: each has a desktop of its own."""
LONGEST = 200
"""Characters of what a holder says of itself."""
_QUEUE = "-waits"
_BYTES = 2048
_WRITABLE, _READ, _WRITE = 0x4, 0x4, 0x2
_EXISTS = 183


class DesktopClaim:
    """This process's claim (``drivers.turns.Claim``). All methods may be called from any thread.

    Who waits for it keeps a second piece of memory, by which others can see that somebody waits.
    """

    def __init__(self, name: str = NAME) -> None:
        """Claim nothing yet."""
        self._name = name
        self._lock = threading.Lock()
        self._handle = self._waits = 0

    @property
    def is_waiting(self) -> bool:
        """Whether this process waits for the desktop, and others can see that."""
        return bool(self._waits)

    def is_wanted(self) -> bool:
        """Whether another process waits for the desktop."""
        handle = api.kernel().OpenFileMappingW(_READ, False, self._name + _QUEUE)
        if handle:
            api.kernel().CloseHandle(handle)
        return bool(handle)

    def take(self, holder: str) -> str | None:
        """Claim the desktop, unless another process has it: then return what that one says of itself.

        Raises:
            DesktopUnavailable: If Windows refuses.
        """
        kernel = api.kernel()
        with self._lock:
            if self._handle:
                _write(self._handle, f"{holder[:LONGEST]} ({os.getpid()})")
                return None
            handle = kernel.CreateFileMappingW(ctypes.c_void_p(-1), None, _WRITABLE, 0, _BYTES, self._name)
            is_anothers = api.last_error() == _EXISTS
            if not handle:
                raise DesktopUnavailable(
                    say("It is unknown which flowdesk uses the desktop: {reason}", reason=api.reason()),
                    say("Close other flowdesk programs in this session, including those of other users."),
                )
            if is_anothers:
                told = _text(handle)
                kernel.CloseHandle(handle)
                self._waits = self._waits or int(
                    kernel.CreateFileMappingW(ctypes.c_void_p(-1), None, _WRITABLE, 0, _BYTES, self._name + _QUEUE) or 0
                )
                return told or "flowdesk"
            self._handle, waits, self._waits = int(handle), self._waits, 0
            if waits:
                kernel.CloseHandle(waits)
            _write(self._handle, f"{holder[:LONGEST]} ({os.getpid()})")
            return None

    def let_go(self) -> None:
        """Let other processes claim it."""
        with self._lock:
            handles, self._handle, self._waits = (self._handle, self._waits), 0, 0
        for handle in filter(None, handles):
            api.kernel().CloseHandle(handle)

    def close(self) -> None:
        """Let go. Idempotent."""
        self.let_go()


def _text(handle: int) -> str:
    place = api.kernel().MapViewOfFile(handle, _READ, 0, 0, _BYTES)
    if not place:
        return ""
    try:
        return ctypes.string_at(place, _BYTES).split(b"\0", 1)[0].decode("utf-8", "replace")
    finally:
        api.kernel().UnmapViewOfFile(place)


def _write(handle: int, text: str) -> None:
    place = api.kernel().MapViewOfFile(handle, _WRITE, 0, 0, _BYTES)
    if place:
        raw = text.encode()[: _BYTES - 1] + b"\0"
        ctypes.memmove(place, raw, len(raw))
        api.kernel().UnmapViewOfFile(place)
