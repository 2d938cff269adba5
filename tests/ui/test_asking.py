"""Questions of runs: what they show, and what each button answers."""

import base64
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from flowdesk.ui.asking import QuestionDialog


def picture() -> str:
    image: Any = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    content: Any = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return base64.b64encode(content.data()).decode()


HELP: dict[str, Any] = {
    "help_id": "h", "kind": "help", "title": "Click it", "message": "Target not found.", "fix": "Pick it again.",
    "node_id": "c", "picture": picture(), "best_box": [10, 10, 40, 20],
}  # fmt: skip


def opened(question: dict[str, Any]) -> tuple[QuestionDialog, list[tuple[str, Any]]]:
    dialog = QuestionDialog(question)
    answers: list[tuple[str, Any]] = []
    dialog.answered.connect(lambda action, value: answers.append((action, value)))
    dialog.show()
    return dialog, answers


def press(dialog: QuestionDialog, text: str) -> None:
    next(button for button in dialog.findChildren(QPushButton) if button.text() == text).click()


@pytest.mark.parametrize(
    ("text", "action"), [("Try again", "retry"), ("Skip the node", "skip"), ("Stop the run", "stop")]
)
def test_a_missing_target_is_answered_by_one_button(qapp: QApplication, text: str, action: str) -> None:
    dialog, answers = opened(HELP)
    press(dialog, text)
    assert answers == [(action, None)]
    assert not dialog.isVisible()
    dialog.deleteLater()


def test_picking_again_leaves_the_question_open_until_something_was_picked(qapp: QApplication) -> None:
    dialog, answers = opened(HELP)
    wanted: list[bool] = []
    dialog.pick_wanted.connect(lambda: wanted.append(True))
    press(dialog, "Pick again")
    assert wanted
    assert dialog.isVisible()
    accepted: list[list[str]] = []
    dialog.target_accepted.connect(accepted.append)
    dialog.review(["point=5,5"])
    assert answers == []  # the run waits for somebody to look at it
    assert not dialog.warning.isHidden()
    dialog.review(["text=OK"])
    assert dialog.warning.isHidden()
    press(dialog, "Use it and continue")
    assert accepted == [["text=OK"]]
    dialog.give("answer", "text=OK")
    assert answers == [("answer", "text=OK")]
    dialog.deleteLater()


def test_the_fix_and_the_picture_are_shown(qapp: QApplication) -> None:
    dialog, _ = opened(HELP)
    labels = dialog.findChildren(QLabel)
    assert any(label.text() == "Pick it again." for label in labels)
    assert any(not label.pixmap().isNull() for label in labels)
    dialog.withdraw()
    dialog.deleteLater()


def test_closing_without_an_answer_stops(qapp: QApplication) -> None:
    dialog, answers = opened({"kind": "confirm", "message": "Go on?", "title": ""})
    dialog.close()
    assert answers == [("stop", None)]
    dialog.deleteLater()
