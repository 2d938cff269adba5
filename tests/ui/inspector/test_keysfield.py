"""A shortcut is written or pressed, and comes out as the names of its keys."""

from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from flowdesk.model.fields import FieldSpec
from flowdesk.ui.inspector.fields import ABSENT
from flowdesk.ui.inspector.keysfield import KeysField, keys_of

CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


def field() -> KeysField:
    return KeysField(FieldSpec("keys", "Keys", "", "keys"))


@pytest.mark.parametrize("value", [["ctrl", "s"], "ctrl+s", ["ctrl", "+"], ["enter"], "{{shortcut}}"])
def test_what_is_shown_comes_back_as_it_was(qapp: QApplication, value: Any) -> None:
    keys = field()
    keys.set_value(value)
    assert keys.value() == value


def test_typed_text_is_split_at_the_plus_between_keys(qapp: QApplication) -> None:
    keys = field()
    for text, wanted in (("ctrl+shift+t", ["ctrl", "shift", "t"]), ("ctrl++", ["ctrl", "+"]), ("", ABSENT)):
        keys.line.setText(text)
        assert keys.value() == wanted


@pytest.mark.parametrize(
    ("key", "modifiers", "wanted"),
    [
        (Qt.Key.Key_S, CTRL, ["ctrl", "s"]),
        (Qt.Key.Key_T, CTRL | SHIFT, ["ctrl", "shift", "t"]),
        (Qt.Key.Key_Return, NONE, ["enter"]),
        (Qt.Key.Key_F5, SHIFT, ["shift", "f5"]),
        (Qt.Key.Key_Exclam, SHIFT, ["!"]),
        (Qt.Key.Key_Control, CTRL, []),
    ],
)
def test_pressed_keys_have_the_names_that_the_node_knows(
    key: Qt.Key, modifiers: Qt.KeyboardModifier, wanted: list[str]
) -> None:
    assert keys_of(QKeyEvent(QEvent.Type.KeyPress, key, modifiers)) == wanted


def test_recording_takes_one_shortcut_and_ends(qapp: QApplication) -> None:
    keys = field()
    edits: list[Any] = []
    keys.edited.connect(lambda: edits.append(keys.value()))
    keys.record.setChecked(True)
    QApplication.sendEvent(keys.record, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_S, CTRL))
    assert edits == [["ctrl", "s"]]
    assert not keys.record.isChecked()
