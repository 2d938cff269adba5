"""Finding template pictures: coarse to fine, at several scales, proven at full size. Pure functions on arrays.

Grey and small finds the candidates fast; each is then measured at full size by what is worse of two things: how well
the shapes agree (normalised correlation), and how well the worst spot agrees in colour. The second is what tells
``File 1`` from ``File 2`` and a blue button from one a shade lighter, which correlation alone does not see.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers import sieve
from flowdesk.drivers.picture_files import Picture
from flowdesk.drivers.screen import Pixels, Shot, halved
from flowdesk.model.errors import PictureUnusable
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say

LADDER = (1.0, 1.25, 1.5, 1.75, 2.0, 0.8, 2 / 3, 0.5)
"""Scales to try after the expected one: those that desktops offer, then back down."""

SURE = 0.93
"""A hit this good at the expected scale ends the search: other scales are not tried."""

_DOUBTFUL = 0.4
"""From here to ``SURE``, a place at another scale is measured a pixel aside too."""

_GREY_MARGIN = 0.1
"""How much better a place may fit in colour than in grey."""

_CANDIDATES = 24
"""How many places per scale are measured at full size."""

_TOLD = 6
"""How many places are measured to tell the best one of a miss."""

_LOOSE = 0.5
"""Below this similarity almost every place is possible."""

_LEAST = 14
"""Pixels of the shorter side below which a picture is looked for at the expected scale only: there is too little in it."""

_SMALLEST, _LEAST_ROWS, _LEAST_CELLS = 7, 5, 80
"""The coarse template keeps at least so many pixels on its shorter side; or so few of them, when it has so many in all."""

_TOLD_ROWS, _TOLD_CELLS = 3, 25
"""The same where only the best place of a miss is wanted."""

_SHADE = 82.0
"""Mean difference of colour (0 to 255) in the worst spot at which the score is 0."""

_SPOT = 7
"""Width of a spot in pixels at scale 1: half a letter."""

_SOFTNESS = 0.8
"""Standard deviation in pixels, at scale 1, of the softening."""

_SOFTENING = 0.7
"""By which power of the scale it grows: by less than the scale, or a label two pixels further on is not told at scale 2."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a picture was measured."""

    box: Box
    """On the virtual desktop."""
    score: float
    scale: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """What a search brought: hits at or above the similarity, best first, and the best place even when it is below."""

    hits: tuple[Hit, ...]
    best: Hit | None
    runner_up: float = 0.0
    """Score of the second best place, 0 when there is none."""


def search(
    shot: Shot,
    pictures: Sequence[Picture],
    similarity: float,
    monitor_scale: float = 1.0,
    ladder: Sequence[float] = LADDER,
    *,
    wants_best: bool = True,
) -> Search:
    """Find every place of the pictures (alternatives of one another) on a shot.

    Args:
        shot: Where to look.
        pictures: What to look for; any of them will do.
        similarity: The score (0 to 1) that counts as found, at every scale alike.
        monitor_scale: The scale of the monitor that is looked at.
        ladder: Scales to try besides the expected one.
        wants_best: Whether a miss is to tell the best place; it takes longer than to know that there is none.

    Raises:
        PictureUnusable: If the pictures are larger than the shot.
    """
    if all(_is_larger(picture, shot, min(_factors(picture, monitor_scale, ladder))) for picture in pictures):
        raise _too_large(pictures[0], shot)
    found: list[Hit] = []
    for picture in pictures:
        for factor in _factors(picture, monitor_scale, ladder):
            at_scale = _at_scale(shot, picture, factor, similarity)
            found.extend(at_scale)
            if any(hit.score >= max(SURE, similarity) for hit in at_scale):
                return _summary(found, similarity)
    if not found and wants_best:
        for picture in pictures:
            found.extend(_at_scale(shot, picture, _factors(picture, monitor_scale, ())[0], 0.0, most=_TOLD))
    return _summary(found, similarity)


def search_near(shot: Shot, picture: Picture, last: Hit) -> Hit | None:
    """Measure a picture where it was last seen. ``shot`` is the place and a few pixels around it."""
    sized = picture.sized(last.scale)
    if sized is None or _is_larger(sized, shot, 1.0):
        return None
    _, x, y = _placed(shot, sized, 0, 0, max(shot.pixels.shape))
    return _measured(shot, sized, (x, y), last.scale)


