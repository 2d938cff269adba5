"""Groups and notes on the canvas: made, moved, resized, written in, collapsed, coloured, copied, removed, undone."""

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from flowdesk.model.changes import RemoveNode
from flowdesk.model.groups import Group, read_groups, read_notes
from flowdesk.model.run import NodeState
from flowdesk.ui.canvas.frame_item import GroupItem
from flowdesk.ui.canvas.gestures.resize import collapse
from flowdesk.ui.canvas.writer import Writer

if TYPE_CHECKING:
    from tests.ui.canvas.conftest import Bench

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def is_writing(bench: "Bench") -> bool:
    return any(found.isVisible() for found in bench.view.viewport().findChildren(Writer))


def writer(bench: "Bench") -> Writer:
    return next(found for found in bench.view.viewport().findChildren(Writer) if found.isVisible())


def grouped(bench: "Bench", *ids: str) -> GroupItem:
    """Group nodes by keys and keep the title that is offered."""
    before = set(bench.scene.frames.items)
    bench.scene.select(ids)
    bench.key(Qt.Key.Key_G, CTRL)
    fresh = next(iter(set(bench.scene.frames.items) - before))
    item = bench.scene.frames.items[fresh]
    assert isinstance(item, GroupItem)
    return item


def group(bench: "Bench") -> Group:
    return next(iter(read_groups(bench.document.draft.fields).values()))


def test_ctrl_g_frames_the_selection_and_its_title_is_typed_at_once(bench: "Bench", qtbot: QtBot) -> None:
    item = grouped(bench, "a", "b")
    assert item.card_rect().contains(bench.scene.cards_rect(["a", "b"]))
    qtbot.waitUntil(lambda: is_writing(bench))
    QTest.keyClicks(writer(bench), "Log in")
    QTest.keyClick(writer(bench), Qt.Key.Key_Return)
    assert group(bench).title == "Log in"
    assert set(group(bench).nodes) == {"a", "b"}
    bench.document.undo("me")
    bench.document.undo("me")
    assert "groups" not in bench.flow.to_json()


def test_a_group_dragged_by_its_title_takes_its_nodes_along_in_one_step(bench: "Bench") -> None:
    item = grouped(bench, "a", "b")
    before = bench.document.flow.to_json()
    x, y = item.pos().x(), item.pos().y()
    bench.drag((x + 200, y + 15), (x + 260, y + 115))
    assert (bench.place("a"), bench.place("b"), bench.place("lone")) == ((320, 100), (580, 100), (260, 200))
    assert (group(bench).x, group(bench).y) == (x + 60, y + 100)
    bench.document.undo("me")
    assert bench.document.flow.to_json() == before


def test_a_node_dropped_in_a_group_joins_it_and_one_dragged_out_leaves_it(bench: "Bench") -> None:
    grouped(bench, "a", "b")
    bench.scene.select(["lone"])
    bench.drag((340, 230), (500, 60))
    assert set(group(bench).nodes) == {"a", "b", "lone"}
    bench.scene.select(())
    bench.drag((340, 30), (340, 400))
    assert set(group(bench).nodes) == {"b", "lone"}


def test_moving_every_node_of_a_group_moves_the_group(bench: "Bench") -> None:
    item = grouped(bench, "a", "b")
    x = item.pos().x()
    bench.scene.select(["a", "b"])
    bench.drag((340, 30), (340, 330))
    assert set(group(bench).nodes) == {"a", "b"}
    assert (group(bench).x, bench.place("a")[1]) == (x, 300)


def test_a_group_is_resized_by_its_sides_and_never_below_its_nodes(bench: "Bench") -> None:
    item = grouped(bench, "a", "b")
    right, middle = item.card_rect().right(), item.card_rect().center().y()
    bench.drag((right, middle), (right + 100, middle))
    assert item.card_rect().right() == right + 100
    bench.drag((right + 100, middle), (300, middle))
    assert item.card_rect().contains(bench.scene.cards_rect(["a", "b"]))


def test_a_collapsed_group_hides_its_nodes_and_edges_meet_its_card(bench: "Bench") -> None:
    item = grouped(bench, "a", "b")
    bench.scene.select((), (), [item.frame.id])
    bench.key(Qt.Key.Key_G, ALT)
    assert group(bench).collapsed
    assert not bench.scene.node_items["a"].isVisible()
    assert not bench.scene.edge_items["e2"].isVisible()
    assert bench.scene.edge_items["e1"].ends[1] == item.input_point()
    bench.scene.set_node_state("b", NodeState.ERROR, "not found")
    assert item.state() is NodeState.ERROR
    bench.view.arrivals.show_item("b")
    assert bench.scene.selected_frame_ids() == [item.frame.id]
    bench.key(Qt.Key.Key_G, ALT)
    assert bench.scene.node_items["a"].isVisible()
    assert bench.scene.edge_items["e1"].ends[1] == bench.scene.node_items["a"].input_point()


def test_the_arrow_collapses_and_a_double_click_on_the_card_expands(bench: "Bench") -> None:
    item = grouped(bench, "a", "b")
    port = bench.view.viewport()
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=bench.at(item.pos().x() + 18, item.pos().y() + 16))
    assert group(bench).collapsed
    QTest.mouseDClick(port, Qt.MouseButton.LeftButton, pos=bench.at(item.pos().x() + 100, item.pos().y() + 30))
    assert not group(bench).collapsed


