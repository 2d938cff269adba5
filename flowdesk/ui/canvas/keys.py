"""Keys of the canvas. They act only while the canvas has the focus, so no field loses a letter."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from flowdesk.ui.canvas.commands import STEPS, Way

if TYPE_CHECKING:
    from flowdesk.ui.canvas.view import CanvasView

Key = Qt.Key
_CTRL, _SHIFT, _ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
_NONE = Qt.KeyboardModifier.NoModifier
_ARROWS: dict[Way, Qt.Key] = {"left": Key.Key_Left, "right": Key.Key_Right, "up": Key.Key_Up, "down": Key.Key_Down}

Chord = tuple[Qt.Key, Qt.KeyboardModifier]


def bindings(view: "CanvasView") -> dict[Chord, Callable[[], object]]:
    """Return what each key of a canvas does."""
    do, look = view.commands, view.navigator
    table: dict[Chord, Callable[[], object]] = {
        (Key.Key_Delete, _NONE): do.delete,
        (Key.Key_Backspace, _NONE): do.delete,
        (Key.Key_Delete, _CTRL): do.delete_and_heal,
        (Key.Key_Backspace, _CTRL): do.delete_and_heal,
        (Key.Key_C, _CTRL): do.copy,
        (Key.Key_X, _CTRL): do.cut,
        (Key.Key_V, _CTRL): do.paste,
        (Key.Key_V, _CTRL | _SHIFT): do.paste_with_inputs,
        (Key.Key_D, _CTRL): do.duplicate,
        (Key.Key_A, _CTRL): do.select_all,
        (Key.Key_A, _SHIFT): do.quick_add,
        (Key.Key_N, _NONE): do.quick_add,
        (Key.Key_Tab, _NONE): do.quick_add,
        (Key.Key_F2, _NONE): do.rename,
        (Key.Key_Return, _NONE): do.open,
        (Key.Key_Enter, _NONE): do.open,
        (Key.Key_D, _NONE): do.toggle_disabled,
        (Key.Key_F9, _NONE): do.toggle_breakpoint,
        (Key.Key_T, _SHIFT | _ALT): do.lay_out,
        (Key.Key_Left, _CTRL | _SHIFT): do.select_upstream,
        (Key.Key_Right, _CTRL | _SHIFT): do.select_downstream,
        (Key.Key_Home, _NONE): look.fit_all,
        (Key.Key_1, _CTRL): look.fit_all,
        (Key.Key_F, _NONE): look.fit_selection,
        (Key.Key_0, _CTRL): partial(look.zoom_to, 1.0),
        (Key.Key_Plus, _CTRL): partial(look.zoom_by, 1.2),
        (Key.Key_Equal, _CTRL): partial(look.zoom_by, 1.2),
        (Key.Key_Minus, _CTRL): partial(look.zoom_by, 1 / 1.2),
        (Key.Key_M, _NONE): view.toggle_minimap,
    }
    for way in STEPS:
        table[_ARROWS[way], _NONE] = partial(do.nudge, way)
        table[_ARROWS[way], _SHIFT] = partial(do.nudge, way, 5)
        table[_ARROWS[way], _ALT] = partial(do.walk, way)
    return table


def chord_of(event: QKeyEvent) -> Chord:
    """Return the key and the modifiers that count; the number pad is like the other keys."""
    keys = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    key = Qt.Key(event.key())
    if key in {Key.Key_Plus, Key.Key_Equal} and keys & _CTRL:
        keys = keys & ~_SHIFT
    return key, keys
