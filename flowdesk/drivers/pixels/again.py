"""What a repeated look for a picture can leave out: the screen that has not changed since the look before.

A wait looks many times, and most of the screen is the same each time. A miss is kept with the pixels it was seen in;
the next look compares pixels, which is far faster than looking, and searches only around those that changed.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.pictures import LADDER, Search, search
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.model.geometry import Box

_KEPT = 4
"""Of how many misses the pixels are kept."""

_LITTLE = 0.4
"""Where more of the shot than this has to be searched again, all of it is."""


@dataclass(frozen=True)
class _Miss:
    pixels: Pixels
    pictures: tuple[Picture, ...]
    similarity: float
    scale: float
    found: Search

    def answers(self, shot: Shot, pictures: Sequence[Picture], similarity: float, scale: float) -> bool:
        return (
            self.pixels.shape == shot.pixels.shape
            and (self.similarity, self.scale) == (similarity, scale)
            and len(self.pictures) == len(pictures)
            and all(one is other for one, other in zip(self.pictures, pictures, strict=True))
        )


class Repeats:
    """Searches that know what the last ones missed."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._misses: OrderedDict[tuple[str, str, Box], _Miss] = OrderedDict()

    def search(
        self,
        key: tuple[str, str, Box],
        shot: Shot,
        pictures: tuple[Picture, ...],
        similarity: float,
        scale: float,
        *,
        wants_best: bool,
    ) -> Search:
        """Find pictures on a shot as ``pictures.search`` does; ``key`` names what is looked for, and where.

        Raises:
            PictureUnusable: If the pictures are larger than the shot.
        """
        before = self._misses.pop(key, None)
        # The first look tells the best place too: it may be the only one.
        wants_best = wants_best or before is None
        found = None
        if before is not None and before.answers(shot, pictures, similarity, scale):
            found = _searched_again(before, shot)
        if found is None or (wants_best and found.best is None):
            found = search(shot, pictures, similarity, scale, wants_best=wants_best)
        if not found.hits:
            self._misses[key] = _Miss(shot.pixels, pictures, similarity, scale, found)
            while len(self._misses) > _KEPT:
                self._misses.popitem(last=False)
        return found


def _searched_again(before: _Miss, shot: Shot) -> Search | None:
    """Search where pixels changed since a miss; None when that is not worth it."""
    if not cv2.norm(before.pixels, shot.pixels, cv2.NORM_INF):
        return before.found
    apart = cv2.absdiff(before.pixels, shot.pixels)
    left, top, width, height = cv2.boundingRect(apart.reshape(apart.shape[0], -1))
    left, width = left // 3, -(-(left + width) // 3) - left // 3
    factor = max(before.scale / min(picture.scale for picture in before.pictures), *LADDER)
    across = round(max(picture.size[0] for picture in before.pictures) * factor) + 1
    down = round(max(picture.size[1] for picture in before.pictures) * factor) + 1
    x, y = shot.origin.x + left - across, shot.origin.y + top - down
    part = Box(x, y, width + 2 * across, height + 2 * down).intersection(shot.box)
    if part.width * part.height > _LITTLE * shot.box.width * shot.box.height:
        return None
    again = search(shot.cropped(part), before.pictures, before.similarity, before.scale, wants_best=False)
    known = [hit for hit in (again.best, before.found.best) if hit is not None]
    best = max(known, key=lambda hit: hit.score, default=None)
    if best is not None and best is not again.best and not best.box.intersection(part).is_empty:
        best = again.best  # what it was seen in has changed
    return Search(again.hits, best, again.runner_up)
