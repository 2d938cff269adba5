"""The keys of Windows: number, scan code, and whether it is one of those that were added to the first PC keyboards.

The names are those of ``drivers.x11.keynames``. Scan codes are those of the PC keyboard (set 1), which no layout changes for named keys.
"""

from dataclasses import dataclass

from flowdesk.drivers.windows import api
from flowdesk.drivers.windows.looks import foreground, thread_of
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say


@dataclass(frozen=True, slots=True)
class Key:
    """A key."""

    vk: int
    scan: int
    is_extended: bool = False


_EXTENDED: dict[str, tuple[int, int]] = {
    "up": (0x26, 0x48), "down": (0x28, 0x50), "left": (0x25, 0x4B), "right": (0x27, 0x4D), "home": (0x24, 0x47),
    "end": (0x23, 0x4F), "pageup": (0x21, 0x49), "pagedown": (0x22, 0x51), "insert": (0x2D, 0x52), "delete": (0x2E, 0x53),
    "ctrlright": (0xA3, 0x1D), "altgr": (0xA5, 0x38), "super": (0x5B, 0x5B), "winright": (0x5C, 0x5C), "menu": (0x5D, 0x5D),
    "numenter": (0x0D, 0x1C), "divide": (0x6F, 0x35), "numlock": (0x90, 0x45), "printscreen": (0x2C, 0x37),
    "shiftright": (0xA1, 0x36), "mute": (0xAD, 0x20), "volumedown": (0xAE, 0x2E), "volumeup": (0xAF, 0x30),
    "nexttrack": (0xB0, 0x19), "prevtrack": (0xB1, 0x10), "stop": (0xB2, 0x24), "playpause": (0xB3, 0x22),
}  # fmt: skip
_PLAIN: dict[str, tuple[int, int]] = {
    "ctrl": (0xA2, 0x1D), "shift": (0xA0, 0x2A), "alt": (0xA4, 0x38), "enter": (0x0D, 0x1C), "tab": (0x09, 0x0F),
    "space": (0x20, 0x39), "backspace": (0x08, 0x0E), "esc": (0x1B, 0x01), "capslock": (0x14, 0x3A),
    "scrolllock": (0x91, 0x46), "pause": (0x13, 0x45), "help": (0x2F, 0x63), "add": (0x6B, 0x4E), "subtract": (0x6D, 0x4A),
    "multiply": (0x6A, 0x37), "decimal": (0x6E, 0x53),
    **{f"num{digit}": (0x60 + digit, scan) for digit, scan in enumerate((0x52, 0x4F, 0x50, 0x51, 0x4B, 0x4C, 0x4D, 0x47, 0x48, 0x49))},
    **{f"f{number}": (0x6F + number, 0x3A + number) for number in range(1, 11)},
    "f11": (0x7A, 0x57), "f12": (0x7B, 0x58),
    **{f"f{number}": (0x6F + number, 0x64 + number - 13) for number in range(13, 24)},
    "f24": (0x87, 0x76),
}  # fmt: skip

NAMED: dict[str, Key] = {
    **{name: Key(vk, scan) for name, (vk, scan) in _PLAIN.items()},
    **{name: Key(vk, scan, is_extended=True) for name, (vk, scan) in _EXTENDED.items()},
}
"""Every key that has a name."""

MODIFIERS = {"ctrl": (0xA2, 0xA3), "shift": (0xA0, 0xA1), "alt": (0xA4, 0xA5), "super": (0x5B, 0x5C)}
"""The keys that change what others mean, left and right."""
_SHIFTS = ((1, "shift"), (2, "ctrl"), (4, "alt"))
_TO_SCAN = 4


def keys_of(name: str) -> list[Key]:
    """Return the keys for a name or a character: those that must be held with it first.

    Raises:
        InputFailed: If the layout of the program in front has no key for it.
    """
    if name in NAMED:
        return [NAMED[name]]
    user = api.user()
    layout = user.GetKeyboardLayout(thread_of(foreground()))
    found = user.VkKeyScanExW(name, layout) if ord(name) <= 0xFFFF else -1
    if found & 0xFF == 0xFF or found >> 8 & 0xF8:
        raise InputFailed(
            say('This keyboard has no key "{name}".', name=name),
            say("Use a Type text node for the character, or a keyboard layout that has it."),
        )
    vk, shifts = found & 0xFF, found >> 8
    held = [NAMED[shift] for bit, shift in _SHIFTS if shifts & bit]
    return [*held, Key(vk, user.MapVirtualKeyExW(vk, _TO_SCAN, layout) & 0xFF)]
