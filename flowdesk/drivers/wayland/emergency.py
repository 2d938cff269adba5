"""The emergency stop under sway: it tells which bindings are pressed, so a run ends before `flowdesk stop` has even started.

A thread of its own, which depends neither on the event loop nor on the input thread. It also ends the runs when the binding is taken
out of the configuration, and tells when sway is gone.
"""

import contextlib
import select
import socket
import threading
from collections.abc import Callable
from typing import Any

from flowdesk.drivers.wayland import stopkey
from flowdesk.drivers.wayland.sway import EVENT, SUBSCRIBE, Sway
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError
from flowdesk.model.sentence import say

_WORKSPACE, _BINDING = EVENT | 0, EVENT | 5


class EmergencyWatch:
    """The thread that watches. Calls ``stop(reason)`` from itself, at once."""

    def __init__(self, stop: Callable[[str], None], lost: Callable[[], None]) -> None:
        """Start watching.

        Args:
            stop: Called with a sentence for people. It must not block.
            lost: Called when sway is gone.

        Raises:
            DesktopUnavailable: If sway does not answer.
        """
        self._stop, self._lost = stop, lost
        self._sway = Sway()
        self._sway.ask(SUBSCRIBE, '["binding", "workspace"]')
        self._bell_out, self._bell_in = socket.socketpair()
        self._thread = threading.Thread(target=self._watch, name="flowdesk-emergency", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread. Idempotent."""
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            with contextlib.suppress(OSError):
                self._bell_in.send(b"x")
            self._thread.join(5)
        self._sway.close()
        self._bell_in.close()
        self._bell_out.close()

    def _watch(self) -> None:
        try:
            while True:
                bell = self._bell_out.fileno()
                ready, _, _ = select.select([self._sway.fileno(), bell], [], [])
                if bell in ready:
                    return
                self._hear(*self._sway.event())
        except DesktopUnavailable:
            self._lost()

    def _hear(self, kind: int, told: Any) -> None:
        if kind == _BINDING:
            command = str(told.get("binding", {}).get("command", ""))
            if stopkey.is_stop(command):
                self._stop(say("Stopped by the key that is bound to flowdesk stop."))
        elif kind == _WORKSPACE and told.get("change") == "reload":
            self._look_again()

    def _look_again(self) -> None:
        """The configuration was read anew: where it binds no stop any more, nothing more may be sent."""
        stopkey.forget()
        try:
            stopkey.require()
        except FlowdeskError:
            self._stop(say("Stopped because no key is bound to flowdesk stop any more."))
