"""`flowdesk stop`: every flowdesk process of a desktop hears it, without its event loop, and answers what it stopped.

A process with runs keeps a window that is never shown, marked by a property. Who wants to stop sends each of them a
message and waits for the answers in a property of a window of their own. The server forgets a window with its process.
Works across users, folders and containers, as the claim on the desktop does (``claim.py``).
"""

import contextlib
import json
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from flowdesk.drivers.private.stopping import ask_all
from flowdesk.drivers.private.stopping import hear as hear_by_socket
from flowdesk.drivers.stopped import LONGEST, MOST_NAMES, PATIENCE, Answer
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.held import release_leftovers
from flowdesk.model.errors import FlowdeskError

PROCESS = "_FLOWDESK_PROCESS"
"""On the window of a process that hears: what process it is, as JSON."""
ASK = "_FLOWDESK_STOP"
"""The type of the message; on the root window the time at which somebody asked last."""
ANSWER = "_FLOWDESK_STOPPED"


class StopListener:
    """A thread that hears `flowdesk stop` on a connection of its own. ``stop()`` is called from it and returns names of runs."""

    def __init__(self, process: str, stop: Callable[[], Sequence[str]]) -> None:
        """Begin to hear, and release what processes that are gone left held down: the run may never touch the desktop itself.

        The connection is made by the thread, so that nobody waits for it; without a display it hears by a socket.
        """
        self._process, self._stop = process, stop
        self._bell_out, self._bell_in = socket.socketpair()
        self._begun = time.time()
        self.is_ready = threading.Event()
        """Set once it hears, or never will."""
        self._thread = threading.Thread(target=self._run, name="flowdesk-stop", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether it hears, or is about to."""
        return self._thread.is_alive()

    def close(self) -> None:
        """End the thread. Idempotent."""
        if self._thread.is_alive():
            with contextlib.suppress(OSError):
                self._bell_in.send(b"x")
            self._thread.join(5)
        self._bell_in.close()
        self._bell_out.close()

    def _run(self) -> None:
        try:
            display = x11.connect()
        except FlowdeskError:
            self.is_ready.set()
            with contextlib.suppress(OSError):
                hear_by_socket(self._process, self._stop, self._bell_out)
            return
        with x11.surviving_loss():
            self._join(display)
            self.is_ready.set()
            asked = x11.property_text(display, x11.root_of(display).id, ASK)
            # Who asked while this was about to listen could not be heard.
            if asked and self._begun <= float(asked) <= time.time():
                self._stop()
            with contextlib.suppress(FlowdeskError):
                release_leftovers(display)
            self._hear(display)
        with x11.surviving_loss():
            display.close()
        self.is_ready.set()

    def _join(self, display: Any) -> None:
        window = x11.root_of(display).create_window(-10, -10, 1, 1, 0, 0)
        about = json.dumps({"process": self._process, "pid": os.getpid()}).encode()
        window.change_property(display.intern_atom(PROCESS), display.intern_atom("UTF8_STRING"), 8, about)
        display.sync()

    def _hear(self, display: Any) -> None:
        from Xlib import X

        atom = display.intern_atom(ASK)
        while True:
            while display.pending_events():
                event = display.next_event()
                if event.type & 0x7F == X.ClientMessage and event.client_type == atom:
                    self._answer(display, int(event.data[1][0]), int(event.data[1][1]))
            ready, _, _ = select.select([display.fileno(), self._bell_out], [], [])
            if self._bell_out in ready:
                return

    def _answer(self, display: Any, asker: int, number: int) -> None:
        names = [name[:LONGEST] for name in self._stop()]
        told = {"number": number, "count": len(names), "runs": names[:MOST_NAMES]}
        line = json.dumps(told).encode() + b"\n"
        with x11.forgiving():
            kind = display.intern_atom("UTF8_STRING")
            x11.window(display, asker).change_property(display.intern_atom(ANSWER), kind, 8, line, 2)  # PropModeAppend
            display.sync()


def stop_everywhere(name: str | None = None) -> list[Answer]:
    """Stop every run of a desktop, whatever process it is in. Blocks until all have answered, one second at most.

    Also those of processes that are on no desktop and have runs on desktops of their own.

    Args:
        name: The display, by default ``$DISPLAY``.

    Raises:
        DesktopUnavailable: If there is no X server.
        MissingPiece: If ``Xlib`` is not installed.
    """
    aside = [Answer(one["process"], one["pid"], one["count"], tuple(one["runs"])) for one in ask_all()]
    try:
        return aside + _stop_on_display(name)
    except FlowdeskError:
        if not aside:
            raise
        return aside


def _stop_on_display(name: str | None) -> list[Answer]:
    from Xlib import X
    from Xlib.protocol import event

    if not x11.is_x11():
        raise x11.no_display()
    display = x11.connect(name)
    try:
        root, text = x11.root_of(display), display.intern_atom("UTF8_STRING")
        window = root.create_window(-10, -10, 1, 1, 0, 0, event_mask=X.PropertyChangeMask)
        root.change_property(display.intern_atom(ASK), text, 8, repr(time.time()).encode())
        asked = _listeners(display)
        for number, (listener, _) in enumerate(asked):
            target = x11.window(display, listener)
            data = (32, [window.id, number, 0, 0, 0])
            message = event.ClientMessage(window=target, client_type=display.intern_atom(ASK), data=data)
            target.send_event(message, event_mask=0)
        display.flush()
        answers = _gather(display, window.id, len(asked))
        return [
            Answer(about.get("process", "flowdesk"), int(about.get("pid", 0)), *answers.get(number, (None, ())))
            for number, (_, about) in enumerate(asked)
        ]
    finally:
        display.close()


def _gather(display: Any, window: int, wanted: int) -> dict[int, tuple[int, tuple[str, ...]]]:
    """Wait for the answers; return for each number the count and the names."""
    until = time.monotonic() + PATIENCE
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    while len(found) < wanted and (left := until - time.monotonic()) > 0:
        while display.pending_events():
            display.next_event()
        for line in x11.property_text(display, window, ANSWER).splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                told = json.loads(line)
                found[int(told["number"])] = (int(told["count"]), tuple(map(str, told["runs"])))
        if len(found) < wanted and not display.pending_events():
            select.select([display.fileno()], [], [], left)
    return found


def _listeners(display: Any) -> list[tuple[int, dict[str, Any]]]:
    """Return the windows of the processes that hear, with what each says of itself."""
    found = []
    for number, raw in x11.marked_windows(display, PROCESS):
        with contextlib.suppress(ValueError):
            about = json.loads(raw)
            if isinstance(about, dict):
                found.append((number, about))
    return found
