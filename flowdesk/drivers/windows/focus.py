"""Which window has the keyboard, and whether it reads what is sent."""

import time
from collections.abc import Callable

from flowdesk.drivers.programs import Habit
from flowdesk.drivers.windows import access, fields, looks
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

MOVE_PATIENCE = 1.0
"""Seconds that the keyboard may take to come to the window that was clicked or raised."""
POLL = 0.02
_NOTHING = 0
CONSOLES = frozenset({"ConsoleWindowClass", "CASCADIA_HOSTING_WINDOW_CLASS", "mintty", "PuTTY", "VirtualConsoleClass"})
VIEWERS = frozenset(
    {"TscShellContainerClass", "vncviewer", "TvnWindowClass", "VMPlayerFrame", "VMUIFrame", "Qt5QWindowIcon-vbox"}
)
MODAL = frozenset({"Vim", "Emacs", "SDL_app", "pygame"})


def window(owner: int | None, sleep: Callable[[float], None], patience: float = MOVE_PATIENCE) -> int:
    """Return the window that has the keyboard, once it is the one that the input is for.

    Raises:
        InputFailed: If it does not become so within ``patience`` seconds, or none has the keyboard.
        DesktopUnavailable: If the screen is locked, or the window's program has more rights.
    """
    deadline = time.monotonic() + patience
    while True:
        now = looks.foreground()
        if now and owner in (None, now):
            access.check_rights(looks.process_of(now), title(now))
            return now
        if time.monotonic() > deadline:
            raise _elsewhere(now, owner)
        sleep(POLL)


def _elsewhere(now: int, owner: int | None) -> InputFailed:
    if not now or owner is None:
        access.check_desktop()
        return InputFailed(
            say("No window has the keyboard focus, so the text cannot be typed."),
            say("Click the field, or activate its window, before typing."),
        )
    return InputFailed(
        say(
            "{now} has the keyboard focus instead of {wanted}, so nothing was typed.",
            now=title(now),
            wanted=title(owner),
        ),
        say("Close the window that took the keyboard focus, or click the intended window."),
    )


def title(number: int) -> str:
    """Return what people call a window."""
    return looks.title_of(number) or hex(number)


def habit(number: int) -> Habit:
    """Return what the program of a window takes, by the window's class."""
    kind = looks.class_of(number)
    if kind in CONSOLES:
        return "terminal"
    if kind in VIEWERS:
        return "viewer"
    if kind in MODAL:
        return "emacs" if kind == "Emacs" else "modal"
    return "plain"


def settle(number: int) -> None:
    """Wait until a window's program has read what was sent, or a second is over."""
    fields.ask(looks.focused() or number, _NOTHING)
