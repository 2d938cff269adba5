"""What `check`, `choose` and `menu` share: pressing a part of a popup or of a list so that it is surely that part."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flowdesk.engine.context import ACTION_TIMEOUT, Run
from flowdesk.engine.seeking import passed
from flowdesk.model.errors import InputFailed, TargetOutOfSight
from flowdesk.model.geometry import Box, Point
from flowdesk.model.parts import Part, Parts
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot

HOVER_SECONDS = 0.4
"""How long a program may take to highlight what the pointer is over."""
SETTLE_SECONDS = 5.0
"""How long a program may take to show what was chosen."""
OPENS_SECONDS = 2.0
"""How long a program may take to tell what is in a menu that it opened."""
_LEAST_LOOKS = 12
"""So often it is looked at least, for a busy machine shows late, and answers late."""
_LOOKS_SECONDS = 10.0
"""So long this may take."""
LOOK = 0.03
"""Seconds between two looks."""
_PLACES = 5
"""So many places are tried for one part."""
_REST_SECONDS = 1.0
"""After so long without a movement a highlight has come to rest: a busy program takes many keys one after another."""
_NEIGHBORS = 25
"""Parts on both sides of the one that is wanted among which a highlight is looked for."""
_NOTCHES = 60
"""Notches of the wheel that are turned at once."""
_TURNS = 400
"""Turns of the wheel after which a part is given up."""
_SECONDS = 120.0
"""The same, in seconds: so long a busy machine scrolls for some ten thousand entries."""
_AGAIN = 0.5
"""After so long without a movement the wheel is turned again."""
_STILL_SECONDS = 4.0
"""After so long without a movement a part is given up: a busy machine shows late what a page scrolled."""


async def shows(run: Run, is_so: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Whether a program comes to show something: within so many seconds, or so many looks where these take longer."""
    looks, begun = 0, run.now()

    async def look() -> bool:
        nonlocal looks
        looks += 1
        return await is_so()

    found = await run.wait_until(look, seconds, LOOK)
    while not found and looks < _LEAST_LOOKS and run.now() - begun < _LOOKS_SECONDS:
        await run.sleep(LOOK)
        found = await look()
    return found


async def press(run: Run, spot: Spot) -> None:
    """Click an element that passed the gate."""
    hands = await run.hands()
    await hands.click(spot.point)


async def give_keyboard(run: Run, spot: Spot) -> None:
    """Give the keyboard to what is the target of text or keys: a window comes to the front, anything else is clicked.

    In the middle of a window anything may lie, such as a button.
    """
    hands = await run.hands()
    if not spot.is_window:
        await hands.click(spot.point)
        return
    window = next((one for one in await run.eyes.windows() if one.id == spot.window), None)
    if window is not None and not window.is_active:
        await hands.window(window, "activate")


async def press_inside(run: Run, spot: Spot, handle: Any, name: str) -> Spot:
    """Bring an element of a spot's program through the gate, click it, and return where it is.

    Raises:
        TargetOutOfSight: If it is not shown.
        TargetCovered, TargetBlocked, TargetMoving: If the click would not reach it.
    """
    ready = await reach(run, spot, handle, name)
    await press(run, ready)
    return ready


async def reach(run: Run, spot: Spot, handle: Any, name: str) -> Spot:
    """Bring an element of a spot's program through the gate, and return where it is.

    Raises:
        TargetOutOfSight: If it is not shown.
        TargetCovered, TargetBlocked, TargetMoving: If a click would not reach it.
    """

    async def again() -> Spot | None:
        found = await run.elements.spot_of(spot, handle)
        return replace(found, selector=name) if found is not None else None

    place = await again()
    if place is None:
        raise TargetOutOfSight(
            say('"{name}" is not visible.', name=name), say("Add a Scroll node before this one to make it visible.")
        )
    await run.hands()
    ready = await passed(run.surroundings, place, again, "press", ACTION_TIMEOUT)
    if not isinstance(ready, Spot):
        raise ready
    return ready


async def take(run: Run, spot: Spot, part: Part, beside: Sequence[Part], *, is_told: bool = False) -> None:
    """Press a part of a popup: go there, see that it is the one that is highlighted, press.

    Raises:
        InputFailed: If another part stays highlighted.
    """
    await (await run.hands()).click(await point_at(run, spot, part, beside, is_told=is_told))


