"""One look for a target: the selectors in order, each step narrowing into the match before it.

All of it blocks: ``eyes.py`` calls it in a worker thread. A look takes each picture of the screen once, asks for windows
and applications once, and ends with spots or with a sentence that says why there are none.
"""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from flowdesk.drivers import screen
from flowdesk.drivers.again import Repeats
from flowdesk.drivers.engines import Engines
from flowdesk.drivers.pictures import Hit
from flowdesk.drivers.places import Match, Scope, beside, in_reading_order
from flowdesk.drivers.text import Reader
from flowdesk.engine.ports import Window
from flowdesk.model.errors import PictureUnusable
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say
from flowdesk.model.target import Miss, Query, Selector, Sighting, Spot, Step

_SCOPES = 5
"""Into how many matches of one step the next step looks."""

_SPOTS = 100

_CLOSE = 0.05
"""A second hit within so much of the best is as good as the best, under ``strict``."""


class WindowList(Protocol):
    """The windows of the desktop: the part of ``windows.WindowSystem`` that looking needs."""

    def list(self) -> Sequence[Window]:
        """Return the windows, uppermost first."""

    def active(self) -> Window | None:
        """Return the window that has the keyboard."""

    def popup_at(self, point: Point) -> int | None:
        """Return the process of the menu or other popup at a point, if one is shown there."""

    def pointer(self) -> Point:
        """Return where the pointer is."""


@dataclass
class Memory:
    """What one look leaves for the next: the text reader, where pictures were, what stood there on a miss."""

    reader: Reader = field(default_factory=Reader)
    repeats: Repeats = field(default_factory=Repeats)
    last_hits: dict[tuple[str, str, Box], Hit] = field(default_factory=dict)
    candidates: dict[str, tuple[float, tuple[str, ...]]] = field(default_factory=dict)


class NotThere(Exception):  # not an error: the ordinary outcome of a look
    """Carries the reason why a step has no match."""

    def __init__(self, miss: Miss) -> None:
        """Keep the miss."""
        super().__init__(miss.reason)
        self.miss = miss


def look(query: Query, windows: WindowList, memory: Memory, *, want_picture: bool = False) -> Sighting:
    """Look once.

    Raises:
        PictureUnusable, MissingPiece, DesktopUnavailable, RequestInvalid: If looking itself is impossible.
    """
    begun = time.perf_counter()
    engines = Engines(query, windows, memory, wants_best=want_picture)
    root = _root(query)
    first_miss: Miss | None = None
    for selector in query.selectors:
        try:
            spots = _spots(query, selector, engines, root)
        except (NotThere, PictureUnusable) as absent:
            if isinstance(absent, NotThere):
                miss = absent.miss
            elif len(query.selectors) == 1:
                raise
            else:  # the others may still be there
                miss = Miss(str(absent.message), selector.text)
            if first_miss is None or miss.is_ambiguous or (miss.best_score or 0) > (first_miss.best_score or 0):
                first_miss = first_miss if first_miss is not None and first_miss.is_ambiguous else miss
            continue
        return Sighting(spots, None, time.perf_counter() - begun)
    picture = None
    if want_picture:
        picture = screen.png(engines.shot(root.box).pixels)
    miss = first_miss or Miss(say("There is no selector to look for."))
    return Sighting((), miss, time.perf_counter() - begun, picture)


def _root(query: Query) -> Scope:
    box = screen.virtual_box() if query.monitor is None else screen.monitor_box(query.monitor)
    if query.region is not None:
        box = query.region.intersection(box)
        if box.is_empty:
            screen.grab(query.region)  # raises the sentence about a region outside the screen
    return Scope(box, is_whole=True)


def _spots(query: Query, selector: Selector, engines: Engines, root: Scope) -> tuple[Spot, ...]:
    scopes: list[Scope] = [root]
    matches: list[Match] = []
    for step in selector.steps:
        found, miss = _step(step, scopes, matches, engines)
        if not found:
            reason = miss or Miss(say('There is nothing that fits "{step}".', step=selector.text))
            raise NotThere(replace(reason, selector=selector.text))
        matches = found
        scopes = [match.scope() for match in matches[:_SCOPES]]
    if not selector.steps[-1].relation and matches[0].window is None:  # windows stay as they lie: the uppermost first
        matches = in_reading_order(matches)
    shown = [match for match in matches if not match.box.intersection(root.box).is_empty]
    if len(shown) < query.occurrence:
        raise NotThere(_too_few(query, selector, shown))
    _check_strict(query, selector, shown)
    chosen = shown.pop(query.occurrence - 1)
    return tuple(_spot(query, selector, match, root) for match in (chosen, *shown[:_SPOTS]))


def _too_few(query: Query, selector: Selector, shown: list[Match]) -> Miss:
    sentence = say(
        'There are {count} that fit "{selector}", so there is no number {wanted}.',
        count=len(shown),
        selector=selector.text,
        wanted=query.occurrence,
    )
    if not shown:
        return Miss(sentence, selector.text)
    return Miss(sentence, selector.text, shown[0].score, shown[0].box, shown[0].scale)


def _step(step: Step, scopes: list[Scope], bases: list[Match], engines: Engines) -> tuple[list[Match], Miss | None]:
    """Return what fits a step, or the first reason why nothing does."""
    first_miss: Miss | None = None
    found: list[Match] = []
    if step.relation:
        for base in bases[:_SCOPES]:
            outer = base.outer or base.scope()
            matches, miss = engines.find(step, outer)
            near = beside(step.relation, base.box, matches)
            if matches and not near:
                miss = Miss(
                    say(
                        '{count} fit "{body}", but none lies {relation} what was found before it.',
                        count=len(matches),
                        body=step.body,
                        relation=step.relation.replace("-", " "),
                    ),
                    best_box=matches[0].box,
                )
            found.extend(replace(match, outer=outer) for match in near)
            first_miss = first_miss or miss
            if found:
                break
        return found, first_miss
    for scope in scopes:
        matches, miss = engines.find(step, scope)
        known = {match.box for match in found}
        found.extend(replace(match, outer=scope) for match in matches if match.box not in known)
        first_miss = first_miss or miss
    return found, first_miss


def _check_strict(query: Query, selector: Selector, shown: list[Match]) -> None:
    if not query.strict or query.occurrence != 1:
        return
    best = shown[0]
    rivals = [match for match in shown[1:] if match.score >= best.score - _CLOSE]
    if not rivals and best.runner_up < max(best.score - _CLOSE, 1e-6):
        return
    count = len(rivals) + 1
    raise NotThere(
        Miss(
            say('"{selector}" is ambiguous: {count} places fit equally well.', selector=selector.text, count=count)
            if rivals
            else say(
                '"{selector}" is ambiguous: the best place scores {best}, another {other}.',
                selector=selector.text,
                best=f"{best.score:.2f}",
                other=f"{best.runner_up:.2f}",
            ),
            selector.text,
            best.score,
            best.box,
            best.scale,
            tuple(f"{match.text or match.engine} {list(match.box)}" for match in (best, *rivals))[:10],
            is_ambiguous=True,
        )
    )


def _spot(query: Query, selector: Selector, match: Match, root: Scope) -> Spot:
    anchor = match.box.anchored(query.anchor)
    if not root.box.contains(anchor):  # partly off the screen: act on the part that is shown
        with contextlib.suppress(KeyError):
            anchor = match.box.intersection(root.box).anchored(query.anchor)
    point = Point(anchor.x + query.offset.x, anchor.y + query.offset.y)
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
    )
