"""What programs on Linux show, asked directly over the accessibility bus: only what is shown, many questions at a time.

A window has hundreds of elements that are not shown (menus that are closed), and walking over them is what takes long. AT-SPI has
a question for all elements in a state (``Collection.GetMatches``), which browsers answer in a few milliseconds; other programs
are walked over from the top, leaving out what is hidden. All questions are sent before the first answer is awaited.
"""

import contextlib
import importlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flowdesk.drivers.atspi import gtk4
from flowdesk.drivers.atspi.calls import (
    ACCESSIBLE,
    ROOT,
    TEXT,
    Hangs,
    Place,
    Question,
    Unsupported,
    announced_bus,
    extents_of,
    process_name,
    value_of,
)
from flowdesk.drivers.atspi.labels import call_by_labels
from flowdesk.drivers.atspi.names import called, plain, undirected
from flowdesk.drivers.atspi.origins import SAME, UNPLACED, Measure, measure_of, popups_of
from flowdesk.drivers.atspi.remembered import Known, RememberedLeaves
from flowdesk.drivers.atspi.roles import ROLE_NAMES, ROLE_WORDS, State, numbers_of
from flowdesk.drivers.atspi.tables import MANY
from flowdesk.drivers.atspi.walk import TreeWalk, Walk, Wish, fill_states, upwards, windows_of
from flowdesk.drivers.atspi.wire import Wire
from flowdesk.drivers.owners import Top
from flowdesk.drivers.patience import current
from flowdesk.drivers.wayland.session import is_wayland
from flowdesk.model.geometry import Box

NO_TEXT = frozenset({"application", "window", "dialog", "group", "menu_bar", "toolbar", "tab_group", "split_group", "table",
                     "table_row", "separator"})  # fmt: skip
"""Roles that hold no text of their own."""
FIELDS = frozenset({"text_field", "text_area", "combo_box", "spin_button"})
METERS = frozenset({"slider", "progress_bar", "scroll_bar", "spin_button"})
LOT = 1000
"""Questions between which is looked whether there is time."""
NAME_SECONDS = 0.5
"""How long programs may take to tell their names; who does not is left alone."""
QUICK = frozenset({"chromium", "gecko"})
"""Toolkits that are asked for all that is shown in one question. GTK and Qt would go through every cell of a table for it, shown or
not, and be deaf for minutes: their trees are walked over, but for tables of which only the cells on the screen are asked for."""
FORGET_SECONDS, PROBE_SECONDS = 2.0, 0.1
"""How long a program that hung is left alone, and how soon it must answer to show that it no longer hangs."""


@dataclass(frozen=True, slots=True)
class Address:
    """A program on the accessibility bus."""

    bus: str
    path: str
    name: str
    pid: int


@dataclass(slots=True)
class Shown:
    """An element that is shown."""

    role: str
    name: str
    value: str | None
    states: int
    box: tuple[int, int, int, int]
    place: Place = ("", "")


