"""Keys as other tools call them."""

from flowdesk.importing.report import Untaken
from flowdesk.model.sentence import say

KEYS = {
    "winleft": "super", "winright": "super", "optionleft": "alt", "optionright": "altgr", "prntscrn": "printscreen", "prtscn": "printscreen",
    "prtscr": "printscreen", "snapshot": "printscreen", "apps": "menu", "scroll": "scrolllock", "minus": "-", " ": "space", "\n": "enter",
    "\t": "tab", "\b": "backspace", "\r": "enter", "separator": "decimal", "back": "backspace",
}  # fmt: skip
_KNOWN = frozenset(
    {
        "add",
        "alt",
        "altgr",
        "altleft",
        "altright",
        "backspace",
        "capslock",
        "cmd",
        "command",
        "control",
        "ctrl",
        "ctrlleft",
        "ctrlright",
        "decimal",
        "del",
        "delete",
        "divide",
        "down",
        "end",
        "enter",
        "esc",
        "escape",
        "help",
        "home",
        "ins",
        "insert",
        "left",
        "menu",
        "meta",
        "minus",
        "multiply",
        "mute",
        "nexttrack",
        "numlock",
        "option",
        "pagedown",
        "pageup",
        "pause",
        "pgdn",
        "pgdown",
        "pgup",
        "playpause",
        "plus",
        "prevtrack",
        "printscreen",
        "return",
        "right",
        "scrolllock",
        "shift",
        "shiftleft",
        "shiftright",
        "space",
        "stop",
        "subtract",
        "super",
        "tab",
        "up",
        "volumedown",
        "volumemute",
        "volumeup",
        "win",
        "windows",
    }
)


def key_of(name: str) -> str:
    """Return what flowdesk calls a key.

    Raises:
        Untaken: If it is no key.
    """
    if len(name) == 1:
        return KEYS.get(name, name)
    plain = name.lower().replace("_", "").replace("-", "").replace(" ", "")
    plain = KEYS.get(plain, plain)
    is_numbered = (plain[:1] == "f" and plain[1:].isdigit()) or (plain[:3] == "num" and plain[3:].isdigit())
    if plain not in _KNOWN and not is_numbered:
        raise Untaken("key", say("There is no key {name}.", name=name))
    return plain
