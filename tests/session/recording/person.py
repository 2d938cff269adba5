"""A person before a desktop that is only written down, on a clock that tests turn: what is done goes into ``Intent``."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flowdesk.engine.observing import FieldSeen, Hit, KeyDown, Look, Pressed, Program, Released, State, Turned
from flowdesk.engine.ports import Button, Element, Window
from flowdesk.model.geometry import Box, Point
from flowdesk.model.parts import Tick
from flowdesk.model.target import ElementState
from flowdesk.session.recording.intent import Intent
from flowdesk.session.recording.steps import Step

EDITOR = Window(1, "Untitled 1 - Editor", "editor", 100, Box(0, 0, 800, 600), is_active=True)
DIALOG = Window(2, "Save", "editor", 100, Box(100, 100, 400, 300), is_active=True)
OTHER = Window(3, "Notes", "notes", 200, Box(0, 0, 800, 600))


SMALL, IN_SMALL = Box(10, 10, 60, 20), Point(40, 20)


def element(role: str, name: str = "", box: Box = SMALL, **state: Any) -> Element:
    return Element(box, ElementState(role, name, **state), "editor", 100)


@dataclass
class Person:
    """Acts, and keeps the steps that come of it."""

    intent: Intent = field(default_factory=Intent)
    steps: list[Step] = field(default_factory=list)
    now: float = 100.0
    windows: tuple[Window, ...] = (EDITOR,)
    focus: FieldSeen | None = None
    popups: tuple[Box, ...] = ()
    pressed: State | None = None
    is_hushed: bool = False
    is_own: bool = False
    is_clear: bool = False
    programs: dict[int, Program] = field(default_factory=dict)
    _moment: int = 0

    def __post_init__(self) -> None:
        self.looks()

    # the desktop

    def look(self) -> Look:
        return Look(
            self.now, self.windows, self.focus, self.pressed, self.popups,
            is_hushed=self.is_hushed, is_own=self.is_own, is_clear=self.is_clear, programs=self.programs,
        )  # fmt: skip

    def looks(self) -> None:
        self.steps += self.intent.see(self.look())

    def waits(self, seconds: float = 1.0) -> None:
        """Let time pass, in which the recording looks now and then."""
        for _ in range(4):
            self.now += seconds / 4
            self.looks()

    def hit(self, *path: Element, at: Point = IN_SMALL, **more: Any) -> Hit:
        self._moment += 1
        keys = tuple(f"{one.state.role}:{one.state.name}:{one.box}" for one in path)
        window = more.pop("window", self.windows[0] if self.windows else None)
        return Hit(self._moment, at, window, path, keys, self.windows, **more)

    # the hands

    def presses(self, hit: Hit, button: Button = "left", modifiers: Sequence[str] = ()) -> None:
        self.now += 0.1
        self.steps += self.intent.press(Pressed(self.now, hit.point, button, tuple(modifiers)), hit, self.look())

    def releases(self, at: Point, hit: Hit | None = None, button: Button = "left") -> None:
        self.now += 0.1
        self.steps += self.intent.release(Released(self.now, at, button), hit)

    def clicks(self, hit: Hit, button: Button = "left", modifiers: Sequence[str] = ()) -> None:
        self.presses(hit, button, modifiers)
        self.releases(hit.point, None, button)

    def drags(self, start: Hit, end: Hit) -> None:
        self.presses(start)
        self.releases(end.point, end)

    def turns(self, hit: Hit, clicks: int) -> None:
        for _ in range(abs(clicks)):
            self.now += 0.05
            event = Turned(self.now, hit.point, 0, 1 if clicks > 0 else -1)
            self.steps += self.intent.wheel(event, hit, self.look())

    def key(self, key: str, *modifiers: str, text: str = "") -> None:
        self.now += 0.05
        self.steps += self.intent.key(KeyDown(self.now, key, text, modifiers))

    def types(self, text: str, shows: str | None = None) -> None:
        """Type, and let the field that has the keyboard show it (or ``shows``) in the end."""
        for letter in text:
            self.key("space" if letter == " " else letter, text=letter)
        self.now += 0.1
        if self.focus is not None and self.focus.value is not None:
            held = self.focus.value + text if shows is None else shows
            self.focus = replace(self.focus, value=held)
        self.looks()

    def focuses(self, name: str, value: str | None = "", role: str = "text_field", **more: Any) -> None:
        """Let a field have the keyboard, and be looked at."""
        self._moment += 1
        box = more.pop("box", Box(10, 10, 200, 20))
        self.focus = FieldSeen(name, role, name, box, value, moment=self._moment, window=1, **more)
        self.now += 0.1
        self.looks()

    def ticks(self, tick: Tick) -> None:
        self.pressed = State(tick=tick)

    # what came of it

    def done(self) -> list[tuple[str, dict[str, Any]]]:
        """End the recording; return types and settings of its steps."""
        self.now += 1.0
        self.steps += self.intent.end(self.look())
        return [(step.type, step.config) for step in self.steps]
