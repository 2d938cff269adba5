"""Rows of totals: nothing is added below one, in workbooks and in CSV files."""

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table as ListTable

from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular.files import add_rows


def book(path: Path, *rows: list[Any]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


HEAD, ONE, TWO = ["name", "price", "all"], ["a", 1.5, 1.5], ["b", 2, 3.5]


@pytest.mark.parametrize(
    "last",
    [["Total", "=SUM(B2:B3)"], [None, "=SUBTOTAL(109,B2:B3)"], ["合计：", 3.5], ["Summe", None, "=SUM($C$2:$C$3)"]],
)
def test_nothing_is_added_below_a_row_of_totals(tmp_path: Path, last: list[Any]) -> None:
    path = book(tmp_path / "t.xlsx", HEAD, ONE, TWO, last)
    before = path.read_bytes()
    with pytest.raises(NodeError, match=r"Row 4 contains totals: [BC]4 is the sum"):
        add_rows(path, [{"name": "c"}], ())
    assert path.read_bytes() == before
    path = book(tmp_path / "gap.xlsx", HEAD, ONE, TWO, [], last, ["", "thanks"])
    with pytest.raises(NodeError, match="Row 5 contains totals"):
        add_rows(path, [{"name": "c"}], ())


@pytest.mark.parametrize(
    "last",
    [
        ["Total", '=SUMIF(A2:A3,"a",B2:B3)'],
        ["sold", "=SUM(Prices)"],
        ["sold", "=SUM(prices, 0)"],
        ["sold", "=SUM(Table1[price])"],
        ["sold", "=B2+B3"],
        ["sold", "=AVERAGE('Sheet'!B2:B3)"],
        ["sold", '=SUMPRODUCT((A2:A3<>"")*B2:B3)'],
        ["Total (EUR)", 3.5],
        ["Total for May", None, None, "=SUM(B2:B3)"],
        ["合计（元）", "=SUM(B2:B3)"],
        ["grand total", 1.75],
    ],
)
def test_totals_are_known_by_names_conditions_and_additions(tmp_path: Path, last: list[Any]) -> None:
    path = tmp_path / "t.xlsx"
    made = openpyxl.Workbook()
    for row in [HEAD, ONE, TWO, last]:
        made.active.append(row)
    made.defined_names["Prices"] = DefinedName("Prices", attr_text="Sheet!$B$2:$B$3")
    if "Table1" in str(last):
        made.active.add_table(ListTable(displayName="Table1", ref="A1:C3"))
        made.active.append([])
        made.active["E1"] = "other"
        made.active["E2"] = 1
        made.active.add_table(ListTable(displayName="Table2", ref="E1:E2"))
    made.save(path)
    before = path.read_bytes()
    with pytest.raises(NodeError, match=r"Row 4 contains totals: [BD]4 is the sum"):
        add_rows(path, [["c", 1]], ())
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("rows", "warns"),
    [
        ([HEAD, ["a", 1, 1], ["b", 2, "=C2+B3"], ["c", 3, "=C3+B4"]], False),  # a balance
        ([HEAD, [1, 2, 3], ["=MAX(A$2:A2)+1", 2, 3], ["=MAX(A$2:A3)+1", 2, 3]], False),  # a number of its own
        ([HEAD, ONE, TWO, ["Totality Ltd", 3.5]], False),
        ([HEAD, ONE, TWO, ["sold", "=SUM(Other!B2:B3)"]], False),
        ([HEAD, ONE, TWO, ["Total", "=SUM(C4:C4)", 3]], True),
        ([HEAD, ONE, TWO, ["Total", 99]], True),  # the company, or an amount that somebody typed
        ([HEAD, ["a", 1, "=SUM(B$2:B2)"], ["b", 2, "=SUM(B$2:B3)"], ["c", 3, "=SUM(B$2:B4)"]], False),  # a running sum
        ([HEAD, ["a", 1, "=SUM(A2:B2)"], ["b", 2, "=SUM(A3:B3)"]], False),
        ([HEAD, ["total", 5]], False),
    ],
)
def test_what_may_be_no_total_is_added_to(tmp_path: Path, rows: list[list[Any]], warns: bool) -> None:
    path = book(tmp_path / "t.xlsx", *rows)
    notes = add_rows(path, [{"name": "new"}], ())
    assert any("is labeled as a total" in str(note) for level, note in notes if level == "warn") == warns
    assert openpyxl.load_workbook(path).active.cell(len(rows) + 1, 1).value == "new"


@pytest.mark.parametrize(
    ("content", "row", "value"),
    [
        (b"name;price\na;1,50\nb;2\nTotal;3,50\n", 4, "3,50"),
        ("名称,数量\n甲,1\n乙,2\n合计：,3\n".encode(), 4, "3"),
        (b'name,price\na,"$1,000.50"\nb,2\n\nGrand Total,"$1,002.50"\n\nprinted 2026-11-30\n', 5, "$1,002.50"),
        (b"sep=;\r\nname;n;price\r\na;1;5\r\nTotal (EUR);;5", 4, "5"),
        (b"name,price\na,1\nSubtotal,1\nb,2\nSubtotal,2\nTotal,3\n", 5, "2"),
    ],
)
def test_nothing_is_added_below_a_row_of_totals_of_a_csv_file(
    tmp_path: Path, content: bytes, row: int, value: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(NodeError, match=f'Row {row} contains totals: "{re.escape(value)}" is the sum'):
        add_rows(path, [["c", 1]], ())
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("content", "warns"),
    [
        (b"name,price\na,1\nb,2\nTotal,99\n", True),  # the company, or an amount that somebody typed
        (b"name,price\na,1\nb,2\nTotality Ltd,3\n", False),
        (b"name,price\nTotal,99\n", False),
        (b'name,note\na,1\nb,"the total\n3"\n', False),
    ],
)
def test_what_may_be_no_total_of_a_csv_file_is_added_to(tmp_path: Path, content: bytes, warns: bool) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    notes = add_rows(path, [["new", 1]], ())
    assert any("is labeled as a total" in str(note) for level, note in notes if level == "warn") == warns
    assert path.read_bytes() == content + b"new,1\n"
    assert not [note for level, note in add_rows(path, [["next", 1]], ()) if level == "warn"]
