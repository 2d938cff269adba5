"""Pictures of the screen by wlr-screencopy, in the words of ``mss``, which ``drivers.pixels.screen`` uses elsewhere."""

import mmap
import os
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.wayland import connection, screens, session
from flowdesk.drivers.wayland.unix import memory_file
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say

_BLUE_FIRST = frozenset({0, 1})
"""``wl_shm`` formats whose bytes are blue, green, red and something."""
_RED_FIRST = frozenset({0x34324241, 0x34324258})
"""Those whose bytes are red, green, blue and something."""
_UPSIDE_DOWN = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels: blue, green, red and something."""

    raw: bytes
    width: int
    height: int


class Screen:
    """Takes pictures. May be used from any thread."""

    def __init__(self) -> None:
        """Connect.

        Raises:
            DesktopUnavailable, MissingPiece: If this session cannot be seen.
        """
        connection.shared()
        self._monitors: Any = None

    @property
    def monitors(self) -> list[dict[str, Any]]:
        """The frame of all monitors, then that of each."""
        whole = _entry(screens.whole(), "")
        return [whole, *(_entry(screens.box_of(each), str(each["name"])) for each in screens.outputs())]

    def grab(self, area: dict[str, int]) -> Picture:
        """Take a part of the screen.

        Raises:
            DesktopUnavailable: If the compositor does not give it.
        """
        box = Box(area["left"], area["top"], area["width"], area["height"])
        pixels = np.zeros((box.height, box.width, 4), np.uint8)
        for output in screens.outputs():
            frame = screens.box_of(output)
            part = box.intersection(frame)
            if part.is_empty:
                continue
            inner = Box(part.x - frame.x, part.y - frame.y, part.width, part.height)
            rows = slice(part.y - box.y, part.bottom - box.y)
            pixels[rows, part.x - box.x : part.right - box.x] = _taken(str(output["name"]), frame, inner)
        return Picture(pixels.tobytes(), box.width, box.height)

    def close(self) -> None:
        """There is nothing of its own to close."""


def _entry(box: Box, name: str) -> dict[str, Any]:
    return {"left": box.x, "top": box.y, "width": box.width, "height": box.height, "name": name}


class _Frame:
    """One picture of a part of an output, until the compositor has written it."""

    def __init__(self, line: connection.Connection, output: Any, part: Box) -> None:
        from flowdesk.drivers.wayland import protocol

        self._line = line
        self._shape: tuple[int, ...] = ()
        self._is_turned = self._has_failed = False
        self._sized, self._done = threading.Event(), threading.Event()
        with line.lock:
            self._copy = line.get(protocol.FRAMES).ask("capture_output_region", 0, output, *part)
            self._copy.dispatcher["buffer"] = self._size
            self._copy.dispatcher["flags"] = self._turn
            self._copy.dispatcher["ready"] = self._finish
            self._copy.dispatcher["failed"] = self._fail
            line.flush()

    def _size(self, _copy: Any, *shape: int) -> None:
        self._shape = shape
        self._sized.set()

    def _turn(self, _copy: Any, flags: int) -> None:
        self._is_turned = bool(flags & _UPSIDE_DOWN)

    def _finish(self, *_told: Any) -> None:
        self._done.set()

    def _fail(self, _copy: Any) -> None:
        self._has_failed = True
        self._sized.set()
        self._done.set()

    def _wait(self, event: threading.Event) -> None:
        self._line.wait(event)
        if self._has_failed:
            raise _refused()

    def pixels(self) -> NDArray[np.uint8]:
        """Have it written into memory of ours, and return it."""
        from flowdesk.drivers.wayland import protocol

        made: list[Any] = []
        number = memory_file("flowdesk-picture")
        try:
            self._wait(self._sized)
            kind, width, height, stride = self._shape
            os.ftruncate(number, stride * height)
            with self._line.lock:
                made.append(self._line.get(protocol.CORE.WlShm).create_pool(number, stride * height))
                made.append(made[0].create_buffer(0, width, height, stride, kind))
                self._copy.ask("copy", made[1])
                self._line.flush()
            self._wait(self._done)
            with mmap.mmap(number, stride * height) as data:
                rows = np.frombuffer(bytes(data), np.uint8).reshape(height, stride)[:, : width * 4]
            return _blue_first(rows.reshape(height, width, 4), kind, is_turned=self._is_turned)
        finally:
            os.close(number)
            with self._line.lock:
                if not self._line.lost.is_set():
                    for each in reversed(made):
                        each.destroy()
                    self._copy.ask("destroy")


def _taken(name: str, frame: Box, part: Box) -> NDArray[np.uint8]:
    line = connection.shared()
    outputs = tuple(line.outputs.values())
    output = next((each for each in outputs if each.name == name), None)
    output = output or next((each for each in outputs if each.corner == (frame.x, frame.y)), None)
    if output is None:
        screens.forget()
        raise _refused()
    return _Frame(line, output.proxy, part).pixels()


def _blue_first(pixels: NDArray[np.uint8], kind: int, *, is_turned: bool) -> NDArray[np.uint8]:
    if kind in _RED_FIRST:
        pixels = pixels[:, :, [2, 1, 0, 3]]
    elif kind not in _BLUE_FIRST:
        raise DesktopUnavailable(
            say("The compositor gives pictures in a format that flowdesk does not read ({kind}).", kind=hex(kind)),
            session.elsewhere(),
        )
    return pixels[::-1] if is_turned else pixels


def _refused() -> DesktopUnavailable:
    return DesktopUnavailable(
        say("The compositor did not give a picture of the screen."),
        say("Check that the screen is on and the session is not locked."),
    )
