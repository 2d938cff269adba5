"""What keys and buttons mean, by the habits in force."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from flowdesk.ui.actions import CANVAS_KEYS, COMMANDS
from flowdesk.ui.canvas.commands import CanvasCommands
from flowdesk.ui.canvas.habits import DEFAULT_KEYS, HABITS
from flowdesk.ui.canvas.keys import bindings, chord
from flowdesk.ui.help import help_text

if TYPE_CHECKING:
    from tests.ui.canvas.conftest import Bench

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.mark.parametrize("name", HABITS)
def test_no_key_means_two_things_and_every_command_exists(name: str) -> None:
    habits = HABITS[name]
    keys = [chord(key) for given in habits.keys.values() for key in given]
    assert len(keys) == len(set(keys))
    assert all(key != Qt.Key.Key_unknown for key, _ in keys)
    for command in {*bindings(habits).values(), *(c.on_canvas for c in COMMANDS if c.on_canvas)}:
        assert hasattr(CanvasCommands, command.split(":")[0]), command
    assert {"delete", "quick_add", "fit_all", "walk:left", "nudge:up"} <= set(bindings(habits).values())


def test_the_help_names_every_command_that_has_keys() -> None:
    named = {name for name, _ in CANVAS_KEYS}
    ways = {f"{move}:{way}" for move in ("nudge", "nudge_far", "walk") for way in ("right", "up", "down")}
    assert named | ways == set(DEFAULT_KEYS)


@pytest.mark.parametrize("name", HABITS)
def test_the_help_shows_the_keys_in_force(name: str) -> None:
    text = help_text(HABITS[name])
    for keys in (HABITS[name].keys_of("group")[0], HABITS[name].keys_of("duplicate")[0]):
        assert keys in text


def test_with_the_habits_of_react_flow_the_left_button_pans_and_shift_selects(bench: "Bench") -> None:
    bench.view.set_habits(HABITS["react-flow"])
    before = bench.view.mapToScene(QPoint(0, 0))
    bench.drag((100, 120), (160, 160))
    moved = bench.view.mapToScene(QPoint(0, 0)) - before
    assert (round(moved.x()), round(moved.y())) == (-60, -40)
    bench.drag((240, -40), (300, 40), keys=SHIFT)
    assert bench.scene.selected_ids() == ["a"]
    QTest.mouseClick(bench.view.viewport(), Qt.MouseButton.LeftButton, pos=bench.at(100, 300))
    assert bench.scene.selected_ids() == []


def test_blender_cuts_wires_with_ctrl_and_the_right_button(bench: "Bench") -> None:
    bench.view.set_habits(HABITS["blender"])
    bench.drag((220, -60), (220, 120), keys=CTRL, button=Qt.MouseButton.RightButton)
    assert bench.wires() == {("a", None, "b")}
    bench.scene.select(["a"])
    bench.key(Qt.Key.Key_X)
    assert "a" not in bench.scene.node_items


def test_n8n_pans_with_ctrl_and_node_red_adds_with_it(bench: "Bench", qtbot: QtBot) -> None:
    bench.view.set_habits(HABITS["n8n"])
    before = bench.view.mapToScene(QPoint(0, 0))
    bench.drag((100, 120), (160, 120), keys=CTRL)
    assert round((bench.view.mapToScene(QPoint(0, 0)) - before).x()) == -60
    bench.view.set_habits(HABITS["node-red"])
    with qtbot.waitSignal(bench.view.quick_add_requested):
        QTest.mouseClick(bench.view.viewport(), Qt.MouseButton.LeftButton, CTRL, bench.at(100, 300))


def test_unreal_takes_from_the_selection_with_ctrl(bench: "Bench") -> None:
    bench.view.set_habits(HABITS["unreal"])
    bench.scene.select(["a", "b"])
    bench.drag((240, -40), (300, 40), keys=CTRL)
    assert bench.scene.selected_ids() == ["b"]
    bench.drag((240, -40), (300, 40), keys=CTRL)
    assert bench.scene.selected_ids() == ["b"]


def test_a_choice_of_ones_own_goes_over_the_habits() -> None:
    habits = HABITS["n8n"].changed(left_drag="pan", wheel="zoom")
    assert (habits.left_drag, habits.wheel, habits.id) == ("pan", "zoom", "n8n")
    assert HABITS["n8n"].changed() == HABITS["n8n"]
