"""`flowdesk stop`: every flowdesk process of a session hears it, without its event loop, and answers what it stopped.

A process with runs keeps a window that is never shown, whose text says what process it is. Who wants to stop sends each of them
a message; the answer is the number of runs, and their names are the window's text then.
"""

import contextlib
import ctypes
import json
import os
from collections.abc import Callable, Sequence

from flowdesk.drivers.stopped import LONGEST, MOST_NAMES, PATIENCE, Answer
from flowdesk.drivers.windows import api
from flowdesk.drivers.windows.hidden import ONLY_MESSAGES, HiddenWindow

KIND = "flowdesk-stop"
_ASK = 0x8000 + 78
_HEARD = 1000
"""Is added to the number of runs, so that no run is an answer, too."""
_NO_HANGS = 0x2
_TEXT = 8192


class StopListener:
    """Hears `flowdesk stop`. ``stop()`` is called from a thread of its own and returns names of runs."""

    def __init__(self, process: str, stop: Callable[[], Sequence[str]]) -> None:
        """Begin to hear."""
        self._about = {"process": process, "pid": os.getpid()}
        self._stop = stop
        self._window = HiddenWindow(KIND, self._hear)
        self._window.do(lambda: self._tell([]))

    @property
    def is_alive(self) -> bool:
        """Whether it hears."""
        return self._window.is_alive

    def close(self) -> None:
        """Hear no more. Idempotent."""
        self._window.close()

    def _hear(self, message: int, wparam: int, lparam: int) -> int | None:
        if message != _ASK:
            return None
        names = list(self._stop())
        self._tell(names)
        return _HEARD + len(names)

    def _tell(self, names: Sequence[str]) -> None:
        text = json.dumps({**self._about, "runs": [name[:LONGEST] for name in names[:MOST_NAMES]]})
        api.user().SetWindowTextW(self._window.number, text)


def stop_everywhere() -> list[Answer]:
    """Stop every run of this session, whatever process it is in. Blocks until all have answered, or a second for each."""
    return [_ask(number) for number in _listeners()]


def _listeners() -> list[int]:
    user = api.user()
    found: list[int] = []
    number = None
    while number := user.FindWindowExW(ctypes.c_void_p(ONLY_MESSAGES), number, None, None):
        if _is_listener(number):
            found.append(int(number))
    return found


def _is_listener(number: int) -> bool:
    from flowdesk.drivers.windows.looks import class_of

    return class_of(number).startswith(KIND)


def _ask(number: int) -> Answer:
    told = ctypes.c_size_t()
    done = api.user().SendMessageTimeoutW(number, _ASK, 0, 0, _NO_HANGS, int(PATIENCE * 1000), ctypes.byref(told))
    text = ctypes.create_unicode_buffer(_TEXT)
    api.user().GetWindowTextW(number, text, _TEXT)
    about = {}
    with contextlib.suppress(ValueError):
        about = json.loads(text.value)
    count = told.value - _HEARD if done and told.value >= _HEARD else None
    return Answer(
        str(about.get("process", "flowdesk")),
        int(about.get("pid", 0)),
        count,
        tuple(map(str, about.get("runs", ()))) if count else (),
    )
