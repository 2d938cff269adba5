"""A status written back to its row: nothing else changes."""

import shutil
from pathlib import Path

import openpyxl
import pytest

from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular.files import add_rows, read_table_file, update_rows
from flowdesk.nodes.tabular.table import Reading
from tests.nodes.test_workbook_files import FOLDER, parts_of


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_one_cell_of_a_csv_file_is_written(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.csv"
    text = 'Nr.;"Straße";Status\r\n007;"Große ""A"" Straße";\r\n8;"Höhe\r\nzwei";neu\r\n9\r\n'
    path.write_bytes(text.encode(encoding))
    update_rows(path, [{"Nr.": "007", "Status": "geprüft; gut"}], "Nr.")
    update_rows(path, [{"Nr.": 9, "Status": 1.5}, {"Nr.": 8, "Status": None}], "Nr.")
    expected = 'Nr.;"Straße";Status\r\n007;"Große ""A"" Straße";"geprüft; gut"\r\n8;"Höhe\r\nzwei";\r\n9;;1.5\r\n'
    assert path.read_bytes() == expected.encode(encoding)


@pytest.mark.parametrize(
    "name", ["openpyxl-formulas.xlsx", "openpyxl-chart.xlsx", "hand-slicer.xlsx", "hand-macros.xlsm"]
)
def test_one_cell_of_a_workbook_is_written(tmp_path: Path, name: str) -> None:
    path = Path(shutil.copy(FOLDER / name, tmp_path / name))
    before = parts_of(path)
    update_rows(path, [{"name": "n1", "price": 99.5, "when": "2027-01-01"}], "name")
    after = parts_of(path)
    changed = {part for part in before if before[part] != after[part]}
    assert changed <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    old, new = before["xl/worksheets/sheet1.xml"], after["xl/worksheets/sheet1.xml"]
    begin, end = old.index(b'<row r="3"'), old.index(b'<row r="4"')
    assert new.startswith(old[:begin])
    assert new.endswith(old[end:])
    sheet = openpyxl.load_workbook(path).active
    assert (sheet["C3"].value, sheet["C3"].number_format, sheet["B3"].value.year) == (99.5, '#,##0.00 "€"', 2027)
    assert sheet["D3"].value == ("=C3*2" if "formulas" in name else None)


def test_a_row_that_is_not_there_or_there_twice_is_refused(tmp_path: Path) -> None:
    for name in ("t.csv", "t.xlsx"):
        path = tmp_path / name
        add_rows(path, [{"id": 1, "s": ""}, {"id": 1, "s": ""}, {"id": 2, "s": ""}], ())
        before = path.read_bytes()
        for row, words in (({"id": 3, "s": "x"}, '0 rows have "3"'), ({"id": 1, "s": "x"}, '2 rows have "1"'), ({"id": 2, "t": "x"}, 'no column "t"')):  # fmt: skip
            with pytest.raises(NodeError, match=words):
                update_rows(path, [row], "id")
        assert path.read_bytes() == before
        update_rows(path, [{"id": "2", "s": "done"}], "id")
        assert read_table_file(path, Reading()).rows[-1][1][1] == "done"


def test_a_formula_is_not_written_over(tmp_path: Path) -> None:
    path = Path(shutil.copy(FOLDER / "openpyxl-formulas.xlsx", tmp_path / "t.xlsx"))
    before = path.read_bytes()
    with pytest.raises(NodeError, match="D3 contains a formula"):
        update_rows(path, [{"name": "n1", "total": 1}], "name")
    assert path.read_bytes() == before
