"""What programs on Linux show, asked directly over the accessibility bus: one question for all that is shown, no walk.

A window has hundreds of elements that are not shown (menus that are closed), and walking over them is what takes long. AT-SPI has
a question for all elements in a state (``Collection.GetMatches``), which GTK 3, Qt and Chromium answer in a few milliseconds; the
rest is read from those alone, with all questions sent before the first answer is awaited. Where a program does not know that
question (GTK 4), ``elements`` walks instead.
"""

import contextlib
import importlib
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowdesk.drivers.atspi_roles import ROLE_NAMES, ROLE_WORDS, State
from flowdesk.drivers.origins import origin_of

PROPERTIES = "org.freedesktop.DBus.Properties"
ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT = "/org/a11y/atspi/accessible/root"
NO_TEXT = frozenset({"application", "window", "dialog", "group", "menu_bar", "toolbar", "tab_group", "split_group", "table",
                     "table_row", "separator"})  # fmt: skip
"""Roles that hold no text of their own."""
FIELDS = frozenset({"text_field", "text_area", "combo_box", "spin_button"})
METERS = frozenset({"slider", "progress_bar", "scroll_bar", "spin_button"})
FORGET_SECONDS = 2.0
"""How long a program that hung is left alone."""
_DIRECTION_MARKS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


Place = tuple[str, str]
"""An element: the program's name on the bus, the element's path."""


class Unsupported(Exception):  # not an error: the walk is taken instead
    """The program, or this machine, does not answer the question."""


class Hangs(Exception):  # turned into a sentence by ``elements``
    """The program did not answer in time."""


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


@dataclass(slots=True)
class Question:
    """One call: where, what, with what."""

    bus: str
    path: str
    interface: str
    member: str
    signature: str = ""
    body: tuple[Any, ...] = ()


