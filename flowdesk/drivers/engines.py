"""The engines of selectors on the real desktop: windows, applications, elements, text, pictures, colours, points."""

import os
import re
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from flowdesk.drivers import elements, picture_files, pictures, screen, x11
from flowdesk.drivers.matching import WORD, Wanted, nearest
from flowdesk.drivers.places import Match, Scope, blobs, closest_color, without_doubles
from flowdesk.drivers.screen import Shot
from flowdesk.drivers.shown import numbered
from flowdesk.drivers.text import Line, match
from flowdesk.engine.ports import Window
from flowdesk.model.errors import MissingPiece
from flowdesk.model.geometry import Box, Point
from flowdesk.model.selector import color_of, point_of
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.target import Miss, Query, Step

if TYPE_CHECKING:
    from flowdesk.drivers.finder import Memory, WindowList

Outcome = tuple[list[Match], Miss | None]

_MARGIN = 12
"""Pixels around a picture's last place that are looked at first."""

_SURE_AGAIN = 0.97
"""Only so good a hit at the last place spares the look at the rest."""

_SURE_TEXT = 0.8
"""What only the second reading finds must be read as surely as this."""

_CANDIDATE_SECONDS = 2.0
"""How long the names of what was there instead are kept while polling."""

_FLOATING = frozenset({"menu", "menu_item", "list_item", "tooltip"})
"""Elements that may be shown outside the frame of their window."""

_UNKNOWN: frozenset[int] | None = frozenset() if x11.is_x11() else None
"""The processes of a window that tells none. Elsewhere than on X11 no window does: there, all programs are asked."""


