"""Top level windows: which there are, and acting on them until Windows has done it."""

import os
import threading
import time
from collections.abc import Callable, Sequence

from flowdesk.drivers.windows import access, api, looks
from flowdesk.drivers.windows.foreground import bring_to_front
from flowdesk.drivers.windowsystem import Modal, Surface
from flowdesk.engine.ports import Window, WindowAction
from flowdesk.model.errors import NodeError, WindowAsks
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

PATIENCE = 5.0
"""Seconds that a program may take for one action."""
POLL = 0.02
ASKING = 0.3
"""Seconds that a dialog must stay over a window that is to be closed, to be a question."""
_CLOSE = 0x10
_MINIMIZE, _MAXIMIZE, _RESTORE = 6, 3, 9
_KEEP_SIZE, _KEEP_PLACE, _KEEP_ORDER, _QUIETLY, _WITHOUT_WAITING = 0x1, 0x2, 0x4, 0x10, 0x4000

Pause = Callable[[float], None]


class DesktopWindows:
    """The windows of this session. All methods may be called from any thread; there is nothing to close."""

    def list(self) -> Sequence[Window]:
        """Return the windows that a person can see or bring up, uppermost first."""
        active = looks.foreground()
        return [_window(facts, active) for facts in looks.shown() if facts.is_application]

    def active(self) -> Window | None:
        """Return the window that has the keyboard."""
        number = looks.foreground()
        facts = looks.describe(number) if number else None
        return _window(facts, number) if facts is not None and facts.kind not in looks.SHELL else None

    def popup_at(self, point: Point) -> int | None:
        """Return the process of the menu or other popup at a point, if one lies over the windows there."""
        facts = looks.at(point, os.getpid())
        return facts.pid if facts is not None and not _is_managed(facts) else None

    def pointer(self) -> Point:
        """Return where the pointer is, in physical pixels."""
        return looks.pointer()

    def surface_at(self, point: Point) -> Surface:
        """Return what is uppermost at a point, a window or a popup, whoever shows it."""
        facts = looks.at(point)
        if facts is None:
            return Surface()
        number, is_window = facts.number, _is_managed(facts)
        return Surface(number if is_window else 0, 0 if is_window else number, facts.pid, facts.title, facts.box)

    def menus_of(self, pid: int, *, is_held: bool = False) -> Sequence[Surface]:
        """Return the open menus and lists of a process."""
        found = [facts for facts in looks.shown() if facts.is_menu and facts.pid == pid]
        return [Surface(0, facts.number, facts.pid, facts.title, facts.box) for facts in found]

    def modals_of(self, number: int, pid: int) -> Sequence[Modal]:
        """Return the dialogs that keep a window from taking input: Windows disables a window while one is open."""
        if not number or looks.is_enabled(number):
            return ()
        popup = looks.enabled_popup(number)
        dialogs = [
            facts
            for facts in looks.shown()
            if facts.pid == pid and facts.number != number and facts.is_application and looks.is_enabled(facts.number)
        ]
        found = sorted(dialogs, key=lambda facts: facts.number != popup and number not in looks.owners_of(facts.number))
        return [Modal(each.number, each.title, each.box, is_certain=True, is_related=True) for each in found]

    def owners_of(self, number: int) -> Sequence[int]:
        """Return the windows that a dialog belongs to, one after another."""
        return list(looks.owners_of(number))

    def is_question(self, number: int) -> bool:
        """Whether a window is a dialog that keeps another one of its program from taking input."""
        return any(not looks.is_enabled(owner) for owner in looks.owners_of(number))

    def is_tooltip(self, number: int) -> bool:
        """Whether a popup only explains what the pointer is on."""
        facts = looks.describe(number)
        return facts is not None and facts.is_tooltip

    def is_list(self, number: int) -> bool:
        """Not known here."""
        return False

    def is_pointer_held(self) -> bool:
        """Not known here."""
        return False

    def close(self) -> None:
        """There is nothing to close."""

    def act(self, window: Window, action: WindowAction, box: Box | None = None, pause: Pause | None = None) -> None:
        """Act on a window and wait until it is done.

        Raises:
            NodeError: If the window is gone, or did not do it in time.
            WindowAsks: If it asks something before it closes.
            DesktopUnavailable: If it belongs to a program with more rights.
        """
        pause = pause or _plain_pause
        if looks.describe(window.id) is None:
            raise _gone(window)
        access.check_rights(looks.process_of(window.id), _title(window))
        user = api.user()
        if action == "activate":
            bring_to_front(window.id, _title(window), pause)
        elif action == "close":
            _close(window, pause)
        elif action == "minimize":
            user.ShowWindowAsync(window.id, _MINIMIZE)
            _wait(window, pause, lambda: bool(user.IsIconic(window.id)), _did_not(window, "minimize"))
        elif action == "maximize":
            bring_to_front(window.id, _title(window), pause)
            user.ShowWindowAsync(window.id, _MAXIMIZE)
            _wait(window, pause, lambda: bool(user.IsZoomed(window.id)), _did_not(window, "maximize"))
        elif action == "restore":
            _restore(window, pause)
        else:
            _place(window, action, box, pause)


def _is_managed(facts: looks.Facts) -> bool:
    """Whether a window is none of those that show for a moment."""
    return not facts.is_menu and not facts.is_tooltip and (facts.is_application or facts.kind in looks.SHELL)


