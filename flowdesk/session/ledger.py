"""What this machine knows of contents: which were allowed, and which parts came from somebody else (decision 0030).

One line for each fact is appended to ``consent.jsonl`` in flowdesk's state folder, so that several processes can write
it at once; each reads what the others wrote. Nothing is ever struck out: a content that was allowed stays allowed.
"""

import contextlib
import json
import os
import stat
import threading
import time
from pathlib import Path
from typing import Any

from flowdesk.session.storage import make_private

MOST_STRANGE = 50_000
"""Parts of somebody else that are known one by one. Beyond that everything that nobody here made counts as such."""
LARGEST = 32 * 1024 * 1024
"""Bytes of the file; beyond it nothing more is remembered, so people are asked again."""


class Ledger:
    """Facts by digest."""

    def __init__(self, file: Path) -> None:
        """Nothing is read before it is asked for."""
        self._file = file
        self._read = 0
        """Bytes that were taken in."""
        self._inode = 0
        self._turn = threading.Lock()
        """Flows are looked at in threads, too."""
        self._facts: dict[str, set[str]] = {"allowed": set(), "strange": set(), "may-start": set()}

    def has(self, fact: str, digest: str) -> bool:
        """Whether a fact is known of a digest."""
        with self._turn:
            self._catch_up()
            return digest in self._facts[fact]

    @property
    def is_full(self) -> bool:
        """Whether there were more parts of somebody else than can be told apart."""
        return len(self._facts["strange"]) >= MOST_STRANGE

    def add(self, fact: str, *digests: str, by: str = "") -> None:
        """Keep a fact of digests. What cannot be written is known for as long as the process lives."""
        with self._turn:
            self._catch_up()
            fresh = [digest for digest in digests if digest not in self._facts[fact]]
            self._facts[fact].update(fresh)
        if not fresh:
            return
        lines = [json.dumps({"fact": fact, "digest": digest, "by": by, "time": int(time.time())}) for digest in fresh]
        with contextlib.suppress(OSError):
            make_private(self._file.parent)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            with os.fdopen(os.open(self._file, flags, 0o600), "ab") as file:
                if file.tell() < LARGEST:
                    file.write("".join(f"{line}\n" for line in lines).encode("ascii"))

    def _catch_up(self) -> None:
        """Take in what was appended since, by whatever process."""
        try:
            found = self._file.stat()
            if (found.st_ino, found.st_size) == (self._inode, self._read):
                return
            if found.st_ino != self._inode or found.st_size < self._read:
                self._inode, self._read = found.st_ino, 0
            if not stat.S_ISREG(found.st_mode):
                return
            with self._file.open("rb") as file:
                file.seek(self._read)
                text = file.read(LARGEST)
        except OSError:
            return
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            entry: dict[str, Any] = json.loads(line)
            self._facts[entry["fact"]].add(str(entry["digest"]))
        except (ValueError, KeyError, TypeError):
            return  # a line that was damaged allows nothing
