"""Dry runs: hands that say what they would do and do nothing, and the places where they would do it."""

from collections.abc import Callable
from typing import Any

from flowdesk.engine.ports import Desktop, TypingReport, Window
from flowdesk.model.geometry import Point
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot

_INPUT = frozenset({
    "move", "click", "drag", "scroll", "press_keys", "clear_field", "window", "set_clipboard_text", "release_all",
    "press_element", "set_element_text", "select_part", "hold_keys", "let_go_keys", "hold_button", "let_go_button",
})  # fmt: skip

MOST_PLACES = 50
"""Places that are drawn after a dry run: more would hide the desktop."""


class Places:
    """Where a dry run would act: each point of each node once, in the order in which it came there."""

    def __init__(self) -> None:
        """Begin with none."""
        self._found: dict[tuple[Point, str], None] = {}

    def add(self, point: Point, label: str) -> None:
        """Remember where the node with this label would act, in pixels of the desktop."""
        if len(self._found) < MOST_PLACES:
            self._found[point, label] = None

    def listed(self) -> list[tuple[Point, str]]:
        """Return the places with the labels of their nodes."""
        return list(self._found)


class DryDesktop:
    """A desktop whose eyes are real and whose hands only log."""

    def __init__(self, desktop: Desktop, log: Callable[[str], None]) -> None:
        """Look through ``desktop``; tell ``log`` what would have been done."""
        self._desktop = desktop
        self._log = log

    def __getattr__(self, name: str) -> Any:
        """Pass looking through and turn input into a line of the log."""
        if name in _INPUT:
            return self._told(name)
        return getattr(self._desktop, name)

    async def type_text(
        self, text: str, method: Any = "auto", key_delay: float = 0.01, spot: Any = None, **_: Any
    ) -> TypingReport:
        """Say how many characters would be typed; the text itself may hold a secret."""
        self._log(say("would type {count} characters", count=len(text)))
        return TypingReport("none", len(text))

    async def launch(self, command: Any, cwd: str | None = None) -> int:
        """Say what would be started."""
        self._log(say("would start {command}", command=" ".join(command)))
        return 0

    def _told(self, name: str) -> Callable[..., Any]:
        async def tell(*args: Any, **options: Any) -> None:
            if name != "release_all":
                values = ", ".join(_written(value) for value in (*args, *options.values()) if _is_worth_saying(value))
                self._log(say("would {action}: {values}", action=name.replace("_", " "), values=values))

        return tell


def _is_worth_saying(value: Any) -> bool:
    return not isinstance(value, Spot | bool) and value not in ((), 0.0, None)


def _written(value: Any) -> str:
    """Write a value as people read it: pixels as numbers, keys as a shortcut, a window by its title."""
    if isinstance(value, Window):
        return f'"{value.title}"'
    if isinstance(value, tuple | list):
        return ("+" if all(isinstance(part, str) for part in value) else ",").join(map(str, value))
    return str(value)
