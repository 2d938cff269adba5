"""One look for a target: the selectors in order, each step narrowing into the match before it.

All of it blocks: ``eyes.py`` calls it in a worker thread. A look takes each picture of the screen once, asks for windows
and applications once, and ends with spots or with a sentence that says why there are none.
"""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flowdesk.drivers import kinship, pixels, screens
from flowdesk.drivers.ambiguity import ambiguous, equals
from flowdesk.drivers.engines import EVERY, Engines
from flowdesk.drivers.memory import Memory, WindowList
from flowdesk.drivers.places import Match, Scope, beside, fit_of, in_reading_order, rival_from
from flowdesk.drivers.standing import HIDDEN
from flowdesk.engine.ports import Window
from flowdesk.model.bodies import number_of
from flowdesk.model.errors import LimitReached, PictureUnusable
from flowdesk.model.geometry import Box, Point
from flowdesk.model.selector import format_selector
from flowdesk.model.sentence import say
from flowdesk.model.target import NO_OFFSET, Miss, Query, Relation, Selector, Sighting, Spot, Step

_SCOPES = 5
"""Into how many matches of one step the next step looks, where one place is wanted."""

_SPOTS = 100
"""How many places are brought back beside the one that counts, where one is wanted."""

_NEAR = 20
"""So many of what lies beside a reference are looked at, where only the nearest counts."""

MOST = EVERY - 1
"""How many places may fit where all are wanted, and how many scopes of one step are looked into."""

_OWNED = 10
"""Of so many spots of a look it is told to which windows they belong."""


Known = dict[Scope, tuple[list[Match], Miss | None]]
"""What fits one step in scopes that were looked into, during one look: references that lie in one window share its elements."""


class NotThere(Exception):  # not an error: the ordinary outcome of a look
    """Carries the reason why a step has no match."""

    def __init__(self, miss: Miss, count: int = 0) -> None:
        """Keep the miss, and how many fit although none of them is the one that is wanted."""
        super().__init__(miss.reason)
        self.miss = miss
        self.count = count


def look(
    query: Query, windows: WindowList, memory: Memory, *, want_picture: bool = False, engines: Engines | None = None
) -> Sighting:
    """Look once; through ``engines`` that see something else than the screen as it is now, if given.

    Raises:
        PictureUnusable, MissingPiece, DesktopUnavailable, RequestInvalid: If looking itself is impossible.
    """
    begun = time.perf_counter()
    engines = engines or Engines(query, windows, memory, wants_best=want_picture)
    root = _root(query)
    first_miss: Miss | None = None
    count, is_unfinished = 0, False
    for selector in query.selectors:
        try:
            spots, fitting, alike = _spots(query, selector, engines, root, want_ways=want_picture)
        except (NotThere, PictureUnusable) as absent:
            if isinstance(absent, NotThere):
                miss, count = absent.miss, max(count, absent.count)
            elif len(query.selectors) == 1:
                raise
            else:  # the others may still be there
                miss = Miss(str(absent.message), selector.text)
            if first_miss is None or miss.is_ambiguous or (miss.best_score or 0) > (first_miss.best_score or 0):
                first_miss = first_miss if first_miss is not None and first_miss.is_ambiguous else miss
            is_unfinished |= miss.is_unfinished
            continue
        return Sighting(spots, None, time.perf_counter() - begun, fitting, alike)
    picture = None
    if want_picture and screens.has_pictures():
        picture = pixels.screen.png(engines.shot(root.box).pixels)
    miss = first_miss or Miss(say("The target is empty."))
    miss = replace(miss, is_unfinished=is_unfinished)
    return Sighting((), miss, time.perf_counter() - begun, count, screenshot=picture)


def _root(query: Query) -> Scope:
    box = screens.virtual_box() if query.monitor is None else screens.monitor_box(query.monitor)
    if query.region is not None:
        box = query.region.intersection(box)
        if box.is_empty:
            screens.taken(query.region)  # raises the sentence about a region outside the screen
    return Scope(box, is_whole=True)


