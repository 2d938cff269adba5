"""The engines of selectors on the real desktop: windows, applications, elements, text, pictures, colours, points."""

import contextlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flowdesk.drivers import akin, elements, forms, openmenus, owners, pixels, screens
from flowdesk.drivers.given import active_window, point_at
from flowdesk.drivers.kinship import Kinship
from flowdesk.drivers.matching import WORD, Wanted, nearest
from flowdesk.drivers.memory import Memory, WindowList
from flowdesk.drivers.misses import blind_miss, picture_miss
from flowdesk.drivers.patience import Interrupted
from flowdesk.drivers.pixelview import PixelView
from flowdesk.drivers.places import Match, Scope, without_doubles
from flowdesk.drivers.shown import numbered
from flowdesk.drivers.standing import ACTIVE, HIDDEN, Standing
from flowdesk.drivers.x11 import connection as x11
from flowdesk.engine.ports import Window
from flowdesk.model.bodies import color_of
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import MissingPiece
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say
from flowdesk.model.target import Miss, Query, Step

if TYPE_CHECKING:
    from flowdesk.drivers.pixels.picture_files import Picture
    from flowdesk.drivers.pixels.pictures import Hit
    from flowdesk.drivers.pixels.screen import Pixels, Shot
    from flowdesk.drivers.pixels.text import Line, TextHit

Outcome = tuple[list[Match], Miss | None]

_MARGIN = 12
"""Pixels around a picture's last place that are looked at first."""

_SURE_AGAIN = 0.97
"""Only so good a hit at the last place spares the look at the rest."""

_SAME_AGAIN = 0.01
"""By how much less than the time before: what moved there in its stead, and looks almost like it, scores less."""

_EXACT, _EXACT_AGAIN = 0.9999, 0.0001
"""What was there to the pixel scores so much, and at most so much less the next time: a twin may be as like it as that."""

_SURE_TEXT = 0.8
"""What only the second reading finds must be read as surely as this."""

EVERY = 10_001
"""How many places one engine tells where all are wanted: one more than may fit."""

_WINDOWS = 4
"""So many windows of a large scope are read closely for a text that was not found."""

_CANDIDATE_SECONDS = 2.0
"""How long the names of what was there instead are kept while polling."""

_UNKNOWN: frozenset[int] | None = frozenset() if x11.is_x11() else None
"""The processes of a window that tells none. Elsewhere than on X11 no window does: there, all programs are asked."""


