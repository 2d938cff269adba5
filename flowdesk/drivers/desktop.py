"""The desktop of this machine: put together when the first run needs it, taken apart at the end.

Nothing heavy is imported and no connection is made before ``open``. Which parts those are is chosen in ``platforms``.
"""

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flowdesk.aio import in_thread
from flowdesk.drivers.platforms import platform
from flowdesk.drivers.turns import take_in_turn
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.drivers.x11 import connection as x11
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Check, Desktop
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say

EYES = 2
"""Threads that look (pictures, OCR, elements)."""


class RealDesktopDriver:
    """Implements ``engine.ports.DesktopDriver``. All methods may be called from any thread."""

    def __init__(self, process: str = "flowdesk") -> None:
        """Touch nothing yet. ``process`` is what this one is called where another one stops its runs."""
        self._process = process
        self._listener: Any = None
        self._hearing = threading.Lock()
        self._askers: list[Callable[[str], Sequence[str]]] = []
        self._lock = threading.Lock()
        self._parts: _Parts | None = None
        self._standby: Any = None
        self._stops: list[Callable[[str], None]] = []
        self._losses: list[Callable[[FlowdeskError], None]] = []

    def open(self, brake: Brake) -> Desktop:
        """Give a run its access.

        Raises:
            DesktopUnavailable: If no input could arrive: no display, Wayland, no XTEST.
            MissingPiece: If a library is missing.
        """
        with self._lock:
            if self._parts is not None and self._parts.is_lost:
                self._parts.close()
                self._parts = None
            if self._parts is None:
                self._end_standby()
                self._parts = _Parts(self._stop_all, self._tell_lost)
            return self._parts.desktop(brake)

    def require(self, needs: Mapping[str, str]) -> None:
        """Return where a run may begin that needs the desktop.

        Raises:
            DesktopUnavailable: If this session withholds something of it.
        """
        platform().require(needs)

    def checks(self) -> Sequence[Check]:
        """Say what this desktop can do and what it lacks."""
        from flowdesk.drivers.doctor import checks

        return checks()

    def on_emergency(self, stop: Callable[[str], None]) -> None:
        """Call ``stop(reason)`` from the emergency thread, from the first ``open`` on."""
        self._stops.append(stop)

    def on_stop_asked(self, stop: Callable[[str], Sequence[str]]) -> None:
        """Call ``stop(reason)`` from a thread of its own when another process stops all runs, once ``hear_stops`` was called."""
        self._askers.append(stop)

    def hear_stops(self) -> None:
        """Begin to hear other processes. Does not wait; nothing where it hears already."""
        with self._hearing:  # not the other lock, which is held as long as a desktop is opened
            if self._listener is None or not self._listener.is_alive:
                if self._listener is not None:
                    self._listener.close()
                self._listener = platform().open_listener(self._process, self._stop_asked)

    def stand_by(self) -> None:
        """Begin to hear the keys of the emergency stop although nothing acts here.

        The corners do not count: whoever works on this desktop comes there, and nothing moves the pointer against them.
        """
        from flowdesk.drivers.x11.emergency import EmergencyWatch

        with self._lock, contextlib.suppress(FlowdeskError):
            if self._parts is None and self._standby is None and x11.is_x11():
                self._standby = EmergencyWatch(self._stop_all, self._forget_standby, has_corners=False)

    def _forget_standby(self) -> None:
        self._standby = None

    def _end_standby(self) -> None:
        standby, self._standby = self._standby, None
        if standby is not None:
            standby.close()

    def _stop_asked(self) -> Sequence[str]:
        reason = say("Stopped by flowdesk stop.")
        names = [name for stop in tuple(self._askers) for name in stop(reason)]
        self.release_all()
        return names

    def on_lost(self, tell: Callable[[FlowdeskError], None]) -> None:
        """Call ``tell(error)`` when the display is gone, from the emergency thread, from the first ``open`` on."""
        self._losses.append(tell)

    async def claim(self, holder: str) -> str | None:
        """Take the desktop for a run, unless another flowdesk has it or waits for it: return what the one that has it says it is doing."""
        parts = self._parts
        if parts is None or parts.is_lost:
            return None

        def take() -> str | None:
            with x11.telling_loss():
                return take_in_turn(parts.claim, holder)

        return await in_thread(take, "flowdesk.claim")

    def yield_claim(self) -> None:
        """Let other processes take the desktop, and wait for it no longer."""
        parts = self._parts
        if parts is not None:
            parts.claim.let_go()

    def release_all(self) -> None:
        """Release what any run holds down. Blocks a few ms at most."""
        parts = self._parts
        if parts is not None:
            parts.held.release_all()

    def close(self) -> None:
        """End the threads and connections. Idempotent; a later ``open`` begins anew."""
        with self._lock:
            parts, self._parts = self._parts, None
            self._end_standby()
        with self._hearing:
            listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        if parts is not None:
            parts.close()

    def _stop_all(self, reason: str) -> None:
        for stop in tuple(self._stops):
            stop(reason)
        self.release_all()

    def _tell_lost(self) -> None:
        for tell in tuple(self._losses):
            tell(x11.display_gone())


class _Parts:
    """Everything that the driver starts, in the order in which it needs each other."""

    def __init__(self, stop: Callable[[str], None], tell_lost: Callable[[], None]) -> None:
        from flowdesk.drivers.beside import LookPool
        from flowdesk.drivers.memory import Memory
        from flowdesk.drivers.x11.inputthread import InputThread

        self._closers: list[Callable[[], None]] = []
        self._tell_lost = tell_lost
        self.is_lost = False
        """Whether the display that these parts are connected to is gone."""
        try:
            system = platform()
            self.held: Any = self._opened(system.open_held())
            self.claim: Any = self._opened(system.open_claim())
            self._windows: WindowSystem = self._opened(system.open_windows())
            self._clipboard = self._opened(system.open_clipboard())
            self._closers.append(self._clipboard.hand_over)
            self._thread = self._opened(InputThread(lambda: system.make_devices(self.held, self._clipboard)))
            self._opened(system.open_emergency(stop, self._lose, lambda: self._thread.placed))
        except BaseException:
            self.close()
            raise
        self._pool = self._opened(LookPool(EYES))
        self._memory = Memory()

    def _lose(self) -> None:
        self.is_lost = True
        self._tell_lost()

    def _opened(self, part: Any) -> Any:
        self._closers.append(part.close)
        return part

    def desktop(self, brake: Brake) -> Desktop:
        """Bind all of it to a run's brake."""
        from flowdesk.drivers.real import RealDesktop

        return RealDesktop(
            brake,
            thread=self._thread,
            held=self.held,
            clipboard=self._clipboard,
            windows=self._windows,
            pool=self._pool,
            memory=self._memory,
        )

    def close(self) -> None:
        """Close the parts, last first."""
        while self._closers:
            with x11.surviving_loss():
                self._closers.pop()()
