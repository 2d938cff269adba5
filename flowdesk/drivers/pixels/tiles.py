"""Which parts of a shot to read: where there is anything at all, and where text seems to be that was not read. Pure."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.pixels.screen import Pixels, Shot, in_grey
from flowdesk.model.geometry import Box

_STEP = 6
"""By more than this neighbours differ where there is something; gradients of a desktop differ by less."""

_CELL = 8
"""Pixels across of the cells in which that is asked."""

_RULE = 100
"""Edges that are straight for so many pixels are frames and rules, not letters."""

_CORNER = 5
"""Pixels across of what goes with them where two of them meet."""

_APART = (40, 80, 160)
"""Islands are further apart than so many pixels; than more where there would be too many."""

_EDGE = 16
"""Pixels around an island that are read with it."""

_ISLANDS = 12
"""A shot with more islands is read whole."""

_STROKE = 7
"""Pixels: what is wider is no stroke of a letter."""

_CONTRAST = 30
"""By so much a stroke differs from its ground."""

_LETTER_HEIGHT, _LETTER_WIDTH = 40, 60
"""Pixels of the largest letter; what is larger is a frame or a picture."""

_GAP = 9
"""Over how many pixels letters are joined to words."""

_LOW, _NARROW = 5, 12
"""Pixels of the lowest and the narrowest word."""

_ROOM = 48
"""Pixels around a tile, and between two that become one."""

_WIDE, _TALL = 640, 460
"""How large a tile is at most: what is larger is read in several."""

_MOST = 8
"""So many tiles are read."""


def islands(shot: Shot) -> list[Box] | None:
    """Return boxes of the virtual desktop outside of which a shot is plain, but for frames; ``None`` where they are too many.

    A plain ground beside a text costs time, and the text itself where it is small: the detector overlooks it.
    """
    cells = _edged_cells(shot.pixels)
    for apart in _APART:
        size = apart // _CELL | 1
        joined = cv2.dilate(cells, np.ones((size, size), np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        around = size // 2 * _CELL - _EDGE
        boxes = _merged([
            Box(shot.origin.x + x * _CELL + around, shot.origin.y + y * _CELL + around,
                width * _CELL - 2 * around, height * _CELL - 2 * around).intersection(shot.box)
            for x, y, width, height, _ in stats[1:count].tolist()
        ])  # fmt: skip
        if len(boxes) <= _ISLANDS:
            return boxes
    return None


def _edged_cells(pixels: Pixels) -> Pixels:
    """Return which cells of some pixels hold edges other than long straight ones."""
    cells = np.zeros([-(-side // _CELL) for side in pixels.shape[:2]], np.uint8)
    for axis, rule in ((1, (_RULE, 1)), (0, (1, _RULE))):
        before, after = (pixels[:, :-1], pixels[:, 1:]) if axis else (pixels[:-1], pixels[1:])
        apart = cv2.absdiff(before, after)
        strongest = cv2.max(cv2.max(apart[..., 0], apart[..., 1]), apart[..., 2])
        _, edges = cv2.threshold(strongest, _STEP, 1, cv2.THRESH_BINARY)
        rules = cv2.morphologyEx(edges, cv2.MORPH_OPEN, np.ones(rule, np.uint8))
        edges[cv2.dilate(rules, np.ones((_CORNER, _CORNER), np.uint8)) > 0] = 0
        rows, columns = (-side % _CELL for side in edges.shape)
        whole = cv2.copyMakeBorder(edges, 0, rows, 0, columns, cv2.BORDER_CONSTANT, value=0)
        height, width = whole.shape[0] // _CELL, whole.shape[1] // _CELL
        found = cv2.dilate(whole, np.ones((_CELL, _CELL), np.uint8), anchor=(0, 0))[::_CELL, ::_CELL]
        np.maximum(cells[:height, :width], found, out=cells[:height, :width])
    return cells


def _merged(boxes: list[Box]) -> list[Box]:
    """Join boxes that overlap, until none do."""
    apart: list[Box] = []
    for box in boxes:
        while touching := [other for other in apart if not other.intersection(box).is_empty]:
            apart = [other for other in apart if other not in touching]
            box = union([box, *touching])
        apart.append(box)
    return apart


def union(boxes: list[Box]) -> Box:
    """Return the smallest box around some."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def unread(shot: Shot, lines: Iterable[Box]) -> list[Box]:
    """Return boxes of the virtual desktop in which something looks like text and was not read: those with most first."""
    words = _words(in_grey(shot.pixels))
    for line in lines:
        left, top = line.x - shot.origin.x - 4, line.y - shot.origin.y - 4
        words[max(0, top) : top + line.height + 8, max(0, left) : left + line.width + 8] = 0
    if not words.any():
        return []
    areas = cv2.dilate(words[::2, ::2], np.ones((_ROOM // 2 + 1, _ROOM // 2 + 1), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(areas, connectivity=8)
    tiles: list[tuple[int, Box]] = []
    for x, y, across, down in (2 * stats[1:count, :4]).tolist():
        for left in range(x, x + across, _WIDE):
            for top in range(y, y + down, _TALL):
                right, bottom = min(left + _WIDE + _ROOM, x + across), min(top + _TALL + _ROOM, y + down)
                weight = int(words[top:bottom, left:right].sum())
                tiles.append((weight, Box(left, top, right - left, bottom - top)))
    tiles.sort(key=lambda tile: -tile[0])
    boxes = (Box(shot.origin.x + box.x, shot.origin.y + box.y, box.width, box.height) for _, box in tiles[:_MOST])
    return [box.intersection(shot.box) for box in boxes]


def _words(grey: Pixels) -> Pixels:
    """Mark what looks like words: rows of small things made of strokes, dark on light or light on dark."""
    square = np.ones((_STROKE, _STROKE), np.uint8)
    words = np.zeros_like(grey)
    for kind in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        strokes = (cv2.morphologyEx(grey, kind, square) > _CONTRAST).astype(np.uint8)
        letters = _of_size(strokes, (1, _LETTER_HEIGHT), (1, _LETTER_WIDTH))
        joined = cv2.dilate(letters, np.ones((1, _GAP), np.uint8))
        words |= _of_size(np.asarray(joined, np.uint8), (_LOW, _LETTER_HEIGHT), (_NARROW, grey.shape[1]))
    return words


def _of_size(marks: Pixels, heights: tuple[int, int], widths: tuple[int, int]) -> Pixels:
    """Keep the connected marks of some heights and widths."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    height, width = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
    fits: NDArray[np.bool_] = (height >= heights[0]) & (height <= heights[1]) & (width >= widths[0])
    fits &= width <= widths[1]
    fits[0] = False
    return np.asarray(fits.astype(np.uint8)[labels], np.uint8)