class Engines:
    """Finds what fits one step in one scope. Made for one look: what it sees, it sees once."""

    def __init__(self, query: Query, windows: WindowList, memory: Memory, *, wants_best: bool = True) -> None:
        """Keep what the look is for; ``wants_best``: whether a picture's miss is to tell the best place."""
        self._wants_best = wants_best
        self._query = query
        self._windows = windows
        self._memory = memory
        self._shots: dict[Box, Shot] = {}
        self.standing = Standing(windows)
        self.kin = Kinship()
        self.is_counted = query.is_counted

    @property
    def windows(self) -> Sequence[Window]:
        """The windows, uppermost first."""
        return self.standing.windows

    def shot(self, box: Box) -> "Shot":
        """Return the pixels of a box, taken once in this look."""
        if box not in self._shots:
            for known, whole in self._shots.items():
                if known.intersection(box) == box:
                    self._shots[box] = whole.cropped(box)
                    break
            else:
                self._shots[box] = pixels.screen.grab(box)
        return self._shots[box]

    def seen(self, match: Match) -> "Pixels | None":
        """Return what the box of a match looked like, where it was seen and not told by a program."""
        if match.handle is not None or not ENGINES[match.engine].is_seen:
            return None
        whole = next((shot for box, shot in self._shots.items() if box.intersection(match.box) == match.box), None)
        return whole.cropped(match.box).pixels if whole is not None else None

    def fitting(self, step: Step, scope: Scope) -> list[Match]:
        """Return the matches of a step alone."""
        return self.find(step, scope)[0]

    def find(self, step: Step, scope: Scope) -> Outcome:
        """Return the matches of a step, or why there are none."""
        if scope.box.is_empty:
            return [], Miss(say('The search area of "{step}" is outside the screen.', step=step.body))
        matches, miss = self._find_in_menus(step, scope) or self._find_in(step, scope)
        if not matches and miss is not None and scope.window is not None and self.standing.is_overlaid(scope.window):
            miss = replace(miss, window=scope.window.id)
        if scope.is_whole and ENGINES[step.engine].is_inside:
            matches = [found if found.rank else replace(found, rank=self.standing.rank(found)) for found in matches]
        return matches, miss

    def _find_in(self, step: Step, scope: Scope) -> Outcome:
        method, blind = FINDERS.get(step.engine, Engines._find_by_other), blind_miss(step, scope)
        return method(self, step, scope) if blind is None else ([], blind)

    def _find_in_menus(self, step: Step, scope: Scope) -> Outcome | None:
        menus = () if self._query.is_all else openmenus.within(scope, step, self._windows)
        found = [match for menu in menus for match in self._find_in(step, menu)[0]]
        return (found, None) if found else None

    # -- windows and applications

    def _find_window(self, step: Step, scope: Scope) -> Outcome:
        wanted, own = Wanted(step), os.getpid()
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
            for score, window in sorted(shown, key=lambda pair: (pair[1].is_minimized, pair[1].pid == own, -pair[0]))
            if window.is_minimized or not window.box.intersection(scope.box).is_empty
        ]
        if matches:
            return matches, None
        titles = nearest(step.body, (window.title for window in mine if window in self.standing.others))
        reason = say("No window title matches {wanted}.", wanted=wanted.describe())
        if fitting and not shown:
            reason = say("The window {title} is minimized.", title=f'"{fitting[0][1].title}"')
        elif fitting:
            reason = say("The window {title} is outside the search area.", title=f'"{fitting[0][1].title}"')
        away = fitting[0][1].id if fitting and not shown and fitting[0][1].pid != own else None
        return [], Miss(reason, candidates=titles, window=away)

    def _find_active(self, step: Step, scope: Scope) -> Outcome:
        active = active_window(self._windows, self.windows, scope)
        return ([], active) if isinstance(active, Miss) else ([_of_window(active, "window", 1.0)], None)

    def _counts(self, window: Window) -> bool:
        return self._query.has_minimized or not window.is_minimized

    def _find_app(self, step: Step, scope: Scope) -> Outcome:
        wanted = Wanted(step)
        published = self._applications(None)
        pids = {app.pid for app in published if wanted.fit(app.name) >= WORD}
        pids |= {window.pid for window in self.windows if wanted.fit(window.app) >= WORD}
        pids.discard(0)
        mine = [window for window in self.windows if window.pid in pids or wanted.fit(window.app) >= WORD]
        shown = sorted(filter(self._counts, mine), key=lambda window: (window.is_minimized, window.pid == os.getpid()))
        if shown:
            return [_of_window(window, "app", 1.0, frozenset(pids)) for window in shown], None
        names = nearest(step.body, [*(window.app for window in self.standing.others), *(app.name for app in published)])
        reason = say("No application matching {wanted} has a window.", wanted=wanted.describe())
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
            apps = elements.applications(scope.pids)
            found = elements.find(css, apps) or forms.by_label(css, apps)
        except elements.ElementsUnanswered as error:
            return [], Miss(say("{reason} {fix}", reason=error.message, fix=error.fix), is_unfinished=True)
        shown, covered = self.standing.uncovered_of(found, scope)
        if place or self._query.is_numbered:  # what another window covers keeps its number
            mine = {id(one) for one in (*shown, *covered)}
            shown, covered = [one for one in found if id(one) in mine], []
        if place > len(shown) > 0:
            return [], Miss(say('Only {count} elements match "{css}".', count=len(shown), css=css))
        if shown:
            return [_of_element(element, "element") for element in (shown[place - 1 : place] if place else shown)], None
        if covered and self._query.is_to_act:  # the gate raises their window
            return [_of_element(element, "element") for element in covered], None
        if covered:
            return [], self.standing.covered(step.body, covered[0])
        if self._query.is_to_act and (hidden := self._hidden(css, scope, found)):
            return [replace(_of_element(element, "element"), rank=HIDDEN) for element in hidden], None
        if found and not covered and (others := akin.shown(css, scope, self.standing)):
            return [_of_element(element, "element") for element in others], None
        reason = say('No element matches "{css}".', css=step.body)
        if found and not scope.is_whole:
            reason = say('No element in the search area matches "{css}".', css=step.body)
        return [], Miss(reason, candidates=self._kept(step.body, lambda: akin.names(step, scope, self.standing)))

    def _hidden(self, css: str, scope: Scope, seen: Sequence[elements.Found]) -> list[elements.Found]:
        """Return elements that are scrolled out of sight, in the windows of a scope; what is ``seen`` beside it is not in it."""
        try:
            found = elements.find(css, elements.applications(scope.pids), is_hidden=True)
        except elements.ElementsUnanswered:
            return []
        if scope.window is None:
            return found
        window = scope.window
        beside = (
            {one.place for one in seen if window.box.contains(one.box.center)} if scope.box != window.box else set()
        )
        return self._of_window([one for one in found if one.place not in beside], window)

    def find_hidden(self, step: Step, base: Match) -> list[Match]:
        """Return what fits a step anywhere in the window of a match, also where it is scrolled out of sight."""
        window = self.standing.owners_of([base])[0]
        if not self._query.is_to_act or window is None or step.engine not in ("element", "text"):
            return []
        scope = Scope(window.box, base.pids or frozenset({window.pid}), window)
        if step.engine == "text":
            return self._hidden_text(Wanted(step), scope, ())
        css, _ = numbered(step.body)
        return [replace(_of_element(element, "element"), rank=HIDDEN) for element in self._hidden(css, scope, ())]

    def _hidden_text(self, wanted: Wanted, scope: Scope, covered: Sequence[elements.Found]) -> list[Match]:
        """Return elements with exactly a text that are scrolled out of sight, of the window that is looked in or has the keyboard."""
        window = scope.window or (self.standing.active if scope.is_whole else None)
        if not self._query.is_to_act or window is None or not window.pid:
            return []
        try:
            mine = [element for element in covered if element.pid == window.pid]
            found = mine or elements.find_text(
                wanted.literal, elements.applications({window.pid}), fits=wanted.is_fitting, is_hidden=True
            )
        except (MissingPiece, elements.ElementsUnanswered):
            return []
        exact = [element for element in found if wanted.fit(element.text) == 1]
        return [replace(_of_element(element, "text"), rank=HIDDEN) for element in self._of_window(exact, window)]

    def _of_window(self, found: Sequence[elements.Found], window: Window) -> list[elements.Found]:
        """Return those of some elements that are not for certain in another window."""
        tops = elements.tops([element.place for element in found])
        owned = [owners.window_of(element.pid, top, self.windows) for element, top in zip(found, tops, strict=True)]
        return [one for one, owner in zip(found, owned, strict=True) if owner is None or owner.id == window.id]

    def _find_text(self, step: Step, scope: Scope) -> Outcome:
        wanted = Wanted(step)
        problem: MissingPiece | elements.ElementsUnanswered | None = None
        covered: list[elements.Found] = []
        try:
            named, covered = self._named_text(wanted, scope)
        except (MissingPiece, elements.ElementsUnanswered) as error:
            named, problem = [], error
        active = self.standing.active if scope.is_whole and not self._query.is_all else None
        is_plain = active is None or any(self.standing.rank(found) == ACTIVE for found in named)
        if named and is_plain and not self._query.is_all:
            return named, None
        if not named and (out := self._hidden_text(wanted, scope, covered)):
            return out, None
        try:
            if named and active is not None:  # read from the window that has the keyboard before another one counts
                part = replace(scope, box=active.box.intersection(scope.box), window=active)
                return self._read_text(wanted, part)[1] + named, None
            lines, hits = self._read_text(wanted, scope)
        except MissingPiece as error:
            if named:
                return named, None
            if problem is not None:
                raise
            reason = say(
                "No element's text matches {wanted}, and the screen cannot be read: {fix}",
                wanted=wanted.describe(),
                fix=str(error.fix),
            )
            return [], Miss(reason)
        except Interrupted:
            reason = say(
                "The timeout ended before flowdesk finished reading the screen for {wanted}.", wanted=wanted.describe()
            )
            return [], Miss(reason, is_unfinished=True)
        drawn = [hit for hit in hits if not any(match.box.contains(hit.box.center) for match in named)]
        if named or drawn:
            return [*named, *drawn], None
        if covered and self._query.is_to_act:
            return [_of_element(element, "text", wanted.fit(element.text)) for element in covered], None
        miss = self.standing.covered(step.body, covered[0]) if covered else self._text_miss(wanted, lines)
        return [], replace(miss, is_unfinished=isinstance(problem, elements.ElementsUnanswered))

    def _read_text(self, wanted: Wanted, scope: Scope) -> "tuple[tuple[Line, ...], list[Match]]":
        """Return the lines that were read, and the matches in them; where there are none, of a second, closer reading."""
        shot = self.shot(scope.box)
        lines = self._memory.reader.read(shot)
        found = pixels.text.match(lines, wanted)
        with contextlib.suppress(Interrupted):  # the first reading counts, and says what is there
            found = found or self._memory.reader.doubtful(shot, lines, wanted)
            if not found:
                parts = (
                    [shot]
                    if pixels.text.is_small(shot)
                    else [shot.cropped(part) for part in pixels.text.misread(lines, wanted)]
                )
                found = self._read_closely(wanted, parts)
            if not found and not pixels.text.is_small(shot):
                windows = [box for box in self._shown_in(scope)[:_WINDOWS] if pixels.text.is_small(self.shot(box))]
                for part in (*pixels.tiles.unread(shot, [line.box for line in lines]), *windows):
                    found = found or self._read_closely(wanted, [shot.cropped(part)])
        return lines, self.standing.uncovered(
            [Match(hit.box, "text", hit.score, text=hit.text) for hit in found], scope
        )

    def _read_closely(self, wanted: Wanted, parts: "Sequence[Shot]") -> "list[TextHit]":
        hits: list[TextHit] = []
        for hit in (hit for part in parts for hit in pixels.text.match(self._memory.reader.read_closely(part), wanted)):
            if hit.score >= _SURE_TEXT and not any(other.box.contains(hit.box.center) for other in hits):
                hits.append(hit)
        return hits

    def _shown_in(self, scope: Scope) -> list[Box]:
        """Return what the scope has of its windows, uppermost first; flowdesk's own left out."""
        mine = [window for window in self.windows if not window.is_minimized and window.pid != os.getpid()]
        boxes = [window.box.intersection(scope.box) for window in mine if not scope.pids or window.pid in scope.pids]
        return [box for box in boxes if not box.is_empty]

    def _named_text(self, wanted: Wanted, scope: Scope) -> tuple[list[Match], list[elements.Found]]:
        """Return what the accessibility tree has: what is shown, and what other windows cover."""
        matches: list[Match] = []
        found = elements.find_text(wanted.literal, elements.applications(scope.pids), fits=wanted.is_fitting)
        shown, covered = self.standing.uncovered_of([element for element in found if wanted.fit(element.text)], scope)
        for element in shown:
            score = wanted.fit(element.text)
            precise = self._inside(wanted, element, scope) if score < 1 else None
            matches.extend(precise or [_of_element(element, "text", score)])
        return without_doubles(matches), covered

    def _inside(self, wanted: Wanted, element: elements.Found, scope: Scope) -> list[Match] | None:
        """Find where inside a longer text the wanted part is, by reading the picture; None where that cannot be done."""
        if element.box.height < 40 and len(element.text) < 40:
            return None
        box = element.box.intersection(scope.box)
        try:
            hits = pixels.text.match(self._memory.reader.read(self.shot(box)), wanted)
        except (MissingPiece, Interrupted):
            return None
        whole = _of_element(element, "text")
        return [replace(whole, box=hit.box, score=WORD * hit.score, text=hit.text) for hit in hits]

    def _text_miss(self, wanted: Wanted, lines: "tuple[Line, ...]") -> Miss:
        own = [window.box for window in self.windows if window.pid == os.getpid()]
        foreign = (line.text for line in lines if not any(box.contains(line.box.center) for box in own))
        seen = nearest(wanted.step.body, foreign)
        if not seen:
            return Miss(say("The area searched for {wanted} contains no readable text.", wanted=wanted.describe()))
        return Miss(say("No text matches {wanted}.", wanted=wanted.describe()), candidates=seen)

    # -- pictures, colours, points

    def _find_image(self, step: Step, scope: Scope) -> Outcome:
        alternatives = pixels.picture_files.load_pictures(step.body, self._query.assets)
        similarity = self._query.similarity
        if self._query.is_all:
            hits = pixels.every.search_every(
                self.shot(scope.box), alternatives, similarity, screens.desktop_scale(), EVERY
            )
            every = [Match(hit.box, "image", hit.score, hit.scale, text=hit.name) for hit in hits]
            if shown := self.standing.uncovered(every, scope):
                return shown, None
        key = (self._query.assets, step.body, scope.box)
        again = self._seen_again(alternatives, key, scope)
        if again is not None:
            seen = [Match(again.box, "image", again.score, again.scale, text=again.name)]
            if self.standing.uncovered(seen, scope):
                return seen, None
        found = self._memory.repeats.search(
            key,
            self.shot(scope.box),
            alternatives,
            similarity,
            screens.desktop_scale(),
            wants_best=self._wants_best,
        )
        places, rival = found.hits, found.runner_up
        if len(places) > 1 and not self._query.is_numbered and self._query.occurrence == 1:
            places = pixels.pictures.exact_apart(self.shot(scope.box), places, alternatives)
            rival = min(rival, places[1].score)
        seen = [Match(hit.box, "image", hit.score, hit.scale, rival, hit.name) for hit in places]
        if len(seen) == 1 and self.standing.uncovered(seen, scope):
            self._memory.last_hits[key] = found.hits[0]
        else:
            self._memory.last_hits.pop(key, None)
        if shown := self.standing.uncovered(seen, scope):
            return shown, None
        return [], picture_miss(step.body, similarity, found.best)

    def _seen_again(self, alternatives: "Sequence[Picture]", key: tuple[str, str, Box], scope: Scope) -> "Hit | None":
        last = self._memory.last_hits.get(key)
        if last is None or self._query.strict or self._query.occurrence != 1:
            return None
        picture = next((one for one in alternatives if one.name == last.name), None)
        around = _grown(last.box, _MARGIN).intersection(scope.box)
        if picture is None or around.is_empty:
            return None
        again = pixels.pictures.search_near(self.shot(around), picture, last)
        apart = _SAME_AGAIN if last.score < _EXACT else _EXACT_AGAIN
        if again is None or again.score < max(_SURE_AGAIN, last.score - apart, self._query.similarity):
            return None
        self._memory.last_hits[key] = again
        return again

    def _find_color(self, step: Step, scope: Scope) -> Outcome:
        color = color_of(step.body)
        shot = self.shot(scope.box)
        limit = {"most": EVERY} if self._query.is_all else {}
        boxes = pixels.colors.blobs(shot, color, self._query.tolerance, **limit)
        found = [Match(box, "color", text=step.body) for box in boxes]
        if shown := self.standing.uncovered(found, scope):
            return shown, None
        place, nearest_color = pixels.colors.closest_color(shot, color)
        reason = say(
            "No pixel has the color {color}. The nearest is {nearest} at {x},{y}.",
            color=step.body,
            nearest="#{:02x}{:02x}{:02x}".format(*nearest_color),
            x=place.x,
            y=place.y,
        )
        return [], Miss(reason, best_box=Box(place.x, place.y, 1, 1))

    def _find_point(self, step: Step, scope: Scope) -> Outcome:
        point = point_at(step.body, self._windows, self._query, scope)
        return ([], point) if isinstance(point, Miss) else ([Match(Box(point.x, point.y, 1, 1), "point")], None)

    def _find_by_other(self, step: Step, scope: Scope) -> Outcome:
        """Ask an engine of another package."""
        engine = ENGINES[step.engine]
        assert engine.find is not None, "flowdesk's own are in FINDERS"
        places = engine.find(step.body, PixelView(scope.box, self.shot))
        found = [Match(place.box, step.engine, place.score, text=place.text) for place in places]
        shown = self.standing.uncovered(found, scope)
        return (
            (shown, None) if shown else ([], Miss(say('Nothing matches "{step}".', step=f"{step.engine}={step.body}")))
        )

    def _kept(self, key: str, names: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        now = time.monotonic()
        taken, known = self._memory.candidates.get(key, (0.0, ()))
        if now - taken > _CANDIDATE_SECONDS:
            known = names()
            self._memory.candidates[key] = (now, known)
        return known


FINDERS: Mapping[str, Callable[[Engines, Step, Scope], Outcome]] = {
    "window": Engines._find_window,
    "app": Engines._find_app,
    "element": Engines._find_element,
    "text": Engines._find_text,
    "image": Engines._find_image,
    "color": Engines._find_color,
    "point": Engines._find_point,
    "active": Engines._find_active,
}
"""How flowdesk's own engines look; ``nth`` finds nothing itself."""


def _of_window(window: Window, engine: str, score: float, pids: frozenset[int] | None = None) -> Match:
    own = pids or (frozenset({window.pid}) if window.pid else _UNKNOWN)
    kind = "app" if engine == "app" else "window"
    return Match(window.box, kind, score, text=window.title, app=window.app, pids=own, window=window)


def _of_element(element: elements.Found, engine: str, score: float = 1.0) -> Match:
    kind = "text" if engine == "text" else "element"
    pids = frozenset({element.pid}) if element.pid else None
    return Match(
        element.box,
        kind,
        score,
        text=element.text,
        element=element.state,
        app=element.app,
        pids=pids,
        handle=element.place,
    )


def _grown(box: Box, margin: int) -> Box:
    return Box(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin)
