"""Signals that end the program, heard on a thread of their own.

A handler of Python runs in the main thread, between two of its instructions: late while Qt or a library computes, and
in the middle of whatever holds a lock, so that a second signal within the first waits for itself. Here the handlers do
nothing. The byte that the interpreter writes at the moment of the signal (``signal.set_wakeup_fd``) wakes a thread, and
that one acts as any other thread may.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

logger = logging.getLogger(__name__)

PATIENCE = 3
"""So many signals end the program at once, whatever it is doing."""
STOPPED = 130


def ending_signals() -> tuple[signal.Signals, ...]:
    r"""Return the signals that end a program on this platform. One that was ignored from the start, as by ``nohup``, is left out.

    Those that the system would end it by without a word, such as Ctrl+\ in a terminal, are among them: keys that are held down
    must be let go whatever ends a run.
    """
    names = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK", "SIGQUIT", "SIGUSR1", "SIGUSR2"]
    known = [getattr(signal, name) for name in names if hasattr(signal, name)]
    always = {"SIGINT", "SIGTERM", "SIGBREAK"}
    return tuple(each for each in known if each.name in always or signal.getsignal(each) is not signal.SIG_IGN)


class SignalThread:
    """Hears the signals from ``__enter__`` to ``__exit__``, both on the main thread."""

    def __init__(self, act: Callable[[str], None]) -> None:
        """Call ``act(name)`` for each signal, from the thread. It must not wait for the event loop."""
        self._act = act
        self.asked: str | None = None
        """Name of the first signal that came."""
        self._count = 0

    def __enter__(self) -> "SignalThread":
        """Begin to hear."""
        self._ours, self._pythons = socket.socketpair()
        self._pythons.setblocking(False)
        self._thread = threading.Thread(target=self._hear, name="flowdesk-signals", daemon=True)
        self._thread.start()
        self._numbers = frozenset(ending_signals())
        self._fd_before = signal.set_wakeup_fd(self._pythons.fileno(), warn_on_full_buffer=False)
        self._before: dict[int, Any] = {number: signal.signal(number, _heard) for number in self._numbers}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hear no more, and give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        signal.set_wakeup_fd(self._fd_before)
        self._pythons.setblocking(True)
        self._pythons.close()  # the thread reads the end
        self._thread.join(5)
        self._ours.close()

    def _hear(self) -> None:
        while received := self._ours.recv(64):
            for number in received:
                if number in self._numbers:
                    self._take(signal.Signals(number).name)

    def _take(self, name: str) -> None:
        self._count += 1
        self.asked = self.asked or name
        try:
            self._act(name)
        except Exception:
            logger.exception("the signal %s could not be carried out", name)
        if self._count >= PATIENCE:
            os._exit(STOPPED)


def _heard(number: int, frame: object) -> None:
    """Do nothing: the thread acts."""
