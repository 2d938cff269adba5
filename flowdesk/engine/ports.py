"""What the engine asks of a desktop. ``drivers`` implements it for real, ``drivers.fake`` for engine tests.

Coordinates are physical pixels of the virtual desktop, durations seconds. Every method may be awaited on the event
loop and never blocks it. Input methods pass the run's brake between steps of at most 20 ms and raise
``RunStopped`` once it is pulled; whatever they hold down is released on every way out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from flowdesk.engine.brake import Brake
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import ElementState, Query, Sighting, Spot

Button = Literal["left", "middle", "right"]
TypingMethod = Literal["auto", "keys", "paste"]
WindowAction = Literal["activate", "close", "minimize", "maximize", "restore", "move", "resize"]


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

    async def read_text(self, region: Box) -> str:
        """Read the text in a region by OCR, one line of text a line."""

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

    async def changed_fraction(self, region: Box | None, key: str) -> float:
        """Return the fraction (0 to 1) of pixels that changed since the last call with this ``key``; 1 at the first."""

    async def windows(self) -> Sequence[Window]:
        """Return the top level windows, uppermost first."""

    async def monitors(self) -> Sequence[Monitor]:
        """Return the monitors, the first first."""

    async def pointer(self) -> Point:
        """Return where the pointer is."""


class Hands(Protocol):
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
        self, text: str, method: TypingMethod = "auto", key_delay: float = 0.01, spot: Spot | None = None
    ) -> TypingReport:
        """Deliver text exactly into the focused field. ``spot`` is the field, read back where the tree allows it.

        Raises:
            InputFailed: If a character cannot be delivered or did not arrive. Nothing is ever dropped silently.
        """

    async def press_keys(self, keys: Sequence[str], times: int = 1, hold: float = 0.0) -> None:
        """Press keys together, in order, and release them in reverse (``["ctrl", "s"]``)."""

    async def clear_field(self, spot: Spot | None = None) -> None:
        """Empty the focused field."""

    async def window(self, window: Window, action: WindowAction, box: Box | None = None) -> None:
        """Act on a window and wait until the window system says it is done. ``box`` for move and resize."""

    async def launch(self, command: Sequence[str], cwd: str | None = None) -> int:
        """Start a program detached from flowdesk and return its process id.

        Raises:
            NodeError: If there is no such program.
        """

    async def clipboard_text(self) -> str:
        """Return the clipboard's text, ``""`` when it holds none."""

    async def set_clipboard_text(self, text: str) -> None:
        """Put text on the clipboard."""

    async def release_all(self) -> None:
        """Release every key and button that this run holds down."""


class Desktop(Eyes, Hands, Protocol):
    """One run's access to the desktop, bound to that run's brake. Made by ``DesktopDriver.open``."""


class DesktopDriver(Protocol):
    """The desktop of this machine. One for the whole program."""

    def open(self, brake: Brake) -> Desktop:
        """Give a run its access.

        Raises:
            DesktopUnavailable: If no input could arrive: no display, Wayland, no permission.
        """

    def checks(self) -> Sequence[Check]:
        """Say what this desktop can do and what it lacks, for ``flowdesk doctor`` and ``system.status``."""

    def on_emergency(self, stop: Callable[[str], None]) -> None:
        """Call ``stop(reason)`` from the emergency thread on Ctrl+Alt+Q or when the pointer is held in a corner."""

    def release_all(self) -> None:
        """Release what any run may have left held down. Blocking, at most a few ms; safe from any thread."""

    def close(self) -> None:
        """End the threads and connections. Idempotent."""


Answer = dict[str, Any]
"""What a person answered to a ``prompt`` or to a request for help."""
