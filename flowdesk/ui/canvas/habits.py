"""Habits: which keys and buttons of the canvas do what, as people know them from other editors. Data only.

A key is written as Qt writes it; what it does is the name of a command, with its arguments after colons, that
``CanvasCommands.carry_out`` takes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

WAYS = ("left", "right", "up", "down")

Keys = tuple[str, ...]
LeftDrag = Literal["select", "pan"]
Wheel = Literal["zoom", "pan"]


def _arrows(held: str, command: str) -> Iterator[tuple[str, Keys]]:
    for way in WAYS:
        yield f"{command}:{way}", (f"{held}{way.capitalize()}",)


DEFAULT_KEYS: Mapping[str, Keys] = {
    "quick_add": ("N", "Shift+A", "Tab"),
    "open": ("Return", "Enter"),
    "rename": ("F2",),
    "delete": ("Del", "Backspace"),
    "delete_and_heal": ("Ctrl+Del", "Ctrl+Backspace"),
    "copy": ("Ctrl+C",),
    "cut": ("Ctrl+X",),
    "paste": ("Ctrl+V",),
    "paste_with_inputs": ("Ctrl+Shift+V",),
    "duplicate": ("Ctrl+D",),
    "toggle_disabled": ("D",),
    "toggle_breakpoint": ("F9",),
    "group": ("Ctrl+G",),
    "ungroup": ("Ctrl+Shift+G",),
    "toggle_collapsed": ("Alt+G",),
    "add_note": ("Shift+S",),
    "select_all": ("Ctrl+A",),
    "select_upstream": ("Ctrl+Shift+Left",),
    "select_downstream": ("Ctrl+Shift+Right",),
    "select_connected": ("Ctrl+Shift+Up",),
    **dict(_arrows("", "nudge")),
    **dict(_arrows("Shift+", "nudge_far")),
    **dict(_arrows("Alt+", "walk")),
    "lay_out": ("Shift+Alt+T",),
    "fit_all": ("Home", "Ctrl+1"),
    "fit_selection": ("F",),
    "zoom_full": ("Ctrl+0",),
    "zoom_in": ("Ctrl++", "Ctrl+="),
    "zoom_out": ("Ctrl+-",),
    "toggle_minimap": ("M",),
}


@dataclass(frozen=True)
class Habits:
    """What keys and buttons mean."""

    id: str
    title: str
    """As its users call the editor; not translated."""
    left_drag: LeftDrag = "select"
    """What a drag with the left button on nothing does."""
    wheel: Wheel = "zoom"
    """What the wheel of a mouse does. A touchpad always pans, and Ctrl always zooms."""
    box_key: Literal["ctrl", "shift"] = "shift"
    """The key that selects with a box where the left button pans."""
    cut: Literal["alt+left", "ctrl+right"] = "alt+left"
    """The drag that cuts wires."""
    ctrl_removes: bool = False
    """Whether a box with Ctrl takes from the selection; else it toggles."""
    ctrl_pans: bool = False
    """Whether Ctrl and the left button pan."""
    ctrl_adds: bool = False
    """Whether a click with Ctrl on nothing adds a node."""
    keys: Mapping[str, Keys] = field(default_factory=lambda: DEFAULT_KEYS)

    def keys_of(self, command: str) -> Keys:
        """Return the keys of a command; none if it has none."""
        return self.keys.get(command, ())

    def changed(self, left_drag: LeftDrag | Literal[""] = "", wheel: Wheel | Literal[""] = "") -> "Habits":
        """Return the same with another left button or wheel; empty leaves it."""
        return replace(self, left_drag=left_drag or self.left_drag, wheel=wheel or self.wheel)


def _with(**keys: Keys) -> Mapping[str, Keys]:
    """Return the keys with others for some commands; a key that these take is taken from the rest."""
    changed = {name.replace("__", ":"): given for name, given in keys.items()}
    taken = {key for given in changed.values() for key in given}
    rest = {name: tuple(key for key in given if key not in taken) for name, given in DEFAULT_KEYS.items()}
    return {**rest, **changed}


def _moved(held: str, far: str, walk: str) -> dict[str, Keys]:
    pairs = [*_arrows(held, "nudge"), *_arrows(far, "nudge_far"), *_arrows(walk, "walk")]
    return {name.replace(":", "__"): given for name, given in pairs}


HABITS: Mapping[str, Habits] = {
    habits.id: habits
    for habits in (
        Habits("flowdesk", "flowdesk"),
        Habits(
            "blender",
            "Blender",
            cut="ctrl+right",
            keys=_with(
                quick_add=("Shift+A",),
                delete=("X", "Del"),
                delete_and_heal=("Ctrl+X", "Ctrl+Del"),
                duplicate=("Shift+D", "Ctrl+D"),
                toggle_disabled=("M",),
                group=("Ctrl+J", "Ctrl+G"),
                toggle_collapsed=("H",),
                select_all=("A", "Ctrl+A"),
                fit_selection=(".",),
                open=("Return", "Enter"),
                toggle_minimap=("Ctrl+M",),
            ),
        ),
        Habits(
            "unreal",
            "Unreal Blueprints",
            ctrl_removes=True,
            keys=_with(group=("C", "Ctrl+G"), duplicate=("Ctrl+D", "Ctrl+W"), lay_out=("Q", "Shift+Alt+T")),
        ),
        Habits(
            "node-red",
            "Node-RED",
            wheel="pan",
            ctrl_adds=True,
            keys=_with(group=("Ctrl+Shift+G",), ungroup=("Ctrl+Shift+U",), **_moved("Ctrl+", "Ctrl+Shift+", "")),
        ),
        Habits(
            "n8n",
            "n8n",
            wheel="pan",
            ctrl_pans=True,
            keys=_with(
                fit_all=("1", "Home"),
                zoom_full=("0", "Ctrl+0"),
                zoom_in=("+", "=", "Ctrl++"),
                zoom_out=("-", "Ctrl+-"),
                select_upstream=("Shift+Left",),
                select_downstream=("Shift+Right",),
                **_moved("Alt+", "Alt+Shift+", ""),
            ),
        ),
        Habits(
            "comfyui",
            "ComfyUI",
            left_drag="pan",
            box_key="ctrl",
            keys=_with(
                fit_selection=(".",),
                toggle_disabled=("Ctrl+M", "Ctrl+B"),
                toggle_collapsed=("Alt+C",),
                toggle_minimap=("Alt+M",),
                zoom_in=("Alt+=", "Ctrl++"),
                zoom_out=("Alt+-", "Ctrl+-"),
            ),
        ),
        Habits("react-flow", "React Flow", left_drag="pan", box_key="shift"),
    )
}
"""The habits there are, by id."""

DEFAULT = HABITS["flowdesk"]
