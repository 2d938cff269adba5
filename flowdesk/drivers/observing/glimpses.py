"""What the active window looked like from one look to the next: what is pressed was there since when? Looks at pixels only."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.pixels.screen import Shot
from flowdesk.model.geometry import Box, Point

KEPT = 3
"""Pictures of the active window that are kept whole."""
FRAMES = 40
"""Small ones that are kept, one for each change."""
APART = 0.2
"""Seconds between two of them."""
AWAY = 60
"""Pixels from which on the pointer lights up another thing."""
_SMALLER = 2
_OTHER = 20
"""By so much a grey value has to change to be another one."""
_SAME, _CARET = 0.002, 12
"""The part of a box, or so many pixels, that may change in what still looks the same: a caret blinks."""
_AROUND = 4


@dataclass(frozen=True)
class Glimpse:
    """What a window, or what else was uppermost, looked like while the pointer was somewhere."""

    at: float
    window: int
    pointer: Point
    shot: Shot


@dataclass
class _Frame:
    """The grey values of a window, small, and from when to when it looked so."""

    at: float
    until: float
    pointers: list[Point]
    """Where the pointer came first and last while it looked so."""
    box: Box
    grey: NDArray[np.uint8]

    def part(self, box: Box) -> NDArray[np.uint8]:
        x, y = (box.x - self.box.x) // _SMALLER, (box.y - self.box.y) // _SMALLER
        across, down = max(1, box.width // _SMALLER), max(1, box.height // _SMALLER)
        return self.grey[max(0, y) : y + down, max(0, x) : x + across]


class Glimpses:
    """The last looks of one window."""

    def __init__(self) -> None:
        """Have seen nothing."""
        self.whole: deque[Glimpse] = deque(maxlen=KEPT)
        self._frames: deque[_Frame] = deque(maxlen=FRAMES)
        self._window = 0

    def is_due(self, at: float) -> bool:
        """Whether it is time to look again."""
        return not self.whole or at - self.whole[-1].at >= APART

    def keep(self, glimpse: Glimpse) -> None:
        """Keep what a window looks like."""
        self.whole.append(glimpse)
        box = glimpse.shot.box
        if self._window != glimpse.window or (self._frames and self._frames[-1].box != box):
            self._frames.clear()
        self._window = glimpse.window
        grey = _small(glimpse.shot)
        last = self._frames[-1] if self._frames else None
        if last is not None and last.grey.shape == grey.shape and _changed(last.grey, grey) == 0:
            last.until = glimpse.at
            last.pointers[1:] = [glimpse.pointer]
        else:
            self._frames.append(_Frame(glimpse.at, glimpse.at, [glimpse.pointer], box, grey))

    def clear(self) -> None:
        """Let go of all that is kept."""
        self.whole.clear()
        self._frames.clear()

    def took(self, window: int, box: Box, since: float) -> float:
        """Return how many seconds after a time a box of a window came to look as it does; 0 where it did before, or nobody knows."""
        if window != self._window:
            return 0.0
        around = Box(box.x - _AROUND, box.y - _AROUND, box.width + 2 * _AROUND, box.height + 2 * _AROUND)
        unlit = [frame for frame in self._frames if not all(map(around.contains, frame.pointers))]
        if not unlit:
            return 0.0
        now = unlit[-1].part(box)
        for frame, later in _backwards(unlit):
            part = frame.part(box)
            if part.shape != now.shape or _changed(part, now) > max(_CARET, _SAME * now.size):
                return max(0.0, later.at - since) if later is not frame and later.at > since else 0.0
            if frame.at <= since:
                return 0.0
        return 0.0


def is_away(pointer: Point, point: Point) -> bool:
    """Whether a pointer is so far from a point that it does not light up what is there."""
    return abs(pointer.x - point.x) + abs(pointer.y - point.y) > AWAY


def _backwards(frames: list[_Frame]) -> Iterator[tuple[_Frame, _Frame]]:
    """Yield the frames from the last one on, each with the one after it."""
    for index in range(len(frames) - 1, -1, -1):
        yield frames[index], frames[min(index + 1, len(frames) - 1)]


def _small(shot: Shot) -> NDArray[np.uint8]:
    import cv2

    pixels: Any = cv2.cvtColor(np.ascontiguousarray(shot.pixels[:, :, :3]), cv2.COLOR_BGR2GRAY)
    height, width = pixels.shape
    size = (max(1, width // _SMALLER), max(1, height // _SMALLER))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _changed(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    """Return how many of some grey values differ."""
    return int(np.count_nonzero(np.abs(one.astype(np.int16) - other.astype(np.int16)) > _OTHER))
