"""Places at which a picture may be."""

import numpy as np

from flowdesk.drivers.pixels.peaks import coarse_peaks, peaks
from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.model.geometry import Box


def noise(seed: int, height: int, width: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3)).astype(np.uint8)


def placed(*places: tuple[int, int]) -> tuple[Shot, Picture]:
    needle, pixels = noise(1, 20, 40), noise(2, 300, 500) // 4
    for x, y in places:
        pixels[y : y + 20, x : x + 40] = needle
    return Shot(pixels), Picture("w", needle)


WHOLE = [Box(0, 0, 500, 300)]


def test_every_place_is_a_peak_and_the_best_comes_first() -> None:
    shot, picture = placed((10, 10), (52, 10), (300, 200))
    found = peaks(shot, picture, WHOLE, 0.5)
    assert sorted((x, y) for _, x, y in found) == [(10, 10), (52, 10), (300, 200)]
    assert found == sorted(found, key=lambda place: -place[0])


def test_many_regions_and_the_whole_tell_the_same() -> None:
    places = [(10 + 48 * column, 10 + 28 * row) for column in range(10) for row in range(10)]
    shot, picture = placed(*places)
    regions = [Box(x - 2, y - 2, 44, 24) for x, y in places]
    one_by_one = [place for region in regions for place in peaks(shot, picture, [region], 0.8)]
    assert {(x, y) for _, x, y in peaks(shot, picture, regions, 0.8)} == set(places)
    assert {(x, y) for _, x, y in one_by_one} == set(places)


def test_outside_of_the_regions_nothing_is_a_peak() -> None:
    shot, picture = placed((10, 10), (300, 200))
    found = peaks(shot, picture, [Box(280, 180, 100, 80)], 0.5)
    assert [(x, y) for _, x, y in found] == [(300, 200)]
    assert peaks(shot, picture, [], 0.5) == []


def test_colours_that_are_alike_in_grey_are_told_by_their_channel() -> None:
    needle = np.full((20, 40, 3), (60, 150, 60), np.uint8)
    needle[5:15, 10:30] = (83, 83, 190)
    pixels = np.full((200, 300, 3), (60, 150, 60), np.uint8)
    pixels[100:120, 200:240] = needle
    picture = Picture("w", needle)
    assert picture.channel is not None
    assert (200, 100) in {(x, y) for _, x, y in peaks(Shot(pixels), picture, [Box(0, 0, 300, 200)], 0.9)}


def test_seen_coarsely_the_likeliest_is_placed_to_the_pixel() -> None:
    shot, picture = placed((201, 103))
    assert coarse_peaks(shot, picture)[0][1:] == (201, 103)
