"""A miss says how near it was."""

from flowdesk.drivers.misses import picture_miss
from flowdesk.drivers.pixels.pictures import Hit
from flowdesk.model.geometry import Box


def test_a_picture_that_is_nearly_there_says_where_and_how_nearly() -> None:
    miss = picture_miss("ok.png", 0.8, Hit(Box(10, 20, 30, 40), 0.712, 1.25))
    assert "0.71" in miss.reason
    assert "the minimum is 0.8" in miss.reason
    assert (miss.best_score, miss.best_box, miss.best_scale) == (0.712, Box(10, 20, 30, 40), 1.25)


def test_a_picture_that_is_nowhere_says_so_and_shortens_its_name() -> None:
    miss = picture_miss("data:image/png;base64," + "A" * 500, 0.8, None)
    assert "nothing similar" in miss.reason
    assert len(miss.reason) < 150
    assert miss.best_score == 0
