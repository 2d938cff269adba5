"""The screen as it changes, for people who watch from afar: one grab for all of them, and pictures of parts of it.

A look at a screen of 1600x1000 that stands still takes 1.6 ms, a JPEG of all of it 4.4 ms. Everything here blocks for
that long: call it from a worker thread.
"""

import threading
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.pixels import screen
from flowdesk.engine.ports import Encoded
from flowdesk.model.geometry import Box

TILE = 64
"""Pixels of the squares in which changes are told; every offered scale makes whole pixels of them."""

MOST_BOXES = 12
"""More changed boxes than this are told as one."""

_CRISP = 200 * 200
"""Pixels up to which a part is sent without loss: letters being typed, a button that lights up."""


class LiveScreen:
    """The last grab, and what changed in it. Call it from one thread at a time."""

    def __init__(self) -> None:
        """Take nothing yet."""
        self._lock = threading.Lock()
        self._raw: NDArray[np.uint32] | None = None
        self._box = Box(0, 0, 0, 0)

    @property
    def box(self) -> Box:
        """The desktop as of the last look."""
        return self._box

    def look(self) -> Sequence[Box]:
        """Grab the screen and return the boxes in which pixels changed since the last look; at first all of it.

        Raises:
            DesktopUnavailable: If the screen cannot be read.
        """
        raw, box = screen.grab_raw()
        with self._lock:
            before, self._raw = self._raw, raw
            is_same_screen = before is not None and box == self._box
            self._box = box
        if before is None or not is_same_screen:
            return (box,)
        if np.array_equal(before, raw):
            return ()
        return tuple(Box(box.x + part.x, box.y + part.y, part.width, part.height) for part in changed(before, raw))

    def encode(self, box: Box, scale: float, quality: int) -> Encoded:
        """Return a part of the last grab, made smaller: PNG where it is small, JPEG else."""
        with self._lock:
            raw, whole = self._raw, self._box
        part = box.intersection(whole)
        if raw is None or part.is_empty:
            return Encoded(Box(0, 0, 0, 0), "png", b"")
        x, y = part.x - whole.x, part.y - whole.y
        cut = np.ascontiguousarray(raw[y : y + part.height, x : x + part.width])
        pixels = cv2.cvtColor(cut.view(np.uint8).reshape(part.height, part.width, 4), cv2.COLOR_BGRA2BGR)
        if scale < 1:
            size = max(1, round(part.width * scale)), max(1, round(part.height * scale))
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        if part.width * part.height <= _CRISP:
            _, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 2])
            return Encoded(part, "png", encoded.tobytes())
        options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, _FULL_COLOUR]
        _, encoded = cv2.imencode(".jpg", pixels, options)
        return Encoded(part, "jpeg", encoded.tobytes())


_FULL_COLOUR = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
"""Colour as sharp as brightness: coloured letters stay readable."""


def changed(before: NDArray[np.uint32], now: NDArray[np.uint32]) -> list[Box]:
    """Return boxes that hold every pixel that differs, made of tiles; one box where they are many.

    Args:
        before: Rows, columns: pixels.
        now: Of the same shape.
    """
    height, width = now.shape
    rows = np.logical_or.reduceat(before != now, range(0, height, TILE), axis=0)
    tiles = np.logical_or.reduceat(rows, range(0, width, TILE), axis=1)
    runs: list[list[int]] = []
    """Left, top, right, bottom, in tiles."""
    for row in range(tiles.shape[0]):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], tiles[row].astype(np.int8), [0]))))
        for left, right in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            above = next((run for run in runs if run[0] == left and run[2] == right and run[3] == row), None)
            if above is None:
                runs.append([left, row, right, row + 1])
            else:
                above[3] = row + 1
    if len(runs) > MOST_BOXES or tiles.sum() > tiles.size * 0.6:
        left, top = min(run[0] for run in runs), min(run[1] for run in runs)
        runs = [[left, top, max(run[2] for run in runs), max(run[3] for run in runs)]]
    whole = Box(0, 0, width, height)
    return [
        Box(left * TILE, top * TILE, (right - left) * TILE, (bottom - top) * TILE).intersection(whole)
        for left, top, right, bottom in runs
    ]
