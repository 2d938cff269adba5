"""What the engine asks of a desktop. ``drivers`` implements it for real, ``drivers.fake`` for engine tests.

Coordinates are physical pixels of the virtual desktop, durations seconds. Every method may be awaited on the event
loop and never blocks it. Input methods pass the run's brake between steps of at most 20 ms and raise
``RunStopped`` once it is pulled; whatever they hold down is released on every way out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from flowdesk.engine.brake import Brake
from flowdesk.engine.elementport import Elements as Elements
from flowdesk.engine.holding import Button as Button
from flowdesk.engine.holding import Holding
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import ElementState, Query, Sighting, Spot

TypingMethod = Literal["auto", "keys", "paste"]
WindowAction = Literal["activate", "close", "minimize", "maximize", "restore", "move", "resize"]
Act = Literal["press", "point", "element"]
"""How a target is to be acted on: pressed by the pointer, only pointed at, or used by its own action or value."""
ObstacleKind = Literal["window", "popup", "element", "dialog", "area"]

NOWHERE = Box(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Window:
    """A top level window: id of the platform, title, application, process and frame."""

    id: int
    title: str
    app: str = ""
    pid: int = 0
    box: Box = NOWHERE
    is_active: bool = False
    is_minimized: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the accessibility tree that is shown: where it is, what it is, whose it is."""

    box: Box
    state: ElementState
    app: str = ""
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a target from taking input: its kind, what people call it (a title, or role and name), and its place."""

    kind: ObstacleKind
    name: str
    box: Box = NOWHERE
    app: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of a target is shown: its box as it is now, what of it is in sight, and what cuts off the rest."""

    box: Box
    shown: Box
    point: Point
    """Where to act now: it moves with the box."""
    edge: Obstacle | None = None
    view: Box | None = None
    """Where the point may lie, which an offset may put beside the target; None: where the target is shown."""

    @property
    def is_in(self) -> bool:
        """Whether the point to act on is in sight."""
        return (self.view or self.shown).contains(self.point)


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text as it was read off the screen."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture of a part of the screen: which part, how it is compressed, the bytes."""

    box: Box
    format: Literal["png", "jpeg"]
    content: bytes


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor: number (1 is the first), frame, scale (1.0 is 96 dpi), name."""

    number: int
    box: Box
    scale: float = 1.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of ``flowdesk doctor``: what was looked at, whether it is there, and what to do if not."""

    name: str
    is_ok: bool
    message: str
    fix: str = ""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class TypingReport:
    """How a text was delivered: ``keys``, ``paste`` or ``mixed``, and what was read back (``None``: could not be read)."""

    method: str
    characters: int
    read_back: str | None = None
    role: str = ""
    """Role of the field that was read back, as in ``ElementState``."""
    before: str | None = None
    """What the field held before, where that could be read."""
    selected: int = 0
    """How many of these characters were selected, so that the text took their place."""
    is_open: bool = False
    """Whether the program has the text and did not show it in time: it may still arrive."""


@dataclass(slots=True)
class Attempts:
    """What is known of the attempts to type one text at one place, kept between them, so that none doubles what another has left."""

    field: object = None
    """The field as it was before the first of them, as the driver knows it."""
    may_have_left: bool = False
    """Whether a part of the text may have arrived, or may still."""


class Live(Protocol):
    """The screen as it changes, kept between looks."""

    @property
    def box(self) -> Box:
        """The desktop as of the last look."""

    async def look(self) -> Sequence[Box]:
        """Look, and return the boxes in which pixels changed since the last look; at first all of it.

        Raises:
            DesktopUnavailable: If the screen cannot be read.
        """

    async def encode(self, box: Box, scale: float, quality: int) -> Encoded:
        """Return a part of the screen as of the last look, made smaller by ``scale`` (over 0, at most 1)."""


