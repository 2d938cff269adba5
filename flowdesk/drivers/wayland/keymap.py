"""Keymaps of flowdesk's own: the user's layout plays no part in what arrives. Pure.

Two kinds. For text: one key for each different character, a letter on its own key where the US layout has it, because some programs
look at the key beside the character. For shortcuts: the US layout, whose keys are where every program looks for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flowdesk.drivers.x11.keynames import MODIFIERS, symbol_named

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"), (16, "qwertyuiop[]", "QWERTYUIOP{}"), (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
)  # fmt: skip
"""Rows of the US keyboard: the first key's code (``linux/input-event-codes.h``), what its keys give, and give with shift."""

PLAIN = {letter: first + at for first, plain, _ in _ROWS for at, letter in enumerate(plain)} | {" ": 57}
SHIFTED = {letter: first + at for first, _, shifted in _ROWS for at, letter in enumerate(shifted)}

CODES: dict[str, int] = {
    "ctrl": 29, "shift": 42, "alt": 56, "altgr": 100, "super": 125, "ctrlright": 97, "shiftright": 54, "winright": 126,
    "enter": 28, "tab": 15, "space": 57, "backspace": 14, "delete": 111, "insert": 110, "esc": 1, "up": 103, "down": 108,
    "left": 105, "right": 106, "home": 102, "end": 107, "pageup": 104, "pagedown": 109, "capslock": 58, "numlock": 69,
    "scrolllock": 70, "printscreen": 99, "pause": 119, "menu": 127, "help": 138, "add": 78, "subtract": 74, "multiply": 55,
    "divide": 98, "decimal": 83, "numenter": 96, "volumeup": 115, "volumedown": 114, "mute": 113, "playpause": 164,
    "stop": 166, "prevtrack": 165, "nexttrack": 163,
    **{f"num{digit}": code for digit, code in enumerate((82, 79, 80, 81, 75, 76, 77, 71, 72, 73))},
    **{f"f{number}": 58 + number for number in range(1, 11)}, "f11": 87, "f12": 88,
    **{f"f{number}": 170 + number for number in range(13, 25)},
}  # fmt: skip
"""Codes of the keys that have a name."""

MASKS = {"shift": 1, "shiftright": 1, "ctrl": 4, "ctrlright": 4, "alt": 8, "super": 64, "winright": 64, "altgr": 128}
"""What a held modifier adds to the state (the eight real modifiers of xkb, in their order)."""
SHIFT = 1

_FREE = (
    *sorted([*PLAIN.values()]), 86, 89, 92, 93, 94, 95, 117, 118, 120, 121, 122, 123, 124, *range(183, 195), *range(195, 248),
)  # fmt: skip
MOST = len(_FREE)
"""So many different characters one keymap for text may have."""
SPARE = 247
"""The key that a shortcut's character gets that the US layout lacks."""
_X = 8
"""What xkb adds to a code."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A key, and the modifiers that it needs."""

    code: int
    mask: int = 0


def codes_of(characters: Sequence[str]) -> dict[str, int]:
    """Return a key for each of at most ``MOST`` different characters."""
    own = {letter: PLAIN[letter] for letter in characters if letter in PLAIN}
    free = (code for code in _FREE if code not in own.values())
    return {letter: own[letter] if letter in own else next(free) for letter in dict.fromkeys(characters)}


def text_keymap(codes: dict[str, int]) -> bytes:
    """Return a keymap in which each key gives its character, whatever else is held."""
    names = "".join(f"<F{code}> = {code + _X};\n" for code in codes.values())
    keys = "".join(
        f'key <F{code}> {{ type = "ONE_LEVEL", [ U{ord(letter):04X} ] }};\n' for letter, code in codes.items()
    )
    return _keymap(names, keys)


def shortcut_keymap(spare: str = "") -> bytes:
    """Return the keymap for shortcuts: the US layout, and ``spare`` on a key of its own."""
    names: list[str] = []
    keys: list[str] = []
    for first, plain, shifted in _ROWS:
        for at, (low, high) in enumerate(zip(plain, shifted, strict=True)):
            kind = "ALPHABETIC" if low.isalpha() else "TWO_LEVEL"
            names.append(f"<F{first + at}> = {first + at + _X};\n")
            keys.append(f'key <F{first + at}> {{ type = "{kind}", [ U{ord(low):04X}, U{ord(high):04X} ] }};\n')
    for name, code in CODES.items():
        names.append(f"<F{code}> = {code + _X};\n")
        keys.append(f"key <F{code}> {{ [ 0x{symbol_named(name):x} ] }};\n")
    for modifier, name in (
        ("Shift", "shift"),
        ("Control", "ctrl"),
        ("Mod1", "alt"),
        ("Mod4", "super"),
        ("Mod5", "altgr"),
    ):
        keys.append(f"modifier_map {modifier} {{ <F{CODES[name]}> }};\n")
    if spare:
        names.append(f"<F{SPARE}> = {SPARE + _X};\n")
        keys.append(f'key <F{SPARE}> {{ type = "ONE_LEVEL", [ U{ord(spare):04X} ] }};\n')
    return _keymap("".join(names), "".join(keys))


def stroke_of(name: str) -> Stroke:
    """Return the key of the keymap for shortcuts for a canonical name; the spare one for a character that the US layout lacks."""
    if name in CODES:
        return Stroke(CODES[name])
    if name in PLAIN:
        return Stroke(PLAIN[name])
    return Stroke(SHIFTED[name], SHIFT) if name in SHIFTED else Stroke(SPARE)


def is_spare(name: str) -> bool:
    """Whether a name is a character that the US layout lacks."""
    return name not in CODES and name not in PLAIN and name not in SHIFTED


def is_modifier(name: str) -> bool:
    """Whether a key changes what others mean."""
    return name in MODIFIERS or name in MASKS


def pieces_of(text: str) -> Iterator[str]:
    """Cut a text so that each piece has at most ``MOST`` different characters."""
    start, seen = 0, set[str]()
    for at, letter in enumerate(text):
        if letter not in seen and len(seen) == MOST:
            yield text[start:at]
            start, seen = at, set()
        seen.add(letter)
    if start < len(text):
        yield text[start:]


def _keymap(names: str, keys: str) -> bytes:
    return (
        f'xkb_keymap {{ xkb_keycodes "flowdesk" {{ minimum = 8; maximum = 255;\n{names} }};\n'
        'xkb_types "flowdesk" { include "complete" };\nxkb_compatibility "flowdesk" { include "complete" };\n'
        f'xkb_symbols "flowdesk" {{\n{keys} }};\n}};'
    ).encode() + b"\0"
