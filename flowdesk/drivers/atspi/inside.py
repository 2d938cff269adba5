"""One program's elements, asked for one by one over the accessibility bus: what is in an element, and where it is.

``atspi`` reads what a program shows; this reads what it does not show, too: the options of a list that is closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi import gtk4
from flowdesk.drivers.atspi.calls import ACCESSIBLE, NULL, ROOT, TEXT, Place, Question, extents_of, value_of
from flowdesk.drivers.atspi.labels import LABEL_FOR, label_in, words_on
from flowdesk.drivers.atspi.names import called as written
from flowdesk.drivers.atspi.origins import SAME, UNPLACED, Measure, measure_of
from flowdesk.drivers.atspi.roles import ROLE_WORDS, State
from flowdesk.drivers.patience import current
from flowdesk.drivers.wayland.session import is_wayland
from flowdesk.drivers.x11.popups import popups_of
from flowdesk.model.geometry import Box

PATIENCE = 3.0
"""Seconds that a program may take to answer one lot of questions."""
LOT = 1000
"""Elements that are asked for in one lot."""
FAR = 1 << 22
"""Toolkits give places about as far out as integers go for what is not shown."""
_HIGH = 40
"""Levels from an element to its window."""

CHECKABLE = 41
PRESSED = 20
ARMED = 2
SELECTABLE = 22


@dataclass(slots=True)
class Facts:
    """What an element says of itself."""

    place: Place
    role: str
    word: str
    """Its kind as the program calls it."""
    name: str
    states: int
    told: tuple[int, int, int, int] | None = None
    """Its box as the program tells it."""

    def has(self, state: int) -> bool:
        """Whether it is in a state."""
        return bool(self.states >> state & 1)

    @property
    def is_enabled(self) -> bool:
        """Whether it takes input."""
        return self.has(State.ENABLED) or self.has(State.SENSITIVE)


@dataclass
class Inside:
    """Reads the elements of one program. Made for one question of a run, for it remembers where windows are."""

    bus: atspi.Bus
    pid: int
    _measures: dict[Place, Measure] = field(default_factory=dict)
    _toolkit: tuple[str, str] | None = None
    _parents: dict[Place, Place] = field(default_factory=dict)

    def ask(self, questions: Sequence[Question]) -> list[Any]:
        """Ask, a lot at a time.

        Raises:
            Interrupted: If the thread's time is over before all is asked.
        """
        answers: list[Any] = []
        for begin in range(0, len(questions), LOT):
            current().check()
            answers += self.bus.ask(questions[begin : begin + LOT], PATIENCE)
        return answers

    def toolkit(self, bus_name: str) -> tuple[str, str]:
        """Return name (lower case) and version of what the program is made with."""
        if self._toolkit is None:
            facts = [
                value_of(bus_name, ROOT, "org.a11y.atspi.Application", name) for name in ("ToolkitName", "Version")
            ]
            name, version = (str(answer[0][1]) if answer else "" for answer in self.ask(facts))
            self._toolkit = name.lower(), version
        return self._toolkit

    def is_gtk4(self, bus_name: str) -> bool:
        """Whether it measures from the corner of its window."""
        name, version = self.toolkit(bus_name)
        return name == "gtk" and not version.startswith(("2.", "3."))

    def count(self, place: Place) -> int:
        """Return how many children an element has."""
        (answer,) = self.ask([value_of(*place, ACCESSIBLE, "ChildCount")])
        return int(answer[0][1]) if answer else 0

    def children(self, place: Place, numbers: Iterable[int]) -> list[Place]:
        """Return some of an element's children by their indexes."""
        answers = self.ask([Question(*place, ACCESSIBLE, "GetChildAtIndex", "i", (number,)) for number in numbers])
        found = [(str(answer[0][0]), str(answer[0][1])) for answer in answers if answer]
        return [child for child in found if child[1] != NULL]

    def facts(self, places: Sequence[Place], *, with_boxes: bool = False) -> list[Facts]:
        """Read elements; those that are gone are left out."""
        words = self.ask([Question(*place, ACCESSIBLE, "GetRoleName") for place in places])
        names = self.ask([value_of(*place, ACCESSIBLE, "Name") for place in places])
        states = self.ask([Question(*place, ACCESSIBLE, "GetState") for place in places])
        boxes: list[Any] = self.ask([extents_of(*place) for place in places]) if with_boxes else [None] * len(places)
        strange = [
            place for place, word in zip(places, words, strict=True) if word and word[0].lower() not in ROLE_WORDS
        ]
        numbers = self.ask([Question(*place, ACCESSIBLE, "GetRole") for place in strange])
        known = {place: int(answer[0]) for place, answer in zip(strange, numbers, strict=True) if answer}
        found = []
        for place, word, name, state, box in zip(places, words, names, states, boxes, strict=True):
            if not word or not state:
                continue
            bits = sum(int(part) << 32 * index for index, part in enumerate(state[0]))
            called = str(word[0]).lower()
            told = tuple(int(number) for number in box[0]) if box else None
            role = atspi.role_name(called, known.get(place, 0), bits)
            if called == "switch":
                role = "switch"
            text = " ".join(written(str(name[0][1])).split()) if name else ""
            found.append(Facts(place, role, called, text, bits, told))  # type: ignore[arg-type]
        return found

    def below(self, place: Place, deep: int, most: int = 60, closed: frozenset[str] = frozenset()) -> list[Facts]:
        """Return what is below an element, level by level.

        It is not looked into elements with more than ``most`` children, nor into those of ``closed`` roles.
        """
        found: list[Facts] = []
        level = [place]
        for _ in range(deep):
            counts = self.ask([value_of(*one, ACCESSIBLE, "ChildCount") for one in level])
            below: list[Place] = []
            for one, count in zip(level, counts, strict=True):
                number = int(count[0][1]) if count else 0
                if 0 < number <= most:
                    below += self.children(one, range(number))
            if not below:
                break
            facts = self.facts(below)
            found += facts
            level = [one.place for one in facts if one.role not in closed]
        return found

    def shown_of(self, place: Place, roles: Sequence[int]) -> list[Place]:
        """Return what is shown of some kinds below an element, where its toolkit answers that in one question."""
        wanted = [sum(1 << role % 32 for role in roles if role // 32 == part) for part in range(4)]
        rule: tuple[Any, ...] = ([1 << State.SHOWING, 0], 1, {}, 1, wanted, 2, [], 1, False)
        signature = "(aiia{ss}iaiiasib)uib"
        if self.bus.toolkit(place[0], PATIENCE)[0] not in atspi.QUICK:
            return []
        (found,) = self.ask(
            [Question(*place, "org.a11y.atspi.Collection", "GetMatches", signature, (rule, 1, 0, True))]
        )
        return [(str(bus), str(path)) for bus, path in found[0]] if found else []

    def above(self, place: Place) -> list[Place]:
        """Return what an element is in, innermost first, up to its window."""
        self.learn_above([place])
        found: list[Place] = []
        at = place
        while len(found) < _HIGH:
            at = self._parents.get(at, ("", ROOT))
            if at[1] in (ROOT, NULL) or at in found:
                break
            found.append(at)
        return found

    def learn_above(self, places: Sequence[Place]) -> None:
        """Ask what some elements are in, all at once: one by one is slow where many are asked about on a busy machine."""
        level = [place for place in dict.fromkeys(places) if place not in self._parents]
        for _ in range(_HIGH):
            if not level:
                return
            answers = self.ask([value_of(*place, ACCESSIBLE, "Parent") for place in level])
            for place, answer in zip(level, answers, strict=True):
                self._parents[place] = (str(answer[0][1][0]), str(answer[0][1][1])) if answer else ("", ROOT)
            outer = dict.fromkeys(self._parents[place] for place in level)
            level = [place for place in outer if place[1] not in (ROOT, NULL) and place not in self._parents]

    def labelled_by(self, place: Place) -> Place | None:
        """Return what a label belongs to."""
        (answer,) = self.ask([Question(*place, ACCESSIBLE, "GetRelationSet")])
        return label_in(answer, LABEL_FOR)

    def text(self, place: Place) -> str | None:
        """Return the text that an element holds, None where it holds none."""
        (count,) = self.ask([value_of(*place, TEXT, "CharacterCount")])
        if not count:
            return None
        (answer,) = self.ask([Question(*place, TEXT, "GetText", "ii", (0, int(count[0][1])))])
        return str(answer[0]) if answer else None

    def called(self, facts: Facts) -> str:
        """Return what stands on an element: its name, else that of its label, or of the labels in it."""
        if facts.name:
            return facts.name
        (relations,) = self.ask([Question(*facts.place, ACCESSIBLE, "GetRelationSet")])
        label = label_in(relations)
        if label is not None and (word := words_on(self.ask, [label])[0]):
            return word
        names = [one.name for one in self.below(facts.place, 4, 12) if one.role == "static_text" and one.name]
        return " ".join(names[:3])

    def box(self, facts: Facts) -> Box | None:
        """Return where on the screen an element is, None where it is not shown or nobody tells."""
        if facts.told is None:
            (answer,) = self.ask([extents_of(*facts.place)])
            facts.told = tuple(int(number) for number in answer[0]) if answer else None  # type: ignore[assignment]
        told = facts.told
        if told is None or told[2] <= 0 or told[3] <= 0 or told[:2] == (-1, -1) or max(map(abs, told)) > FAR:
            return None
        return Box(*self._measure(facts).box(told))

    def _measure(self, facts: Facts) -> Measure:
        outer = self.above(facts.place)
        top = outer[-1] if outer else facts.place
        is_corner = self.is_gtk4(facts.place[0])
        if is_wayland() and is_corner and any(gtk4.is_popover(one.name) for one in self.facts(outer[:-1])):
            return UNPLACED
        if is_corner and (popup := self._popup(outer)) is not None:
            return popup
        if top not in self._measures:
            (window,) = self.facts([top], with_boxes=True) or (None,)
            told = window.told if window is not None and window.told is not None else (0, 0, 0, 0)
            title = window.name if window is not None else ""
            found = measure_of(self.pid, title, told, is_from_corner=is_corner)
            if found is not None and not is_corner and found.scale == 1 and not is_wayland():
                found = SAME
            self._measures[top] = found or (UNPLACED if is_wayland() else SAME)
        return self._measures[top]

    def _popup(self, outer: Sequence[Place]) -> Measure | None:
        """Return how what is in a popover of GTK 4 is measured: from the corner of the popover's own window."""
        shown = popups_of(self.pid)
        if not shown:
            return None
        for one in self.facts(outer[:-1], with_boxes=True):
            if one.told is None:
                continue
            for box in shown:
                if abs(one.told[2] - box.width) <= 4 and 0 <= box.height - one.told[3] <= 16:
                    return Measure(1.0, box.x - one.told[0], box.y - one.told[1])
        return None
