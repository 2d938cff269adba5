"""What a window shows, as a short list with selectors that were tried: what somebody reads who does not see the screen.

Lists of a hundred rows are told by their first ones; what only lies around other things is left out. A selector is tried by
looking for it in the window, and told as tried only where it found this element alone.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flowdesk.engine.ports import Eyes, Window
from flowdesk.model.errors import LimitReached, RequestInvalid
from flowdesk.model.geometry import Box
from flowdesk.model.selector import format_selector, parse_selector
from flowdesk.model.sentence import say
from flowdesk.model.target import ElementState, Query, Spot
from flowdesk.protocol.lookreplies import Elements, ListedElement, ListedWindow
from flowdesk.session import proposals

TRY_SECONDS = 2.0
"""What trying selectors may take in all."""
TRIES = 3
"""How often a window is read that tells of nothing: a program that is busy answers later."""
ALIKE = 12
"""Elements of one kind in one place beyond which only the first are listed."""
SHOWN_ALIKE = 8
MOST_WINDOWS = 50
LONGEST_VALUE = 80
_SURFACES = frozenset(
    {"application", "group", "separator", "unknown", "scroll_bar", "split_group", "window", "menu_bar"}
)
"""What lies around other things, unless it has a name."""
_HOLDERS = frozenset({
    "dialog", "group", "list", "menu", "navigation", "tab_group", "table", "toolbar", "tree", "web_area", "split_group",
})  # fmt: skip


@dataclass(slots=True)
class _Entry:
    spot: Spot
    state: ElementState
    depth: int = 0
    more: int = 0
    selector: str | None = None
    is_tried: bool = False

    @property
    def acts(self) -> bool:
        return self.state.role in proposals.ACTIONABLE


async def survey(eyes: Eyes, window: str | None, within: str | None, most: int) -> Elements:
    """List the windows, and the elements of one.

    Args:
        eyes: Where to look.
        window: The selector of a window; without it only windows are listed.
        within: A selector that is looked for in it: only what lies inside that is listed.
        most: How many elements at the most.

    Raises:
        RequestInvalid: If the window, or what is to lie in it, is not there.
        SelectorError: If a selector cannot be parsed.
        DesktopUnavailable: If there is no desktop.
    """
    windows = list(await eyes.windows())[:MOST_WINDOWS]
    listed = [_listed(one, windows) for one in windows]
    if window is None:
        return {"windows": listed, "scope": None, "elements": [], "count": 0}
    scope = window if within is None else f"{window} >> {within}"
    await _check(eyes, scope)
    spots = await _elements(eyes, scope)
    kept = _worth_telling([_Entry(spot, spot.element) for spot in spots if spot.element is not None], most)
    await _try(eyes, window, kept, [spot.element for spot in spots if spot.element is not None])
    elements = [_told(entry) for entry in kept]
    return {"windows": listed, "scope": window, "elements": elements, "count": len(spots)}


async def _check(eyes: Eyes, scope: str) -> None:
    sighting = await eyes.find(Query((parse_selector(scope),)))
    if sighting.spot is None:
        reason = sighting.miss.reason if sighting.miss is not None else say("It is not there.")
        raise RequestInvalid(
            say('There is nothing that fits "{selector}": {reason}', selector=scope, reason=reason),
            say("Ask without a window to see which there are."),
            field="window",
        )


async def _elements(eyes: Eyes, scope: str) -> Sequence[Spot]:
    """Return everything that is shown there; of too much only what takes input."""
    try:
        for _ in range(TRIES):
            found = await eyes.find(Query((parse_selector(f"{scope} >> *"),), is_all=True))
            if found.spots:
                break
        return found.spots
    except LimitReached:
        kinds = ", ".join(sorted(proposals.ACTIONABLE - {"table_cell", "list_item", "tree_item"}))
        return (await eyes.find(Query((parse_selector(f"{scope} >> {kinds}"),)))).spots


def _listed(window: Window, windows: Sequence[Window]) -> ListedWindow:
    steps = proposals.scopes(window, windows)[0][0]
    return {
        "title": window.title,
        "app": window.app,
        "box": list(window.box),
        "selector": format_selector(steps) if steps else "",
        "active": window.is_active,
        "minimized": window.is_minimized,
    }


def _worth_telling(entries: list[_Entry], most: int) -> list[_Entry]:
    """Leave out what says nothing, shorten long lists, and put what is left under what lies around it."""
    labels = {entry.state.name for entry in entries if entry.state.role in proposals.FIELDS}
    told = [entry for entry in entries if _says_something(entry.state, labels)]
    around = _holders(told)
    counts: Counter[tuple[int, str]] = Counter()
    last: dict[tuple[int, str], _Entry] = {}
    total = Counter((around[id(entry)], entry.state.role) for entry in told)
    kept = []
    for entry in told:
        key = (around[id(entry)], entry.state.role)
        counts[key] += 1
        if total[key] > ALIKE and counts[key] > SHOWN_ALIKE:
            last[key].more += 1
            continue
        last[key] = entry
        kept.append(entry)
    if len(kept) > most:
        first = {id(entry) for entry in sorted(kept, key=lambda entry: not entry.acts)[:most]}
        kept = [entry for entry in kept if id(entry) in first]
    return list(_in_tree(kept))


def _says_something(state: ElementState, labels: set[str]) -> bool:
    if state.role in proposals.ACTIONABLE:
        return True
    if state.role in _SURFACES and not state.name:
        return False
    return (
        state.role != "window"
        and bool(state.name or state.value)
        and not (state.role == "static_text" and state.name in labels)
    )


def _holders(entries: Sequence[_Entry]) -> dict[int, int]:
    """Return by the identity of each entry that of the smallest holder around it, 0 where there is none."""
    holders = sorted(
        (entry for entry in entries if entry.state.role in _HOLDERS), key=lambda entry: _area(entry.spot.box)
    )
    found = {}
    for entry in entries:
        box = entry.spot.box
        around = (one for one in holders if one is not entry and _is_around(one.spot.box, box, _area(box)))
        holder = next(around, None)
        found[id(entry)] = 0 if holder is None else id(holder)
    return found


def _in_tree(entries: Sequence[_Entry]) -> Iterator[_Entry]:
    """Yield entries with what lies inside them behind them."""
    around = _holders(entries)
    inside: dict[int, list[_Entry]] = {}
    known = {id(entry) for entry in entries}
    for entry in entries:
        holder = around[id(entry)]
        inside.setdefault(holder if holder in known else 0, []).append(entry)
    waiting = [(entry, 0) for entry in reversed(inside.get(0, []))]
    while waiting:
        entry, depth = waiting.pop()
        entry.depth = depth
        yield entry
        waiting += [(one, depth + 1) for one in reversed(inside.get(id(entry), []))]


def _is_around(outer: Box, inner: Box, size: int) -> bool:
    return _area(outer) > size and outer.intersection(inner) == inner


def _area(box: Box) -> int:
    return max(0, box.width) * max(0, box.height)


async def _try(eyes: Eyes, window: str, entries: Sequence[_Entry], states: Sequence[ElementState]) -> None:
    """Give each element that takes input a selector, and look for it."""
    deadline = time.monotonic() + TRY_SECONDS
    alike = Counter((state.role, state.name) for state in states)
    numbers: Counter[str] = Counter()
    for entry in entries:
        bodies = proposals.bodies(entry.state)
        if not entry.acts or not bodies:
            continue
        body = bodies[0][0]
        if alike[entry.state.role, entry.state.name] > 1:
            exact = next((one for one, _ in bodies if "[name=" in one), body)
            numbers[exact] += 1
            body = f"{exact}:nth({numbers[exact]})"
        entry.selector = body
        if time.monotonic() > deadline:
            continue
        sighting = await eyes.find(Query((parse_selector(f"{window} >> {body}"),)))
        if sighting.spot is not None and proposals.shared(sighting.spot.box, entry.spot.box) > 0.8:
            entry.is_tried = max(sighting.count, len(sighting.spots)) == 1
            continue
        entry.selector = None


def _told(entry: _Entry) -> ListedElement:
    state = entry.state
    states = [
        word
        for word, is_so in (
            ("disabled", state.is_enabled is False and entry.acts),
            ("checked", state.is_checked),
            ("focused", state.is_focused),
        )
        if is_so
    ]
    told: ListedElement = {
        "role": state.role,
        "name": state.name,
        "box": list(entry.spot.box),
        "depth": entry.depth,
        "selector": entry.selector,
        "tried": entry.is_tried,
    }
    if state.value is not None:
        told["value"] = state.value[:LONGEST_VALUE]
    if states:
        told["states"] = states
    if entry.more:
        told["more"] = entry.more
    return told
