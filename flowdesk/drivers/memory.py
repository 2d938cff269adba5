"""What every look needs beside its question: the windows of the desktop, and what the look before it left."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from flowdesk.drivers import pixels
from flowdesk.drivers.x11.surfaces import Surface
from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Box, Point

if TYPE_CHECKING:
    from flowdesk.drivers.pixels.again import Repeats
    from flowdesk.drivers.pixels.pictures import Hit
    from flowdesk.drivers.pixels.text import Reader


class WindowList(Protocol):
    """The windows of the desktop: the part of ``windows.WindowSystem`` that looking needs."""

    def list(self) -> Sequence[Window]:
        """Return the windows, uppermost first."""

    def active(self) -> Window | None:
        """Return the window that has the keyboard."""

    def popup_at(self, point: Point) -> int | None:
        """Return the process of the menu or other popup at a point, if one is shown there."""

    def pointer(self) -> Point:
        """Return where the pointer is."""

    def surface_at(self, point: Point) -> Surface:
        """Return what is uppermost at a point."""

    def is_pointer_held(self) -> bool:
        """Whether some program keeps the pointer to itself, as menus do while they are open."""

    def menus_of(self, pid: int, *, is_held: bool = False) -> Sequence[Surface]:
        """Return the open menus and lists of a process that are windows of their own; ``is_held``: it keeps the pointer meanwhile."""


class Memory:
    """What one look leaves for the next: the text reader, where pictures were, what stood there on a miss."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.last_hits: dict[tuple[str, str, Box], Hit] = {}
        self.candidates: dict[str, tuple[float, tuple[str, ...]]] = {}

    @cached_property
    def reader(self) -> "Reader":
        """What reads text."""
        return pixels.text.Reader()

    @cached_property
    def repeats(self) -> "Repeats":
        """What searches for pictures that are searched for again and again."""
        return pixels.again.Repeats()
