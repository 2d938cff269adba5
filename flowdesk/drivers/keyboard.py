"""The keyboard on X11: strokes by XTest, with the map as it is at that moment.

pyautogui reads the map once, when it is imported, and knows neither AltGr nor a second layout; so keys go through
``Xlib`` directly, the library that pyautogui itself uses. All of it belongs to the input thread.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flowdesk.drivers import x11
from flowdesk.drivers.focus import Focus
from flowdesk.drivers.held import HeldDown
from flowdesk.drivers.keynames import MODIFIERS, symbol_named
from flowdesk.drivers.steps import Steps
from flowdesk.drivers.xkb import KeyboardMap, KeyboardState, Xkb, symbol_of
from flowdesk.model.errors import DesktopUnavailable, InputFailed
from flowdesk.model.sentence import say

FREE_SECONDS = 3.0
"""How long to wait for a person to let go of a modifier before typing fails."""


class Keyboard:
    """Presses keys. Call it from the input thread only."""

    def __init__(self, held: HeldDown) -> None:
        """Connect and read the map.

        Raises:
            DesktopUnavailable: If there is no X server, or none that takes faked input.
        """
        self.display: Any = x11.connect()
        if not self.display.has_extension("XTEST"):
            raise DesktopUnavailable(
                say("The display takes no input from programs (it lacks the XTEST extension)."),
                say("Use a display server with XTEST; Xorg, Xvfb and Xvnc have it."),
            )
        self.focus = Focus(self.display)
        self._xkb = Xkb()
        self._held = held
        self._map: KeyboardMap = self._xkb.map()
        self._strokes: dict[str, tuple[int, int]] = {}
        self._strokes_state: KeyboardState | None = None
        self._borrowed: dict[int, int] = {}

    def close(self) -> None:
        """Give borrowed keys back and disconnect."""
        self.give_back()
        self._xkb.close()
        self.display.close()

    def map(self) -> KeyboardMap:
        """Return the map in force."""
        self.focus.drain()
        if self.focus.is_map_changed:
            self.focus.is_map_changed = False
            self._map = self._xkb.map()
            self._strokes_state = None
        return self._map

    def strokes(self) -> dict[str, tuple[int, int]]:
        """Return what can be typed at this moment: character to key code and modifiers."""
        keyboard, state = self.map(), self._xkb.state()
        if self._strokes_state is None or (state.group, state.locked) != (
            self._strokes_state.group,
            self._strokes_state.locked,
        ):
            self._strokes = keyboard.strokes(state)
            self._strokes_state = state
        return self._strokes

    def wait_until_free(self, steps: Steps) -> None:
        """Wait until no modifier is held by a person or waits for the next key.

        Raises:
            InputFailed: If one stays down.
        """
        waited = 0.0
        while (state := self._xkb.state()).held or state.latched:
            if waited >= FREE_SECONDS:
                raise InputFailed(
                    say("A key such as Shift or Ctrl is being held down, so the text would arrive wrong."),
                    say("Let go of the key. If none is pressed, sticky keys may be switched on."),
                )
            steps.sleep(0.02)
            waited += 0.02

    def stroke(self, code: int, modifiers: int, steps: Steps) -> None:
        """Press and release one key with modifiers, as one step."""
        holders = [self._holder(mask) for mask in (1 << bit for bit in range(8)) if modifiers & mask]
        with steps.step():
            try:
                for each in (*holders, code):
                    self._down(each)
            finally:
                for each in (code, *reversed(holders)):
                    self._up(each)
                self.display.flush()

    def tap(self, name: str, steps: Steps) -> None:
        """Press and release one named key."""
        self.stroke(self._code(name), 0, steps)

    def press(self, names: Sequence[str], times: int, hold: float, steps: Steps) -> None:
        """Press keys together, in order, and release them in reverse.

        Args:
            names: Canonical names.
            times: How often.
            hold: Seconds to hold them down each time.
            steps: The run's brake.
        """
        codes = [code for name in names for code in self._codes(name, is_alone=len(names) == 1)]
        for _ in range(times):
            try:
                with steps.step():
                    for code in codes:
                        self._down(code)
                    self.display.sync()
                if hold > 0:
                    steps.sleep(hold)
            finally:
                for code in reversed(codes):
                    self._up(code)
                self.display.sync()
            steps.sleep(0.0)
        if self._borrowed:
            self._settle_focus(steps)
            self.give_back()

    def hold(self, names: Sequence[str], steps: Steps) -> list[int]:
        """Press modifiers and return their codes for ``release``."""
        codes = [self._code(name) for name in names]
        with steps.step():
            for code in codes:
                self._down(code)
            self.display.sync()
        return codes

    def release(self, codes: Sequence[int]) -> None:
        """Release keys, in reverse. Passes no brake: letting go is always allowed."""
        for code in reversed(codes):
            self._up(code)
        self.display.sync()

    # -- borrowed keys: characters that no key of the layout gives

    @property
    def has_borrowed(self) -> bool:
        """Whether keys are lent a character now."""
        return bool(self._borrowed)

    def spare_count(self) -> int:
        """Return how many keys mean nothing and may be lent a character."""
        return sum(key.is_spare for key in self.map().keys) + len(self._borrowed)

    def borrow(
        self, characters: Sequence[str], settle: Callable[[], object] = lambda: None, ahead: Sequence[str] = ()
    ) -> None:
        """Give spare keys the meaning of characters, until ``give_back``. What is lent already stays as it is.

        Args:
            characters: All that is to be typed; those that a key gives already are left out.
            settle: Waits until every client has read all keys; called before a lent key gets another meaning.
            ahead: What is to be typed after that; as many of it as keys are left are lent at once, for every program reads
                the whole map again after each change.

        Raises:
            InputFailed: If there are not enough spare keys, or the server does not do it.
        """
        lacking = self._lacking(characters)
        if len(self._spares()) < len(lacking) and self._borrowed:
            settle()
            self.give_back()
            lacking = self._lacking(characters)  # more than before: what was lent until now among them
        spares = self._spares()
        if len(spares) < len(lacking):
            raise InputFailed(
                say("The keyboard map has no free key for {text}.", text=" ".join(lacking)),
                say('Use the method "paste" for this text.'),
            )
        later = [each for each in self._lacking(ahead) if each.isprintable() and each not in lacking]
        lent = dict(zip(spares, map(symbol_of, [*lacking, *later]), strict=False))
        self._borrowed.update(lent)
        self._change_map(lent)
        missing = self._lacking(characters)
        if missing:
            raise InputFailed(
                say("The keyboard cannot type {text} now.", text=" ".join(missing)),
                say('Switch CapsLock off, or use the method "paste".'),
            )

    def _lacking(self, characters: Sequence[str]) -> list[str]:
        strokes = self.strokes()
        return [character for character in dict.fromkeys(characters) if character not in strokes]

    def _spares(self) -> list[int]:
        return [key.code for key in self.map().keys if key.is_spare and key.code not in self._borrowed]

    def give_back(self) -> None:
        """Make borrowed keys mean nothing again."""
        lent, self._borrowed = self._borrowed, {}
        if lent:
            self._change_map(dict.fromkeys(lent, 0))

    def _change_map(self, symbols: dict[int, int]) -> None:
        """Change keys in as few requests as possible: every program reads the whole map again after each."""
        codes = sorted(symbols)
        while codes:
            count = next((step for step in range(1, len(codes)) if codes[step] != codes[0] + step), len(codes))
            rows = [(symbols[code],) * 2 for code in codes[:count]]
            self.display.change_keyboard_mapping(codes[0], rows)
            del codes[:count]
        self.display.sync()
        self.focus.is_map_changed = True

    def _settle_focus(self, steps: Steps) -> None:
        try:
            window = self.focus.window()
        except InputFailed:
            return
        if not self.focus.settle(window, steps.sleep):
            steps.sleep(0.2)

    # -- codes

    def _codes(self, name: str, *, is_alone: bool) -> list[int]:
        """Return the codes for one name: the key, after the modifiers that its character needs (``?`` needs shift)."""
        if len(name) == 1:
            stroke = self.strokes().get(name)
            if stroke is not None:
                masks = (1 << bit for bit in range(8))
                return [*(self._holder(mask) for mask in masks if stroke[1] & mask), stroke[0]]
            if is_alone:
                self.borrow([name])
                return [self.strokes()[name][0]]
        return [self._code(name)]

    def _code(self, name: str) -> int:
        symbol = symbol_named(name)
        code = self.map().key_with(symbol, self._xkb.state().group)
        if code is None and name not in MODIFIERS and len(name) == 1:
            self.borrow([name])
            code = self.map().key_with(symbol, self._xkb.state().group)
        if code is None:
            raise InputFailed(
                say('This keyboard has no key "{name}".', name=name),
                say("Choose another key, or a keyboard layout that has it."),
            )
        return code

    def _holder(self, mask: int) -> int:
        code = self.map().modifier_code(mask)
        if code is None:
            raise InputFailed(
                say("This keyboard map has no key for a modifier that the text needs."),
                say('Use the method "paste", or another keyboard layout.'),
            )
        return code

    def _down(self, code: int) -> None:
        from Xlib import X

        self._held.add("key", code)
        self.display.xtest_fake_input(X.KeyPress, code)

    def _up(self, code: int) -> None:
        from Xlib import X

        self.display.xtest_fake_input(X.KeyRelease, code)
        self._held.remove("key", code)
