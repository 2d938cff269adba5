"""What one place scores: shapes, spots of colour, strokes by their contrast."""

import cv2
import numpy as np
import pytest

from flowdesk.drivers.pixels.likeness import agreement, likeness, shape
from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.screen import Pixels


def label(text: str, ink: int = 30, ground: int = 240) -> Pixels:
    pixels = np.full((24, 90, 3), ground, np.uint8)
    cv2.putText(pixels, text, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (ink, ink, ink), 1, cv2.LINE_AA)
    return pixels


def test_the_same_pixels_score_one() -> None:
    pixels = label("Seat 13")
    assert likeness(pixels, Picture("w", pixels), 1.0) == pytest.approx(1.0, abs=1e-5)
    assert agreement(pixels, pixels) == 1.0


@pytest.mark.parametrize("ink", [30, 130, 190])
def test_another_digit_counts_however_faint_it_is(ink: int) -> None:
    assert likeness(label("Seat 18", ink), Picture("w", label("Seat 13", ink)), 1.0) < 0.75


@pytest.mark.parametrize("shade", [-10, 10])
def test_a_shade_shared_by_all_is_forgiven(shade: int) -> None:
    pixels = label("Seat 13", 60, 200)
    assert likeness((pixels.astype(int) + shade).astype(np.uint8), Picture("w", pixels), 1.0) > 0.85


def test_the_shape_of_a_plain_surface_is_nothing_and_what_is_transparent_does_not_count() -> None:
    pixels = label("Seat 13")
    assert shape(np.full_like(pixels, 99), Picture("w", pixels)) == 0.0
    mask = np.full(pixels.shape[:2], 255, np.uint8)
    mask[:, 38:] = 0
    assert likeness(label("Seat 18"), Picture("w", pixels, mask), 1.0) > 0.99
