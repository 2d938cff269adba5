"""What flowdesk does on macOS. Not tried: written from the documentation of its libraries."""

from flowdesk.drivers.abilities import Ability

_UNTRIED = Ability("untried")

ABILITIES = {
    "macos": {
        "mouse": _UNTRIED,
        "keys": _UNTRIED,
        "text": _UNTRIED,
        "picture": _UNTRIED,
        "windows": _UNTRIED,
        "front": _UNTRIED,
        "geometry": _UNTRIED,
        "elements": _UNTRIED,
        "gate": _UNTRIED,
        "clipboard": Ability("untried", "text only"),
        "stop": Ability("refused", "there is no shortcut"),
        "corner": _UNTRIED,
        "command": Ability("refused", "processes do not hear each other"),
        "record": Ability("refused", "mouse and keyboard are heard on X11 only"),
        "hotkey": Ability("refused", "hotkeys work on X11 only"),
        "private": Ability("refused", "needs Xvfb"),
    }
}
