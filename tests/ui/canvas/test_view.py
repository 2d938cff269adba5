"""Looking: zoom, fit, minimap, keys, and what a screen reader is told."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from flowdesk.model.document import Document
from flowdesk.model.run import NodeState
from flowdesk.ui.canvas import editing
from flowdesk.ui.canvas.habits import HABITS
from flowdesk.ui.canvas.keys import bindings
from flowdesk.ui.canvas.overview import Overview
from tests.ui.canvas.samples import grid

if TYPE_CHECKING:
    from tests.ui.canvas.conftest import Bench

NONE, SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def turn(bench: "Bench", dy: int, keys: Qt.KeyboardModifier = NONE, pixels: QPoint | None = None) -> None:
    at = QPointF(200, 200)
    event = QWheelEvent(
        at, at, pixels or QPoint(), QPoint(0, dy), Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(bench.view.viewport(), event)


def test_the_wheel_zooms_and_what_is_under_the_pointer_stays(bench: "Bench") -> None:
    before = bench.view.mapToScene(QPoint(200, 200))
    turn(bench, 120)
    assert bench.view.zoom == pytest.approx(1.2)
    after = bench.view.mapToScene(QPoint(200, 200))
    assert (after - before).manhattanLength() < 2.5


def test_a_touchpad_pans_and_ctrl_makes_it_zoom(bench: "Bench") -> None:
    turn(bench, 30, pixels=QPoint(0, 30))
    assert bench.view.zoom == 1.0
    turn(bench, 30, CTRL, QPoint(0, 30))
    assert bench.view.zoom > 1.0


def test_shift_and_the_wheel_pan_sideways(bench: "Bench") -> None:
    before = bench.view.visible_rect()
    turn(bench, 120, SHIFT)
    after = bench.view.visible_rect()
    assert after.x() != before.x()
    assert after.y() == before.y()


def test_fit_all_shows_every_node_but_never_above_100_percent(bench: "Bench") -> None:
    bench.key(Qt.Key.Key_Home)
    assert bench.view.visible_rect().contains(bench.scene.cards_rect())
    assert bench.view.zoom <= 1.0


def test_f_shows_the_selection(bench: "Bench") -> None:
    bench.scene.select(["b"])
    bench.key(Qt.Key.Key_F)
    assert (bench.view.visible_rect().center() - bench.scene.node_items["b"].card_rect().center()).manhattanLength() < 4


def test_zoom_keeps_within_its_bounds(bench: "Bench") -> None:
    bench.view.navigator.zoom_to(1000)
    assert bench.view.zoom == 4.0
    bench.view.navigator.zoom_to(0)
    assert bench.view.zoom == pytest.approx(0.02)


def test_the_minimap_shows_only_when_a_part_is_out_of_sight(bench: "Bench", qtbot: QtBot) -> None:
    bench.view.navigator.fit_all()
    qtbot.waitUntil(lambda: not bench.view.minimap.isVisible())
    bench.view.navigator.zoom_to(4.0)
    qtbot.waitUntil(bench.view.minimap.isVisible)
    bench.key(Qt.Key.Key_M)
    assert not bench.view.minimap.isVisible()


def test_delete_removes_and_ctrl_delete_joins(bench: "Bench") -> None:
    bench.scene.select(["a"])
    bench.key(Qt.Key.Key_Delete, CTRL)
    assert bench.wires() == {("s", None, "b")}
    bench.scene.select(["b"])
    bench.key(Qt.Key.Key_Backspace)
    assert bench.wires() == set()
    assert list(bench.scene.node_items) == ["s", "lone"]


def test_arrows_nudge_and_nudges_are_undone_together(bench: "Bench") -> None:
    bench.scene.select(["lone"])
    bench.key(Qt.Key.Key_Right)
    bench.key(Qt.Key.Key_Down, SHIFT)
    assert bench.place("lone") == (280, 300)
    bench.document.undo("me")
    assert bench.place("lone") == (260, 200)


def test_alt_arrows_walk_the_graph(bench: "Bench") -> None:
    bench.key(Qt.Key.Key_Right, ALT)
    assert bench.scene.selected_ids() == ["s"]
    bench.key(Qt.Key.Key_Right, ALT)
    bench.key(Qt.Key.Key_Right, ALT)
    assert bench.scene.selected_ids() == ["b"]
    bench.key(Qt.Key.Key_Left, ALT)
    assert bench.scene.selected_ids() == ["a"]


def test_copy_and_paste_bring_the_nodes_and_their_inner_edges_in_again(bench: "Bench", qtbot: QtBot) -> None:
    bench.scene.select(["a", "b"])
    bench.key(Qt.Key.Key_C, CTRL)
    bench.view.commands.paste(QPointF(100, 400))
    assert (len(bench.flow.nodes), len(bench.flow.edges)) == (6, 3)
    qtbot.waitUntil(lambda: len(bench.scene.selected_ids()) == 2 and "a" not in bench.scene.selected_ids())


def test_cut_duplicate_disable_and_select_all_have_their_keys(bench: "Bench") -> None:
    bench.scene.select(["lone"])
    bench.key(Qt.Key.Key_D)
    assert bench.flow.node("lone").config["disabled"] is True
    bench.key(Qt.Key.Key_D, CTRL)
    assert len(bench.flow.nodes) == 5
    bench.key(Qt.Key.Key_A, CTRL)
    assert len(bench.scene.selected_ids()) == 5
    bench.key(Qt.Key.Key_X, CTRL)
    assert list(bench.flow.nodes) == []


def test_keys_that_ask_tell_which_node(bench: "Bench", qtbot: QtBot) -> None:
    bench.scene.select(["a"])
    for key, signal in (
        (Qt.Key.Key_F2, bench.view.rename_requested),
        (Qt.Key.Key_Return, bench.view.open_requested),
        (Qt.Key.Key_F9, bench.view.breakpoint_toggled),
    ):
        with qtbot.waitSignal(signal) as told:
            bench.key(key)
        assert told.args == ["a"]


@pytest.mark.parametrize(("key", "keys"), [(Qt.Key.Key_N, NONE), (Qt.Key.Key_A, SHIFT), (Qt.Key.Key_Tab, NONE)])
def test_three_keys_ask_for_a_quick_add_after_the_selected_node(
    bench: "Bench", qtbot: QtBot, key: Qt.Key, keys: Qt.KeyboardModifier
) -> None:
    bench.scene.select(["b"])
    with qtbot.waitSignal(bench.view.quick_add_requested) as told:
        bench.key(key, keys)
    assert told.args[1:] == ["b", "default"]


def test_every_key_of_the_canvas_can_be_pressed_with_anything_selected(bench: "Bench") -> None:
    for habits in HABITS.values():
        bench.view.set_habits(habits)
        for chosen in ([], ["a"], ["s", "a", "b"], list(bench.scene.node_items)):
            for key, keys in bindings(habits):
                bench.scene.select(chosen)
                bench.key(key, keys)


def test_the_selected_node_describes_the_canvas_for_screen_readers(bench: "Bench") -> None:
    bench.scene.set_node_state("a", NodeState.ERROR, "not found")
    bench.scene.select(["a"])
    name = bench.view.accessibleDescription()
    assert "a, Click" in name
    assert "error" in name


@pytest.mark.parametrize("zoom", [2.0, 1.0, 0.55, 0.4, 0.1])
def test_every_zoom_paints_something(bench: "Bench", zoom: float) -> None:
    bench.scene.show(grid(400, 20))
    for state, node_id in zip(NodeState, bench.scene.node_items, strict=False):
        bench.scene.set_node_state(node_id, state)
    bench.view.navigator.zoom_to(zoom)
    bench.view.centerOn(bench.scene.cards_rect().center())
    image = bench.view.grab().toImage()
    colors = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(colors) > 5


def test_the_overview_shows_what_it_would_show_if_it_were_drawn_anew(bench: "Bench") -> None:
    scene = bench.scene
    scene.show(grid(300))
    bench.document = Document(grid(300))

    def sorted_cards(overview: Overview) -> tuple[QRectF, dict[str, list[tuple[float, float]]]]:
        around, groups = overview.cards()
        return around, {name: sorted((rect.x(), rect.y()) for rect in rects) for name, rects in groups.items() if rects}

    draft = scene.draft
    for changes in (
        editing.move(draft, {"n5": (9000.0, 9000.0), "n7": (-20.0, 40.0)}),
        editing.delete(draft, ["n5", "n8"]),
    ):
        bench.view.request(changes, "Edit")
        assert sorted_cards(bench.view.overview) == sorted_cards(Overview(scene))
        lines = [line for cell in bench.view.overview._cells.values() for line in cell.lines]
        assert len(lines) == len(scene.edge_items)
