"""Rows that are replaced: names and what stands above them stay, and what is written is read back as it was meant."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flowdesk.model.config import read_config
from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular.files import add_rows, read_table_file, replace_rows, update_rows
from flowdesk.nodes.tabular.table import Reading, named_rows
from flowdesk.nodes.write_table import WriteTableConfig
from tests.nodes.conftest import Bench


@pytest.mark.parametrize(
    ("before", "rows", "options", "after"),
    [
        ("T\n\na,b\n1,2\n", [{"a": "9", "b": "8"}], {"header_row": 3}, "T\n\na,b\n9,8\n"),
        ("T\n\na,b\n1,2", [["9", "8"]], {"header_row": 3}, "T\n\na,b\n9,8\n"),
        ("T\n\na,b", [["9", "8"]], {"header_row": 3}, "T\n\na,b\n9,8\n"),
        ("a,b\r\n1,2\r\n", [], {}, "a,b\r\n"),
        ("# made by hand\na,b\n1,2\n", [], {}, "# made by hand\na,b\n"),
        ("sep=;\na;b\n1;2\n", [], {}, "sep=;\na;b\n"),
        ('sep=;\n"a\nx";b\n1;2\n', [], {}, 'sep=;\n"a\nx";b\n'),
        ("a,b\n1,2\n", [{"c": 1}], {}, "c\n1\n"),
    ],
)
def test_replacing_keeps_what_is_no_row(
    tmp_path: Path, before: str, rows: list[Any], options: dict[str, Any], after: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(before.encode("utf-16"))
    replace_rows(path, rows, (), **options)
    assert path.read_bytes().decode("utf-16") == after


def test_the_names_of_a_sheet_stay_where_there_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    add_rows(path, [{"a": 1, "b": 2}], ())
    replace_rows(path, [], ())
    assert [list(row) for row in openpyxl.load_workbook(path).active.values] == [["a", "b"]]
    known = path.read_bytes()
    with pytest.raises(NodeError, match="above the header row"):
        replace_rows(path, [{"a": 1}], (), header_row=2)
    assert path.read_bytes() == known


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("mode", ["append", "replace"])
async def test_null_is_no_rows(bench: Bench, tmp_path: Path, mode: str, empty: Any) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    finished = await bench.run(("writeTable", {"path": str(path), "mode": mode, "rows": "{{x}}"}), x=empty)
    assert finished.error is not None
    assert "not a list" in finished.error["message"]
    assert path.read_text() == "a\n1\n"


@pytest.mark.parametrize(
    "rows",
    [
        [{"a": "x;y;z"}, {"a": "p;q;r"}],
        [{"a;b": "x;y"}, {"a;b": "p;q"}],
        [{"a": "x|y"}, {"a": "p^q"}],
        [{"a;b": "1", "c;d": "2"}],
        [{"a~^~b": "x~^~y"}],
    ],
)
def test_a_new_table_is_read_as_it_was_written(tmp_path: Path, rows: list[Any]) -> None:
    path = tmp_path / "t.csv"
    replace_rows(path, rows, ())
    assert named_rows(read_table_file(path, Reading()), Reading())[1] == rows
    add_rows(path, rows, ())
    assert named_rows(read_table_file(path, Reading()), Reading())[1] == [*rows, *rows]


def test_a_zero_byte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n")
    for rows in ([{"a": "\0"}], [["x\0y", 1]]):
        with pytest.raises(NodeError, match="zero byte"):
            add_rows(path, rows, ())
        with pytest.raises(NodeError, match="zero byte"):
            replace_rows(path, rows, ())
    with pytest.raises(NodeError, match="zero byte"):
        update_rows(path, [{"a": 1, "b": "\0"}], "a")
    assert path.read_text() == "a,b\n1,2\n"


def test_a_cell_that_a_merged_range_hides_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = openpyxl.Workbook()
    for row in (["g", "x"], ["A", 2], [None, 3]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.save(path)
    known = path.read_bytes()
    with pytest.raises(NodeError, match="A2:A3 hide the cell A3"):
        update_rows(path, [{"x": 3, "g": "Z"}], "x")
    assert path.read_bytes() == known
    update_rows(path, [{"x": 2, "g": "Z"}], "x")
    assert openpyxl.load_workbook(path).active["A2"].value == "Z"


async def test_updating_needs_the_key_before_the_run(bench: Bench, tmp_path: Path) -> None:
    found = read_config(WriteTableConfig, {"path": "t.csv", "mode": "update", "rows": []})[1]
    assert [field for field, _ in found] == ["key"]


@pytest.mark.parametrize(("text", "is_refused"), [("A0:B2", True), ("0", True), ("foo", False), ("Z9:AB20", False)])
async def test_a_range_without_cells_is_said(bench: Bench, tmp_path: Path, text: str, is_refused: bool) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\n")
    told = ("setVariable", {"name": "cells", "value": text})
    finished = await bench.run(told, ("readTable", {"path": str(path), "range": "{{cells}}"}))
    if is_refused:
        assert finished.error is not None
        assert "is not a cell range" in finished.error["message"]
    else:
        assert bench.result("n2")["rows"] == []
        assert any("contains no filled cells" in line for line in bench.logs)


async def test_what_is_no_json_is_said(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('[{"a": NaN}, {"a": Infinity}]')
    await bench.run(("readTable", {"path": str(path)}))
    assert any("2 values are NaN" in line for line in bench.logs)


@pytest.mark.parametrize(("day", "shown"), [("hh:mm:ss", "06:00:00"), ("yyyy-mm-dd hh:mm", "1904-01-01T06:00:00")])
def test_a_time_of_day_in_a_book_that_counts_from_1904(tmp_path: Path, day: str, shown: str) -> None:
    path = tmp_path / "t.xlsx"
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append([0.25])
    book.active["A1"].number_format = day
    book.save(path)
    assert read_table_file(path, Reading()).rows[0][1] == [shown]


async def test_values_without_a_column_are_said(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for mode in ("append", "replace"):
        config = {"path": str(path), "mode": mode, "rows": [{"b": 5, "a": 1, "c": 2}], "columns": ["a", "b"]}
        bench.events.clear()
        await bench.run(("writeTable", config))
        assert any('Columns lacks them: "c"' in line for line in bench.logs)
    assert path.read_text("utf-8-sig") == "a,b\n1,5\n"


@pytest.mark.parametrize("columns", [["a", "a"], [""]])
def test_columns_are_told_apart(columns: list[str]) -> None:
    found = read_config(WriteTableConfig, {"path": "t.csv", "rows": [], "columns": columns})[1]
    assert [field for field, _ in found] == ["columns"]


def test_a_sheet_is_found_whatever_its_capital_letters(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    add_rows(path, [{"a": 1}], (), sheet="Data")
    add_rows(path, [{"a": 2}], (), sheet="DATA")
    replace_rows(path, [], (), sheet="data")
    assert openpyxl.load_workbook(path).sheetnames.count("Data") == 1
    assert "DATA" not in openpyxl.load_workbook(path).sheetnames
    assert read_table_file(path, Reading("dATA")).rows == [(1, ["a"])]


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        (49 / 24 + 5 / 1440, "[h]:mm", "49:05"),
        (49 / 24 + 5 / 1440 + 7 / 86400, "[h]:mm:ss", "49:05:07"),
        (-1.5 / 24, "[hh]:mm", "-01:30"),
        (90 / 1440, "[m]", "90"),
        (0.5, '[h] "h"', "12 h"),
        (1e-07, "General", "1E-07"),
    ],
)
def test_numbers_as_their_format_shows_them(tmp_path: Path, number: float, code: str, shown: str) -> None:
    path = tmp_path / "t.xlsx"
    book = openpyxl.Workbook()
    book.active.append([number])
    book.active["A1"].number_format = code
    book.save(path)
    assert read_table_file(path, Reading(as_shown=True)).rows[0][1] == [shown]
