"""Which dialog keeps a target's window from taking input: what X11 knows of it, and what only the accessibility tree knows. Blocks.

Swing says of a modal dialog to the window manager only that it is a dialog; that it is modal stands in the tree alone. So a target
that is no element (a point, a picture, a colour) asks the tree of its window's program as well.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flowdesk.drivers import elements, owners
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi import gtk4, lineage
from flowdesk.drivers.atspi.calls import (
    ACCESSIBLE,
    ROOT,
    Hangs,
    Place,
    Question,
    Unsupported,
    bits_of,
    extents_of,
    value_of,
)
from flowdesk.drivers.atspi.lineage import Kin
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.owners import Top
from flowdesk.drivers.windowsystem import Modal, WindowSystem
from flowdesk.engine.ports import Obstacle, Window
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box
from flowdesk.model.target import Spot

_pause = threading.Event().wait
"""Waits in a worker thread."""

PATIENCE = 2.0
"""Seconds that a program may take to answer."""

BOUNCE = 0.15
"""Seconds after which a window that a dialog blocks has lost the keyboard to it again."""

_SHARED_MODALS = ("gtk", "j2se", "java", "swing")
"""Beginnings of the names of toolkits in which a modal dialog blocks all windows of its program."""

_MOST_WINDOWS = 200


class Modals:
    """Tells of a target what blocks it."""

    def __init__(self, windows: WindowSystem, chain: Callable[[Spot], list[Kin]]) -> None:
        """Look at these windows; ``chain`` tells what an element stands in."""
        self._windows = windows
        self._chain = chain

    def over(self, spot: Spot) -> Obstacle | None:
        """Return the modal dialog that keeps a target's window from taking input."""
        dialog = self._window(spot) if spot.owner else None
        if dialog is not None:
            return Obstacle("dialog", dialog.title, dialog.box)
        if spot.handle is not None:
            return self._element(spot)
        return self._told_only(spot) if spot.owner and spot.pid else None

    def _window(self, spot: Spot) -> Modal | None:
        owner = spot.owner or 0
        for modal in self._windows.modals_of(owner, spot.pid):
            if modal.is_related:
                if modal.is_certain or not elements_of(spot.pid):
                    return modal
                continue
            toolkit = toolkit_of(spot)
            if toolkit.startswith(_SHARED_MODALS):
                return modal
            if (toolkit == "qt" or spot.handle is None) and self._bounces(owner, modal):
                return modal
        return None

    def _bounces(self, owner: int, modal: Modal) -> bool:
        """Whether a window that is activated loses the keyboard to a dialog at once."""
        with contextlib.suppress(FlowdeskError):
            self._windows.act(Window(owner, ""), "activate")
        deadline = time.monotonic() + BOUNCE
        while time.monotonic() < deadline:
            active = self._windows.active()
            if active is not None and active.id == modal.id:
                return True
            _pause(0.01)
        return False

    def _element(self, spot: Spot) -> Obstacle | None:
        """Return what is modal inside the tree: dialogs of Swing, popovers of GTK."""
        with contextlib.suppress(Unsupported, Hangs):
            bus = atspi.open_bus()
            modals = [place for place in bus.walk(spot.handle[0]).modals if place != spot.handle]
            if not modals:
                return None
            family = {kin.place for kin in self._chain(spot)}
            for place in modals:
                if place in family:
                    continue
                above = lineage.lineage(
                    lambda asked: bus.ask(asked, PATIENCE),
                    place,
                    bus.walk(spot.handle[0]).parents,
                    lambda window: bus.measure(spot.handle[0], spot.pid, window, PATIENCE),
                )
                if above and above[0].has(State.MODAL) and above[0].has(State.SHOWING):
                    top = Top(above[0].name, above[0].box, above[0].has(State.ACTIVE), place)
                    if len(above) == 1 and self._is_below(spot, top):
                        continue
                    if above[0].role == lineage.PANEL and len(above) > 1:  # a popover
                        return Obstacle("popup", above[0].name, above[0].box)
                    return Obstacle("dialog", above[0].name or above[0].described(), above[0].box)
        return None

    def _told_only(self, spot: Spot) -> Obstacle | None:
        """Return the modal dialog of a target's program of which only its tree knows."""
        if not lineage.is_swing(toolkit_of(spot)):
            return None
        for top in self._modal_tops(spot.pid):
            if not self._is_below(spot, top):
                return Obstacle("dialog", top.name, top.box)
        return None

    def _is_below(self, spot: Spot, modal: Top) -> bool:
        """Whether a modal window is a target's own, or one over which the target's own is a dialog."""
        listed = self._windows.list()
        owner = next((window for window in listed if window.id == spot.owner), None)
        window = owners.window_of(spot.pid, modal, listed)
        if window is None:  # it cannot be told which one it is: the one that has the keyboard takes input
            return spot.handle is None and (owner is None or owner.is_active)
        return window.id in (spot.owner, *self._windows.owners_of(spot.owner or 0))

    def _modal_tops(self, pid: int) -> Iterator[Top]:
        with contextlib.suppress(Unsupported, Hangs, FlowdeskError):
            bus = atspi.open_bus()

            def ask(asked: Sequence[Question]) -> list[Any]:
                return bus.ask(asked, PATIENCE)

            for name in buses_of(pid):
                (answer,) = ask([Question(name, ROOT, ACCESSIBLE, "GetChildren")])
                places = [(str(one), str(path)) for one, path in answer[0]][:_MOST_WINDOWS] if answer else []
                yield from _modal_among(ask, places)


def _modal_among(ask: lineage.Ask, places: Sequence[Place]) -> Iterator[Top]:
    states = ask([Question(*place, ACCESSIBLE, "GetState") for place in places])
    wanted = 1 << State.MODAL | 1 << State.SHOWING
    modal = [place for place, state in zip(places, states, strict=True) if state and bits_of(state) & wanted == wanted]
    names = ask([value_of(*place, ACCESSIBLE, "Name") for place in modal])
    boxes = ask([extents_of(*place) for place in modal])
    for place, name, box in zip(modal, names, boxes, strict=True):
        yield Top(str(name[0][1]) if name else "", Box(*box[0]) if box else Box(0, 0, 0, 0), place=place)


def buses_of(pid: int) -> list[str]:
    """Return the names under which a process publishes elements."""
    with contextlib.suppress(FlowdeskError):
        return [app.address.bus for app in elements.applications({pid}) if app.address is not None]
    return []


def elements_of(pid: int) -> bool:
    """Whether a process publishes elements."""
    with contextlib.suppress(FlowdeskError):
        return bool(elements.applications({pid}))
    return False


def toolkit_of(spot: Spot) -> str:
    """Return what a target's program is made with, with ``4`` after the name of GTK 4; empty where that is not known."""
    with contextlib.suppress(Unsupported, Hangs):
        for bus in [spot.handle[0]] if spot.handle is not None else buses_of(spot.pid) if spot.pid else []:
            name, version = atspi.open_bus().toolkit(bus, PATIENCE)
            return "gtk4" if gtk4.is_from_corner(name, version) else name
    return ""
