"""A moment of the desktop: its windows, the elements of one program, its pixels. It is looked into after it is over."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flowdesk.drivers import elements
from flowdesk.drivers.atspi.bus import Shown
from flowdesk.drivers.elements import Found
from flowdesk.drivers.engines import Engines, Outcome
from flowdesk.drivers.finder import look
from flowdesk.drivers.matching import Wanted
from flowdesk.drivers.memory import Memory
from flowdesk.drivers.pixels import screen
from flowdesk.drivers.pixels.screen import Shot
from flowdesk.drivers.pixels.text import is_small, split_labels
from flowdesk.drivers.places import Match, Scope, without_doubles
from flowdesk.drivers.shown import Part, numbered, parts_of
from flowdesk.drivers.windowsystem import Surface
from flowdesk.engine.ports import Element, Monitor, TextLine, Window
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say
from flowdesk.model.target import Miss, Query, Sighting, Step

Place = tuple[str, str]

_SPACE = re.compile(r"\s+(?![^\[]*\])")
"""White space of an element selector outside of brackets."""
_FLOATING = frozenset({"menu", "menu_item", "list_item", "tooltip"})
_DRAWN_OVER = frozenset({"menu", "dialog", "tooltip"})
_ENTRIES = frozenset({"list_item", "menu_item", "table_cell", "tree_item", "button"})
_FOLDED = frozenset({"list", "list_item", "menu", "menu_item", "table_cell", "tree_item", "scroll_bar"})
"""What is shown of a combo box only while its list is open."""
_EDGE = 24
"""Pixels by which the window of a popup is larger than what it shows: its shadow."""


@dataclass
class Moment:
    """What was there at one time."""

    at: float
    windows: tuple[Window, ...]
    active: int
    point: Point
    surface: Surface
    popup: int | None
    """The process of the popup at the point."""
    shot: Shot
    found: tuple[Found, ...] = ()
    parents: Mapping[Place, Place] = field(default_factory=dict)
    monitors: tuple[Monitor, ...] = ()
    path: tuple[Found, ...] = ()
    top: int = 0
    """What was uppermost at the point, by a number of the listener's."""
    window: Window | None = None
    has_secrets: bool = False
    """Whether a field for passwords is shown."""
    done: float = 0.0
    """When all of it was read."""
    is_page: bool = False
    """Whether it is of a browser, whose page draws menus and dialogs over other things."""
    drawn: tuple[Box, ...] = ()
    """Menus that its program draws inside of its window."""
    under: Surface | None = None
    """What was uppermost but for those, where one of them was at the point."""

    def looked_at(self, point: Point) -> "Moment":
        """Return it with what lay at a point."""
        surface, popup = self.surface, self.popup
        if self.under is not None:
            surface, popup = self.under, None
        inner = min((box for box in self.drawn if box.contains(point)), key=_area, default=None)
        under = surface if inner is not None else None
        if inner is not None:
            surface, popup = replace(surface, popup=surface.window, box=inner), surface.pid
        box = surface.box if popup is not None else None
        path = path_at(point, self.found, self.parents, popup=box, is_page=self.is_page)
        return replace(self, point=point, surface=surface, popup=popup, under=under, path=path)

    def window_of_keyboard(self) -> Window | None:
        """Return the window that had the keyboard."""
        return next((window for window in self.windows if window.id == self.active), None)


@dataclass
class MomentWindows:
    """Implements ``drivers.finder.WindowList`` of a moment."""

    moment: Moment

    def list(self) -> Sequence[Window]:
        """Return the windows, uppermost first."""
        return self.moment.windows

    def active(self) -> Window | None:
        """Return the window that had the keyboard."""
        return self.moment.window_of_keyboard()

    def popup_at(self, point: Point) -> int | None:
        """Return the process of the popup at a point, where one was pressed."""
        return self.moment.popup if self.moment.surface.popup and self.moment.surface.box.contains(point) else None

    def pointer(self) -> Point:
        """Return where the pointer was."""
        return self.moment.point

    def surface_at(self, point: Point) -> Surface:
        """Return what was uppermost at the point that was pressed."""
        return self.moment.surface

    def is_pointer_held(self) -> bool:
        """Whether a menu was open at the point."""
        return self.moment.popup is not None

    def menus_of(self, pid: int, *, is_held: bool = False) -> Sequence[Surface]:
        """Return the menu that was open at the point."""
        return [self.moment.surface] if self.moment.popup in (pid, 0) else []


