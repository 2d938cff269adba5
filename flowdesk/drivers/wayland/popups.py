"""Open menus and modal dialogs, as their programs tell them on the accessibility bus: the compositor keeps them to itself. Blocks."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from flowdesk.drivers import elements
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi import gtk4
from flowdesk.drivers.atspi.calls import ACCESSIBLE, ROOT, Hangs, Place, Question, Unsupported, bits_of, value_of
from flowdesk.drivers.atspi.roles import State
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box

PATIENCE = 1.0
"""Seconds that a program may take to answer."""
_MOST_WINDOWS = 200
_ALERT, _DIALOG, _WINDOW = 2, 16, 69
"""Roles of AT-SPI. GTK 3 calls what pops up a window, and what people call a window a frame."""


class Menu(NamedTuple):
    """A menu or list that is open over its window."""

    name: str
    box: Box | None
    """Where it lies; None where its program does not tell it right: GTK tells popups from a corner that nobody else knows."""


def open_menus(pid: int) -> list[Menu]:
    """Return the menus and lists that a process shows over its windows."""
    found: list[Menu] = []
    with contextlib.suppress(Unsupported, Hangs, FlowdeskError):
        for app in elements.applications({pid}):
            if app.address is None:
                continue
            toolkit, version = atspi.open_bus().toolkit(app.address.bus, PATIENCE)
            if gtk4.is_from_corner(toolkit, version):
                told = elements.find("group", [app])
                found += [Menu(each.state.name, None) for each in told if gtk4.is_popover(each.state.name)]
            elif toolkit == "gtk":
                found += [Menu(name, None) for role, name, _ in _tops(app.address.bus) if role == _WINDOW]
            else:
                told = [*elements.find("menu", [app]), *_lists_of_combo_boxes(app)]
                found += [Menu(each.state.name, each.box) for each in told if not each.box.is_empty]
    return found


def _lists_of_combo_boxes(app: elements.Application) -> list[elements.Found]:
    combos = {each.place for each in elements.find("combo_box", [app])}
    lists = elements.find("list", [app]) if combos and app.address is not None else []
    parents = atspi.open_bus().walk(app.address.bus).parents if lists and app.address is not None else {}
    return [each for each in lists if each.place is not None and parents.get(each.place) in combos]


def modal_titles(pid: int) -> set[str]:
    """Return the titles of the windows of a process that keep the others from taking input.

    Qt does not tell which of its dialogs do, so there every dialog counts.
    """
    found: set[str] = set()
    with contextlib.suppress(Unsupported, Hangs, FlowdeskError):
        for app in elements.applications({pid}):
            if app.address is None:
                continue
            is_qt = atspi.open_bus().toolkit(app.address.bus, PATIENCE)[0] == "qt"
            for role, name, states in _tops(app.address.bus):
                if states >> State.MODAL & 1 or (is_qt and role in (_ALERT, _DIALOG)):
                    found.add(name)
    return found


def _tops(name: str) -> Iterator[tuple[int, str, int]]:
    """Yield role, name and states of each window that a program shows."""
    bus = atspi.open_bus()

    def ask(asked: Sequence[Question]) -> list[Any]:
        return bus.ask(asked, PATIENCE)

    (answer,) = ask([Question(name, ROOT, ACCESSIBLE, "GetChildren")])
    places: list[Place] = [(str(one), str(path)) for one, path in answer[0]][:_MOST_WINDOWS] if answer else []
    states = ask([Question(*place, ACCESSIBLE, "GetState") for place in places])
    roles = ask([Question(*place, ACCESSIBLE, "GetRole") for place in places])
    names = ask([value_of(*place, ACCESSIBLE, "Name") for place in places])
    for state, role, told in zip(states, roles, names, strict=True):
        bits = bits_of(state) if state else 0
        if role and told and bits >> State.SHOWING & 1:
            yield int(role[0]), str(told[0][1]), bits
