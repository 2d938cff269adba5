"""Hears a person and decides, in one thread: what was there at a press is looked at before anything else is heard.

The thread that listens only puts down what happened. This one takes it up in order, looks, asks ``Intent`` what was meant, and hands
each decided step on together with what sees the moments that it aims at.
"""

import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flowdesk.engine.observing import (
    Ending,
    Heard,
    Hit,
    KeyDown,
    Look,
    Moved,
    Observer,
    Pressed,
    Released,
    Sights,
    Turned,
    Witness,
)
from flowdesk.engine.ports import Window
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box, Point
from flowdesk.session.recording.appearing import FROM
from flowdesk.session.recording.intent import Intent
from flowdesk.session.recording.meaning import meaning, meant
from flowdesk.session.recording.pending import NEAR
from flowdesk.session.recording.steps import Step

REST = 0.05
"""Seconds without movement after which the pointer rests: what lies there is looked at before it is pressed."""
SOON, LATER = 0.1, 0.4
"""Seconds between two looks while something goes on, and while nothing does."""
KEPT_PAUSES = 16
"""Pauses of which it is known when they were: more are not under way in what is not taken up yet."""
SETTLED = 0.15
"""Seconds after the last input after which what it changed is there."""
LIVELY = 3.0
"""Seconds after the last input for which something may go on."""
READ_AGAIN = 0.04
"""Seconds between two looks at a field while somebody types."""
UNTOLD_SIZE = 12
"""Pixels around what was pressed that are looked at where its program tells no element."""
HOVER_LASTS = 1.0
"""Seconds for which what lies under a pointer that rests counts as what is pressed."""


@dataclass(frozen=True)
class Decided:
    """A step, and what sees the moments that it aims at."""

    step: Step
    sights: dict[int, Sights]


