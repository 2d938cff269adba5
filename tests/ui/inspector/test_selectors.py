"""What a target may be is offered while its selector is typed."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from flowdesk.protocol.lookreplies import Completions
from flowdesk.session.completing import part_of
from flowdesk.ui.inspector.selectors import SelectorCompleter, step_of
from tests.ui.conftest import Live, Rig, until

ANSWERS: dict[str, Completions] = {
    "": {
        "begin": 0,
        "typed": 0,
        "offers": [
            {"text": "app=mousepad", "kind": "window", "beside": "Untitled 1"},
            {"text": "window=", "kind": "engine", "beside": "Window"},
        ],
    },
    "app=mousepad >> window=": {
        "begin": 16,
        "typed": 23,
        "offers": [
            {"text": f'window="{title}!"', "kind": "window", "beside": ""}
            for title in ("😀 chat", "e\u0301te\u0301s", "👩\u200d💻 x")
        ],
    },
    "app=mousepad >>": {
        "begin": 16,
        "typed": 16,
        "offers": [
            {"text": "button[name='Save']", "kind": "element", "beside": "Save"},
            {"text": "button[name='Open']", "kind": "element", "beside": "Open"},
        ],
    },
}


class Box:
    """A box in a window of its own, with the list that watches it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.edit = QPlainTextEdit()
        self.edit.show()
        self.edit.activateWindow()
        self.edit.setFocus()
        self.list = SelectorCompleter(self.edit, self.ask)

    async def ask(self, text: str) -> Completions:
        self.asked.append(text)
        await asyncio.sleep(0)
        part, known = part_of(text), ANSWERS.get(step_of(text))
        return {"begin": part.begin, "typed": part.typed, "offers": known["offers"] if known is not None else []}

    def type(self, text: str) -> None:
        QTest.keyClicks(self.edit, text)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.list.popup if self.shown() else self.edit, key)

    def shown(self) -> list[str]:
        if not self.list.popup.isVisible():
            return []
        model = self.list.completer.completionModel()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_step_is_asked_for_once_and_narrowed_by_what_is_typed(live: Live) -> None:
    async def story(rig: Rig) -> None:
        box = Box()
        await until(box.edit.hasFocus)
        box.type("app=mousepad >> ")
        await until(lambda: len(box.shown()) == 2)
        box.type("sa")
        await until(lambda: box.shown() == ["button[name='Save']    Save"])
        assert box.asked[-1] == "app=mousepad >> "
        before = len(box.asked)
        box.press(Qt.Key.Key_Tab)
        assert box.edit.toPlainText() == "app=mousepad >> button[name='Save']"
        await until(lambda: not box.shown())
        assert len(box.asked) <= before + 1  # the quoted name holds a "=", which begins another step

    live(story)


def test_a_blank_that_comes_after_the_step_was_asked_for_narrows_nothing(live: Live) -> None:
    async def story(rig: Rig) -> None:
        box = Box()
        await until(box.edit.hasFocus)
        box.type("app=mousepad >>")
        await until(lambda: len(box.shown()) == 2)
        box.type(" sa")
        assert box.asked[-1] == "app=mousepad >>"
        await until(lambda: box.shown() == ["button[name='Save']    Save"])
        box.press(Qt.Key.Key_Tab)
        assert box.edit.toPlainText() == "app=mousepad >> button[name='Save']"

    live(story)


def test_what_is_taken_stands_where_it_was_offered_behind_signs_that_qt_counts_otherwise(live: Live) -> None:
    async def story(rig: Rig) -> None:
        box = Box()
        await until(box.edit.hasFocus)
        for title in ("😀 chat", "e\u0301te\u0301s", "👩\u200d💻 x"):
            box.edit.setPlainText(f"app=mousepad >> window={title[:-1]}")
            box.edit.moveCursor(QTextCursor.MoveOperation.End)
            box.type(title[-1])
            await until(lambda: box.shown())
            assert box.shown() == [f'window="{title}!"']
            box.press(Qt.Key.Key_Tab)
            assert box.edit.toPlainText() == f'app=mousepad >> window="{title}!"'
            box.edit.clear()

    live(story)


def test_nothing_is_written_where_the_cursor_went_away_from_what_was_offered(live: Live) -> None:
    async def story(rig: Rig) -> None:
        box = Box()
        await until(box.edit.hasFocus)
        box.type("app=mousepad >> sa")
        await until(lambda: len(box.shown()) == 1)
        box.edit.moveCursor(QTextCursor.MoveOperation.Start)
        box.press(Qt.Key.Key_Tab)
        assert box.edit.toPlainText() == "app=mousepad >> sa"

    live(story)


def test_a_line_longer_than_any_message_is_typed_in_peace(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    async def story(rig: Rig) -> None:
        asked: list[str] = []

        async def ask(text: str) -> Completions:
            asked.append(text)
            return await rig.window.bench.peer.request("target.complete", {"text": text}, "none")

        box = Box()
        box.list._ask = ask
        await until(box.edit.hasFocus)
        box.edit.setPlainText("x" * 3000)
        box.edit.moveCursor(QTextCursor.MoveOperation.End)
        box.type("y")
        await until(lambda: len(asked) == 1)
        await asyncio.sleep(0.05)
        assert "failed" not in caplog.text

    live(story)


def test_a_list_that_closed_is_not_asked_for_again_until_the_box_is_entered_anew(live: Live) -> None:
    async def story(rig: Rig) -> None:
        box = Box()
        await until(box.edit.hasFocus)
        box.type("a")
        await until(lambda: box.shown())
        box.type("q")
        assert not box.shown()
        box.press(Qt.Key.Key_Backspace)
        assert box.shown() == ["app=mousepad    Untitled 1"]
        box.press(Qt.Key.Key_Escape)
        box.type("p")
        assert box.shown() == ["app=mousepad    Untitled 1"]
        assert box.asked == ["a"]
        box.press(Qt.Key.Key_Escape)
        box.edit.clearFocus()
        box.edit.setFocus()
        box.type("p")
        await until(lambda: box.asked == ["a", "app"])

    live(story)


def test_enter_begins_a_line_unless_an_offer_is_marked(live: Live) -> None:
    async def story(rig: Rig) -> None:
        box = Box()
        await until(box.edit.hasFocus)
        box.type("a")
        await until(lambda: len(box.shown()) > 0)
        box.press(Qt.Key.Key_Return)
        assert box.edit.toPlainText() == "a\n"
        box.type("m")
        await until(lambda: box.shown() == ["app=mousepad    Untitled 1"])
        box.press(Qt.Key.Key_Down)
        box.press(Qt.Key.Key_Return)
        assert box.edit.toPlainText() == "a\napp=mousepad"

    live(story)


def test_inside_a_reference_only_values_are_offered(live: Live) -> None:
    async def story(rig: Rig) -> None:
        box = Box()
        await until(box.edit.hasFocus)
        box.type("{{na")
        await asyncio.sleep(0.3)
        assert not box.asked
        assert not box.shown()

    live(story)
