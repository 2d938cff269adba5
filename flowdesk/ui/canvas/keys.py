"""Keys of the canvas. They act only while the canvas has the focus, so no field loses a letter."""

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from flowdesk.ui.canvas.habits import Habits

Chord = tuple[Qt.Key, Qt.KeyboardModifier]

_SHIFTED = {Qt.Key.Key_Plus, Qt.Key.Key_Equal}
"""Keys that need Shift on some layouts and not on others."""


def bindings(habits: Habits) -> dict[Chord, str]:
    """Return the command of each key."""
    return {chord(key): command for command, keys in habits.keys.items() for key in keys}


def chord(text: str) -> Chord:
    """Return the key that Qt writes like this."""
    combination: QKeyCombination = QKeySequence(text)[0]  # type: ignore[index]
    return combination.key(), combination.keyboardModifiers()


def chord_of(event: QKeyEvent) -> Chord:
    """Return the key and the modifiers that count; the number pad is like the other keys."""
    keys = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    key = Qt.Key(event.key())
    if key in _SHIFTED and keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        keys = keys & ~Qt.KeyboardModifier.ShiftModifier
    return key, keys
