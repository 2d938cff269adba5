"""The keyboard on X11: strokes by XTest, with the map as it is at that moment.

pyautogui reads the map once, when it is imported, and knows neither AltGr nor a second layout; so keys go through
``Xlib`` directly, the library that pyautogui itself uses. All of it belongs to the input thread.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flowdesk.drivers.steps import Steps
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.focus import Focus
from flowdesk.drivers.x11.held import HeldDown
from flowdesk.drivers.x11.keynames import symbol_named
from flowdesk.drivers.x11.xkb import KeyboardMap, KeyboardState, Xkb, symbol_of
from flowdesk.model.errors import DesktopUnavailable, InputFailed
from flowdesk.model.sentence import say

FREE_SECONDS = 3.0
"""How long to wait for a person to let go of a modifier before typing fails."""


@dataclass(frozen=True, slots=True)
class _Press:
    """The keys to press for one name, in order: modifiers that the character needs, then its key."""

    codes: tuple[int, ...]
    group: int
    extra: int = 0
    """Mask of those modifiers."""
    locks: int = 0
    """Locks that must be on."""

    def bent_by(self, keyboard: KeyboardMap, locked: int) -> bool:
        """Whether locks make another key of it."""
        key = next((key for key in keyboard.keys if key.code == self.codes[-1]), None)
        if key is None or not locked:
            return False
        return keyboard.symbol(key, self.group, self.extra | locked) != keyboard.symbol(key, self.group, self.extra)


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
                say("The display does not accept input from programs (it has no XTEST extension)."),
                say("Use a display server with XTEST, such as Xorg, Xvfb, or Xvnc."),
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
        x11.close_all(self.give_back, self._xkb.close, self.display.close)

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
                    say("A modifier key such as Shift or Ctrl is held, so the text would be wrong."),
                    say("Release the key. If no key is pressed, turn off sticky keys."),
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

    def press(
        self,
        names: Sequence[str],
        times: int,
        hold: float,
        steps: Steps,
        before: Callable[[int], None] | None = None,
    ) -> None:
        """Press keys together, in order, and release them in reverse: keys, not characters, whatever locks are on.

        Args:
            names: Canonical names.
            times: How often.
            hold: Seconds to hold them down each time.
            steps: The run's brake.
            before: Called before each time with how often they were pressed; raises to press them no more.
        """
        presses = [self._press(name) for name in names]
        codes = list(dict.fromkeys(code for press in presses for code in press.codes))
        with self._locks_for(presses) as is_changed:
            for number in range(times):
                if before is not None:
                    before(number)
                self._press_once(codes, hold, steps)
            if is_changed:
                self._settle_focus(steps)  # some programs look at the locks when they come to the key
        if self._borrowed:
            self._settle_focus(steps)
            self.give_back()

    def _press_once(self, codes: Sequence[int], hold: float, steps: Steps) -> None:
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

    @contextlib.contextmanager
    def plain(self) -> Iterator[None]:
        """Take back every lock but NumLock for as long as a text is typed: some characters have no key under CapsLock."""
        locked = self._xkb.state().locked
        wanted = locked & self.map().num_lock
        if wanted == locked:
            yield
            return
        self._xkb.lock(0xFF, wanted)
        try:
            yield
        finally:
            self._xkb.lock(0xFF, locked)

    @contextlib.contextmanager
    def _locks_for(self, presses: Sequence[_Press]) -> Iterator[bool]:
        """Take back the locks that would make other keys of these, as long as they are pressed: CapsLock turns s into S.

        The keypad's digits need NumLock. Yields whether locks were changed.
        """
        locked = self._xkb.state().locked
        wanted = 0 if any(press.bent_by(self.map(), locked) for press in presses) else locked
        for press in presses:
            wanted |= press.locks
        if wanted == locked:
            yield False
            return
        self._xkb.lock(0xFF, wanted)
        try:
            yield True
        finally:
            self._xkb.lock(0xFF, locked)

    def hold(self, names: Sequence[str], steps: Steps) -> list[int]:
        """Press keys and return their codes for ``release``."""
        codes = list(dict.fromkeys(code for name in names for code in self._press(name).codes))
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
                say("Change Method to Paste for this text."),
            )
        later = [each for each in self._lacking(ahead) if each.isprintable() and each not in lacking]
        lent = dict(zip(spares, map(symbol_of, [*lacking, *later]), strict=False))
        self._borrowed.update(lent)
        self._change_map(lent)
        missing = self._lacking(characters)
        if missing:
            raise InputFailed(
                say("The keyboard cannot type {text} now.", text=" ".join(missing)),
                say("Turn off Caps Lock, or change Method to Paste."),
            )

    def _lent_key(self, character: str) -> int:
        """Lend a spare key one character and return its code."""
        symbol = symbol_of(character)
        lent = next((code for code, given in self._borrowed.items() if given == symbol), None)
        if lent is not None:
            return lent
        spare = next(iter(self._spares()), None)
        if spare is None:
            raise InputFailed(
                say('This keyboard has no key "{name}".', name=character),
                say("Choose another key, or a keyboard layout that has it."),
            )
        self._borrowed[spare] = symbol
        # With shift it gives the capital, as a key of its own would.
        self._change_map(
            {spare: symbol}, {spare: symbol_of(capital) if len(capital := character.upper()) == 1 else symbol}
        )
        return spare

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

    def _change_map(self, symbols: dict[int, int], shifted: Mapping[int, int] | None = None) -> None:
        """Change keys in as few requests as possible: every program reads the whole map again after each."""
        codes = sorted(symbols)
        while codes:
            count = next((step for step in range(1, len(codes)) if codes[step] != codes[0] + step), len(codes))
            rows = [(symbols[code], (shifted or symbols)[code]) for code in codes[:count]]
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

    def _press(self, name: str) -> _Press:
        """Return what to press for one name: the key, after the modifiers that its character needs (``?`` needs shift)."""
        keyboard, group = self.map(), self._xkb.state().group
        if len(name) > 1:
            symbol = symbol_named(name)
            keypad = keyboard.keypad_key(symbol, group)
            if keypad is not None:
                return _Press((keypad[0],), group, 0, keypad[1])
            return _Press((self._code(name),), group)
        found = keyboard.shortcut_key(name, group)
        if found is None:
            return _Press((self._lent_key(name),), group)
        code, extra = found
        masks = (1 << bit for bit in range(8))
        return _Press((*(self._holder(mask) for mask in masks if extra & mask), code), group, extra)

    def _code(self, name: str) -> int:
        symbol = symbol_named(name)
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
                say("The keyboard map has no key for a modifier that the text requires."),
                say("Change Method to Paste, or use another keyboard layout."),
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
