"""What is remembered of a program saves questions, and never an answer: names, states and what is new are looked at each time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flowdesk.drivers import elements
from flowdesk.drivers.atspi.calls import Place, Question
from flowdesk.drivers.atspi.remembered import RememberedLeaves
from flowdesk.drivers.atspi.walk import MOST, TreeWalk, Wish
from tests.rig import Apps, until

PROGRAM = """
import os
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QGridLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

application = QApplication([])
window = QWidget()
window.setWindowTitle("Changing")
grid = QGridLayout(window)
buttons = [QPushButton(f"Button {number}") for number in range(40)]
for number, button in enumerate(buttons):
    grid.addWidget(button, number // 8, number % 8)
grid.addWidget(QCheckBox("Tick"), 6, 0)
field = QLineEdit("held text")
grid.addWidget(field, 6, 1)
card = QLabel("Card")
card.setMinimumSize(200, 60)
grid.addWidget(card, 7, 0, 1, 4)
wish = Path(os.environ["WISH"])

def look():
    word = wish.read_text() if wish.exists() else ""
    if word == "renamed" and buttons[3].text() != "Fresh":
        buttons[3].setText("Fresh")
        field.setText("other text")
    if word == "inside" and not buttons[5].children():
        inner = QPushButton("Inner", buttons[5])
        inner.show()
    if word == "hidden":
        buttons[7].hide()

timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
window.show()
application.exec()
"""


@pytest.mark.desktop
def test_what_changed_in_a_program_that_was_looked_at_is_found(apps: Apps, tmp_path: Path) -> None:
    wish = tmp_path / "wish"
    process = apps.script(PROGRAM, WISH=str(wish))
    apps.rig.wait_window(process, "Changing")
    (app,) = until(lambda: elements.applications({process.pid}), "the program to publish itself")

    def names(css: str) -> list[str]:
        return [one.state.name for one in elements.find(css, [app])]

    def texts(text: str) -> list[str]:
        return [one.text for one in elements.find_text(text, [app])]

    until(lambda: names("button[name='Button 39']"), "all buttons")
    for _ in range(2):
        assert names("button[name='Button 3']") == ["Button 3"]
        assert names("check_box[name='Tick']") == ["Tick"]
        assert texts("held") == ["held text"]
        assert texts("Button 3") == ["Button 3", *(f"Button {number}" for number in range(30, 40))]
    wish.write_text("renamed")
    until(lambda: names("button[name='Fresh']") == ["Fresh"], "the button's new name")
    assert names("button[name='Button 3']") == []
    until(lambda: texts("other") == ["other text"], "the field's new text")
    assert texts("held") == []
    assert names("button[name='Button 5']") == ["Button 5"]
    wish.write_text("inside")
    until(lambda: names("button[name='Inner']") == ["Inner"], "the button in a button")
    assert texts("Inner") == ["Inner"]
    wish.write_text("hidden")
    until(lambda: names("button[name='Button 7']") == [], "the button to go")


TREE: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "top": (75, "", ("window",)),
    "window": (23, "Window", ("panel", "ok", "name")),
    "panel": (39, "Panel", (*(f"b{number}" for number in range(5)), "label")),
    **{f"b{number}": (43, f"Button {number}", ()) for number in range(5)},
    "label": (29, "Words", ()),
    "ok": (43, "OK", ()),
    "name": (79, "Name", ()),
}


CAPTIONED: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "top": (75, "", ("window",)),
    "window": (23, "Window", ("ok", "no", "nameless", "menu", "outer")),
    "outer": (43, "GtkMenuButton", ("toggle",)),
    "toggle": (62, "OK", ("toggle caption",)),
    "toggle caption": (29, "OK", ()),
    "ok": (43, "OK", ("ok caption",)),
    "ok caption": (29, "OK", ()),
    "no": (43, "No", ("no caption",)),
    "no caption": (29, "No", ()),
    "nameless": (43, "", ("inner",)),
    "inner": (43, "OK", ()),
    "menu": (62, "Menu", ("menu caption", "popover")),
    "menu caption": (29, "Menu", ()),
    "popover": (39, "", ("entry",)),
    "entry": (43, "OK", ()),
}


def _asker(asked: list[str], *, is_captioned: bool = False) -> Callable[..., list[object]]:
    def answer(question: Question) -> object:
        role, name, below = (CAPTIONED if is_captioned else TREE)[question.path]
        member = question.body[1] if question.member == "Get" else question.member
        asked.append(f"{member} {question.path}")
        return {
            "ChildCount": (("i", len(below)),),
            "Name": (("s", name),),
            "GetRole": (role,),
            "GetState": ([1 << 25 | 1 << 30, 0],),
            "GetChildren": ([("bus", child) for child in below],),
            "GetChildAtIndex": (("bus", below[0] if below else "none"),),
        }[member]

    return lambda questions: [answer(question) for question in questions]


def _walk(wish: Wish, leaves: dict[Place, int]) -> tuple[list[str], list[str], dict[Place, int]]:
    asked: list[str] = []
    walk = TreeWalk(_asker(asked, is_captioned=wish.has_captions), ("bus", "top"), wish, leaves)
    walk.go()
    return [path for _, path in walk.told], asked, walk.leaves


def test_what_cannot_be_looked_for_is_asked_for_nothing_the_second_time() -> None:
    wish = Wish(1 << 25, False, False, fits=lambda name: name == "OK", numbers=frozenset({43}))
    first, _, leaves = _walk(wish, {})
    second, asked, again = _walk(wish, leaves)
    assert first == second == ["window", "panel", "ok"]
    assert leaves == again
    assert not [
        question for question in asked if question.endswith((" name", " b0")) and not question.startswith("Name")
    ]
    assert "Name b0" in asked
    assert "Name name" not in asked
    assert "ChildCount label" in asked


def test_a_text_is_looked_for_in_fields_whatever_they_are_called() -> None:
    wish = Wish(1 << 25, False, False, fits=lambda name: "OK" in name, is_for_text=True)
    first, _, leaves = _walk(wish, {})
    second, asked, _ = _walk(wish, leaves)
    assert first == second == ["window", "panel", "ok", "name"]
    assert len([question for question in asked if question.endswith(" b0")]) == 1


def test_the_caption_in_a_button_is_not_asked_about_where_buttons_are_looked_for() -> None:
    wish = Wish(1 << 25, False, False, fits=lambda name: name == "OK", numbers=frozenset({43, 62}), has_captions=True)
    for known in ({}, _walk(wish, {})[2]):
        found, asked, leaves = _walk(wish, known)
        assert found == ["window", "ok", "nameless", "inner", "menu", "popover", "entry", "outer", "toggle"]
        assert not [
            question
            for question in asked
            if question.startswith(("Name", "GetState")) and question.endswith(("ok caption", "no caption"))
        ]
        assert leaves[("bus", "no")] == -43
    asked_again = _walk(wish, _walk(wish, {})[2])[1]
    assert [question for question in asked_again if question.endswith(" no")] == ["Name no"]


def test_a_caption_that_is_looked_for_is_found() -> None:
    buttons = Wish(1 << 25, False, False, fits=lambda name: name == "OK", numbers=frozenset({43}), has_captions=True)
    remembered = _walk(buttons, {})[2]
    labels = Wish(1 << 25, False, False, fits=lambda name: name == "No", numbers=frozenset({29}), has_captions=True)
    assert "no caption" in _walk(labels, remembered)[0]
    assert "no caption" in _walk(labels, {})[0]


def test_what_is_remembered_is_doubted_once_and_for_a_moment_after_something_was_not_found() -> None:
    leaves = RememberedLeaves()
    assert not leaves.doubt(["one"])
    leaves.keep("one", {("one", "ok"): 43})
    assert leaves.of("one")
    assert leaves.doubt(["one", "other"])
    assert leaves.of("one") == {}
    assert not leaves.doubt(["one"])
    until(lambda: leaves.of("one"), "the doubt to pass")


def test_of_a_program_with_too_many_elements_nothing_is_remembered() -> None:
    leaves = RememberedLeaves()
    leaves.keep("one", {("one", str(number)): 43 for number in range(MOST + 1)})
    assert leaves.of("one") == {}
