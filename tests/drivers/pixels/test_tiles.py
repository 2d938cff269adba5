"""Where there is anything to read, and what looks like text and was not read."""

import numpy as np
import pytest

from flowdesk.drivers.pixels.screen import Shot
from flowdesk.drivers.pixels.tiles import islands, union, unread
from flowdesk.model.geometry import Box
from tests.drivers.pixels.test_text import drawn


def covered(boxes: list[Box], x: int, y: int) -> bool:
    return any(box.contains(Box(x, y, 1, 1).center) for box in boxes)


def framed(shot: Shot, x: int, y: int, width: int, height: int) -> Shot:
    """Return a shot with a window's frame on it, which begins at a place of the shot."""
    pixels = shot.pixels.copy()
    pixels[y : y + height, [x, x + width]] = 0
    pixels[[y, y + height], x : x + width] = 0
    return Shot(pixels, shot.origin)


def test_text_without_a_line_on_it_is_told_and_read_text_is_not() -> None:
    shot = drawn((40, 30, "Save as"), (900, 500, "确定"), size=(1200, 800))
    tiles = unread(shot, [])
    assert len(tiles) == 2
    assert covered(tiles, 1060, 540)
    assert covered(tiles, 1910, 1010)
    read = Box(1036, 524, 70, 24)
    assert len(unread(shot, [read])) == 1


def test_text_in_a_frame_is_told_too() -> None:
    shot = framed(drawn((40, 30, "Save as"), size=(1200, 800)), 32, 24, 120, 32)
    assert covered(unread(shot, []), 1060, 540)


def test_plain_surfaces_and_a_place_full_of_text_give_few_tiles() -> None:
    assert unread(drawn(size=(1200, 800)), []) == []
    rows = [(20, 10 + 24 * row, "Some words that fill the line " * 4) for row in range(32)]
    tiles = unread(drawn(*rows, size=(1200, 800)), [])
    assert 1 <= len(tiles) <= 8
    assert all(tile.width * tile.height <= 400_000 for tile in tiles)


def test_a_plain_shot_has_no_island_and_a_frame_is_none() -> None:
    assert islands(drawn(size=(1200, 800))) == []
    assert islands(framed(drawn(size=(1200, 800)), 100, 100, 900, 500)) == []


def test_islands_hold_all_that_is_there_and_little_else() -> None:
    shot = framed(drawn((40, 30, "Save as"), (900, 500, "确定"), size=(1200, 800)), 20, 10, 1100, 700)
    found = islands(shot) or []
    assert len(found) == 2
    assert covered(found, 1060, 540)
    assert covered(found, 1910, 1010)
    assert all(found[0].intersection(other).is_empty for other in found[1:])
    assert sum(box.width * box.height for box in found) < 40_000


@pytest.mark.parametrize("place", [(0, 0), (1199, 799), (0, 799), (1199, 0)])
def test_a_single_pixel_in_a_corner_is_an_island(place: tuple[int, int]) -> None:
    pixels = np.zeros((800, 1200, 3), np.uint8)
    pixels[place[1], place[0], 1] = 20
    (found,) = islands(Shot(pixels)) or []
    assert found.contains(Box(*place, 1, 1).center)


def test_too_many_islands_are_none() -> None:
    pixels = np.zeros((2000, 3000, 3), np.uint8)
    pixels[50::400, 50::400] = 255
    assert islands(Shot(pixels)) is None


def test_the_union_holds_all() -> None:
    assert union([Box(1, 2, 3, 4), Box(10, 0, 1, 1)]) == Box(1, 0, 10, 6)
