"""Windows where the compositor tells nobody of them: their programs tell titles, sizes, and which one has the keyboard.

Nobody tells where they are. So they lie on a plane of flowdesk's own, side by side: an element keeps its place within its window, no
window covers another, and two looks agree. Nothing there is a place on the screen, so nothing that needs one is done there: no mouse,
no pictures. One program's first window lies at 0,0 mostly, so that its places are those within the window.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi.calls import (
    ACCESSIBLE,
    ROOT,
    Hangs,
    Place,
    Question,
    Unsupported,
    bits_of,
    extents_of,
    value_of,
)
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.wayland import popups, session
from flowdesk.drivers.windowsystem import Modal, Surface
from flowdesk.engine.ports import Window, WindowAction
from flowdesk.model.errors import InputFailed, MissingPiece
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

SPAN = 10_000
"""Pixels from the corner of one window to that of the next."""
MOST = 200
"""So many windows of one program, and so many places on the plane, at most."""
SECONDS = 0.05
"""How long what was told is taken for granted."""
PATIENCE = 1.0
"""Seconds that a program may take to answer; one that does not has no windows meanwhile."""
_NOT_WINDOWS = frozenset({33, 41, 64, 69})
"""Roles of AT-SPI that stand at the top of a program and are no windows to people: menus, tooltips, what GTK pops up (its windows are
frames), the stage of GNOME Shell. Qt tells of a plain window as a filler, so that what is left counts."""

Pause = Callable[[float], None]


class _Plane:
    """Which window lies where. What is asked may come from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: dict[Place, int] = {}
        self._seen: tuple[float, list[Window]] = (float("-inf"), [])

    def windows(self) -> list[Window]:
        """Return the windows, the one that has the keyboard first."""
        with self._lock:
            if time.monotonic() - self._seen[0] > SECONDS:
                self._seen = time.monotonic(), self._look()
            return self._seen[1]

    def _look(self) -> list[Window]:
        found: list[tuple[Place, int, str, str, int, Any]] = []
        with contextlib.suppress(Unsupported, Hangs):
            for program in atspi.open_bus().programs(PATIENCE):
                if program.pid == os.getpid():
                    continue
                with contextlib.suppress(Unsupported, Hangs):
                    found += [
                        (place, bits, title, program.name, program.pid, box)
                        for place, bits, title, box in _tops(program.bus)
                    ]
        there = {place for place, *_ in found}
        self._slots = {place: slot for place, slot in self._slots.items() if place in there}
        listed = [self._window(*one) for one in found[:MOST]]
        return sorted(listed, key=lambda window: (window.is_minimized, not window.is_active))

    def _window(self, place: Place, bits: int, title: str, app: str, pid: int, box: Any) -> Window:
        slot = self._slots.get(place)
        if slot is None:
            taken = set(self._slots.values())
            slot = self._slots[place] = next(number for number in range(MOST + 1) if number not in taken)
        width, height = (min(max(1, int(side)), SPAN - 1) for side in box[2:])
        is_shown = bool(bits >> State.SHOWING & 1)
        return Window(
            id=slot + 1,
            title=title,
            app=app,
            pid=pid,
            box=Box(slot * SPAN, 0, width, height),
            is_active=is_shown and bool(bits >> State.ACTIVE & 1),
            is_minimized=not is_shown,
        )

    def whole(self) -> Box:
        """Return a box that holds all windows."""
        return Box(0, 0, max((window.id for window in self.windows()), default=1) * SPAN, SPAN)


_plane = _Plane()


def _tops(bus: str) -> list[tuple[Place, int, str, Any]]:
    """Return place, states, title, and box of each window of a program."""

    def ask(asked: Sequence[Question]) -> list[Any]:
        return atspi.open_bus().ask(asked, PATIENCE)

    (listed,) = ask([Question(bus, ROOT, ACCESSIBLE, "GetChildren")])
    places: list[Place] = [(str(one), str(path)) for one, path in listed[0]][:MOST] if listed else []
    roles = ask([Question(*place, ACCESSIBLE, "GetRole") for place in places])
    mine = [place for place, role in zip(places, roles, strict=True) if role and int(role[0]) not in _NOT_WINDOWS]
    states = ask([Question(*place, ACCESSIBLE, "GetState") for place in mine])
    names = ask([value_of(*place, ACCESSIBLE, "Name") for place in mine])
    boxes = ask([extents_of(*place) for place in mine])
    return [
        (place, bits_of(state), str(name[0][1]), box[0])
        for place, state, name, box in zip(mine, states, names, boxes, strict=True)
        if state and name and box
    ]


