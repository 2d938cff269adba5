"""What the sieve leaves out is nowhere: wherever a picture lies, its region is kept, and on most screens little else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.drivers.pixels.sieve import blocks_of, possible_regions
from flowdesk.model.geometry import Box

ALLOWED = 16.4
"""What a similarity of 0.8 allows."""


def noise(seed: int, height: int, width: int, block: int = 3) -> Pixels:
    """Draw coloured squares at random."""
    small = np.random.default_rng(seed).integers(0, 255, (height // block + 1, width // block + 1, 3))
    return np.repeat(np.repeat(small, block, 0), block, 1)[:height, :width].astype(np.uint8)


def regions(shot: Shot, picture: Picture, spot: int = 7) -> list[Box] | None:
    blocks = blocks_of(picture, spot)
    assert blocks
    return possible_regions(shot, picture, blocks, spot, ALLOWED)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10_000), st.integers(12, 120), st.integers(12, 90), st.integers(0, 180), st.integers(0, 110),
    st.sampled_from([7, 9, 11, 15]),
)  # fmt: skip
def test_the_true_place_is_always_kept(seed: int, width: int, height: int, x: int, y: int, spot: int) -> None:
    needle, pixels = noise(seed, height, width), noise(seed + 1, 200, 300, 7)
    pixels[y : y + height, x : x + width] = needle
    blocks = blocks_of(Picture("b", needle), spot)
    if not blocks:
        return
    found = possible_regions(Shot(pixels), Picture("b", needle), blocks, spot, ALLOWED)
    place = Box(x, y, width, height)
    assert found is None or any(region.intersection(place) == place for region in found)


def test_a_busy_screen_without_the_picture_leaves_next_to_nothing() -> None:
    shot = Shot(noise(3, 700, 900, 9))
    found = regions(shot, Picture("b", noise(4, 34, 86)))
    assert found is not None
    assert sum(region.width * region.height for region in found) < 900 * 700 / 20


def test_what_is_transparent_is_not_compared() -> None:
    needle, pixels = noise(5, 40, 80), np.full((300, 400, 3), 20, np.uint8)
    mask = np.zeros((40, 80), np.uint8)
    mask[:, 30:] = 255
    pixels[101:141, 203 + 30 : 283] = needle[:, 30:]
    found = regions(Shot(pixels), Picture("b", needle, mask))
    assert found is not None
    assert any(region.contains(Box(203, 101, 80, 40).center) for region in found)


@pytest.mark.parametrize("size", [(4, 200), (9, 9), (30, 5)])
def test_pictures_too_small_for_blocks_say_so(size: tuple[int, int]) -> None:
    found = blocks_of(Picture("b", noise(6, *size, block=2)), 15)
    assert found == ()
