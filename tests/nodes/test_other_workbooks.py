"""Workbooks of XLS and OpenDocument, from three programs: read as the same workbook in XLSX, and never written."""

import io
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular.files import add_rows, read_table_file, replace_rows, update_rows
from flowdesk.nodes.tabular.table import Area, Reading, named_rows
from tests.nodes.conftest import Bench

FOLDER = Path(__file__).parent.parent / "data" / "others"
SAME = FOLDER / "libreoffice" / "kinds.xlsx"
FILES = ["libreoffice/kinds.xls", "libreoffice/kinds.ods", "libreoffice/kinds.fods", "gnumeric/kinds.xls", "gnumeric/kinds.ods", "sheetjs/kinds.xls"]  # fmt: skip
OLE = b"\xd0\xcf\x11\xe0"
every = pytest.mark.parametrize("name", FILES)


def read(path: Path, reading: Reading) -> tuple[list[str], list[Any], list[tuple[str, str]]]:
    table = read_table_file(path, reading)
    columns, rows = named_rows(table, reading)
    return columns, rows, [(level, str(sentence)) for level, sentence in table.notes]


@every
@pytest.mark.parametrize(
    "reading",
    [
        Reading(),
        Reading(fill_merged=True),
        Reading(area=Area(2, 2, 6, 4), header=False),
        Reading(area=Area(top=3)),
        Reading("二 sheet"),
        Reading("二 sheet", header_row=5),
        Reading("hidden", header=False),
    ],
    ids=["whole", "filled", "area", "below", "sheet", "header", "hidden"],
)
def test_every_cell_and_every_note_is_that_of_the_same_workbook(name: str, reading: Reading) -> None:
    assert read(FOLDER / name, reading) == read(SAME, reading)


def test_the_workbook_holds_every_kind() -> None:
    columns, rows, notes = read(SAME, Reading())
    assert rows[0] == {
        "text": "Müller 张三", "id": "00123", "int": 7, "float": 12.5, "date": "2024-03-05", "when": "2024-03-05T14:30:15",
        "time": "09:05:00", "dur": "30:00:00", "bool": True, "err": "#DIV/0!", "form": 14, "money": 1234.5, "pct": 0.125,
    }  # fmt: skip
    assert rows[1]["text"] == "a\nb  c"
    assert rows[2]["form"] is True
    assert len(columns) == 13
    assert [level for level, _ in notes] == ["warn", "warn", "info"]


@every
def test_cells_are_read_as_their_program_shows_them(name: str) -> None:
    shown = read(FOLDER / name, Reading(as_shown=True))[1]
    assert shown[0] == {
        "text": "Müller 张三", "id": "00123", "int": "7", "float": "12.5", "date": "2024-03-05", "when": shown[0]["when"],
        "time": "9:05:00", "dur": "30:00:00", "bool": "TRUE", "err": "#DIV/0!", "form": "14", "money": "1,234.50 €", "pct": "12.5%",
    }  # fmt: skip
    assert shown[0]["when"] in ("2024-03-05 14:30:15", "2024-03-05 2:30:15 PM")
    assert shown[1]["id"] == "00123"


@every
def test_nothing_is_written_into_them(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"t{Path(name).suffix}"
    shutil.copy(FOLDER / name, path)
    row = {"text": "new", "id": 1}
    for write in (add_rows, replace_rows):
        with pytest.raises(NodeError, match="does not write") as caught:
            write(path, [row], ())
        assert "XLSX" in str(caught.value.fix)
    with pytest.raises(NodeError, match="does not write"):
        update_rows(path, [row], "text")
    assert path.read_bytes() == (FOLDER / name).read_bytes()
    path.unlink()
    with pytest.raises(NodeError, match="does not write"):
        add_rows(path, [row], ())
    assert not path.exists()


@every
async def test_a_flow_reads_them(name: str, bench: Bench, tmp_path: Path) -> None:
    shutil.copy(FOLDER / name, tmp_path)
    finished = await bench.run(
        ("readTable", {"path": Path(name).name, "fillMerged": True}),
        ("setVariable", {"name": "sum", "value": "{{ n1.rows|where('text', '==', 'merged')|sum('id') }}"}),
        ("readTable", {"path": Path(name).name, "sheet": "none"}),
    )
    assert bench.variables["sum"] == 21
    assert finished.error is not None
    assert "Data, 二 sheet, hidden" in str(finished.error["fix"])


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("_", "/", 1) if name.startswith("META") else f"{name}.xml", content)
    return out.getvalue()


