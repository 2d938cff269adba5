"""Hearing `flowdesk stop` where there is no X server: by a socket (``drivers.private.stopping``)."""

import contextlib
import socket
import threading
from collections.abc import Callable, Sequence

from flowdesk.drivers.private.stopping import hear


class StopListener:
    """A thread that hears `flowdesk stop`. ``stop()`` is called from it and returns names of runs."""

    def __init__(self, process: str, stop: Callable[[], Sequence[str]]) -> None:
        """Begin to hear."""
        self._bell_out, self._bell_in = socket.socketpair()
        self._thread = threading.Thread(target=self._run, args=(process, stop), name="flowdesk-stop", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether it hears."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Hear no more. Idempotent."""
        if self._thread.is_alive():
            with contextlib.suppress(OSError):
                self._bell_in.send(b"x")
            self._thread.join(5)
        self._bell_in.close()
        self._bell_out.close()

    def _run(self, process: str, stop: Callable[[], Sequence[str]]) -> None:
        with contextlib.suppress(OSError):
            hear(process, stop, self._bell_out)
