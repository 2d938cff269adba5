"""Top level windows: which there are, and acting on them until the window manager has done it (EWMH 1.5)."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from flowdesk.drivers.windowsystem import Modal, Pause, Surface
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11 import grabs, surfaces
from flowdesk.engine.ports import Window, WindowAction
from flowdesk.model.errors import NodeError, WindowAsks
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

PATIENCE = 5.0
"""Seconds that a window manager may take for one action."""
POLL = 0.02
ASKING = 0.3
"""Seconds that a dialog must stay over a window that is to be closed, to be a question."""
ICONIC = 3
"""``WM_STATE`` of a minimized window (ICCCM 4.1.3.1)."""
BY_PAGER = 2
"""Source of a request that speaks for the user (EWMH 1.5, "Source indication in requests")."""
NORTH_WEST = 1
SIZE_STEP = 64
"""Flag of ``WM_NORMAL_HINTS``: the window grows in steps, as terminals do."""


def _plain_pause(seconds: float) -> None:
    threading.Event().wait(seconds)


class X11Windows:
    """The windows of an X server with any EWMH window manager, or with none."""

    def __init__(self) -> None:
        """Connect.

        Raises:
            DesktopUnavailable: If there is no X server.
        """
        self._display = x11.connect()
        self._lock = threading.RLock()
        self._unseen: Any = None

    def close(self) -> None:
        """Close the connection. Idempotent."""
        with self._lock:
            if self._display is not None:
                display, self._display = self._display, None
                display.close()

    def list(self) -> Sequence[Window]:
        """Return the windows, uppermost first. Panels and the desktop's own window are not among them."""
        with self._lock:
            active = self._active_id()
            found = [self._describe(number, active) for number in reversed(self._ids())]
        return [window for window in found if window is not None]

    def active(self) -> Window | None:
        """Return the window that has the keyboard."""
        with self._lock:
            number = self._active_id()
            return self._describe(number, number) if number else None

    def popup_at(self, point: Point) -> int | None:
        """Return the process of the popup at a point: of the uppermost unmanaged window, if it lies over the others."""
        with self._lock:
            clients = set(self._ids())
            for child in reversed(x11.root_of(self._display).query_tree().children):
                with x11.forgiving():
                    if not self._covers(child, point):
                        continue
                    if child.id in clients or any(below.id in clients for below in child.query_tree().children):
                        return None
                    pid = x11.process_of(self._display, child.id)
                    if pid != os.getpid():
                        return pid
        return None

    def pointer(self) -> Point:
        """Return where the pointer is, in physical pixels."""
        with self._lock:
            place = x11.root_of(self._display).query_pointer()
            return Point(int(place.root_x), int(place.root_y))

    def surface_at(self, point: Point) -> Surface:
        """Return what is uppermost at a point, a window or a popup, whoever shows it."""
        with self._lock:
            return surfaces.surface_at(self._display, self._ids(), point)

    def menus_of(self, pid: int, *, is_held: bool = False) -> Sequence[Surface]:
        """Return the open menus and lists of a process that are windows of their own; ``is_held``: it keeps the pointer meanwhile."""
        with self._lock:
            return list(surfaces.menus_of(self._display, self._ids(), pid, is_held=is_held))

    def is_list(self, number: int) -> bool:
        """Whether a popup is the list of a field: its choices, or what it suggests."""
        with self._lock:
            return not surfaces.kinds_of(self._display, number) & {"MENU", "POPUP_MENU", "DROPDOWN_MENU"}

    def is_pointer_held(self) -> bool:
        """Whether some program keeps the pointer to itself, as menus do while they are open. One question to the server."""
        with self._lock:
            if self._unseen is None:
                self._unseen = x11.root_of(self._display).create_window(-10, -10, 1, 1, 0, 0)
            return grabs.is_pointer_held(self._unseen)

    def modals_of(self, number: int, pid: int) -> Sequence[Modal]:
        """Return the dialogs of a process that may keep one of its windows from taking input."""
        with self._lock:
            return surfaces.modals_of(self._display, self._ids(), number, pid)

    def owners_of(self, number: int) -> Sequence[int]:
        """Return the windows that a dialog belongs to, one after another."""
        with self._lock:
            return list(surfaces.owners_of(self._display, number))

    def is_question(self, number: int) -> bool:
        """Whether a window is a dialog that keeps another one of its program from taking input."""
        with self._lock:
            return surfaces.is_modal(self._display, number)

    def is_tooltip(self, number: int) -> bool:
        """Whether a popup only explains what the pointer is on."""
        with self._lock:
            return "TOOLTIP" in surfaces.kinds_of(self._display, number)

    def _covers(self, window: Any, point: Point) -> bool:
        """Whether a child of the root is shown at a point."""
        from Xlib import X

        place = window.get_geometry()
        if not Box(place.x, place.y, place.width, place.height).contains(point):
            return False
        attributes = window.get_attributes()
        return bool(attributes.map_state == X.IsViewable and attributes.win_class == X.InputOutput)

    def act(self, window: Window, action: WindowAction, box: Box | None = None, pause: Pause | None = None) -> None:
        """Act on a window and wait until the window manager has done it."""
        pause = pause or _plain_pause
        if self._look(window.id) is None:
            raise _gone(window)
        if action == "activate":
            self._activate(window, pause)
        elif action == "close":
            self._close(window, pause)
        elif action == "minimize":
            self._tell(window.id, "WM_CHANGE_STATE", ICONIC)
            self._wait(window, pause, lambda: self._is_minimized(window.id), _did_not(window, "minimize"))
        elif action == "maximize":
            self._activate(window, pause)
            self._set_maximized(window.id, 1)
            self._wait(window, pause, lambda: self._is_maximized(window.id), _did_not(window, "maximize"))
        elif action == "restore":
            self._restore(window, pause)
        else:
            self._place(window, action, box, pause)

    # -- actions

    def _activate(self, window: Window, pause: Pause) -> None:
        if not self._is_managed():
            self._focus(window.id)
        self._tell(window.id, "_NET_ACTIVE_WINDOW", BY_PAGER, 0, 0)
        self._wait(window, pause, lambda: self._active_id() == window.id, _did_not(window, "activate"))

    def _close(self, window: Window, pause: Pause) -> None:
        """Ask a window to close. It may ask back: then that is said, not waited for."""
        before = set(self._ids())
        questions: list[Window] = []

        def is_over() -> bool:
            questions[:] = self._questions(window, before)
            return window.id not in self._ids() or bool(questions)

        self._tell(window.id, "_NET_CLOSE_WINDOW", 0, BY_PAGER)
        self._wait(window, pause, is_over, _did_not_close(window))
        asked_until = time.monotonic() + ASKING
        while window.id in self._ids() and questions and time.monotonic() < asked_until:
            pause(POLL)  # what shows for a moment while it closes is no question
            is_over()
        if window.id in self._ids():
            if not questions:
                self._wait(window, pause, lambda: window.id not in self._ids(), _did_not_close(window))
                return
            raise _asks(window, questions[0])

    def _questions(self, window: Window, before: set[int]) -> Sequence[Window]:
        """Return the dialogs over a window: those of it that are new, and those of it that are modal."""
        found = []
        modal = self._atom("_NET_WM_STATE_MODAL")
        for number in reversed(self._ids()):
            if number == window.id:
                continue
            parent = self._values(number, "WM_TRANSIENT_FOR")
            is_own = len(parent) > 0 and int(parent[0]) == window.id
            is_new = number not in before
            if is_new and not is_own:
                is_own = bool(window.pid) and x11.process_of(self._display, number) == window.pid
            if is_own and (is_new or modal in self._states(number)):
                described = self._describe(number, 0)
                found += [described] if described is not None else []
        return found

    def _focus(self, number: int) -> None:
        """Raise a window and give it the keyboard where no window manager does."""
        from Xlib import X

        with self._lock, x11.forgiving():
            shown = x11.window(self._display, number)
            shown.configure(stack_mode=X.Above)
            shown.set_input_focus(X.RevertToParent, X.CurrentTime)
            self._display.sync()

    def _restore(self, window: Window, pause: Pause) -> None:
        if self._is_minimized(window.id):
            self._activate(window, pause)
        self._set_maximized(window.id, 0)
        self._tell(window.id, "_NET_WM_STATE", 0, self._atom("_NET_WM_STATE_FULLSCREEN"), 0, BY_PAGER)

        def is_normal() -> bool:
            return not self._is_maximized(window.id) and not self._is_minimized(window.id)

        self._wait(window, pause, is_normal, _did_not(window, "restore"))

    def _place(self, window: Window, action: WindowAction, box: Box | None, pause: Pause) -> None:
        if box is None or (action == "resize" and box.is_empty):
            raise NodeError(
                say("To {action} a window, enter a position or a size.", action=action),
                say("Enter the position or the size."),
            )
        if self._is_maximized(window.id) or self._is_minimized(window.id):
            self._restore(window, pause)
        left, right, top, bottom = self._borders(window.id)
        if action == "move":
            self._tell(window.id, "_NET_MOVERESIZE_WINDOW", NORTH_WEST | 0x300 | BY_PAGER << 12, box.x, box.y)
        else:
            # The corner is sent along: with the size alone, openbox shifts a window by the width of its border.
            corner = self._look(window.id) or box
            size = max(1, box.width - left - right), max(1, box.height - top - bottom)
            flags = NORTH_WEST | 0xF00 | BY_PAGER << 12
            self._tell(window.id, "_NET_MOVERESIZE_WINDOW", flags, corner.x, corner.y, *size)
        slack = self._size_steps(window.id) if action == "resize" else (1, 1)

        def is_there() -> bool:
            now = self._look(window.id)
            if now is None:
                return False
            off = (
                (now.x - box.x, now.y - box.y) if action == "move" else (now.width - box.width, now.height - box.height)
            )
            return abs(off[0]) < slack[0] and abs(off[1]) < slack[1]

        def complaint() -> NodeError:
            return NodeError(
                say(
                    "The window {title} did not {action} as requested: it is at {box}.",
                    title=_title(window),
                    action=action,
                    box=list(self._look(window.id) or ()),
                ),
                say("Use a position and size that the window and the window manager allow."),
            )

        self._wait(window, pause, is_there, complaint)

    def _wait(
        self, window: Window, pause: Pause, is_done: Callable[[], bool], complaint: Callable[[], NodeError]
    ) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            with self._lock:
                # Looked at first: a window may go between the two looks, and a closed one is done, not missing.
                is_gone = window.id not in self._ids()
                if is_done():
                    return
            if is_gone:
                raise _gone(window)
            if time.monotonic() > deadline:
                raise complaint()
            pause(POLL)

    def _tell(self, number: int, message: str, *values: int) -> None:
        with self._lock:
            x11.tell_window_manager(self._display, number, message, *values)

    def _set_maximized(self, number: int, is_on: int) -> None:
        vertical, horizontal = self._atom("_NET_WM_STATE_MAXIMIZED_VERT"), self._atom("_NET_WM_STATE_MAXIMIZED_HORZ")
        self._tell(number, "_NET_WM_STATE", is_on, vertical, horizontal, BY_PAGER)

    # -- looking

    def _atom(self, name: str) -> int:
        with self._lock:
            return int(self._display.intern_atom(name))

    def _values(self, number: int, name: str) -> Sequence[int]:
        with self._lock:
            return x11.property_values(self._display, number, name)

    def _ids(self) -> Sequence[int]:
        """Return the ids of the managed windows, lowest first."""
        root = x11.root_of(self._display).id
        if self._is_managed():
            lists = (self._values(root, name) for name in ("_NET_CLIENT_LIST_STACKING", "_NET_CLIENT_LIST"))
            return list(next((found for found in lists if len(found)), ()))
        return [each.id for each in x11.root_of(self._display).query_tree().children if self._is_plain(each)]

    def _is_managed(self) -> bool:
        with self._lock:
            return x11.has_manager(self._display)

    def _is_plain(self, window: Any) -> bool:
        """Whether a child of the root is an application's window, where no window manager says so."""
        from Xlib import X

        with x11.forgiving():
            attributes = window.get_attributes()
            return (
                attributes.map_state == X.IsViewable
                and not attributes.override_redirect
                and len(self._values(window.id, "WM_CLASS")) > 0
            )
        return False

    def _active_id(self) -> int:
        root = x11.root_of(self._display).id
        if self._is_managed():
            found = self._values(root, "_NET_ACTIVE_WINDOW")
            return int(found[0]) if len(found) else 0
        with self._lock:
            focus = self._display.get_input_focus().focus
        number = getattr(focus, "id", 0)
        return number if number in self._ids() else 0

    def _states(self, number: int) -> set[int]:
        return set(self._values(number, "_NET_WM_STATE"))

    def _is_minimized(self, number: int) -> bool:
        state = self._values(number, "WM_STATE")
        return bool(len(state)) and state[0] == ICONIC

    def _is_maximized(self, number: int) -> bool:
        states = self._states(number)
        return {self._atom("_NET_WM_STATE_MAXIMIZED_VERT"), self._atom("_NET_WM_STATE_MAXIMIZED_HORZ")} <= states

    def _borders(self, number: int) -> tuple[int, int, int, int]:
        """Return the widths that the frame adds left, right, above and below; negative for a client's own shadows."""
        shadow = self._values(number, "_GTK_FRAME_EXTENTS")
        if len(shadow) == 4:
            return (-shadow[0], -shadow[1], -shadow[2], -shadow[3])
        frame = self._values(number, "_NET_FRAME_EXTENTS")
        return (frame[0], frame[1], frame[2], frame[3]) if len(frame) == 4 else (0, 0, 0, 0)

    def _size_steps(self, number: int) -> tuple[int, int]:
        hints = self._values(number, "WM_NORMAL_HINTS")
        if len(hints) >= 11 and hints[0] & SIZE_STEP:
            return (max(1, hints[9]), max(1, hints[10]))
        return (1, 1)

    def _look(self, number: int) -> Box | None:
        """Return a window's frame, ``None`` when it is gone."""
        with self._lock, x11.forgiving():
            window = x11.window(self._display, number)
            size = window.get_geometry()
            place = window.translate_coords(x11.root_of(self._display), 0, 0)
            left, right, top, bottom = self._borders(number)
            return Box(-place.x - left, -place.y - top, size.width + left + right, size.height + top + bottom)
        return None

    def _describe(self, number: int, active: int) -> Window | None:
        kinds = self._values(number, "_NET_WM_WINDOW_TYPE")
        hidden = {self._atom("_NET_WM_WINDOW_TYPE_DESKTOP"), self._atom("_NET_WM_WINDOW_TYPE_DOCK")}
        box = self._look(number)
        if box is None or hidden & set(kinds):
            return None
        title = x11.property_text(self._display, number, "_NET_WM_NAME")
        names = x11.property_text(self._display, number, "WM_CLASS").split("\0")
        return Window(
            id=number,
            title=title or x11.property_text(self._display, number, "WM_NAME"),
            app=names[1] if len(names) > 1 else names[0],
            pid=x11.process_of(self._display, number),
            box=box,
            is_active=number == active,
            is_minimized=self._is_minimized(number),
        )


def _title(window: Window) -> str:
    return window.title or window.app or say("a window without a title")


def _gone(window: Window) -> NodeError:
    return NodeError(
        say("The window {title} no longer exists.", title=_title(window)),
        say("Find the window again before you use it."),
    )


def _did_not(window: Window, action: str) -> Callable[[], NodeError]:
    return lambda: NodeError(
        say("The window {title} did not {action} in time.", title=_title(window), action=action),
        say("Check that the window allows this action and that a window manager is running."),
    )


def _did_not_close(window: Window) -> Callable[[], NodeError]:
    return lambda: NodeError(
        say("The window {title} did not close.", title=_title(window)),
        say("If the window asks something, such as whether to save, answer it in the next node."),
    )


def _asks(window: Window, question: Window) -> WindowAsks:
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
