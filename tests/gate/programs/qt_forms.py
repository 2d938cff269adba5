"""Forms in Qt: ``qt_forms.py OUT SCENE``. What was written into them stands in OUT, a line each."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QCompleter,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QRadioButton,
    QScrollArea,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from qt_scenes import OUT, button, danger, main, window  # type: ignore[import-not-found,unused-ignore]


def told_field(name: str, sign: str) -> QLineEdit:
    edit = QLineEdit()
    edit.textChanged.connect(lambda text: OUT.write(f"{name}{sign}{text}\n"))
    return edit


def fields() -> None:
    shown, layout = window()
    area, inner = QScrollArea(), QWidget()
    column = QVBoxLayout(inner)
    for number in range(1, 31):
        line = told_field(str(number), "=")
        line.setAccessibleName(f"Field {number}")
        line.setMinimumHeight(30)
        column.addWidget(line)
    area.setWidget(inner)
    area.setWidgetResizable(True)
    layout.addWidget(area)
    danger(layout)
    shown.show()


def labelled() -> None:
    """Labels that take no click, and what they label."""
    shown, layout = window()
    name, town, tick = told_field("name", "="), QComboBox(), QCheckBox()
    town.addItems(["Berlin", "Paris", "Rome"])
    town.currentTextChanged.connect(lambda text: OUT.write(f"town={text}\n"))
    tick.toggled.connect(lambda on: OUT.write(f"tick={on}\n"))
    for text, field in (("Name:", name), ("Town:", town), ("Ready:", tick)):
        row = QHBoxLayout()
        label = QLabel(text)
        label.setBuddy(field)
        row.addWidget(label)
        row.addWidget(field)
        layout.addLayout(row)
    shown.show()


def ticked_group() -> None:
    """A group that is turned on by the box in its title, with buttons in its middle."""
    shown, layout = window()
    group = QGroupBox("Rush")
    group.setCheckable(True)
    group.toggled.connect(lambda on: OUT.write(f"rush={on}\n"))
    column = QVBoxLayout(group)
    for name in ("Van", "Bike", "Train"):
        way = QRadioButton(name)
        way.toggled.connect(lambda on, name=name: on and OUT.write(f"by={name}\n"))
        column.addWidget(way)
    layout.addWidget(group)
    shown.show()


def beside_labels() -> None:
    shown, layout = window()
    for name in ("Name:", "E-mail:"):
        line = QHBoxLayout()
        line.addWidget(QLabel(name))
        line.addWidget(told_field(name, ""))
        layout.addLayout(line)
    for name in ("Street", "Town"):
        layout.addWidget(QLabel(name))
        layout.addWidget(told_field(name, ":"))
    shown.show()


def completion() -> None:
    shown, layout = window()
    for name in ("Town", "Street", "Country"):
        edit = told_field(name, "=")
        edit.setAccessibleName(name)
        if name == "Town":
            edit.setCompleter(QCompleter([f"Rome {number}" for number in range(6)]))
        layout.addWidget(edit)
    layout.addWidget(button("Far"))
    layout.addStretch()
    shown.show()


def middle() -> None:
    """A field that has the keyboard, and a button in the middle of the window."""
    shown, layout = window()
    layout.addWidget(told_field("field", "="))
    pressed = button("Middle")
    pressed.setMinimumHeight(300)
    layout.addWidget(pressed)
    shown.show()


def unfocused() -> None:
    """A field in the middle of the window, and a list that has the keyboard."""
    shown, layout = window()
    rows = QListWidget()
    rows.addItems(["alpha", "beta", "gamma"])
    rows.setMaximumHeight(100)
    edit = QTextEdit()
    edit.textChanged.connect(lambda: OUT.write(f"text={edit.toPlainText()}\n"))
    layout.addWidget(rows)
    layout.addWidget(edit)
    rows.setFocus()
    shown.show()


class Drawn(QWidget):
    """An editor that is drawn, of which nothing is told: it indents a new line as the line before, or takes no paste."""

    def __init__(self, *, takes_paste: bool) -> None:
        super().__init__()
        self._takes_paste = takes_paste
        self._text = ""
        self.setMinimumHeight(300)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.matches(QKeySequence.StandardKey.Paste):
            self._text += QApplication.clipboard().text() if self._takes_paste else ""
        elif event.key() == Qt.Key.Key_Return:
            line = self._text.split("\n")[-1]
            self._text += "\n" + line[: len(line) - len(line.lstrip())] * self._takes_paste
        elif event.text().isprintable() and event.text():
            self._text += event.text()
        else:
            return
        if self._text:
            OUT.write(f"{self._text!r}\n")


class Shy(QLineEdit):
    """A field that takes the keyboard at the second click only."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.textChanged.connect(lambda text: OUT.write(f"shy={text}\n"))
        self.setAccessibleName("Shy")

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.focusPolicy() == Qt.FocusPolicy.NoFocus:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        else:
            self.setFocus()


def shy() -> None:
    shown, layout = window()
    layout.addWidget(told_field("first", "="))
    layout.addWidget(Shy())
    layout.addStretch()
    shown.show()


def drawn() -> None:
    shown, layout = window()
    layout.addWidget(Drawn(takes_paste=True))
    shown.show()


def drawn_without_paste() -> None:
    shown, layout = window()
    layout.addWidget(Drawn(takes_paste=False))
    shown.show()


def secret() -> None:
    """A field that tells nobody what it holds, not even how much."""
    shown, layout = window()
    edit = told_field("secret", "=")
    edit.setEchoMode(QLineEdit.EchoMode.NoEcho)
    edit.setText("old")
    edit.setAccessibleName("Secret")
    layout.addWidget(edit)
    layout.addStretch()
    shown.show()


class Searched(QListWidget):
    """A list that opens a field to search in it when somebody types."""

    def __init__(self, search: QLineEdit) -> None:
        super().__init__()
        self._search = search
        self.addItems(["alpha", "beta", "gamma"])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.text().isprintable() and event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._search.show()
            self._search.setText(self._search.text() + event.text())
        else:
            super().keyPressEvent(event)


def searching() -> None:
    """A list without an editor, in which what is typed is looked for."""
    shown, layout = window()
    search = QLineEdit()
    search.hide()
    layout.addWidget(Searched(search))
    layout.addWidget(search)
    shown.show()


if __name__ == "__main__":
    main(globals())
