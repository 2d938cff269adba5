"""Finding template pictures at several scales, all of it proven at full size. Pure functions on arrays.

The sieve leaves out where the picture cannot be; every peak of the correlation in what is left is then measured at full
size by what is worse of two things: how well the shapes agree (normalised correlation), and how well the worst spot agrees
in colour. The second is what tells ``File 1`` from ``File 2`` and a blue button from one a shade lighter, which correlation
alone does not see. However many look-alikes there are, none is left out: what they cost grows with their number and ends at
one plain correlation of the whole shot. Only to tell the best place of a miss is the screen looked at coarsely.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from flowdesk.drivers.pixels import likeness, sieve
from flowdesk.drivers.pixels.peaks import best_near, coarse_peaks, peaks
from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.screen import Shot
from flowdesk.model.errors import PictureUnusable
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say

LADDER = (1.0, 1.25, 1.5, 1.75, 2.0, 0.8, 2 / 3, 0.5)
"""Scales to try after the expected one: those that desktops offer, then back down."""

SURE = 0.93
"""A hit this good at the expected scale ends the search: other scales are not tried."""

_DOUBTFUL = 0.4
"""From here to ``SURE``, a place at another scale is measured a pixel aside too."""

_GREY_MARGIN = 0.25
"""How much better a place may fit in colour than in grey."""

_LOOSE = 0.5
"""Below this similarity almost every place is possible."""

_LEAST = 16
"""Pixels of the shorter side, in the smaller of both sizes, below which a picture is looked for at the expected scale only:
there is too little in it, and something else looks like it in another size."""

_NEAR = 0.05
"""Within so much of the best score, places are compared with one another: are they copies?"""

_COPY = 0.99
"""How well two places agree that show the same."""
_EXACT = 0.999
"""What scores less shows another thing, if only by a pixel."""

_TWIN = 0.997
"""What a twin of a place that shows the picture to the pixel scores at most: it is no rival then (see ``places.rival_from``)."""


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
    sized = [(picture, factor) for picture in pictures for factor in _factors(picture, monitor_scale, ladder)]
    expected = [(picture, _factors(picture, monitor_scale, ())[0]) for picture in pictures]
    for picture, factor in expected:
        found.extend(_at_scale(shot, picture, factor, similarity))
    for picture, factor in sized:
        if any(hit.score >= max(SURE, similarity) for hit in found):
            break
        if (picture, factor) not in expected:
            found.extend(_at_scale(shot, picture, factor, similarity))
    if not found and wants_best:
        for picture, factor in expected:
            found.extend(_likeliest(shot, picture, factor))
    return _summary(shot, found, similarity)


def search_near(shot: Shot, picture: Picture, last: Hit) -> Hit | None:
    """Measure a picture where it was last seen. ``shot`` is the place and a few pixels around it."""
    sized = picture.sized(last.scale)
    if sized is None or _is_larger(sized, shot, 1.0):
        return None
    _, x, y = best_near(shot, sized, (0, 0), max(shot.pixels.shape), 1)
    return _measured(shot, sized, (x, y), last.scale)


def _factors(picture: Picture, monitor_scale: float, ladder: Sequence[float]) -> list[float]:
    expected = round(monitor_scale / picture.scale, 3)
    others = (
        factor for factor in ladder if abs(factor - expected) > 0.01 and min(picture.size) * min(1.0, factor) >= _LEAST
    )
    return [expected, *others]


def _is_larger(picture: Picture, shot: Shot, factor: float) -> bool:
    height, width = shot.pixels.shape[:2]
    return bool(picture.size[0] * factor > width or picture.size[1] * factor > height)


def _too_large(picture: Picture, shot: Shot) -> PictureUnusable:
    return PictureUnusable(
        say(
            'The image "{name}" ({size}) is larger than the search area ({area}).',
            name=picture.name,
            size="{}x{}".format(*picture.size),
            area=f"{shot.box.width}x{shot.box.height}",
        ),
        say("Capture a smaller image, or enlarge the region."),
    )


def _summary(shot: Shot, found: list[Hit], similarity: float) -> Search:
    kept = _suppressed(found)
    hits = [hit for hit in kept if hit.score >= similarity]
    if len(hits) > 1:
        hits = [_levelled(shot, hit, hits[0]) for hit in hits]
        hits.sort(key=lambda hit: (-round(hit.score, 3), hit.box.y, hit.box.x))
    best = hits[0] if hits else kept[0] if kept else None
    return Search(tuple(hits), best, kept[1].score if len(kept) > 1 else 0.0)


def _levelled(shot: Shot, hit: Hit, best: Hit) -> Hit:
    """Give a copy of the best place its score: which of two that show the same is nearer to the picture is chance."""
    if hit.score < best.score - _NEAR or hit.box[2:] != best.box[2:]:
        return hit
    is_copy = likeness.agreement(shot.cropped(hit.box).pixels, shot.cropped(best.box).pixels) >= _COPY
    return replace(hit, score=best.score) if is_copy else hit


def exact_apart(shot: Shot, hits: tuple[Hit, ...], pictures: Sequence[Picture]) -> tuple[Hit, ...]:
    """Return hits in which what only looks like a copy scores less than what shows a picture to the pixel, where anything does.

    A twin may differ by a faint dot. Where the picture is there exactly, no noise hides which of the two it is.
    """
    known = {picture.name: picture for picture in pictures}
    exact = {hit.box for hit in hits if hit.score > _EXACT and _is_exact(shot, hit, known[hit.name])}
    if not exact:
        return hits
    told = [hit if hit.box in exact else replace(hit, score=min(hit.score, _TWIN)) for hit in hits]
    return tuple(sorted(told, key=lambda hit: -round(hit.score, 3)))


def _is_exact(shot: Shot, hit: Hit, picture: Picture) -> bool:
    if hit.scale != 1.0 or picture.pixels.shape[:2] != (hit.box.height, hit.box.width):
        return False
    apart = shot.cropped(hit.box).pixels != picture.pixels
    return not (apart if picture.mask is None else apart[picture.mask > 0]).any()


def _suppressed(found: list[Hit]) -> list[Hit]:
    """Keep the best of hits that overlap by more than a third; best first."""
    ordered = sorted(found, key=lambda hit: (-hit.score, hit.box.y, hit.box.x))
    boxes = np.array([(hit.box.x, hit.box.y, hit.box.right, hit.box.bottom) for hit in ordered], np.int64).reshape(
        -1, 4
    )
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    is_free = np.ones(len(ordered), bool)
    kept = []
    for index, hit in enumerate(ordered):
        if is_free[index]:
            kept.append(hit)
            shared = np.minimum(boxes[index, 2:], boxes[:, 2:]) - np.maximum(boxes[index, :2], boxes[:, :2])
            is_free &= shared.clip(0).prod(axis=1) * 3 <= np.minimum(areas[index], areas)
    return kept


def _at_scale(shot: Shot, picture: Picture, factor: float, similarity: float) -> list[Hit]:
    """Measure every place at which a picture in one size may be."""
    sized = picture.sized(factor)
    if sized is None or _is_larger(sized, shot, 1.0):
        return []
    places = peaks(shot, sized, _regions(shot, sized, factor, similarity), similarity - _GREY_MARGIN)
    return [_measured(shot, sized, (x, y), factor) for _, x, y in places]


def _likeliest(shot: Shot, picture: Picture, factor: float) -> list[Hit]:
    """Measure the places that look most like a picture, whatever their score."""
    sized = picture.sized(factor)
    if sized is None or _is_larger(sized, shot, 1.0):
        return []
    return [_measured(shot, sized, (x, y), factor) for _, x, y in coarse_peaks(shot, sized)]


def _regions(shot: Shot, sized: Picture, factor: float, similarity: float) -> list[Box]:
    """Return where the picture can be at all, in pixels from the shot's corner."""
    whole = [Box(0, 0, shot.box.width, shot.box.height)]
    spot = likeness.spot_width(factor)
    blocks = sieve.blocks_of(sized, spot)
    if not blocks or similarity < _LOOSE:
        return whole
    regions = sieve.possible_regions(shot, sized, blocks, spot, likeness.SHADE * (1.0 - similarity))
    return whole if regions is None else regions


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
    return likeness.likeness(shot.pixels[top : top + height, left : left + width], picture, factor)
