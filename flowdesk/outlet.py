"""Standard output for a program that must not wait for its reader: a full pipe holds up neither a run nor its stop."""

import contextlib
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

AT_ONCE = 4096
"""Bytes that a pipe which can be written takes without waiting (POSIX: ``PIPE_BUF`` is at least 512, on Linux this)."""
MOST_WAITING = 64 * 1024 * 1024
"""Bytes that wait for a reader before the writer waits, too."""
PATIENCE = 1.0
"""Seconds without a byte read after which a program that was told to end gives its reader up."""


class Outlet:
    """Writes texts in their order: at once where the reader takes them, else by a thread."""

    def __init__(self, on_fault: Callable[[], None]) -> None:
        """``on_fault`` is called, from any thread, when nobody can read any more."""
        self._on_fault = on_fault
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._moved = time.monotonic()
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self.is_given_up = False
        """Whether what waits is for nobody."""

    def put(self, text: str) -> None:
        """Write a text. Waits only when so much is unread that the memory is in danger."""
        if sys.stdout is None or self.is_given_up:
            return
        with self._turn:
            if not self._waiting and _takes(text):
                self._write_now(text)
                return
            content = text.encode(sys.stdout.encoding or "utf-8", "backslashreplace")
            self._waiting.append(content)
            self._size += len(content)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="flowdesk.output", daemon=True)
                self._thread.start()
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._size <= MOST_WAITING or self.is_given_up)

    @property
    def is_empty(self) -> bool:
        """Whether all is written, or given up."""
        return self.is_given_up or not self._waiting

    def is_stuck(self) -> bool:
        """Whether something waits and the reader has taken nothing for a while."""
        return not self.is_empty and time.monotonic() - self._moved >= PATIENCE

    def give_up(self) -> None:
        """Write nothing more."""
        self.is_given_up = True
        if self._turn.acquire(blocking=False):
            self._turn.notify_all()
            self._turn.release()

    def _write_now(self, text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError:
            self._on_fault()

    def _work(self) -> None:
        # Past the stream's own buffer: its lock, held by a thread that waits, would break the end of the interpreter.
        handle = sys.stdout.fileno()
        self._moved = time.monotonic()
        while True:
            with self._turn:
                self._turn.wait_for(lambda: bool(self._waiting))
                content = memoryview(self._waiting[0])
            try:
                while content:
                    content = content[os.write(handle, content[:AT_ONCE]) :]
                    self._moved = time.monotonic()
            except OSError:
                self._on_fault()
            with self._turn:
                self._size -= len(self._waiting.popleft())
                self._turn.notify_all()


def _takes(text: str) -> bool:
    """Whether standard output takes a text without waiting."""
    try:
        handle = sys.stdout.fileno()
    except (OSError, ValueError):
        return True  # it is no file of the system
    if len(text) * 4 > AT_ONCE and os.fstat(handle).st_mode & 0o170000 == 0o010000:
        return False
    with contextlib.suppress(OSError, ValueError):
        if os.name == "posix":
            return bool(select.select([], [handle], [], 0)[1])
    return True
