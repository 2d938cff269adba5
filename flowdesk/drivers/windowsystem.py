"""What every platform tells of its windows: the port that ``drivers/<platform>/windows.py`` implements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from flowdesk.engine.ports import NOWHERE, Window, WindowAction
from flowdesk.model.geometry import Box, Point

Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Surface:
    """What is uppermost at a point: a managed window, or an unmanaged one (a menu, a tooltip, a notification)."""

    window: int = 0
    """The id of the managed window; 0 when an unmanaged one, or nothing, is there."""
    popup: int = 0
    """The id of the unmanaged window."""
    pid: int = 0
    title: str = ""
    box: Box = NOWHERE


@dataclass(frozen=True, slots=True)
class Modal:
    """A dialog that may keep other windows from taking input."""

    id: int
    title: str
    box: Box
    is_certain: bool
    """Whether it says that it is modal; else it only is a dialog of that window."""
    is_related: bool
    """Whether it belongs to the window; else only to the same process."""


class WindowSystem(Protocol):
    """The top level windows of this desktop. All methods block shortly and may be called from any thread."""

    def list(self) -> Sequence[Window]:
        """Return the windows that a person can see or bring up, uppermost first."""

    def active(self) -> Window | None:
        """Return the window that has the keyboard, ``None`` when none has."""

    def popup_at(self, point: Point) -> int | None:
        """Return the process of the menu or other popup at a point, if one lies over the windows there.

        0 stands for a popup of an unknown process. What this process itself shows is looked through.
        """

    def pointer(self) -> Point:
        """Return where the pointer is, in physical pixels."""

    def surface_at(self, point: Point) -> Surface:
        """Return what is uppermost at a point, a window or a popup, whoever shows it."""

    def menus_of(self, pid: int, *, is_held: bool = False) -> Sequence[Surface]:
        """Return the open menus and lists of a process that are windows of their own; ``is_held``: it keeps the pointer meanwhile."""

    def modals_of(self, number: int, pid: int) -> Sequence[Modal]:
        """Return the dialogs of a process that may keep one of its windows from taking input."""

    def owners_of(self, number: int) -> Sequence[int]:
        """Return the windows that a dialog belongs to, one after another."""

    def is_question(self, number: int) -> bool:
        """Whether a window is a dialog that keeps another one of its program from taking input."""

    def is_tooltip(self, number: int) -> bool:
        """Whether a popup only explains what the pointer is on."""

    def is_pointer_held(self) -> bool:
        """Whether some program keeps the pointer to itself, as menus do while they are open."""

    def is_list(self, number: int) -> bool:
        """Whether a popup is the list of a field: its choices, or what it suggests."""

    def act(self, window: Window, action: WindowAction, box: Box | None = None, pause: Pause | None = None) -> None:
        """Act on a window and wait until it is done.

        Args:
            window: Which one; only its id counts.
            action: What to do.
            box: The frame wanted: its corner for ``move``, its size for ``resize``.
            pause: Sleeps between looks, and raises to give up (a run's brake).

        Raises:
            NodeError: If the window is gone, or did not do it in time.
        """

    def close(self) -> None:
        """Close the connection. Idempotent."""
