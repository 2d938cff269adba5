"""Tables in forms: what is shown is what is written, and nothing of it is lost."""

from typing import Any

from PySide6.QtWidgets import QApplication, QLineEdit

from flowdesk.model.fields import FieldSpec, pairs_columns
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.ui.inspector.fields import ABSENT
from flowdesk.ui.inspector.tables import Cell, PairsField, TableField

CASES = next(spec for spec in catalogue_with_plugins()["switch"].fields if spec.key == "cases")
ROWS: list[dict[str, Any]] = [
    {"id": "a", "operator": "gt", "value": 5},
    {"id": "b", "operator": "eq", "value": "5", "note": "kept"},
]


def pairs() -> PairsField:
    return PairsField(FieldSpec("k", "Names", "", "pairs", columns=pairs_columns("value")))


def test_the_cases_of_a_switch_are_a_table_with_the_declared_columns(qapp: QApplication) -> None:
    assert CASES.kind == "table"
    assert [column.key for column in CASES.columns] == ["id", "operator", "value"]
    assert "gt" in CASES.columns[1].choices


def test_rows_come_back_as_they_were_shown_with_keys_that_have_no_column(qapp: QApplication) -> None:
    field = TableField(CASES)
    field.set_value(ROWS)
    assert field.value() == ROWS
    field.set_value(ABSENT)
    assert field.value() is ABSENT


def test_rows_are_added_moved_and_removed(qapp: QApplication) -> None:
    field = TableField(CASES)
    field.set_value(ROWS)
    edits: list[bool] = []
    field.edited.connect(lambda: edits.append(True))
    field.add()
    assert [row["id"] for row in field.value()] == ["a", "b", "1"]
    field.table.setCurrentCell(2, 0)
    field.up_button.click()
    assert [row["id"] for row in field.value()] == ["a", "1", "b"]
    field.remove_button.click()
    assert [row["id"] for row in field.value()] == ["a", "b"]
    assert len(edits) == 3


def test_an_edited_cell_is_told(qapp: QApplication) -> None:
    field = TableField(CASES)
    field.set_value(ROWS)
    edits: list[bool] = []
    field.edited.connect(lambda: edits.append(True))
    item = field.table.item(0, 2)
    assert item is not None
    item.setText("[1, 2]")
    assert edits
    assert field.value()[0]["value"] == [1, 2]


def test_names_with_values_are_an_object_and_a_row_without_a_name_waits(qapp: QApplication) -> None:
    field = pairs()
    field.set_value({"name": "张三", "count": 3, "text": "3"})
    assert field.value() == {"name": "张三", "count": 3, "text": "3"}
    field.add()
    assert field.value() == {"name": "张三", "count": 3, "text": "3"}
    field.set_value({"name": "张三", "count": 3, "text": "3"})
    assert field.table.rowCount() == 4  # the row that is being written stays


def test_a_value_that_is_picked_goes_into_the_cell_that_was_written_in_last(qapp: QApplication) -> None:
    field, entered = pairs(), list[Cell]()
    field.offer(lambda: ("a",), entered.append)
    field.set_value({"to": "Dear "})
    field.show()
    item = field.table.item(0, 1)
    assert item is not None
    field.table.setCurrentItem(item)
    field.table.editItem(item)
    editor = field.table.findChild(QLineEdit)
    assert editor is not None
    editor.setText("Dear !")
    editor.setCursorPosition(5)
    field.table.itemDelegate().commitData.emit(editor)  # as when the picker gets the keyboard
    field.table.itemDelegate().closeEditor.emit(editor)
    entered[-1].insert_reference("item.name")
    assert field.value() == {"to": "Dear {{ item.name }}!"}
    field.show_rows([])
    entered[-1].insert_reference("gone")
    assert field.value() is ABSENT
