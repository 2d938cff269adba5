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


def elsewhere() -> Sentence:
    """Say where a flow runs that this session does not let run."""
    return say(
        'Run the flow on a separate desktop (flowdesk run --desktop private), or choose the "Xorg" or "X11" session on the login screen.'
    )


def refusal(which: Kind) -> Sentence:
    """Say why flowdesk does not drive a session."""
    if which == "gnome":
        return say(
            "This is a Wayland session of GNOME. It tells no program where windows are and asks for consent each time, so flowdesk does not drive it."
        )
    if which == "kde":
        return say(
            "This is a Wayland session of KDE Plasma. It lets only programs in that it was told about, so flowdesk does not drive it."
        )
    if which == "wlroots":
        return say(
            "This Wayland compositor does not tell where windows are. flowdesk drives only sway, which tells it over its own interface."
        )
    return say(
        "This is a Wayland session. It does not allow programs to send input to other programs. flowdesk drives only sway."
    )


def check() -> None:
    """Return where this session can be driven.

    Raises:
        DesktopUnavailable: If it cannot; says why, and offers a desktop of the flow's own.
        MissingPiece: If the library is not installed.
    """
    which = kind()
    if which != "sway":
        raise DesktopUnavailable(refusal(which), elsewhere())
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
