"""Top level windows: what sway tells of them, and acting on them until sway has done it.

sway knows no minimized and no maximized windows, and its tree holds neither the popups of programs nor which window a dialog
belongs to. Open menus and modal dialogs are asked of the accessibility tree; a program that publishes none has none, as far as
anybody can tell.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence

from flowdesk.drivers.wayland import locking, popups, screens
from flowdesk.drivers.wayland.sway import Sway
from flowdesk.drivers.wayland.tree import Facts, windows_of
from flowdesk.drivers.windowsystem import Modal, Surface
from flowdesk.engine.ports import Window, WindowAction
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError, InputFailed, NodeError, WindowAsks
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

PATIENCE = 5.0
"""Seconds that a program may take for one action."""
POLL = 0.02
ASKING = 0.3
"""Seconds that a dialog must stay over a window that is to be closed, to be a question."""

Pause = Callable[[float], None]

_placed: list[Point] = []
"""Where flowdesk put the pointer last: one point at most."""


def note_pointer(point: Point) -> None:
    """Note where the pointer was put."""
    _placed[:] = [point]


class SwayWindows:
    """The windows of sway. All methods may be called from any thread."""

    def __init__(self) -> None:
        """Connect.

        Raises:
            DesktopUnavailable: If sway does not answer.
        """
        self._sway = Sway()

    def close(self) -> None:
        """Disconnect. Idempotent."""
        self._sway.close()

    def check_unlocked(self, sleep: Pause | None = None) -> None:
        """Return where input reaches windows.

        Raises:
            DesktopUnavailable: If the session is locked.
        """
        locking.check(self._sway, sleep or _plain_pause)

    def facts(self) -> Sequence[Facts]:
        """Return what sway tells of each window, uppermost first."""
        return windows_of(self._sway.tree())

    def list(self) -> Sequence[Window]:
        """Return the windows that a person can see or bring up, uppermost first. Those that are not shown count as minimized."""
        return [_window(facts) for facts in self.facts()]

    def active(self) -> Window | None:
        """Return the window that has the keyboard."""
        return next((_window(facts) for facts in self.facts() if facts.is_active), None)

    def popup_at(self, point: Point) -> int | None:
        """Return the process of the popup at a point, as far as the program that has the keyboard tells of one."""
        popup = self._popup_at(point)
        return popup.pid if popup is not None else None

    def _popup_at(self, point: Point) -> Surface | None:
        active = self.active()
        if active is None or active.pid == os.getpid():
            return None
        menus = ((menu.name, menu.box) for menu in popups.open_menus(active.pid))
        return next(
            (Surface(0, 1, active.pid, name, box) for name, box in menus if box is not None and box.contains(point)),
            None,
        )

    def pointer(self) -> Point:
        """Return where the pointer was put last.

        Raises:
            InputFailed: If flowdesk has not put it anywhere yet.
        """
        if not _placed:
            raise InputFailed(
                say("Wayland does not tell where the mouse pointer is, and this run has not moved it yet."),
                say("Move the pointer with a node first, or use a target that is not relative to it."),
            )
        return _placed[0]

    def surface_at(self, point: Point) -> Surface:
        """Return what is uppermost at a point: a window, or a popup whose program tells where it is."""
        popup = self._popup_at(point)
        if popup is not None:
            return popup
        shown = (facts for facts in self.facts() if facts.is_shown and facts.box.contains(point))
        facts = next(shown, None)
        return Surface() if facts is None else Surface(facts.id, 0, facts.pid, facts.title, facts.box)

    def menus_of(self, pid: int, *, is_held: bool = False) -> Sequence[Surface]:
        """Return the open menus and lists of a process; one that may lie anywhere has the box of the whole screen."""
        whole = screens.whole()
        return [Surface(0, 1, pid, menu.name, menu.box or whole) for menu in popups.open_menus(pid)]

    def is_pointer_held(self) -> bool:
        """Whether the program that has the keyboard shows a menu: it keeps the pointer meanwhile."""
        active = self.active()
        return active is not None and active.pid != os.getpid() and bool(popups.open_menus(active.pid))

    def is_tooltip(self, number: int) -> bool:
        """Not known here."""
        return False

    def is_list(self, number: int) -> bool:
        """Not known here."""
        return False

    def owners_of(self, number: int) -> Sequence[int]:
        """Return the windows that a dialog belongs to: not told by sway."""
        return ()

    def modals_of(self, number: int, pid: int) -> Sequence[Modal]:
        """Return the dialogs of a process that keep one of its windows from taking input, as their program tells them."""
        found = self.facts()
        names = popups.modal_titles(pid)
        modal = [facts for facts in found if facts.pid == pid and facts.title in names]
        if any(facts.id == number for facts in modal):
            return ()
        return [
            Modal(each.id, each.title, each.box, is_certain=True, is_related=True) for each in modal if each.is_shown
        ]

    def is_question(self, number: int) -> bool:
        """Whether a window is a dialog that keeps another one of its program from taking input."""
        facts = self._look(number)
        return facts is not None and facts.title in popups.modal_titles(facts.pid)

    def _look(self, number: int) -> Facts | None:
        return next((facts for facts in self.facts() if facts.id == number), None)

    # -- acting

    def act(self, window: Window, action: WindowAction, box: Box | None = None, pause: Pause | None = None) -> None:
        """Act on a window and wait until it is done.

        Raises:
            NodeError: If the window is gone, did not do it in time, or sway cannot.
            WindowAsks: If it asks something before it closes.
        """
        pause = pause or _plain_pause
        now = self._look(window.id)
        if now is None:
            raise _gone(window)
        if action == "activate":
            self._activate(window, pause)
        elif action == "close":
            self._close(window, pause)
        elif action in ("minimize", "maximize"):
            raise NodeError(
                say("sway has no {action} for windows, so the window {title} was left as it is.", action=action, title=window.title),
                say("Run the flow on a separate desktop (flowdesk run --desktop private), or leave this step out."),
            )  # fmt: skip
        elif action == "restore":
            if now.is_fullscreen:
                self._sway.command(f"[con_id={window.id}] fullscreen disable")
            if not now.is_shown:
                self._activate(window, pause)
            self._wait(
                window, pause, lambda facts: facts.is_shown and not facts.is_fullscreen, _did_not(window, action)
            )
        else:
            self._place(window, now, action, box, pause)

    def _activate(self, window: Window, pause: Pause) -> None:
        self._sway.command(f"[con_id={window.id}] focus")
        self._wait(window, pause, lambda facts: facts.is_active, _did_not(window, "activate"))

    def _close(self, window: Window, pause: Pause) -> None:
        """Ask a window to close. It may ask back: then that is said, not waited for."""
        before = {facts.id for facts in self.facts()}
        self._sway.command(f"[con_id={window.id}] kill")
        deadline, asked_since = time.monotonic() + PATIENCE, 0.0
        while True:
            now = self.facts()
            if window.id not in {facts.id for facts in now}:
                return
            question = next((facts for facts in now if facts.pid == window.pid and facts.id not in before), None)
            asked_since = (asked_since or time.monotonic()) if question is not None else 0.0
            if question is not None and time.monotonic() - asked_since > ASKING:
                raise _asks(window, question)
            if time.monotonic() > deadline:
                raise _did_not_close(window)
            pause(POLL)

    def _place(self, window: Window, now: Facts, action: WindowAction, box: Box | None, pause: Pause) -> None:
        if box is None or (action == "resize" and box.is_empty):
            raise NodeError(
                say("To {action} a window, enter a position or a size.", action=action),
                say("Enter the position or the size."),
            )
        if not now.is_floating:
            raise NodeError(
                say("sway tiles the window {title}, so its position and size cannot be set.", title=window.title),
                say('Let sway float the window first, for example: for_window [app_id=".*"] floating enable'),
            )
        wanted = Box(*box[:2], *now.box[2:]) if action == "move" else Box(*now.box[:2], *box[2:])
        # sway grows a window to all sides, so that it is put back where it was.
        size = f"resize set width {wanted.width} px height {wanted.height} px, " if action == "resize" else ""
        self._sway.command(f"[con_id={window.id}] {size}move absolute position {wanted.x} px {wanted.y} px")

        def complaint() -> NodeError:
            seen = self._look(window.id)
            return NodeError(
                say(
                    "The window {title} did not {action} as requested: it is at {box}.",
                    title=window.title, action=action, box=list(seen.box if seen else ()),
                ),
                say("Use a position and size that the window and the window manager allow."),
            )  # fmt: skip

        self._wait(window, pause, lambda facts: facts.box == wanted, complaint)

    def _wait(
        self, window: Window, pause: Pause, is_done: Callable[[Facts], bool], complaint: Callable[[], NodeError]
    ) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            facts = self._look(window.id)
            if facts is None:
                raise _gone(window)
            if is_done(facts):
                return
            if time.monotonic() > deadline:
                raise complaint()
            pause(POLL)


def _window(facts: Facts) -> Window:
    return Window(
        id=facts.id, title=facts.title, app=facts.app, pid=facts.pid, box=facts.box,
        is_active=facts.is_active, is_minimized=not facts.is_shown,
    )  # fmt: skip


def facts_of_process(pid: int) -> Sequence[Facts]:
    """Return what sway tells of the windows of a process now; nothing where sway does not answer."""
    with contextlib.suppress(DesktopUnavailable):
        sway = Sway()
        try:
            return [facts for facts in windows_of(sway.tree()) if facts.pid == pid]
        finally:
            sway.close()
    return ()


def _plain_pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def _gone(window: Window) -> NodeError:
    return NodeError(
        say("The window {title} no longer exists.", title=window.title or str(window.id)),
        say("Find the window again before you use it."),
    )


def _did_not(window: Window, action: str) -> Callable[[], NodeError]:
    return lambda: NodeError(
        say("The window {title} did not {action} in time.", title=window.title or str(window.id), action=action),
        say("Check that the window allows this action and that its program responds."),
    )


def _did_not_close(window: Window) -> FlowdeskError:
    return NodeError(
        say("The window {title} did not close.", title=window.title or str(window.id)),
        say("If the window asks something, such as whether to save, answer it in the next node."),
    )


def _asks(window: Window, question: Facts) -> WindowAsks:
    return WindowAsks(
        say('The window {title} asks before it closes: "{question}".', title=window.title, question=question.title),
        say("Answer the question in a node connected to the error output, for example with a click on its button."),
        question=question.title,
        window=window.title,
    )
