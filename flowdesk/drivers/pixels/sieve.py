"""Where on a shot a picture can be at all: a cheap question that spares the correlation almost everywhere. Pure.

A place only scores as found when no spot of it is off in colour by more than the similarity allows. So the mean colour
of every block of the picture, about as large as a spot, must come back on the screen within as much. Block means of a
screen are a small image that is made once for all pictures and scales; comparing one block is one comparison for each of
its pixels. However the picture lies on the grid of that image, the mean of a block lies between the least and the
greatest over all such positions, which the picture itself tells.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.screen import GRAIN_SIZE, Pixels, Shot
from flowdesk.model.geometry import Box

GRIDS = (8, 4, 2)
"""Pixels between the blocks that are compared; the coarsest that gives enough blocks is taken."""

_ENOUGH = 4
"""So many blocks tell a picture from almost everything."""

_AT_ONCE = 8
"""Blocks that are compared on the whole image; the others only where these fit, so many at a time."""

_TELLING = 0.97
"""Blocks that leave more than this part of the places do not tell look-alikes apart, and the rest of a level is spared."""

_TASTED = 4
"""Blocks of a finer grid that are compared place by place, before the image of means around what is left is made."""

_SPARSE = 2_000
"""So few places that are left are compared one by one rather than on the whole image."""

_FEW = 20_000
"""So many places are compared one by one."""

_FEW_ENOUGH = 4
"""Of so few places each is better measured than compared on a finer grid."""

_SLACK = 1.25
"""What softening and rounding may add to a block's difference."""

_ROUNDING = 4.0
"""The same in steps of colour."""

_AROUND = 2 * GRAIN_SIZE[0]
"""Pixels around a picture that its grain depends on."""

_CROWDED = 0.35
"""Where more of the shot than this is possible, it is one region."""


@dataclass(frozen=True)
class Blocks:
    """The blocks of a picture on a grid: where they are, and between which colours their means lie."""

    grid: int
    cells: int
    """Width of a block in cells of the grid."""
    places: NDArray[np.intp]
    """Row and column of each block, in cells."""
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    """Blue, green, red and grain of each block."""


@lru_cache(maxsize=512)
def blocks_of(picture: Picture, spot: int) -> tuple[Blocks, ...]:
    """Return the blocks to compare for a picture whose spots are ``spot`` pixels wide: first those for the whole screen.

    Those on finer grids follow, for where the first fit. None at all where the picture is too small.
    """
    levels = [_blocks(picture, grid, max(1, round((spot + 1) / grid))) for grid in GRIDS]
    known = [level for level in levels if level is not None]
    while len(known) > 1 and len(known[0].places) < _ENOUGH and 4 * len(known[0].places) < len(known[1].places):
        del known[0]
    return tuple(known)


