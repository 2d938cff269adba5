"""Reaching an element that is out of sight: which way of scrolling is tried, in what order. Blocks."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi import lineage, rows, scrolling
from flowdesk.drivers.atspi.calls import Hangs, Unsupported
from flowdesk.drivers.atspi.lineage import Ask, Kin
from flowdesk.drivers.atspi.origins import Measure
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.x11.modals import PATIENCE
from flowdesk.drivers.x11.watch import SEES_Z, Watcher, sight_of
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import Spot

_MOST_NOTCHES = 300

_FAR = 30
"""Over so many clicks of the wheel a list of Qt is turned by pages: with Ctrl held it scrolls one at each."""

_LEAST_TURNS = 40
"""So often the wheel is turned down for what does not tell where it is, before it is turned up."""

_PATIENT = 3
"""So often the wheel may be turned without moving the target."""

_LATE_SECONDS = 1.0
"""So long a turn of the wheel may take to show before it counts as one that did not move the target."""

_LOOK = 0.01

_pause = threading.Event().wait
"""Waits in a worker thread."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How far the wheel is to be turned, where, and which way."""

    point: Point
    dx: int
    dy: int
    notches: int = 1
    held: tuple[str, ...] = ()
    """Keys held down meanwhile."""


class Reach:
    """Scrolls to one target at a time."""

    def __init__(self, watcher: Watcher) -> None:
        """Look with ``watcher``."""
        self._watcher = watcher
        self._begun: Kin | None = None
        self._last: Turn | None = None
        self._before: Box | None = None
        self._rates: dict[tuple[str, ...], float] = {}
        """By the keys that are held: how far a click of the wheel scrolls."""
        self._away: int | None = None
        self._rows = 1.0
        """How many rows a click of the wheel scrolls."""
        self._stuck = 0

    def by_asking(self, spot: Spot, cover: Box | None = None) -> bool:
        """Scroll by what the program offers, also from under a cover; whether the target moved."""
        chain = self._watcher.chain(spot)
        self._begun = chain[0] if chain else None
        self._last, self._before, self._stuck = None, None, 0
        self._rates, self._away, self._rows = {}, None, 1.0
        if not chain:
            return False
        toolkit = self._watcher.toolkit(spot)
        bus = atspi.open_bus()
        ask = lambda asked: bus.ask(asked, PATIENCE)  # noqa: E731
        look = lambda: self._watcher.chain(spot)  # noqa: E731
        with contextlib.suppress(Unsupported, Hangs):
            how = bus.measure(spot.handle[0], spot.pid, chain[-1].place, PATIENCE)
            if cover is not None:
                return self._from_under(ask, chain, look, how, cover, toolkit)
            holders = lineage.around(chain, is_page=toolkit in SEES_Z, has_tops=not lineage.is_swing(toolkit))
            view = holders[0].box if holders else chain[-1].box
            if toolkit in SEES_Z and scrolling.by_request(ask, chain, look, view):
                return True
            holder, bars = scrolling.bars_of(ask, chain, how)
            if holder is not None and scrolling.by_bars(ask, chain, look, bars, _view(chain, holder), how.scale):
                return True
            if toolkit == "gtk" and scrolling.by_focus(ask, chain, look):
                return True
            if toolkit not in SEES_Z and toolkit != "qt" and scrolling.by_request(ask, chain, look, view):
                return True
        return False

    def _from_under(
        self, ask: Ask, chain: list[Kin], look: Callable[[], list[Kin]], how: Measure, cover: Box, toolkit: str
    ) -> bool:
        if toolkit in SEES_Z:
            holders = lineage.around(chain, is_page=True)
            view = scrolling.free_of(holders[0].box, cover, ()) if holders else cover
            return not view.is_empty and view != cover and scrolling.by_request(ask, chain, look, view)
        holder, bars = scrolling.all_bars_of(ask, chain, how)
        if holder is None:
            return False
        free = scrolling.free_of(holder.box, cover, bars)
        if free.is_empty or free.contains(chain[0].box.center):
            return False
        return scrolling.by_bars(ask, chain, look, bars, free, how.scale)

    def wheel(self, spot: Spot, turned: int, cover: Box | None = None) -> Turn | None:
        """Return how to turn the wheel next; None when the target is in sight (and free of a cover), or nothing moves any more."""
        chain, toolkit = self._watcher.with_view(spot, self._turned(spot)), self._watcher.toolkit(spot)
        if not chain or (cover is None and sight_of(chain, spot, toolkit).is_in):
            return None
        with contextlib.suppress(Unsupported, Hangs):
            bus = atspi.open_bus()
            how = bus.measure(spot.handle[0], spot.pid, chain[-1].place, PATIENCE)
            ask = lambda asked: bus.ask(asked, PATIENCE)  # noqa: E731
            holder, bars = (scrolling.bars_of if cover is None else scrolling.all_bars_of)(ask, chain, how)
            holder = holder or next((kin for kin in chain[1:] if kin.role in _LISTS), None)
            if cover is not None and holder is not None:
                holder = replace(holder, box=scrolling.free_of(holder.box, cover, bars))
                if holder.box.is_empty or holder.box.contains(chain[0].box.center):
                    return None
            wheel = scrolling.wheel_of(chain, holder, bars)
            if wheel is None or holder is None:
                return None
            if spot.owner and self._watcher.window_over(_at(spot, wheel.point)) is not None:
                return None
            has_pages = holder.role in _LISTS and toolkit == "qt"
            is_gtk4 = toolkit == "gtk4" and not chain[0].is_placed and wheel.dy != 0
            away = rows.away(ask, [kin.place for kin in chain], [kin.role for kin in chain]) if is_gtk4 else None
            self._last = self._turn(chain[0], holder, wheel, turned, has_pages=has_pages, away=away)
            return self._last
        return None

    def _turned(self, spot: Spot) -> list[Kin]:
        """Return what a target stands in once the last turn of the wheel shows: a busy program scrolls late."""
        deadline = time.monotonic() + _LATE_SECONDS
        chain = self._watcher.chain(spot)
        while self._last is not None and chain and chain[0].box == self._before and time.monotonic() < deadline:
            _pause(_LOOK)
            chain = self._watcher.chain(spot)
        return chain

    def _turn_by_rows(self, wheel: scrolling.Wheel, away: int) -> Turn | None:
        """Turn towards a row by how many rows away it is."""
        if self._last is not None and self._away is not None:
            moved = abs(away - self._away)
            self._stuck = 0 if moved else self._stuck + 1
            if moved:
                self._rows = moved / self._last.notches
        self._away = away
        if self._stuck > _PATIENT:
            return None
        way = 1 if away >= 0 else -1
        notches = min(_MOST_NOTCHES, max(1, int(abs(away) / self._rows)))
        return Turn(wheel.point, 0, way, notches)

    def _turn(
        self, target: Kin, holder: Kin, wheel: scrolling.Wheel, turned: int, *, has_pages: bool, away: int | None
    ) -> Turn | None:
        if not target.is_placed and away is not None:
            return self._turn_by_rows(wheel, away)
        if not target.is_placed:
            way = 1 if turned < _LEAST_TURNS else -1
            return Turn(wheel.point, wheel.dx and way, wheel.dy and way, 3)
        if self._last is not None and self._before is not None:
            moved = abs(target.box.y - self._before.y) + abs(target.box.x - self._before.x)
            self._stuck = 0 if moved else self._stuck + 1
            if moved:
                self._rates[self._last.held] = moved / self._last.notches
        self._before = target.box
        if self._stuck > _PATIENT:
            return None
        middle, view = target.box.center, holder.box.center
        away = abs(middle.y - view.y) if wheel.dy else abs(middle.x - view.x)
        rate = self._rates.get((), 0.0)
        held: tuple[str, ...] = ("ctrl",) if has_pages and rate and away > _FAR * rate else ()
        rate = self._rates.get(held, 0.0)
        return Turn(wheel.point, wheel.dx, wheel.dy, min(_MOST_NOTCHES, max(1, int(away / rate))) if rate else 1, held)

    def has_come(self, spot: Spot) -> bool:
        """Whether the target is elsewhere than before."""
        chain = self._watcher.chain(spot)
        if not chain or self._begun is None:
            return False
        return chain[0].box != self._begun.box or chain[0].has(State.SHOWING) != self._begun.has(State.SHOWING)


_LISTS = frozenset({lineage.LIST, lineage.TABLE, lineage.TREE, lineage.TREE_TABLE})


def _at(spot: Spot, point: Point) -> Spot:
    return replace(spot, point=point)


def _view(chain: list[Kin], holder: Kin) -> Box:
    """Return what of the thing that scrolls is shown: cut by what it stands in itself."""
    view = holder.box
    for kin in chain[chain.index(holder) + 1 :]:
        if kin.is_placed and not kin.box.intersection(view).is_empty:
            view = view.intersection(kin.box)
    return view