class Bus:
    """A connection to the accessibility bus, shared by all threads."""

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            Unsupported: If that is impossible.
        """
        try:
            blocking = importlib.import_module("jeepney.io.blocking")
            self._connection = blocking.open_dbus_connection(address)
            self._wire = Wire(importlib.import_module("jeepney"), self._connection)
        except Exception as error:  # jeepney raises its own, the socket's and the system's errors
            raise Unsupported(str(error)) from error
        self._lock = threading.Lock()
        self._known = Known()
        self.leaves = RememberedLeaves()
        self._window_places = gtk4.WindowPlaces()

    def close(self) -> None:
        """Disconnect."""
        with contextlib.suppress(Exception):
            self._connection.close()

    def programs(self, patience: float) -> list[Address]:
        """Return the programs on the bus.

        Raises:
            Unsupported, Hangs: If the registry cannot be asked.
        """
        (listed,) = self._ask(
            [Question("org.a11y.atspi.Registry", ROOT, ACCESSIBLE, "GetChildren")], patience, or_fail=True
        )
        found = [(str(bus), str(path)) for bus, path in listed[0]]
        known = self._known
        strange = [bus for bus, _ in found if bus not in known.pids]
        daemon = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID")
        answers = self._ask([Question(*daemon, "s", (bus,)) for bus in strange], patience)
        known.pids.update((bus, int(answer[0])) for bus, answer in zip(strange, answers, strict=True) if answer)
        nameless = [(bus, path) for bus, path in found if bus not in known.names and not self._is_hung(bus)]
        questions = [value_of(bus, path, ACCESSIBLE, "Name") for bus, path in nameless]
        answers = self._ask(questions, min(patience, NAME_SECONDS), or_none=True)
        for (bus, _), answer in zip(nameless, answers, strict=True):
            if answer is None:
                known.hung[bus] = time.monotonic()
            else:
                known.names[bus] = str(answer[0][1])
        return [
            Address(bus, path, known.names.get(bus) or process_name(known.pids.get(bus, 0)), known.pids.get(bus, 0))
            for bus, path in found
        ]

    def shown(
        self,
        program: Address,
        roles: Iterable[str] | None,
        patience: float,
        *,
        is_wide: bool = False,
        fits: Callable[[str], bool] | None = None,
        is_for_text: bool = False,
    ) -> list[Shown]:
        """Read the elements of a program that are shown and have one of these roles (None: any), in the order of the tree.

        With ``is_wide`` also those that are scrolled out of sight, wherever they say that they are. ``fits`` says which names are
        looked for: others may be left out, and what has none is not; with ``is_for_text`` nor is what holds a value.

        Raises:
            Unsupported: If the program does not know the question.
            Hangs: If it does not answer.
        """
        if self._is_hung(program.bus):
            raise Hangs
        try:
            kinds = None if roles is None else frozenset(roles)
            # A combo box may be called by its label, which is not its own name.
            is_any = fits is None or "combo_box" in (kinds or ())
            wish = Wish(
                0,
                kinds is None or not kinds.isdisjoint(_CELLS),
                is_wide,
                fits=None if is_any or fits is None else lambda name: fits(called(name)),
                numbers=numbers_of(kinds),
                is_for_text=is_for_text,
            )
            return self._shown(program, kinds, patience, wish)
        except Hangs:
            self._known.hung[program.bus] = time.monotonic()
            raise

    def _shown(self, program: Address, roles: frozenset[str] | None, patience: float, wish: Wish) -> list[Shown]:
        told, measures = self._places(program, patience, wish)
        places = list(told)
        answers = self._ask([Question(*place, ACCESSIBLE, "GetRoleName") for place in places], patience)
        self._ask_states(told, patience)
        words = [str(answer[0]).lower() if answer else "" for answer in answers]
        strange = [place for place, word in zip(places, words, strict=True) if word not in ROLE_WORDS]
        numbers = self._ask([Question(bus, path, ACCESSIBLE, "GetRole") for bus, path in strange], patience)
        known = {place: int(answer[0]) for place, answer in zip(strange, numbers, strict=True) if answer}
        inside = self._inside_menus(
            [place for place, word in zip(places, words, strict=True) if word == "menu"], patience
        )
        kept = []
        for place, word in zip(places, words, strict=True):
            states = told[place]
            if states is None:
                continue  # gone in the meantime
            name = role_name(word, known.get(place, 0), states)
            if place in inside:
                name = "menu_item"
            if roles is None or name in roles:
                kept.append((place, name, states))
        found = self._read(kept, patience, is_wide=wish.is_wide)
        if gtk4.is_from_corner(*self._toolkit(program, patience)):
            self._mend(program, found, measures, patience)
        for element in found:
            element.box = measures.get(element.place, SAME).box(element.box)
        return found

    def _mend(self, program: Address, found: list[Shown], measures: dict[Place, Measure], patience: float) -> None:
        """Measure what is in popovers from these: see ``gtk4``."""
        popups = popups_of(program.pid)
        if not popups:
            return
        parents = self._known.walks[program.bus].parents
        above = {element.place: list(upwards(element.place, parents)) for element in found}
        holders = {holder: chain[-1] for chain in above.values() for holder in chain[:-1]}
        told = self._ask([extents_of(*place) for place in holders], patience)
        inside = {
            place: measure
            for (place, window), box in zip(holders.items(), told, strict=True)
            if box is not None
            and (measure := gtk4.popup_of(box[0], popups, self._known.walks[program.bus].measures.get(window, SAME)))
        }
        for place, chain in above.items():
            holder = next((holder for holder in chain if holder in inside), None)
            if holder is not None:
                measures[place] = inside[holder]

    def _places(
        self, program: Address, patience: float, wish: Wish
    ) -> tuple[dict[Place, int | None], dict[Place, Measure]]:
        """Return what is shown with its states where they are known, in the order of the tree.

        And how places are measured, where not in pixels of the screen.
        """
        toolkit, version = self._toolkit(program, patience)
        if toolkit in QUICK and not is_wayland():
            bits = 1 << State.SHOWING | 1 << State.VISIBLE
            rule: tuple[Any, ...] = ([0 if wish.is_wide else bits, 0], 1, {}, 1, [0, 0, 0, 0], 1, [], 1, False)
            question = Question(
                program.bus, program.path, "org.a11y.atspi.Collection", "GetMatches", "(aiia{ss}iaiiasib)uib", (rule, 1, 0, True)
            )  # fmt: skip
            (matches,) = self._ask([question], patience)
            if matches is not None:
                return {(str(bus), str(path)): None for bus, path in matches[0]}, {}
        is_gtk4 = gtk4.is_from_corner(toolkit, version)
        # GTK 4 says of what is inside a window only that it is visible.
        wanted = 1 << State.VISIBLE | 1 << State.SHOWING if is_gtk4 else 1 << State.SHOWING
        ask = lambda asked: self._ask(asked, patience)  # noqa: E731
        leaves = self.leaves.of(program.bus) if wish.fits is not None and not wish.is_wide else {}
        wish = replace(
            wish, states=wanted, most_children=MANY, has_captions=is_gtk4 and not self.leaves.is_doubted(program.bus)
        )
        walk = TreeWalk(ask, (program.bus, program.path), wish, leaves)
        walk.go()
        if wish.fits is not None:
            self.leaves.keep(program.bus, walk.leaves)
        told, windows = walk.told, walk.windows
        tops, is_corner = frozenset(windows.values()), is_gtk4 or is_wayland()
        measures = self._measures(program, tops, patience, is_from_corner=is_corner)
        modals = tuple(place for place, bits in told.items() if (bits or 0) >> State.MODAL & 1)
        self._known.walks[program.bus] = Walk(walk.parents, measures, modals)
        if is_wayland():
            nowhere = gtk4.in_popovers(ask, walk.parents) if is_gtk4 else ()
            return told, {p: UNPLACED if p in nowhere else measures.get(windows[p], UNPLACED) for p in told}
        return told, {place: measures[windows[place]] for place in told if windows[place] in measures}

    def _ask_states(self, told: dict[Place, int | None], patience: float) -> None:
        fill_states(lambda asked: self._ask(asked, patience), told)

    def _toolkit(self, program: Address, patience: float) -> tuple[str, str]:
        """Return name (lower case) and version of what a program is made with."""
        known = self._known.toolkits
        if program.bus not in known:
            facts = [
                value_of(program.bus, program.path, "org.a11y.atspi.Application", name)
                for name in ("ToolkitName", "Version")
            ]
            name, version = (str(answer[0][1]) if answer else "" for answer in self._ask(facts, patience))
            known[program.bus] = name.lower(), version
        return known[program.bus]

    def tops(self, places: Sequence[Place], patience: float) -> list[Top | None]:
        """Return the windows in which some elements are; None where that is not told.

        Raises:
            Unsupported: If the connection broke.
            Hangs: If a program does not answer.
        """
        at = windows_of(lambda asked: self._ask(asked, patience), places, self._parents)
        windows = list(dict.fromkeys(at.values()))
        names = self._ask([value_of(*window, ACCESSIBLE, "Name") for window in windows], patience)
        boxes = self._ask([extents_of(*window) for window in windows], patience)
        states: dict[Place, int | None] = dict.fromkeys(windows)
        self._ask_states(states, patience)
        found: dict[Place, Top | None] = {
            window: Top(str(name[0][1]), Box(*box[0]), bool((states[window] or 0) >> State.ACTIVE & 1), window)
            if name and box
            else None
            for window, name, box in zip(windows, names, boxes, strict=True)
        }
        return [found[at[place]] for place in places]

    def _measures(
        self, program: Address, windows: frozenset[Place], patience: float, *, is_from_corner: bool
    ) -> dict[Place, Measure]:
        """Return how a program measures in its windows, where not in pixels of the screen."""
        if windows <= self._known.plain.get(program.bus, frozenset()):
            return {}
        ordered = sorted(windows)
        names = self._ask([value_of(*place, ACCESSIBLE, "Name") for place in ordered], patience)
        boxes = self._ask([extents_of(*place) for place in ordered], patience)
        measures: dict[Place, Measure] = {}
        for place, name, box in zip(ordered, names, boxes, strict=True):
            told = tuple(int(number) for number in box[0]) if box else (0, 0, 0, 0)
            if len(told) == 4 and (told[:2] == (0, 0) or not is_from_corner):
                title = str(name[0][1]) if name else ""
                measure = measure_of(program.pid, title, told, is_from_corner=is_from_corner)
                measures.update({} if measure is None else {place: measure})
        scale = max((measure.scale for measure in measures.values()), default=1.0)
        if scale == 1 and not is_from_corner:
            if measures:  # menus, which X11 knows nothing about, are as the windows
                self._known.plain[program.bus] = windows
            return {}
        return measures if is_from_corner else {place: measures.get(place, Measure(scale, 0, 0)) for place in ordered}

    def _inside_menus(self, menus: Sequence[Place], patience: float) -> set[Place]:
        """Return those of some menus that are entries of a menu bar or of a menu: GTK calls both a menu."""
        answers = self._ask([value_of(bus, path, ACCESSIBLE, "Parent") for bus, path in menus], patience)
        parents = [(str(answer[0][1][0]), str(answer[0][1][1])) for answer in answers if answer]
        within = [place for place, answer in zip(menus, answers, strict=True) if answer]
        words = self._ask([Question(bus, path, ACCESSIBLE, "GetRoleName") for bus, path in parents], patience)
        return {
            place
            for place, word in zip(within, words, strict=True)
            if word and str(word[0]).lower() in ("menu bar", "menu")
        }

    def _read(self, places: Sequence[tuple[Place, str, int]], patience: float, *, is_wide: bool = False) -> list[Shown]:
        questions = []
        for (bus, path), _, _ in places:
            questions.append(value_of(bus, path, ACCESSIBLE, "Name"))
            questions.append(extents_of(bus, path))
        answers = self._ask(questions, patience)
        found: list[Shown] = []
        wordy: list[tuple[Shown, Place]] = []
        for (place, role, states), name, box in zip(places, answers[::2], answers[1::2], strict=True):
            if box is None or (not is_wide and (box[0][2] <= 0 or box[0][3] <= 0)):
                continue
            x, y, width, height = (int(number) for number in box[0])
            label = called(str(name[0][1])) if name else ""
            element = Shown(role, label, None, states, (x, y, width, height), place)
            found.append(element)
            if role in FIELDS or role in METERS or (not label and role not in NO_TEXT):
                wordy.append((element, place))
        self._read_values(wordy, patience)
        call_by_labels(found, lambda asked: self._ask(asked, patience))
        return found

    def _read_values(self, wordy: Sequence[tuple[Shown, Place]], patience: float) -> None:
        questions = [value_of(*place, TEXT, "CharacterCount") for _, place in wordy]
        counts = self._ask(questions, patience)
        lengths = [int(count[0][1]) if count else 0 for count in counts]
        worded = [(pair, length) for pair, length in zip(wordy, lengths, strict=True) if length > 0]
        questions = [Question(*place, TEXT, "GetText", "ii", (0, length)) for (_, place), length in worded]
        for ((element, _), _), answer in zip(worded, self._ask(questions, patience), strict=True):
            text = plain(str(answer[0])) if answer and answer[0] else None
            # What a person wrote into a field is kept as it is.
            element.value = text if text is None or element.role in FIELDS else undirected(text)
        silent = [(element, place) for element, place in wordy if element.value is None and element.role in METERS]
        questions = [value_of(*place, "org.a11y.atspi.Value", "CurrentValue") for _, place in silent]
        for (element, _), answer in zip(silent, self._ask(questions, patience), strict=True):
            if answer:
                number = float(answer[0][1])
                element.value = str(int(number)) if number.is_integer() else str(number)
        for element, _ in wordy:
            if element.role == "static_text" and not element.name and element.value:
                element.name = element.value

    def _is_hung(self, bus: str) -> bool:
        """Whether a program hung lately and does not answer yet: one that was only busy is not left alone."""
        if time.monotonic() - self._known.hung.get(bus, float("-inf")) >= FORGET_SECONDS:
            return False
        (answer,) = self._exchange([value_of(bus, ROOT, ACCESSIBLE, "Name")], PROBE_SECONDS, or_none=True)
        if answer is not None:
            self._known.hung.pop(bus, None)
        return answer is None

    def walk(self, bus: str) -> Walk:
        """Return what the last walk over a program's tree left."""
        return self._known.walks.get(bus, Walk())

    def toolkit(self, bus: str, patience: float) -> tuple[str, str]:
        """Return name (lower case) and version of what a program is made with."""
        return self._toolkit(Address(bus, ROOT, "", 0), patience)

    def measure(self, bus: str, pid: int, window: Place, patience: float) -> Measure:
        """Return how a program measures in one of its windows now."""
        toolkit, default = self.toolkit(bus, patience), UNPLACED if is_wayland() else SAME
        corner = is_wayland() or (toolkit[0] not in QUICK and gtk4.is_from_corner(*toolkit))
        known, app = {} if corner else self.walk(bus).measures, Address(bus, ROOT, "", pid)
        if window in known or (toolkit[0] in QUICK and not corner):
            return known.get(window, SAME)
        return self._measures(app, frozenset({window, *known}), patience, is_from_corner=corner).get(window, default)

    def ask(self, questions: Sequence[Question], patience: float) -> list[Any]:
        """Ask, and return the bodies of the answers; None for what was refused.

        Raises:
            Unsupported: If the connection broke.
            Hangs: If an answer does not come in time.
        """
        return self._ask(questions, patience)

    def _ask(
        self, questions: Sequence[Question], patience: float, *, or_fail: bool = False, or_none: bool = False
    ) -> list[Any]:
        """Send all questions, then collect the answers: bodies, None for those that were refused, with ``or_none`` also late ones.

        Raises:
            Unsupported: If the connection broke; with ``or_fail`` also if a question was refused.
            Hangs: If an answer does not come in time.
            Interrupted: If the thread's time is over before all is asked.
        """
        answers: list[Any] = []
        for begin in range(0, len(questions), LOT):
            current().check_questions()
            answers += self._exchange(questions[begin : begin + LOT], patience, or_fail=or_fail, or_none=or_none)
        return self._window_places.put_right(
            lambda asked: self._exchange(asked, patience), questions, answers, self._parents, self._is_gtk4
        )

    def _parents(self, bus: str) -> dict[Place, Place]:
        return self.walk(bus).parents

    def _is_gtk4(self, bus: str) -> bool:
        return gtk4.is_from_corner(*self._toolkit(Address(bus, ROOT, "", 0), NAME_SECONDS))

    def is_rough(self, bus: str) -> bool:
        """Whether a program's places are some pixels off: see ``gtk4``."""
        return self._window_places.is_rough(bus)

    def _exchange(
        self, questions: Sequence[Question], patience: float, *, or_fail: bool = False, or_none: bool = False
    ) -> list[Any]:
        if not questions:
            return []
        with self._lock:
            try:
                return self._wire.exchange(questions, patience, or_fail=or_fail, or_none=or_none)
            except TimeoutError as error:
                raise Hangs from error
            except OSError as error:
                forget(self)
                raise Unsupported(str(error)) from error