def _factors(picture: Picture, monitor_scale: float, ladder: Sequence[float]) -> list[float]:
    expected = round(monitor_scale / picture.scale, 3)
    others = (factor for factor in ladder if abs(factor - expected) > 0.01 and min(picture.size) * factor >= _LEAST)
    return [expected, *others]


def _is_larger(picture: Picture, shot: Shot, factor: float) -> bool:
    height, width = shot.pixels.shape[:2]
    return bool(picture.size[0] * factor > width or picture.size[1] * factor > height)


def _too_large(picture: Picture, shot: Shot) -> PictureUnusable:
    return PictureUnusable(
        say(
            'The picture "{name}" ({size}) is larger than where it is looked for ({area}).',
            name=picture.name,
            size="{}x{}".format(*picture.size),
            area=f"{shot.box.width}x{shot.box.height}",
        ),
        say("Capture a smaller part, or make the region larger."),
    )


def _summary(found: list[Hit], similarity: float) -> Search:
    kept = _suppressed(found)
    hits = [hit for hit in kept if hit.score >= similarity]
    hits.sort(key=lambda hit: (-int(round(hit.score, 2) * 20 + 1e-6), hit.box.y, hit.box.x))
    if hits:
        hits.sort(key=lambda hit: hit is not kept[0] and hit.score < kept[0].score - 0.02)
    return Search(tuple(hits), kept[0] if kept else None, kept[1].score if len(kept) > 1 else 0.0)


def _suppressed(found: list[Hit]) -> list[Hit]:
    """Keep the best of hits that overlap by more than a third; best first."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (-hit.score, hit.box.y, hit.box.x)):
        if not any(_overlap(hit.box, other.box) > 1 / 3 for other in kept):
            kept.append(hit)
    return kept


def _overlap(one: Box, other: Box) -> float:
    shared = one.intersection(other)
    smaller = min(one.width * one.height, other.width * other.height)
    return shared.width * shared.height / smaller if smaller else 0.0


def _at_scale(shot: Shot, picture: Picture, factor: float, similarity: float, most: int = _CANDIDATES) -> list[Hit]:
    sized = picture.sized(factor)
    if sized is None or _is_larger(sized, shot, 1.0):
        return []
    regions = _regions(shot, sized, factor, similarity)
    if not regions:
        return []
    step = _reduction(sized, is_told=most == _TOLD)
    placed: list[tuple[float, int, int]] = []
    floor = similarity - 0.3
    for coarse, x, y in _candidates(shot, sized, step, regions)[:most]:
        if placed and coarse < floor:
            break
        place = _placed(shot, sized, x, y, step)
        placed.append(place)
        if place[0] >= SURE:  # how far it lies off the coarse grid costs an equal one no more than this
            floor = max(floor, coarse - 0.25)
    measured: list[Hit] = []
    for shape, x, y in sorted(placed, reverse=True):
        if measured and shape < similarity - _GREY_MARGIN:  # grey agrees too little for colour to make up for it
            break
        measured.append(_measured(shot, sized, (x, y), factor))
    return measured


def _reduction(picture: Picture, *, is_told: bool = False) -> int:
    step = 1
    least_rows, least_cells = (_TOLD_ROWS, _TOLD_CELLS) if is_told else (_LEAST_ROWS, _LEAST_CELLS)
    while step < 8:
        shorter, longer = sorted(_inner(side, step * 2) // (step * 2) for side in picture.size)
        if shorter < _SMALLEST and (shorter < least_rows or shorter * longer < least_cells):
            break
        step *= 2
    return step


def _regions(shot: Shot, sized: Picture, factor: float, similarity: float) -> list[Box]:
    """Return where the picture can be at all, in pixels from the shot's corner."""
    whole = [Box(0, 0, shot.box.width, shot.box.height)]
    spot = _spot_width(factor)
    blocks = sieve.blocks_of(sized, spot)
    if not blocks or similarity < _LOOSE:
        return whole
    allowed = _SHADE * (1.0 - similarity)
    regions = sieve.possible_regions(shot, sized, blocks, spot, allowed)
    return whole if regions is None or sieve.is_crowded(regions, shot) else regions


