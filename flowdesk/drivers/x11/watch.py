"""What the gate before an action asks of this desktop: ``engine.ports.Watch`` on X11 and the accessibility tree.

Each question takes a millisecond or two, on the threads of the eyes. What an element stands in is read once a gate, in ``sight``.
"""

import contextlib
import itertools
import os
import threading
import time
from dataclasses import replace
from typing import Any

from flowdesk.drivers import pixels, screens
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi import fieldpoints, itemviews, lineage
from flowdesk.drivers.atspi.calls import Hangs, Unsupported, extents_of
from flowdesk.drivers.atspi.lineage import Kin
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.memory import Memory
from flowdesk.drivers.windowsystem import Surface, WindowSystem
from flowdesk.drivers.x11.menus import OpenMenus
from flowdesk.drivers.x11.modals import PATIENCE, Modals, toolkit_of
from flowdesk.engine.ports import Act, Obstacle, Sight, Window
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot

_pause = threading.Event().wait
"""Waits in a worker thread."""

_MOMENT = 1.0
"""So many seconds an element counts as standing in what it stood in: those of one gate and the press after it."""

SECOND_GUESS = 0.03
"""Seconds after which a browser knows what lies at a point; before, it guesses by boxes."""

SEES_Z = frozenset({"chromium", "gecko"})
"""Toolkits that tell what is uppermost at a point."""

_CHANGED = 24
"""A pixel of a picture changed when a channel differs by more than this."""


