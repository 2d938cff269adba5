"""What flowdesk does under Wayland: nearly all under sway; elsewhere only what needs nothing of the session."""

from flowdesk.drivers.abilities import Ability

_WORKS = Ability("works")
_ALONE = Ability("limited", "tried with the variables of such a session set, not in the session itself")
_NO_PLACES = "the compositor does not tell where windows are"
_ASKS = "asks for consent each time, and tells no program where windows are"
_CLOSED = "lets in only programs that it was told about"


def _withheld(reason: str) -> dict[str, Ability]:
    """Return what a session does that is not driven: a flow that needs more is refused before its first step."""
    refused = Ability("refused", reason)
    names = ("mouse", "keys", "text", "picture", "windows", "geometry", "elements", "gate", "clipboard", "stop")
    return {
        **dict.fromkeys(names, refused),
        "corner": Ability("refused", "Wayland does not tell where the pointer is"),
        "command": _ALONE,
        "record": Ability("refused", "Wayland tells no program what a person does"),
        "hotkey": Ability("refused", "hotkeys work on X11 only"),
        "private": _ALONE,
    }


ABILITIES = {
    "sway": {
        **_withheld(""),
        "mouse": Ability("limited", "monitors that are not scaled or rotated"),
        "keys": Ability("limited", "not into programs for X11"),
        "text": Ability("limited", "not into programs for X11"),
        "picture": _WORKS,
        "windows": _WORKS,
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
    },
    "wlroots": _withheld(_NO_PLACES),
    "gnome": _withheld(_ASKS),
    "kde": _withheld(_CLOSED),
}
