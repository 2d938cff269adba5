"""The names of keys that ``press_keys`` knows, and the X keysyms behind them.

Names are not case sensitive, and ``-``, ``_`` and spaces in them do not count. A single character names its own key.

========================================  ============================================================
``ctrl`` ``shift`` ``alt`` ``altgr``      modifiers; ``control``, ``option`` mean ``ctrl``, ``alt``
``super`` ``win`` ``cmd`` ``meta``        the key with the logo
``enter`` ``return`` ``tab`` ``space``    and ``backspace``, ``delete`` (``del``), ``insert`` (``ins``), ``esc``
``up`` ``down`` ``left`` ``right``        arrows; also ``home``, ``end``, ``pageup`` (``pgup``), ``pagedown`` (``pgdn``)
``f1`` … ``f24``                          function keys
``capslock`` ``numlock`` ``scrolllock``   locks
``printscreen`` ``pause`` ``menu``        system keys; ``menu`` opens the context menu
``num0`` … ``num9``                       the keypad; also ``add``, ``subtract``, ``multiply``, ``divide``, ``decimal``
``volumeup`` ``volumedown`` ``mute``      sound; also ``playpause``, ``nexttrack``, ``prevtrack``, ``stop``
========================================  ============================================================
"""

import difflib

from flowdesk.drivers.x11.xkb import symbol_of
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

MODIFIERS = {"ctrl": 0xFFE3, "shift": 0xFFE1, "alt": 0xFFE9, "altgr": 0xFE03, "super": 0xFFEB}
"""Names of the modifiers after ``canonical``, and their keysyms."""

ALIASES = {
    "control": "ctrl", "option": "alt", "win": "super", "windows": "super", "cmd": "super", "command": "super",
    "meta": "super", "logo": "super", "return": "enter", "escape": "esc", "del": "delete", "ins": "insert",
    "pgup": "pageup", "pgdn": "pagedown", "pgdown": "pagedown", "prtsc": "printscreen", "prtscr": "printscreen",
    "print": "printscreen", "spacebar": "space", "bksp": "backspace", "apps": "menu", "caps": "capslock",
    "arrowup": "up", "arrowdown": "down", "arrowleft": "left", "arrowright": "right", "plus": "+", "minus": "-",
    "ctrlleft": "ctrl", "shiftleft": "shift", "altleft": "alt", "winleft": "super", "altright": "altgr",
    "volumemute": "mute", "comma": ",", "period": ".", "slash": "/",
}  # fmt: skip

SYMBOLS = {
    **MODIFIERS,
    "ctrlright": 0xFFE4, "shiftright": 0xFFE2, "winright": 0xFFEC,
    "enter": 0xFF0D, "tab": 0xFF09, "space": 0x20, "backspace": 0xFF08, "delete": 0xFFFF, "insert": 0xFF63,
    "esc": 0xFF1B, "up": 0xFF52, "down": 0xFF54, "left": 0xFF51, "right": 0xFF53, "home": 0xFF50, "end": 0xFF57,
    "pageup": 0xFF55, "pagedown": 0xFF56, "capslock": 0xFFE5, "numlock": 0xFF7F, "scrolllock": 0xFF14,
    "printscreen": 0xFF61, "pause": 0xFF13, "menu": 0xFF67, "help": 0xFF6A,
    **{f"f{number}": 0xFFBD + number for number in range(1, 25)},
    **{f"num{digit}": 0xFFB0 + digit for digit in range(10)},
    "add": 0xFFAB, "subtract": 0xFFAD, "multiply": 0xFFAA, "divide": 0xFFAF, "decimal": 0xFFAE, "numenter": 0xFF8D,
    "volumeup": 0x1008FF13, "volumedown": 0x1008FF11, "mute": 0x1008FF12, "playpause": 0x1008FF14,
    "stop": 0x1008FF15, "prevtrack": 0x1008FF16, "nexttrack": 0x1008FF17,
}  # fmt: skip
"""Names after ``canonical``, and their keysyms (``keysymdef.h``, ``XF86keysym.h``)."""


def canonical(name: str) -> str:
    """Return the one name of a key, or the character that names itself.

    Raises:
        InputFailed: If there is no such key; the fix names the nearest ones.
    """
    if len(name) == 1 and name.isprintable():
        return "space" if name == " " else name
    plain = name.strip().lower().replace("-", "").replace("_", "").replace(" ", "")
    plain = ALIASES.get(plain, plain)
    if plain in SYMBOLS or (len(plain) == 1 and plain.isprintable()):
        return plain
    near = difflib.get_close_matches(plain, [*SYMBOLS, *ALIASES], 3, 0.5)
    raise InputFailed(
        say('Unknown key "{name}".', name=name),
        say("Did you mean {names}?", names=", ".join(near))
        if near
        else say("Enter a key such as ctrl, enter, f5, or a single character."),
    )


def symbol_named(name: str) -> int:
    """Return the keysym of a key by its canonical name."""
    return SYMBOLS[name] if name in SYMBOLS else symbol_of(name)


def shortcut(names: list[str]) -> list[str]:
    """Return canonical names of keys pressed together; capitals count as small letters beside a modifier.

    ``ctrl+S`` means ``ctrl+s`` to a person; the capital's own shift would turn it into another shortcut.

    Raises:
        InputFailed: If a name is unknown, or there is none.
    """
    if not names:
        raise InputFailed(say("The keys to press are missing."), say("Enter at least one key, such as enter."))
    found = [canonical(name) for name in names]
    if any(name in MODIFIERS for name in found):
        return [name.lower() if len(name) == 1 else name for name in found]
    return found
