"""What GTK 4 tells of places, which changes with its versions: judged by the answers, not by the version.

Up to 4.8 "screen" places are measured from the corner of the window. From 4.18 on (Debian 13) they are (0,0) for every element, and
only the places in the window tell anything. They are measured from inside the border that the window draws where nothing composes
the screen, and that border is taken off once more (measured: a border of 5 pixels puts the window itself at (-5,-5) and what lies at
its inner corner, too). The padding of what an element stands in is left out, so that a place may be a few pixels off: see
``WindowPlaces.is_rough``. What is in a popover is measured from the popover, which is a window of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flowdesk.drivers.atspi.calls import ACCESSIBLE, COMPONENT, Place, Question, value_of
from flowdesk.drivers.atspi.origins import Measure
from flowdesk.drivers.atspi.walk import windows_of
from flowdesk.model.geometry import Box

Rectangle = tuple[int, int, int, int]
Ask = Callable[[Sequence[Question]], list[Any]]

_IN_WINDOW = 1
_NEAR = 48
"""So many pixels from where it is told a popover's own window is at most."""


def is_from_corner(toolkit: str, version: str) -> bool:
    """Whether programs made with it tell places from the corner of their window: GTK 4."""
    return toolkit == "gtk" and not version.startswith(("2.", "3."))


def is_popover(name: str) -> bool:
    """Whether an element is a popover, which tells no name but that of its class (GTK 4.8)."""
    return name.startswith("Gtk") and name.endswith("Popover")


def in_popovers(ask: Ask, parents: Mapping[Place, Place]) -> set[Place]:
    """Return the popovers of a program, and what is in them: under Wayland nobody can tell where that is."""
    holders = list(dict.fromkeys([*parents.values(), *parents]))
    names = ask([value_of(*holder, ACCESSIBLE, "Name") for holder in holders])
    found = {place for place, name in zip(holders, names, strict=True) if name and is_popover(str(name[0][1]))}
    inside = set(found)
    for place in parents if found else ():
        at: Place | None = place
        chain = []
        while at is not None and at not in inside and at not in chain:
            chain.append(at)
            at = parents.get(at)
        if at in inside:
            inside.update(chain)
    return inside


class WindowPlaces:
    """Puts right what programs answer that tell (0,0) for every place on the screen."""

    def __init__(self) -> None:
        """Begin with nothing known; programs are told apart by their answers."""
        self._rough: set[str] = set()

    def is_rough(self, bus: str) -> bool:
        """Whether a program's places are some pixels off, so that a target is looked at before it is pressed."""
        return bus in self._rough

    def put_right(
        self,
        ask: Ask,
        questions: Sequence[Question],
        answers: list[Any],
        parents: Callable[[str], Mapping[Place, Place]],
        is_gtk4: Callable[[str], bool],
    ) -> list[Any]:
        """Return answers in which places are measured from the corner of their window.

        Args:
            ask: Asks the accessibility bus.
            questions: What was asked, of any kind.
            answers: What was answered.
            parents: Tells of a program which elements stand in which, as far as that was read.
            is_gtk4: Whether a program is made with GTK 4.
        """
        doubtful = [
            at
            for at, (question, answer) in enumerate(zip(questions, answers, strict=True))
            if question.member == "GetExtents" and answer and tuple(answer[0][:2]) == (0, 0) and is_gtk4(question.bus)
        ]
        if not doubtful:
            return answers
        places = [(questions[at].bus, questions[at].path) for at in doubtful]
        windows = windows_of(ask, places, parents)
        inner = [place for place, window in windows.items() if place != window]
        corners = list(dict.fromkeys(windows[place] for place in inner))
        told = ask([Question(*place, COMPONENT, "GetExtents", "u", (_IN_WINDOW,)) for place in [*inner, *corners]])
        boxes = {
            place: tuple(int(number) for number in answer[0])
            for place, answer in zip([*inner, *corners], told, strict=True)
            if answer
        }
        self._rough.update(
            place[0]
            for place in inner
            if place in boxes and boxes[place][:2] != boxes.get(windows[place], boxes[place])[:2]
        )
        found = list(answers)
        for at, place in zip(doubtful, places, strict=True):
            window = windows[place]
            if place == window or place not in boxes or window not in boxes or not self.is_rough(place[0]):
                continue
            x, y, width, height = boxes[place]
            left, top = boxes[window][:2]
            found[at] = ((x - 2 * left, y - 2 * top, width, height), *answers[at][1:])
        return found


def popup_of(told: Rectangle, popups: Sequence[Box], measure: Measure) -> Measure | None:
    """Return how what is in a popover is measured, where an element is one; None where it is none.

    It is one that has the size of just one of the open popups, and tells (0,0), or where that popup is.

    Args:
        told: The element's box as the program tells it.
        popups: The popups of the program that are open.
        measure: How the program measures in the element's window.
    """
    same = [popup for popup in popups if (popup.width, popup.height) == told[2:]]
    if len(same) != 1:
        return None
    x, y = measure.box(told)[:2]
    if told[:2] != (0, 0) and max(abs(x - same[0].x), abs(y - same[0].y)) > _NEAR:
        return None
    return Measure(1.0, same[0].x - told[0], same[0].y - told[1])