class Watcher:
    """Answers the gate's questions; all of it blocks."""

    def __init__(self, windows: WindowSystem, memory: Memory) -> None:
        """Look at these windows; the memory's reader reads what is written."""
        self._memory = memory
        self._windows = windows
        self._modals = Modals(windows, self.chain)
        self._menus = OpenMenus(windows, self._last_chain)
        self._last: tuple[Any, float, list[Kin]] = (None, 0.0, [])
        """What the element of the last look for its sight stands in, and when that was."""

    # -- the tree

    def chain(self, spot: Spot) -> list[Kin]:
        """Return a target's element and what it stands in; empty where it is none, or gone, or its program does not answer."""
        if spot.handle is None:
            return []
        with contextlib.suppress(Unsupported, Hangs):
            bus = atspi.open_bus()
            program = spot.handle[0]
            is_gtk4 = self.toolkit(spot) == "gtk4"
            popups = (lambda: [menu.box for menu in self._windows.menus_of(spot.pid)]) if is_gtk4 else None
            return lineage.lineage(
                lambda asked: bus.ask(asked, PATIENCE),
                spot.handle,
                bus.walk(program).parents,
                lambda window: bus.measure(program, spot.pid, window, PATIENCE),
                popups,
                has_left_places=is_gtk4 and not bus.is_rough(program),
            )
        return []

    def _last_chain(self, spot: Spot) -> list[Kin]:
        """Return what a target stands in as it was told a moment ago, for what asks in what it stands and not where that is."""
        handle, told, chain = self._last
        if handle is not None and handle == spot.handle and time.monotonic() - told < _MOMENT:
            return chain
        return self.chain(spot)

    def toolkit(self, spot: Spot) -> str:
        """Return what a target's program is made with, with ``4`` after the name of GTK 4; empty where that is not known."""
        return toolkit_of(spot) if spot.handle is not None else ""

    # -- modal dialogs

    def blocker(self, spot: Spot, act: Act) -> Obstacle | None:
        """Return the modal dialog, or the open menu, that keeps a target's window from taking input."""
        if (dialog := self._modals.over(spot)) is not None:
            return dialog
        if act == "press":
            return self._menus.over(spot)
        if act == "element" and spot.handle is not None and not lineage.is_floating(self.chain(spot)):
            menu = next(iter(self._windows.menus_of(spot.pid)), None)
            return Obstacle("popup", menu.title, menu.box) if menu is not None else None
        return None

    def question(self) -> str:
        """Return the title of the modal dialog that has the keyboard; empty where none has it."""
        active = self._windows.active()
        if active is None or active.pid == os.getpid() or not self._windows.is_question(active.id):
            return ""
        return active.title or active.app

    # -- in sight

    def sight(self, spot: Spot) -> Sight | None:
        """Say how much of a target is shown now."""
        if spot.handle is None:
            shown = _on_monitors(spot.box, spot.point)
            return Sight(spot.box, shown, spot.point, view=_monitor_at(spot.point))
        chain = self.chain(spot)
        self._last = spot.handle, time.monotonic(), chain
        if not chain:
            return None
        seen = sight_of(self.with_view(spot, chain), spot, self.toolkit(spot))
        return replace(seen, point=self._free_point(spot, chain, seen)) if seen.is_in else seen

    def _free_point(self, spot: Spot, chain: list[Kin], seen: Sight) -> Point:
        """Return where to act on a target that is in sight: in a field beside what is pressed in it."""
        element = spot.element
        if element is None or element.role not in fieldpoints.ROLES or spot.is_aside or seen.box != chain[0].box:
            return seen.point
        with contextlib.suppress(Unsupported, Hangs):
            bus = atspi.open_bus()
            how = bus.measure(spot.handle[0], spot.pid, chain[-1].place, PATIENCE)
            ask = lambda asked: bus.ask(asked, PATIENCE)  # noqa: E731
            point = fieldpoints.free_point(ask, chain[0].place, element.role, seen.box, seen.point, how)
            return point if seen.shown.contains(point) else seen.point
        return seen.point

    def with_view(self, spot: Spot, chain: list[Kin]) -> list[Kin]:
        """Return a chain in which the list, table or tree of an entry is only as large as it shows entries."""
        if len(chain) < 2 or chain[1].role not in itemviews.ROLES or not chain[0].is_placed or not chain[1].is_placed:
            return chain
        if self.toolkit(spot) not in ("qt", "gtk") or chain[0].role in itemviews.HEADINGS:
            return chain
        with contextlib.suppress(Unsupported, Hangs):
            bus = atspi.open_bus()
            how = bus.measure(spot.handle[0], spot.pid, chain[-1].place, PATIENCE)
            view = itemviews.view_of(lambda asked: bus.ask(asked, PATIENCE), chain[0], chain[1], how)
            return [chain[0], replace(chain[1], box=view), *chain[2:]]
        return chain

    def cover(self, spot: Spot) -> Obstacle | None:
        """Return what lies over a target at its point: a window, or another element of its own window."""
        chain = self._last_chain(spot)
        over = self._window_over(spot, is_floating=lineage.is_floating(chain))
        if over is not None or not chain or not spot.box.contains(spot.point):
            return over  # beside a target, by an offset, is what is meant
        return self._inside(spot, chain)

    def seen_cover(self, spot: Spot) -> Obstacle | None:
        """Return what lies over a target at its point, also what its program does not tell of."""
        return self.cover(spot) or self.unseen(spot)

    def last_cover(self, spot: Spot, *, is_press: bool) -> Obstacle | None:
        """Return what came to lie over a target since the gate; for a press also a menu that opened beside it and takes it."""
        over = self.cover(spot)
        return over or (self._menus.over(spot, is_late=True) if is_press else None)

    def unseen(self, spot: Spot) -> Obstacle | None:
        """Return what lies over an element although its program tells of nothing, judged by its picture.

        Only where something may lie, in Qt at the edge of what scrolls, and where a program tells places that are some pixels off.
        """
        if spot.handle is None or spot.element is None or spot.element.role not in _WRITTEN or spot.engine == "text":
            return None
        if not spot.box.contains(spot.point):
            return None
        toolkit = self.toolkit(spot)
        chain = self._last_chain(spot) if toolkit in ("qt", "gtk4") else []
        if not chain or not chain[0].name:
            return None
        box = view = chain[0].box
        if toolkit == "qt":
            scrolled = _scrolling_view(chain, spot)
            if scrolled is None:
                return None
            view, box = scrolled, box.intersection(scrolled)
            is_framed = spot.element.role in _FRAMED
            if box.is_empty or not (is_framed or _is_scrolled(chain, view)) or not _is_near_edge(box, view):
                return None
        elif not _is_rough(spot.handle[0]):
            return None
        beside = pixels.presence.AROUND
        around = Box(box.x - beside, box.y - beside, box.width + 2 * beside, box.height + 2 * beside)
        shot = pixels.screen.grab(around.intersection(screens.virtual_box()))
        with contextlib.suppress(FlowdeskError):
            if pixels.presence.is_covered(self._memory.reader, shot, box, chain[0].name):
                return Obstacle("element", say("something that its program does not publish"), Box(view.x, box.y, view.width, box.height))  # fmt: skip
        return None

    def window_over(self, spot: Spot) -> Obstacle | None:
        """Return the other window or popup that lies over a target at its point."""
        return self._window_over(spot, is_floating=lineage.is_floating(self._last_chain(spot)))

    def _window_over(self, spot: Spot, *, is_floating: bool) -> Obstacle | None:
        surface = self._windows.surface_at(spot.point)
        if spot.handle is None:
            return self._cover_of_pixels(spot, surface)
        is_same = surface.pid == spot.pid
        if surface.popup or not spot.owner:
            is_own = is_same and (is_floating or not surface.popup)
        else:
            is_own = surface.window == spot.owner or (is_floating and is_same)
        return None if is_own else _of_surface(surface)

    def _cover_of_pixels(self, spot: Spot, surface: Surface) -> Obstacle | None:
        """Whether what was seen, or a point of a window, lies under another window; pixels that were seen lie uppermost."""
        if not spot.owner:
            return None
        if surface.popup:
            is_seen = ENGINES[spot.engine].is_seen and surface.pid == spot.pid
            return None if is_seen else _of_surface(surface)
        return None if surface.window == spot.owner else _of_surface(surface)

    def _inside(self, spot: Spot, chain: list[Kin]) -> Obstacle | None:
        toolkit = self.toolkit(spot)
        with contextlib.suppress(Unsupported, Hangs):
            bus = atspi.open_bus()
            ask = lambda asked: bus.ask(asked, PATIENCE)  # noqa: E731
            if toolkit in SEES_Z:
                return lineage.at_point(ask, chain, spot.point, lambda: _pause(SECOND_GUESS))
            how = bus.measure(spot.handle[0], spot.pid, chain[-1].place, PATIENCE)
            if toolkit == "gtk4" and not bus.is_rough(spot.handle[0]):
                is_told, over = lineage.picked(ask, chain, spot.point, how)
                if is_told:
                    return over
            return lineage.beside(ask, chain, spot.point, how, toolkit)
        return None

    # -- still

    def is_still(self, spot: Spot) -> bool:
        """Whether a target is where it was seen."""
        if spot.handle is None:
            return self._looks_the_same(spot)
        with contextlib.suppress(Unsupported, Hangs):
            now = self._now(spot)
            return now is not None and (not now.is_placed or spot.engine == "text" or now.box == spot.box)
        return False

    def _now(self, spot: Spot) -> Kin | None:
        """Return the element of a target as it is now; None where it is gone."""
        chain = self._last_chain(spot)
        if not chain or self.toolkit(spot) == "gtk4":  # where that is depends on the popups there are
            return next(iter(self.chain(spot)), None)
        bus = atspi.open_bus()
        (told,) = bus.ask([extents_of(*spot.handle)], PATIENCE)
        how = bus.measure(spot.handle[0], spot.pid, chain[-1].place, PATIENCE)
        return replace(chain[0], box=lineage.placed(told[0], how)) if told else None

    def _looks_the_same(self, spot: Spot) -> bool:
        if spot.pixels is None:
            return True
        now = pixels.screen.grab(spot.box).pixels
        if now.shape != spot.pixels.shape:
            return False
        return pixels.screen.changed_fraction(spot.pixels, now, _CHANGED) <= 0.25

    # -- the two things that are done

    def tooltip_over(self, spot: Spot) -> Point | None:
        """Return where the pointer goes so that a tooltip of the target's program that lies over it vanishes; None: no tooltip."""
        surface = self._windows.surface_at(spot.point)
        if (
            not surface.popup
            or surface.pid != spot.pid
            or not spot.owner
            or not self._windows.is_tooltip(surface.popup)
        ):
            return None
        owner = next((window for window in self._windows.list() if window.id == spot.owner), None)
        return Point(owner.box.x + 2, owner.box.y + 2) if owner is not None else None

    def suggested_over(self, spot: Spot) -> Point | None:
        """Return where to click so that a list of suggestions goes that takes the press meant for a target; None: there is none."""
        return self._menus.suggested_over(spot)

    def bring_up(self, spot: Spot) -> bool:
        """Raise a target's window; whether there was anything to raise."""
        if not spot.owner:
            return False
        surface = self._windows.surface_at(spot.point)
        if surface.window == spot.owner or (surface.popup and surface.pid == spot.pid):
            return False
        with contextlib.suppress(FlowdeskError):
            self._windows.act(Window(spot.owner, ""), "activate")
            return True
        return False


