"""Pixels of a colour: their groups, and the nearest where there are none."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.pixels.screen import Shot
from flowdesk.model.geometry import Box, Point

_BLOBS = 100


def blobs(shot: Shot, color: tuple[int, int, int], tolerance: int, most: int = _BLOBS) -> list[Box]:
    """Return the boxes of the first ``most`` groups of connected pixels of a colour (red, green, blue), in reading order of their first pixels.

    A blob whose middle has another colour (a ring, a letter) gives the one pixel of it that is nearest to the middle.
    """
    wanted = np.array(color[::-1], np.int16)
    low, high = np.clip(wanted - tolerance, 0, 255).tolist(), np.clip(wanted + tolerance, 0, 255).tolist()
    mask = cv2.inRange(shot.pixels, tuple(low), tuple(high))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for index in range(1, min(count, most + 1)):
        x, y, width, height, _ = (int(number) for number in stats[index])
        part = labels[y : y + height, x : x + width] == index
        box = Box(x, y, width, height)
        if not part[height // 2, width // 2]:
            place = _nearest_pixel(part, height // 2, width // 2)
            box = Box(x + place.x, y + place.y, 1, 1)
        found.append(Box(shot.origin.x + box.x, shot.origin.y + box.y, box.width, box.height))
    return found


def closest_color(shot: Shot, color: tuple[int, int, int]) -> tuple[Point, tuple[int, int, int]]:
    """Return the pixel whose colour is nearest, and its red, green and blue."""
    apart = cv2.absdiff(shot.pixels, np.full_like(shot.pixels, color[::-1])).max(axis=2)
    y, x = (int(place) for place in np.unravel_index(int(apart.argmin()), apart.shape))
    blue, green, red = (int(channel) for channel in shot.pixels[y, x])
    return Point(shot.origin.x + x, shot.origin.y + y), (red, green, blue)


def _nearest_pixel(part: NDArray[Any], row: int, column: int) -> Point:
    rows, columns = np.nonzero(part)
    index = int(((rows - row) ** 2 + (columns - column) ** 2).argmin())
    return Point(int(columns[index]), int(rows[index]))
