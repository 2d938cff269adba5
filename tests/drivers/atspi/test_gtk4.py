"""Places of GTK 4 as recorded: of 4.8 (Debian 12), and of 4.18 (Debian 13), where screen places are (0,0)."""

from collections.abc import Sequence
from typing import Any

from flowdesk.drivers.atspi.calls import NULL, Place, Question, extents_of
from flowdesk.drivers.atspi.gtk4 import WindowPlaces, is_from_corner, popup_of
from flowdesk.drivers.atspi.origins import SAME, Measure
from flowdesk.model.geometry import Box

Rectangle = tuple[int, int, int, int]
WINDOW, SEVEN, LABEL = (("bus", f"/{name}") for name in ("window", "seven", "label"))
ABOVE = {WINDOW: ("bus", NULL), SEVEN: WINDOW, LABEL: SEVEN}


class Program:
    """Answers questions for parents and for places in the window, and counts them."""

    def __init__(self, in_windows: dict[Place, Rectangle], told: dict[Place, Rectangle]) -> None:
        self.in_windows = in_windows
        self.told = told
        self.asked: list[Question] = []
        self.places = WindowPlaces()

    def ask(self, questions: Sequence[Question]) -> list[Any]:
        self.asked.extend(questions)
        return [
            (("(so)", ABOVE[one.bus, one.path]),) if one.member == "Get" else (self.in_windows[one.bus, one.path],)
            for one in questions
        ]

    def put_right(self, *places: Place, known: dict[Place, Place] | None = None) -> list[Rectangle]:
        questions = [extents_of(*place) for place in places]
        answers = [(self.told[place],) for place in places]
        found = self.places.put_right(self.ask, questions, answers, lambda _: known or {}, lambda _: True)
        return [answer[0] for answer in found]


def test_what_4_8_tells_is_taken_as_it_is_without_a_question_for_places() -> None:
    told = {WINDOW: (0, 0, 320, 420), SEVEN: (11, 5, 298, 24), LABEL: (133, 5, 33, 24)}
    program = Program({}, told)
    assert program.put_right(SEVEN, LABEL) == [told[SEVEN], told[LABEL]]
    assert program.asked == []


TOLD_BY_4_18 = {WINDOW: (0, 0, 600, 520), SEVEN: (0, 0, 39, 24), LABEL: (0, 0, 23, 16)}
IN_WINDOW = {WINDOW: (-5, -5, 600, 520), SEVEN: (-5, 41, 39, 24), LABEL: (3, 45, 23, 16)}


def test_where_all_screen_corners_are_zero_the_places_in_the_window_count_with_its_border_twice() -> None:
    program = Program(IN_WINDOW, TOLD_BY_4_18)
    truth = [(0, 0, 600, 520), (5, 51, 39, 24), (13, 55, 23, 16)]
    assert program.put_right(WINDOW, SEVEN, LABEL) == truth
    assert program.put_right(WINDOW, SEVEN, LABEL, known={SEVEN: WINDOW, LABEL: SEVEN}) == truth
    assert program.put_right(LABEL) == truth[2:]
    assert program.places.is_rough("bus")


def test_of_a_maximized_window_there_is_no_border() -> None:
    program = Program({WINDOW: (0, 0, 1600, 1000), SEVEN: (10, 46, 39, 24)}, TOLD_BY_4_18)
    assert program.put_right(SEVEN) == [(10, 46, 39, 24)]


def test_what_lies_in_the_corner_of_its_window_stays_there() -> None:
    told = {WINDOW: (0, 0, 320, 420), SEVEN: (0, 0, 320, 34)}
    program = Program({WINDOW: (-11, -11, 320, 420), SEVEN: (-11, -11, 320, 34)}, told)
    assert program.put_right(SEVEN) == [told[SEVEN]]
    assert not program.places.is_rough("bus")


def test_a_popover_is_the_open_popup_of_its_size() -> None:
    popup = Box(744, 329, 112, 138)
    assert popup_of((0, 0, 112, 138), [popup], SAME) == Measure(1.0, 744, 329)
    assert popup_of((0, 0, 320, 34), [popup], SAME) is None
    assert popup_of((10, 0, 112, 138), [popup], SAME) is None
    assert popup_of((0, 0, 112, 138), [popup, Box(0, 0, 112, 138)], SAME) is None


def test_a_popover_that_is_measured_in_its_window_lies_near_where_it_is_told() -> None:
    popup = Box(502, 313, 132, 138)
    assert popup_of((-1, 74, 132, 138), [popup], Measure(1.0, 500, 240)) == Measure(1.0, 503, 239)
    assert popup_of((400, 300, 132, 138), [popup], Measure(1.0, 500, 240)) is None


def test_gtk_4_is_told_by_its_name_and_version() -> None:
    assert is_from_corner("gtk", "4.8.3")
    assert not is_from_corner("gtk", "3.24.38")
    assert not is_from_corner("qt", "6.11")
