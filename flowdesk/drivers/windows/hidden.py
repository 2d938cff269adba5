"""A window that is never shown, and the thread that it lives on: how Windows tells a program anything.

Whatever is done with such a window is done on its thread, which runs jobs between messages.
"""

import contextlib
import ctypes
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from ctypes import wintypes as w
from typing import Any, TypeVar

from flowdesk.drivers.windows import api
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import say

T = TypeVar("T")
Answer = Callable[[int, int, int], int | None]
"""Called with message, ``wparam`` and ``lparam``; ``None`` leaves the message to Windows."""
ONLY_MESSAGES = -3
"""Parent of windows that are no windows (``HWND_MESSAGE``)."""
_WAKE = 0x8000 + 77
_REMOVE, _ALL_INPUT, _AVAILABLE = 1, 0x4FF, 4
PATIENCE = 10.0
"""Seconds that a job may take."""


class HiddenWindow:
    """The window, and its thread."""

    def __init__(
        self, kind: str, answer: Answer, *, look: Callable[[], None] | None = None, pause: float = 1.0
    ) -> None:
        """Start the thread and make the window.

        Args:
            kind: The name of its class.
            answer: Gets the messages, on the thread.
            look: Called on the thread every ``pause`` seconds.
            pause: Seconds between two looks.

        Raises:
            DesktopUnavailable: If Windows makes none.
        """
        self._kind, self._answer, self._look, self._pause = kind, answer, look, pause
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._is_ending = False
        self.number = 0
        made: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(made,), name=kind, daemon=True)
        self._thread.start()
        made.result(PATIENCE)

    def do(self, job: Callable[[], T]) -> T:
        """Run a job on the thread and return what it returns; at once where this is the thread."""
        if threading.current_thread() is self._thread:
            return job()
        if not self._thread.is_alive():
            raise DesktopUnavailable(say("flowdesk has released the desktop."), say("Start the flow again."))
        future: Future[T] = Future()
        self._jobs.put((job, future))
        api.user().PostMessageW(self.number, _WAKE, 0, 0)
        return future.result(PATIENCE)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def close(self) -> None:
        """End window and thread. Idempotent."""
        if self._thread.is_alive():
            self._is_ending = True
            api.user().PostMessageW(self.number, _WAKE, 0, 0)
            self._thread.join(5)

    def _run(self, made: "Future[None]") -> None:
        user = api.user()
        procedure = api.callback(ctypes.c_ssize_t, api.Handle, w.UINT, w.WPARAM, w.LPARAM)(self._receive)
        try:
            self.number = _make(self._kind, procedure)
            made.set_result(None)
        except BaseException as failure:  # noqa: BLE001 - the waiting caller gets it
            made.set_exception(failure)
            return
        message = api.Message()
        while not self._is_ending:
            user.MsgWaitForMultipleObjectsEx(0, None, int(self._pause * 1000), _ALL_INPUT, _AVAILABLE)
            while user.PeekMessageW(ctypes.byref(message), None, 0, 0, _REMOVE):
                if message.window is None:  # to the thread, as hot keys are
                    self._receive(0, message.message, message.wparam, message.lparam)
                user.DispatchMessageW(ctypes.byref(message))
            self._work()
            if self._look is not None:
                self._look()
        self._work()
        user.DestroyWindow(self.number)

    def _work(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                job, future = self._jobs.get_nowait()
                try:
                    future.set_result(job())
                except BaseException as failure:  # noqa: BLE001 - the waiting caller gets it
                    future.set_exception(failure)

    def _receive(self, window: int | None, message: int, wparam: int, lparam: int) -> int:
        answered = self._answer(message, wparam, lparam)
        if answered is not None:
            return answered
        return int(api.user().DefWindowProcW(window, message, wparam, lparam)) if window else 0


_classes: dict[str, Any] = {}
_making = threading.Lock()


def _make(kind: str, procedure: Any) -> int:
    """Make a window of a class of its own: the procedure belongs to the class, and lives as long as the process."""
    user = api.user()
    instance = api.kernel().GetModuleHandleW(None)
    with _making:
        name = f"{kind}-{len(_classes)}"
        about = api.WindowClass(procedure=ctypes.cast(procedure, ctypes.c_void_p), instance=instance, name=name)
        _classes[name] = (about, procedure)
    if not user.RegisterClassW(ctypes.byref(about)):
        raise _impossible()
    number = user.CreateWindowExW(0, name, kind, 0, 0, 0, 0, 0, ctypes.c_void_p(ONLY_MESSAGES), None, instance, None)
    if not number:
        raise _impossible()
    return int(number)


def _impossible() -> DesktopUnavailable:
    return DesktopUnavailable(
        say("Windows did not create the window that flowdesk listens with: {reason}", reason=api.reason()),
        say("Start flowdesk in the session of a logged-in user."),
    )
