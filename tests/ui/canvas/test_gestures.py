"""Each gesture, done with the mouse, ends in the changes it promises; a cancelled one leaves no trace."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from flowdesk.ui.canvas.gestures.gesture import Reason
from flowdesk.ui.canvas.gestures.guides import guides

if TYPE_CHECKING:
    from tests.ui.canvas.conftest import Bench

SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def test_a_dragged_node_lands_on_the_grid(bench: "Bench") -> None:
    bench.drag((340, 230), (404, 343))
    assert bench.place("lone") == (320, 320)
    assert bench.labels == ["Move"]


def test_shift_moves_off_the_grid(bench: "Bench") -> None:
    bench.drag((340, 230), (373, 327), keys=SHIFT)
    assert bench.place("lone") == (293, 297)


def test_the_whole_selection_moves_as_one_step_of_undo(bench: "Bench") -> None:
    bench.scene.select(["a", "b"])
    bench.drag((340, 30), (340, 330))
    assert (bench.place("a"), bench.place("b")) == ((260, 300), (520, 300))
    bench.scene.apply(bench.document.undo("me").changes)
    assert (bench.place("a"), bench.place("b")) == ((260, 0), (520, 0))
    assert bench.scene.node_items["b"].pos() == QPointF(520, 0)


def test_nothing_is_asked_for_while_the_drag_goes_on(bench: "Bench") -> None:
    bench.drag((340, 230), (440, 330), release=False)
    assert bench.labels == []
    assert bench.scene.node_items["lone"].pos() != QPointF(260, 200)


def test_escape_puts_a_dragged_node_back_and_tells_why(bench: "Bench") -> None:
    bench.drag((340, 230), (440, 330), release=False)
    gesture = bench.view.gesture
    assert gesture is not None
    bench.key(Qt.Key.Key_Escape)
    assert gesture.cancelled is Reason.ESCAPE
    assert bench.scene.node_items["lone"].pos() == QPointF(260, 200)
    assert bench.labels == []


def test_a_press_without_movement_selects_and_changes_nothing(bench: "Bench", qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.view.selection_changed) as told:
        QTest.mouseClick(bench.view.viewport(), Qt.MouseButton.LeftButton, pos=bench.at(340, 30))
    assert told.args == [["a"]]
    assert bench.labels == []


def test_a_box_selects_what_it_touches_shift_adds_and_ctrl_toggles(bench: "Bench") -> None:
    bench.drag((240, -40), (700, 40))
    assert bench.scene.selected_ids() == ["a", "b"]
    bench.drag((240, 180), (470, 290), keys=SHIFT)
    assert bench.scene.selected_ids() == ["a", "b", "lone"]
    bench.drag((500, -40), (720, 100), keys=CTRL)
    assert bench.scene.selected_ids() == ["a", "lone"]


def test_a_cancelled_box_selects_what_was_selected_before(bench: "Bench") -> None:
    bench.scene.select(["s"])
    bench.drag((240, -40), (700, 40), release=False)
    bench.key(Qt.Key.Key_Escape)
    assert bench.scene.selected_ids() == ["s"]


def test_a_wire_dropped_on_a_node_connects(bench: "Bench") -> None:
    bench.drag((720, 30), (340, 230))
    assert ("b", None, "lone") in bench.wires()


def test_a_wire_from_the_error_output_keeps_its_handle(bench: "Bench") -> None:
    bench.drag((460, 50), (340, 230))
    assert ("a", "error", "lone") in bench.wires()


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ((720, 30), (90, 40), "This node has no input."),
        ((200, 30), (340, 40), "These two are already connected."),
        ((460, 30), (330, 30), "A node cannot connect to itself."),
    ],
)
def test_a_refused_wire_says_why_at_the_pointer_and_connects_nothing(
    bench: "Bench", start: tuple[float, float], end: tuple[float, float], reason: str
) -> None:
    before = bench.wires()
    hints: list[str] = []
    bench.drag(start, end, during=lambda: hints.append(bench.view._hint.text()))
    assert hints == [reason]
    assert bench.wires() == before
    assert not bench.view._hint.isVisible()


def test_a_wire_dropped_on_nothing_asks_for_a_quick_add_with_its_source(bench: "Bench", qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.view.quick_add_requested) as told:
        bench.drag((460, 50), (560, 300))
    assert told.args[1:] == ["a", "error"]


def test_the_end_of_a_wire_is_led_to_another_node(bench: "Bench") -> None:
    bench.drag((519, 30), (340, 230))
    assert ("a", None, "lone") in bench.wires()
    assert ("a", None, "b") not in bench.wires()
    assert {edge.id for edge in bench.flow.edges} == {"e1", "e2"}


def test_a_wire_pulled_off_onto_nothing_is_removed(bench: "Bench") -> None:
    bench.drag((519, 30), (560, 300))
    assert bench.wires() == {("s", None, "a")}


def test_an_unconnected_node_dropped_on_a_wire_is_put_into_it(bench: "Bench") -> None:
    bench.drag((350, 230), (480, 30))
    assert {("a", None, "lone"), ("lone", None, "b")} <= bench.wires()
    assert bench.labels == ["Insert into edge"]


def test_alt_dragging_over_wires_cuts_them(bench: "Bench") -> None:
    bench.drag((480, -60), (480, 120), keys=ALT)
    assert bench.wires() == {("s", None, "a")}


def test_alt_dragging_a_node_leaves_it_and_adds_a_copy(bench: "Bench", qtbot: QtBot) -> None:
    bench.drag((340, 230), (340, 430), keys=ALT)
    assert bench.place("lone") == (260, 200)
    copy = next(node for node in bench.flow.nodes if node.id == "lone2")
    assert (copy.position.x, copy.position.y) == (260, 400)
    qtbot.waitUntil(lambda: bench.scene.selected_ids() == [copy.id])


@pytest.mark.parametrize("button", [Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton])
def test_dragging_with_another_button_pans(bench: "Bench", button: Qt.MouseButton) -> None:
    before = bench.view.mapToScene(QPoint(0, 0))
    bench.drag((100, 300), (160, 340), button=button)
    moved = bench.view.mapToScene(QPoint(0, 0)) - before
    assert (round(moved.x()), round(moved.y())) == (-60, -40)


def test_space_makes_the_left_button_pan(bench: "Bench") -> None:
    QTest.keyPress(bench.view, Qt.Key.Key_Space)
    before = bench.view.mapToScene(QPoint(0, 0))
    bench.drag((340, 30), (400, 30))
    QTest.keyRelease(bench.view, Qt.Key.Key_Space)
    assert round((bench.view.mapToScene(QPoint(0, 0)) - before).x()) == -60
    assert bench.place("a") == (260, 0)


def test_the_right_button_without_movement_asks_for_the_menu_of_what_is_there(bench: "Bench", qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.view.context_menu_requested) as told:
        QTest.mouseClick(bench.view.viewport(), Qt.MouseButton.RightButton, pos=bench.at(340, 30))
    assert told.args[2:] == ["node", "a"]
    assert bench.scene.selected_ids() == ["a"]


def test_a_double_click_opens_a_node_and_on_nothing_asks_for_a_quick_add(bench: "Bench", qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.view.open_requested) as told:
        QTest.mouseDClick(bench.view.viewport(), Qt.MouseButton.LeftButton, pos=bench.at(340, 30))
    assert told.args == ["a"]
    with qtbot.waitSignal(bench.view.quick_add_requested) as asked:
        QTest.mouseDClick(bench.view.viewport(), Qt.MouseButton.LeftButton, pos=bench.at(100, 300))
    assert asked.args[1:] == ["", ""]


def test_guides_draw_a_box_to_the_nearest_line_of_another() -> None:
    dx, dy, lines = guides((103.0, 300.0, 180.0, 60.0), [(100.0, 0.0, 180.0, 60.0)], 6.0)
    assert (dx, dy) == (-3.0, 0.0)
    assert [(line.x1, line.x2) for line in lines] == [(100.0, 100.0)]
