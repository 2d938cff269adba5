"""How a program measures is judged by one window of it."""

import pytest

from flowdesk.drivers.atspi.origins import SAME, Measure, Rectangle, _from_corner, _scale


@pytest.mark.parametrize(
    ("seen", "told", "scale"),
    [
        ((0, 0, 700, 500), (0, 0, 700, 500), 1.0),
        ((0, 0, 1400, 1000), (0, 0, 700, 500), 2.0),
        ((0, 0, 664, 711), (0, 0, 332, 356), 2.0),  # a frame with an odd height
        ((0, 0, 1051, 750), (0, 0, 700, 500), 1.5),
        ((0, 0, 701, 500), (0, 0, 700, 500), None),
        ((0, 0, 1400, 500), (0, 0, 700, 500), None),
    ],
)
def test_only_usual_scales_of_both_sides_count(seen: Rectangle, told: Rectangle, scale: float | None) -> None:
    assert _scale(seen, told) == scale


def test_a_box_is_told_in_pixels_of_the_screen() -> None:
    assert SAME.box((3, -4, 5, 6)) == (3, -4, 5, 6)
    assert Measure(2.0, 100.0, -20.0).box((3, 4, 5, 6)) == (106, -12, 10, 12)


def test_what_is_measured_from_the_corner_lies_inside_the_shadow() -> None:
    assert _from_corner((100, 50, 452, 352), (0, 0, 400, 300), [26, 26, 23, 29]) == Measure(1.0, 126, 73)
    assert _from_corner((100, 50, 452, 352), (0, 0, 400, 300), [0, 0, 0, 0]) == Measure(1.0, 126, 76)
    assert _from_corner((100, 50, 904, 704), (0, 0, 400, 300), [52, 52, 46, 58]) == Measure(2.0, 152, 96)
