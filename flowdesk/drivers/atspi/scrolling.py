"""Bringing an element into sight: by what its program offers, the surest first, and only a box that moved is believed.

``ScrollTo`` works in browsers, the value of the scroll bar in Qt and GTK 3, the focus in GTK 3, the wheel everywhere. The wheel is
turned over the scroll bar: over the middle of what scrolls it changes the combo box or the number that happens to lie there.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flowdesk.drivers.atspi import lineage
from flowdesk.drivers.atspi.calls import (
    ACCESSIBLE,
    COMPONENT,
    NULL,
    PROPERTIES,
    Place,
    Question,
    bits_of,
    extents_of,
    value_of,
)
from flowdesk.drivers.atspi.lineage import SCROLL_BAR, Ask, Kin
from flowdesk.drivers.atspi.origins import Measure
from flowdesk.drivers.atspi.roles import State
from flowdesk.model.geometry import Box, Point

_pause = threading.Event().wait
"""Waits in a worker thread."""

VALUE = "org.a11y.atspi.Value"
ANYWHERE = 6
"""Scroll type of ``ScrollTo``."""

SETTLES = 0.6
"""Seconds that a page may glide until it has scrolled."""

_LOOK = 0.01
_LEVELS = 4
_PAGES = 60
"""So many parts of what scrolls are looked at for an element that does not tell where it is."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A scroll bar and where it stands."""

    place: Place
    box: Box
    is_vertical: bool
    value: float | None = None
    """None where it tells none, as in GTK 4."""
    least: float = 0.0
    most: float = 0.0


