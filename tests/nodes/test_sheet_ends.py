"""Sheets whose XML is written short, ``<sheetData/>`` and ``<row r="3" ht="30"/>``, as programs write what is empty."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from flowdesk.nodes.tabular.files import add_rows, replace_rows, update_rows

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="inlineStr"><is><t>Age</t></is></c></row>'
)
FIRST = '<row r="2"><c r="A2" t="inlineStr"><is><t>Kim</t></is></c><c r="B2"><v>30</v></c></row>'
SHORT = ("{}/>", "{}></row>", "{} />")


def book(folder: Path, data: str) -> Path:
    """A workbook whose only sheet has this data and something behind it."""
    path = folder / "book.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{MAIN}">{data}<pageMargins left="0.7" right="0.7" top="1" bottom="1" header="0" footer="0"/></worksheet>'
    ).encode()
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


def cells(path: Path) -> list[list[object]]:
    """What another library reads, after the sheet's XML was found whole and in order."""
    with zipfile.ZipFile(path) as packed:
        sheet = ElementTree.fromstring(packed.read("xl/worksheets/sheet1.xml"))
    assert [child.tag.rpartition("}")[2] for child in sheet if "dimension" not in child.tag] == [
        "sheetData",
        "pageMargins",
    ]
    rows = [int(row.get("r", "0")) for row in sheet.iter(f"{{{MAIN}}}row")]
    assert rows == sorted(set(rows))
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows()]


@pytest.mark.parametrize(
    "data", ["<sheetData/>", "<sheetData />", "<sheetData></sheetData>", '<dimension ref="A1"/><sheetData/>']
)
@pytest.mark.parametrize("write", [add_rows, replace_rows])
def test_an_empty_sheet_takes_rows(data: str, write: Callable[..., object], tmp_path: Path) -> None:
    path = book(tmp_path, data)
    write(path, [{"Name": "Kim", "Age": 30}], ())
    assert cells(path) == [["Name", "Age"], ["Kim", 30]]
    add_rows(path, [["Lee", 41]], ())
    assert cells(path) == [["Name", "Age"], ["Kim", 30], ["Lee", 41]]


@pytest.mark.parametrize("short", SHORT)
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_rows_that_hold_only_a_height_are_filled_and_kept(short: str, count: int, tmp_path: Path) -> None:
    heights = "".join(short.format(f'<row r="{number}" ht="{number}0" customHeight="1"') for number in (3, 4, 6))
    path = book(tmp_path, f"<sheetData>{HEAD}{FIRST}{heights}</sheetData>")
    add_rows(path, [[f"new {number}", number] for number in range(count)], ())
    read = [row for row in cells(path) if row[0]]
    assert read == [["Name", "Age"], ["Kim", 30], *([f"new {number}", number] for number in range(count))]
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [sheet.row_dimensions[number].height for number in (3, 4, 6)] == [30, 40, 60]


@pytest.mark.parametrize("short", SHORT)
def test_a_row_beside_short_ones_is_changed_alone(short: str, tmp_path: Path) -> None:
    above, below = (short.format(f'<row r="{number}" ht="50" customHeight="1"') for number in (1, 4))
    moved = (HEAD + FIRST).replace('r="2"', 'r="3"').replace('2"', '3"').replace('r="1"', 'r="2"').replace('1"', '2"')
    path = book(tmp_path, f"<sheetData>{above}{moved}{below}</sheetData>")
    update_rows(path, [{"Name": "Kim", "Age": 31}], "Name")
    assert [row for row in cells(path) if row[0]] == [["Name", "Age"], ["Kim", 31]]
    add_rows(path, [{"Name": "Lee", "City": "Ulm"}], ())
    assert [row for row in cells(path) if row[0]] == [["Name", "Age", "City"], ["Kim", 31, None], ["Lee", None, "Ulm"]]