def sight_of(chain: list[Kin], spot: Spot, toolkit: str) -> Sight:
    """Say how much of an element is shown, judged by its own states and box and by what it stands in. Pure but for the monitors."""
    target = chain[0]
    is_page = toolkit in SEES_Z
    holders = lineage.around(chain, is_page=is_page, has_tops=not lineage.is_swing(toolkit))
    is_hidden = toolkit != "gtk4" and not target.has(State.SHOWING)
    if is_hidden or not target.is_placed:
        edge = next((kin for kin in holders if kin.role in SCROLLING), holders[0] if holders else None)
        place = Obstacle("area", edge.described(), edge.box) if edge is not None else None
        return Sight(spot.box, Box(spot.box.x, spot.box.y, 0, 0), spot.point, place)
    is_part = spot.engine == "text" and spot.box != target.box
    box = spot.box if is_part else target.box
    point = spot.point if is_part else _moved(spot, box)
    view = _monitor_at(point)
    edge = None
    for kin in holders:
        view = view.intersection(kin.box)
        if edge is None and not kin.box.contains(point):
            edge = kin
    place = Obstacle("area", edge.described(), edge.box) if edge is not None else None
    shown = box.intersection(_on_monitors(box, point))
    for kin in holders:
        shown = shown.intersection(kin.box)
    return Sight(box, shown, point, place, view)


