"""Variables are edited in a table and shown as the run left them."""

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QTreeWidgetItem

from flowdesk.model.run import RunState
from flowdesk.ui.inspector.values import read_value, write_value
from flowdesk.ui.panels.variables import NAME, NOW, VALUE, VariablesPanel
from tests.ui.conftest import Live, Rig, node, until


@pytest.mark.parametrize(
    "value", ["Ada", "3", 3, 1.5, True, "true", None, "", [1, "a"], {"a": 1}, '"q"', " x ", "NaN", "Infinity"]
)
def test_a_written_value_is_read_as_the_same(value: Any) -> None:
    again = read_value(write_value(value))
    assert again == value
    assert type(again) is type(value)


def panel(values: dict[str, Any], now: dict[str, Any] | None = None) -> tuple[VariablesPanel, list[Any]]:
    shown = VariablesPanel()
    shown.show_variables(values, now or {})
    told: list[Any] = []
    shown.edited.connect(lambda changes, _: told.extend(changes))
    return shown, told


def row(shown: VariablesPanel, index: int = 0) -> QTreeWidgetItem:
    item = shown.tree.topLevelItem(index)
    assert item is not None
    return item


def test_an_edited_value_becomes_a_change_of_the_flow(qapp: QApplication) -> None:
    shown, told = panel({"who": "Ada"})
    row(shown).setText(VALUE, "7")
    assert (told[0].path, told[0].value) == (("variables", "who"), 7)


def test_one_and_true_are_different_values(qapp: QApplication) -> None:
    shown, told = panel({"a": 1})
    row(shown).setText(VALUE, "true")
    assert told[0].value is True
    shown.show_variables({"a": True}, {})
    assert row(shown).text(VALUE) == "true"


def test_an_unchanged_value_asks_for_nothing(qapp: QApplication) -> None:
    shown, told = panel({"who": "Ada"})
    row(shown).setText(VALUE, "Ada")
    assert told == []


def test_a_new_name_keeps_the_place_and_the_value(qapp: QApplication) -> None:
    shown, told = panel({"a": 1, "b": 2})
    row(shown).setText(NAME, "first")
    assert list(told[0].value.items()) == [("first", 1), ("b", 2)]


def test_a_renamed_variable_stays_selected(qapp: QApplication) -> None:
    shown, told = panel({"a": 1, "b": 2})
    shown.tree.setCurrentItem(row(shown, 1))
    row(shown, 1).setText(NAME, "last")
    shown.show_variables(told[0].value, {})
    assert shown.tree.currentItem() is row(shown, 1)


@pytest.mark.parametrize("name", ["b", "", "a}}"])
def test_a_name_that_cannot_be_is_taken_back(qapp: QApplication, name: str) -> None:
    shown, told = panel({"a": 1, "b": 2})
    row(shown).setText(NAME, name)
    assert told == []
    assert row(shown).text(NAME) == "a"


def test_remove_asks_for_the_selected_one(qapp: QApplication) -> None:
    shown, told = panel({"a": 1, "b": 2})
    shown.tree.setCurrentItem(row(shown, 1))
    shown.remove()
    assert (told[0].path, told[0].remove) == (("variables", "b"), True)


def test_what_only_the_run_has_cannot_be_removed(qapp: QApplication) -> None:
    shown, told = panel({}, {"total": 5})
    shown.tree.setCurrentItem(row(shown))
    shown.remove()
    assert told == []
    assert not shown.remove_button.isEnabled()


def test_after_a_run_the_panel_shows_what_became_of_them(live: Live) -> None:
    async def story(rig: Rig) -> None:
        nodes = [node("start", "start", 0), node("set", "setVariable", 260, name="total", value=5)]
        tab = await rig.window.flows.open_path(rig.file(nodes, [("start", "set")]))
        assert tab is not None
        rig.window.carry_out("run")
        await until(lambda: tab.run_state is RunState.SUCCEEDED)
        shown = rig.window.bench.variables
        await until(lambda: shown.tree.topLevelItemCount() and row(shown).text(NOW) == "5")

    live(story)


def test_an_added_variable_is_in_the_flow_and_can_be_undone(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        rig.window.bench.variables.add()
        await until(lambda: tab.scene.draft.fields.get("variables") == {"variable1": ""})
        rig.window.carry_out("undo")
        await until(lambda: not tab.scene.draft.fields.get("variables"))
        await until(lambda: rig.window.bench.variables.tree.topLevelItemCount() == 0)

    live(story)
