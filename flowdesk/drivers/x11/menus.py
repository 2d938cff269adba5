"""Which open menu, list or popover takes the next press, wherever that goes: a person would close it first. Blocks.

While a menu is open its program holds a grab of the pointer, and a press beside the menu only closes it: Qt, GTK and Tk swallow it. The
popovers of GTK 3 lie inside their window, without a grab, and only the accessibility tree knows of them; so do the menus of Swing.
"""

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flowdesk.drivers import elements
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi import fields, lineage
from flowdesk.drivers.atspi.calls import Hangs, Question, Unsupported
from flowdesk.drivers.atspi.lineage import Kin
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.drivers.x11.modals import PATIENCE, toolkit_of
from flowdesk.engine.ports import Obstacle
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Point
from flowdesk.model.target import Spot


class OpenMenus:
    """Tells of a target whether an open menu of its program takes the press that is meant for it."""

    def __init__(self, windows: WindowSystem, chain: Callable[[Spot], list[Kin]]) -> None:
        """Look at these windows; ``chain`` tells what an element stands in."""
        self._windows = windows
        self._chain = chain

    def over(self, spot: Spot, *, is_late: bool = False) -> Obstacle | None:
        """Return the menu or popover that is open and takes a press at a target that is not in it.

        With ``is_late``, right before the press, only what can be asked in no time.
        """
        if self._windows.is_pointer_held():
            return self._with_grab(spot)  # Tk does not tell its process, neither of its windows nor of its menus
        if not spot.pid:
            return None
        return (
            self._popover(spot)
            if not is_late and spot.handle is None and spot.owner and toolkit_of(spot) == "gtk"
            else None
        )

    def suggested_over(self, spot: Spot) -> Point | None:
        """Return where to click so that a list of suggestions goes: in the field of a target's program that has the keyboard.

        Such a list lies over the next fields until something else is clicked, and there a click harms nothing.
        """
        if not spot.pid or not self._windows.is_pointer_held():
            return None
        menus = self._windows.menus_of(spot.pid, is_held=True)
        if len(menus) != 1 or not self._windows.is_list(menus[0].popup):
            return None
        with contextlib.suppress(FlowdeskError):
            for app in elements.applications({spot.pid}):
                field = fields.focused(app)
                if field is None or not field.is_writable or field.is_paragraph:
                    continue
                point = Point(field.box.x + field.box.width // 2, field.box.center.y)
                surface = self._windows.surface_at(point)
                if not surface.popup and surface.pid == spot.pid and not menus[0].box.contains(point):
                    return point
        return None

    def _with_grab(self, spot: Spot) -> Obstacle | None:
        menus = self._windows.menus_of(spot.pid, is_held=True)
        if not menus:
            return self._drawn_inside(spot)
        if spot.handle is not None:
            chain = self._chain(spot)
            if lineage.is_floating(chain) or any(kin.role == lineage.MENU_BAR for kin in chain):
                return None
        elif ENGINES[spot.engine].is_seen and any(menu.box.contains(spot.point) for menu in menus):
            return None
        return Obstacle("popup", menus[0].title, menus[0].box)

    def _drawn_inside(self, spot: Spot) -> Obstacle | None:
        """Return the menu that Swing has drawn in a window over a point of that window; what is seen there is the menu's."""
        if spot.handle is not None or ENGINES[spot.engine].is_seen or not lineage.is_swing(toolkit_of(spot)):
            return None
        with contextlib.suppress(FlowdeskError):
            for menu in elements.find("menu", elements.applications({spot.pid})):
                if menu.box.contains(spot.point):
                    return Obstacle("popup", menu.state.name, menu.box)
        return None

    def _popover(self, spot: Spot) -> Obstacle | None:
        """Return the popover of GTK 3 that is open in a window, unless the target was seen in it."""
        with contextlib.suppress(Unsupported, Hangs, FlowdeskError):
            bus = atspi.open_bus()

            def ask(asked: Sequence[Question]) -> list[Any]:
                return bus.ask(asked, PATIENCE)

            for app in elements.applications({spot.pid}):
                if app.address is None:
                    continue
                name = app.address.bus
                bus.shown(app.address, ("dialog",), PATIENCE, fits=lambda _: False)
                measure = partial(bus.measure, name, spot.pid, patience=PATIENCE)
                for place in bus.walk(name).modals:
                    found = lineage.lineage(ask, place, bus.walk(name).parents, measure)
                    if len(found) < 2 or found[0].role != lineage.PANEL or not found[0].has(State.SHOWING):
                        continue
                    if not (ENGINES[spot.engine].is_seen and found[0].box.contains(spot.point)):
                        return Obstacle("popup", found[0].name, found[0].box)
        return None