SCROLLING = frozenset({
    lineage.SCROLL_PANE, lineage.VIEWPORT, lineage.LIST, lineage.TABLE, lineage.TREE, lineage.TREE_TABLE, *lineage.DOCUMENTS,
})  # fmt: skip
"""Roles that scroll what is in them."""


_FRAMED = frozenset({"button", "switch", "combo_box"})
"""Roles of what has a frame around it as a rule."""

_WRITTEN = _FRAMED | {"check_box", "radio_button", "link"}
"""Roles of what its name is written on."""

_NEAR = 100
"""So near to the edge of what scrolls something may lie over it that stays when it scrolls."""


def _is_rough(program: str) -> bool:
    with contextlib.suppress(Unsupported):
        return atspi.open_bus().is_rough(program)
    return False


def _scrolling_view(chain: list[Kin], spot: Spot) -> Box | None:
    """Return the part that is shown of the innermost thing that scrolls an element: that is higher inside than outside."""
    for inner, outer in itertools.pairwise(chain[1:]):
        if outer.role in (lineage.FRAME, lineage.DIALOG, lineage.WINDOW) or not outer.is_placed:
            return None
        if inner.is_placed and inner.box.height > outer.box.height and outer.box.contains(spot.point):
            return outer.box
    return None


def _is_scrolled(chain: list[Kin], view: Box) -> bool:
    """Whether what an element stands in is scrolled away from its beginning."""
    return any(kin.box.y < view.y for kin in chain[1:] if kin.is_placed and kin.box.height > view.height)


def _is_near_edge(box: Box, view: Box) -> bool:
    near = min(_NEAR, view.height // 3)
    return box.center.y - view.y < near or view.bottom - box.center.y < near


def _moved(spot: Spot, box: Box) -> Point:
    """Return where to act in a box that moved; of one that changed its size, at the same part of it."""
    across, down = spot.point.x - spot.box.x, spot.point.y - spot.box.y
    if (box.width, box.height) != (spot.box.width, spot.box.height) and spot.box.contains(spot.point):
        across = across * box.width // max(1, spot.box.width)
        down = down * box.height // max(1, spot.box.height)
    return Point(box.x + across, box.y + down)


def _monitor_at(point: Point) -> Box:
    """Return the monitor that a point is on; empty where it is on none."""
    return next((frame for frame in screens.frames() if frame.contains(point)), Box(point.x, point.y, 0, 0))


def _on_monitors(box: Box, point: Point) -> Box:
    """Return the part of a box that is on the monitor of a point, else on the monitor that shows most of it."""
    frames = screens.frames()
    here = next((frame for frame in frames if frame.contains(point)), None)
    if here is not None:
        return box.intersection(here)
    parts = [box.intersection(frame) for frame in frames]
    return max(parts, key=lambda part: part.width * part.height, default=box)


def _of_surface(surface: Surface) -> Obstacle:
    kind: Any = "popup" if surface.popup else "window"
    return Obstacle(kind, surface.title, surface.box)