class MomentEngines(Engines):
    """Finds in a moment what fits one step in one scope."""

    def __init__(self, query: Query, moment: Moment, memory: Memory) -> None:
        """Look into a moment."""
        super().__init__(query, MomentWindows(moment), memory, wants_best=False)
        self._moment = moment
        self._shots[moment.shot.box] = moment.shot

    def find(self, step: Step, scope: Scope) -> Outcome:
        """Return the matches of a step, or why there are none."""
        if step.engine != "element":
            return super().find(step, scope)
        found = self._fitting(step.body, scope)
        if found:
            return [_match(element, "element") for element in found], None
        return [], Miss(say('No element matches "{css}".', css=step.body))

    def shot(self, box: Box) -> Shot:
        """Return the pixels of a box as they were; what lies outside of what was kept is left out."""
        part = box.intersection(self._moment.shot.box)
        return self._moment.shot.cropped(part) if not part.is_empty else self._moment.shot

    def _applications(self, pids: frozenset[int] | None) -> list[elements.Application]:
        return []

    def _named_text(self, wanted: Wanted, scope: Scope) -> tuple[list[Match], list[Found]]:
        texts = [one for one in self._moment.found if one.text and one.state.role not in elements.SURFACES]
        fits = [(wanted.fit(one.text), one) for one in texts if _is_in(one, scope)]
        return without_doubles([_match(one, "text", score) for score, one in fits if score]), []

    def _fitting(self, css: str, scope: Scope) -> Sequence[Found]:
        css, place = numbered(css)
        rules = [parts_of(piece) for piece in _SPACE.split(css.strip())]
        if not all(rules):
            return []
        *outer, last = [rule for rule in rules if rule is not None]
        found = [
            one
            for one in self._moment.found
            if _fits(one, last) and _is_in(one, scope) and self._is_inside(one, outer)
        ]  # fmt: skip
        return found[place - 1 : place] if place else found

    def _is_inside(self, one: Found, outer: Sequence[Sequence[Part]]) -> bool:
        above = self.above(one)
        for rule in reversed(outer):
            at = next((index for index, each in enumerate(above) if _fits(each, rule)), None)
            if at is None:
                return False
            above = above[at + 1 :]
        return True

    def above(self, one: Found) -> Sequence[Found]:
        """Return what an element stands in."""
        return lineage_of(one, self._moment.found, self._moment.parents)[1:]


class MomentSights:
    """Implements ``engine.observing.Sights`` of a moment, in threads."""

    def __init__(self, moment: Moment, memory: Memory) -> None:
        """Look into a moment."""
        self._moment, self._memory = moment, memory

    async def find(self, query: Query, *, want_picture: bool = False) -> Sighting:
        """Look once, then."""
        moment = self._moment
        engines = MomentEngines(query, moment, self._memory)
        return await asyncio.to_thread(look, query, MomentWindows(moment), self._memory, engines=engines)

    async def elements_at(self, point: Point, patience: float = 1.0) -> Sequence[Element]:
        """Return the elements that were at the point of the moment."""
        moment = self._moment
        path = moment.path if point == moment.point else path_at(point, moment.found, moment.parents)
        return tuple(element_of(found) for found in path)

    async def text_lines(self, region: Box) -> Sequence[TextLine]:
        """Read the lines of text that were in a region."""
        moment = self._moment
        part = region.intersection(moment.shot.box)
        if moment.popup is not None:  # what is written beside a menu is not there when it opens the next time
            part = part.intersection(moment.surface.box)
        return await asyncio.to_thread(self._labels, part) if not part.is_empty else ()

    def _labels(self, part: Box) -> Sequence[TextLine]:
        """Read a part, closely where nothing was read at the point that was pressed."""
        shot, point, reader = self._moment.shot.cropped(part), self._moment.point, self._memory.reader
        lines = reader.read(shot)
        if is_small(shot) and part.contains(point) and not any(line.box.contains(point) for line in lines):
            lines = reader.read_closely(shot) or lines
        return tuple(TextLine(label.text, label.box) for line in lines for label in split_labels(line))

    async def screenshot(self, region: Box | None = None, monitor: int | None = None) -> bytes:
        """Return the picture of a region as it was, black where nothing was kept."""
        return await asyncio.to_thread(self._picture, region or self._moment.shot.box)

    def _picture(self, region: Box) -> bytes:
        import numpy as np

        shot = self._moment.shot
        part = region.intersection(shot.box)
        canvas = np.zeros((region.height, region.width, shot.pixels.shape[2]), dtype=shot.pixels.dtype)
        if not part.is_empty:
            x, y = part.x - region.x, part.y - region.y
            canvas[y : y + part.height, x : x + part.width] = shot.cropped(part).pixels
        return screen.png(canvas)

    async def windows(self) -> Sequence[Window]:
        """Return the windows as they were."""
        return self._moment.windows

    async def monitors(self) -> Sequence[Monitor]:
        """Return the monitors."""
        return self._moment.monitors


def path_at(
    point: Point,
    found: Sequence[Found],
    parents: Mapping[Place, Place],
    *,
    popup: Box | None = None,
    is_page: bool = False,
) -> tuple[Found, ...]:
    """Return the elements at a point, innermost first up to the window.

    Of several the smallest counts, of those the deepest; where a popup is shown, what belongs to it; on a page the menu or the dialog that
    it draws last, with what follows in it.
    """
    here = [(one, index) for index, one in enumerate(found) if one.box.contains(point)]
    if is_page and (over := [pair for pair in here if pair[0].state.role in _DRAWN_OVER]):
        here = [pair for pair in here if pair[1] >= over[-1][1]]
    lines = {index: lineage_of(one, found, parents) for one, index in here}
    if popup is None and not is_page:
        here = [pair for pair in here if not _is_folded(lines[pair[1]], point)]
    if popup is not None:
        inside = [pair for pair in here if _is_inside(lines[pair[1]], popup)]
        floating = [pair for pair in here if any(outer.state.role in _FLOATING for outer in lines[pair[1]][:4])]
        here = inside or floating or here
    best = min(here, key=lambda pair: (_area(pair[0].box), -len(lines[pair[1]]), -pair[1]), default=None)
    return tuple(named(one, found) for one in lines[best[1]]) if best is not None else ()


