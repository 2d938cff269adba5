"""A desktop that is only remembered: objects come and go over time, and every input is recorded. For tests and demos."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowdesk.drivers.fake_elements import FakeElements, Inner
from flowdesk.engine.brake import Brake
from flowdesk.engine.clock import Clock, RealClock
from flowdesk.engine.ports import (
    Act,
    Attempts,
    Button,
    Check,
    Element,
    Encoded,
    Monitor,
    Obstacle,
    Sight,
    TextLine,
    TypingMethod,
    TypingReport,
    Window,
    WindowAction,
)
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say
from flowdesk.model.target import ElementState, Miss, Query, Sighting, Spot

SCREEN = Box(0, 0, 1280, 800)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\r\xefF\xb8\x00\x00\x00\x00IEND\xaeB`\x82"
)
"""A picture of one white pixel."""


@dataclass(slots=True)
class Thing:
    """Something on the screen, found by its selector's text from ``appears`` on until ``vanishes`` (clock seconds)."""

    selector: str
    box: Box
    text: str | None = None
    element: ElementState | None = None
    appears: float = 0.0
    vanishes: float = float("inf")


@dataclass(frozen=True, slots=True)
class Event:
    """One input: when, what, and with what."""

    time: float
    action: str
    values: tuple[Any, ...]


@dataclass
class FakeDesktopDriver:
    """A desktop to be scripted. Everything is public: put things and windows in, read events out."""

    clock: Clock = field(default_factory=RealClock)
    things: list[Thing] = field(default_factory=list)
    open_windows: list[Window] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    """What ``changed_fraction`` returns one after another; 0 when used up."""
    clipboard: str = ""
    held: str | None = None
    """What the field says it holds after something was typed; None: it does not tell."""
    repainted: list[Box] = field(default_factory=list)
    """Boxes that changed on the screen and were not looked at yet."""
    queries: deque[Query] = field(default_factory=lambda: deque(maxlen=1000))
    """What was looked for last."""
    looks: int = 0
    """How often the live screen was looked at."""
    ends: dict[int, tuple[int, str]] = field(default_factory=dict)
    """How programs ended: exit codes and last words, by their processes."""
    inner: Inner = field(default_factory=Inner)
    """What is in elements."""
    gate: list[str] = field(default_factory=list)
    """What the gate asked and did."""
    dialog: Obstacle | None = None
    """A modal dialog that is shown."""
    sights: list[Sight] = field(default_factory=list)
    """How much of a target is shown, look by look; all of it when used up."""
    covers: list[Obstacle] = field(default_factory=list)
    """What lies over a target, look by look; nothing when used up."""
    unrest: int = 0
    """In so many looks a target still moves."""
    withheld: str | None = None
    """What this session does not let a run do: ``screen`` or ``input``."""
    other_process: str | None = None
    """What another process says that has the desktop, if one has."""
    programs: dict[str, Window] = field(default_factory=dict)
    """The window that a started program shows."""

    def open(self, brake: Brake) -> "FakeDesktop":
        """Give a run its access."""
        return FakeDesktop(self, brake)

    def require(self, needs: Mapping[str, str]) -> None:
        """Say what the session withholds."""
        if self.withheld is not None and self.withheld in needs:
            raise DesktopUnavailable(
                say("This session withholds {what}.", what=self.withheld), say("Use another session.")
            )

    def checks(self) -> Sequence[Check]:
        """Say that all is there."""
        return (Check("desktop", True, say("A simulated desktop (the real screen is not used).")),)

    def on_emergency(self, stop: Callable[[str], None]) -> None:
        """There is no keyboard to watch."""

    def on_stop_asked(self, stop: Callable[[str], Sequence[str]]) -> None:
        """There is no other process."""

    def hear_stops(self) -> None:
        """There is nothing to hear."""

    def stand_by(self) -> None:
        """Hear nothing."""

    def on_lost(self, tell: Callable[[FlowdeskError], None]) -> None:
        """There is nothing to lose."""

    async def claim(self, holder: str) -> str | None:
        """Say what another process says that has the desktop."""
        return self.other_process

    def yield_claim(self) -> None:
        """Nobody else is there to take it."""

    def release_all(self) -> None:
        """Record it."""
        self.events.append(Event(self.clock.now(), "release_all", ()))

    def close(self) -> None:
        """There is nothing to end."""

    def actions(self) -> list[str]:
        """The names of the inputs so far."""
        return [event.action for event in self.events]