def sheet_of(rows: str, before: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{before}<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x">'
        f'<office:body><office:spreadsheet><table:table table:name="A">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )


def going_round() -> bytes:
    """An XLS file whose workbook is a small part, the pieces of which lead back to themselves."""
    content = bytearray((FOLDER / "gnumeric/kinds.xls").read_bytes())
    content[56:60] = struct.pack("<i", 1_000_000_000)
    table = 512 * (1 + struct.unpack("<i", content[60:64])[0])
    content[table : table + 512] = bytes(512)
    return bytes(content)


def unknown_format() -> bytes:
    """An XLS file with a number in a format that it does not list."""
    content = bytearray((FOLDER / "libreoffice/kinds.xls").read_bytes())
    record = content.index(b"\x03\x02\x0e\x00")
    content[record + 8 : record + 10] = b"\xff\xff"
    return bytes(content)


SPACES = '<text:s text:c="10000"/>' * 20_000
CELL = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("ending", "content", "said"),
    [
        ("xls", b"<!DOCTYPE html><html><table><tr><td>1</table></html>", "a web page"),
        ("ods", b"<!DOCTYPE html><html><table><tr><td>1</table></html>", "a web page"),
        ("xls", SAME.read_bytes(), "an XLSX workbook"),
        ("ods", SAME.read_bytes(), "a ZIP file of another kind"),
        ("xls", b"a\tb\n1\t2\n", "is not a readable workbook"),
        ("xls", b"", "is not a readable workbook"),
        ("ods", b"", "is not a readable workbook"),
        ("xls", (FOLDER / FILES[0]).read_bytes()[:3000], "is not a readable workbook"),
        ("xls", (FOLDER / FILES[0]).read_bytes()[:1500] + b"\xff" * 5000, "is not a readable workbook"),
        ("xls", OLE + b"\0" * 600, "is not a readable workbook"),
        ("xls", going_round(), "is not a readable workbook"),
        ("xls", unknown_format(), "is not a readable workbook"),
        ("ods", (FOLDER / FILES[1]).read_bytes()[:5000], "is not a readable workbook"),
        ("fods", (FOLDER / FILES[2]).read_bytes()[:5000], "is not a readable workbook"),
        ("ods", zipped(content=sheet_of("<table:table-row>")), "is not a readable workbook"),
        ("ods", zipped(content=sheet_of("", '<!DOCTYPE x [<!ENTITY a "b">]>')), "is not a readable workbook"),
        ("ods", zipped(content=sheet_of(f'<table:table-row table:number-rows-repeated="1048576">{CELL}</table:table-row>')), "more than"),
        ("ods", zipped(content=sheet_of(f'<table:table-row><table:table-cell office:value-type="string"><text:p>{SPACES}</text:p></table:table-cell></table:table-row>')), "too large"),
        ("ods", zipped(content=sheet_of(""), **{"META-INF_manifest.xml": "<x><m:encryption-data/></x>"}), "password"),
    ],
)  # fmt: skip
def test_what_is_no_such_workbook_is_named(ending: str, content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / f"t.{ending}"
    path.write_bytes(content)
    with pytest.raises(NodeError) as caught:
        read(path, Reading())
    assert said in str(caught.value.message), caught.value.message
    assert caught.value.fix


def test_texts_of_opendocument_are_those_that_people_see(tmp_path: Path) -> None:
    cell = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>a note</text:p></office:annotation>'
        '<text:p>a<text:s text:c="3"/>b<text:span>c</text:span></text:p>\n <text:p>d<text:tab/>e<text:line-break/>f</text:p></table:table-cell>'
    )
    empty = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    (tmp_path / "t.ods").write_bytes(zipped(content=sheet_of(f"<table:table-row>{cell}</table:table-row>{empty}")))
    table = read_table_file(tmp_path / "t.ods", Reading(header=False))
    assert table.rows == [(1, ["a   bc\nd\te\nf"])]


def test_the_last_moment_of_all_is_read(tmp_path: Path) -> None:
    said = "9999-12-31T23:59:59.999999999"
    cell = (
        f'<table:table-cell office:value-type="date" office:date-value="{said}"><text:p>x</text:p></table:table-cell>'
    )
    (tmp_path / "t.ods").write_bytes(zipped(content=sheet_of(f"<table:table-row>{cell}</table:table-row>")))
    assert read_table_file(tmp_path / "t.ods", Reading(header=False)).rows == [(1, [said])]