def _window(facts: looks.Facts, active: int) -> Window:
    return Window(
        id=facts.number,
        title=facts.title,
        app=facts.program,
        pid=facts.pid,
        box=facts.box,
        is_active=facts.number == active,
        is_minimized=facts.is_minimized,
    )


def _plain_pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def _close(window: Window, pause: Pause) -> None:
    """Ask a window to close. It may ask back: then that is said, not waited for."""
    before = set(looks.numbers())
    questions: list[looks.Facts] = []

    def is_over() -> bool:
        questions[:] = _questions(window, before)
        return not _is_shown(window.id) or bool(questions)

    api.user().PostMessageW(window.id, _CLOSE, 0, 0)
    _wait(window, pause, is_over, _did_not_close(window))
    asked_until = time.monotonic() + ASKING
    while _is_shown(window.id) and questions and time.monotonic() < asked_until:
        pause(POLL)  # what shows for a moment while it closes is no question
        is_over()
    if not _is_shown(window.id):
        return
    if questions:
        raise _asks(window, questions[0])
    _wait(window, pause, lambda: not _is_shown(window.id), _did_not_close(window))


def _questions(window: Window, before: set[int]) -> Sequence[looks.Facts]:
    """Return the dialogs over a window: those that are new, and those that keep it from taking input."""
    is_blocked = not looks.is_enabled(window.id)
    found = []
    for facts in looks.shown():
        is_own = facts.number != window.id and (window.id in looks.owners_of(facts.number) or facts.pid == window.pid)
        is_dialog = facts.is_application and looks.is_enabled(facts.number)
        is_standing = is_blocked and window.id in looks.owners_of(facts.number)
        if is_own and is_dialog and (facts.number not in before or is_standing):
            found.append(facts)
    return found


def _restore(window: Window, pause: Pause) -> None:
    user = api.user()
    for _ in range(2):  # a window that was minimized from being maximized is maximized first
        if user.IsIconic(window.id) or user.IsZoomed(window.id):
            was_minimized = bool(user.IsIconic(window.id))
            user.ShowWindowAsync(window.id, _RESTORE)

            def is_other(was_minimized: bool = was_minimized) -> bool:
                return bool(user.IsIconic(window.id)) < was_minimized or not (was_minimized or user.IsZoomed(window.id))

            _wait(window, pause, is_other, _did_not(window, "restore"))


def _place(window: Window, action: WindowAction, box: Box | None, pause: Pause) -> None:
    if box is None or (action == "resize" and box.is_empty):
        raise NodeError(
            say("To {action} a window, enter a position or a size.", action=action),
            say("Enter the position or the size."),
        )
    _restore(window, pause)
    seen, outer = looks.box_of(window.id), looks.outer_box(window.id)
    flags = _KEEP_ORDER | _QUIETLY | _WITHOUT_WAITING
    if action == "move":
        place = (box.x - (seen.x - outer.x), box.y - (seen.y - outer.y), 0, 0)
        api.user().SetWindowPos(window.id, None, *place, flags | _KEEP_SIZE)
    else:
        size = (0, 0, box.width + outer.width - seen.width, box.height + outer.height - seen.height)
        api.user().SetWindowPos(window.id, None, *size, flags | _KEEP_PLACE)

    def is_there() -> bool:
        now = looks.box_of(window.id)
        if action == "move":
            return (now.x, now.y) == (box.x, box.y)
        return (now.width, now.height) == (box.width, box.height)

    def complaint() -> NodeError:
        return NodeError(
            say(
                "The window {title} did not {action} as requested: it is at {box}.",
                title=_title(window),
                action=action,
                box=list(looks.box_of(window.id)),
            ),
            say("Use a position and size that the window and the window manager allow."),
        )

    _wait(window, pause, is_there, complaint)


def _is_shown(number: int) -> bool:
    user = api.user()
    return bool(user.IsWindow(number) and user.IsWindowVisible(number))


def _wait(window: Window, pause: Pause, is_done: Callable[[], bool], complaint: Callable[[], NodeError]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_done():
        if looks.describe(window.id) is None:
            raise _gone(window)
        if time.monotonic() > deadline:
            raise complaint()
        pause(POLL)


def _title(window: Window) -> str:
    return window.title or hex(window.id)


def _gone(window: Window) -> NodeError:
    return NodeError(
        say("The window {title} no longer exists.", title=_title(window)),
        say("Find the window again before you use it."),
    )


def _did_not(window: Window, action: str) -> Callable[[], NodeError]:
    return lambda: NodeError(
        say("The window {title} did not {action} in time.", title=_title(window), action=action),
        say("Check that the window allows this action and that its program responds."),
    )


def _did_not_close(window: Window) -> Callable[[], NodeError]:
    return lambda: NodeError(
        say("The window {title} did not close.", title=_title(window)),
        say("If the window asks something, such as whether to save, answer it in the next node."),
    )


def _asks(window: Window, question: looks.Facts) -> WindowAsks:
    return WindowAsks(
        say(
            'The window {title} asks before it closes: "{question}".',
            title=_title(window),
            question=question.title,
        ),
        say("Answer the question in a node connected to the error output, for example with a click on its button."),
        question=question.title,
        window=window.title,
    )
