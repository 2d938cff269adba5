"""Alignment guides: where a dragged box lines up with others. Pure geometry."""

from collections.abc import Iterable
from dataclasses import dataclass

from flowdesk.ui.canvas.card import Box


@dataclass(frozen=True, slots=True)
class Guide:
    """A line along which two boxes are aligned, in the scene."""

    x1: float
    y1: float
    x2: float
    y2: float


def guides(box: Box, others: Iterable[Box], reach: float) -> tuple[float, float, list[Guide]]:
    """Find the nearest alignments of a box, one for each axis.

    Args:
        box: The dragged box.
        others: The boxes that it may line up with.
        reach: How far it may be off, in scene pixels.

    Returns:
        How far to move it in x and in y to line up (0 if nothing is near), and the lines to show.
    """
    found = list(others)
    lines: list[Guide] = []
    shift = [0.0, 0.0]
    for axis in (0, 1):
        best: tuple[float, float, Box] | None = None
        for other in found:
            for share in (0.0, 0.5, 1.0):
                line = other[axis] + other[axis + 2] * share
                off = line - (box[axis] + box[axis + 2] * share)
                if abs(off) <= reach and (best is None or abs(off) < abs(best[0])):
                    best = (off, line, other)
        if best is None:
            continue
        shift[axis] = best[0]
        _, line, other = best
        cross = 1 - axis
        low = min(box[cross], other[cross])
        high = max(box[cross] + box[cross + 2], other[cross] + other[cross + 2])
        lines.append(Guide(line, low, line, high) if axis == 0 else Guide(low, line, high, line))
    return shift[0], shift[1], lines
