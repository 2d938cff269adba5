"""A form of PySide6 that writes what it holds into a file when its button is pressed: ``qtform.py FILE``."""

import json
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QFormLayout, QLineEdit, QPlainTextEdit, QPushButton, QWidget

if __name__ == "__main__":
    application = QApplication(sys.argv)
    window = QWidget()
    window.setWindowTitle("Qt form")
    name, notes, button = QLineEdit(), QPlainTextEdit(), QPushButton("Save")
    notes.setTabChangesFocus(True)
    layout = QFormLayout(window)
    for label, field in (("Name", name), ("Notes", notes)):
        layout.addRow(label, field)
    layout.addRow(button)

    def save() -> None:
        """Write the fields down."""
        held = {"name": name.text(), "notes": notes.toPlainText()}
        Path(sys.argv[1]).write_text(json.dumps(held, ensure_ascii=False), "utf-8")

    button.clicked.connect(save)
    window.resize(500, 300)
    window.show()
    name.setFocus()
    sys.exit(application.exec())
