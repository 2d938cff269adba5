"""Where on a shot a picture may be: the peaks of its correlation. Pure.

``peaks`` leaves none out, at full size; ``coarse_peaks`` tells the likeliest few, fast, from smaller images.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.pixels.likeness import correlation
from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.screen import Pixels, Shot, halved
from flowdesk.model.geometry import Box

Place = tuple[float, int, int]
"""The correlation there, and the column and row of its first pixel."""

_CALL = 3_000
"""Pixels of one large area that take as long as beginning with a small one."""

_ASIDE = 7
"""Two peaks are further apart than so many pixels."""

_OFTEN = 4
"""Places are measured that have, together, so many times the pixels of the shot: four times what copies without overlap have."""

_COUNTABLE = 64
"""Of more peaks than these, those that touch (a line along which the picture fits everywhere) count as one."""

_TOLD = 6
"""How many places are measured to tell the best one of a miss."""

_SEEN = 24
"""Among how many these are chosen."""

_AFFORDED = 4_000_000
"""So many products of pixels are worth it to see a small shot sharply."""

_HALF = 2
"""Pixels of the screen, across, in one of the picture at half size."""

_SMALLEST, _LEAST_ROWS, _LEAST_CELLS = 7, 3, 25
"""The coarse template keeps at least so many pixels on its shorter side; or so few of them, when it has so many in all."""


def peaks(shot: Shot, picture: Picture, regions: Sequence[Box], least: float) -> list[Place]:
    """Return every place in some regions at which the correlation peaks at ``least`` or more, at full size; best first.

    Many look-alikes cost no more than one correlation of the whole shot.
    """
    width, height = picture.size
    needle = _plane(picture.pixels, picture)
    found: list[Place] = []
    if len(regions) > 1 and sum(box.width * box.height + _CALL for box in regions) > shot.box.width * shot.box.height:
        scores = correlation(_plane(shot.pixels, picture, shot), needle, picture.mask)
        is_possible = np.zeros(scores.shape, bool)
        for box in regions:
            is_possible[box.y : box.bottom - height + 1, box.x : box.right - width + 1] = True
        scores[~is_possible] = -1.0
        found = list(_maxima(scores, picture, least))
    else:
        for box in regions:
            if box.width < width or box.height < height:
                continue  # cut off by the edge of the shot: the picture cannot be there
            scores = correlation(_plane(_part(shot, box), picture, shot, box), needle, picture.mask)
            found += [(score, box.x + x, box.y + y) for score, x, y in _maxima(scores, picture, least)]
    most = max(_SEEN, _OFTEN * shot.box.width * shot.box.height // (width * height))
    return sorted(found, key=lambda place: (-place[0], place[2], place[1]))[:most]


def _part(shot: Shot, box: Box) -> Pixels:
    return shot.pixels[box.y : box.bottom, box.x : box.right]


def _plane(pixels: Pixels, picture: Picture, shot: Shot | None = None, part: Box | None = None) -> Pixels:
    """Return pixels in grey; where the picture has little in grey, the colour channel in which it has most."""
    if picture.channel is not None:
        return np.ascontiguousarray(pixels[..., picture.channel])
    if shot is None:
        return picture.grey
    return shot.grey(part or Box(0, 0, shot.box.width, shot.box.height))


def _maxima(scores: NDArray[np.float32], picture: Picture, least: float) -> Iterator[Place]:
    """Yield the places of a map that are the best of those around them."""
    _, best, _, (x, y) = cv2.minMaxLoc(scores)
    if best < least:
        return
    across, down = (min(_ASIDE, max(1, side * 3 // 10)) for side in picture.size)
    if scores.shape[1] <= across + 1 and scores.shape[0] <= down + 1:
        yield float(best), x, y
        return
    is_peak = scores >= np.maximum(cv2.dilate(scores, np.ones((2 * down + 1, 2 * across + 1), np.uint8)), least)
    rows, columns = np.nonzero(is_peak)
    if len(rows) > _COUNTABLE:
        _, labels = cv2.connectedComponents(is_peak.astype(np.uint8), connectivity=8)
        _, first = np.unique(labels[rows, columns], return_index=True)
        rows, columns = rows[first], columns[first]
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        yield float(scores[row, column]), column, row


def coarse_peaks(shot: Shot, picture: Picture) -> list[Place]:
    """Return the likeliest few places on a shot, best first: seen coarsely, then placed at full size."""
    step = _finest(shot, picture, _reduction(picture))
    needle, mask = _coarse(picture, step)
    area = shot.grey(Box(0, 0, shot.box.width, shot.box.height), step)
    if needle.shape[0] > area.shape[0] or needle.shape[1] > area.shape[1]:
        return []
    seen = list(_best_few(correlation(area, needle, mask), needle.shape[1], needle.shape[0]))[:_TOLD]
    places = (_placed(shot, picture, x * step - step // 2, y * step - step // 2, step) for _, x, y in seen)
    return sorted(places, reverse=True)


def _reduction(picture: Picture) -> int:
    step = 1
    while step < 8:
        shorter, longer = sorted(_inner(side, step * 2) // (step * 2) for side in picture.size)
        if shorter < _SMALLEST and (shorter < _LEAST_ROWS or shorter * longer < _LEAST_CELLS):
            break
        step *= 2
    return step


def _finest(shot: Shot, picture: Picture, most: int) -> int:
    """Return the smallest pixels, at most ``most``, in which a picture can be compared at every place of a shot."""
    width, height = picture.size
    places = (shot.box.width - width + 1) * (shot.box.height - height + 1)
    step = 1
    while step < most and places * width * height > _AFFORDED * step**4:
        step *= 2
    return step


def _best_few(scores: NDArray[np.float32], width: int, height: int) -> Iterator[Place]:
    across, down = max(1, round(width * 0.6)), max(1, round(height * 0.6))
    for _ in range(_SEEN):
        _, best, _, (x, y) = cv2.minMaxLoc(scores)
        if best <= 0.25:
            return
        yield float(best), x, y
        scores[max(0, y - down) : y + down + 1, max(0, x - across) : x + across + 1] = -1.0


def _inner(side: int, step: int) -> int:
    """Return how many pixels of a side are used coarsely.

    However the picture lies on the grid of the coarse image, so many cells of it hold nothing but the picture.
    """
    return (side - step + 1) // step * step if step > 1 else side


def _reduced(image: Pixels, step: int) -> Pixels:
    if step == 1:
        return image
    margin = step // 2
    height, width = (_inner(side, step) for side in image.shape[:2])
    smaller = image[margin : margin + height, margin : margin + width]
    while step > 1:
        smaller, step = halved(smaller), step // 2
    return smaller


def _placed(shot: Shot, picture: Picture, x: int, y: int, step: int) -> Place:
    """Find the best place around a candidate at full size: its correlation in grey, column, row.

    Where the candidate comes from pixels of four and more, it is looked for at half size first, and further around: with
    little in it, a picture seen coarsely looks the same for a while.
    """
    reach = step
    if step > _HALF:
        _, x, y = best_near(shot, picture, (x, y), 2 * step, _HALF)
        reach = _HALF
    return best_near(shot, picture, (x, y), reach, 1)


def best_near(shot: Shot, picture: Picture, place: tuple[int, int], reach: int, step: int) -> Place:
    """Return the correlation, the column and the row of the best place within ``reach`` pixels, seen in pixels of ``step``."""
    (width, height), (x, y) = picture.size, place
    left = max(0, min(x - reach, shot.box.width - width))
    top = max(0, min(y - reach, shot.box.height - height))
    bottom, right = min(y + height + reach, shot.box.height), min(x + width + reach, shot.box.width)
    window = shot.grey(Box(left, top, right - left, bottom - top), step)
    needle, mask = _coarse(picture, step)
    _, best, _, (dx, dy) = cv2.minMaxLoc(correlation(window, needle, mask))
    return float(best), (left // step + dx) * step - step // 2, (top // step + dy) * step - step // 2


def _coarse(picture: Picture, step: int) -> tuple[Pixels, NDArray[Any] | None]:
    """Return a picture in grey and its mask, in pixels of ``step``."""
    if step == 1 or picture.mask is None:
        return _reduced(picture.grey, step), picture.mask
    mask = np.where(_reduced(picture.mask, step) > 127, 255, 0).astype(np.uint8)
    return _reduced(picture.grey, step), mask
