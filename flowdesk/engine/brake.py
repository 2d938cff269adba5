"""The brake of a run: one object that any thread may pull, and that stands between a run and the desktop.

Stop and pause must not wait for the event loop (contract §4), so the brake is plain threads: the emergency
thread, a signal handler, the window and a remote client all pull the same one. Every input is made of steps of
at most 20 ms; each step passes the brake.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flowdesk.model.errors import RunStopped
from flowdesk.model.sentence import say


class Brake:
    """Lets a run act, holds it, or ends it. All methods may be called from any thread, ``stop`` also from a signal handler."""

    def __init__(self) -> None:
        """Start released."""
        self._condition = threading.Condition(threading.RLock())
        self._is_stopped = False
        self._is_paused = False
        self._acting = 0
        self._watchers: list[Callable[[], None]] = []

    @property
    def is_stopped(self) -> bool:
        """Whether the run was asked to stop."""
        return self._is_stopped

    @property
    def is_paused(self) -> bool:
        """Whether the run was asked to pause and not yet to go on."""
        return self._is_paused

    @property
    def is_at_rest(self) -> bool:
        """Whether no input can happen: stopped or paused, and no step under way."""
        return (self._is_paused or self._is_stopped) and self._acting == 0

    def stop(self) -> None:
        """End the run: no further step begins, and waits end at once."""
        self._change(stopped=True)

    def pause(self) -> None:
        """Hold the run before its next step. Waits freeze."""
        self._change(paused=True)

    def resume(self) -> None:
        """Let a held run go on."""
        self._change(paused=False)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call ``watcher`` on every change, from the thread that made it. It must not block."""
        self._watchers.append(watcher)

    def forget(self) -> None:
        """Call no watcher any more: who pulls the brake of a run that ended disturbs nobody."""
        self._watchers.clear()

    def check(self) -> None:
        """Pass, or wait while paused.

        Raises:
            RunStopped: If the run was asked to stop.
        """
        with self.step():
            pass

    @contextmanager
    def step(self) -> Iterator[None]:
        """Surround one atomic input action of at most 20 ms. Blocks the calling thread while paused.

        Raises:
            RunStopped: If the run was asked to stop.
        """
        with self._condition:
            while self._is_paused and not self._is_stopped:
                self._condition.wait()
            if self._is_stopped:
                raise RunStopped(say("The run was stopped."))
            self._acting += 1
        try:
            yield
        finally:
            with self._condition:
                self._acting -= 1
                self._condition.notify_all()
            self._tell()

    def sleep(self, seconds: float) -> None:
        """Wait in the calling thread; not a moment longer once stopped. A pause does not count.

        Raises:
            RunStopped: If the run was asked to stop.
        """
        with self._condition:
            if not self._is_paused:
                self._condition.wait_for(lambda: self._is_stopped or self._is_paused, max(0.0, seconds))
        self.check()

    def _change(self, *, stopped: bool = False, paused: bool | None = None) -> None:
        with self._condition:
            self._is_stopped = self._is_stopped or stopped
            if paused is not None:
                self._is_paused = paused
            self._condition.notify_all()
        self._tell()

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()
