"""Notices at once when the file of an open document is changed, removed or put back by another program."""

import asyncio
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from flowdesk.aio import end, in_thread, spawn
from flowdesk.protocol.events import DiskState
from flowdesk.session.documents import LiveDocument
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.storage import LARGEST_FILE, Fingerprint, digest, leads_to

EVERY = 0.5
"""Seconds between two looks. A look is one ``stat`` for each open file, in a thread; it is read only when that differs."""

Stamp = tuple[int, int, int]
"""Time, size and number of a file."""
Key = tuple[Path, str, str]
"""A file, and what it is known by."""


class DiskWatch:
    """Looks after the files of a session's documents while any is open."""

    def __init__(
        self, documents: Callable[[], Iterable[LiveDocument]], tell: Callable[[LiveDocument, DiskState], None]
    ) -> None:
        """Look after what ``documents`` returns; ``tell`` hears of a change: ``same``, ``changed`` or ``gone``."""
        self._documents = documents
        self._tell = tell
        self._stamps: dict[Key, Stamp | None] = {}
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look from now on, if anything is open. Idempotent."""
        has_files = any(live.path is not None for live in self._documents())
        if has_files and (self._task is None or self._task.done()):
            self._task = spawn(self._look_on(), "flowdesk.diskwatch")

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            await end([self._task], 1.0)

    async def _look_on(self) -> None:
        while watched := [live for live in self._documents() if live.path is not None]:
            await self.look(watched)
            await asyncio.sleep(EVERY)
        self._stamps.clear()

    async def look(self, watched: Iterable[LiveDocument]) -> None:
        """Look once."""
        known = [(live, live.path, live.fingerprint) for live in watched if live.path is not None]
        keys = {_key(path, mark) for _, path, mark in known}
        self._stamps = {key: stamp for key, stamp in self._stamps.items() if key in keys}
        stamps = dict(self._stamps)
        found = await in_thread(lambda: {key: _look_at(key, stamps) for key in keys}, "flowdesk.diskwatch")
        for live, path, mark in known:
            key = _key(path, mark)
            stamp, state = found[key]
            if live.path != path or live.fingerprint != mark:
                continue  # it was saved or renamed meanwhile
            self._stamps[key] = stamp
            if state is not None and state != live.on_disk:
                self._tell(live, state)


def _key(path: Path, mark: Fingerprint | None) -> Key:
    return (path, mark.digest, mark.leads) if mark is not None else (path, "", "")


def _look_at(key: Key, stamps: dict[Key, Stamp | None]) -> tuple[Stamp | None, DiskState | None]:
    """Return the stamp of a file, and what it is to what was opened where the stamp is a new one."""
    path, known, leads = key
    try:
        is_planted = leads_to(path) not in {"", leads}  # a link that was not there when it was opened
        found = path.lstat() if is_planted else path.stat()
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if stamps.get(key) == stamp:
            return stamp, None
        if is_planted or found.st_size > LARGEST_FILE or not stat.S_ISREG(found.st_mode):
            return stamp, "changed"
        return stamp, "same" if digest(read_plain_file(path, LARGEST_FILE)) == known else "changed"
    except FileNotFoundError:
        return None, "gone"
    except OSError:
        return None, None
