"""A file of JSON lines that is written once in each turn of the event loop, so that a process that is killed leaves it whole."""

import asyncio
import contextlib
from pathlib import Path
from typing import IO


class Lines:
    """Appends lines. What cannot be written is dropped: a full disk must not end a run."""

    def __init__(self, path: Path) -> None:
        """Append to ``path``, whose folder exists."""
        self.size = 0
        """Characters so far."""
        self._waiting: list[str] = []
        self._file: IO[bytes] | None = None
        with contextlib.suppress(OSError):
            self._file = path.open("ab", buffering=0)

    def add(self, line: str) -> None:
        """Append an ASCII line. It is in the file once the event loop has had a turn."""
        if self._file is None:
            return
        self.size += len(line)
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self._waiting.append(line)

    def flush(self) -> None:
        """Write what waits, now."""
        lines, self._waiting = self._waiting, []
        if lines and self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write("\n".join([*lines, ""]).encode("ascii"))

    def close(self) -> None:
        """Write what waits and close the file. Idempotent."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None
