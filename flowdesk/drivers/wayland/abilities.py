"""What flowdesk does under Wayland: nearly all under sway; elsewhere elements, which need nothing of the compositor."""

from flowdesk.drivers.abilities import Ability

_WORKS = Ability("works")
_NO_POINTER = Ability("refused", "Wayland does not tell where the pointer is")
_NO_EARS = Ability("refused", "Wayland tells no program what a person does")
_NO_HOTKEYS = Ability("refused", "hotkeys work on X11 only")
_BY_ELEMENTS = "Method Element operates elements without it"


def _elements_only(reason: str, stop: Ability) -> dict[str, Ability]:
    """Return what is done where elements are all there is: a flow that needs more is refused before its first step."""
    refused = Ability("refused", reason)
    return {
        "mouse": Ability("refused", f"{reason}; {_BY_ELEMENTS}"),
        "keys": Ability("refused", f"{reason}; {_BY_ELEMENTS}"),
        "text": Ability("limited", "with Method Element, into fields that their programs publish"),
        "picture": refused,
        "windows": Ability("limited", "as their programs tell them, without their places"),
        "front": refused,
        "geometry": refused,
        "elements": Ability("limited", "read, pressed, filled, checked, and chosen by their programs (Method Element)"),
        "gate": Ability(
            "limited", "enabled, and not blocked by a dialog or a menu; what lies over a window plays no part"
        ),
        "clipboard": refused,
        "stop": stop,
        "corner": _NO_POINTER,
        "command": _WORKS,
        "record": _NO_EARS,
        "hotkey": _NO_HOTKEYS,
        "private": _WORKS,
    }


ABILITIES = {
    "sway": {
        "mouse": Ability("limited", "monitors that are not scaled or rotated"),
        "keys": Ability("limited", "not into programs for X11"),
        "text": Ability("limited", "not into programs for X11"),
        "picture": _WORKS,
        "windows": _WORKS,
        "front": _WORKS,
        "geometry": Ability("limited", "floating windows only; sway has no minimize and maximize"),
        "elements": Ability(
            "limited", "menus and lists of GTK that open over a window are operated by their program, not by the mouse"
        ),
        "gate": Ability(
            "limited", "where a menu of GTK lies is not told; every dialog of Qt counts as one that blocks its window"
        ),
        "clipboard": _WORKS,
        "command": _WORKS,
        "private": _WORKS,
        "stop": Ability("limited", "the key is bound in sway's configuration; without it no input is sent"),
        "corner": _NO_POINTER,
        "record": _NO_EARS,
        "hotkey": _NO_HOTKEYS,
    },
    "wlroots": _elements_only(
        "the compositor does not tell where windows are",
        Ability(
            "limited",
            "a key that is bound in Wayfire; elsewhere flowdesk cannot look for it, and elements are only read",
        ),
    ),
    "gnome": _elements_only(
        "GNOME asks for consent each time, and tells no program where windows are",
        Ability(
            "limited", "a shortcut in the settings of GNOME starts flowdesk stop; without it no element is operated"
        ),
    ),
    "kde": _elements_only(
        "KWin lets in only programs that it was told about",
        Ability(
            "limited", "a shortcut in the settings of Plasma starts flowdesk stop; without it no element is operated"
        ),
    ),
}
