"""How long work in a worker thread may go on: until a moment, or until nobody waits for it any more.

The one who waits makes a ``Patience``; the worker works under it (``with patience:``), and what takes long asks
``current()`` between its steps. A computation that cannot ask is ended from outside, through ``ending``.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType

_local = threading.local()


class Interrupted(Exception):  # not an error: nobody waits for the result
    """Raised in the worker when its time is over."""


class Patience:
    """One piece of work's time. Thread-safe."""

    def __init__(self, seconds: float | None = None, *, ends_questions: bool = False) -> None:
        """Begin to count; without ``seconds`` only ``end`` ends it. ``ends_questions``: whether questions to programs end with it, too."""
        self._ends_questions = ends_questions
        self._begun = time.monotonic()
        self._deadline = None if seconds is None else self._begun + seconds
        self._lock = threading.Lock()
        self._endings: list[Callable[[], None]] = []
        self._is_over = False

    def __enter__(self) -> "Patience":
        """Let the work of this thread be under it."""
        self._outer: Patience | None = getattr(_local, "patience", None)
        _local.patience = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it go."""
        _local.patience = self._outer

    @property
    def is_over(self) -> bool:
        """Whether the work is to end."""
        return self._is_over or (self._deadline is not None and time.monotonic() >= self._deadline)

    def left(self, least: float) -> float | None:
        """Return the seconds that are left, or that are left of ``least`` seconds from its beginning; None: no end is set."""
        if self._deadline is None:
            return None
        return max(self._deadline, self._begun + least) - time.monotonic()

    def check(self) -> None:
        """Go on, if there is time.

        Raises:
            Interrupted: If there is none.
        """
        if self.is_over:
            raise Interrupted

    def check_questions(self) -> None:
        """Ask programs on, if there is time for that.

        Raises:
            Interrupted: If there is none.
        """
        if self._ends_questions:
            self.check()

    def end(self) -> None:
        """End the work: nobody waits for it. Idempotent."""
        with self._lock:
            self._is_over = True
            endings, self._endings = self._endings, []
        for ending in endings:
            ending()

    @contextlib.contextmanager
    def ending(self, stop: Callable[[], None]) -> Iterator[None]:
        """Call ``stop``, from another thread, when the time is over during the block.

        Raises:
            Interrupted: If it is over before.
        """
        timer = None
        with self._lock:
            self.check()
            self._endings.append(stop)
        if self._deadline is not None:
            timer = threading.Timer(max(0.0, self._deadline - time.monotonic()), self.end)
            timer.daemon = True
            timer.start()
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()
            with self._lock:
                if stop in self._endings:
                    self._endings.remove(stop)

    @contextlib.contextmanager
    def holding(self, lock: threading.Lock) -> Iterator[None]:
        """Hold a lock for the block, however long another has it, as long as there is time.

        Raises:
            Interrupted: If there is none.
        """
        while not lock.acquire(timeout=0.05):
            self.check()
        try:
            yield
        finally:
            lock.release()


def current() -> Patience:
    """Return what this thread works under; without end where it works under nothing."""
    patience: Patience | None = getattr(_local, "patience", None)
    return patience or Patience()
