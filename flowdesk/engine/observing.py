"""What a recording is told of the desktop, and what it asks of the driver: who listens changes nothing.

A *moment* is the desktop as it was at a press: windows, elements and pixels, kept until nobody asks about it any more.
Times are seconds of one monotonic clock, points physical pixels of the virtual desktop.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from flowdesk.engine.ports import Button, Element, Monitor, TextLine, Window
from flowdesk.model.geometry import Box, Point
from flowdesk.model.parts import Tick
from flowdesk.model.target import Query, Sighting

Modifiers = tuple[str, ...]
"""``ctrl``, ``shift``, ``alt``, ``super``, in this order."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A mouse button went down."""

    at: float
    point: Point
    button: Button
    modifiers: Modifiers = ()
    top: int = 0
    """What was uppermost at the point right then, as ``Listening.top_at`` tells it: a popup that the press opens comes later."""


@dataclass(frozen=True, slots=True)
class Released:
    """A mouse button went up."""

    at: float
    point: Point
    button: Button


@dataclass(frozen=True, slots=True)
class Turned:
    """The wheel turned by one click: ``dx`` to the right, ``dy`` down."""

    at: float
    point: Point
    dx: int
    dy: int
    modifiers: Modifiers = ()


@dataclass(frozen=True, slots=True)
class KeyDown:
    """A key went down, or repeats. ``text`` is what it would type by itself, ``""`` for a key that types nothing."""

    at: float
    key: str
    """As the `keys` node calls it."""
    text: str = dataclasses.field(default="", repr=False)
    modifiers: Modifiers = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """The pointer moved."""

    at: float
    point: Point


Heard = Pressed | Released | Turned | KeyDown | Moved


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """What has the keyboard, where its program tells."""

    key: str
    """Tells one field from another."""
    role: str
    name: str
    box: Box
    value: str | None = dataclasses.field(default=None, repr=False)
    """What it holds; None where it does not tell, and always of a secret."""
    is_secret: bool = False
    is_editable: bool = True
    is_terminal: bool = False
    moment: int = 0
    """Of when it was first seen with the keyboard."""
    window: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """What became of the element that was pressed last."""

    is_there: bool = True
    tick: Tick | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """A process that has shown a window for the first time."""

    command: tuple[str, ...]
    cwd: str = ""
    parents: tuple[int, ...] = ()
    """The processes that started it, the nearest first."""


@dataclass(frozen=True, slots=True)
class Look:
    """The desktop at one time, as far as a recording needs it."""

    at: float
    windows: tuple[Window, ...] = ()
    """Uppermost first; flowdesk's own left out."""
    field: FieldSeen | None = None
    pressed: State | None = None
    popups: tuple[Box, ...] = ()
    """Where the menus and lists of the active program are, that are windows of their own."""
    is_hushed: bool = False
    """Whether what is typed now is not shown, as at the password prompt of a terminal."""
    is_own: bool = False
    """Whether flowdesk itself, or the terminal from which it records, has the keyboard."""
    is_clear: bool = False
    """Whether what has the keyboard is told to be none of the fields for passwords that are shown, although no field is told to have it."""
    is_torn: bool = False
    """Whether something was pressed while it was taken: what has the keyboard may be what has it since."""
    programs: Mapping[int, Program] = dataclasses.field(default_factory=dict)
    """The processes of the windows that are new."""

    @property
    def has_popup(self) -> bool:
        """Whether a menu or a list is open."""
        return bool(self.popups)

    @property
    def active(self) -> Window | None:
        """The window that has the keyboard."""
        return next((window for window in self.windows if window.is_active), None)


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies at a point at some moment."""

    moment: int
    point: Point
    window: Window | None = None
    path: tuple[Element, ...] = ()
    """The elements there, innermost first up to the window; empty where the program tells none."""
    keys: tuple[str, ...] = ()
    """What tells each of them from others."""
    windows: tuple[Window, ...] = ()
    is_popup: bool = False
    is_frame: bool = False
    """Whether the window manager's frame is there, not the program."""
    is_own: bool = False
    """Whether it is flowdesk's own, or the terminal from which it records."""
    is_late: bool = False
    """Whether it was looked at after the press: what it tells of a tick may be what the press made of it."""
    has_secrets: bool = False
    """Whether its program shows a field for passwords anywhere."""
    secrets: tuple[bool, ...] = ()
    """Of each element whether it is a field for passwords."""
    terminals: tuple[bool, ...] = ()
    """Of each element whether it is a terminal."""
    took: float = 0.0
    """How many seconds after the last input it came to look as it does; 0 where it did before, or nobody knows."""
    news: tuple[Point, float] | None = None
    """Where, and after how many seconds, something with a name came last that was not there at the last input."""


