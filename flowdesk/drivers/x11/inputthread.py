"""The one thread that owns mouse and keyboard: jobs come from the event loop and run one after another."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

from flowdesk.drivers.x11 import connection as x11
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.geometry import Point
from flowdesk.model.sentence import say

T = TypeVar("T")
Jobs = queue.SimpleQueue[tuple[Callable[[Any], Any], "Future[Any]"] | None]


class InputThread:
    """Runs input jobs one after another on a thread of its own, which makes the devices when first needed."""

    def __init__(self, make_devices: Callable[[], Any]) -> None:
        """Start the thread."""
        self._make_devices = make_devices
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._devices: Any = None
        self._jobs: Jobs = queue.SimpleQueue()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, args=(self._jobs,), name="flowdesk-input", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[Any], T]) -> "Future[T]":
        """Queue a job; it is called with the devices.

        Raises:
            DesktopUnavailable: If the thread has ended.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._is_closed or not self._thread.is_alive():
                raise _ended()
            self._jobs.put((job, future))
        return future

    @property
    def placed(self) -> Point | None:
        """Where the pointer was put last, from any thread."""
        return self._devices.pointer.placed if self._devices is not None else None

    def abandon(self, future: "Future[Any]") -> None:
        """Leave behind a job that does not end: what waits gets another thread, with devices and connections of its own."""
        if not future.running():
            return
        with self._lock:
            if self._is_closed:
                return
            left = self._jobs
            self._begin()
            for entry in _taken(left):
                self._jobs.put(entry)
            left.put(None)

    def close(self) -> None:
        """End the thread after the job under way; those that wait fail. Idempotent."""
        with self._lock:
            self._is_closed = True
            waiting = list(_taken(self._jobs))
            self._jobs.put(None)
        for entry in waiting:
            if entry is not None and entry[1].set_running_or_notify_cancel():
                entry[1].set_exception(_ended())
        if self._thread.is_alive():
            self._thread.join(5)

    def _work(self, jobs: "Jobs") -> None:
        devices: Any = None
        while (entry := jobs.get()) is not None:
            job, future = entry
            if not future.set_running_or_notify_cancel():
                continue
            try:
                with x11.telling_loss():
                    if devices is None:
                        devices = self._make_devices()
                        if jobs is self._jobs:
                            self._devices = devices
                    future.set_result(job(devices))
            except BaseException as failure:  # noqa: BLE001 - the waiting caller gets it; the thread must live on
                future.set_exception(failure)
        if devices is not None:
            with contextlib.suppress(DesktopUnavailable), x11.telling_loss():
                devices.close()


def _taken(jobs: Jobs) -> Iterator[tuple[Callable[[Any], Any], "Future[Any]"] | None]:
    """Take out what waits."""
    with contextlib.suppress(queue.Empty):
        while True:
            yield jobs.get_nowait()


def _ended() -> DesktopUnavailable:
    return DesktopUnavailable(say("The input thread has ended."), say("Run the flow again."))
