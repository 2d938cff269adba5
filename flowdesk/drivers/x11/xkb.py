"""The keyboard map of the X server, read exactly: which key with which modifiers gives which character now.

The core protocol's map cannot be read without guessing once a keyboard has two layouts and an AltGr level, so the two
requests of the X Keyboard Extension that tell it are made here (XKB protocol 1.0, ``xkbproto``: GetState and GetMap).
"""

import struct
import sys
from dataclasses import dataclass
from typing import Any

from flowdesk.drivers.x11 import connection as x11
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import say

SHIFT, LOCK, CONTROL = 1, 2, 4
USE_CORE_KEYBOARD = 0x100


@dataclass(frozen=True, slots=True)
class KeyboardState:
    """Modifiers and layout in force: masks of real modifiers, 0-based group."""

    held: int
    """Modifiers whose keys are down."""
    latched: int
    """Modifiers waiting for the next key (sticky keys)."""
    locked: int
    """CapsLock, NumLock and their like."""
    group: int


@dataclass(frozen=True, slots=True)
class KeyType:
    """How modifiers choose a key's level."""

    mask: int
    levels: dict[int, int]

    def level(self, modifiers: int) -> int:
        """Return the 0-based level under these modifiers."""
        return self.levels.get(modifiers & self.mask, 0)


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its symbols by group and level."""

    code: int
    types: tuple[int, int, int, int]
    group_rule: int
    width: int
    symbols: tuple[int, ...]

    @property
    def is_spare(self) -> bool:
        """Whether the key means nothing."""
        return not any(self.symbols)

    def group(self, wanted: int) -> int:
        """Return the group that counts when the key has fewer groups than the keyboard."""
        count = self.group_rule & 0x0F
        if count == 0 or wanted < count:
            return wanted if count else 0
        if self.group_rule & 0x80:
            redirected = self.group_rule >> 4 & 3
            return redirected if redirected < count else 0
        return count - 1 if self.group_rule & 0x40 else wanted % count


@dataclass(frozen=True, slots=True)
class KeyboardMap:
    """The whole map: types, keys, and which keys are which modifier."""

    types: tuple[KeyType, ...]
    keys: tuple[Key, ...]
    modifier_keys: dict[int, int]
    """Key code to its mask of real modifiers."""

    def symbol(self, key: Key, group: int, modifiers: int) -> int:
        """Return the keysym that a client sees, 0 for none. CapsLock that the key ignores is the client's to apply."""
        if key.is_spare:
            return 0
        group = key.group(group)
        kind = self.types[key.types[group]]
        place = group * key.width + kind.level(modifiers)
        if kind.level(modifiers) >= key.width or place >= len(key.symbols):
            return 0
        symbol = key.symbols[place]
        if modifiers & LOCK and not kind.mask & LOCK:
            character = character_of(symbol)
            if character is not None and character.upper() != character:
                return 0  # The client would make it a capital: no way to say it exactly.
        return symbol

    def key_with(self, symbol: int, group: int) -> int | None:
        """Return the code of a key that gives a keysym without modifiers, this group first; ``None`` if none."""
        for wanted in (group, 0, 1, 2, 3):
            for key in self.keys:
                if self.symbol(key, wanted, 0) == symbol:
                    return key.code
        return next((key.code for key in self.keys if symbol in key.symbols), None)

    @property
    def num_lock(self) -> int:
        """The modifier that NumLock sets, 0 where there is none."""
        code = next((key.code for key in self.keys if key.symbols[:1] == (NUM_LOCK,)), 0)
        return self.modifier_keys.get(code, 0)

    def keypad_key(self, symbol: int, group: int) -> tuple[int, int] | None:
        """Return the key that gives a keysym only while NumLock is on, and the lock; ``None`` for all other keysyms."""
        lock = self.num_lock
        for key in self.keys if lock else ():
            if self.symbol(key, group, lock) == symbol != self.symbol(key, group, 0):
                return key.code, lock
        return None

    def shortcut_key(self, character: str, group: int) -> tuple[int, int] | None:
        """Return the key that people press for a character of a shortcut, and the modifiers that it needs beside.

        Locks do not count. A layout without Latin letters has the key of the next layout that is set up: programs look through
        the others for their shortcuts, too. ``None`` where no layout has it: programs would see no such shortcut.
        """
        level_three = self._level_three()
        for wanted in dict.fromkeys((group, 0, 1, 2, 3)):
            for extra in (0, SHIFT, level_three, SHIFT | level_three):
                for key in self.keys:
                    if character_of(self.symbol(key, wanted, extra)) == character:
                        return key.code, extra
        return None

    def strokes(self, state: KeyboardState) -> dict[str, tuple[int, int]]:
        """Return for every character that can be typed now the key code and the extra modifiers that it needs.

        Dead keys and the keypad are left out, the fewest modifiers win.
        """
        level_three = self._level_three()
        found: dict[str, tuple[int, int]] = {}
        for extra in (0, SHIFT, level_three, SHIFT | level_three):
            for key in self.keys:
                symbol = self.symbol(key, state.group, extra | state.locked)
                character = character_of(symbol)
                if character is not None:
                    found.setdefault(character, (key.code, extra))
        return found

    def _level_three(self) -> int:
        code = next((key.code for key in self.keys if key.symbols[:1] == (LEVEL_THREE_SHIFT,)), None)
        return self.modifier_keys.get(code, 0) if code is not None else 0

    def modifier_code(self, mask: int) -> int | None:
        """Return the code of a key that holds one modifier down while it is pressed, ``None`` when there is none."""
        for key in self.keys:
            is_holder = bool(key.symbols) and key.symbols[0] in HOLDERS
            if is_holder and self.modifier_keys.get(key.code, 0) == mask:
                return key.code
        return None


