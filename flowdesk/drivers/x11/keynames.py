"""The X keysyms behind the names of keys."""

from flowdesk.drivers.x11.xkb import symbol_of

MODIFIERS = {"ctrl": 0xFFE3, "shift": 0xFFE1, "alt": 0xFFE9, "altgr": 0xFE03, "super": 0xFFEB}
"""Names of the modifiers after ``canonical``, and their keysyms."""

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


def symbol_named(name: str) -> int:
    """Return the keysym of a key by its canonical name."""
    return SYMBOLS[name] if name in SYMBOLS else symbol_of(name)