class Engines:
    """Finds what fits one step in one scope. Made for one look: what it sees, it sees once."""

    def __init__(self, query: Query, windows: "WindowList", memory: "Memory", *, wants_best: bool = True) -> None:
        """Keep what the look is for; ``wants_best``: whether a picture's miss is to tell the best place."""
        self._wants_best = wants_best
        self._query = query
        self._windows = windows
        self._memory = memory
        self._shots: dict[Box, Shot] = {}

    @cached_property
    def windows(self) -> Sequence[Window]:
        """The windows, uppermost first."""
        return tuple(self._windows.list())

    def shot(self, box: Box) -> Shot:
        """Return the pixels of a box, taken once in this look."""
        if box not in self._shots:
            for known, whole in self._shots.items():
                if known.intersection(box) == box:
                    self._shots[box] = whole.cropped(box)
                    break
            else:
                self._shots[box] = screen.grab(box)
        return self._shots[box]

    def find(self, step: Step, scope: Scope) -> Outcome:
        """Return the matches of a step, or why there are none."""
        if scope.box.is_empty:
            return [], Miss(say('Where "{step}" is looked for lies outside the screen.', step=step.body))
        engine: Callable[[Step, Scope], Outcome] = {
            "window": self._find_window,
            "app": self._find_app,
            "element": self._find_element,
            "text": self._find_text,
            "image": self._find_image,
            "color": self._find_color,
            "point": self._find_point,
        }[step.engine]
        return engine(step, scope)

    # -- windows and applications

    def _find_window(self, step: Step, scope: Scope) -> Outcome:
        wanted = Wanted(step)
        mine = [
            window
            for window in self.windows
            if scope.pids is None or window.pid in scope.pids or window == scope.window
        ]
        fits = [(wanted.fit(window.title), window) for window in mine]
        fitting = [(score, window) for score, window in fits if score]
        shown = [(score, window) for score, window in fitting if self._counts(window)]
        matches = [
            _of_window(window, "window", score)
            for score, window in sorted(shown, key=lambda pair: (pair[1].is_minimized, -pair[0]))
            if window.is_minimized or not window.box.intersection(scope.box).is_empty
        ]
        if matches:
            return matches, None
        titles = nearest(step.body, (window.title for window in mine))
        reason = say("No window's title fits {wanted}.", wanted=wanted.describe())
        if fitting and not shown:
            reason = say("The window {title} is minimized.", title=f'"{fitting[0][1].title}"')
        elif fitting:
            reason = say("The window {title} is not in the place that is looked at.", title=f'"{fitting[0][1].title}"')
        return [], Miss(reason, candidates=titles)

    def _counts(self, window: Window) -> bool:
        return self._query.has_minimized or not window.is_minimized

    def _find_app(self, step: Step, scope: Scope) -> Outcome:
        wanted = Wanted(step)
        published = self._applications(None)
        pids = {app.pid for app in published if wanted.fit(app.name) >= WORD}
        pids |= {window.pid for window in self.windows if wanted.fit(window.app) >= WORD}
        pids.discard(0)
        mine = [window for window in self.windows if window.pid in pids or wanted.fit(window.app) >= WORD]
        shown = sorted(filter(self._counts, mine), key=lambda window: window.is_minimized)
        if shown:
            return [_of_window(window, "app", 1.0, frozenset(pids)) for window in shown], None
        names = nearest(step.body, [*(window.app for window in self.windows), *(app.name for app in published)])
        reason = say("No application {wanted} has a window.", wanted=wanted.describe())
        if mine:
            reason = say("The windows of {wanted} are minimized.", wanted=wanted.describe())
        return [], Miss(reason, candidates=names)

    def _applications(self, pids: frozenset[int] | None) -> list[elements.Application]:
        try:
            return elements.applications(pids)
        except (MissingPiece, elements.ElementsUnanswered):
            return []

    # -- elements and text

    def _find_element(self, step: Step, scope: Scope) -> Outcome:
        css, place = numbered(step.body)
        try:
            found = elements.find(css, elements.applications(scope.pids))
        except elements.ElementsUnanswered as error:
            return [], Miss(say("{reason} {fix}", reason=error.message, fix=error.fix))
        within = [element for element in found if _is_within(element, scope)]
        shown = [element for element in within if self._is_in_sight(element)]
        if place > len(shown) > 0:
            return [], Miss(say('Only {count} fit "{css}".', count=len(shown), css=css))
        if shown:
            return [_of_element(element, "element") for element in (shown[place - 1 : place] if place else shown)], None
        if within:
            return [], self._covered(step, within[0])
        reason = say('No element fits "{css}".', css=step.body)
        return [], Miss(reason, candidates=self._kept(step.body, lambda: self._like(step, scope)))

    def _like(self, step: Step, scope: Scope) -> tuple[str, ...]:
        """Return the elements of the same kind, as a person would write them."""
        role = re.match(r"[a-z_]+|\*", re.split(r"[\s>](?![^\[]*\])", step.body.strip())[-1])
        name = re.search(r"name[*^$]?=(['\"])(.*?)\1", step.body)
        try:
            programs = elements.applications(scope.pids)
            found = elements.find(role.group() if role else "*", programs)
            if name is not None:  # of another kind
                found += elements.find(f"[name={name.group(1)}{name.group(2)}{name.group(1)}]", programs)
        except elements.ElementsUnanswered:
            return ()
        names = [
            f"{one.state.role}[name='{one.state.name}']" for one in found if one.state.name and _is_within(one, scope)
        ]
        return nearest(f"{role.group() if role else ''}[name='{name.group(2) if name else ''}']", names)

    def _cover(self, box: Box, *pids: int) -> Window | None:
        """Return the window of another process that lies over the middle of a box."""
        if not any(window.pid in pids for window in self.windows):
            return None
        top = self._top(box)
        return None if top is None or top.pid in pids else top

    def _is_in_sight(self, element: elements.Found) -> bool:
        """Whether an element's own window, or a popup, is uppermost at its middle.

        A program that has just opened its window may for a moment tell places where no window is.
        """
        top = self._top(element.box)
        if top is not None or not x11.is_x11() or not any(window.pid == element.pid for window in self.windows):
            return self._cover(element.box, element.pid) is None
        return self._windows.popup_at(element.box.center) is not None

    def _top(self, box: Box) -> Window | None:
        """Return the uppermost window at the middle of a box."""
        shown = (window for window in self.windows if not window.is_minimized)
        return next((window for window in shown if window.box.contains(box.center)), None)

    def _covered(self, step: Step, element: elements.Found) -> Miss:
        cover = self._cover(element.box, element.pid)
        if cover is None:
            reason = say('"{target}" is there, but its program says that it is where no window is.', target=step.body)
        else:
            title = cover.title
            reason = say('"{target}" is there, but the window "{title}" covers it.', target=step.body, title=title)
        return Miss(reason, best_box=element.box)

    def _uncovered(self, matches: list[Match], scope: Scope) -> list[Match]:
        """Drop what was seen on other windows that lie over the scope's own.

        Unscoped, drop what flowdesk's own window shows: the picture in its inspector is not the target.
        """
        if scope.pids:
            return [match for match in matches if self._cover(match.box, *scope.pids) is None]
        if scope.window is not None:  # whose process nobody tells
            return [match for match in matches if (top := self._top(match.box)) is None or top.id == scope.window.id]
        return [match for match in matches if (top := self._top(match.box)) is None or top.pid != os.getpid()]

    def _find_text(self, step: Step, scope: Scope) -> Outcome:
        wanted = Wanted(step)
        problem: MissingPiece | elements.ElementsUnanswered | None = None
        covered: list[elements.Found] = []
        try:
            named, covered = self._named_text(wanted, scope)
        except (MissingPiece, elements.ElementsUnanswered) as error:
            named, problem = [], error
        if named:
            return named, None
        try:
            lines, hits = self._read_text(wanted, scope)
        except MissingPiece as error:
            if problem is not None:
                raise
            reason = say(
                "No element's text fits {wanted}, and the picture of the screen cannot be read: {fix}",
                wanted=wanted.describe(),
                fix=str(error.fix),
            )
            return [], Miss(reason)
        if hits:
            return hits, None
        return [], self._covered(step, covered[0]) if covered else self._text_miss(wanted, lines)

    def _read_text(self, wanted: Wanted, scope: Scope) -> tuple[tuple[Line, ...], list[Match]]:
        """Return the lines that were read, and the matches in them; where there are none, of a second, closer reading."""
        lines = self._memory.reader.read(self.shot(scope.box))
        found = match(lines, wanted)
        if not found:
            closer = match(self._memory.reader.read_closely(self.shot(scope.box)), wanted)
            found = [hit for hit in closer if hit.score >= _SURE_TEXT]
        return lines, self._uncovered([Match(hit.box, "text", hit.score, text=hit.text) for hit in found], scope)

    def _named_text(self, wanted: Wanted, scope: Scope) -> tuple[list[Match], list[elements.Found]]:
        """Return what the accessibility tree has: what is shown, and what other windows cover."""
        matches: list[Match] = []
        covered: list[elements.Found] = []
        for element in elements.find_text(wanted.literal, elements.applications(scope.pids)):
            score = wanted.fit(element.text)
            if not score or not _is_within(element, scope):
                continue
            if not self._is_in_sight(element):
                covered.append(element)
                continue
            precise = self._inside(wanted, element, scope) if score < 1 else None
            matches.extend(precise or [_of_element(element, "text", score)])
        return without_doubles(matches), covered

    def _inside(self, wanted: Wanted, element: elements.Found, scope: Scope) -> list[Match] | None:
        """Find where inside a longer text the wanted part is, by reading the picture; None where that cannot be done."""
        if element.box.height < 40 and len(element.text) < 40:
            return None
        box = element.box.intersection(scope.box)
        try:
            hits = match(self._memory.reader.read(self.shot(box)), wanted)
        except MissingPiece:
            return None
        return [
            Match(hit.box, "text", WORD * hit.score, text=hit.text, element=element.state, app=element.app)
            for hit in hits
        ]

    def _text_miss(self, wanted: Wanted, lines: tuple[Line, ...]) -> Miss:
        seen = nearest(wanted.step.body, (line.text for line in lines))
        if not seen:
            return Miss(
                say("There is no text that can be read where {wanted} is looked for.", wanted=wanted.describe())
            )
        return Miss(say("No text fits {wanted}.", wanted=wanted.describe()), candidates=seen)

    # -- pictures, colours, points

    def _find_image(self, step: Step, scope: Scope) -> Outcome:
        alternatives = picture_files.load_pictures(step.body, self._query.assets)
        similarity = self._query.similarity
        key = (self._query.assets, step.body, scope.box)
        again = self._seen_again(alternatives, key, scope)
        if again is not None:
            seen = [Match(again.box, "image", again.score, again.scale, text=again.name)]
            if self._uncovered(seen, scope):
                return seen, None
        found = self._memory.repeats.search(
            key,
            self.shot(scope.box),
            alternatives,
            similarity,
            screen.desktop_scale(),
            wants_best=self._wants_best,
        )
        rival = found.runner_up
        seen = [Match(hit.box, "image", hit.score, hit.scale, rival, hit.name) for hit in found.hits]
        if len(seen) == 1 and self._uncovered(seen, scope):
            self._memory.last_hits[key] = found.hits[0]
        else:
            self._memory.last_hits.pop(key, None)
        if shown := self._uncovered(seen, scope):
            return shown, None
        return [], _picture_miss(step.body, similarity, found.best)

    def _seen_again(
        self, alternatives: Sequence[picture_files.Picture], key: tuple[str, str, Box], scope: Scope
    ) -> pictures.Hit | None:
        last = self._memory.last_hits.get(key)
        if last is None or self._query.strict or self._query.occurrence != 1:
            return None
        picture = next((one for one in alternatives if one.name == last.name), None)
        around = _grown(last.box, _MARGIN).intersection(scope.box)
        if picture is None or around.is_empty:
            return None
        again = pictures.search_near(self.shot(around), picture, last)
        if again is None or again.score < max(_SURE_AGAIN, self._query.similarity):
            return None
        self._memory.last_hits[key] = again
        return again

    def _find_color(self, step: Step, scope: Scope) -> Outcome:
        color = color_of(step.body)
        shot = self.shot(scope.box)
        found = [Match(box, "color", text=step.body) for box in blobs(shot, color, self._query.tolerance)]
        if shown := self._uncovered(found, scope):
            return shown, None
        place, nearest_color = closest_color(shot, color)
        reason = say(
            "No pixel has the colour {color}: the nearest is {nearest} at {x},{y}.",
            color=step.body,
            nearest="#{:02x}{:02x}{:02x}".format(*nearest_color),
            x=place.x,
            y=place.y,
        )
        return [], Miss(reason, best_box=Box(place.x, place.y, 1, 1))

    def _find_point(self, step: Step, scope: Scope) -> Outcome:
        across, down = point_of(step.body)
        frame = scope.box if not scope.is_whole or self._query.monitor or self._query.region else screen.virtual_box()
        is_free = scope.is_whole and self._query.monitor is None and self._query.region is None
        x = across.within(0 if is_free and not across.is_percent else frame.x, frame.width)
        y = down.within(0 if is_free and not down.is_percent else frame.y, frame.height)
        if not screen.virtual_box().contains(Point(x, y)):
            return [], Miss(say("The point {x},{y} lies outside the screen.", x=x, y=y))
        return [Match(Box(x, y, 1, 1), "point")], None

    def _kept(self, key: str, names: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        now = time.monotonic()
        taken, known = self._memory.candidates.get(key, (0.0, ()))
        if now - taken > _CANDIDATE_SECONDS:
            known = names()
            self._memory.candidates[key] = (now, known)
        return known


def _of_window(window: Window, engine: str, score: float, pids: frozenset[int] | None = None) -> Match:
    own = pids or (frozenset({window.pid}) if window.pid else _UNKNOWN)
    kind = "app" if engine == "app" else "window"
    return Match(window.box, kind, score, text=window.title, app=window.app, pids=own, window=window)  # type: ignore[arg-type]


def _of_element(element: elements.Found, engine: str, score: float = 1.0) -> Match:
    kind = "text" if engine == "text" else "element"
    pids = frozenset({element.pid}) if element.pid else None
    return Match(element.box, kind, score, text=element.text, element=element.state, app=element.app, pids=pids)  # type: ignore[arg-type]


def _is_within(element: elements.Found, scope: Scope) -> bool:
    if scope.window is not None and scope.pids and element.state.role in _FLOATING:
        return not element.box.is_empty
    return scope.box.contains(element.box.center) or (
        scope.is_whole and not element.box.intersection(scope.box).is_empty
    )


def _grown(box: Box, margin: int) -> Box:
    return Box(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin)


def _picture_miss(name: str, similarity: float, best: pictures.Hit | None) -> Miss:
    short = name if len(name) < 60 else name[:20] + "…"
    if best is None:
        return Miss(
            say('The picture "{name}" is nowhere: nothing looks like it at any scale.', name=short), best_score=0.0
        )
    reason: Sentence = say(
        'The picture "{name}" is not there: the best place, {box} at scale {scale}, scores {score}, and {wanted} is wanted.',
        name=short,
        box=list(best.box),
        scale=f"{best.scale:g}",
        score=f"{best.score:.2f}",
        wanted=f"{similarity:g}",
    )
    return Miss(reason, best_score=best.score, best_box=best.box, best_scale=best.scale)