@dataclass
class _Known:
    """What does not change about a program as long as it runs."""

    names: dict[str, str] = field(default_factory=dict)
    pids: dict[str, int] = field(default_factory=dict)
    hung: dict[str, float] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    """Programs that do not know the question for all that is shown."""


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
        answers = self._ask([_property(bus, path, ACCESSIBLE, "Name") for bus, path in nameless], patience)
        for (bus, _), answer in zip(nameless, answers, strict=True):
            if answer is None:
                known.hung[bus] = time.monotonic()
            else:
                known.names[bus] = str(answer[0][1])
        return [Address(bus, path, known.names.get(bus, ""), known.pids.get(bus, 0)) for bus, path in found]

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
        places, origins = self._places(program, patience)
        questions = [
            Question(bus, path, ACCESSIBLE, member) for bus, path in places for member in ("GetRoleName", "GetState")
        ]
        answers = self._ask(questions, patience)
        words = [str(answer[0]).lower() if answer else "" for answer in answers[::2]]
        strange = [place for place, word in zip(places, words, strict=True) if word not in ROLE_WORDS]
        numbers = self._ask([Question(bus, path, ACCESSIBLE, "GetRole") for bus, path in strange], patience)
        known = {place: int(answer[0]) for place, answer in zip(strange, numbers, strict=True) if answer}
        inside = self._inside_menus(
            [place for place, word in zip(places, words, strict=True) if word == "menu"], patience
        )
        kept = []
        for place, word, state in zip(places, words, answers[1::2], strict=True):
            if state is None:
                continue  # gone in the meantime
            states = sum(int(part) << 32 * index for index, part in enumerate(state[0]))
            name = _role_name(word, known.get(place, 0), states)
            if place in inside:
                name = "menu_item"
            if roles is None or name in roles:
                kept.append((place, name, states))
        found = self._read(kept, patience)
        for element in found:
            across, down = origins.get(element.place, (0, 0))
            x, y, width, height = element.box
            element.box = (x + across, y + down, width, height)
        return found

    def _places(self, program: Address, patience: float) -> tuple[list[Place], dict[Place, tuple[int, int]]]:
        """Return what is shown, and where the windows are in which places are measured, where that is not the screen."""
        if program.bus not in self._known.silent:
            bits = 1 << State.SHOWING | 1 << State.VISIBLE
            rule: tuple[Any, ...] = ([bits, 0], 1, {}, 1, [0, 0, 0, 0], 1, [], 1, False)
            question = Question(
                program.bus, program.path, "org.a11y.atspi.Collection", "GetMatches", "(aiia{ss}iaiiasib)uib", (rule, 1, 0, True)
            )  # fmt: skip
            (matches,) = self._ask([question], patience)
            if matches is not None:
                return [(str(bus), str(path)) for bus, path in matches[0]], {}
            self._known.silent.add(program.bus)
        return self._walked(program, patience)

    def _walked(self, program: Address, patience: float) -> tuple[list[Place], dict[Place, tuple[int, int]]]:
        """Walk over what is shown, all of one depth at a time."""
        below: dict[Place, list[Place]] = {}
        windows: dict[Place, Place] = {}
        level = [(program.bus, program.path)]
        top = level[0]
        while level and len(windows) < _MOST:
            answers = self._ask([Question(*place, ACCESSIBLE, "GetChildren") for place in level], patience)
            for place, answer in zip(level, answers, strict=True):
                below[place] = [(str(bus), str(path)) for bus, path in answer[0]] if answer else []
            found = [(child, place) for place in level for child in below[place] if child not in windows]
            states = self._ask([Question(*child, ACCESSIBLE, "GetState") for child, _ in found], patience)
            level = []
            for (child, place), state in zip(found, states, strict=True):
                # GTK 4 says of what is inside a window only that it is visible.
                if state and int(state[0][0]) & (1 << State.SHOWING | 1 << State.VISIBLE):
                    windows[child] = child if place == top else windows[place]
                    level.append(child)
        origins = self._origins(program, set(windows.values()), patience)
        ordered = list(_in_order(top, below, windows))
        return ordered, {place: origins[windows[place]] for place in ordered if windows[place] in origins}

    def _origins(self, program: Address, windows: set[Place], patience: float) -> dict[Place, tuple[int, int]]:
        """Return where windows are whose program does not know: GTK 4 measures from the window's corner."""
        facts = [
            _property(program.bus, program.path, "org.a11y.atspi.Application", name)
            for name in ("ToolkitName", "Version")
        ]
        toolkit, version = (str(answer[0][1]) if answer else "" for answer in self._ask(facts, patience))
        if toolkit.lower() != "gtk" or version.startswith(("2.", "3.")):
            return {}
        ordered = sorted(windows)
        names = self._ask([_property(*place, ACCESSIBLE, "Name") for place in ordered], patience)
        boxes = self._ask(
            [Question(*place, "org.a11y.atspi.Component", "GetExtents", "u", (0,)) for place in ordered], patience
        )
        origins = {}
        for place, name, box in zip(ordered, names, boxes, strict=True):
            if box and tuple(box[0][:2]) == (0, 0):
                size = (int(box[0][2]), int(box[0][3]))
                origin = origin_of(program.pid, str(name[0][1]) if name else "", size)
                if origin is not None:
                    origins[place] = origin
        return origins

    def _inside_menus(self, menus: Sequence[Place], patience: float) -> set[Place]:
        """Return those of some menus that are entries of a menu bar or of a menu: GTK calls both a menu."""
        answers = self._ask([_property(bus, path, ACCESSIBLE, "Parent") for bus, path in menus], patience)
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
            questions.append(_property(bus, path, ACCESSIBLE, "Name"))
            questions.append(Question(bus, path, "org.a11y.atspi.Component", "GetExtents", "u", (0,)))
        answers = self._ask(questions, patience)
        found: list[Shown] = []
        wordy: list[tuple[Shown, Place]] = []
        for (place, role, states), name, box in zip(places, answers[::2], answers[1::2], strict=True):
            if box is None or box[0][2] <= 0 or box[0][3] <= 0:
                continue
            x, y, width, height = (int(number) for number in box[0])
            label = str(name[0][1]).translate(_DIRECTION_MARKS) if name else ""
            element = Shown(role, label, None, states, (x, y, width, height), place)
            found.append(element)
            if role in FIELDS or role in METERS or (not label and role not in NO_TEXT):
                wordy.append((element, place))
        self._read_values(wordy, patience)
        return found

    def _read_values(self, wordy: Sequence[tuple[Shown, Place]], patience: float) -> None:
        questions = [_property(*place, "org.a11y.atspi.Text", "CharacterCount") for _, place in wordy]
        counts = self._ask(questions, patience)
        lengths = [int(count[0][1]) if count else 0 for count in counts]
        worded = [(pair, length) for pair, length in zip(wordy, lengths, strict=True) if length > 0]
        questions = [
            Question(*place, "org.a11y.atspi.Text", "GetText", "ii", (0, length)) for (_, place), length in worded
        ]
        for ((element, _), _), answer in zip(worded, self._ask(questions, patience), strict=True):
            element.value = str(answer[0]).translate(_DIRECTION_MARKS) if answer and answer[0] else None
        silent = [(element, place) for element, place in wordy if element.value is None and element.role in METERS]
        questions = [_property(*place, "org.a11y.atspi.Value", "CurrentValue") for _, place in silent]
        for (element, _), answer in zip(silent, self._ask(questions, patience), strict=True):
            if answer:
                number = float(answer[0][1])
                element.value = str(int(number)) if number.is_integer() else str(number)
        for element, _ in wordy:
            if element.role == "static_text" and not element.name and element.value:
                element.name = element.value

    def _is_hung(self, bus: str) -> bool:
        return time.monotonic() - self._known.hung.get(bus, float("-inf")) < FORGET_SECONDS

    def _ask(self, questions: Sequence[Question], patience: float, *, or_fail: bool = False) -> list[Any]:
        """Send all questions, then collect the answers: bodies, None for those that were refused.

        Raises:
            Unsupported: If the connection broke; with ``or_fail`` also if a question was refused.
            Hangs: If an answer does not come in time.
        """
        if not questions:
            return []
        with self._lock:
            try:
                return self._asked(questions, time.monotonic() + patience, or_fail=or_fail)
            except TimeoutError as error:
                raise Hangs from error
            except OSError as error:
                forget(self)
                raise Unsupported(str(error)) from error

    def _asked(self, questions: Sequence[Question], deadline: float, *, or_fail: bool) -> list[Any]:
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
            if left <= 0:
                raise TimeoutError
            reply = self._connection.receive(timeout=left)
            place = waiting.pop(reply.header.fields.get(jeepney.HeaderFields.reply_serial, -1), None)
            if place is None:
                continue  # a signal, or an answer that came too late
            if reply.header.message_type == jeepney.MessageType.error:
                if or_fail:
                    raise Unsupported(str(reply.body))
                continue
            answers[place] = reply.body
        return answers


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
            bus = Bus(os.environ.get("AT_SPI_BUS_ADDRESS") or _announced())
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


def _announced() -> str:
    """Ask the session bus where the accessibility bus is."""
    try:
        jeepney = importlib.import_module("jeepney")
        blocking = importlib.import_module("jeepney.io.blocking")
        with blocking.open_dbus_connection("SESSION") as connection:
            address = jeepney.DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            reply = connection.send_and_get_reply(jeepney.new_method_call(address, "GetAddress"), timeout=2)
    except Exception as error:  # jeepney raises its own, the socket's and the system's errors
        raise Unsupported(str(error)) from error
    if reply.header.message_type == jeepney.MessageType.error or not reply.body[0]:
        raise Unsupported(str(reply.body))
    return str(reply.body[0])


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


def _property(bus: str, path: str, interface: str, name: str) -> Question:
    return Question(bus, path, PROPERTIES, "Get", "ss", (interface, name))


def _role_name(word: str, number: int, states: int) -> str:
    role = ROLE_WORDS.get(word) or ROLE_NAMES.get(number, "unknown")
    if role in ("text_field", "text_area"):
        # Toolkits disagree about the role; that a field holds lines is what they all tell.
        return "text_area" if states >> State.MULTI_LINE & 1 else "text_field"
    return role
