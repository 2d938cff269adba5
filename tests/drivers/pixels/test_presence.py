"""Whether an element is to be seen where it should be."""

import cv2
import numpy as np
import pytest

from flowdesk.drivers.pixels.presence import is_covered, is_framed, is_plain, reads_another
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.drivers.pixels.text import Reader
from flowdesk.model.geometry import Box, Point

BOX = Box(103, 53, 120, 28)
AROUND = Box(100, 50, 126, 34)


def ground(shade: int = 240) -> Pixels:
    return np.full((AROUND.height, AROUND.width, 3), shade, np.uint8)


def drawn(*, frame: bool = True, text: str = "") -> Pixels:
    pixels = ground()
    if frame:
        cv2.rectangle(pixels, (4, 4), (121, 29), (150, 150, 150), 1)
    if text:
        cv2.putText(pixels, text, (20, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 1, cv2.LINE_AA)
    return pixels


def test_a_frame_is_seen_around_its_box_and_nowhere_else() -> None:
    assert is_framed(drawn(), BOX, AROUND)
    assert not is_framed(drawn(frame=False, text="Row 12"), BOX, AROUND)
    assert not is_framed(ground(), BOX, AROUND)
    assert not is_framed(drawn(), Box(120, 60, 40, 12), AROUND)


def test_three_sides_are_enough_and_two_are_not() -> None:
    pixels = drawn()
    pixels[:, 112:] = 240
    assert is_framed(pixels, BOX, AROUND)
    pixels[:12] = 240
    assert not is_framed(pixels, BOX, AROUND)


def test_a_gradient_is_plain_and_a_mark_is_not() -> None:
    gradient = ground()
    gradient[:] = np.linspace(200, 250, AROUND.height).astype(np.uint8)[:, None, None]
    assert is_plain(gradient)
    gradient[10:14, 10:14] = 180
    assert not is_plain(gradient)


def test_too_little_to_tell_is_not_plain() -> None:
    assert not is_plain(ground()[:3])


@pytest.mark.parametrize(
    ("read", "name", "is_another"),
    [
        ("Sort", "Row 12", True),
        ("Row 12", "Row 12", False),
        ("Row l2", "Row 12", False),
        ("Row 1", "Row 12", True),
        ("Row 12", "Row 1", True),
        ("Row", "Row 12", False),
        ("O Row 12", "Row 12", False),
        ("Row I2", "Row 12", False),
        ("Row 1O", "Row 10", False),
        ("Part A", "Part B", True),
        ("Part B", "Part B", False),
        ("0 1200", "12:00", False),
        ("1230 Lunch 5", "12:30 Lunch 5", False),
        ("", "Row 12", False),
        ("x", "Row 12", False),
        ("Sort", "", False),
        ("按名称排序", "第十二行", True),
    ],
)
def test_what_is_read_is_another_text_only_where_it_has_little_in_common(
    read: str, name: str, is_another: bool
) -> None:
    assert reads_another(read, name) is is_another


def test_something_else_in_place_of_an_element_covers_it() -> None:
    reader = Reader()

    def seen(pixels: Pixels, name: str = "Row 12") -> bool:
        return is_covered(reader, Shot(pixels, Point(AROUND.x, AROUND.y)), BOX, name)

    assert seen(ground())
    assert seen(drawn(frame=False, text="Sort by"))
    assert not seen(drawn(frame=False, text="Row 12"))
    assert not seen(drawn(text="Sort by"))
