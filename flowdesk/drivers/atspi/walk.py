"""The walk over a program's tree, level by level: what is shown, or scrolled out of sight, with as few questions as can be.

Where a name is looked for, elements with another name and nothing below them are asked for their name and for nothing else. Of
buttons, fields, and the like it is remembered that they hold nothing (``Leaves``), so that the next walk asks those that can be
what is looked for for their names, and the others for nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flowdesk.drivers.atspi.calls import ACCESSIBLE, NULL, ROOT, Place, Question, bits_of, value_of
from flowdesk.drivers.atspi.names import is_class
from flowdesk.drivers.atspi.origins import Measure
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.atspi.tables import MANY, Ask, shown_cells

SCROLLING = frozenset({49, 68})
"""Roles of what scrolls what is in it: scroll pane, viewport."""

LISTS = frozenset({31, 55, 65, 66, 98})
"""Roles of lists, tables and trees, which leave their entries in place and say that they are not shown."""

_HOLDERS = frozenset({20, 39, 85, 99})
"""Roles of what holds anything: filler, panel, section, grouping. Of very many in one, those that fit are asked for one by one."""

_CLOSED = frozenset({33, 41, 64})
"""Roles of what is closed when it is not shown: menus, tooltips."""

PRESSED = frozenset({7, 8, 35, 43, 44, 45, 62, 129})
"""Roles of what is pressed: buttons, ticks, entries of menus. They may turn into each other."""

_SET = frozenset({40, 42, 50, 51, 52, 79})
"""Roles of fields, meters and lines, which hold nothing either."""

_CAPTIONED = frozenset({7, 8, 43, 44, 62, 129})
"""Roles of what is pressed and holds its caption as an element of its own, in GTK 4."""

_WRITTEN = PRESSED | {29, 116}
"""Roles of what has no text but its name."""

MOST = 6000
"""So many elements are kept of one program at most."""

_LONGEST = 20_000
"""Of a longer list only the entries on the screen are read."""

_BATCH = 2000

_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk over a program's tree leaves behind."""

    parents: dict[Place, Place] = field(default_factory=dict)
    measures: dict[Place, Measure] = field(default_factory=dict)
    """How it measures in its windows, where not in pixels of the screen."""
    modals: tuple[Place, ...] = ()
    """What is shown and says that it is modal."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a walk is for."""

    states: int
    """Any of these states says that something is shown."""
    has_cells: bool
    """Whether cells of tables are wanted."""
    is_wide: bool
    """Whether also what is scrolled out of sight is."""
    most_children: int = MANY
    """Of what holds more, only the entries on the screen are read: Qt and GTK 3 take the square of their number for a list of them."""
    fits: Callable[[str], bool] | None = None
    """Whether a name is one that is looked for; None: any element is wanted."""
    numbers: frozenset[int] | None = None
    """The roles that are looked for; None: any."""
    is_for_text: bool = False
    """Whether what is written in a field counts as its name does."""
    has_captions: bool = False
    """Whether the one thing in what is pressed is believed to be its caption."""

    def is_left_out(self, role: int, name: str | None) -> bool:
        """Whether an element with nothing below it cannot be what is looked for; ``name``: as far as it is known."""
        if name and self.fits is not None and not self.fits(name):
            return not self.is_for_text or role in _WRITTEN
        kind = next((kind for kind in (PRESSED, _SET) if role in kind), None)
        return kind is not None and self.numbers is not None and kind.isdisjoint(self.numbers)

    @property
    def is_past_captions(self) -> bool:
        """Whether a caption is as good as not there: what is pressed is looked for, or what is written on it."""
        is_pressed = self.numbers is not None and self.numbers <= PRESSED
        return self.has_captions and self.fits is not None and (is_pressed or (self.is_for_text and not self.is_wide))


Leaves = dict[Place, int]
"""Elements that held nothing when they were read, by their roles: of those roles that hold nothing as long as they are there.

Those that held their caption only have the negative of their role.
"""