class FakeDesktop(FakeElements):
    """One run's access. Every input passes the run's brake."""

    def __init__(self, driver: FakeDesktopDriver, brake: Brake) -> None:
        """Act on ``driver`` as ``brake`` allows."""
        self._driver = driver
        self.inner = driver.inner
        self._brake = brake
        self._pointer = Point(0, 0)

    async def find(self, query: Query, *, want_picture: bool = False) -> Sighting:
        """Look for the first selector that a thing has now."""
        self._driver.queries.append(query)
        now = self._driver.clock.now()
        there = [thing for thing in self._driver.things if thing.appears <= now < thing.vanishes]
        for selector in query.selectors:
            found = [self._spot(thing, query) for thing in there if thing.selector == selector.text]
            if len(found) >= query.occurrence:
                first = found.pop(query.occurrence - 1)
                return Sighting((first, *found))
        return Sighting((), Miss(say("Nothing on the screen matches.")), screenshot=PNG if want_picture else None)

    def _spot(self, thing: Thing, query: Query) -> Spot:
        at = thing.box.anchored(query.anchor)
        point = Point(at.x + query.offset.x, at.y + query.offset.y)
        return Spot(thing.box, point, thing.selector, "element", text=thing.text, element=thing.element)

    async def state(self, spot: Spot) -> Spot:
        """Nothing changes by itself."""
        return spot

    async def read_text(self, region: Box, patience: float | None = None) -> str | None:
        """The texts of the things in a region."""
        things = (thing for thing in self._driver.things if region.contains(thing.box.center))
        return "\n".join(thing.text for thing in things if thing.text)

    async def elements_at(self, point: Point, patience: float = 1.0) -> Sequence[Element]:
        """The things there that are elements, the smallest first."""
        there = [thing for thing in self._driver.things if thing.element is not None and thing.box.contains(point)]
        there.sort(key=lambda thing: thing.box.width * thing.box.height)
        return tuple(Element(thing.box, thing.element) for thing in there if thing.element is not None)

    async def text_lines(self, region: Box) -> Sequence[TextLine]:
        """The texts of the things in a region, with their places."""
        there = (thing for thing in self._driver.things if region.contains(thing.box.center))
        return tuple(TextLine(thing.text, thing.box) for thing in there if thing.text)

    async def screenshot(self, region: Box | None = None, monitor: int | None = None) -> bytes:
        """One white pixel."""
        return PNG

    def live(self) -> "FakeLive":
        """A screen that changes as scripted."""
        return FakeLive(self._driver)

    async def changed_fraction(self, region: Box | None, key: str, *, since_first: bool = False) -> float:
        """The next scripted change."""
        return self._driver.changes.pop(0) if self._driver.changes else 0.0

    async def windows(self) -> Sequence[Window]:
        """The scripted windows."""
        return tuple(self._driver.open_windows)

    async def monitors(self) -> Sequence[Monitor]:
        """One monitor."""
        return (Monitor(1, SCREEN),)

    async def pointer(self) -> Point:
        """Where the pointer was moved."""
        return self._pointer

    async def blocker(self, spot: Spot, act: Act) -> Obstacle | None:
        """The scripted dialog."""
        self._driver.gate.append("blocker")
        return self._driver.dialog

    async def sight(self, spot: Spot) -> Sight | None:
        """All of it is shown, but for what the script says."""
        self._driver.gate.append("sight")
        return self._driver.sights.pop(0) if self._driver.sights else Sight(spot.box, spot.box, spot.point)

    async def is_still(self, spot: Spot) -> bool:
        """It is, but for the scripted number of looks."""
        self._driver.gate.append("is_still")
        self._driver.unrest -= 1
        return self._driver.unrest < 0

    async def cover(self, spot: Spot) -> Obstacle | None:
        """The scripted cover."""
        self._driver.gate.append("cover")
        return self._driver.covers.pop(0) if self._driver.covers else None

    async def bring_into_sight(self, spot: Spot, patience: float, cover: Obstacle | None = None) -> bool:
        """Record it."""
        self._driver.gate.append("bring_into_sight")
        return bool(self._driver.sights)

    async def bring_up(self, spot: Spot) -> bool:
        """Record it."""
        self._driver.gate.append("bring_up")
        return True

    async def question(self) -> str:
        """The title of the scripted dialog."""
        return self._driver.dialog.name if self._driver.dialog is not None else ""

    async def hover(self, spot: Spot) -> None:
        """Record it."""
        self._driver.gate.append("hover")

    def expect(self, spot: Spot) -> None:
        """Record it."""
        self._driver.gate.append("expect")

    def expect_nothing(self, point: Point) -> None:
        """Record it."""
        self._driver.gate.append("expect_nothing")

    def _did(self, action: str, *values: Any) -> None:
        with self._brake.step():
            self._driver.events.append(Event(self._driver.clock.now(), action, values))

    async def move(self, point: Point, duration: float = 0.0) -> None:
        """Record it."""
        self._did("move", point, duration)
        self._pointer = point

    async def click(
        self,
        point: Point,
        button: Button = "left",
        clicks: int = 1,
        modifiers: Sequence[str] = (),
        duration: float = 0.0,
    ) -> None:
        """Record it."""
        self._did("click", point, button, clicks, tuple(modifiers))
        self._pointer = point

    async def drag(
        self, start: Point, end: Point, button: Button = "left", modifiers: Sequence[str] = (), duration: float = 0.5
    ) -> None:
        """Record it."""
        self._did("drag", start, end, button, tuple(modifiers))

    async def scroll(self, dx: int, dy: int, point: Point | None = None, modifiers: Sequence[str] = ()) -> None:
        """Record it."""
        self._did("scroll", dx, dy, point)

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
        """Record it."""
        self._did("type_text", text, method)
        role = "text_field" if self._driver.held is not None else ""
        return TypingReport("paste" if method == "paste" else "keys", len(text), self._driver.held, role)

    async def press_keys(
        self, keys: Sequence[str], times: int = 1, hold: float = 0.0, spot: Spot | None = None
    ) -> None:
        """Record it."""
        self._did("press_keys", tuple(keys), times)

    async def hold_keys(self, keys: Sequence[str], spot: Spot | None = None) -> None:
        """Record it."""
        self._did("hold_keys", tuple(keys))

    async def let_go_keys(self, keys: Sequence[str]) -> None:
        """Record it."""
        self._did("let_go_keys", tuple(keys))

    async def hold_button(self, point: Point, button: Button = "left", duration: float = 0.0) -> None:
        """Record it."""
        self._did("hold_button", point, button)

    async def let_go_button(self, point: Point, button: Button = "left", duration: float = 0.0) -> None:
        """Record it."""
        self._did("let_go_button", point, button)

    async def clear_field(self, spot: Spot | None = None, *, is_followed: bool = False) -> None:
        """Record it."""
        self._did("clear_field")

    async def window(self, window: Window, action: WindowAction, box: Box | None = None) -> None:
        """Record it."""
        self._did("window", window.title, action, box)

    async def launch(self, command: Sequence[str], cwd: str | None = None) -> int:
        """Show the program's scripted window."""
        self._did("launch", tuple(command))
        window = self._driver.programs.get(command[0])
        if window is None:
            return 0
        self._driver.open_windows.insert(0, window)
        return window.pid

    async def ended(self, pid: int) -> tuple[int, str] | None:
        """Return how the script says that a program ended."""
        return self._driver.ends.get(pid)

    async def clipboard_text(self) -> str:
        """Return what was put there."""
        return self._driver.clipboard

    async def set_clipboard_text(self, text: str) -> None:
        """Keep it."""
        self._did("set_clipboard_text")
        self._driver.clipboard = text

    async def release_all(self) -> None:
        """Record it."""
        self._did("release_all")


class FakeLive:
    """The screen of a ``FakeDesktopDriver``."""

    def __init__(self, driver: FakeDesktopDriver) -> None:
        """Nothing was looked at yet."""
        self._driver = driver
        self._is_new = True
        self.box = SCREEN

    async def look(self) -> Sequence[Box]:
        """All of it at first, then what the script repainted."""
        self._driver.looks += 1
        boxes = (SCREEN,) if self._is_new else tuple(self._driver.repainted)
        self._driver.repainted.clear()
        self._is_new = False
        return boxes

    async def encode(self, box: Box, scale: float, quality: int) -> Encoded:
        """One white pixel."""
        return Encoded(box, "png", PNG)
