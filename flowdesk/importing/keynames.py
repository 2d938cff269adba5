"""Keys as other tools call them."""

from flowdesk.importing.report import Untaken
from flowdesk.model.sentence import say

KEY_NAMES = [
    *"\t\n\r !\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
    "accept", "add", "alt", "altleft", "altright", "apps", "backspace", "browserback", "browserfavorites",
    "browserforward", "browserhome", "browserrefresh", "browsersearch", "browserstop", "capslock", "clear",
    "convert", "ctrl", "ctrlleft", "ctrlright", "decimal", "del", "delete", "divide", "down", "end", "enter",
    "esc", "escape", "execute", "f1", "f10", "f11", "f12", "f13", "f14", "f15", "f16", "f17", "f18", "f19", "f2",
    "f20", "f21", "f22", "f23", "f24", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "final", "fn", "hanguel",
    "hangul", "hanja", "help", "home", "insert", "junja", "kana", "kanji", "launchapp1", "launchapp2",
    "launchmail", "launchmediaselect", "left", "modechange", "multiply", "nexttrack", "nonconvert", "num0",
    "num1", "num2", "num3", "num4", "num5", "num6", "num7", "num8", "num9", "numlock", "pagedown", "pageup",
    "pause", "pgdn", "pgup", "playpause", "prevtrack", "print", "printscreen", "prntscrn", "prtsc", "prtscr",
    "return", "right", "scrolllock", "select", "separator", "shift", "shiftleft", "shiftright", "sleep", "space",
    "stop", "subtract", "tab", "up", "volumedown", "volumemute", "volumeup", "win", "winleft", "winright", "yen",
    "command", "option", "optionleft", "optionright",
]  # fmt: skip
"""The keys of pyautogui, in its order."""
KEYS = {
    "winleft": "super", "winright": "super", "optionleft": "alt", "optionright": "altgr", "prntscrn": "printscreen", "prtscn": "printscreen",
    "prtscr": "printscreen", "snapshot": "printscreen", "apps": "menu", "scroll": "scrolllock", "minus": "-", " ": "space", "\n": "enter",
    "\t": "tab", "\b": "backspace", "\r": "enter", "separator": "decimal", "back": "backspace",
}  # fmt: skip
_WITHOUT = frozenset({
    "accept", "browserback", "browserfavorites", "browserforward", "browserhome", "browserrefresh",
    "browsersearch", "browserstop", "clear", "convert", "execute", "final", "fn", "hanguel", "hangul", "hanja",
    "junja", "kana", "kanji", "launchapp1", "launchapp2", "launchmail", "launchmediaselect", "modechange",
    "nonconvert", "print", "prtsc", "select", "sleep", "yen",
})  # fmt: skip
"""Those of them that no keyboard here has."""
_KNOWN = frozenset({
    *KEY_NAMES,
    "altgr", "cmd", "control", "ins", "menu", "meta", "minus", "mute", "pgdown", "plus", "super", "windows",
}) - _WITHOUT  # fmt: skip


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
