"""Every place of a picture, not only the best: the search again and again, with what was found taken out of the shot.

One search measures a bounded number of places. Here it goes on until it finds no more, so that a count is exact.
"""

from collections.abc import Sequence

import numpy as np

from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.pictures import Hit, Search, search
from flowdesk.drivers.pixels.screen import Shot
from flowdesk.model.geometry import Box

_OVERLAP = 1 / 3
"""Of two hits that share more than this part of the smaller one, only the better counts, as in one search."""


def search_every(
    shot: Shot, pictures: Sequence[Picture], similarity: float, monitor_scale: float, most: int
) -> tuple[Hit, ...]:
    """Find up to ``most`` places of the pictures (alternatives of one another) on a shot, in reading order.

    Raises:
        PictureUnusable: If the pictures are larger than the shot.
    """
    left = Shot(shot.pixels.copy(), shot.origin)
    found: list[Hit] = []
    while len(found) < most:
        fresh = [hit for hit in _search(left, pictures, similarity, monitor_scale).hits if _is_new(hit, found)]
        if not fresh:
            break
        found += fresh
        left = Shot(left.pixels.copy(), shot.origin)
        for hit in fresh:
            _take_out(left, hit.box)
    return tuple(sorted(found[:most], key=lambda hit: (hit.box.y, hit.box.x)))


def _search(shot: Shot, pictures: Sequence[Picture], similarity: float, monitor_scale: float) -> Search:
    return search(shot, pictures, similarity, monitor_scale, wants_best=False)


def _is_new(hit: Hit, found: list[Hit]) -> bool:
    return not any(_share(hit.box, other.box) > _OVERLAP for other in found)


def _share(one: Box, other: Box) -> float:
    shared = one.intersection(other)
    return shared.width * shared.height / min(one.width * one.height, other.width * other.height)


def _take_out(shot: Shot, box: Box) -> None:
    """Turn the middle of a hit into its negative: nothing that overlaps it by less than ``_OVERLAP`` is touched."""
    across, down = max(1, round(box.width * _OVERLAP)), max(1, round(box.height * _OVERLAP))
    left = box.x - shot.origin.x + (box.width - across) // 2
    top = box.y - shot.origin.y + (box.height - down) // 2
    part = shot.pixels[top : top + down, left : left + across]
    # Mid grey is its own negative: what is close to it becomes black.
    part[:] = np.where(abs(part.astype(np.int16) - 128) < 48, 0, 255 - part)