LEVEL_THREE_SHIFT, NUM_LOCK = 0xFE03, 0xFF7F
HOLDERS = frozenset({0xFFE1, 0xFFE2, 0xFFE3, 0xFFE4, 0xFFE9, 0xFFEA, 0xFFEB, 0xFFEC, LEVEL_THREE_SHIFT})
"""Keysyms of Shift, Control, Alt, Super and AltGr: held, not locked."""

_CODECS = {1: "iso8859_2", 2: "iso8859_3", 3: "iso8859_4", 5: "iso8859_6", 6: "koi8_r", 0xC: "iso8859_8",
           0xD: "cp874", 0x13: "iso8859_15"}  # fmt: skip
_CYRILLIC = dict(zip(range(0x6A1, 0x6C0), "ђѓёєѕіїјљњћќґўџ№ЂЃЁЄЅІЇЈЉЊЋЌҐЎЏ", strict=True))
_GREEK = {
    **dict(zip(range(0x7C1, 0x7D2), "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ", strict=True)),
    **dict(zip((0x7D2, 0x7D4, 0x7D5, 0x7D6, 0x7D7, 0x7D8, 0x7D9), "ΣΤΥΦΧΨΩ", strict=True)),
    **dict(zip(range(0x7E1, 0x7FA), "αβγδεζηθικλμνξοπρσςτυφχψω", strict=True)),
    **dict(zip(range(0x7B1, 0x7BC), "άέήίϊΐόύϋΰώ", strict=True)),
}


def character_of(symbol: int) -> str | None:
    """Return the character that a keysym stands for; ``None`` for function, dead and keypad keys and unknown ones."""
    if 0x20 <= symbol <= 0x7E or 0xA0 <= symbol <= 0xFF:
        return chr(symbol)
    if 0x1000000 <= symbol <= 0x110FFFF:
        code = symbol - 0x1000000
        return None if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 else chr(code)
    if symbol in _CYRILLIC:
        return _CYRILLIC[symbol]
    if symbol in _GREEK:
        return _GREEK[symbol]
    if symbol == 0x20AC:
        return "€"
    codec = _CODECS.get(symbol >> 8)
    if codec is None or symbol & 0xFF < 0xA1 or (codec == "koi8_r" and symbol & 0xFF < 0xC0):
        return None
    character = bytes([symbol & 0xFF]).decode(codec, "replace")
    return None if character == "\ufffd" else character


def symbol_of(character: str) -> int:
    """Return a keysym that stands for a character in every toolkit."""
    code = ord(character)
    return code if 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xFF else 0x1000000 + code