def _spots(
    query: Query, selector: Selector, engines: Engines, root: Scope, *, want_ways: bool
) -> tuple[tuple[Spot, ...], int, int]:
    """Return the spots, the one that counts first, how many places fit, and how many nobody can tell from that one."""
    scopes: list[Scope] = [root]
    matches: list[Match] = []
    most = MOST if query.is_all else _SCOPES
    for index, step in enumerate(selector.steps):
        if step.engine == "nth":
            shown = _in_order(selector.steps[:index], matches, root, is_numbered=True, is_fixed=True)
            matches = _numbered(number_of(step.body), selector, shown)
        else:
            known: Known = {}
            if step.relation and query.is_distinct:
                matches = _told_apart(selector.steps[:index], step, matches, engines, root, known)
            found, miss = _step(step, scopes, matches, engines, most, known)
            if not found:
                reason = miss or Miss(say('Nothing matches "{step}".', step=selector.text))
                raise NotThere(replace(reason, selector=selector.text))
            matches = _best_first(step, found)
        if query.is_all and len(matches) > MOST:
            raise too_many(selector.text)
        scopes = [match.scope() for match in matches[:most]]
    shown = _in_order(selector.steps, matches, root, is_numbered=query.occurrence != 1)
    chosen = _numbered(query.occurrence, selector, shown)[0]
    is_numbered = selector.steps[-1].engine == "nth" or query.occurrence != 1
    if query.strict and not is_numbered:
        _check_strict(selector, shown, engines if want_ways else None)
    others = [match for match in shown if match is not chosen]
    told = [chosen, *(others if query.is_all else others[:_SPOTS])]
    owners = engines.standing.owners_of(told[:_OWNED])
    alike = [] if is_numbered or query.is_all else equals(told[: len(owners)], owners)
    if query.is_distinct and len(alike) > 1:
        order = _in_order(selector.steps, matches, root, is_numbered=True, is_fixed=True)
        raise NotThere(ambiguous(selector, alike, order, engines.fitting if want_ways else None), len(shown))
    owners += [None] * (len(told) - len(owners))
    spots = (
        _spot(query, selector, match, root, owner, engines.seen(match))
        for match, owner in zip(told, owners, strict=True)
    )
    return tuple(spots), len(shown), len(alike)


def _in_order(
    steps: Sequence[Step], matches: list[Match], root: Scope, *, is_numbered: bool = False, is_fixed: bool = False
) -> list[Match]:
    """Return those of the matches of some steps that are shown: as people read, windows as they lie, else the nearest first.

    Where a number is asked for, windows go by their places, too: an action raises its window, and the next one means the same.
    With ``is_fixed`` so does what is in windows, whichever of them has the keyboard.
    """
    shown = [m for m in matches if m.rank == HIDDEN or not m.box.intersection(root.box).is_empty]
    if is_numbered and shown and all(match.window is not None for match in shown):
        return sorted(shown, key=lambda match: (match.box.y, match.box.x, match.window.id if match.window else 0))
    is_ordered = any(step.relation for step in steps[-1:]) or (shown and shown[0].window is not None)
    return shown if is_ordered else in_reading_order(shown, is_fixed=is_fixed)


def _best_first(step: Step, matches: list[Match]) -> list[Match]:
    """Return the matches of one step as the next one goes through them: the one that would count if the step were the last comes first."""
    return matches if step.relation or matches[0].window is not None else in_reading_order(matches)


def _numbered(number: int, selector: Selector, shown: list[Match]) -> list[Match]:
    """Return the match with a number, from 1 on, as the only one.

    Raises:
        NotThere: If there are too few.
    """
    if number <= len(shown):
        return [shown[number - 1]]
    miss = Miss(
        say("\"{selector}\" has only {count} matches; match {wanted} does not exist.",
            count=len(shown), selector=selector.text, wanted=number),
        selector.text,
    )  # fmt: skip
    if shown:
        miss = replace(miss, best_score=shown[0].score, best_box=shown[0].box, best_scale=shown[0].scale)
    raise NotThere(miss, len(shown))


def too_many(selector: str) -> LimitReached:
    """The error of a look for all places where more fit than are told."""
    return LimitReached(
        say('"{selector}" has more than {limit} matches.', limit=MOST, selector=selector),
        say("Put a window before the selector, or set a region."),
        limit=MOST,
    )


def _step(
    step: Step, scopes: list[Scope], bases: list[Match], engines: Engines, most: int, beside: Known
) -> tuple[list[Match], Miss | None]:
    """Return what fits a step in up to ``most`` scopes, or the first reason why nothing does."""
    if step.relation:
        return _step_beside(step, step.relation, bases, engines, beside, is_all=most == MOST)
    first_miss: Miss | None = None
    found: list[Match] = []
    known: set[tuple[Box, str, str | None]] = set()
    for index, scope in enumerate(scopes):
        is_worse = index and bases and fit_of(bases[index]) > fit_of(bases[index - 1])
        if found and is_worse and most == _SCOPES:
            break  # in a window of exactly that title, others do not count
        matches, miss = engines.find(step, scope)
        if bases and most == _SCOPES:
            matches = _inside(step, bases[index], matches, engines)
        _add(found, known, [replace(match, outer=scope) for match in matches])
        first_miss = first_miss or miss
    return found, first_miss


def _inside(step: Step, base: Match, matches: list[Match], engines: Engines) -> list[Match]:
    """Return those of the matches in the box of an element that stand in it, and else what of it is scrolled out.

    What only seems to lie there, or anywhere else is scrolled out of sight, is not meant.
    """
    if base.window is not None:
        return matches
    mine = [match for match in matches if kinship.is_below(match, base)]
    if mine:
        return mine
    if kinship.holds(base):
        hidden = [match for match in engines.find_hidden(step, base) if kinship.is_below(match, base)]
        if hidden:
            return hidden
    seen = [match for match in matches if match.rank != HIDDEN]
    return [match for match in seen[:_SPOTS] if not engines.kin.is_away(match)] + seen[_SPOTS:]


