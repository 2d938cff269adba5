"""The field for a shortcut: written as ``ctrl+s``, or pressed once after a click on Record."""

import re
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

from flowdesk.i18n import tr
from flowdesk.model.fields import FieldSpec
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.fields import ABSENT, TextField
from flowdesk.ui.plain import tip

Key = Qt.Key
_PLUS = re.compile(r"(?<=[^+])\+")
"""The ``+`` between keys, which is not the key ``+`` itself: the node reads a text the same way."""
_MODIFIERS = (
    (Qt.KeyboardModifier.ControlModifier, "ctrl"),
    (Qt.KeyboardModifier.ShiftModifier, "shift"),
    (Qt.KeyboardModifier.AltModifier, "alt"),
    (Qt.KeyboardModifier.MetaModifier, "super"),
)
_MODIFIER_KEYS = {Key.Key_Control, Key.Key_Shift, Key.Key_Alt, Key.Key_Meta, Key.Key_AltGr, Key.Key_Super_L}
_NAMES = {
    Key.Key_Return: "enter", Key.Key_Enter: "enter", Key.Key_Tab: "tab", Key.Key_Backtab: "tab", Key.Key_Space: "space",
    Key.Key_Backspace: "backspace", Key.Key_Delete: "delete", Key.Key_Insert: "insert", Key.Key_Escape: "esc",
    Key.Key_Up: "up", Key.Key_Down: "down", Key.Key_Left: "left", Key.Key_Right: "right", Key.Key_Home: "home",
    Key.Key_End: "end", Key.Key_PageUp: "pageup", Key.Key_PageDown: "pagedown", Key.Key_Menu: "menu",
    Key.Key_Print: "printscreen", Key.Key_Pause: "pause", Key.Key_CapsLock: "capslock",
    **{Qt.Key(Key.Key_F1.value + number): f"f{number + 1}" for number in range(24)},
}  # fmt: skip


class KeysField(TextField):
    """Keys that are pressed together."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show a line, and a button that takes the next keys."""
        super().__init__(spec, parent)
        self._given: Any = ABSENT
        self.line.setPlaceholderText("ctrl+s")
        self.record = QToolButton(self)
        self.record.setCheckable(True)
        self.record.setIcon(icon("keyboard", "text_dim"))
        self.record.setToolTip(tip(tr("Record: press the keys now")))
        self.record.setAccessibleName(tr("Record: press the keys now"))
        self.record.toggled.connect(self._recording)
        self.record.installEventFilter(self)
        self.row.addWidget(self.record)

    def value(self) -> Any:
        """Return the names of the keys; a text with a ``{{reference}}`` stays text."""
        text = self.line.text().strip()
        if not text:
            return ABSENT
        if text == _joined(self._given):
            return self._given
        return text if "{{" in text else [part.strip() for part in _PLUS.split(text)]

    def set_value(self, value: Any) -> None:
        """Show keys as ``ctrl+s``."""
        self._given = value
        self.line.setText("" if value is ABSENT or value is None else _joined(value))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys while recording, also those that mean something to the window."""
        if watched is self.record and self.record.isChecked():
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                self._take_key(event)
                return True
            if event.type() == QEvent.Type.FocusOut:
                self.record.setChecked(False)
        return super().eventFilter(watched, event)

    def _recording(self, is_on: bool) -> None:
        self.record.setIcon(icon("circle-dot" if is_on else "keyboard", "error" if is_on else "text_dim"))
        self.line.setPlaceholderText(tr("Press the keys…") if is_on else "ctrl+s")
        if is_on:
            self.record.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_key(self, event: QKeyEvent) -> None:
        names = keys_of(event)
        if names:
            self._given = ABSENT
            self.line.setText("+".join(names))
            self.record.setChecked(False)
            self.take()


def keys_of(event: QKeyEvent) -> list[str]:
    """Return the names of the keys that are down, modifiers first; nothing while only modifiers are."""
    key = Key(event.key())
    if key in _MODIFIER_KEYS:
        return []
    name = _NAMES.get(key)
    if name is None:
        name = chr(key.value).lower() if 0x20 < key.value < 0x110000 and chr(key.value).isprintable() else ""
    if not name:
        return []
    held = [word for modifier, word in _MODIFIERS if event.modifiers() & modifier]
    if "shift" in held and len(name) == 1 and not name.isalpha():
        held.remove("shift")  # the character already says that Shift makes it
    return [*held, name]


def _joined(value: Any) -> str:
    return "+".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is ABSENT else str(value)
