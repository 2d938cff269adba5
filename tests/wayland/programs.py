"""programs.py gtk3|gtk4|qt FOLDER: a window that writes what reaches it into files of FOLDER.

``text``: the field's content. ``events``: a line for each click of a button, each end of a drag, each turn of the wheel, each key.
"""

import importlib
import sys
from pathlib import Path
from typing import Any

kit, folder = sys.argv[1], Path(sys.argv[2])
title = f"{kit} form"


def note(line: str) -> None:
    with (folder / "events").open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def write(text: str) -> None:
    draft = folder / "text.draft"
    draft.write_text(text, "utf-8")
    draft.replace(folder / "text")


def qt() -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import (
        QApplication,
        QCheckBox,
        QComboBox,
        QLineEdit,
        QListWidget,
        QMessageBox,
        QPushButton,
        QSlider,
        QVBoxLayout,
        QWidget,
    )

    app = QApplication([])
    window, column = QWidget(windowTitle=title), QVBoxLayout()
    field, button, agree, slider, rows, colour = (
        QLineEdit(),
        QPushButton("Press me"),
        QCheckBox("I agree"),
        QSlider(Qt.Orientation.Horizontal),
        QListWidget(),
        QComboBox(),
    )
    field.setAccessibleName("Name")
    field.textChanged.connect(write)
    button.clicked.connect(lambda: note("clicked"))
    agree.toggled.connect(lambda on: note(f"agreed {on}"))
    slider.valueChanged.connect(lambda value: note(f"slid {value}"))
    rows.addItems([f"row {number}" for number in range(100)])
    rows.itemDoubleClicked.connect(lambda item: note(f"double {item.text()}"))
    rows.verticalScrollBar().valueChanged.connect(lambda value: note(f"scrolled {value}"))
    colour.addItems(["Red", "Green", "Blue"])
    colour.setAccessibleName("Colour")
    colour.currentTextChanged.connect(lambda text: note(f"chose {text}"))
    ask = QPushButton("Ask")
    question = QMessageBox(QMessageBox.Icon.Question, "Really", "Sure?", QMessageBox.StandardButton.Yes, window)
    question.setModal(True)
    ask.clicked.connect(question.open)
    question.finished.connect(lambda _: note("answered"))
    for one in (field, button, agree, slider, rows, colour, ask):
        column.addWidget(one)
    window.setLayout(column)
    window.resize(500, 420)
    window.show()
    app.exec()


def gtk() -> None:
    gi: Any = importlib.import_module("gi")
    gi.require_version("Gtk", kit[-1] + ".0")
    gio: Any = importlib.import_module("gi.repository.Gio")
    widgets: Any = importlib.import_module("gi.repository.Gtk")

    def build(app: Any) -> None:
        window = widgets.ApplicationWindow(application=app, title=title)
        box = widgets.Box(orientation=widgets.Orientation.VERTICAL, spacing=6)
        field, button, agree = widgets.Entry(), widgets.Button(label="Press me"), widgets.CheckButton(label="I agree")
        field.connect("changed", lambda field: write(field.get_text()))
        button.connect("clicked", lambda _: note("clicked"))
        agree.connect("toggled", lambda one: note(f"agreed {one.get_active()}"))
        scale = widgets.Scale.new_with_range(widgets.Orientation.HORIZONTAL, 0, 100, 1)
        scale.connect("value-changed", lambda one: note(f"slid {round(one.get_value())}"))
        colour = widgets.ComboBoxText()
        for one in ("Red", "Green", "Blue"):
            colour.append_text(one)
        colour.connect("changed", lambda one: note(f"chose {one.get_active_text()}"))
        window.set_default_size(500, 300)
        for child in (field, button, agree, scale, colour):
            box.pack_start(child, False, False, 0) if kit == "gtk3" else box.append(child)
        window.add(box) if kit == "gtk3" else window.set_child(box)
        window.show_all() if kit == "gtk3" else window.present()
        field.grab_focus()

    app = widgets.Application(application_id=f"org.flowdesk.{kit}", flags=gio.ApplicationFlags.NON_UNIQUE)
    app.connect("activate", build)
    app.run([])


qt() if kit == "qt" else gtk()