class _Raw:
    """Hands a reply on as bytes."""

    def parse_binary(self, reply: Any, display: Any, rawdict: int = 0) -> tuple[dict[str, Any], bytes]:
        """Keep the reply whole, with the number by which ``Xlib`` knows it."""
        raw = bytes(reply)
        return {"raw": raw, "sequence_number": int.from_bytes(raw[2:4], sys.byteorder)}, b""


class _Packet:
    """A request as bytes."""

    def __init__(self, opcode: int, minor: int, body: bytes) -> None:
        self._bytes = struct.pack("=BBH", opcode, minor, 1 + len(body) // 4) + body

    def to_binary(self, *_: Any, **__: Any) -> bytes:
        """Return it."""
        return self._bytes


def _tell(display: Any, opcode: int, minor: int, body: bytes) -> None:
    from Xlib.protocol import rq

    class Statement(rq.Request):  # type: ignore[misc]
        _request = _Packet(opcode, minor, body)

    Statement(display.display)


def _ask(display: Any, opcode: int, minor: int, body: bytes) -> bytes:
    from Xlib.protocol import rq

    class Question(rq.ReplyRequest):  # type: ignore[misc]
        _request = _Packet(opcode, minor, body)
        _reply = _Raw()

    return bytes(Question(display.display)._data["raw"])


class Xkb:
    """The keyboard extension, on a connection of its own.

    A connection that uses the extension is no longer told of changes by ``MappingNotify``, which the others need.
    """

    def __init__(self) -> None:
        """Connect and ask the server for the extension.

        Raises:
            DesktopUnavailable: If the server has none (every server since 1996 has).
        """
        display = x11.connect()
        found = display.query_extension("XKEYBOARD")
        if found is None:
            display.close()
            raise DesktopUnavailable(
                say("The X display has no keyboard extension (XKB)."), say("Use a display server with this extension.")
            )
        self._display = display
        self._opcode = int(found.major_opcode)
        _ask(display, self._opcode, 0, struct.pack("=HH", 1, 0))

    def close(self) -> None:
        """Disconnect."""
        self._display.close()

    def state(self) -> KeyboardState:
        """Read the modifiers and the layout in force."""
        reply = _ask(self._display, self._opcode, 4, struct.pack("=HH", USE_CORE_KEYBOARD, 0))
        _, held, latched, locked, group = struct.unpack_from("=BBBBB", reply, 8)
        return KeyboardState(held, latched, locked, group)

    def lock(self, mask: int, values: int) -> None:
        """Set those locks (CapsLock, NumLock and their like) that are in ``mask`` to ``values``, and wait until it is done."""
        body = struct.pack("=HBBBBBBBBH", USE_CORE_KEYBOARD, mask, values, 0, 0, 0, 0, 0, 0, 0)
        _tell(self._display, self._opcode, 5, body)
        self.state()

    def map(self) -> KeyboardMap:
        """Read the whole map."""
        parts = 1 | 2 | 4  # types, symbols, modifiers
        body = struct.pack("=HHH8BH8B", USE_CORE_KEYBOARD, parts, 0, *(0,) * 8, 0, *(0,) * 8)
        return _parse_map(_ask(self._display, self._opcode, 8, body))


def _parse_map(reply: bytes) -> KeyboardMap:
    type_count, first_key, key_count, modifier_count = reply[15], reply[17], reply[20], reply[33]
    place = 40
    types = []
    for _ in range(type_count):
        mask, entries, has_preserved = reply[place], reply[place + 5], reply[place + 6]
        place += 8
        rows = [struct.unpack_from("=BBB", reply, place + 8 * row) for row in range(entries)]
        types.append(KeyType(mask, {mods: level for is_active, mods, level in rows if is_active}))
        place += entries * (12 if has_preserved else 8)
    keys = []
    for code in range(first_key, first_key + key_count):
        kinds = struct.unpack_from("=4B", reply, place)
        group_rule, width, count = struct.unpack_from("=BBH", reply, place + 4)
        symbols = struct.unpack_from(f"={count}I", reply, place + 8)
        keys.append(Key(code, kinds, group_rule, width, symbols))
        place += 8 + 4 * count
    modifiers = {reply[place + 2 * row]: reply[place + 2 * row + 1] for row in range(modifier_count)}
    return KeyboardMap(tuple(types), tuple(keys), modifiers)