class TreeWalk:
    """One walk. ``told`` and ``windows`` hold what it found."""

    def __init__(self, ask: Ask, top: Place, wish: Wish, leaves: Mapping[Place, int]) -> None:
        """Ask by ``ask``, below ``top``. What is in ``leaves`` is believed to hold nothing, and to have that role."""
        self._believed = leaves
        self.leaves: Leaves = {}
        """Those that this walk came by."""
        self._ask = ask
        self._top = top
        self._wish = wish
        self._below: dict[Place, list[Place]] = {}
        self._inside: set[Place] = set()
        self._counts: dict[Place, int] = {}
        self._long: set[Place] = set()
        self.parents: dict[Place, Place] = {}
        self.windows: dict[Place, Place] = {}
        """Each element's window."""
        self.told: dict[Place, int | None] = {}
        """Each element's states, in the order of the tree."""

    def go(self) -> None:
        """Walk, all of one depth at a time."""
        level = [self._top]
        self._counts.update(self._count(level))
        states_of: dict[Place, int | None] = {}
        while level and len(self.windows) < MOST:
            self._ask_children(level)
            found = {child: place for place in level for child in self._below[place] if child not in self.windows}
            self._counts.update((place, 0) for place in found if self._is_believed(place))
            self._counts.update(self._count([place for place in found if not self._is_believed(place)]))
            states: dict[Place, int | None] = dict.fromkeys(self._worth(list(found)))
            fill_states(self._ask, states)
            passed = self._passed(states, found)
            if self._wish.is_wide:
                self._note_scrolling([child for child in states if child not in passed], found)
            level = [
                child
                for child, bits in states.items()
                if bits is not None and (bits & self._wish.states or child in passed)
            ]
            self.windows.update((c, c if found[c] == self._top else self.windows[found[c]]) for c in level)
            self.parents.update((child, found[child]) for child in level)
            states_of.update((child, states[child]) for child in level)
        self.told = {place: states_of[place] for place in _in_order(self._top, self._below, self.windows)}

    def _is_believed(self, place: Place) -> bool:
        """Whether it is remembered that an element holds nothing that matters."""
        role = self._believed.get(place, 0)
        return role > 0 or (role < 0 and self._wish.is_past_captions)

    def _count(self, places: Sequence[Place]) -> dict[Place, int]:
        counts = self._ask([value_of(*place, ACCESSIBLE, "ChildCount") for place in places])
        return {place: int(count[0][1]) if count else 0 for place, count in zip(places, counts, strict=True)}

    def _worth(self, places: Sequence[Place]) -> list[Place]:
        """Return those of some elements that can be what is looked for, or hold it."""
        wish = self._wish
        if wish.fits is None:
            return list(places)
        leaves = [place for place in places if not self._counts[place] and place not in self._long]
        roles = self._roles(leaves)
        captioned = self._captioned(places)
        roles.update(captioned)
        asked = [place for place in roles if not wish.is_left_out(roles[place], None)]
        names = self._ask([value_of(*place, ACCESSIBLE, "Name") for place in asked])
        told = {place: str(name[0][1]) if name else "" for place, name in zip(asked, names, strict=True)}
        called = {place for place in captioned if told.get(place) and not is_class(told[place])}
        for place in called:
            self._counts[place] = 0
            self.leaves[place] = -roles[place]
        worthless = [place for place in leaves if wish.is_left_out(roles[place], told.get(place))]
        out = {*worthless, *(place for place in called if not self._fits(told[place]))}
        return [place for place in places if place not in out]

    def _fits(self, name: str) -> bool:
        return self._wish.fits is None or self._wish.fits(name)

    def _captioned(self, places: Sequence[Place]) -> Leaves:
        """Return those of some elements that seem to hold nothing but their caption, with their roles."""
        if not self._wish.is_past_captions:
            return {}
        single = [place for place in places if self._counts[place] == 1]
        answers = self._ask([Question(*place, ACCESSIBLE, "GetRole") for place in single])
        told = {place: int(role[0]) if role else 0 for place, role in zip(single, answers, strict=True)}
        pressed = [place for place, role in told.items() if role in _CAPTIONED]
        inner = self._ask([Question(*place, ACCESSIBLE, "GetChildAtIndex", "i", (0,)) for place in pressed])
        below = [
            (str(child[0][0]), str(child[0][1])) if child else (place[0], NULL)
            for place, child in zip(pressed, inner, strict=True)
        ]
        kinds = self._ask([Question(*child, ACCESSIBLE, "GetRole") for child in below])
        # What opens a menu is a button in a button.
        return {p: told[p] for p, kind in zip(pressed, kinds, strict=True) if kind and int(kind[0]) not in PRESSED}

    def _roles(self, leaves: Sequence[Place]) -> Leaves:
        """Return the roles of elements that hold nothing, and remember those that never will; 0 where the role does not matter."""
        wish = self._wish
        roles = {place: abs(self._believed.get(place, 0)) for place in leaves}
        if wish.numbers is not None or wish.is_for_text:
            strange = [place for place in leaves if place not in self._believed]
            answers = self._ask([Question(*place, ACCESSIBLE, "GetRole") for place in strange])
            roles.update((place, int(role[0]) if role else 0) for place, role in zip(strange, answers, strict=True))
        self.leaves.update(
            (place, -role if self._believed.get(place, 0) < 0 else role)
            for place, role in roles.items()
            if role in PRESSED | _SET
        )
        return roles

    def _passed(self, states: dict[Place, int | None], parents: dict[Place, Place]) -> set[Place]:
        """Return those of some elements that are not shown below which the walk goes on.

        GTK 3 says of what scrolls that it is not shown, once it was scrolled, although what is in it is.
        """
        asked = [
            child
            for child, bits in states.items()
            if bits is not None
            and not bits & self._wish.states
            and (bits >> State.VISIBLE & 1 or parents[child] in self._inside)
        ]
        roles = self._ask([Question(*place, ACCESSIBLE, "GetRole") for place in asked])
        passed = set()
        for child, role in zip(asked, roles, strict=True):
            number = int(role[0]) if role else 0
            is_inside = self._wish.is_wide and parents[child] in self._inside and number not in _CLOSED
            if number in SCROLLING or is_inside:
                passed.add(child)
            if is_inside:
                self._inside.add(child)
        return passed

    def _note_scrolling(self, shown: Sequence[Place], parents: dict[Place, Place]) -> None:
        """Note what scrolls of some elements, and what is inside of that."""
        roles = self._ask([Question(*place, ACCESSIBLE, "GetRole") for place in shown])
        for place, role in zip(shown, roles, strict=True):
            if parents[place] in self._inside or (role and int(role[0]) in SCROLLING | LISTS):
                self._inside.add(place)

    def _ask_children(self, places: Sequence[Place]) -> None:
        """Note the children of some elements; of a list with very many, those of it that are on the screen or looked for."""
        self._below.update((place, []) for place in places)
        many = [place for place in places if self._counts[place] > MANY]
        roles = self._ask([Question(*place, ACCESSIBLE, "GetRole") for place in many])
        lists = {place for place, role in zip(many, roles, strict=True) if role is None or int(role[0]) in LISTS}
        lists |= {place for place in many if self._counts[place] > self._wish.most_children}
        few = [place for place in places if self._counts[place] > 0 and place not in lists]
        answers = self._ask([Question(*place, ACCESSIBLE, "GetChildren") for place in few])
        for place, answer in zip(few, answers, strict=True):
            self._below[place] = [(str(bus), str(path)) for bus, path in answer[0]] if answer else []
        for place in lists:
            role = self._role(place)
            if (
                self._wish.is_wide
                and self._wish.fits is not None
                and self._counts[place] <= _LONGEST
                and role in LISTS | _HOLDERS
            ):
                self._below[place] = self._fitting(place)
            elif (
                self._wish.has_cells and role not in _HOLDERS
            ):  # what lies at a point takes the square of their number there
                self._below[place] = shown_cells(self._ask, place)

    def _role(self, place: Place) -> int:
        (role,) = self._ask([Question(*place, ACCESSIBLE, "GetRole")])
        return int(role[0]) if role is not None else 0

    def _fitting(self, place: Place) -> list[Place]:
        """Return those of the entries of a long list whose names fit."""
        found: list[Place] = []
        for begin in range(0, self._counts[place], _BATCH):
            indexes = range(begin, min(begin + _BATCH, self._counts[place]))
            children = self._ask([Question(*place, ACCESSIBLE, "GetChildAtIndex", "i", (index,)) for index in indexes])
            entries = [(str(child[0][0]), str(child[0][1])) for child in children if child]
            names = self._ask([value_of(*entry, ACCESSIBLE, "Name") for entry in entries])
            found += [
                entry
                for entry, name in zip(entries, names, strict=True)
                if name and self._wish.fits is not None and self._wish.fits(str(name[0][1]))
            ]
        self._long.update(found)
        return found


