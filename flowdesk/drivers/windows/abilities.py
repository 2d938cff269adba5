"""What flowdesk does on Windows. Tried under Wine, not on Windows itself."""

from flowdesk.drivers.abilities import Ability

_WINE = Ability("limited", "tried under Wine only")

ABILITIES = {
    "windows": {
        "mouse": _WINE,
        "keys": _WINE,
        "text": _WINE,
        "picture": _WINE,
        "windows": _WINE,
        "front": _WINE,
        "geometry": _WINE,
        "elements": Ability("untried", "UI Automation, which Wine does not have"),
        "gate": Ability("limited", "tried under Wine only, without elements"),
        "clipboard": _WINE,
        "stop": _WINE,
        "corner": _WINE,
        "command": _WINE,
        "record": Ability("refused", "mouse and keyboard are heard on X11 only"),
        "hotkey": Ability("refused", "hotkeys work on X11 only"),
        "private": Ability("refused", "needs Xvfb"),
    }
}
