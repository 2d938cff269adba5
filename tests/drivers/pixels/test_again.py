"""A repeated look for a picture searches only what changed, and finds what a whole search finds."""

import numpy as np

from flowdesk.drivers.pixels.again import Repeats
from flowdesk.drivers.pixels.picture_files import Picture
from flowdesk.drivers.pixels.pictures import Search, search
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.model.geometry import Box, Point
from tests.drivers.corpus import Widget

ORIGIN = Point(-100, 40)


def button(label: str) -> Pixels:
    return np.ascontiguousarray(np.asarray(Widget(label, (160, 200, 250), (20, 20, 20)).drawn(), np.uint8)[..., ::-1])


def screen(*placed: tuple[str, int, int]) -> Shot:
    pixels = np.full((500, 800, 3), 240, np.uint8)
    for label, x, y in placed:
        pixels[y : y + 32, x : x + 92] = button(label)
    return Shot(pixels, ORIGIN)


class Looker:
    """Looks for one picture again and again."""

    def __init__(self) -> None:
        self.pictures = (Picture("b", button("Apply")),)
        self.repeats = Repeats()

    def look(self, shot: Shot, similarity: float = 0.8, *, wants_best: bool = False) -> Search:
        key = ("", "b", shot.box)
        return self.repeats.search(key, shot, self.pictures, similarity, 1.0, wants_best=wants_best)


def test_what_appears_after_a_miss_is_found_where_it_is() -> None:
    looker = Looker()
    assert looker.look(screen(("Cancel", 20, 30))).hits == ()
    after = screen(("Cancel", 20, 30), ("Apply", 613, 402))
    assert looker.look(after).hits == search(after, looker.pictures, 0.8).hits
    assert [hit.box for hit in looker.look(after).hits] == [Box(513, 442, 92, 32)]


def test_an_unchanged_screen_gives_the_same_answer() -> None:
    looker = Looker()
    first = looker.look(screen(("Apple", 200, 100)))
    assert first.hits == ()
    assert first.best is not None
    assert looker.look(screen(("Apple", 200, 100)), wants_best=True) == first


def test_a_part_that_only_now_completes_the_picture_counts() -> None:
    whole = screen(("Apply", 300, 200))
    looker = Looker()
    half = Shot(whole.pixels.copy(), ORIGIN)
    half.pixels[200:232, 340:392] = 240
    assert looker.look(half).hits == ()
    assert [hit.box for hit in looker.look(whole).hits] == [Box(200, 240, 92, 32)]


def test_the_best_place_is_forgotten_when_it_changes() -> None:
    looker = Looker()
    best = looker.look(screen(("Apple", 200, 100))).best
    assert best is not None
    assert best.score > 0.3
    gone = looker.look(screen()).best
    assert gone is None or gone.score < best.score


def test_another_similarity_is_another_search() -> None:
    looker = Looker()
    shot = screen(("Apple", 200, 100))
    best = looker.look(shot).best
    assert best is not None
    assert looker.look(shot, best.score - 0.01).hits