def test_deleting_a_group_keeps_its_nodes_and_the_other_command_removes_them(bench: "Bench") -> None:
    item = grouped(bench, "a", "b")
    bench.scene.select((), (), [item.frame.id])
    bench.key(Qt.Key.Key_Delete)
    assert not bench.scene.frames.items
    assert "a" in bench.scene.node_items
    bench.document.undo("me")
    bench.scene.show(bench.flow)
    bench.scene.select((), (), list(bench.scene.frames.items))
    bench.view.commands.delete_with_nodes()
    assert list(bench.scene.node_items) == ["s", "lone"]
    assert not bench.scene.frames.items


def test_deleting_the_last_node_of_a_group_takes_the_group_away_and_undo_brings_both(bench: "Bench") -> None:
    grouped(bench, "a")
    before = json.dumps(bench.flow.to_json())
    bench.scene.select(["a"])
    bench.key(Qt.Key.Key_Delete)
    assert not bench.scene.frames.items
    bench.scene.apply(bench.document.undo("me").changes)
    assert json.dumps(bench.flow.to_json()) == before
    assert len(bench.scene.frames.items) == 1


def test_a_node_that_another_editor_removes_from_a_collapsed_group_does_no_harm(bench: "Bench") -> None:
    item = grouped(bench, "lone")
    collapse(bench.view, [item.frame.id])
    applied = bench.document.edit([RemoveNode(id="lone")], "another editor")
    bench.scene.apply(applied.changes)
    collapse(bench.view, [item.frame.id])
    bench.scene.apply(bench.document.undo("another editor").changes)
    assert bench.scene.node_items["lone"].isVisible()


def test_a_note_is_written_in_place_and_again_by_a_double_click(bench: "Bench", qtbot: QtBot) -> None:
    bench.view.commands.add_note()
    qtbot.waitUntil(lambda: is_writing(bench))
    QTest.keyClicks(writer(bench), "Ask first")
    bench.view.setFocus()
    notes = read_notes(bench.document.draft.fields)
    assert [note.text for note in notes.values()] == ["Ask first"]
    note = next(iter(notes.values()))
    place = bench.at(note.x + 100, note.y + 90)
    QTest.mouseDClick(bench.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: is_writing(bench))
    QTest.keyClicks(writer(bench), "another element")
    QTest.keyClick(writer(bench), Qt.Key.Key_Escape)
    assert next(iter(read_notes(bench.document.draft.fields).values())).text == "Ask first"


def test_colours_and_copies_of_groups_and_notes(bench: "Bench") -> None:
    item = grouped(bench, "a", "b")
    bench.scene.select((), (), [item.frame.id])
    bench.view.commands.color("green")
    assert group(bench).color == "green"
    bench.key(Qt.Key.Key_D, CTRL)
    groups = read_groups(bench.document.draft.fields)
    assert len(groups) == 2
    copy = list(groups.values())[1]
    assert len(copy.nodes) == 2
    assert not set(copy.nodes) & {"a", "b"}
    bench.scene.select((), (), [item.frame.id])
    bench.key(Qt.Key.Key_C, CTRL)
    text = json.loads(QApplication.clipboard().text())
    assert set(text["groups"]) == {item.frame.id}
    bench.view.commands.paste(QPointF(0, 600))
    assert len(read_groups(bench.document.draft.fields)) == 3


def test_ungroup_and_taking_out_leave_the_nodes_where_they_are(bench: "Bench") -> None:
    grouped(bench, "a", "b")
    bench.scene.select(["a"])
    bench.view.commands.leave_group()
    assert group(bench).nodes == ("b",)
    bench.scene.select(["b"])
    bench.key(Qt.Key.Key_G, CTRL | SHIFT)
    assert not bench.scene.frames.items
    assert bench.place("a") == (260, 0)


def test_the_arrows_walk_to_a_collapsed_group_and_on_from_it(bench: "Bench") -> None:
    item = grouped(bench, "a")
    collapse(bench.view, [item.frame.id])
    bench.scene.select(["s"])
    bench.key(Qt.Key.Key_Right, ALT)
    assert bench.scene.selected_frame_ids() == [item.frame.id]
    bench.key(Qt.Key.Key_Right, ALT)
    assert bench.scene.selected_ids() == ["b"]


def test_nudging_a_group_moves_its_nodes(bench: "Bench") -> None:
    item = grouped(bench, "a", "b")
    bench.scene.select((), (), [item.frame.id])
    bench.key(Qt.Key.Key_Down)
    assert (bench.place("a"), bench.place("b")) == ((260, 20), (520, 20))
    assert group(bench).y == item.card_rect().y()


def test_every_zoom_draws_groups_and_notes(bench: "Bench") -> None:
    item = grouped(bench, "a", "b")
    bench.view.commands.add_note()
    for collapsed in (False, True):
        if collapsed:
            collapse(bench.view, [item.frame.id])
        for zoom in (2.0, 1.0, 0.4, 0.1):
            bench.view.navigator.zoom_to(zoom)
            assert not bench.view.grab().isNull()