_CELLS = frozenset({"table_cell", "list_item", "tree_item", "static_text"})
"""Roles that the entries of a long list may have."""

_guard = threading.Lock()
_open: dict[str, Bus] = {}


def open_bus() -> Bus:
    """Return the connection to the accessibility bus of this session, made when first needed.

    Raises:
        Unsupported: If there is none.
    """
    session = os.environ.get("AT_SPI_BUS_ADDRESS") or os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if not session:
        raise Unsupported("no session bus")
    with _guard:
        bus = _open.get(session)
        if bus is None:
            bus = Bus(os.environ.get("AT_SPI_BUS_ADDRESS") or announced_bus())
            for other in _open.values():
                other.close()
            _open.clear()
            _open[session] = bus
        return bus


def forget(bus: Bus) -> None:
    """Give up a connection that broke; the next question makes another."""
    with _guard:
        for session, known in list(_open.items()):
            if known is bus:
                del _open[session]
    bus.close()


def role_name(word: str, number: int, states: int) -> str:
    """Return the kind of an element as selectors call it, by its role's word, its role's number, and its states."""
    role = ROLE_WORDS.get(word) or ROLE_NAMES.get(number, "unknown")
    if role in ("text_field", "text_area"):
        # Toolkits disagree about the role; that a field holds lines is what they all tell.
        return "text_area" if states >> State.MULTI_LINE & 1 else "text_field"
    return role
