"""One process of a machine holds the triggers: a lock on a file, which the system lets go when the process ends."""

import contextlib
import json
import os
from pathlib import Path
from typing import IO, Any

from flowdesk.session.storage import make_private
from flowdesk.system import try_lock


class Hold:
    """The lock. Use it from one thread."""

    def __init__(self, file: Path, process: str) -> None:
        """Nothing is taken yet. ``process`` says for people what this one is."""
        self._file = file
        self._process = process
        self._open: IO[bytes] | None = None

    @property
    def is_ours(self) -> bool:
        """Whether this process holds the triggers."""
        return self._open is not None

    def take(self) -> bool:
        """Take the lock unless another process has it. Does not wait."""
        if self._open is not None:
            return True
        make_private(self._file.parent)
        file = os.fdopen(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        if not try_lock(file):
            file.close()
            return False
        with contextlib.suppress(OSError):
            file.truncate(0)
            file.seek(0)
            file.write(json.dumps({"pid": os.getpid(), "process": self._process}).encode())
        self._open = file
        return True

    def let_go(self) -> None:
        """Let another process take it. Idempotent."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def holder(self) -> dict[str, Any] | None:
        """Return ``pid`` and ``process`` of the one that holds the triggers, ``None`` where nobody does."""
        if self._open is not None:
            return {"pid": os.getpid(), "process": self._process}
        try:
            with self._file.open("r+b", buffering=0) as file:
                if try_lock(file):
                    return None
                found = json.loads(file.read(1000) or b"{}")
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None
