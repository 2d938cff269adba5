"""Whether an element is to be seen where its program says that it is: by its frame, else by what can be read there.

Qt does not publish a plain widget that lies on a scroll area, such as a heading that stays while rows scroll under it. Only the
picture shows that it is there: the frame of what it covers is missing, and something else is written in it.
"""

import itertools
import re

import numpy as np

from flowdesk.drivers.matching import alike
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.drivers.pixels.text import Reader
from flowdesk.model.geometry import Box

AROUND = 3
"""So many pixels beside its box an element's frame may be."""

_EDGE = 6
"""Two pixels beside each other differ at a frame by more than this."""

_ALONG = 0.7
"""A frame is seen along so much of a side."""

_SIDES = 3

_PLAIN = 4
"""Where no two pixels beside each other differ by more than this, nothing is drawn."""

_LEAST = 4
"""Of what is smaller it is not said that nothing is drawn."""

_ANOTHER = 0.4
"""Two texts that have no more than this in common are two texts."""


def is_covered(reader: Reader, shot: Shot, box: Box, name: str) -> bool:
    """Whether something else is drawn where an element should be.

    Args:
        reader: Reads text.
        shot: The element and ``AROUND`` pixels beside it, as far as these are on the screen.
        box: The element's.
        name: What is written on it.
    """
    if is_framed(shot.pixels, box, shot.box):
        return False
    inside = shot.cropped(box.intersection(shot.box))
    if is_plain(inside.pixels):
        return True
    return reads_another(" ".join(line.text for line in reader.read(inside)), name)


def is_framed(pixels: Pixels, box: Box, around: Box) -> bool:
    """Whether the frame of a box is to be seen: along three of its sides at least.

    Args:
        pixels: The picture of ``around``.
        box: Whose frame.
        around: The box and a few pixels beside it.
    """
    left, top = box.x - around.x, box.y - around.y
    right, bottom = left + box.width, top + box.height
    across = slice(left + box.width // 10, right - box.width // 10)
    down = slice(top + box.height // 10, bottom - box.height // 10)
    turned = np.ascontiguousarray(pixels.transpose(1, 0, 2))
    seen = (
        _has_edge(pixels, top, across),
        _has_edge(pixels, bottom, across),
        _has_edge(turned, left, down),
        _has_edge(turned, right, down),
    )
    return sum(seen) >= _SIDES


def _has_edge(pixels: Pixels, at: int, along: slice) -> bool:
    """Whether there is a line along ``along`` within a few rows of the row ``at``."""
    rows = range(max(0, at - AROUND), min(pixels.shape[0], at + AROUND + 1))
    if len(rows) < 2 or along.stop <= along.start:
        return False
    band = pixels[rows.start : rows.stop, along].astype(np.int16)
    steps = np.abs(np.diff(band, axis=0)).max(axis=2)
    return any(
        float(np.mean(np.maximum(one, other) > _EDGE)) >= _ALONG
        for one, other in itertools.pairwise([*steps, steps[-1]])
    )


def is_plain(pixels: Pixels) -> bool:
    """Whether nothing is drawn: a colour, or one that changes gradually into another."""
    if min(pixels.shape[:2]) < _LEAST:
        return False
    apart = pixels.astype(np.int16)
    return all(int(np.abs(np.diff(apart, axis=axis)).max()) <= _PLAIN for axis in (0, 1))


def reads_another(read: str, name: str) -> bool:
    """Whether a text that was read is another one than a name; not where too little was read to tell.

    Of entries that differ by a number or by a single letter (*Row 1*, *Row 12*; *Part A*, *Part B*) only that tells one from another.
    """
    seen, wanted = _letters(read), _letters(name)
    if len(seen) < 2 or not wanted:
        return False
    if _is_other_mark(read, name):
        return True
    return seen not in wanted and wanted not in seen and alike(wanted, seen) <= _ANOTHER


def _is_other_mark(read: str, name: str) -> bool:
    """Whether both texts hold numbers or single letters, and one of the name's was not read."""
    seen, wanted = _marks(read), _marks(name)
    if not seen or set(wanted) <= set(seen):
        return False
    joined = {"".join(seen[begin:end]) for begin in range(len(seen)) for end in range(begin + 1, len(seen) + 1)}
    return "".join(wanted) not in joined


def _marks(text: str) -> list[str]:
    """Return the numbers and single letters of a text, with what reads like a digit beside digits taken for one."""
    folded = _LIKE_DIGITS.sub(lambda like: like.group().translate(_DIGITS), text.casefold())
    return _MARK.findall(folded)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


_LIKE_DIGITS = re.compile(r"(?<![^\W\d_])[oil|]*\d[\doil|]*(?![^\W\d_])")
"""A number of which some digits were read as letters."""

_DIGITS = str.maketrans("oil|", "0111")

_MARK = re.compile(r"\d+|(?<![^\W_])[a-z](?![^\W_])")
