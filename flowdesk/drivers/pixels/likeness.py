"""How well a picture fits one place at full size: the worst of how its shapes, its spots and its strokes agree. Pure."""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.screen import Pixels

SHADE = 82.0
"""Mean difference of colour (0 to 255) in the worst spot at which the score is 0."""

_SPOT = 7
"""Width of a spot in pixels at scale 1: half a letter."""

_SOFTNESS = 0.8
"""Standard deviation in pixels, at scale 1, of the softening."""

_SOFTENING = 0.7
"""By which power of the scale it grows: by less than the scale, or a label two pixels further on is not told at scale 2."""

_STROKE = 3
"""Width in pixels at scale 1 of what is compared with the contrast around it: a stroke of a small letter."""

_SHARPNESS = 0.6
"""Standard deviation in pixels, at scale 1, of the softening there."""

_BLUR = 1.5
"""How much softer strokes are compared in another size: by which filter the screen enlarges them is not known."""

_AROUND = 15
"""Within so many pixels, at scale 1, contrast is measured and a common shade taken off."""

_PLAIN = 60.0
"""Less contrast (0 to 255) than this counts as so much: noise on a plain surface is no stroke."""

_FALL, _FALL_SIZED = 2.7, 1.8
"""By how much the score falls for each part of the contrast that the worst stroke is off, as long as it may be the same;
in another size strokes differ by how they were enlarged."""

_ANOTHER = 0.15
"""From this part on it is another stroke; then the score only tells which of two other pictures is more alike."""

_HOPELESS = 0.45
"""Of a place that scores less, the shape is not asked for, too."""


def likeness(seen: Pixels, picture: Picture, scale: float) -> float:
    """Return how well equally large pixels look like a picture: 1 down to 0 and below."""
    apart = _apart(seen, picture.pixels, picture.mask)
    score = min(_spots(apart, scale), strokes(apart, picture, scale))
    return min(score, shape(seen, picture)) if score > _HOPELESS else max(0.0, score)


def _apart(seen: Pixels, wanted: Pixels, mask: Pixels | None) -> NDArray[np.float32]:
    apart = np.asarray(cv2.subtract(seen, wanted, dtype=cv2.CV_32F), np.float32)
    if mask is not None:
        apart[mask == 0] = 0.0
    return apart


def agreement(seen: Pixels, wanted: Pixels, mask: Pixels | None = None, scale: float = 1.0) -> float:
    """Return how well the worst spot of two equally large images agrees in colour: 1 down to 0 and below.

    Differences that cancel out between neighbours (an edge drawn half a pixel further on) are softened away first; what is
    left is averaged over spots of the size of half a letter, so that one other letter in a long label counts in full.
    """
    return _spots(_apart(seen, wanted, mask), scale)


def _spots(apart: NDArray[np.float32], scale: float) -> float:
    return 1.0 - float(_means(apart, _SOFTNESS * max(1.0, scale) ** _SOFTENING, spot_width(scale)).max()) / SHADE


def strokes(apart: NDArray[np.float32], picture: Picture, scale: float) -> float:
    """Return how well the worst stroke agrees, measured by the contrast around it: 1 down to 0.

    Spots tell a 3 from an 8 in large black letters; in small or faint ones the two differ by little, but by most of what
    there is. What is lighter or darker as a whole (a button under the pointer) is the spots' to judge.
    """
    side = _odd(_AROUND, scale)
    apart = np.asarray(apart - cv2.blur(apart, (side, side), borderType=cv2.BORDER_REPLICATE), np.float32)
    softness = _SHARPNESS if scale == 1 else _SHARPNESS * _BLUR * max(scale, 1 / scale)
    off = float((_means(apart, softness, _odd(_STROKE, scale)) * _faintness(picture, side)).max())
    fall = _FALL if scale == 1 else _FALL_SIZED
    if off <= _ANOTHER:
        return 1.0 - fall * off
    return (1.0 - fall * _ANOTHER) * (1.0 - off) / (1.0 - _ANOTHER)


@lru_cache(maxsize=256)
def _faintness(picture: Picture, side: int) -> NDArray[np.float32]:
    """Return one part of the contrast around each pixel of a picture."""
    around = np.ones((side, side), np.uint8)
    contrast = cv2.subtract(cv2.dilate(picture.pixels, around), cv2.erode(picture.pixels, around)).max(axis=2)
    return np.asarray(1.0 / np.maximum(contrast.astype(np.float32), _PLAIN), np.float32)


def _means(apart: NDArray[np.float32], softness: float, side: int) -> NDArray[np.float32]:
    """Return, at each pixel, by how much the square around it is off in its worst channel."""
    soft = np.abs(cv2.GaussianBlur(apart, (0, 0), softness))
    worst = cv2.max(cv2.max(soft[..., 0], soft[..., 1]), soft[..., 2])
    return np.asarray(cv2.blur(worst, (side, side), borderType=cv2.BORDER_CONSTANT), np.float32)


def shape(seen: Pixels, picture: Picture) -> float:
    """Return the normalised correlation of equally large pixels with a picture; 0 where they are plain."""
    wanted, length = picture.centred
    there = (seen.reshape(-1, 3) if picture.mask is None else seen[picture.mask > 0]).astype(np.float32)
    there -= there.mean(axis=0)
    product = length * float(np.linalg.norm(there))
    return float(np.vdot(there, wanted)) / product if product > 1e-3 else 0.0


def spot_width(scale: float) -> int:
    """Return the width of a spot in pixels."""
    return _odd(_SPOT, scale)


def _odd(width: int, scale: float) -> int:
    return round(width * max(1.0, scale)) | 1


def correlation(area: Pixels, needle: Pixels, mask: NDArray[Any] | None) -> NDArray[np.float32]:
    """Return the normalised correlation of a needle with every place of an area."""
    scores = cv2.matchTemplate(area, needle, cv2.TM_CCOEFF_NORMED, mask=mask)
    if mask is not None:
        # A plain area under a mask divides by almost nothing: what comes out is no correlation.
        scores[~np.isfinite(scores) | (np.abs(scores) > 1.001)] = -1.0
    return np.asarray(scores, np.float32)
