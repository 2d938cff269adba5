"""The element under a point: a walk down the accessibility tree that reads only what lies on the way.

Reading a whole program takes half a second (1.6 ms an element); the walk takes a few milliseconds, so that a picker can
follow the pointer. It blocks: call it from a worker thread.
"""

import contextlib
import time
from collections.abc import Callable
from typing import Any

from flowdesk.drivers import elements
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi.calls import Unsupported
from flowdesk.drivers.elements import Application, Found
from flowdesk.drivers.wayland.session import is_wayland
from flowdesk.model.geometry import Box, Point

_DEEP = 60
"""Levels that a tree is followed down: pages nest some thirty."""

_MANY = 6
"""Branches that are tried on one level, where the first ones lead nowhere."""

_FLOATS = frozenset({"menu", "menu_item", "list", "list_item", "tooltip"})
"""What a popup shows; it lies anywhere in the tree and outside the boxes of its parents."""

_AROUND_MENUS = _FLOATS | {"combo_box", "dialog", "group", "menu_bar", "window"}

_SHALLOW = 8
"""Levels on which menus are looked for before all of a program is read."""


def path_at(point: Point, apps: list[Application], patience: float, *, is_popup: bool = False) -> list[Found]:
    """Return the shown elements at a point, innermost first, up to the window.

    Args:
        point: Where, in pixels of the virtual desktop.
        apps: The programs to search, the first that has an element there counts.
        patience: Seconds that a program may take; after half of it what was found so far has to do.
        is_popup: Whether a menu or another popup is shown there.

    Raises:
        MissingPiece, DesktopUnavailable: If elements cannot be read at all.
        ElementsUnanswered: If a program hangs.
    """
    if is_wayland():
        return _placed(point, apps)
    deadline = time.monotonic() + patience / 2

    def walk() -> list[Found]:
        for app in apps:
            if is_popup and (found := _popup(point, app)):
                return found
            roots = app.handle.children()
            if found := _descend(point, app, roots, lambda: time.monotonic() > deadline, _DEEP):
                return found
        return []

    path: list[Found] = elements.ask(walk, patience) or []
    return path


def _placed(point: Point, apps: list[Application]) -> list[Found]:
    """Return the path by the places that the window's makes of what a program tells: under Wayland it tells them from the window's corner."""
    for app in apps:
        shown = [one for one in elements.find("*", [app]) if one.box.contains(point)]
        if not shown:
            continue
        path = [min(reversed(shown), key=lambda one: _area(one.box))]
        at = {one.place: one for one in shown if one.place is not None}
        with contextlib.suppress(Unsupported):
            parents = atspi.open_bus().walk(app.address.bus).parents if app.address is not None else {}
            place = path[0].place
            while place is not None and (place := parents.get(place)) is not None and len(path) < _DEEP:
                if place in at:
                    path.append(at[place])
        return path
    return []


def _popup(point: Point, app: Application) -> list[Found]:
    """Find the smallest part of a popup at a point, and its parents as far as they are popups too."""
    shown = _open_menus(point, app, app.handle.children(), _SHALLOW)
    if not shown:  # a list that a field dropped, a menu that hangs elsewhere: read all of the program
        everything = app.handle.locator("menu_item, menu, list_item, tooltip").elements()
        shown = [(found, one) for one in everything if (found := elements.read(app, one)) and found.box.contains(point)]
    if not shown:
        return []
    found, element = min(shown, key=lambda pair: _area(pair[0].box))
    path = [found]
    parent = element.parent()
    while parent is not None and len(path) < _DEEP:
        above = elements.read(app, parent)
        if above is not None and above.state.role in _AROUND_MENUS:
            path.append(above)
        parent = parent.parent()
    return path


def _open_menus(point: Point, app: Application, handles: list[Any], deep: int) -> list[tuple[Found, Any]]:
    """Return the parts of menus at a point, following only the entries that are opened."""
    shown: list[tuple[Found, Any]] = []
    for handle in handles:
        role = handle.role
        if role in _FLOATS and (found := elements.read(app, handle)) is not None and found.box.contains(point):
            shown.append((found, handle))
        is_open = bool(handle.visible) if role != "menu_item" else bool(handle.selected or handle.expanded)
        if is_open and role in _AROUND_MENUS and deep:
            shown += _open_menus(point, app, handle.children(), deep - 1)
    return shown


def _descend(point: Point, app: Application, handles: list[Any], is_late: Callable[[], bool], deep: int) -> list[Found]:
    """Return the path below one of ``handles``; the smallest box that holds the point is tried first."""
    here: list[tuple[int, int, Any, Found | None]] = []
    for index, handle in enumerate(handles):
        found = elements.read(app, handle)
        if found is None:
            if _is_transparent(handle):
                here.append((1 << 60, -index, handle, None))
        elif found.box.contains(point):
            # Of parts of one size the later is drawn over the earlier.
            here.append((_area(found.box), -index, handle, found))
    for _, _, handle, found in sorted(here, key=lambda entry: entry[:2])[:_MANY]:
        below = [] if is_late() or not deep else _descend(point, app, handle.children(), is_late, deep - 1)
        path = below + ([found] if found is not None else [])
        if path:
            return path
    return []


def _is_transparent(handle: Any) -> bool:
    """Whether an element has no place of its own, but its children may: pages of GTK's tabs, wrappers in browsers."""
    bounds = handle.bounds
    return bool(handle.visible) and (bounds is None or bounds.width <= 0 or bounds.height <= 0)


def _area(box: Box) -> int:
    return box.width * box.height