def possible_regions(
    shot: Shot, picture: Picture, levels: tuple[Blocks, ...], spot: int, allowed: float
) -> list[Box] | None:
    """Return boxes (in pixels of the shot, from its corner) in which the picture lies wholly if it is there at all.

    Args:
        shot: Where to look.
        picture: What to look for, in the size that it has on the shot.
        levels: Its blocks.
        spot: Width of a spot in pixels.
        allowed: By how much the mean colour of a spot may be off (0 to 255).

    Returns:
        None where it may be almost anywhere.
    """
    found: NDArray[np.intp] | None = None
    grid = 0
    for level in levels:
        side = level.grid * level.cells
        off = allowed * max(1.0, (spot / side) ** 2) * _SLACK
        # A difference of colour counts in the grain of the pixel itself and in that of those around it.
        room = np.array([off, off, off, 2 * off], np.float32) + _ROUNDING
        low, high = level.low - room, level.high + room
        if found is None:
            found = _fitting(shot.means(level.grid, level.cells), level, low, high)
        else:
            finer = _finer(found, grid // level.grid)
            found = _narrowed(shot, level, low, high, _inside(finer, shot.grain(level.grid), level))
        grid = level.grid
        if found is not None and len(found) <= _FEW_ENOUGH:
            break
    return None if found is None else list(_regions(found, grid, picture, shot))


def _narrowed(
    shot: Shot, level: Blocks, low: NDArray[np.float32], high: NDArray[np.float32], found: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return those of some places at which the blocks of a level fit. Where few do, no image of all means is made."""
    if shot.has_means(level.grid, level.cells):
        return _still_fitting(shot.means(level.grid, level.cells), level.places, low, high, found)
    for place, least, most in zip(level.places[:_TASTED], low, high, strict=False):
        if not len(found):
            return found
        seen = shot.means_at(level.grid, level.cells, found + place)
        found = found[((seen >= least) & (seen <= most)).all(axis=1)]
    if not len(found) or len(level.places) <= _TASTED:
        return found
    first = found.min(axis=0)
    height, width = (found.max(axis=0) + level.places.max(axis=0) + 1 - first).tolist()
    cells = shot.means_within(level.grid, level.cells, Box(int(first[1]), int(first[0]), width, height))
    others = slice(_TASTED, None)
    found = _still_fitting(cells, level.places[others], low[others], high[others], found - first)
    return np.asarray(found + first, np.intp)


def _finer(found: NDArray[np.intp], times: int) -> NDArray[np.intp]:
    """Return the cells of a finer grid at which the picture's first cell can be, given that of a coarser grid."""
    steps = np.arange(1 - times, 1)
    aside = np.stack(np.meshgrid(steps, steps, indexing="ij"), -1).reshape(-1, 2)
    return np.asarray((found[:, None, :] * times + aside[None]).reshape(-1, 2), np.intp)


def _inside(found: NDArray[np.intp], cells: Pixels, blocks: Blocks) -> NDArray[np.intp]:
    last = np.array(cells.shape[:2]) - 1 - blocks.places.max(axis=0)
    return np.asarray(found[((found >= 0) & (found <= last)).all(axis=1)], np.intp)


def _blocks(picture: Picture, grid: int, cells: int) -> Blocks | None:
    side = grid * cells
    width, height = picture.size
    rows, columns = (height - side - grid + 1) // grid + 1, (width - side - grid + 1) // grid + 1
    if rows < 1 or columns < 1 or height < side + grid - 1 or width < side + grid - 1:
        return None
    low, high = (
        reach(
            cv2.boxFilter(
                np.dstack([picture.pixels.astype(np.float32), grains]),
                -1,
                (side, side),
                anchor=(0, 0),
                borderType=cv2.BORDER_REPLICATE,
            ),
            np.ones((grid, grid), np.uint8),
            anchor=(0, 0),
        )[: rows * grid : grid, : columns * grid : grid]
        for reach, grains in zip((cv2.erode, cv2.dilate), _grain_between(picture), strict=True)
    )
    is_used = np.ones(low.shape[:2], bool)
    if picture.mask is not None:
        whole = cv2.erode(picture.mask, np.ones((side + grid - 1, side + grid - 1), np.uint8), anchor=(0, 0))
        is_used = whole[: rows * grid : grid, : columns * grid : grid] > 0
    places = np.argwhere(is_used)
    if not len(places):
        return None
    least: NDArray[np.float32] = low[is_used].reshape(-1, 4).astype(np.float32)
    most: NDArray[np.float32] = high[is_used].reshape(-1, 4).astype(np.float32)
    order = _telling_first(least, most)
    return Blocks(grid, cells, places[order], least[order], most[order])


def _grain_between(picture: Picture) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the least and the greatest grain that each pixel can have, as the halved image has it that begins there.

    What surrounds the picture, and what shows through it, is not known: black and white are the extremes.
    """
    black, white = (_differences(picture, surroundings) for surroundings in (0, 255))
    low = np.where(black * white < 0, 0, np.minimum(np.abs(black), np.abs(white)))
    return low.astype(np.float32), np.maximum(np.abs(black), np.abs(white)).astype(np.float32)


def _differences(picture: Picture, surroundings: int) -> NDArray[np.float32]:
    grey = picture.grey
    if picture.mask is not None:
        grey = np.where(picture.mask > 0, grey, surroundings).astype(np.uint8)
    edge = _AROUND
    wide = cv2.copyMakeBorder(grey, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=surroundings)
    halves = cv2.boxFilter(wide, cv2.CV_32F, (2, 2), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
    found = np.empty(wide.shape, np.float32)
    for row in (0, 1):
        for column in (0, 1):
            phase = np.ascontiguousarray(halves[row::2, column::2])
            found[row::2, column::2] = phase - cv2.blur(phase, GRAIN_SIZE, borderType=cv2.BORDER_REPLICATE)
    return found[edge:-edge, edge:-edge]


def _telling_first(low: NDArray[np.float32], high: NDArray[np.float32]) -> NDArray[np.intp]:
    """Order blocks: narrow ones that are unlike those before them come first."""
    middle, width = (low + high) / 2, (high - low).max(axis=1)
    apart = np.full(len(low), 1e3, np.float32)
    order = []
    for _ in range(min(len(low), _AT_ONCE)):
        chosen = int((apart - width).argmax())
        order.append(chosen)
        apart = np.minimum(apart, np.abs(middle - middle[chosen]).max(axis=1))
        apart[order] = -1e6
    others = np.setdiff1d(np.arange(len(low)), order)
    return np.array([*order, *others[np.argsort(width[others], kind="stable")]], np.intp)


def _fitting(
    cells: Pixels, blocks: Blocks, low: NDArray[np.float32], high: NDArray[np.float32]
) -> NDArray[np.intp] | None:
    """Return row and column of the cells at which the picture's first cell can be; None when these are too many."""
    rows, columns = blocks.places.max(axis=0) + 1
    height, width = cells.shape[0] - rows + 1, cells.shape[1] - columns + 1
    if height < 1 or width < 1:
        return None
    fits: Pixels | None = None
    compared = 0
    for (row, column), least, most in zip(blocks.places[:_AT_ONCE].tolist(), low.tolist(), high.tolist(), strict=False):
        part = cv2.inRange(cells[row : row + height, column : column + width], tuple(least), tuple(most))
        fits = np.asarray(part if fits is None else cv2.bitwise_and(fits, part), np.uint8)
        compared += 1
        if cv2.countNonZero(fits) <= _SPARSE:
            break
    assert fits is not None
    if cv2.countNonZero(fits) > min(_FEW, fits.size * _CROWDED):
        return None
    if not cv2.hasNonZero(fits):
        return np.empty((0, 2), np.intp)
    found = np.asarray(cv2.findNonZero(fits).reshape(-1, 2)[:, ::-1], np.intp)
    return _still_fitting(cells, blocks.places[compared:], low[compared:], high[compared:], found)


def _still_fitting(
    cells: Pixels,
    places: NDArray[np.intp],
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    found: NDArray[np.intp],
) -> NDArray[np.intp]:
    before = 2 * len(found)
    for number, ((row, column), least, most) in enumerate(zip(places, low, high, strict=True)):
        if number % _AT_ONCE == 0:
            if not len(found) or len(found) > _TELLING * before:
                break
            before = len(found)
        seen = cells[found[:, 0] + row, found[:, 1] + column]
        found = found[((seen >= least) & (seen <= most)).all(axis=1)]
    return found


def _regions(found: NDArray[np.intp], grid: int, picture: Picture, shot: Shot) -> Iterator[Box]:
    """Join neighbouring places and yield the box of all that the picture covers at any of them."""
    if not len(found):
        return
    width, height = picture.size
    (top, left), (bottom, right) = found.min(axis=0).tolist(), found.max(axis=0).tolist()
    marks = np.zeros((bottom - top + 3, right - left + 3), np.uint8)
    marks[found[:, 0] - top + 1, found[:, 1] - left + 1] = 255
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(marks, np.ones((3, 3), np.uint8)), connectivity=8)
    for x, y, across, down, _ in stats[1:count].tolist():
        # Drop the frame of one that dilating added; the picture begins up to a cell before its first whole cell.
        first_x, first_y = (left + x - 1 + 1) * grid - grid, (top + y - 1 + 1) * grid - grid
        box = Box(first_x, first_y, (across - 2) * grid + width, (down - 2) * grid + height)
        yield box.intersection(Box(0, 0, shot.box.width, shot.box.height))
