"""Directions, reading order, doubles and colours."""

import numpy as np
import pytest

from flowdesk.drivers.pixels.colors import blobs, closest_color
from flowdesk.drivers.pixels.screen import Shot
from flowdesk.drivers.places import Match, Scope, beside, in_reading_order, without_doubles
from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import Relation

BASE = Box(100, 100, 50, 20)


def at(*boxes: tuple[int, int, int, int]) -> list[Match]:
    return [Match(Box(*box), "element") for box in boxes]


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("right-of", [(160, 100, 40, 20), (300, 95, 40, 30)]),
        ("left-of", [(20, 105, 40, 10)]),
        ("above", [(100, 40, 60, 20)]),
        ("below", [(90, 130, 40, 20), (110, 300, 10, 10)]),
        (
            "near",
            [(160, 100, 40, 20), (90, 130, 40, 20), (20, 105, 40, 10), (100, 40, 60, 20), (300, 95, 40, 30)],
        ),
    ],
)
def test_the_nearest_in_a_direction_comes_first(relation: Relation, expected: list[tuple[int, int, int, int]]) -> None:
    around = at(
        (300, 95, 40, 30), (160, 100, 40, 20), (20, 105, 40, 10), (100, 40, 60, 20), (110, 300, 10, 10), (90, 130, 40, 20)
    )  # fmt: skip
    found = [tuple(match.box) for match in beside(relation, BASE, [*around, Match(BASE, "element")])]
    assert found == expected


def test_reading_order_goes_along_rows() -> None:
    places = at((200, 12, 20, 20), (10, 10, 20, 20), (10, 50, 20, 20), (100, 8, 20, 20))
    assert [match.box.x for match in in_reading_order(places)] == [10, 100, 200, 10]


def test_what_lies_in_the_uppermost_window_comes_first_wherever_that_window_is() -> None:
    upper = Scope(Box(0, 300, 400, 300), window=Window(2, "Form"))
    lower = Scope(Box(500, 0, 400, 300), window=Window(1, "Form"))
    fields = [
        Match(Box(10, 400, 50, 20), "element", outer=upper),
        Match(Box(10, 350, 50, 20), "element", outer=upper),
        Match(Box(510, 50, 50, 20), "element", outer=lower),
    ]
    assert [match.box.y for match in in_reading_order(fields)] == [350, 400, 50]


def test_a_better_fit_in_a_lower_window_still_comes_first() -> None:
    upper, lower = (Scope(Box(0, 0, 400, 300), window=Window(number, "Form")) for number in (2, 1))
    found = [
        Match(Box(0, 0, 9, 9), "image", score=0.82, outer=upper),
        Match(Box(50, 9, 9, 9), "image", score=0.99, outer=lower),
    ]
    assert [match.score for match in in_reading_order(found)] == [0.99, 0.82]


def test_a_label_and_its_part_count_once() -> None:
    outer, inner = Match(Box(0, 0, 50, 20), "text", text="A"), Match(Box(5, 5, 20, 10), "text", text="A")
    other = Match(Box(5, 5, 20, 10), "text", text="B")
    assert without_doubles([outer, inner, inner, other]) == [inner, other]


def test_blobs_are_boxes_of_a_colour_within_tolerance() -> None:
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[10:20, 30:60] = (232, 115, 26)
    pixels[50:60, 5:15] = (230, 110, 30)
    shot = Shot(pixels, Point(1000, -50))
    assert blobs(shot, (26, 115, 232), 10) == [Box(1030, -40, 30, 10), Box(1005, 0, 10, 10)]
    assert blobs(shot, (26, 115, 232), 0) == [Box(1030, -40, 30, 10)]
    assert blobs(shot, (255, 0, 0), 10) == []
    assert closest_color(shot, (16, 117, 234)) == (Point(1030, -40), (26, 115, 232))


def test_a_ring_gives_a_pixel_of_its_colour() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[10:31, 10:31] = 255
    pixels[15:26, 15:26] = 0
    (box,) = blobs(Shot(pixels), (255, 255, 255), 5)
    assert box.width == 1
    assert pixels[box.y, box.x].all()