class Ear:
    """Listens from its making on until ``end``. Its callbacks are called from its thread."""

    def __init__(
        self,
        observer: Observer,
        is_own: Callable[[Window], bool],
        decided: Callable[[Sequence[Decided]], None],
        ended: Callable[[Ending], None],
    ) -> None:
        """Begin to listen.

        Raises:
            DesktopUnavailable: If nothing can be heard or seen here.
        """
        self._decided, self._ended = decided, ended
        self._heard: queue.SimpleQueue[Heard | None] = queue.SimpleQueue()
        self._witness: Witness = observer.witness(is_own)
        self._intent = Intent()
        self._hover: Hit | None = None
        self._hover_top = -1
        self._popups: set[int] = set()
        self._hover_done = float("-inf")
        self._hovered = self._looked = self._last_input = float("-inf")
        self._look_seconds = 0.0
        self._pointer: Point | None = None
        self._moved_at = float("-inf")
        self._pressed: Point | None = None
        self._last_look: Look | None = None
        self._stirred = float("-inf")
        """When something was pressed last, whether it was taken up or not."""
        self._closed = float("-inf")
        """The same of what ends a text: what a field holds from then on is not what was typed."""
        self._pauses: deque[tuple[float, float]] = deque(maxlen=KEPT_PAUSES)
        """When it was paused, from and to."""
        self._cut = float("inf")
        try:
            self._listening = observer.listen(self._hear, ended)
        except BaseException:
            self._witness.close()
            raise
        self._thread = threading.Thread(target=self._work, name="flowdesk-recording", daemon=True)
        self._thread.start()

    def pause(self, is_paused: bool) -> None:
        """Leave out what happens from now on, or take it in again."""
        now = time.monotonic()
        if is_paused and not self._is_paused:
            self._pauses.append((now, float("inf")))
        elif not is_paused and self._is_paused:
            self._pauses.append((self._pauses.pop()[0], now))

    @property
    def _is_paused(self) -> bool:
        return bool(self._pauses) and self._pauses[-1][1] == float("inf")

    def _is_left_out(self, at: float) -> bool:
        """Whether something happened during a pause, whenever it is taken up."""
        return any(begun <= at <= over for begun, over in tuple(self._pauses))

    def end(self, forget: float = 0.0) -> None:
        """Stop listening, decide what is left, but for what was begun in the last ``forget`` seconds. Blocks shortly; idempotent."""
        self._listening.close()
        self._cut = min(self._cut, time.monotonic() - forget if forget else float("inf"))
        self._heard.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(10)

    def _hear(self, event: Heard) -> None:
        """Put down what happened; from the thread that listens."""
        if not isinstance(event, Moved):
            self._stirred = event.at
        if not isinstance(event, Moved) and not (isinstance(event, KeyDown) and event.text):
            self._closed = event.at
        self._heard.put(event)

    # -- the thread

    def _work(self) -> None:
        try:
            first = self._see()
            self._tell(self._intent.see(first))
            if first.active is not None:
                middle = first.active.box.center
                self._witness.hit(middle, self._listening.top_at(middle))
            while True:
                event = self._next()
                if event is None:
                    break
                if isinstance(event, Look):
                    self._tell(self._intent.see(event))
                elif event.at < self._cut:
                    self._take(event)
            self._intent.forget_since(self._cut)
            self._last_input = self._stirred  # all that was heard was taken up
            self._tell(self._intent.end(self._see()))
        except FlowdeskError:
            self._ended("lost")
        finally:
            self._witness.close()

    def _next(self) -> Heard | Look | None:
        """Return what was heard next; where nothing is, look."""
        while True:
            with contextlib.suppress(queue.Empty):
                return self._heard.get(timeout=self._patience())
            now = time.monotonic()
            if self._is_paused:
                continue
            if self._hover is None and self._pressed is None and now - self._last_input > SETTLED:
                self._moved_at = max(
                    self._moved_at, self._last_input
                )  # what lies under the pointer may be another thing now
            if self._is_resting(now):
                self._hover_now(now)
            elif not self._is_moving(now) and now - self._looked >= self._apart(now):
                return self._see()

    def _patience(self) -> float:
        now = time.monotonic()
        if self._pointer is not None and self._hovered < self._moved_at:
            return max(0.005, self._moved_at + REST - now)
        return max(0.005, self._looked + self._apart(now) - now)

    def _apart(self, now: float) -> float:
        """Return the seconds from one look to the next; a program that takes long to tell is asked less often."""
        wish = SOON if now - self._last_input < LIVELY else LATER
        return max(wish, 3 * self._look_seconds)

    def _is_moving(self, now: float) -> bool:
        """Whether the pointer is on its way: whatever takes time would keep from looking at where it comes to rest."""
        return self._hovered < self._moved_at and now - self._moved_at < REST

    def _is_resting(self, now: float) -> bool:
        is_elsewhere = self._hovered < self._moved_at
        return self._pointer is not None and self._pressed is None and is_elsewhere and now - self._moved_at >= REST

    def _hover_now(self, now: float) -> None:
        assert self._pointer is not None
        self._hovered = now
        before = self._listening.top_at(self._pointer)
        self._hover = self._witness.hit(self._pointer, before, self._last_input + SETTLED)
        self._hover_done = time.monotonic()
        self._hover_top = before if before == self._listening.top_at(self._pointer) else -1

    def _take(self, event: Heard) -> None:
        if isinstance(event, Moved):
            self._pointer, self._moved_at = event.point, event.at
            return
        if self._is_left_out(event.at):
            self._last_input = event.at
            return
        steps: list[Step] = []
        if isinstance(event, Pressed):
            hit = self._timed(self._hit(event.point, event.top, event.at), event.at)
            self._pressed = event.point
            steps = self._intent.press(event, hit, self._see(event.at))
        elif isinstance(event, Released):
            begun, self._pressed = self._pressed, None
            has_moved = begun is not None and max(abs(begun.x - event.point.x), abs(begun.y - event.point.y)) > NEAR
            steps = self._intent.release(event, self._witness.hit(event.point) if has_moved else None)
        elif isinstance(event, Turned):
            steps = self._intent.wheel(event, self._hit(event.point, self._hover_top, event.at), self._see(event.at))
        elif isinstance(event, KeyDown):
            steps = self._key(event)
        self._last_input = event.at
        self._hover = None if isinstance(event, Pressed | KeyDown | Turned) else self._hover
        self._tell(steps)

    def _key(self, event: KeyDown) -> list[Step]:
        """Take a key in; while somebody types, look what the field holds."""
        steps: list[Step] = []
        if self._stirred <= event.at and event.at - self._looked > READ_AGAIN and self._last_input > self._looked:
            steps += self._intent.see(self._see())
        return [*steps, *self._intent.key(event)]

    def _hit(self, point: Point, top: int, at: float) -> Hit:
        """Return what is pressed: what lay there before, where that is known whole; else what lies there now.

        The press may open or close something before it can be looked at, and a look under way meanwhile sees a part of each.
        """
        hover = self._hover
        is_whole = hover is not None and at - HOVER_LASTS < self._hovered and self._hover_done <= at
        is_whole = is_whole and self._hovered > self._last_input + SETTLED
        if hover is not None and is_whole and hover.point == point and top == self._hover_top:
            return hover
        since = self._last_input + SETTLED
        if (known := self._witness.recall(point, top, since, at, is_to_hold=True)) is not None:
            return known
        now = replace(self._witness.hit(point, self._listening.top_at(point)), is_late=True)
        if now.is_popup and top not in self._popups:  # a list that lies over its box opens before anybody can look
            box = self._witness.before_popup(now, at)
            if box is not None and meaning(box) == "combo":
                return replace(box, is_late=True)
        if (self._listening.top_at(point) == top or top <= 0) and not _has_just_opened(now):
            return now
        return self._witness.recall(point, top, since, at, is_to_hold=False) or now

    def _timed(self, hit: Hit, at: float) -> Hit:
        """Return a hit with how long it took to come after the last input, where somebody waited for it."""
        since = self._last_input
        if hit.is_own or at - since < FROM or since == float("-inf"):
            return hit
        element = meant(hit)
        around = Box(hit.point.x - UNTOLD_SIZE, hit.point.y - UNTOLD_SIZE, 2 * UNTOLD_SIZE, 2 * UNTOLD_SIZE)
        took = self._witness.took(hit, element.box if element is not None else around, since)
        if took >= FROM:
            return replace(hit, took=took)
        news = self._witness.news(hit, since)
        return replace(hit, news=news) if news is not None and news[1] >= FROM else hit

    def _see(self, at: float | None = None) -> Look:
        begun = time.monotonic()
        look = self._witness.look(begun if at is None else at, self._intent.watched)
        if at is not None or self._stirred >= begun or self._stirred > self._last_input:
            look = replace(look, is_torn=True, field=None if self._closed > self._last_input else look.field)
        self._read_popups(look)
        self._looked = time.monotonic()
        self._look_seconds = self._looked - begun
        self._last_look = look
        return look

    def _read_popups(self, look: Look) -> None:
        """Read each menu as soon as it is open: it closes at once when something in it is pressed."""
        tops = {self._listening.top_at(box.center): box for box in look.popups}
        for top in tops.keys() - self._popups:
            self._witness.hit(tops[top].center, top)
        self._popups = set(tops)

    def _tell(self, steps: Sequence[Step]) -> None:
        if not steps:
            return
        found = []
        for step in steps:
            seen = {aim.moment: self._witness.sights(aim.moment) for aim in step.aims.values()}
            found.append(Decided(step, {moment: sights for moment, sights in seen.items() if sights is not None}))
        self._decided(found)


def _has_just_opened(hit: Hit) -> bool:
    """Whether an entry of a menu seems to lie somewhere although no menu is shown there: its program is about to show it."""
    roles = [one.state.role for one in hit.path]
    return roles[:1] == ["menu_item"] and not hit.is_popup and "menu_bar" not in roles
