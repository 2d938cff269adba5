"""Dry runs: hands that say what they would do and do nothing."""

from collections.abc import Callable
from typing import Any

from flowdesk.engine.ports import Desktop, TypingReport
from flowdesk.model.sentence import say

_INPUT = frozenset(
    {"move", "click", "drag", "scroll", "press_keys", "clear_field", "window", "set_clipboard_text", "release_all"}
)


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
        self, text: str, method: Any = "auto", key_delay: float = 0.01, spot: Any = None
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
                values = ", ".join(str(value) for value in (*args, *options.values()) if value not in ((), 0.0, None))
                self._log(say("would {action}: {values}", action=name.replace("_", " "), values=values))

        return tell
