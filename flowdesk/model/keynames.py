"""The names of keys on every platform. What each is there, the platform's driver knows.

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
import re

from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

MODIFIERS = ("ctrl", "shift", "alt", "altgr", "super")
"""Names of the modifiers after ``canonical``."""

ALIASES = {
    "control": "ctrl", "option": "alt", "win": "super", "windows": "super", "cmd": "super", "command": "super",
    "meta": "super", "logo": "super", "return": "enter", "escape": "esc", "del": "delete", "ins": "insert",
    "pgup": "pageup", "pgdn": "pagedown", "pgdown": "pagedown", "prtsc": "printscreen", "prtscr": "printscreen",
    "print": "printscreen", "spacebar": "space", "bksp": "backspace", "apps": "menu", "caps": "capslock",
    "arrowup": "up", "arrowdown": "down", "arrowleft": "left", "arrowright": "right", "plus": "+", "minus": "-",
    "ctrlleft": "ctrl", "shiftleft": "shift", "altleft": "alt", "winleft": "super", "altright": "altgr",
    "volumemute": "mute", "comma": ",", "period": ".", "slash": "/",
}  # fmt: skip

NAMES = frozenset({
    *MODIFIERS, "ctrlright", "shiftright", "winright", "enter", "tab", "space", "backspace", "delete", "insert", "esc",
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "capslock", "numlock", "scrolllock",
    "printscreen", "pause", "menu", "help", *(f"f{number}" for number in range(1, 25)),
    *(f"num{digit}" for digit in range(10)), "add", "subtract", "multiply", "divide", "decimal", "numenter",
    "volumeup", "volumedown", "mute", "playpause", "stop", "prevtrack", "nexttrack",
})  # fmt: skip
"""Names after ``canonical`` of keys that no character names."""


def split(text: str) -> list[str]:
    """Return the keys of a text: ``ctrl+s`` is two, ``ctrl++`` is ``ctrl`` and ``+``."""
    return [part.strip() for part in re.split(r"(?<=[^+])\+", text.strip())]


def known(name: str) -> str | None:
    """Return the one name of a key, or the character that names itself, ``None`` where there is no such key."""
    if len(name) == 1 and name.isprintable():
        return "space" if name == " " else name
    plain = _plain(name)
    return plain if plain in NAMES or (len(plain) == 1 and plain.isprintable()) else None


def nearest(name: str) -> list[str]:
    """Return the names of keys that a name may be meant for, the likeliest first."""
    return difflib.get_close_matches(_plain(name), sorted({*NAMES, *ALIASES}), 3, 0.5)


def canonical(name: str) -> str:
    """Return the one name of a key, or the character that names itself.

    Raises:
        InputFailed: If there is no such key; the fix names the nearest ones.
    """
    found = known(name)
    if found is not None:
        return found
    near = nearest(name)
    raise InputFailed(
        say('Unknown key "{name}".', name=name),
        say("Did you mean {names}?", names=", ".join(near))
        if near
        else say("Enter a key such as ctrl, enter, f5, or a single character."),
    )


def _plain(name: str) -> str:
    plain = name.strip().lower().replace("-", "").replace("_", "").replace(" ", "")
    return ALIASES.get(plain, plain)


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