class Sights(Protocol):
    """The part of ``engine.ports.Eyes`` that looks for ways to name a target; of a moment, or of now."""

    async def find(self, query: Query, *, want_picture: bool = False) -> Sighting:
        """Look once."""

    async def elements_at(self, point: Point, patience: float = 1.0) -> Sequence[Element]:
        """Return the elements at a point, innermost first up to the window."""

    async def text_lines(self, region: Box) -> Sequence[TextLine]:
        """Read the lines of text in a region by OCR, in reading order."""

    async def screenshot(self, region: Box | None = None, monitor: int | None = None) -> bytes:
        """Take a picture as PNG."""

    async def windows(self) -> Sequence[Window]:
        """Return the top level windows, uppermost first."""

    async def monitors(self) -> Sequence[Monitor]:
        """Return the monitors, the first first."""


Ending = Literal["keys", "lost"]
"""Why listening ended by itself: Ctrl+Alt+Q, or the desktop is gone."""


class Witness(Protocol):
    """Looks at the desktop for a recording. All methods block for milliseconds; one thread at a time."""

    def hit(self, point: Point, top: int = 0, since: float = float("inf")) -> Hit:
        """Keep the moment, and return what lies at a point; ``top`` is what was uppermost there.

        Its pixels are those from before the pointer came there, if they were seen ``since`` then: many programs light up what it is on.
        """

    def recall(self, point: Point, top: int, since: float, before: float, *, is_to_hold: bool) -> Hit | None:
        """Return what lay at a point in the last moment before a time in which ``top`` was uppermost.

        With ``is_to_hold`` only where it still is there as it was, which takes one question; else for what has changed by now.
        Of a program that tells nothing only what was seen since the last input counts.
        """

    def before_popup(self, hit: Hit, before: float) -> Hit | None:
        """Return what lay where a popup was hit, in the last moment before a time in which its window showed none."""

    def took(self, hit: Hit, box: Box, since: float) -> float:
        """Return how many seconds after a time what was pressed came to look as it did then; 0 where it did before."""

    def news(self, hit: Hit, since: float) -> tuple[Point, float] | None:
        """Return where something with a name came last that was not there at a time, and after how many seconds."""

    def look(self, at: float, hit: Hit | None = None) -> Look:
        """Look at the windows, at what has the keyboard, and at what was pressed, if that is given."""

    def sights(self, moment: int) -> Sights | None:
        """Return eyes that see a moment as it was; None when it is no longer kept."""

    def close(self) -> None:
        """Let go of all that is kept. Idempotent."""


class Listening(Protocol):
    """Hears mouse and keyboard until it is closed."""

    def top_at(self, point: Point) -> int:
        """Return a number for the window or popup that is uppermost at a point. Takes a millisecond."""

    def close(self) -> None:
        """End. Idempotent."""


class Observer(Protocol):
    """Listens to the person at this machine's desktop."""

    def listen(self, hear: Callable[[Heard], None], ended: Callable[[Ending], None]) -> Listening:
        """Call ``hear`` from a thread with all that mouse and keyboard do; ``ended`` when it ends by itself.

        Raises:
            DesktopUnavailable: If nothing can be heard here; says why.
        """

    def witness(self, is_own: Callable[[Window], bool]) -> Witness:
        """Return what looks. ``is_own`` says which windows are left out.

        Raises:
            DesktopUnavailable: If there is no desktop.
        """
