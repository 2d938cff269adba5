"""Files made safe on the disk by a thread: whoever waits for a slow disk is not the event loop.

A file is written beside its place at once, so that a full disk is known at once, too. That it is on the disk, and in its
place, is awaited by whoever promised it.
"""

import contextlib
import os
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from flowdesk.model.causes import system_cause
from flowdesk.session.storage import sync_folder, write_draft
from flowdesk.system import replace

Settled = Future[str]
"""Done once the file is in its place: ``""``, or why it is not."""


@dataclass(slots=True)
class _Waiting:
    draft: Path
    waiters: list[Settled] = field(default_factory=list)


class Committer:
    """Puts drafts in their places, one after another; of several for one place the last one."""

    def __init__(self) -> None:
        """Begin with nothing to do; the thread begins with the first file."""
        self._turn = threading.Condition()
        self._waiting: dict[Path, _Waiting] = {}
        self._current: Path | None = None
        self._is_dropped = False
        self._thread: threading.Thread | None = None

    def put(self, target: Path, content: bytes) -> Settled:
        """Write a file; the result says when it is safe.

        Raises:
            OSError: If there is no room for it, or no folder.
        """
        draft = write_draft(target, content)
        settled: Settled = Future()
        settled.set_running_or_notify_cancel()  # who stops waiting for it must not end it for others
        with self._turn:
            before = self._waiting.get(target)
            if before is not None:
                _remove(before.draft)
            self._waiting[target] = _Waiting(draft, [*(before.waiters if before is not None else ()), settled])
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="flowdesk.commits", daemon=True)
                self._thread.start()
            self._turn.notify_all()
        return settled

    def drop(self, target: Path) -> None:
        """Remove a file, and what waits to take its place."""
        with self._turn:
            waiting = self._waiting.pop(target, None)
            self._is_dropped = self._is_dropped or self._current == target
            if waiting is not None:
                _remove(waiting.draft)
                _tell(waiting.waiters, "")
            _remove(target)

    def _work(self) -> None:
        while True:
            with self._turn:
                self._turn.wait_for(lambda: bool(self._waiting))
                target = next(iter(self._waiting))
                taken = self._waiting.pop(target)
                self._current, self._is_dropped = target, False
            fault = ""
            try:
                _sync(taken.draft)
                with self._turn:
                    if self._is_dropped:
                        _remove(taken.draft)
                    else:
                        replace(taken.draft, target)
                sync_folder(target.parent)
            except OSError as error:
                fault = system_cause(error)
                _remove(taken.draft)
            with self._turn:
                self._current = None
            _tell(taken.waiters, fault)


def _sync(draft: Path) -> None:
    handle = os.open(draft, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()


def _tell(waiters: list[Settled], fault: str) -> None:
    for waiter in waiters:
        waiter.set_result(fault)