def _step_beside(
    step: Step, relation: Relation, bases: list[Match], engines: Engines, inside: Known, *, is_all: bool
) -> tuple[list[Match], Miss | None]:
    """Return what fits a step beside the first reference that has any: of one that fits less well it is not what is meant."""
    first_miss: Miss | None = None
    found: list[Match] = []
    known: set[tuple[Box, str, str | None]] = set()
    for base in bases[:MOST] if is_all else _as_good(bases)[:_SCOPES]:
        miss, near = _beside(step, relation, base, engines, inside)
        _add(found, known, near)
        first_miss = first_miss or miss
        if found and not is_all:
            break
    return found, first_miss


def _beside(
    step: Step, relation: Relation, base: Match, engines: Engines, known: Known
) -> tuple[Miss | None, list[Match]]:
    """Return why nothing fits a step beside a reference, and what does, nearest first."""
    outer = base.outer or base.scope()
    is_away = base.handle is not None and engines.kin.is_away(base)
    if not is_away and outer not in known:
        known[outer] = engines.find(step, outer)
    matches, miss = (engines.find_hidden(step, base), None) if is_away else known[outer]
    placed = beside(relation, base.box, matches)
    near = list(engines.kin.beside(base, placed if engines.is_counted else placed[:_NEAR]))
    if matches and not near:
        miss = Miss(
            say(
                '"{body}" has {count} matches, but none is {relation} the reference.',
                count=len(matches),
                body=step.body,
                relation=relation.replace("-", " "),
            ),
            best_box=matches[0].box,
        )
    return miss, [replace(match, outer=outer) for match in near]


def _as_good(matches: list[Match]) -> list[Match]:
    """Return those of some matches, the best first, that fit as well as the first."""
    return [match for match in matches if fit_of(match) == fit_of(matches[0])]


def _told_apart(
    before: tuple[Step, ...], step: Step, bases: list[Match], engines: Engines, root: Scope, known: Known
) -> list[Match]:
    """Return the references of a step, found by those ``before`` it; of several alike the one at which there is something.

    Raises:
        NotThere: If there is something else at another one.
    """
    good = _as_good(bases)[:_OWNED]
    if step.relation is None or len(good) < 2 or before[-1].engine == "nth":
        return bases
    alike = equals(good, engines.standing.owners_of(good))
    if len(alike) < 2:
        return bases
    nearest = [(base, near[0]) for base in alike if (near := _beside(step, step.relation, base, engines, known)[1])]
    if len({match.box for _, match in nearest}) > 1:
        order = _in_order(before, good, root, is_numbered=True, is_fixed=True)
        selector = Selector(format_selector(before), before)
        raise NotThere(ambiguous(selector, [base for base, _ in nearest], order, engines.fitting), len(nearest))
    return [base for base, _ in nearest] or bases


def _add(found: list[Match], known: set[tuple[Box, str, str | None]], more: list[Match]) -> None:
    """Add what was found in one more scope, but for what scopes before it held: scopes may overlap."""
    keys = [(match.box, match.element.role if match.element else match.engine, match.text) for match in more]
    found.extend(match for match, key in zip(more, keys, strict=True) if key not in known)
    known.update(keys)


def _check_strict(selector: Selector, shown: list[Match], engines: Engines | None) -> None:
    """Refuse a place that another one nearly equals, whatever it is called and wherever it is.

    Raises:
        NotThere: If there is one.
    """
    best = shown[0]
    rivals = [match for match in shown if match.score >= rival_from(best)]
    if len(rivals) > 1:
        raise NotThere(ambiguous(selector, rivals, shown, engines.fitting if engines is not None else None), len(shown))
    if best.runner_up < rival_from(best):
        return
    raise NotThere(
        Miss(
            say(
                '"{selector}" is ambiguous: the best match scores {best}, another one {other}.',
                selector=selector.text,
                best=f"{best.score:.2f}",
                other=f"{best.runner_up:.2f}",
            ),
            selector.text,
            best.score,
            best.box,
            best.scale,
            is_ambiguous=True,
        )
    )


def _spot(query: Query, selector: Selector, match: Match, root: Scope, owner: Window | None, pixels: Any) -> Spot:
    anchor = match.box.anchored(query.anchor)
    if not root.box.contains(anchor):  # partly off the screen: act on the part that is shown
        with contextlib.suppress(KeyError):
            anchor = match.box.intersection(root.box).anchored(query.anchor)
    point = Point(anchor.x + query.offset.x, anchor.y + query.offset.y)
    is_cut = query.region is not None and anchor != match.box.center
    return Spot(
        match.box,
        point,
        selector.text,
        match.engine,
        match.score,
        match.scale,
        match.runner_up,
        match.text,
        match.element,
        match.app,
        match.window.id if match.window else None,
        owner.id if owner else None,
        min(match.pids) if match.pids else owner.pid if owner else 0,
        pixels=pixels,
        handle=match.handle,
        is_aside=query.anchor != "center" or query.offset != NO_OFFSET or is_cut,
    )
