"""How a text gets into a program of Windows: as characters without a layout, or by paste, and read back where a field tells it."""

import time

from flowdesk.drivers.steps import Steps
from flowdesk.drivers.stretches import CONTROL_KEYS, Aim, Stretch, checked, plan
from flowdesk.drivers.windows import fields, focus, looks, sending
from flowdesk.drivers.windows.clipboard import DesktopClipboard
from flowdesk.drivers.windows.fields import Field
from flowdesk.drivers.windows.keyboard import Keyboard
from flowdesk.engine.ports import TypingMethod, TypingReport
from flowdesk.model.arrival import arrival
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

SHOWN_SECONDS = 3.0
"""How long a program that is still behind may show nothing more of what was typed."""
TAKEN_SECONDS = 5.0
"""How long a program may take to fetch what is pasted."""
WATCHER_SECONDS = 0.1
"""How long programs that collect clipboards have to fetch what is offered, before it is pasted."""
READ_SECONDS = 0.1
"""How long a program that has fetched it may take to read it."""
SETTLE_EVERY = 50
POLL = 0.01
OFFERS = 3


class Typist:
    """Delivers texts. Used on the input thread only."""

    def __init__(self, keyboard: Keyboard, clipboard: DesktopClipboard) -> None:
        """Use these."""
        self._keyboard, self._clipboard = keyboard, clipboard
        self._sent = self._total = 0

    def type(
        self,
        text: str,
        method: TypingMethod,
        key_delay: float,
        steps: Steps,
        *,
        owner: int | None = None,
        is_multiline: bool = False,
        is_told: bool = True,
        **known: object,
    ) -> TypingReport:
        """Deliver a text exactly, or fail; what a field of the old kind holds then is in the report.

        Raises:
            InputFailed: If a character cannot be delivered, or the keyboard went elsewhere.
            DesktopUnavailable: If the screen is locked, or the program has more rights.
            RunStopped: If the run was stopped on the way.
        """
        del known
        text = checked(text)
        if not text:
            return TypingReport("keys", 0)
        window = focus.window(owner, steps.sleep)
        self._keyboard.wait_until_free(steps)
        field = fields.focused()
        if field is not None and field.is_read_only:
            raise InputFailed(
                say("The field with the keyboard focus in {title} is read-only.", title=focus.title(window)),
                say("Check that this is the right field, and that it can be changed."),
            )
        aim = Aim(focus.habit(window), is_multiline or (field is not None and field.is_multiline), is_told)
        planned = plan(text, method, _simple(text), 0, aim)
        stretches = [Stretch("keys" if each.way == "borrow" else each.way, each.text) for each in planned if each.text]
        self._sent, self._total = 0, len(text)
        for stretch in stretches:
            self._deliver(stretch, window, key_delay, steps)
        focus.settle(window)
        ways = {"paste" if each.way == "paste" else "keys" for each in stretches}
        return self._report(text, ways.pop() if len(ways) == 1 else "mixed", field, steps)

    def _report(self, text: str, way: str, field: Field | None, steps: Steps) -> TypingReport:
        if field is None:
            return TypingReport(way, len(text))
        seen, deadline = "", time.monotonic() + SHOWN_SECONDS
        while True:
            now = fields.read(field.number)
            held = now.text if now is not None else None
            is_there = arrival(text, held, field.role, field.text, field.selected) == "arrived"
            if is_there or held is None or time.monotonic() > deadline:
                return TypingReport(way, len(text), held, field.role, field.text, field.selected)
            if held != seen:
                seen, deadline = held, time.monotonic() + SHOWN_SECONDS
            steps.sleep(POLL)

    def _deliver(self, stretch: Stretch, window: int, key_delay: float, steps: Steps) -> None:
        if stretch.way == "paste":
            self._paste(stretch.text, window, steps)
        elif stretch.way == "control":
            self._watch(window)
            self._keyboard.press([CONTROL_KEYS[stretch.text]], 1, 0.0, steps)
            self._sent += 1
            steps.sleep(key_delay)
        else:
            self._keys(stretch.text, window, key_delay, steps)

    def _keys(self, text: str, window: int, key_delay: float, steps: Steps) -> None:
        for count, letter in enumerate(text, 1):
            self._watch(window)
            with steps.step():
                units = letter.encode("utf-16-le")
                inputs = [
                    each
                    for place in range(0, len(units), 2)
                    for each in sending.character(int.from_bytes(units[place : place + 2], "little"))
                ]
                sending.send(inputs)
            self._sent += 1
            if key_delay > 0:
                steps.sleep(key_delay)
            if count % SETTLE_EVERY == 0:
                focus.settle(window)

    def _watch(self, window: int) -> None:
        """Return when the next stroke would go to a window.

        Raises:
            InputFailed: If the keyboard is another window's now; says how much was typed.
        """
        now = looks.foreground()
        if now != window:
            raise self._broken_off(
                say("The keyboard focus moved from {before} to {now} while typing.",
                    before=focus.title(window), now=focus.title(now)),
                say("Check what opened, or type the parts in separate nodes."),
            )  # fmt: skip

    def _paste(self, text: str, window: int, steps: Steps) -> None:
        """Paste a stretch, and put back what was on the clipboard once the program has it."""
        self._watch(window)
        kept = self._clipboard.keep()
        if not kept.is_whole:
            raise self._broken_off(
                say("The clipboard contains something that cannot be restored after a paste, so nothing was pasted."),
                say("Copy something else, or change Method to Keys."),
            )
        try:
            self._offer(text, steps)
            self._watch(window)
            pressed = time.monotonic()
            is_terminal = focus.habit(window) == "terminal"
            self._keyboard.press(["ctrl", "shift", "v"] if is_terminal else ["ctrl", "v"], 1, 0.0, steps)
            self._wait_until_taken(window, pressed, steps)
            focus.settle(window)
        finally:
            self._clipboard.put(kept)
        self._sent += len(text)

    def _offer(self, text: str, steps: Steps) -> None:
        """Offer a text until nobody who only collects takes it."""
        for _ in range(OFFERS):
            with steps.step():
                self._clipboard.offer(text)
            steps.sleep(WATCHER_SECONDS)
            if not self._clipboard.fetches():
                return
        raise self._broken_off(
            say("A clipboard tool takes every paste, so it is unknown whether the text arrives."),
            say("Close the tool while flows run, or change Method to Keys."),
        )

    def _wait_until_taken(self, window: int, since: float, steps: Steps) -> None:
        pid = looks.process_of(window)
        deadline = since + TAKEN_SECONDS
        while not any(fetch.pid in (0, pid) for fetch in self._clipboard.fetches()):
            if time.monotonic() > deadline:
                raise self._broken_off(
                    say("{title} did not accept the pasted text.", title=focus.title(window)),
                    say("Check that the field is editable, or change Method to Keys."),
                )
            steps.sleep(POLL)
        steps.sleep(READ_SECONDS)

    def _broken_off(self, reason: str, fix: str) -> InputFailed:
        """Return the error of a text that is not typed to its end."""
        told = say(
            "{reason} Typed so far: {count} of {total} characters.", reason=reason, count=self._sent, total=self._total
        )
        return InputFailed(told, fix, typed=self._sent)


def _simple(text: str) -> set[str]:
    """Return the characters of a text that are one unit of UTF-16: programs take the others better by paste."""
    return {letter for letter in text if ord(letter) <= 0xFFFF}
