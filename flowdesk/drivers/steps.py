"""The steps of one input job: each passes the run's brake, and ends when nobody waits for the job any more."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flowdesk.engine.brake import Brake
from flowdesk.model.errors import RunStopped
from flowdesk.model.sentence import say

LOOK = 0.05
"""Seconds between two looks at the cancel flag while paused."""


class Steps:
    """Stands between a job on the input thread and the desktop."""

    def __init__(self, brake: Brake) -> None:
        """Bind to a run's brake."""
        self._brake = brake
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End the job before its next step. From any thread."""
        self._cancelled.set()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Surround one atomic action of at most 20 ms.

        Raises:
            RunStopped: If the run was stopped, or the job's caller is gone.
        """
        while self._brake.is_paused and not self._brake.is_stopped:
            # Not inside the brake: a job whose caller went away while paused must not hold the input thread.
            if self._cancelled.wait(LOOK):
                break
        if self._cancelled.is_set():
            raise RunStopped(say("The action was canceled."))
        with self._brake.step():
            yield

    def sleep(self, seconds: float) -> None:
        """Wait; not a moment longer once stopped.

        Raises:
            RunStopped: If the run was stopped, or the job's caller is gone.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if self._cancelled.is_set():
                raise RunStopped(say("The action was canceled."))
            self._brake.sleep(min(left, LOOK))
        with self.step():
            pass
