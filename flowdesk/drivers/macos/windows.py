"""Top level windows where there is no X server, through ``pygetwindow``. Written from its documentation, not tried."""

import importlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from flowdesk.drivers.windowsystem import Modal, Surface
from flowdesk.engine.ports import Window, WindowAction
from flowdesk.model.errors import MissingPiece, NodeError
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

PATIENCE = 5.0


class MacWindows:
    """The windows of Windows; on macOS ``pygetwindow`` offers only a part."""

    def __init__(self) -> None:
        """Load ``pygetwindow``.

        Raises:
            MissingPiece: If it is not installed or does not know this platform.
        """
        try:
            import pygetwindow  # type: ignore[import-not-found,import-untyped,unused-ignore]
        except (ImportError, NotImplementedError) as missing:
            raise MissingPiece(
                say("Windows cannot be listed: pygetwindow does not work here."), say("Run: pip install pygetwindow")
            ) from missing
        self._library: Any = pygetwindow

    def close(self) -> None:
        """Nothing to close."""

    def list(self) -> Sequence[Window]:
        """Return the windows with a title."""
        active = self._library.getActiveWindow()
        return [_describe(each, active) for each in self._library.getAllWindows() if each.title]

    def active(self) -> Window | None:
        """Return the window that has the keyboard."""
        found = self._library.getActiveWindow()
        return _describe(found, found) if found is not None else None

    def popup_at(self, point: Point) -> int | None:
        """Nothing tells popups from windows here."""
        return None

    def pointer(self) -> Point:
        """Return where the pointer is."""
        x, y = importlib.import_module("pyautogui").position()
        return Point(int(x), int(y))

    def surface_at(self, point: Point) -> Surface:
        """Return the first window of the list that is there."""
        found = next((window for window in self.list() if window.box.contains(point)), None)
        return Surface(found.id, 0, found.pid, found.title, found.box) if found is not None else Surface()

    def menus_of(self, pid: int, *, is_held: bool = False) -> Sequence[Surface]:
        """Nothing tells menus from windows here."""
        return ()

    def modals_of(self, number: int, pid: int) -> Sequence[Modal]:
        """Nothing tells dialogs from windows here."""
        return ()

    def owners_of(self, number: int) -> Sequence[int]:
        """Return nothing: not known here."""
        return ()

    def is_question(self, number: int) -> bool:
        """Not known here."""
        return False

    def is_tooltip(self, number: int) -> bool:
        """Nothing tells tooltips here."""
        return False

    def is_list(self, number: int) -> bool:
        """Not known here."""
        return False

    def is_pointer_held(self) -> bool:
        """Not known here."""
        return False

    def act(
        self,
        window: Window,
        action: WindowAction,
        box: Box | None = None,
        pause: Callable[[float], None] | None = None,
    ) -> None:
        """Act on a window; the platform answers at once."""
        found = next((each for each in self._library.getAllWindows() if _number(each) == window.id), None)
        if found is None:
            raise NodeError(
                say("The window {title} no longer exists.", title=window.title),
                say("Find the window again before you use it."),
            )
        if action == "move" and box is not None:
            found.moveTo(box.x, box.y)
        elif action == "resize" and box is not None:
            found.resizeTo(box.width, box.height)
        elif action in {"activate", "close", "minimize", "maximize", "restore"}:
            getattr(found, action)()
        deadline = time.monotonic() + PATIENCE
        while action == "activate" and pause is not None and not found.isActive and time.monotonic() < deadline:
            pause(0.02)


def _number(window: Any) -> int:
    return int(getattr(window, "_hWnd", 0)) or abs(hash(window.title))


def _describe(window: Any, active: Any) -> Window:
    box = Box(window.left, window.top, window.width, window.height)
    return Window(
        id=_number(window),
        title=window.title,
        box=box,
        is_active=active is not None and _number(window) == _number(active),
        is_minimized=bool(window.isMinimized),
    )
