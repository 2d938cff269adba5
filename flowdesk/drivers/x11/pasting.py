"""A paste, from the offer on the clipboard until the text is where it was to go.

That a program asked for what is pasted proves little: browsers ask once to check it, then again from the process that draws the page,
and under load half a second lies between. Whoever puts the old clipboard back in between loses the text, or pastes the old one. So a
paste is over when the field holds the text; where no field can be read, when the program has asked for nothing for a while.
"""

import time
from collections.abc import Callable, Sequence

from flowdesk.drivers import programs
from flowdesk.drivers.steps import Steps
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.clipboard import Asked, X11Clipboard
from flowdesk.drivers.x11.content import Content
from flowdesk.drivers.x11.keyboard import Keyboard
from flowdesk.model.arrival import Arrival

QUIET = 0.08
"""Seconds without a further question after which a paste counts as done (some programs ask several times)."""
LONG_QUIET = 0.5
"""The same where an answer to a ping proves nothing: the program answers none, or another process of it draws the page and asks when
it comes to it. Motif asks twice, a browser too."""
UNTOLD = 0.5
"""Seconds after which a program that was handed what is pasted, and does not say that it took it (Tk), has taken it."""
PATIENCE = 5.0
"""Seconds in which the application must begin to ask for what is pasted."""
WEB_PATIENCE = 15.0
"""The same where another process draws the page."""
SHOWN_PATIENCE = 6.0
"""Seconds after the last question in which the field must change."""
CHANGED_PATIENCE = 1.5
"""Seconds after the last question in which a field that has changed must hold exactly the text."""
GAPS = 4
"""So many times the longest gap between two of its questions must be quiet, too: a busy program asks slowly."""
LOOK_EVERY = 0.01
"""Seconds between two looks at a field."""
BARRED_SECONDS = 10.0
"""How long a program that may still paste gets nothing of the clipboard that was put back."""

Witness = Callable[[str], Arrival]
"""Reads the field that a text goes to, and says what became of the part of the text that was sent so far."""


class Paster:
    """Pastes into the focused window. Belongs to the input thread."""

    def __init__(self, keyboard: Keyboard, clipboard: X11Clipboard) -> None:
        """Use a keyboard and a clipboard."""
        self._keyboard = keyboard
        self._clipboard = clipboard
        self._focus = keyboard.focus
        self._barred = 0

    def keep(self, window: int) -> dict[str, Content]:
        """Return what is on the clipboard, to be put back."""
        self._barred = 0
        return {selection: self._clipboard.keep(selection) for selection in self._selections(window)}

    def put_back(self, kept: dict[str, Content]) -> None:
        """Put back what was on the clipboard. A program that may still paste gets nothing of it for a while."""
        for selection, content in kept.items():
            self._clipboard.put(selection, content)
        if self._barred and kept:
            self._clipboard.bar(self._barred, BARRED_SECONDS)

    def withdraw(self, window: int) -> bool:
        """Take the offer back: what is pasted from now on is nothing. Return whether the program has nothing of it."""
        self._barred = window
        return self._clipboard.withdraw()

    @property
    def is_refused(self) -> bool:
        """Whether the program knows too few letters for what was offered last."""
        return self._clipboard.asked().is_refused

    def begin(self, text: str, window: int, steps: Steps) -> None:
        """Offer a text to a window."""
        with steps.step():
            self._clipboard.offer(self._selections(window), Content.of_text(text), window)

    def finish(self, window: int, so_far: str, witness: Witness | None, steps: Steps) -> Arrival | None:
        """Press the keys that paste, and wait until it is over.

        Args:
            window: The window that has the keyboard.
            so_far: All of the text up to the end of what is pasted.
            witness: See ``Witness``; None where no field can be read.
            steps: The run's brake.

        Returns:
            What is known of the text then: ``nothing`` where the field is as before, though the program has what is pasted, which may
            still arrive. None where the program did not ask for it.
        """
        is_web = programs.draws_in_child(x11.process_of(self._keyboard.display, window))
        quiet = LONG_QUIET if is_web or not self._focus.answers(window) else QUIET
        self._keyboard.press(self._keys(window), 1, 0.0, steps)
        started, looked = time.monotonic(), 0.0
        look_every = LOOK_EVERY
        while True:
            asked = self._clipboard.asked()
            now = time.monotonic()
            if not asked.count and not self._has_left_it(window, asked.handed, steps):
                if asked.is_refused and asked.last and now - asked.last > UNTOLD:
                    return None
                if now - started > (WEB_PATIENCE if is_web else PATIENCE):
                    return "nothing" if asked.handed else None
            elif witness is None:
                if self._is_over("unknown", asked, quiet):
                    return "unknown"
            elif now - looked >= look_every:
                seen = witness(so_far)
                looked = time.monotonic()
                look_every = max(LOOK_EVERY, 3 * (looked - now))
                if self._is_over(seen, asked, quiet):
                    return seen
            steps.sleep(0.005)

    @staticmethod
    def _is_over(seen: Arrival, asked: Asked, least: float) -> bool:
        """Whether a paste is over, as far as a field shows it."""
        quiet = time.monotonic() - asked.last
        if seen == "arrived":
            return True
        if seen == "unknown":
            return quiet >= max(least, GAPS * asked.slowest)
        return quiet > (SHOWN_PATIENCE if seen == "nothing" else CHANGED_PATIENCE)

    def _has_left_it(self, window: int, handed: float, steps: Steps) -> bool:
        """Whether the application was handed the content a while ago, goes on working, and will not tell that it has it."""
        if not handed or time.monotonic() - handed < UNTOLD:
            return False
        # It answers in order: what was handed over before the question has been read.
        self._focus.settle(window, steps.sleep)
        return True

    def _selections(self, window: int) -> tuple[str, ...]:
        # Not PRIMARY elsewhere: taking it makes programs drop the very selection that the paste is to replace.
        names = self._focus.names(window)
        return ("CLIPBOARD", "PRIMARY") if names & programs.PRIMARY_PASTERS else ("CLIPBOARD",)

    def _keys(self, window: int) -> Sequence[str]:
        names = self._focus.names(window)
        habit = programs.habit_of(names)
        has_v = self._keyboard.strokes().get("v", (0, 1))[1] == 0
        if names & programs.PRIMARY_PASTERS or habit == "emacs" or not has_v:
            return ("shift", "insert")
        return ("ctrl", "shift", "v") if habit == "terminal" else ("ctrl", "v")