async def point_at(run: Run, spot: Spot, part: Part, beside: Sequence[Part], *, is_told: bool = False) -> Point:
    """Move the pointer over a part of a popup, see that it is the one that is highlighted, and return where that is.

    A popup highlights what a press would take. So a place that a program tells wrongly is noticed before it does harm,
    and put right by how far the highlight is off. Where nothing is highlighted the place must lie in a popup of the program: what
    Swing draws inside its own window is told an entry too high. With ``is_told`` that is not enough where another part stays
    highlighted: Chromium tells the options of a scrolled popup as if it were not scrolled.

    Raises:
        InputFailed: If another part stays highlighted.
    """
    near = [one for one in beside if abs(one.number - part.number) <= _NEIGHBORS]
    if part.box is None:
        raise TargetOutOfSight(
            say('"{name}" is not visible.', name=part.text), say("Choose it with another node, such as Click.")
        )
    height, center = part.box.height, part.box.center
    points = [center, *(Point(center.x, center.y + by * height) for by in (1, -1))]
    hands = await run.hands()
    for _ in range(_PLACES):
        if not points:
            break
        point = points.pop(0)
        before = await _marked(run, spot, near)
        is_marked = is_told and (bool(before) or _highlight((await run.elements.parts(spot)).parts) is not None)
        await hands.move(point)
        now = await _hovered(run, spot, near, part, before)
        is_in_popup = any(popup.contains(point) for popup in await run.elements.popups(spot))
        if part.number in now or (now == before and is_in_popup and not is_marked):
            return point
        other = next((one for one in near if one.number in now and one.box is not None), None)
        if now != before and other is not None and other.box is not None:
            points.insert(0, Point(point.x, point.y + center.y - other.box.center.y))
    raise InputFailed(
        say('The pointer is over "{name}", but the program does not highlight it.', name=part.text),
        say("Nothing was clicked. Use a Click node with the entry as its target."),
    )


async def _hovered(run: Run, spot: Spot, near: Sequence[Part], part: Part, before: frozenset[int]) -> frozenset[int]:
    """Return what is highlighted once the pointer was noticed, ``before`` where it never is."""
    now = before

    async def is_noticed() -> bool:
        nonlocal now
        now = await _marked(run, spot, near)
        return part.number in now or now != before

    if await shows(run, is_noticed, HOVER_SECONDS) and part.number not in now:
        await run.sleep(LOOK)
        now = await _marked(run, spot, near)
    return now


async def _marked(run: Run, spot: Spot, near: Sequence[Part]) -> frozenset[int]:
    return await run.elements.marked_parts(spot, near)


async def take_by_keys(run: Run, spot: Spot, part: Part) -> bool:
    """Take an option of an open popup by the arrow keys; whether it was.

    For popups that do not tell how far they are scrolled, as those of Chromium. Enter is pressed only while the option is the one that is
    highlighted; otherwise the highlight goes back to where it was, for some take what is highlighted when they are closed.
    """
    hands = await run.hands()

    async def go(begin: int, end: int) -> None:
        if begin != end:
            await hands.press_keys(["down" if end > begin else "up"], times=abs(end - begin), spot=spot)

    first = at = await _told_highlight(run, spot)
    for _ in range(_PLACES):
        if at is None:
            break
        told = at
        await go(at, part.number)
        at = await _rest(run, spot, told, part.number)
        if at == part.number:
            await hands.press_keys(["enter"], spot=spot)
            return True
        if at == told:  # the pointer moved the highlight, untold: from one end to the other it is told again
            await hands.press_keys(["end"], spot=spot)
            await hands.press_keys(["home"], spot=spot)
            at = await _rest(run, spot, at, part.number)
    if first is not None and at is not None:
        await go(at, first)
    return False


async def _told_highlight(run: Run, spot: Spot) -> int | None:
    """Return the number of what is highlighted; None where a popup does not come to tell."""
    found: int | None = None

    async def is_told() -> bool:
        nonlocal found
        found = _highlight((await run.elements.parts(spot)).parts)
        return found is not None

    await shows(run, is_told, HOVER_SECONDS)
    return found


