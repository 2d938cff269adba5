"""Every place of a picture is counted, however many there are."""

import numpy as np
import pytest

from flowdesk.drivers.pixels.every import search_every
from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.model.geometry import Point
from tests.drivers.pixels.test_pictures import button, canvas


def placed(image: Pixels, count: int, across: int, gap: int = 6) -> tuple[Pixels, list[tuple[int, int]]]:
    height, width = image.shape[:2]
    places = [(8 + (width + gap) * (n % across), 8 + (height + gap) * (n // across)) for n in range(count)]
    drawn = [(image, x, y) for x, y in places]
    size = {"width": 16 + (width + gap) * across, "height": 16 + (height + gap) * -(-count // across)}
    return canvas(*drawn, **size), places


@pytest.mark.parametrize("count", [1, 2, 30, 90])
def test_as_many_are_found_as_there_are_in_reading_order(count: int) -> None:
    image = button("Seat")
    pixels, places = placed(image, count, 9)
    before = pixels.copy()
    hits = search_every(Shot(pixels, Point(100, 50)), [Picture("seat", image)], 0.8, 1.0, 1000)
    assert [(hit.box.x - 100, hit.box.y - 50) for hit in hits] == places
    assert np.array_equal(pixels, before), "the shot belongs to others, too"


def test_near_twins_are_not_counted() -> None:
    wanted, twin = button("Seat 1"), button("Seat 7")
    pixels, _ = placed(wanted, 3, 3)
    both = np.vstack([pixels, placed(twin, 3, 3)[0][:, : pixels.shape[1]]])
    assert len(search_every(Shot(both), [Picture("seat", wanted)], 0.9, 1.0, 1000)) == 3


def test_no_more_are_told_than_asked_for_and_none_where_there_are_none() -> None:
    image = button("Seat")
    pixels, _ = placed(image, 40, 8)
    assert len(search_every(Shot(pixels), [Picture("seat", image)], 0.8, 1.0, 30)) == 30
    assert search_every(Shot(canvas()), [Picture("seat", image)], 0.8, 1.0, 30) == ()


@pytest.mark.parametrize("shade", [90, 128, 160, 250])
def test_plain_grey_pictures_are_taken_out_too(shade: int) -> None:
    image = button("Grey", (shade, shade, shade))
    pixels, places = placed(image, 30, 6)
    assert len(search_every(Shot(pixels), [Picture("grey", image)], 0.8, 1.0, 1000)) == len(places)
