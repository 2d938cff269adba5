"""The one connection of this process to the compositor, shared by all parts.

One only: pywayland 0.4 gives an object that an event brings to whichever connection it finds first. A thread of its own reads what
comes; whoever asks waits for an answer with a bound, so that a compositor that hangs stops nobody for good.
"""

import contextlib
import os
import select
import socket
import threading
from typing import Any

from flowdesk.drivers.wayland import session
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import say

PATIENCE = 3.0
"""Seconds that the compositor may take to answer."""


class Connection:
    """A connection. Requests are made with ``lock`` held; events come on its own thread, with the same lock held."""

    def __init__(self) -> None:
        """Connect and learn what there is.

        Raises:
            DesktopUnavailable: If there is no compositor, or it refuses.
        """
        from flowdesk.drivers.wayland import protocol

        protocol.CORE.WlRegistry.registry.clear()  # what is left of a connection that is closed must not get the objects of this one
        self.lock = threading.RLock()
        self.lost = threading.Event()
        self.outputs: dict[int, Output] = {}
        self._globals: dict[str, Any] = {}
        self._display: Any = protocol.DISPLAY()
        try:
            self._display.connect()
        except ValueError as refused:
            raise DesktopUnavailable(
                say("The Wayland compositor does not respond at {name}.", name=os.environ.get("WAYLAND_DISPLAY", "")),
                say("Start flowdesk from a terminal in the session."),
            ) from refused
        self._bell_out, self._bell_in = socket.socketpair()
        self._thread = threading.Thread(target=self._read, name="flowdesk-wayland", daemon=True)
        with self.lock:
            self._registry: Any = self._display.get_registry()
            self._registry.dispatcher["global"] = self._learn
            self._registry.dispatcher["global_remove"] = self._forget
            self._display.flush()
        self._thread.start()
        for _ in range(2):
            self.roundtrip()

    def close(self) -> None:
        """End it: what it holds down is released by the compositor. Idempotent."""
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            with contextlib.suppress(OSError):
                self._bell_in.send(b"x")
            self._thread.join(5)
        with self.lock:
            if self._display is not None:
                display, self._display = self._display, None
                self.lost.set()
                display.disconnect()
                self._bell_in.close()
                self._bell_out.close()

    def has(self, interface: Any) -> bool:
        """Whether the compositor offers an interface."""
        return interface.name in self._globals

    def get(self, interface: Any) -> Any:
        """Return the compositor's object of an interface.

        Raises:
            DesktopUnavailable: If it has none.
        """
        found = self._globals.get(interface.name)
        if found is None:
            raise DesktopUnavailable(
                say("This compositor does not offer {name}.", name=interface.name), session.elsewhere()
            )
        return found

    def flush(self) -> None:
        """Send what was asked, with the lock held.

        Raises:
            DesktopUnavailable: If the compositor is gone.
        """
        if self._display is None or self.lost.is_set():
            raise session.lost()
        self._display.flush()

    def roundtrip(self, patience: float = PATIENCE) -> None:
        """Wait until the compositor has done all that was asked.

        Raises:
            DesktopUnavailable: If it is gone, or does not answer.
        """
        done = threading.Event()

        def told(_callback: Any, _serial: int) -> None:
            done.set()

        with self.lock:
            self.flush()
            callback = self._display.sync()
            callback.dispatcher["done"] = told
            self.flush()
        self.wait(done, patience)

    def wait(self, done: threading.Event, patience: float = PATIENCE) -> None:
        """Wait for an event of the compositor.

        Raises:
            DesktopUnavailable: If the compositor is gone, or the event does not come.
        """
        if not done.wait(patience) or self.lost.is_set():
            if self.lost.is_set():
                raise session.lost()
            raise DesktopUnavailable(
                say("The Wayland compositor did not respond within {seconds} s.", seconds=patience),
                say("Check that the screen is on and the session is not locked."),
            )

    def _learn(self, registry: Any, number: int, name: str, version: int) -> None:
        from flowdesk.drivers.wayland import protocol

        core = protocol.CORE
        if name == core.WlOutput.name:
            self.outputs[number] = Output(registry.bind(number, core.WlOutput, min(version, core.WlOutput.version)))
        known = (core.WlSeat, core.WlShm, protocol.KEYBOARDS, protocol.POINTERS, protocol.FRAMES, protocol.DEVICES)
        wanted = next((each for each in known if each.name == name), None)
        if wanted is not None and name not in self._globals:
            self._globals[name] = registry.bind(number, wanted, min(version, wanted.version))

    def _forget(self, _registry: Any, number: int) -> None:
        self.outputs.pop(number, None)

    def _read(self) -> None:
        """Read what comes until it ends; the lock is not held while nothing comes."""
        number = self._display.get_fd()
        try:
            while True:
                ready, _, _ = select.select([number, self._bell_out], [], [])
                if self._bell_out in ready:
                    return
                with self.lock:
                    self._display.read()
                    self._display.dispatch()
                    self._display.flush()
        except (RuntimeError, OSError, ValueError):
            self.lost.set()


class Output:
    """A monitor as Wayland tells it."""

    def __init__(self, proxy: Any) -> None:
        """Listen to what is told of it."""
        self.proxy = proxy
        self.name = ""
        self.corner = (0, 0)
        proxy.dispatcher["geometry"] = self._place
        proxy.dispatcher["name"] = self._call

    def _place(self, _proxy: Any, x: int, y: int, *_: object) -> None:
        self.corner = (x, y)

    def _call(self, _proxy: Any, name: str) -> None:
        self.name = name


_lock = threading.Lock()
_shared: list[Connection] = []


def shared() -> Connection:
    """Return this process's connection, made when it is first needed, and anew where the old one is lost.

    Raises:
        DesktopUnavailable: If this session cannot be driven.
        MissingPiece: If the library is not installed.
    """
    with _lock:
        if _shared and not _shared[0].lost.is_set():
            return _shared[0]
        session.check()
        while _shared:
            _shared.pop().close()
        _shared.append(Connection())
        return _shared[0]


def close_shared() -> None:
    """End this process's connection, if it has one."""
    with _lock:
        while _shared:
            _shared.pop().close()
