"""When what is pressed came to look as it does, by pictures of its window."""

import numpy as np
import pytest

from flowdesk.drivers.observing.glimpses import Glimpse, Glimpses
from flowdesk.drivers.pixels.screen import Shot
from flowdesk.model.geometry import Box, Point

WINDOW = Box(100, 100, 400, 300)
BUTTON, ELSEWHERE = Box(200, 200, 80, 30), Point(450, 350)


def shot(button: int, *, rest: int = 200) -> Shot:
    """Return a window with something drawn on its button."""
    pixels = np.full((WINDOW.height, WINDOW.width, 3), rest, np.uint8)
    pixels[100:130, 100:180] = 180
    pixels[108:122, 110:170:3] = button
    return Shot(pixels, Point(WINDOW.x, WINDOW.y))


def seen(*looks: tuple[float, int], pointer: Point = ELSEWHERE, rest: int = 200) -> Glimpses:
    glimpses = Glimpses()
    for at, button in looks:
        glimpses.keep(Glimpse(at, 1, pointer, shot(button, rest=rest)))
    return glimpses


def test_what_changed_after_the_last_input_took_until_then() -> None:
    glimpses = seen((0.9, 150), (1.2, 150), (2.0, 150), (3.4, 0), (3.6, 0))
    assert glimpses.took(1, BUTTON, since=1.0) == pytest.approx(2.4)


def test_what_the_pointer_came_to_since_is_seen_as_it_was_before() -> None:
    glimpses = seen((0.9, 150), (3.4, 0))
    glimpses.keep(Glimpse(3.8, 1, BUTTON.center, shot(0)))
    assert glimpses.took(1, BUTTON, since=1.0) == pytest.approx(2.4)


def test_what_looked_so_before_took_no_time() -> None:
    assert seen((0.9, 0), (2.0, 0), (3.0, 0)).took(1, BUTTON, since=1.0) == 0.0


def test_a_change_elsewhere_is_none_of_it() -> None:
    glimpses = seen((0.9, 0))
    glimpses.keep(Glimpse(3.0, 1, ELSEWHERE, shot(0, rest=90)))
    assert glimpses.took(1, BUTTON, since=1.0) == 0.0


def test_what_the_pointer_lights_up_did_not_come() -> None:
    glimpses = seen((0.9, 0))
    glimpses.keep(Glimpse(3.0, 1, BUTTON.center, shot(90)))
    assert glimpses.took(1, BUTTON, since=1.0) == 0.0


def test_of_another_window_nothing_is_known() -> None:
    assert seen((0.9, 150), (3.0, 0)).took(2, BUTTON, since=1.0) == 0.0
