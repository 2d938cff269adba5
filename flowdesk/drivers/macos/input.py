"""Mouse, keys and text of macOS, all through pyautogui. Written from its documentation, not tried.

Text that pyautogui cannot type exactly is pasted; there is no way there to ask whether a paste was taken, so the
clipboard is put back only after a pause.
"""

import contextlib
import threading
from collections.abc import Callable, Collection, Sequence
from typing import Any

from flowdesk.drivers.programs import Habit
from flowdesk.drivers.steps import Steps
from flowdesk.drivers.stretches import checked
from flowdesk.drivers.x11.pointer import Pointer, load_pyautogui
from flowdesk.engine.ports import TypingMethod, TypingReport
from flowdesk.model.errors import InputFailed
from flowdesk.model.keynames import shortcut
from flowdesk.model.sentence import say

PASTE_SECONDS = 0.5
"""How long an application gets to take a paste."""
CLICK_SECONDS = 0.05
"""How long an application gets to take a click."""
NAMES = {"super": "command", "altgr": "optionright", "alt": "option", "numenter": "enter"}
"""Canonical key names that pyautogui calls otherwise."""
COMMAND = "command"
"""The key of the platform's shortcuts."""


class MacHeld:
    """The register of keys and buttons that are down."""

    def __init__(self) -> None:
        """Begin with nothing held."""
        self._lock = threading.Lock()
        self._down: list[tuple[str, Any]] = []

    def add(self, kind: str, code: Any) -> None:
        """Note what is about to be pressed."""
        with self._lock:
            self._down.append((kind, code))

    def remove(self, kind: str, code: Any) -> None:
        """Note what was released."""
        with self._lock, contextlib.suppress(ValueError):
            self._down.remove((kind, code))

    def release_all(self) -> None:
        """Release everything that is noted, last first."""
        with self._lock:
            down, self._down = self._down, []
        if down:
            library = load_pyautogui()
            for kind, code in reversed(down):
                if kind == "key":
                    library.keyUp(code, _pause=False)
                else:
                    library.mouseUp(button={1: "left", 2: "middle", 3: "right"}[code], _pause=False)

    def close(self) -> None:
        """Release everything."""
        self.release_all()


class MacClaim:
    """Processes do not know of each other here."""

    is_waiting = False

    def is_wanted(self) -> bool:
        """Nobody else is known."""
        return False

    def take(self, holder: str) -> str | None:
        """Have the desktop."""
        return None

    def let_go(self) -> None:
        """Let it go."""

    def close(self) -> None:
        """There is nothing to close."""


class MacClipboard:
    """The system's clipboard through ``pyperclip``, which pyautogui brings along. Text only."""

    def text(self) -> str:
        """Return the clipboard's text."""
        return str(_pyperclip().paste() or "")

    def set_text(self, text: str) -> None:
        """Put text on the clipboard."""
        _pyperclip().copy(text)

    def hand_over(self) -> None:
        """Nothing to do: the system keeps the clipboard."""

    def close(self) -> None:
        """Nothing to close."""


def _pyperclip() -> Any:
    import pyperclip  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return pyperclip


class _Keyboard:
    """Named keys through pyautogui."""

    def __init__(self, library: Any, held: MacHeld) -> None:
        self._library = library
        self._held = held

    def press(self, names: Sequence[str], times: int, hold: float, steps: Steps) -> None:
        """Press keys together and release them in reverse."""
        for _ in range(times):
            codes: list[str] = []
            try:
                codes = self.hold(names, steps)
                steps.sleep(hold)
            finally:
                self.release(codes)

    def hold(self, names: Sequence[str], steps: Steps) -> list[str]:
        """Press keys and return what ``release`` needs."""
        codes = [NAMES.get(name, name) for name in names]
        unknown = [code for code in codes if code not in self._library.KEYBOARD_KEYS]
        if unknown:
            raise InputFailed(
                say('This keyboard has no key "{name}".', name=unknown[0]), say("Choose another key for this platform.")
            )
        with steps.step():
            for code in codes:
                self._held.add("key", code)
                self._library.keyDown(code, _pause=False)
        return codes

    def release(self, codes: Sequence[str]) -> None:
        """Release keys, in reverse."""
        for code in reversed(codes):
            self._library.keyUp(code, _pause=False)
            self._held.remove("key", code)


class _Typist:
    """Text: ASCII letters and digits by keys, everything else by paste."""

    def __init__(self, keyboard: _Keyboard, clipboard: MacClipboard) -> None:
        self._keyboard = keyboard
        self._clipboard = clipboard

    def type(self, text: str, method: TypingMethod, key_delay: float, steps: Steps, **known: object) -> TypingReport:
        """Deliver a text; all that is not plain is pasted, so it makes no difference what is known of the field."""
        del known
        text = checked(text)
        is_plain = all(each.isascii() and (each.islower() or each.isdigit() or each == " ") for each in text)
        if method == "keys" and not is_plain:
            raise InputFailed(
                say("The keyboard cannot type this text exactly."), say("Change Method to Automatic or Paste.")
            )
        if is_plain and method != "paste":
            for character in text:
                self._keyboard.press(shortcut([character]), 1, 0.0, steps)
                steps.sleep(key_delay)
            return TypingReport("keys", len(text))
        before = self._clipboard.text()
        try:
            self._clipboard.set_text(text)
            self._keyboard.press([COMMAND, "v"], 1, 0.0, steps)
            steps.sleep(PASTE_SECONDS)
        finally:
            self._clipboard.set_text(before)
        return TypingReport("paste", len(text))


class _Pause:
    """Nothing tells here when a click has arrived."""

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Give the program a moment."""
        sleep(CLICK_SECONDS)


class MacDevices:
    """Mouse, keyboard and text."""

    def __init__(self, held: MacHeld, clipboard: MacClipboard) -> None:
        """Load pyautogui."""
        library = load_pyautogui()
        self.pointer = Pointer(held)
        self.barrier = _Pause()
        self.keyboard = _Keyboard(library, held)
        self.typist = _Typist(self.keyboard, clipboard)

    def check_free(self, device: str, steps: Steps, driven: Collection[int] = ()) -> None:
        """Nothing to ask for: these systems give no program a device to itself."""

    def press(self, names: Sequence[str], times: int, hold: float, steps: Steps, owner: int | None = None) -> None:
        """Press keys together; which window has the keyboard is not asked here."""
        self.keyboard.press(names, times, hold, steps)

    def keyboard_place(self, steps: Steps, owner: int | None = None) -> tuple[int, Habit, str]:
        """Say that nothing is known of the window that has the keyboard."""
        return owner or 0, "plain", ""

    def select_all(self, steps: Steps, owner: int | None = None, *, is_thorough: bool = False) -> None:
        """Select all of the focused field."""
        self.keyboard.press([COMMAND, "a"], 1, 0.0, steps)

    def delete_selected(self, steps: Steps, owner: int | None = None) -> None:
        """Press Delete."""
        self.keyboard.press(["delete"], 1, 0.0, steps)

    def close(self) -> None:
        """Nothing to close."""
