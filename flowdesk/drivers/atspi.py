"""What programs on Linux show, asked directly over the accessibility bus: only what is shown, many questions at a time.

A window has hundreds of elements that are not shown (menus that are closed), and walking over them is what takes long. AT-SPI has
a question for all elements in a state (``Collection.GetMatches``), which browsers answer in a few milliseconds; other programs
are walked over from the top, leaving out what is hidden. All questions are sent before the first answer is awaited.
"""

import contextlib
import importlib
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowdesk.drivers.atspi_calls import (
    ACCESSIBLE,
    NULL,
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
from flowdesk.drivers.atspi_roles import ROLE_NAMES, ROLE_WORDS, State
from flowdesk.drivers.atspi_tables import MANY, shown_cells
from flowdesk.drivers.origins import SAME, Measure, measure_of

NO_TEXT = frozenset({"application", "window", "dialog", "group", "menu_bar", "toolbar", "tab_group", "split_group", "table",
                     "table_row", "separator"})  # fmt: skip
"""Roles that hold no text of their own."""
FIELDS = frozenset({"text_field", "text_area", "combo_box", "spin_button"})
METERS = frozenset({"slider", "progress_bar", "scroll_bar", "spin_button"})
NAME_SECONDS = 0.5
"""How long programs may take to tell their names; who does not is left alone."""
QUICK = frozenset({"chromium", "gecko"})
"""Toolkits that are asked for all that is shown in one question. GTK and Qt would go through every cell of a table for it, shown or
not, and be deaf for minutes: their trees are walked over, but for tables of which only the cells on the screen are asked for."""
FORGET_SECONDS = 2.0
"""How long a program that hung is left alone."""
_PAIR_MARK = re.compile("([\U00010000-\U0010ffff])\ufeff")
"""Firefox puts a mark after every character that UTF-16 writes as a pair."""
_DIRECTION_MARKS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


Top = tuple[str, tuple[int, ...]]
"""A window as its program tells it: name, then x, y, width and height."""


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


@dataclass
class _Known:
    """What does not change about a program as long as it runs."""

    names: dict[str, str] = field(default_factory=dict)
    pids: dict[str, int] = field(default_factory=dict)
    hung: dict[str, float] = field(default_factory=dict)
    toolkits: dict[str, tuple[str, str]] = field(default_factory=dict)
    plain: dict[str, frozenset[Place]] = field(default_factory=dict)
    """Windows whose programs measure in pixels of the screen."""


class Bus:
    """A connection to the accessibility bus, shared by all threads."""

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            Unsupported: If that is impossible.
        """
        try:
            self._jeepney = importlib.import_module("jeepney")
            blocking = importlib.import_module("jeepney.io.blocking")
            self._connection = blocking.open_dbus_connection(address)
        except Exception as error:  # jeepney raises its own, the socket's and the system's errors
            raise Unsupported(str(error)) from error
        self._lock = threading.Lock()
        self._known = _Known()

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

    def shown(self, program: Address, roles: Iterable[str] | None, patience: float) -> list[Shown]:
        """Read the elements of a program that are shown and have one of these roles (None: any), in the order of the tree.

        Raises:
            Unsupported: If the program does not know the question.
            Hangs: If it does not answer.
        """
        if self._is_hung(program.bus):
            raise Hangs
        try:
            return self._shown(program, None if roles is None else frozenset(roles), patience)
        except Hangs:
            self._known.hung[program.bus] = time.monotonic()
            raise

    def _shown(self, program: Address, roles: frozenset[str] | None, patience: float) -> list[Shown]:
        told, measures = self._places(program, patience, has_cells=roles is None or "table_cell" in roles)
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
            name = _role_name(word, known.get(place, 0), states)
            if place in inside:
                name = "menu_item"
            if roles is None or name in roles:
                kept.append((place, name, states))
        found = self._read(kept, patience)
        for element in found:
            element.box = measures.get(element.place, SAME).box(element.box)
        return found

    def _places(
        self, program: Address, patience: float, *, has_cells: bool
    ) -> tuple[dict[Place, int | None], dict[Place, Measure]]:
        """Return what is shown with its states where they are known, in the order of the tree.

        And how places are measured, where not in pixels of the screen.
        """
        toolkit, version = self._toolkit(program, patience)
        if toolkit in QUICK:
            bits = 1 << State.SHOWING | 1 << State.VISIBLE
            rule: tuple[Any, ...] = ([bits, 0], 1, {}, 1, [0, 0, 0, 0], 1, [], 1, False)
            question = Question(
                program.bus, program.path, "org.a11y.atspi.Collection", "GetMatches", "(aiia{ss}iaiiasib)uib", (rule, 1, 0, True)
            )  # fmt: skip
            (matches,) = self._ask([question], patience)
            if matches is not None:
                return {(str(bus), str(path)): None for bus, path in matches[0]}, {}
        is_gtk4 = toolkit == "gtk" and not version.startswith(("2.", "3."))
        # GTK 4 says of what is inside a window only that it is visible.
        wanted = 1 << State.VISIBLE | 1 << State.SHOWING if is_gtk4 else 1 << State.SHOWING
        told, windows = self._walked(program, wanted, patience, has_cells=has_cells)
        measures = self._measures(program, frozenset(windows.values()), patience, is_from_corner=is_gtk4)
        return told, {place: measures[windows[place]] for place in told if windows[place] in measures}

    def _walked(
        self, program: Address, wanted: int, patience: float, *, has_cells: bool
    ) -> tuple[dict[Place, int | None], dict[Place, Place]]:
        """Walk over what is in one of the wanted states, all of one depth at a time.

        Returns:
            Each element's states, in the order of the tree, and its window.
        """
        below: dict[Place, list[Place]] = {}
        windows: dict[Place, Place] = {}
        told: dict[Place, int | None] = {}
        level = [(program.bus, program.path)]
        top = level[0]
        while level and len(windows) < _MOST:
            self._ask_children(level, below, patience, has_cells=has_cells)
            found = {child: place for place in level for child in below[place] if child not in windows}
            states: dict[Place, int | None] = dict.fromkeys(found)
            self._ask_states(states, patience)
            level = [child for child, bits in states.items() if bits is not None and bits & wanted]
            windows.update((child, child if found[child] == top else windows[found[child]]) for child in level)
            told.update((child, states[child]) for child in level)
        return {place: told[place] for place in _in_order(top, below, windows)}, windows

    def _ask_children(
        self, places: Sequence[Place], below: dict[Place, list[Place]], patience: float, *, has_cells: bool
    ) -> None:
        """Note the children of some elements; of an element with very many, those cells of it that are on the screen."""
        counts = self._ask([value_of(*place, ACCESSIBLE, "ChildCount") for place in places], patience)
        numbers = [int(count[0][1]) if count else 0 for count in counts]
        below.update((place, []) for place in places)
        few = [place for place, number in zip(places, numbers, strict=True) if 0 < number <= MANY]
        answers = self._ask([Question(*place, ACCESSIBLE, "GetChildren") for place in few], patience)
        for place, answer in zip(few, answers, strict=True):
            below[place] = [(str(bus), str(path)) for bus, path in answer[0]] if answer else []
        for place, number in zip(places, numbers, strict=True):
            if number > MANY and has_cells:
                below[place] = shown_cells(lambda asked: self._ask(asked, patience), place)

    def _ask_states(self, told: dict[Place, int | None], patience: float) -> None:
        """Fill in the states that are missing; what is gone keeps none."""
        missing = [place for place, states in told.items() if states is None]
        answers = self._ask([Question(*place, ACCESSIBLE, "GetState") for place in missing], patience)
        for place, answer in zip(missing, answers, strict=True):
            if answer:
                told[place] = sum(int(part) << 32 * index for index, part in enumerate(answer[0]))

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
        """Return the windows in which some elements are: their names and boxes; None where that is not told.

        Raises:
            Unsupported: If the connection broke.
            Hangs: If a program does not answer.
        """
        at = dict(zip(places, places, strict=True))
        climbing = list(at)
        for _ in range(_DEEPEST):
            if not climbing:
                break
            answers = self._ask([value_of(*at[place], ACCESSIBLE, "Parent") for place in climbing], patience)
            above = [(str(answer[0][1][0]), str(answer[0][1][1])) if answer else ("", ROOT) for answer in answers]
            going = [(place, parent) for place, parent in zip(climbing, above, strict=True) if parent[1] not in _ENDS]
            at.update(going)
            climbing = [place for place, _ in going]
        windows = list(dict.fromkeys(at.values()))
        names = self._ask([value_of(*window, ACCESSIBLE, "Name") for window in windows], patience)
        boxes = self._ask([extents_of(*window) for window in windows], patience)
        found: dict[Place, Top | None] = {
            window: (str(name[0][1]), tuple(int(number) for number in box[0])) if name and box else None
            for window, name, box in zip(windows, names, boxes, strict=True)
        }
        return [found[at[place]] if place not in climbing else None for place in places]

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

    def _read(self, places: Sequence[tuple[Place, str, int]], patience: float) -> list[Shown]:
        questions = []
        for (bus, path), _, _ in places:
            questions.append(value_of(bus, path, ACCESSIBLE, "Name"))
            questions.append(extents_of(bus, path))
        answers = self._ask(questions, patience)
        found: list[Shown] = []
        wordy: list[tuple[Shown, Place]] = []
        for (place, role, states), name, box in zip(places, answers[::2], answers[1::2], strict=True):
            if box is None or box[0][2] <= 0 or box[0][3] <= 0:
                continue
            x, y, width, height = (int(number) for number in box[0])
            label = _plain(str(name[0][1])).translate(_DIRECTION_MARKS) if name else ""
            element = Shown(role, label, None, states, (x, y, width, height), place)
            found.append(element)
            if role in FIELDS or role in METERS or (not label and role not in NO_TEXT):
                wordy.append((element, place))
        self._read_values(wordy, patience)
        return found

    def _read_values(self, wordy: Sequence[tuple[Shown, Place]], patience: float) -> None:
        questions = [value_of(*place, TEXT, "CharacterCount") for _, place in wordy]
        counts = self._ask(questions, patience)
        lengths = [int(count[0][1]) if count else 0 for count in counts]
        worded = [(pair, length) for pair, length in zip(wordy, lengths, strict=True) if length > 0]
        questions = [Question(*place, TEXT, "GetText", "ii", (0, length)) for (_, place), length in worded]
        for ((element, _), _), answer in zip(worded, self._ask(questions, patience), strict=True):
            text = _plain(str(answer[0])) if answer and answer[0] else None
            # What a person wrote into a field is kept as it is.
            element.value = text if text is None or element.role in FIELDS else text.translate(_DIRECTION_MARKS)
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
        return time.monotonic() - self._known.hung.get(bus, float("-inf")) < FORGET_SECONDS

    def _ask(
        self, questions: Sequence[Question], patience: float, *, or_fail: bool = False, or_none: bool = False
    ) -> list[Any]:
        """Send all questions, then collect the answers: bodies, None for those that were refused, with ``or_none`` also late ones.

        Raises:
            Unsupported: If the connection broke; with ``or_fail`` also if a question was refused.
            Hangs: If an answer does not come in time.
        """
        if not questions:
            return []
        with self._lock:
            try:
                return self._asked(questions, time.monotonic() + patience, or_fail=or_fail, or_none=or_none)
            except TimeoutError as error:
                raise Hangs from error
            except OSError as error:
                forget(self)
                raise Unsupported(str(error)) from error

    def _asked(self, questions: Sequence[Question], deadline: float, *, or_fail: bool, or_none: bool) -> list[Any]:
        jeepney = self._jeepney
        answers: list[Any] = [None] * len(questions)
        waiting: dict[int, int] = {}
        begun = 0
        while begun < len(questions) or waiting:
            while begun < len(questions) and len(waiting) < _AT_ONCE:
                asked = questions[begun]
                address = jeepney.DBusAddress(asked.path, asked.bus, asked.interface)
                message = jeepney.new_method_call(address, asked.member, asked.signature or None, asked.body)
                serial = next(self._connection.outgoing_serial)
                self._connection.send(message, serial=serial)
                waiting[serial] = begun
                begun += 1
            left = deadline - time.monotonic()
            try:
                if left <= 0:
                    raise TimeoutError
                reply = self._connection.receive(timeout=left)
            except TimeoutError:
                if or_none:
                    return answers
                raise
            place = waiting.pop(reply.header.fields.get(jeepney.HeaderFields.reply_serial, -1), None)
            if place is None:
                continue  # a signal, or an answer that came too late
            if reply.header.message_type == jeepney.MessageType.error:
                if or_fail:
                    raise Unsupported(str(reply.body))
                continue
            answers[place] = reply.body
        return answers


_DEEPEST = 60
"""So many levels are climbed from an element to its window."""

_ENDS = frozenset({ROOT, NULL})
"""What stands above a window: the program itself."""

_MOST = 5000
"""So many elements are read of one program at most."""

_AT_ONCE = 128
"""Questions that are under way at a time: the bus closes a connection that sends without end and reads nothing."""

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


def _plain(text: str) -> str:
    return _PAIR_MARK.sub(r"\1", text)


def _role_name(word: str, number: int, states: int) -> str:
    role = ROLE_WORDS.get(word) or ROLE_NAMES.get(number, "unknown")
    if role in ("text_field", "text_area"):
        # Toolkits disagree about the role; that a field holds lines is what they all tell.
        return "text_area" if states >> State.MULTI_LINE & 1 else "text_field"
    return role