def corner_of(pid: int, title: str) -> Point | None:
    """Return the corner on the plane from which a window's program measures; None where it is not sure which window that is."""
    mine = [window for window in _plane.windows() if window.pid == pid]
    named = [window for window in mine if window.title == title]
    if len(named) > 1:
        named = [window for window in named if window.is_active]
    found = named or (mine if len(mine) == 1 and title else [])
    return Point(found[0].box.x, found[0].box.y) if found else None


class PlaneWindows:
    """The windows of a session that tells of none. All methods may be called from any thread."""

    def close(self) -> None:
        """There is nothing of its own to close."""

    def list(self) -> Sequence[Window]:
        """Return the windows, the one that has the keyboard first."""
        return _plane.windows()

    def active(self) -> Window | None:
        """Return the window that says that it has the keyboard."""
        return next((window for window in _plane.windows() if window.is_active), None)

    def popup_at(self, point: Point) -> int | None:
        """Not known here."""
        del point
        return None

    def pointer(self) -> Point:
        """Say that nobody tells.

        Raises:
            InputFailed: Always.
        """
        raise InputFailed(
            say("Wayland does not tell where the mouse pointer is, and flowdesk does not move it here."),
            say("Use a target that is not relative to the pointer."),
        )

    def surface_at(self, point: Point) -> Surface:
        """Return the window at a point of the plane."""
        found = next((one for one in _plane.windows() if not one.is_minimized and one.box.contains(point)), None)
        return Surface() if found is None else Surface(found.id, 0, found.pid, found.title, found.box)

    def menus_of(self, pid: int, *, is_held: bool = False) -> Sequence[Surface]:
        """Return the open menus and lists of a process, each of which may lie anywhere."""
        del is_held
        return [Surface(0, 1, pid, menu.name, menu.box or _plane.whole()) for menu in popups.open_menus(pid)]

    def is_pointer_held(self) -> bool:
        """Whether the program that has the keyboard shows a menu."""
        active = self.active()
        return active is not None and bool(popups.open_menus(active.pid))

    def is_tooltip(self, number: int) -> bool:
        """Not known here."""
        del number
        return False

    def is_list(self, number: int) -> bool:
        """Not known here."""
        del number
        return False

    def owners_of(self, number: int) -> Sequence[int]:
        """Return the windows that a dialog belongs to: not told."""
        del number
        return ()

    def modals_of(self, number: int, pid: int) -> Sequence[Modal]:
        """Return the dialogs of a process that keep one of its windows from taking input, as their program tells them."""
        names = popups.modal_titles(pid)
        modal = [window for window in _plane.windows() if window.pid == pid and window.title in names]
        if any(window.id == number for window in modal):
            return ()
        shown = [window for window in modal if not window.is_minimized]
        return [Modal(one.id, one.title, one.box, is_certain=True, is_related=True) for one in shown]

    def is_question(self, number: int) -> bool:
        """Whether a window is a dialog that keeps another one of its program from taking input."""
        found = next((window for window in _plane.windows() if window.id == number), None)
        return found is not None and found.title in popups.modal_titles(found.pid)

    def act(self, window: Window, action: WindowAction, box: Box | None = None, pause: Pause | None = None) -> None:
        """Say that windows take no orders here.

        Raises:
            DesktopUnavailable: Always.
        """
        del window, action, box, pause
        raise session.refused(say("the windows of other programs"))


class PlaneScreen:
    """Stands for what takes pictures, in the words of ``mss``: it knows the plane, and has no picture of it."""

    @property
    def monitors(self) -> list[dict[str, Any]]:
        """The plane, twice: as the whole and as its only monitor."""
        box = _plane.whole()
        entry = {"left": box.x, "top": box.y, "width": box.width, "height": box.height, "name": ""}
        return [entry, dict(entry)]

    def grab(self, area: dict[str, int]) -> Any:
        """Say that there are none.

        Raises:
            MissingPiece: Always. Text is looked for among the elements then.
        """
        del area
        raise MissingPiece(no_pictures(), session.elsewhere())

    def close(self) -> None:
        """There is nothing to close."""


def no_pictures() -> str:
    """Say that the screen cannot be seen."""
    return say("{desktop} gives flowdesk no pictures of the screen.", desktop=session.name())