async def _rest(run: Run, spot: Spot, told: int, wanted: int) -> int:
    """Return what is highlighted once it is what is wanted in two looks, or has not changed for a while."""
    moved_at, before = run.now(), told
    while run.now() - moved_at < _REST_SECONDS:
        await run.sleep(LOOK)
        now = _highlight((await run.elements.parts(spot)).parts)
        if now is None:
            continue  # a busy program may not answer once
        if now == before == wanted:
            break
        if now != before:
            moved_at, before = run.now(), now
    return before


def _highlight(parts: Sequence[Part]) -> int | None:
    marked = [part for part in parts if part.is_marked]
    if len(marked) > 1:  # what was chosen before stays marked, too
        marked = [part for part in marked if not part.is_chosen]
    return marked[0].number if len(marked) == 1 else None


async def bring(run: Run, spot: Spot, found: Parts, part: Part, frame: Callable[[], Awaitable[Box | None]]) -> Part:
    """Turn the wheel over a list until a part of it is in sight, and return it as it is then.

    Raises:
        TargetOutOfSight: If it does not come into sight.
    """

    async def look() -> _Place | None:
        now, around = await run.elements.part(spot, part), await frame()
        if now is None or around is None:
            return None  # a busy program may not answer once
        is_in = now.box is not None and around.contains(now.box.center) and _is_whole(now.box, around)
        away, where = await _distance(run, spot, found, now, around)
        return _Place(now, is_in, away, where)

    step, turns, turned = 0.0, 0, 0
    before: float | None = None
    begun = moved_at = run.now()
    while turns < _TURNS and run.now() - begun < _SECONDS and run.now() - moved_at < _STILL_SECONDS:
        place = await _at_rest(run, look, before)
        if place is None or (place.away is None and not place.is_in):
            await run.sleep(LOOK)
            continue
        if place.is_in:
            return place.part
        away = place.away or 1.0
        if before != away:
            moved_at = run.now()
            step, turned = abs(before - away) / turned if before is not None and turned else step, 0
        notches = 1 if not step else max(1, min(_NOTCHES, int(abs(away) / step)))
        await (await run.hands()).scroll(0, notches if away > 0 else -notches, place.where)
        before, turns, turned = away, turns + 1, turned + notches
    raise TargetOutOfSight(
        say('"{name}" is in the list, but cannot be scrolled into view.', name=part.text),
        say("Add a Scroll node before this one."),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part of a list is."""

    part: Part
    is_in: bool
    """Whether it is in sight."""
    away: float | None
    """How far down it is; None where that is not known."""
    where: Point
    """Where the wheel is turned."""


async def _at_rest(run: Run, look: Callable[[], Awaitable[_Place | None]], before: float | None) -> _Place | None:
    """Return where a part is once it moved and came to rest, or after a while without a movement.

    Pages scroll gradually and tell their places late: what is measured on the way says nothing of how far a turn of the wheel goes.
    """
    last: float | None = None
    begun = still_since = run.now()
    while True:
        place = await look()
        if place is not None and (before is None or place.away == last != before):
            return place
        if place is not None and place.away not in (last, before):
            still_since = run.now()
        if run.now() - still_since > _AGAIN or run.now() - begun > _STILL_SECONDS:
            return place
        last = place.away if place is not None else last
        await run.sleep(LOOK)


def _is_whole(box: Box, around: Box) -> bool:
    """Whether enough of a part is in sight that its middle is surely not under an edge."""
    return box.y >= around.y - box.height // 4 and box.bottom <= around.bottom + box.height // 4


async def _distance(run: Run, spot: Spot, found: Parts, part: Part, around: Box) -> tuple[float | None, Point]:
    """Return how far down a part is: in pixels where its program tells, else in parts; and where to turn the wheel."""
    if part.box is not None and part.box.y != part.box.bottom:
        return float(part.box.center.y - around.center.y), around.center
    shown = [number for number in await run.elements.shown_parts(spot, found) if number != part.number]
    if not shown:
        return None, around.center
    away = part.number - shown[len(shown) // 2]
    return float(away or 1), around.center
