"""The fields of forms. Each shows one JSON value and tells when a person edited it; ``ABSENT`` is no value at all."""

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from flowdesk.i18n import tr
from flowdesk.model.fields import ANCHORS, FieldSpec
from flowdesk.ui.inspector.words import choice_word
from flowdesk.ui.plain import PlainLabel, tip

ABSENT: Any = object()
"""The key is not in the config: the default holds."""


class Field(QWidget):
    """Shows one value."""

    edited = Signal()
    """A person changed the value."""
    left = Signal()
    """The focus went elsewhere: what was edited is final."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.spec = spec
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(6)

    def value(self) -> Any:
        """Return what is entered as a JSON value, or ``ABSENT``."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value without telling that it was edited."""
        raise NotImplementedError

    def follow(self, values: Mapping[str, Any]) -> None:
        """Show what depends on other settings of the form; most fields depend on none."""

    def take(self) -> None:
        """Tell of an edit that is final at once, such as a click."""
        self.edited.emit()
        self.left.emit()

    def set_faulty(self, is_faulty: bool) -> None:
        """Mark the field, or not."""
        for widget in self.findChildren(QWidget):
            if isinstance(widget, QLineEdit | QPlainTextEdit):
                widget.setProperty("faulty", is_faulty)
                widget.style().unpolish(widget)
                widget.style().polish(widget)

    def watch(self, widget: QWidget) -> None:
        """Tell when the focus leaves a part of the field, and name it for readers of the screen."""
        widget.setAccessibleName(tr(self.spec.title))
        widget.setAccessibleDescription(tr(self.spec.description))
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch the focus."""
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return bool(super().eventFilter(watched, event))


class TextField(Field):
    """One line of text."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show an empty line; the default stands in grey."""
        super().__init__(spec, parent)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("" if spec.default is None else _written(spec.default))
        self.row.addWidget(self.line)
        self.line.textEdited.connect(lambda _: self.edited.emit())
        self.watch(self.line)

    def value(self) -> Any:
        """Return the text; empty is no value."""
        return self.line.text() or ABSENT

    def set_value(self, value: Any) -> None:
        """Show a text."""
        self.line.setText("" if value is ABSENT or value is None else _written(value))


class NumberField(TextField):
    """A number, or a ``{{reference}}`` to one."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show the unit behind the line where there is one."""
        super().__init__(spec, parent)
        if spec.kind == "duration":
            unit = PlainLabel("ms", self)
            unit.setObjectName("dim")
            self.row.addWidget(unit)

    def value(self) -> Any:
        """Return the number; what is none stays text, and validation says so."""
        return _number(self.line.text())


class MultilineField(Field):
    """Several lines of text."""

    lines = 4

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show an empty box."""
        super().__init__(spec, parent)
        self.box = QPlainTextEdit(self)
        self.box.setTabChangesFocus(True)
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.setFixedHeight(self.lines * self.box.fontMetrics().lineSpacing() + 18)
        self.row.addWidget(self.box)
        self._is_setting = False
        self.box.textChanged.connect(self._changed)
        self.watch(self.box)

    def _changed(self) -> None:
        if not self._is_setting:
            self.edited.emit()

    def value(self) -> Any:
        """Return the text; empty is no value."""
        return self.box.toPlainText() or ABSENT

    def set_value(self, value: Any) -> None:
        """Show a text."""
        self._is_setting = True
        self.box.setPlainText("" if value is ABSENT or value is None else _written(value))
        self._is_setting = False


class BoolField(Field):
    """Yes or no."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show the default."""
        super().__init__(spec, parent)
        self.check = QCheckBox(tr(spec.title), self)
        self.row.addWidget(self.check)
        self.check.clicked.connect(lambda _: self.take())
        self.watch(self.check)

    def value(self) -> Any:
        """Return whether it is checked; what the default says is no value."""
        is_on = self.check.isChecked()
        return ABSENT if is_on == bool(self.spec.default) else is_on

    def set_value(self, value: Any) -> None:
        """Check, or not."""
        self.check.setChecked(bool(self.spec.default if value is ABSENT else value))