class Eyes(Protocol):
    """Looking. None of it changes anything on the desktop."""

    async def find(self, query: Query, *, want_picture: bool = False) -> Sighting:
        """Look once, now. Never waits for a target to appear.

        Raises:
            SelectorError, PictureUnusable, MissingPiece, DesktopUnavailable: If looking itself is impossible.
        """

    async def state(self, spot: Spot) -> Spot:
        """Read the element at a spot again: its value, and whether it is enabled and checked."""

    async def read_text(self, region: Box, patience: float | None = None) -> str | None:
        """Read the text in a region by OCR, one line of text a line; ``None`` when that takes more than ``patience`` seconds."""

    async def elements_at(self, point: Point, patience: float = 1.0) -> Sequence[Element]:
        """Return the elements at a point, innermost first up to the window; flowdesk's own windows are looked through.

        Empty where there are none, and where the program does not answer within ``patience`` seconds.
        """

    async def text_lines(self, region: Box) -> Sequence[TextLine]:
        """Read the lines of text in a region by OCR, in reading order.

        Raises:
            MissingPiece: If nothing can read text here.
        """

    async def screenshot(self, region: Box | None = None, monitor: int | None = None) -> bytes:
        """Take a picture as PNG: of the whole virtual desktop, of one monitor (1 is the first), or of a region."""

    def live(self) -> Live:
        """Return the screen as it changes, beginning with the next look."""

    async def changed_fraction(self, region: Box | None, key: str, *, since_first: bool = False) -> float:
        """Return the fraction (0 to 1) of pixels that changed since the last call with this ``key``; 1 at the first.

        ``since_first``: since the first call with the ``key``, however slowly it came.
        """

    async def windows(self) -> Sequence[Window]:
        """Return the top level windows, uppermost first."""

    async def monitors(self) -> Sequence[Monitor]:
        """Return the monitors, the first first."""

    async def pointer(self) -> Point:
        """Return where the pointer is."""


class Hands(Holding, Protocol):
    """Acting."""

    async def move(self, point: Point, duration: float = 0.0) -> None:
        """Move the pointer, and check by reading it back."""

    async def click(
        self,
        point: Point,
        button: Button = "left",
        clicks: int = 1,
        modifiers: Sequence[str] = (),
        duration: float = 0.0,
    ) -> None:
        """Move to a point and click, holding ``modifiers`` (``ctrl``, ``shift``, ``alt``, ``super``)."""

    async def drag(
        self,
        start: Point,
        end: Point,
        button: Button = "left",
        modifiers: Sequence[str] = (),
        duration: float = 0.5,
    ) -> None:
        """Press at ``start``, move to ``end``, release."""

    async def scroll(self, dx: int, dy: int, point: Point | None = None, modifiers: Sequence[str] = ()) -> None:
        """Turn the wheel: ``dy`` clicks down (negative: up), ``dx`` clicks right (negative: left)."""

    async def type_text(
        self,
        text: str,
        method: TypingMethod = "auto",
        key_delay: float = 0.01,
        spot: Spot | None = None,
        *,
        replaces: bool = False,
        attempts: Attempts | None = None,
    ) -> TypingReport:
        """Deliver text exactly into the focused field. ``spot`` is the field, read back where the tree allows it.

        With ``replaces``, ``clear_field`` has selected what the text takes the place of. With a ``spot`` the text goes only to its
        window. With ``attempts``, earlier ones that failed are taken into account, and what comes of this one is noted.

        Raises:
            InputFailed: If a character cannot be delivered or did not arrive. Nothing is ever dropped silently.
        """

    async def press_keys(
        self, keys: Sequence[str], times: int = 1, hold: float = 0.0, spot: Spot | None = None
    ) -> None:
        """Press keys together, in order, and release them in reverse (``["ctrl", "s"]``).

        With a ``spot``, only while its window has the keyboard.
        """

    async def clear_field(self, spot: Spot | None = None, *, is_followed: bool = False) -> None:
        """Empty the focused field; ``spot`` is it, and was clicked.

        With ``is_followed``, all of it is selected, so that the text that is typed next takes its place: that harms nothing where
        the keyboard is not in a field after all.

        Raises:
            InputFailed: If no field that takes text has the keyboard, or none can be known to; nothing was pressed then.
        """

    async def window(self, window: Window, action: WindowAction, box: Box | None = None) -> None:
        """Act on a window and wait until the window system says it is done. ``box`` for move and resize."""

    async def launch(self, command: Sequence[str], cwd: str | None = None) -> int:
        """Start a program detached from flowdesk and return its process id.

        Raises:
            NodeError: If there is no such program.
        """

    async def ended(self, pid: int) -> tuple[int, str] | None:
        """Return the exit code of a program that ``launch`` started and what it printed last; ``None`` while it runs."""

    async def clipboard_text(self) -> str:
        """Return the clipboard's text, ``""`` when it holds none."""

    async def set_clipboard_text(self, text: str) -> None:
        """Put text on the clipboard."""

    async def release_all(self) -> None:
        """Release every key and button that this run holds down."""


