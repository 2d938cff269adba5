"""What each kind of desktop can do, as its driver declares it: the source of the table in the documentation and of a line of ``doctor``."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from flowdesk.model.sentence import Sentence, say

State = Literal["works", "limited", "refused", "untried"]
"""``works``: as promised, and tried. ``limited``: with a limit that the note names. ``refused``: with a sentence, before anything is
done. ``untried``: written, but never run there."""


@dataclass(frozen=True, slots=True)
class Ability:
    """What a kind of desktop does of one function."""

    state: State
    note: str = ""
    """The limit or the reason, for people."""


FUNCTIONS: dict[str, Sentence] = {
    "mouse": say("Mouse: move, click, drag, wheel"),
    "keys": say("Keys and shortcuts"),
    "text": say("Text in any script, exact"),
    "picture": say("Screenshots, images, OCR"),
    "windows": say("List windows"),
    "front": say("Activate and close windows"),
    "geometry": say("Move, resize, minimize, and maximize windows"),
    "elements": say("Elements (accessibility)"),
    "gate": say("Looks before it acts"),
    "clipboard": say("Clipboard, put back after a paste"),
    "stop": say("Emergency stop by a key"),
    "corner": say("Emergency stop in a screen corner"),
    "command": say("flowdesk stop"),
    "record": say("Recording"),
    "hotkey": say("Hotkey triggers"),
    "private": say("Separate desktops"),
}
"""What is told of each kind of desktop, in this order."""

DESKTOPS: dict[str, tuple[str, str]] = {
    "x11": ("Linux, X11", "x11"),
    "sway": ("Wayland, sway", "wayland"),
    "wlroots": ("Wayland, others", "wayland"),
    "gnome": ("Wayland, GNOME", "wayland"),
    "kde": ("Wayland, KDE Plasma", "wayland"),
    "windows": ("Windows", "windows"),
    "macos": ("macOS", "macos"),
}
"""The kinds of desktop: what people call each, and whose driver declares it."""


def abilities_of(desktop: str) -> Mapping[str, Ability]:
    """Return what a kind of desktop does, function by function."""
    declared: Mapping[str, Mapping[str, Ability]] = import_module(
        f"flowdesk.drivers.{DESKTOPS[desktop][1]}.abilities"
    ).ABILITIES
    return declared[desktop]


def titles_refused(desktop: str) -> list[Sentence]:
    """Return what a kind of desktop does not do, in the words of people."""
    return titles_in(desktop, "refused")


def titles_in(desktop: str, state: State) -> list[Sentence]:
    """Return what of a kind of desktop is in a state, in the words of people."""
    own = abilities_of(desktop)
    return [title for name, title in FUNCTIONS.items() if own[name].state == state]
