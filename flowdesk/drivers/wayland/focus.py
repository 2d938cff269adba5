"""Which window has the keyboard."""

import time
from collections.abc import Callable

from flowdesk.drivers import programs
from flowdesk.drivers.programs import Habit
from flowdesk.drivers.wayland.tree import Facts
from flowdesk.drivers.wayland.windows import SwayWindows
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

MOVE_PATIENCE = 1.0
"""Seconds that the keyboard may take to come to the window that was clicked or raised."""
POLL = 0.02


class Focus:
    """Asks sway who has the keyboard."""

    def __init__(self, windows: SwayWindows) -> None:
        """Ask by this connection."""
        self._windows = windows

    def now(self) -> Facts | None:
        """Return the window that has the keyboard; None where a layer of the desktop has it, as a launcher or a lock screen."""
        return next((facts for facts in self._windows.facts() if facts.is_active), None)

    def title(self, number: int) -> str:
        """Return what people call a window."""
        found = next((facts for facts in self._windows.facts() if facts.id == number), None)
        return (found.title or found.app) if found is not None else say("a window without a title")

    def wait_for(self, owner: int | None, sleep: Callable[[float], None], patience: float = MOVE_PATIENCE) -> Facts:
        """Return the window that has the keyboard, once it is the one that the input is for.

        Raises:
            InputFailed: If it does not become so within ``patience`` seconds, none has the keyboard, or keys do not arrive there whole.
        """
        deadline = time.monotonic() + patience
        while True:
            now = self.now()
            if now is not None and owner in (None, now.id):
                _refuse_x11(now)
                return now
            if time.monotonic() > deadline:
                raise self._elsewhere(now, owner)
            sleep(POLL)

    def _elsewhere(self, now: Facts | None, owner: int | None) -> InputFailed:
        if now is None or owner is None:
            return InputFailed(
                say("No window has the keyboard focus, so the text cannot be typed."),
                say("Click the field, or activate its window, before typing."),
            )
        return InputFailed(
            say(
                "{now} has the keyboard focus instead of {wanted}, so nothing was typed.",
                now=now.title or now.app, wanted=self.title(owner),
            ),
            say("Close the window that took the keyboard focus, or click the intended window."),
        )  # fmt: skip


def habit_of(facts: Facts) -> Habit:
    """Return what the program of a window takes."""
    return programs.habit_of({facts.app.lower()})


def _refuse_x11(facts: Facts) -> None:
    """Refuse a window of an X program.

    Raises:
        InputFailed: If it is one: Xwayland passes a keymap on late, so that characters could arrive wrong.
    """
    if facts.is_x11:
        raise InputFailed(
            say(
                "{title} belongs to a program for X11. Keys could arrive there wrong under Wayland.", title=facts.title
            ),
            say(
                "Start the program for Wayland, or run the flow on a separate desktop (flowdesk run --desktop private)."
            ),
        )