class Watch(Protocol):
    """What the gate before an action asks of a desktop, and the three things that it does there (see ``engine.gate``)."""

    async def blocker(self, spot: Spot, act: Act) -> Obstacle | None:
        """Return the modal dialog, or for ``element`` the open menu, that keeps a target's window from taking input."""

    async def sight(self, spot: Spot) -> Sight | None:
        """Say how much of a target is shown now; None when it is gone."""

    async def is_still(self, spot: Spot) -> bool:
        """Whether a target is where it was seen."""

    async def cover(self, spot: Spot) -> Obstacle | None:
        """Return what lies over a target at its point; None also where that cannot be known."""

    async def bring_into_sight(self, spot: Spot, patience: float, cover: Obstacle | None = None) -> bool:
        """Scroll until a target's point is in sight, or free of a cover. Returns whether the target moved."""

    async def bring_up(self, spot: Spot) -> bool:
        """Raise a target's window. Returns whether there was anything to raise."""

    async def question(self) -> str:
        """Return the title of the modal dialog that has the keyboard; empty where none has it."""

    async def hover(self, spot: Spot) -> None:
        """Move the pointer to a spot's point, where it is pressed next."""

    def expect(self, spot: Spot) -> None:
        """Let the next input at a spot's point look once more whether the spot's window is uppermost there."""

    def expect_nothing(self, point: Point) -> None:
        """Let input at a point go there, whatever is there."""


class Desktop(Eyes, Hands, Elements, Watch, Protocol):
    """One run's access to the desktop, bound to that run's brake. Made by ``DesktopDriver.open``."""


class DesktopDriver(Protocol):
    """The desktop of this machine. One for the whole program."""

    def open(self, brake: Brake) -> Desktop:
        """Give a run its access.

        Raises:
            DesktopUnavailable: If no input could arrive: no display, Wayland, no permission.
        """

    def require(self, needs: Mapping[str, str]) -> None:
        """Raise ``DesktopUnavailable`` where this session withholds something of ``needs``, each with the label of a node. May block a little."""

    def checks(self) -> Sequence[Check]:
        """Say what this desktop can do and what it lacks, for ``flowdesk doctor`` and ``system.status``."""

    def on_emergency(self, stop: Callable[[str], None]) -> None:
        """Call ``stop(reason)`` from the emergency thread on Ctrl+Alt+Q or when the pointer is held in a corner."""

    def on_stop_asked(self, stop: Callable[[str], Sequence[str]]) -> None:
        """Call ``stop(reason)``, which returns the names of what it stopped, from a thread when another process stops every run."""

    def hear_stops(self) -> None:
        """Begin to hear such processes, where the desktop can tell of them. Returns at once; called at each start of a run."""

    def stand_by(self) -> None:
        """Begin to hear the keys of the emergency stop although nothing acts here: for runs on desktops of their own.

        Blocks a few ms. Nothing where it is heard already, or there is no desktop.
        """

    def on_lost(self, tell: Callable[[FlowdeskError], None]) -> None:
        """Call ``tell(error)`` from a thread of the driver's when the desktop that was opened is gone; ``open`` may find another."""

    async def claim(self, holder: str) -> str | None:
        """Take the opened desktop for a run of this process, called ``holder`` for people, after processes that waited longer.

        Returns:
            ``None`` when it is this process's; else what the process says that has it, and from then on it is waited for.

        Raises:
            DesktopUnavailable: If the desktop is gone.
        """

    def yield_claim(self) -> None:
        """Let other processes take the desktop, and wait for it no longer. Does not block."""

    def release_all(self) -> None:
        """Release what any run may have left held down. Blocking, at most a few ms; safe from any thread."""

    def close(self) -> None:
        """End the threads and connections. Idempotent."""


class PrivateDesktop(Protocol):
    """A desktop of flowdesk's own with a flowdesk on it, that is started or there. It ends with this process in any case."""

    def send(self, message: dict[str, Any]) -> None:
        """Tell the flowdesk there something. From any thread; returns at once, also where nobody is there any more."""

    def end(self) -> None:
        """End it with all that runs on it. Returns at once. Idempotent."""


class PrivateDesktops(Protocol):
    """Starts desktops of flowdesk's own."""

    def check(self) -> None:
        """Look whether one could be started here.

        Raises:
            DesktopUnavailable: If not: what is missing, and how to get it.
        """

    def start(
        self, size: tuple[int, int], hear: Callable[[dict[str, Any]], None], gone: Callable[[str], None]
    ) -> PrivateDesktop:
        """Begin to start one. Does not wait for it.

        Args:
            size: Width and height in pixels.
            hear: Called with each message of the flowdesk there, from a thread.
            gone: Called once, from a thread, when the flowdesk there is gone, with the part of the desktop that failed
                before, ``""`` if none did.
        """

    def keep_ready(self, size: tuple[int, int], count: int) -> None:
        """Keep so many desktops of a size ready, which nothing ran on: the next ``start`` of that size takes one. 0 ends them."""

    def close(self) -> None:
        """End all and wait until nothing of them is left, a few seconds at the most."""


Answer = dict[str, Any]
"""What a person answered to a ``prompt`` or to a request for help."""