def _candidates(shot: Shot, picture: Picture, step: int, regions: list[Box]) -> list[tuple[float, int, int]]:
    """Return the peaks of the coarse correlation: score, and the pixel of the shot to begin at; best first."""
    needle = _reduced(picture.grey, step)
    mask = None if picture.mask is None else np.where(_reduced(picture.mask, step) > 127, 255, 0).astype(np.uint8)
    found: list[tuple[float, int, int]] = []
    for region in regions:
        area = shot.grey(region, step)
        if needle.shape[0] <= area.shape[0] and needle.shape[1] <= area.shape[1]:
            left, top = region.x // step, region.y // step
            for score, x, y in _peaks(_correlation(area, needle, mask), needle.shape[1], needle.shape[0]):
                found.append((score, (left + x) * step - step // 2, (top + y) * step - step // 2))
    return sorted(found, reverse=True)[:_CANDIDATES]


def _peaks(scores: NDArray[np.float32], width: int, height: int) -> Iterator[tuple[float, int, int]]:
    across, down = max(1, round(width * 0.6)), max(1, round(height * 0.6))
    for _ in range(_CANDIDATES):
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


def _correlation(area: Pixels, needle: Pixels, mask: NDArray[Any] | None) -> NDArray[np.float32]:
    scores = cv2.matchTemplate(area, needle, cv2.TM_CCOEFF_NORMED, mask=mask)
    if mask is not None:
        # A plain area under a mask divides by almost nothing: what comes out is no correlation.
        scores[~np.isfinite(scores) | (np.abs(scores) > 1.001)] = -1.0
    return np.asarray(scores, np.float32)


def _placed(shot: Shot, picture: Picture, x: int, y: int, reach: int) -> tuple[float, int, int]:
    """Find the best place within ``reach`` pixels of a candidate at full size: its correlation in grey, column, row."""
    width, height = picture.size
    left = max(0, min(x - reach, shot.box.width - width))
    top = max(0, min(y - reach, shot.box.height - height))
    bottom, right = min(y + height + reach, shot.box.height), min(x + width + reach, shot.box.width)
    window = shot.grey(Box(left, top, right - left, bottom - top))
    _, best, _, (dx, dy) = cv2.minMaxLoc(_correlation(window, picture.grey, picture.mask))
    return float(best), left + dx, top + dy


def _measured(shot: Shot, picture: Picture, place: tuple[int, int], factor: float) -> Hit:
    """Score a place at full size in colour."""
    score = _scored(shot, picture, place, factor)
    if _DOUBTFUL < score < SURE and factor != 1.0:  # enlarged edges may fit better a pixel aside
        score, place = max(
            (_scored(shot, picture, (place[0] + aside, place[1] + below), factor), (place[0] + aside, place[1] + below))
            for aside in (-1, 0, 1)
            for below in (-1, 0, 1)
        )
    box = Box(shot.origin.x + place[0], shot.origin.y + place[1], *picture.size)
    return Hit(box, max(0.0, min(1.0, score)), factor, picture.name)


def _scored(shot: Shot, picture: Picture, place: tuple[int, int], factor: float) -> float:
    (width, height), (left, top) = picture.size, place
    if left < 0 or top < 0 or left + width > shot.box.width or top + height > shot.box.height:
        return 0.0
    there = shot.pixels[top : top + height, left : left + width]
    score = agreement(there, picture.pixels, picture.mask, factor)
    if score <= 0:
        return 0.0
    mask = None if picture.mask is None else np.dstack([picture.mask] * 3)
    return min(score, float(_correlation(there, picture.pixels, mask)[0, 0]))


def _spot_width(scale: float) -> int:
    return round(_SPOT * max(1.0, scale)) | 1


def agreement(seen: Pixels, wanted: Pixels, mask: Pixels | None = None, scale: float = 1.0) -> float:
    """Return how well the worst spot of two equally large images agrees in colour: 1 down to 0 and below.

    Differences that cancel out between neighbours (an edge drawn half a pixel further on) are softened away first; what is
    left is averaged over spots of the size of half a letter, so that one other letter in a long label counts in full.
    """
    apart = cv2.subtract(seen, wanted, dtype=cv2.CV_32F)
    if mask is not None:
        apart[mask == 0] = 0.0
    soft = np.abs(cv2.GaussianBlur(apart, (0, 0), _SOFTNESS * max(1.0, scale) ** _SOFTENING))
    worst = cv2.max(cv2.max(soft[..., 0], soft[..., 1]), soft[..., 2])
    side = _spot_width(scale)
    means = cv2.blur(worst, (side, side), borderType=cv2.BORDER_CONSTANT)
    return 1.0 - float(means.max()) / _SHADE
