"""Which of several flowdesk processes has the desktop: at most one of a session at a time.

The claim is a lock on a file in the session's runtime folder, which the system forgets with the process; the file holds what that
process says of itself.
"""

import contextlib
import os
import sys
import threading
from pathlib import Path

from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import say

LONGEST = 200
"""Characters of what a holder says of itself."""
_TAKEN = -1
"""In place of a handle: another process has the lock."""


class DesktopClaim:
    """This process's claim (``drivers.turns.Claim``). All methods may be called from any thread.

    Who waits for it shares a lock on a second file, so that others can see that somebody waits.
    """

    def __init__(self) -> None:
        """Claim nothing yet."""
        folder = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"  # where a session has no folder of its own
        name = os.path.basename(os.environ.get("WAYLAND_DISPLAY", ""))
        self._file = Path(folder, f"flowdesk-{name}.claim")
        self._lock = threading.Lock()
        self._queue = self._file.with_suffix(".waits")
        self._handle = self._waits = _TAKEN

    @property
    def is_waiting(self) -> bool:
        """Whether this process waits for the desktop, and others can see that."""
        return self._waits >= 0

    def is_wanted(self) -> bool:
        """Whether another process waits for the desktop."""
        with self._lock:
            if self._waits >= 0:
                return True  # this one does, and cannot tell
            handle = self._locked(self._queue, is_shared=False)
            if handle >= 0:
                os.close(handle)
            return handle == _TAKEN

    def take(self, holder: str) -> str | None:
        """Claim the desktop, unless another process has it: then return what that one says of itself.

        Raises:
            DesktopUnavailable: If the runtime folder cannot be written.
        """
        with self._lock:
            if self._handle < 0:
                handle = self._locked(self._file, is_shared=False)
                if handle == _TAKEN:
                    if self._waits < 0:
                        self._waits = self._locked(self._queue, is_shared=True)
                    return _text_of(self._file) or "flowdesk"
                self._handle = handle
                self._wait_no_longer()
            os.ftruncate(self._handle, 0)
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, f"{holder[:LONGEST]} ({os.getpid()})".encode())
            return None

    def let_go(self) -> None:
        """Let other processes claim it, and wait for it no longer."""
        with self._lock:
            self._wait_no_longer()
            handle, self._handle = self._handle, _TAKEN
            if handle >= 0:
                with contextlib.suppress(OSError):
                    os.ftruncate(handle, 0)
                os.close(handle)

    def close(self) -> None:
        """Let go. Idempotent."""
        self.let_go()

    def _wait_no_longer(self) -> None:
        handle, self._waits = self._waits, _TAKEN
        if handle >= 0:
            os.close(handle)

    def _locked(self, file: Path, *, is_shared: bool) -> int:
        """Open and lock a file, and return the handle; ``_TAKEN`` where another process has it."""
        if sys.platform == "win32":
            raise NotImplementedError
        import fcntl

        try:
            handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as refused:
            reason = refused.strerror or str(refused)
            raise DesktopUnavailable(
                say("It is unknown which flowdesk uses the desktop: {reason}", reason=reason),
                say("Check that the folder in XDG_RUNTIME_DIR can be written."),
            ) from refused
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return _TAKEN
        return handle


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes()[: 4 * LONGEST].decode("utf-8", "replace").strip()
    except OSError:
        return ""
