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


class DesktopClaim:
    """This process's claim. All methods may be called from any thread."""

    def __init__(self) -> None:
        """Claim nothing yet."""
        folder = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"  # where a session has no folder of its own
        name = os.path.basename(os.environ.get("WAYLAND_DISPLAY", ""))
        self._file = Path(folder, f"flowdesk-{name}.claim")
        self._lock = threading.Lock()
        self._handle = -1

    def take(self, holder: str) -> str | None:
        """Claim the desktop, unless another process has it: then return what that one says of itself.

        Raises:
            DesktopUnavailable: If the runtime folder cannot be written.
        """
        if sys.platform == "win32":
            return None
        import fcntl

        with self._lock:
            if self._handle >= 0:
                return None
            try:
                handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as refused:
                raise DesktopUnavailable(
                    say(
                        "It is unknown which flowdesk uses the desktop: {reason}",
                        reason=refused.strerror or str(refused),
                    ),
                    say("Check that the folder in XDG_RUNTIME_DIR can be written."),
                ) from refused
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                told = os.read(handle, 4 * LONGEST).decode("utf-8", "replace").strip()
                os.close(handle)
                return told or "flowdesk"
            os.ftruncate(handle, 0)
            os.write(handle, f"{holder[:LONGEST]} ({os.getpid()})".encode())
            self._handle = handle
            return None

    def let_go(self) -> None:
        """Let other processes claim it."""
        with self._lock:
            handle, self._handle = self._handle, -1
            if handle >= 0:
                with contextlib.suppress(OSError):
                    os.ftruncate(handle, 0)
                os.close(handle)

    def close(self) -> None:
        """Let go. Idempotent."""
        self.let_go()