class ChoiceField(Field):
    """One of several values."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show the choices; without a default there is an empty one."""
        super().__init__(spec, parent)
        self.combo = QComboBox(self)
        if spec.default not in spec.choices:
            self.combo.addItem("–", ABSENT)
        for choice in spec.choices:
            self.combo.addItem(choice_word(choice), choice)
        self.row.addWidget(self.combo)
        self.combo.activated.connect(lambda _: self.take())
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.watch(self.combo)
        # Qt names a box by what is chosen in it, on Linux: its title goes into the description.
        self.combo.setAccessibleDescription(f"{tr(spec.title)}: {tr(spec.description)}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the form and not the value."""
        if event.type() == QEvent.Type.Wheel and not self.combo.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def value(self) -> Any:
        """Return the choice; the default is no value."""
        index = self.combo.currentIndex()
        choice = self.combo.itemData(index) if index >= 0 else ABSENT
        return ABSENT if choice == self.spec.default else choice

    def set_value(self, value: Any) -> None:
        """Show a choice; one that is not among them is added."""
        wanted = self.spec.default if value is ABSENT else value
        index = next((i for i in range(self.combo.count()) if self.combo.itemData(i) == wanted), -1)
        if index < 0 and wanted is not None:
            self.combo.addItem(choice_word(wanted), wanted)
            index = self.combo.count() - 1
        self.combo.setCurrentIndex(max(index, 0))


class ModifiersField(Field):
    """Which of the modifier keys are held."""

    names = ("ctrl", "shift", "alt", "super")

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show a button for each."""
        super().__init__(spec, parent)
        self.buttons: dict[str, QPushButton] = {}
        for name in self.names:
            button = QPushButton(name.capitalize(), self)
            button.setCheckable(True)
            button.clicked.connect(lambda _: self.take())
            self.row.addWidget(button)
            self.buttons[name] = button

    def value(self) -> Any:
        """Return the list of names; none is no value."""
        return [name for name, button in self.buttons.items() if button.isChecked()] or ABSENT

    def set_value(self, value: Any) -> None:
        """Show a list of names."""
        for name, button in self.buttons.items():
            button.setChecked(value is not ABSENT and name in (value or ()))


class NumbersField(Field):
    """A few whole numbers: a region as a list of four, an offset as an object with ``x`` and ``y``."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show a line for each number."""
        super().__init__(spec, parent)
        self.names = ("x", "y", "width", "height") if spec.kind == "region" else ("x", "y")
        self.parts: list[QLineEdit] = []
        for name in self.names:
            line = QLineEdit(self)
            line.setPlaceholderText(tr(name))
            line.textEdited.connect(lambda _: self.edited.emit())
            self.row.addWidget(line)
            self.parts.append(line)
            self.watch(line)
            line.setAccessibleName(f"{tr(spec.title)} {tr(name)}")

    def value(self) -> Any:
        """Return the numbers; nothing entered is no value."""
        if not any(line.text().strip() for line in self.parts):
            return ABSENT
        numbers = [0 if (number := _number(line.text())) is ABSENT else number for line in self.parts]
        return numbers if self.spec.kind == "region" else dict(zip(self.names, numbers, strict=True))

    def set_value(self, value: Any) -> None:
        """Show the numbers."""
        empty = value is ABSENT or value is None
        for index, (name, line) in enumerate(zip(self.names, self.parts, strict=True)):
            part: Any = ""
            if isinstance(value, dict):
                part = value.get(name, 0)
            elif isinstance(value, list) and index < len(value):
                part = value[index]
            line.setText("" if empty else str(part))


class AnchorField(Field):
    """Where on a target: nine places."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show a grid of three by three."""
        super().__init__(spec, parent)
        grid = QGridLayout()
        grid.setSpacing(3)
        self.group = QButtonGroup(self)
        for index, name in enumerate(ANCHORS):
            button = QPushButton(self)
            button.setCheckable(True)
            button.setFixedSize(26, 20)
            button.setToolTip(tip(choice_word(name)))
            button.setAccessibleName(f"{tr(spec.title)} {choice_word(name)}")
            self.group.addButton(button, index)
            grid.addWidget(button, index // 3, index % 3)
        self.row.addLayout(grid)
        self.row.addStretch()
        self.group.idClicked.connect(lambda _: self.take())

    def value(self) -> Any:
        """Return the place; the default is no value."""
        name = ANCHORS[max(self.group.checkedId(), 0)]
        return ABSENT if name == self.spec.default else name

    def set_value(self, value: Any) -> None:
        """Show a place."""
        name = self.spec.default if value is ABSENT else value
        if name in ANCHORS:
            self.group.button(ANCHORS.index(name)).setChecked(True)


class FractionField(NumberField):
    """A number from 0 to 1, with a slider."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show slider and number."""
        super().__init__(spec, parent)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, 100)
        self.line.setFixedWidth(64)
        self.row.insertWidget(0, self.slider, 1)
        self.slider.sliderMoved.connect(self._slid)
        self.slider.sliderReleased.connect(self.left)
        self.line.textEdited.connect(lambda _: self._show())
        self.watch(self.slider)

    def _slid(self, hundredths: int) -> None:
        self.line.setText(f"{hundredths / 100:g}")
        self.edited.emit()

    def _show(self) -> None:
        number = self.value()
        number = self.spec.default if number is ABSENT else number
        if isinstance(number, int | float):
            self.slider.setValue(round(number * 100))

    def set_value(self, value: Any) -> None:
        """Show a number."""
        super().set_value(value)
        self._show()


def fit_lines(box: QPlainTextEdit, fewest: int, most: int) -> None:
    """Make a box as high as its lines, within bounds; it scrolls only beyond them."""
    document = box.document()
    box.ensurePolished()
    count = max(box.blockCount(), round(document.size().height()))
    bars = Qt.ScrollBarPolicy
    box.setVerticalScrollBarPolicy(bars.ScrollBarAsNeeded if count > most else bars.ScrollBarAlwaysOff)
    box.setFixedHeight(min(max(fewest, count), most) * box.fontMetrics().lineSpacing() + 20)


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value, ensure_ascii=False)


def _number(text: str) -> Any:
    text = text.strip()
    if not text:
        return ABSENT
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    return number if number == number and abs(number) != float("inf") else text
