"""A file of JSON lines that is written once in each turn of the event loop, so that a process that is killed leaves it whole."""

import asyncio
import os
from pathlib import Path
from typing import IO

from flowdesk.model.causes import system_cause


class Lines:
    """Appends lines. What cannot be written is dropped, and ``fault`` says why: a full disk must not end a run."""

    def __init__(self, path: Path) -> None:
        """Append to ``path``, whose folder exists. A link that somebody put there is not followed."""
        self.size = 0
        """Characters so far."""
        self.fault = ""
        """Why lines are missing, ``""`` if none is."""
        self._name = path.name
        self._waiting: list[str] = []
        self._file: IO[bytes] | None = None
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.fdopen(os.open(path, flags, 0o666), "ab", buffering=0)
        except OSError as error:
            self.fault = system_cause(error)

    def add(self, line: str) -> None:
        """Append an ASCII line. It is in the file once the event loop has had a turn."""
        if self._file is None:
            return
        self.size += len(line)
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self._waiting.append(line)

    def faults(self) -> dict[str, str]:
        """Return why lines are missing, by the name of the file; empty where none is."""
        return {self._name: self.fault} if self.fault else {}

    def flush(self) -> None:
        """Write what waits, now."""
        lines, self._waiting = self._waiting, []
        if not lines or self._file is None:
            return
        content = memoryview("\n".join([*lines, ""]).encode("ascii"))
        try:
            while content:
                content = content[self._file.write(content) :]
        except OSError as error:
            self.fault = self.fault or system_cause(error)

    def close(self) -> None:
        """Write what waits and close the file. Idempotent."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None
