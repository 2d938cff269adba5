"""Which Wayland session this is, and why it cannot be driven where it cannot. Loads nothing and connects to nothing."""

import importlib.util
import os
import sys
from typing import Literal

from flowdesk.model.errors import DesktopUnavailable, MissingPiece
from flowdesk.model.sentence import Sentence, say

Kind = Literal["sway", "wlroots", "gnome", "kde", "other"]

NAMES: dict[Kind, str] = {
    "sway": "sway",
    "wlroots": "wlroots",
    "gnome": "GNOME",
    "kde": "KDE Plasma",
    "other": "Wayland",
}
_WLROOTS = frozenset({"hyprland", "labwc", "river", "wayfire", "niri", "dwl", "wlroots"})


def is_wayland() -> bool:
    """Whether this session is Wayland. A server for X programs that it also has counts for nothing: input sent there arrives nowhere."""
    if not sys.platform.startswith(("linux", "freebsd", "openbsd", "netbsd", "dragonfly")):
        return False
    kind = os.environ.get("XDG_SESSION_TYPE", "").lower()
    return kind == "wayland" or (bool(os.environ.get("WAYLAND_DISPLAY")) and kind != "x11")


def kind() -> Kind:
    """Return which compositor runs here, by what the session says of itself."""
    if os.environ.get("SWAYSOCK"):
        return "sway"
    told = {word.strip().lower() for word in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")}
    if told & {"gnome", "ubuntu", "unity", "budgie", "pantheon"}:
        return "gnome"
    if told & {"kde", "plasma"}:
        return "kde"
    if told & _WLROOTS or os.environ.get("HYPRLAND_INSTANCE_SIGNATURE"):
        return "wlroots"
    return "sway" if "sway" in told else "other"


def is_wayfire() -> bool:
    """Whether the compositor is Wayfire."""
    told = os.environ.get("XDG_CURRENT_DESKTOP", "").lower().split(":")
    return kind() == "wlroots" and ("wayfire" in told or bool(os.environ.get("WAYFIRE_SOCKET")))


def elsewhere() -> Sentence:
    """Say where a flow runs that this session does not let run."""
    return say(
        'Run the flow on a separate desktop (flowdesk run --desktop private), or choose the "Xorg" or "X11" session on the login screen.'
    )


def name() -> str:
    """Return what this session is called in a sentence."""
    which = kind()
    return say("This Wayland session") if which == "other" else say("Wayland on {desktop}", desktop=NAMES[which])


def is_driven() -> bool:
    """Whether mouse, keyboard, windows, and pictures are there: under sway. Elsewhere only elements are."""
    return kind() == "sway"


def refused(what: str) -> DesktopUnavailable:
    """Say that something is not driven here, and where it is."""
    return DesktopUnavailable(
        say("{desktop} does not let flowdesk use {what}.", desktop=name(), what=what), elsewhere()
    )


def no_recording() -> DesktopUnavailable:
    """Say that nobody can be heard."""
    return DesktopUnavailable(
        say("Recording is not possible under Wayland: it tells no program what a person does with mouse and keyboard."),
        say("Record in an X11 session, or build the flow with the picker."),
    )


def check() -> None:
    """Return where this session can be driven by the compositor's protocols.

    Raises:
        DesktopUnavailable: If it cannot; offers a desktop of the flow's own.
        MissingPiece: If the library is not installed.
    """
    if not is_driven():
        raise refused(say("mouse, keyboard, and screen"))
    if not os.environ.get("WAYLAND_DISPLAY") or not os.environ.get("SWAYSOCK"):
        raise DesktopUnavailable(
            say("This is a Wayland session of sway, but WAYLAND_DISPLAY or SWAYSOCK is not set."),
            say("Start flowdesk from a terminal in the session."),
        )
    if importlib.util.find_spec("pywayland") is None:
        raise MissingPiece(
            say("pywayland is not installed, which flowdesk needs under Wayland."),
            say("Run: pip install 'flowdesk[wayland]'"),
        )


def lost() -> DesktopUnavailable:
    """Say that the compositor is gone."""
    return DesktopUnavailable(
        say("The connection to the Wayland compositor is lost."),
        say("Log in to the session again, then start flowdesk."),
    )