def by_request(ask: Ask, chain: Sequence[Kin], look: Callable[[], Sequence[Kin]], view: Box) -> bool:
    """Ask a program to scroll to an element. Returns whether it moved."""
    middle = view.center
    target = chain[0]
    ask([Question(*target.place, COMPONENT, "ScrollToPoint", "uii", (0, middle.x - target.box.width // 2, middle.y - target.box.height // 2))])  # fmt: skip
    if _moved(target, look):
        return True
    ask([Question(*target.place, COMPONENT, "ScrollTo", "u", (ANYWHERE,))])
    return _moved(target, look)


def by_focus(ask: Ask, chain: Sequence[Kin], look: Callable[[], Sequence[Kin]]) -> bool:
    """Give an element the focus, to which GTK 3 scrolls. Returns whether it moved."""
    ask([Question(*chain[0].place, COMPONENT, "GrabFocus")])
    return _moved(chain[0], look)


def _moved(before: Kin, look: Callable[[], Sequence[Kin]]) -> bool:
    """Whether an element is elsewhere than before, once it has come to rest."""
    deadline = time.monotonic() + SETTLES
    patience = time.monotonic() + 0.1
    last, since = before.box, time.monotonic()
    while time.monotonic() < deadline:
        _pause(_LOOK)
        chain = look()
        if not chain:
            return False
        now = chain[0].box
        if now != last:
            last, since = now, time.monotonic()
            continue
        if last != before.box and time.monotonic() - since > 0.05:
            return True
        if last == before.box and time.monotonic() > patience:
            return False
    return last != before.box


def bars_of(ask: Ask, chain: Sequence[Kin], how: Measure) -> tuple[Kin | None, list[Bar]]:
    """Return the innermost thing with scroll bars that an element stands in and does not show its middle, and its bars."""
    target = chain[0]
    for at, holder in enumerate(chain[1:], 1):
        if holder.is_placed and target.is_placed and holder.box.contains(target.box.center):
            continue
        for above in chain[at : at + _LEVELS]:
            bars = _bars_below(ask, above, how, 2)
            if bars:
                return holder, bars
    return None, []


def all_bars_of(ask: Ask, chain: Sequence[Kin], how: Measure) -> tuple[Kin | None, list[Bar]]:
    """Return the innermost thing with scroll bars that an element stands in, cut to what is shown of it, and its bars."""
    for at, holder in enumerate(chain[1:], 1):
        bars = _bars_below(ask, holder, how, 2)
        if bars:
            view = holder.box
            for kin in chain[1:at]:
                view = view.intersection(kin.box) if kin.is_placed else view
            return replace(holder, box=view), bars
    return None, []


def free_of(view: Box, cover: Box, bars: Sequence[Bar]) -> Box:
    """Return the largest part of a view that a cover leaves, of those that scroll bars lead to; empty where it leaves none."""
    parts = []
    if any(bar.is_vertical for bar in bars) or not bars:
        parts += [
            Box(view.x, view.y, view.width, max(0, cover.y - view.y)),
            Box(view.x, cover.bottom, view.width, max(0, view.bottom - cover.bottom)),
        ]
    if any(not bar.is_vertical for bar in bars):
        parts += [
            Box(view.x, view.y, max(0, cover.x - view.x), view.height),
            Box(cover.right, view.y, max(0, view.right - cover.right), view.height),
        ]
    return max((part.intersection(view) for part in parts), key=lambda part: part.width * part.height)


def _bars_below(ask: Ask, kin: Kin, how: Measure, deep: int) -> list[Bar]:
    level = [kin.place]
    found: list[Place] = []
    for _ in range(deep):
        listed = ask([Question(*place, ACCESSIBLE, "GetChildren") for place in level])
        children = [
            (str(bus), str(path)) for answer in listed if answer for bus, path in answer[0][:12] if str(path) != NULL
        ]
        roles = ask([Question(*place, ACCESSIBLE, "GetRole") for place in children])
        found += [place for place, role in zip(children, roles, strict=True) if role and int(role[0]) == SCROLL_BAR]
        level = [place for place, role in zip(children, roles, strict=True) if role and int(role[0]) == lineage.FILLER]
    return [bar for place in found if (bar := _bar(ask, place, how)) is not None]


def _bar(ask: Ask, place: Place, how: Measure) -> Bar | None:
    names = ("CurrentValue", "MinimumValue", "MaximumValue")
    box, states, *numbers = ask(
        [
            extents_of(*place),
            Question(*place, ACCESSIBLE, "GetState"),
            *(value_of(*place, VALUE, name) for name in names),
        ]
    )
    if box is None or states is None or box[0][2] <= 0 or box[0][3] <= 0:
        return None
    shown = Box(*how.box(box[0]))
    bits = bits_of(states)
    is_vertical = shown.height > shown.width
    if not bits >> State.SHOWING & 1 and not bits >> State.VISIBLE & 1:
        return None
    if any(number is None for number in numbers):
        return Bar(place, shown, is_vertical)
    value, least, most = (float(number[0][1]) for number in numbers)
    return Bar(place, shown, is_vertical, value, least, most) if most > least else None


def by_bars(
    ask: Ask, chain: Sequence[Kin], look: Callable[[], Sequence[Kin]], bars: Sequence[Bar], view: Box, scale: float
) -> bool:
    """Move scroll bars until an element's middle is in the middle of a view. Returns whether it moved."""
    has_moved = False
    for bar in bars:
        now = look()
        if bar.value is None or not now:
            continue
        target = now[0]
        if not target.is_placed:
            has_moved |= _search(ask, look, bar, view, scale)
            continue
        is_out = not (
            view.y <= target.box.center.y < view.bottom
            if bar.is_vertical
            else view.x <= target.box.center.x < view.right
        )
        if is_out:
            has_moved |= _aim(ask, look, bar, view, scale)
    return has_moved


def _aim(ask: Ask, look: Callable[[], Sequence[Kin]], bar: Bar, view: Box, scale: float) -> bool:
    value, units = bar.value or 0.0, 1.0 / scale
    first = look()[0].box
    for _ in range(4):
        before = look()[0].box
        away = _away(before, view, is_vertical=bar.is_vertical)
        wanted = min(bar.most, max(bar.least, value + away * units))
        if abs(away) < 3 or wanted == value:
            break
        _set(ask, bar, wanted)
        after = _settled(look)
        if after is None or after == before:
            break
        shift = _away(before, view, is_vertical=bar.is_vertical) - _away(after, view, is_vertical=bar.is_vertical)
        units = (wanted - value) / shift if shift else units
        value = wanted
    now = look()
    return bool(now) and now[0].box != first


def _search(ask: Ask, look: Callable[[], Sequence[Kin]], bar: Bar, view: Box, scale: float) -> bool:
    """Go through all that scrolls until an element tells where it is."""
    page = max(1.0, (view.height if bar.is_vertical else view.width) / scale * 0.8)
    page = max(page, (bar.most - bar.least) / _PAGES)
    value = bar.least
    while True:
        _set(ask, bar, value)
        _pause(2 * _LOOK)
        chain = look()
        if chain and chain[0].is_placed and chain[0].has(State.SHOWING):
            return True
        if value >= bar.most:
            _set(ask, bar, bar.value or 0.0)
            return False
        value = min(bar.most, value + page)


def _settled(look: Callable[[], Sequence[Kin]]) -> Box | None:
    last: Box | None = None
    for _ in range(30):
        _pause(_LOOK)
        chain = look()
        if not chain:
            return None
        if chain[0].box == last:
            return last
        last = chain[0].box
    return last


def _away(box: Box, view: Box, *, is_vertical: bool) -> int:
    return box.center.y - view.center.y if is_vertical else box.center.x - view.center.x


def _set(ask: Ask, bar: Bar, value: float) -> None:
    with contextlib.suppress(ValueError):
        ask([Question(*bar.place, PROPERTIES, "Set", "ssv", (VALUE, "CurrentValue", ("d", value)))])


@dataclass(frozen=True, slots=True)
class Wheel:
    """Where the wheel is to be turned, and which way: downwards or to the right is positive."""

    point: Point
    dx: int
    dy: int


def wheel_of(chain: Sequence[Kin], holder: Kin | None, bars: Sequence[Bar]) -> Wheel | None:
    """Return how the wheel may bring an element nearer; None where there is no safe place for it."""
    if not chain or holder is None:
        return None
    target = chain[0]
    ways = []
    if target.is_placed:
        down = target.box.center.y - holder.box.center.y
        across = target.box.center.x - holder.box.center.x
        if not holder.box.y <= target.box.center.y < holder.box.bottom:
            ways.append((True, 1 if down > 0 else -1))
        if not holder.box.x <= target.box.center.x < holder.box.right:
            ways.append((False, 1 if across > 0 else -1))
    else:
        ways.append((True, 1))
    for is_vertical, way in ways:
        bar = next((bar for bar in bars if bar.is_vertical == is_vertical), None)
        if bar is not None:
            return Wheel(bar.box.center, 0 if is_vertical else way, way if is_vertical else 0)
        if holder.role in (lineage.LIST, lineage.TABLE, lineage.TREE, lineage.TREE_TABLE):
            return Wheel(holder.box.center, 0 if is_vertical else way, way if is_vertical else 0)
    return None
