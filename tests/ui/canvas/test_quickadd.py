"""The quick add: found by what people call things, in both languages, and by keys alone."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from flowdesk.ui.canvas.drops import TYPE_MIME
from flowdesk.ui.canvas.quickadd import QuickAdd
from flowdesk.ui.typesearch import find_types
from tests.ui.canvas.samples import CATALOGUE

if TYPE_CHECKING:
    from tests.ui.canvas.conftest import Bench

CHINESE = {"Click": "点击", "Wait": "等待", "Keyboard": "键盘"}


def chinese(text: str) -> str:
    return CHINESE.get(text, text)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("cl", "click"),
        ("点击", "click"),
        ("键盘", "input"),
        ("setvar", "setVariable"),
        ("type text", "input"),
        ("scrsht", "screenshot"),
    ],
)
def test_a_type_is_found_by_title_id_category_and_letters_in_either_language(query: str, first: str) -> None:
    assert find_types(CATALOGUE, query, translate=chinese).types[0].id == first


def test_an_empty_query_shows_all_in_palette_order_and_what_cannot_follow_is_left_out() -> None:
    assert [t.id for t in find_types(CATALOGUE, "").types] == [t.id for t in CATALOGUE]
    assert "start" not in [t.id for t in find_types(CATALOGUE, "", is_after_node=True).types]
    assert find_types(CATALOGUE, "zzzzzz").types == ()


def test_a_wire_dropped_on_nothing_adds_a_connected_node_by_keys_alone(bench: "Bench", qtbot: QtBot) -> None:
    popup = QuickAdd(bench.view)
    bench.drag((460, 50), (560, 300))
    assert popup.isVisible()
    QTest.keyClicks(popup.search, "wait")
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert not popup.isVisible()
    added = next(n for n in bench.flow.nodes if n.id in {"wait", "wait2"} and n.id != "lone")
    assert ("a", "error", added.id) in bench.wires()
    assert (added.position.x % 20, added.position.y % 20) == (0, 0)
    qtbot.waitUntil(lambda: bench.scene.selected_ids() == [added.id])


def test_arrows_go_round_the_list_and_escape_adds_nothing(bench: "Bench") -> None:
    popup = QuickAdd(bench.view)
    popup.open_at(QPointF(0, 300))
    QTest.keyClick(popup.search, Qt.Key.Key_Up)
    assert popup.list.currentRow() == popup.list.count() - 1
    QTest.keyClick(popup.search, Qt.Key.Key_Down)
    assert popup.list.currentRow() == 0
    QTest.keyClick(popup.search, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert len(bench.flow.nodes) == 4


def test_without_a_match_enter_does_nothing_and_it_says_so(bench: "Bench") -> None:
    popup = QuickAdd(bench.view)
    popup.open_at(QPointF(0, 300))
    QTest.keyClicks(popup.search, "zzzz")
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert popup.isVisible()
    assert popup._nothing.isVisible()
    popup.hide()


def test_a_type_dropped_from_the_palette_is_added_and_on_an_edge_put_into_it(bench: "Bench") -> None:
    for place, expected in ((bench.at(100, 300), set()), (bench.at(480, 30), {"a"})):
        content = QMimeData()
        content.setData(TYPE_MIME, b"wait")
        action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(place, action, content, left, Qt.KeyboardModifier.NoModifier)
        bench.view.dragEnterEvent(enter)
        assert enter.isAccepted()
        bench.view.dropEvent(QDropEvent(QPointF(place), action, content, left, Qt.KeyboardModifier.NoModifier))
        added = bench.flow.nodes[-1]
        assert added.type == "wait"
        assert {e.source for e in bench.flow.edges if e.target == added.id} == expected


def test_what_is_not_a_node_type_is_left_to_the_window(bench: "Bench") -> None:
    content = QMimeData()
    content.setText("hello")
    enter = QDragEnterEvent(
        bench.at(0, 0), Qt.DropAction.CopyAction, content, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    bench.view.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_the_language_is_switched_live(bench: "Bench") -> None:
    popup = QuickAdd(bench.view)
    bench.scene.set_language(chinese)
    popup.open_at(QPointF(0, 300))
    assert popup.list.item(0).text() == "点击"
    popup.hide()