def popup_shift(found: Sequence[Found], popup: Box) -> tuple[int, int]:
    """Return how far a popup is from where its program tells it, as GTK 4 does: across and down."""
    for one in found:
        is_one = one.state.role in ("group", "window", "menu") and "popover" in one.state.name.lower()
        if is_one and abs(one.box.width - popup.width) <= _EDGE and abs(one.box.height - popup.height) <= _EDGE:
            dx, dy = popup.center.x - one.box.center.x, popup.center.y - one.box.center.y
            return (dx, dy) if max(abs(dx), abs(dy)) > 2 else (0, 0)
    return 0, 0


def shifted(found: Sequence[Found], parents: Mapping[Place, Place], popup: Box) -> tuple[Found, ...]:
    """Return elements with those of a popup where it is shown."""
    dx, dy = popup_shift(found, popup)
    if not (dx or dy):
        return tuple(found)
    inside = {
        one.place
        for one in found
        if any("popover" in each.state.name.lower() for each in lineage_of(one, found, parents))
    }
    return tuple(
        replace(one, box=Box(one.box.x + dx, one.box.y + dy, one.box.width, one.box.height))
        if one.place in inside
        else one
        for one in found
    )


def named(one: Found, found: Sequence[Found]) -> Found:
    """Return an entry that says its name in a label inside of it with that name."""
    if one.state.role not in _ENTRIES or one.state.name:
        return one
    texts = [
        each.state.name for each in found if each.state.role == "static_text" and one.box.contains(each.box.center)
    ]
    return replace(one, state=replace(one.state, name=" ".join(text for text in texts if text)))


def lineage_of(one: Found, found: Sequence[Found], parents: Mapping[Place, Place]) -> Sequence[Found]:
    """Return an element and what it stands in, as its program tells; else what lies around it."""
    places = {each.place: each for each in found if each.place is not None}
    if one.place not in parents:
        around = [each for each in found if each is not one and each.box.intersection(one.box) == one.box]
        bigger = [each for each in around if _area(each.box) > _area(one.box)]
        return [one, *sorted(bigger, key=lambda each: _area(each.box))]
    line, place = [one], parents.get(one.place) if one.place is not None else None
    while place is not None and len(line) < 60:
        if place in places:
            line.append(places[place])
        place = parents.get(place)
    return line


def element_of(found: Found) -> Element:
    """Return an element as others know it."""
    return Element(found.box, found.state, found.app, found.pid)


def _fits(one: Found, rule: Sequence[Part]) -> bool:
    state = one.state
    bits = (
        (1 << 4 if state.is_checked else 0) | (1 << 8 if state.is_enabled else 0) | (1 << 12 if state.is_focused else 0)
    )
    shown = Shown(state.role, state.name, state.value, bits, (0, 0, 0, 0))
    return any(part.fits(shown) for part in rule)


def _is_in(one: Found, scope: Scope) -> bool:
    if scope.pids is not None and one.pid not in scope.pids:
        return False
    is_floating = one.state.role in {"menu", "menu_item", "list_item", "tooltip"}
    return (scope.window is not None and is_floating) or scope.box.contains(one.box.center)


def _match(one: Found, engine: str, score: float = 1.0) -> Match:
    kind = "text" if engine == "text" else "element"
    pids = frozenset({one.pid}) if one.pid else None
    return replace(Match(one.box, kind, score, text=one.text, element=one.state, app=one.app, pids=pids), handle=None)


def _is_inside(line: Sequence[Found], popup: Box) -> bool:
    """Whether an element belongs to a popup: it stands in it, or it is an entry right in another one, as Swing has them."""
    is_entry_of_entry = len(line) > 1 and line[1].state.role == "menu_item" and popup.contains(line[0].box.center)
    return is_entry_of_entry or any(_is_like(outer.box, popup) for outer in line)


def _is_folded(line: Sequence[Found], point: Point) -> bool:
    """Whether an entry belongs to a combo box that is elsewhere: Qt goes on telling where the list was when it was open."""
    box = next((outer for outer in line[1:] if outer.state.role == "combo_box"), None)
    return box is not None and line[0].state.role in _FOLDED and not box.box.contains(point)


def _is_like(box: Box, other: Box) -> bool:
    """Whether a box is the other one, but for a shadow around it."""
    edges = (box.x - other.x, box.y - other.y, box.right - other.right, box.bottom - other.bottom)
    return max(abs(edge) for edge in edges) <= _EDGE


def _area(box: Box) -> int:
    return box.width * box.height