def fill_states(ask: Ask, told: dict[Place, int | None]) -> None:
    """Fill in the states that are missing; what is gone keeps none."""
    missing = [place for place, states in told.items() if states is None]
    answers = ask([Question(*place, ACCESSIBLE, "GetState") for place in missing])
    told.update((place, bits_of(answer)) for place, answer in zip(missing, answers, strict=True) if answer)


def upwards(place: Place, parents: dict[Place, Place]) -> Iterator[Place]:
    """Yield an element and what it stands in, up to its window."""
    for _ in range(_DEEPEST):
        yield place
        parent = parents.get(place)
        if parent is None or parent[1] in (ROOT, NULL):
            return
        place = parent


def windows_of(
    ask: Ask, places: Sequence[Place], parents: Callable[[str], Mapping[Place, Place]]
) -> dict[Place, Place]:
    """Return the window of each element, which for a window is itself.

    Parents that were read before (``parents``, by program) are believed; others are asked for.
    """
    at = dict(zip(places, places, strict=True))
    climbing = list(at)
    for _ in range(_DEEPEST):
        if not climbing:
            break
        unknown = [place for place in climbing if at[place] not in parents(place[0])]
        asked = ask([value_of(*at[place], ACCESSIBLE, "Parent") for place in unknown])
        above = {
            place: (str(answer[0][1][0]), str(answer[0][1][1])) if answer else ("", ROOT)
            for place, answer in zip(unknown, asked, strict=True)
        }
        going = []
        for place in climbing:
            parent = above.get(place) or parents(place[0])[at[place]]
            if parent[1] not in (ROOT, NULL):
                at[place] = parent
                going.append(place)
        climbing = going
    return at


def _in_order(place: Place, below: dict[Place, list[Place]], shown: dict[Place, Place]) -> Iterator[Place]:
    """Yield what is shown below an element, in the order of the tree."""
    waiting = list(reversed(below.get(place, [])))
    seen: set[Place] = set()
    while waiting:
        child = waiting.pop()
        if child in shown and child not in seen:
            seen.add(child)
            yield child
            waiting.extend(reversed(below.get(child, [])))
