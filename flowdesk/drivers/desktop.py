"""The desktop of this machine: put together when the first run needs it, taken apart at the end.

Nothing heavy is imported and no connection is made before ``open``. Input on Windows and macOS goes through
``flowdesk.drivers.input_other``, which has not been tried there.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flowdesk.drivers import x11
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Check, Desktop

EYES = 2
"""Threads that look (pictures, OCR, elements)."""


class RealDesktopDriver:
    """Implements ``engine.ports.DesktopDriver``. All methods may be called from any thread."""

    def __init__(self) -> None:
        """Touch nothing yet."""
        self._lock = threading.Lock()
        self._parts: _Parts | None = None
        self._stops: list[Callable[[str], None]] = []

    def open(self, brake: Brake) -> Desktop:
        """Give a run its access.

        Raises:
            DesktopUnavailable: If no input could arrive: no display, Wayland, no XTEST.
            MissingPiece: If a library is missing.
        """
        with self._lock:
            if self._parts is None:
                self._parts = _Parts(self._stop_all)
            return self._parts.desktop(brake)

    def checks(self) -> Sequence[Check]:
        """Say what this desktop can do and what it lacks."""
        from flowdesk.drivers.doctor import checks

        return checks()

    def on_emergency(self, stop: Callable[[str], None]) -> None:
        """Call ``stop(reason)`` from the emergency thread, from the first ``open`` on."""
        self._stops.append(stop)

    def release_all(self) -> None:
        """Release what any run holds down. Blocks a few ms at most."""
        parts = self._parts
        if parts is not None:
            parts.held.release_all()

    def close(self) -> None:
        """End the threads and connections. Idempotent; a later ``open`` begins anew."""
        with self._lock:
            parts, self._parts = self._parts, None
        if parts is not None:
            parts.close()

    def _stop_all(self, reason: str) -> None:
        for stop in tuple(self._stops):
            stop(reason)
        self.release_all()


class _Parts:
    """Everything that the driver starts, in the order in which it needs each other."""

    def __init__(self, stop: Callable[[str], None]) -> None:
        from flowdesk.drivers.finder import Memory
        from flowdesk.drivers.windows import open_windows

        self._closers: list[Callable[[], None]] = []
        try:
            self.held: Any = self._opened(_open_held())
            self._windows = self._opened(open_windows())
            self._clipboard = self._opened(_open_clipboard())
            self._closers.append(self._clipboard.hand_over)
            self._thread = self._opened(_open_input(self.held, self._clipboard))
            if x11.is_x11():
                from flowdesk.drivers.emergency import EmergencyWatch

                self._opened(EmergencyWatch(stop, lambda: self._thread.placed))
        except BaseException:
            self.close()
            raise
        self._pool = ThreadPoolExecutor(EYES, thread_name_prefix="flowdesk-eyes")
        self._closers.append(lambda: self._pool.shutdown(wait=True, cancel_futures=True))
        self._memory = Memory()

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
            self._closers.pop()()


def _open_held() -> Any:
    if x11.is_x11():
        from flowdesk.drivers.held import HeldDown

        return HeldDown()
    from flowdesk.drivers.input_other import OtherHeld

    return OtherHeld()


def _open_clipboard() -> Any:
    if x11.is_x11():
        from flowdesk.drivers.clipboard import X11Clipboard

        return X11Clipboard()
    from flowdesk.drivers.input_other import OtherClipboard

    return OtherClipboard()


def _open_input(held: Any, clipboard: Any) -> Any:
    from flowdesk.drivers.input import Devices, InputThread

    if x11.is_x11():
        return InputThread(lambda: Devices(held, clipboard))
    from flowdesk.drivers.input_other import OtherDevices

    return InputThread(lambda: OtherDevices(held, clipboard))
