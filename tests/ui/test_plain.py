"""Texts of others are shown letter by letter: a picture that they name is not even looked for."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from flowdesk.ui.plain import PlainLabel, PlainMessageBox, plain_input, tip


@pytest.fixture
def trap(tmp_path: Path) -> str:
    """HTML that names a pipe as its picture: whoever reads it waits for ever."""
    os.mkfifo(tmp_path / "pipe.png")
    return f'<b>bold</b> <img src="{tmp_path}/pipe.png">'


@pytest.mark.usefixtures("qapp")
@pytest.mark.timeout(30)
def test_labels_and_boxes_show_every_letter(trap: str) -> None:
    parent = QWidget()
    box = PlainMessageBox(parent)
    box.setText(trap)
    box.setInformativeText(trap)
    dialog = plain_input(parent, trap, trap)
    labels = [PlainLabel(trap), PlainLabel(trap, parent), *box.findChildren(QLabel), *dialog.findChildren(QLabel)]
    shown = [label for label in labels if label.text() == trap]
    assert len(shown) == 5
    for label in shown:
        assert label.textFormat() == Qt.TextFormat.PlainText
        label.adjustSize()
        label.grab()
    assert PlainLabel(parent).parent() is parent
    assert box.informativeText() == trap


def test_a_tip_is_escaped_where_it_would_be_read_as_html() -> None:
    assert tip("button[name='OK'] & more") == "button[name='OK'] & more"
    assert "<img" not in tip("<img src=x>")
    assert "&lt;img src=x&gt;" in tip("<img src=x>")
