"""Watching a folder for triggers: files that come, change or go, each told once, whole, in the order in which they came.

``watchfiles`` only says that something moved; what is there is looked at. It reports a file as added while it is still being
written, says nothing of what changed while nobody watched, and a folder may be unmounted and come back.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from flowdesk.aio import end, in_thread, spawn
from flowdesk.model.sentence import say
from flowdesk.model.trigger import FileArrives
from flowdesk.session.arming import folder_of
from flowdesk.session.folders import Listing, listed
from flowdesk.session.occasions import Occasion, Watched
from flowdesk.system import is_written

LOOK = 2.0
"""Seconds between two looks where nothing is told, as on folders of other machines."""
PENDING = 0.2
"""Seconds between two looks while a file is not at rest yet."""
EMPTY = 5
"""How many times longer an empty file must be at rest: most get their content later."""
HELD = 60.0
"""Seconds for which a file at rest that a program holds open to write is waited for."""
BATCH = 200
"""Files that are handed over at once."""


@dataclass(slots=True)
class _Pending:
    stamp: str
    since: float
    order: tuple[int, tuple[int, str]]
    """In which look it was seen first, and when it was put there."""
    held: float = 0.0
    """Since when it is at rest, and held open by a program that may write it."""


@dataclass
class FolderWatch:
    """What a trigger knows of its folder. Pure: looks come in, what is to be told goes out."""

    trigger: FileArrives
    seen: dict[str, str]
    """Each file that was told of, or was there from the beginning, as it was then."""
    identity: tuple[int, int] | None = None
    present: set[str] = field(default_factory=set)
    """Names that were there in the folder as it is mounted now."""
    pending: dict[str, _Pending] = field(default_factory=dict)
    fresh: dict[str, str | None] = field(default_factory=dict)
    """What of ``seen`` changed and is not kept yet."""
    looks: int = 0

    def take(self, look: Listing, now: float) -> list[str]:
        """Take a look; return the names of the files that are to be told of now, in order."""
        self.looks += 1
        if look.identity != self.identity:  # it was unmounted, or came back: nothing went or came by that
            self.identity = look.identity
            self.present.clear()
            self.pending.clear()
        if look.identity is None:
            return []
        for name, stamp in look.things.items():
            self._note(name, stamp, look, now)
        for name in [name for name in self.present if name not in look.things]:
            self._note_gone(name, now)
        for name in [name for name in self.pending if self.trigger.on != "disappears" and name not in look.things]:
            del self.pending[name]
        return self._ready(now)

    def _note(self, name: str, stamp: str, look: Listing, now: float) -> None:
        is_known, is_present = name in self.seen, name in self.present and name not in self.pending
        self.present.add(name)
        if self.trigger.on == "disappears":
            self.pending.pop(name, None)
            self._know(name, stamp)
        elif is_known and (self.seen[name] == stamp or (is_present and self.trigger.on == "appears")):
            self._know(name, stamp)
            self.pending.pop(name, None)
        elif not is_known and self.trigger.on == "changes" and name not in self.pending:
            self._know(name, stamp)
        else:
            before = self.pending.get(name)
            if before is None:
                self.pending[name] = _Pending(stamp, now, (self.looks, look.times.get(name, (0, name))))
            elif before.stamp != stamp:
                before.stamp, before.since = stamp, now

    def _note_gone(self, name: str, now: float) -> None:
        if self.trigger.on == "disappears":
            self.pending.setdefault(name, _Pending(self.seen.get(name, ""), now, (self.looks, (0, name))))
        else:
            self.present.discard(name)
            self.pending.pop(name, None)
            if self.trigger.on == "appears" and name in self.seen:
                self._know(name, None)

    def _know(self, name: str, stamp: str | None) -> None:
        if self.seen.get(name) != stamp:
            self.fresh[name] = stamp
            if stamp is None:
                self.seen.pop(name, None)
            else:
                self.seen[name] = stamp

    def _ready(self, now: float) -> list[str]:
        found = []
        for name, pending in self.pending.items():
            is_empty = pending.stamp.endswith(" 0") and self.trigger.on != "disappears"
            if now - pending.since >= self.trigger.settled * (EMPTY if is_empty else 1):
                found.append((pending.order, name))
        return [name for _, name in sorted(found)]

    def told(self, name: str) -> str:
        """A file is told of; return the stamp under which it was."""
        pending = self.pending.pop(name)
        if self.trigger.on == "disappears":
            self.present.discard(name)
            self._know(name, None)
        else:
            self._know(name, pending.stamp)
        return pending.stamp

    def wait_on(self, name: str, now: float) -> bool:
        """A file that is at rest is held open: return whether to wait, which is so for a while only."""
        self.pending[name].held = self.pending[name].held or now
        return now - self.pending[name].held < HELD


async def watch_files(watched: Watched) -> None:
    """Watch until cancelled."""
    trigger = watched.trigger
    assert isinstance(trigger, FileArrives)
    place = folder_of(watched.path, trigger)
    state = FolderWatch(trigger, dict(watched.seen))
    async for _ in _moments(place, state):
        look = await in_thread(partial(listed, place, trigger), "flowdesk.folder")
        watched.fault(_fault(place, look))
        names = state.take(look, time.monotonic())
        folder, whole = await in_thread(partial(_whole, place, state, names, time.monotonic()), "flowdesk.folder")
        for begin in range(0, len(whole), BATCH):
            part = whole[begin : begin + BATCH]
            occasions = [_occasion(folder / name, state.told(name), trigger, look.times) for name in part]
            fresh, state.fresh = state.fresh, {}
            await watched.tell(occasions, fresh)
        if state.fresh:
            fresh, state.fresh = state.fresh, {}
            await watched.tell([], fresh)


def _fault(place: Path, look: Listing) -> str:
    if look.identity is None:
        return say("Folder not found: {path}.", path=place)
    if look.unnamed:
        name = look.unnamed[0]
        return say('The file name "{name}" is not UTF-8, so the file starts nothing. Rename it.', name=name)
    return ""


def _whole(place: Path, state: FolderWatch, names: list[str], now: float) -> tuple[Path, list[str]]:
    """Return the folder, and which files of it are whole: nobody has them open to write."""
    folder = place if place.is_dir() else place.parent
    if state.trigger.on != "appears":
        return folder, names
    return folder, [name for name in names if not (is_written(folder / name) and state.wait_on(name, now))]


def _occasion(path: Path, stamp: str, trigger: FileArrives, times: Mapping[str, tuple[int, str]]) -> Occasion:
    key = f"{path.name} {stamp} {times.get(path.name, (time.time_ns(), ''))[0]}"
    return Occasion(key, {"path": str(path), "name": path.name, "folder": str(path.parent), "on": trigger.on})


def _is_the_one(folder: Path, place: Path) -> bool:
    """Whether a folder that is listened to is still there, and the one to listen to: its parent is, until it comes."""
    return folder.exists() and (folder == place or not place.is_dir())


async def _moments(place: Path, state: FolderWatch) -> AsyncIterator[None]:
    """Yield whenever it is worth a look: something moved, a file is to be at rest by now, or a while went by."""
    from watchfiles import awatch

    woken, stop = asyncio.Event(), asyncio.Event()

    async def listen() -> None:
        while True:
            with contextlib.suppress(Exception):  # such as a name that is no text: it is looked without being told
                folder = await in_thread(lambda: place if place.is_dir() else place.parent, "flowdesk.folder")
                heard = awatch(
                    folder, recursive=False, debounce=100, step=50, stop_event=stop,
                    rust_timeout=int(LOOK * 1000), yield_on_timeout=True,
                )  # fmt: skip
                # Nothing changed for a while: the folder may have come just before its parent was listened to.
                async for changes in heard:
                    if changes:
                        woken.set()
                    if not await in_thread(partial(_is_the_one, folder, place), "flowdesk.folder"):
                        break
            await asyncio.sleep(LOOK)

    listening = spawn(listen(), "flowdesk.folder.listen")
    try:
        while True:
            yield
            pause = PENDING if state.pending else LOOK
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await woken.wait()
            woken.clear()
    finally:
        stop.set()
        await end([listening], 1.0)
