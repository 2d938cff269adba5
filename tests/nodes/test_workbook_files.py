"""Workbooks as people have them: read, added to with everything else kept, or refused before anything is written."""

import re
import shutil
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular import workbook_end, workbook_new
from flowdesk.nodes.tabular.files import add_rows, read_table_file, replace_rows, update_rows
from flowdesk.nodes.tabular.table import Reading, Table, named_rows

FOLDER = Path(__file__).parent.parent / "data" / "tables"
REFUSED = {
    "hand-signed.xlsx": "signature",
    "hand-locked.xlsx": "password",
    "xlsxwriter-totals.xlsx": "totals",
    "openpyxl-merged.xlsx": "",
}
BOOKS = sorted(each.name for each in FOLDER.glob("*.xls?"))
NEW = {"name": "new & <x>", "when": "2026-05-06", "price": 4.25}
every = pytest.mark.parametrize("name", BOOKS)
CHANGED_BY_ADDING = re.compile(
    rb'(<(?:\w+:)?dimension\b[^>]*ref=")[^"]*|(<(?:\w+:)?autoFilter\b[^>]*ref=")[^"]*|(<(?:\w+:)?table\b[^>]*\bref=")[^"]*'
    rb'|( fullCalcOnLoad="1")|(<calcPr/>)|(_FilterDatabase[^<]*<)|(\$A\$1:\$C\$\d+)'
)


def read(path: Path, **options: Any) -> tuple[list[Any], Table]:
    reading = Reading(**options)
    table = read_table_file(path, reading)
    return named_rows(table, reading)[1], table


def copied(name: str, folder: Path) -> Path:
    return Path(shutil.copy(FOLDER / name, folder / name))


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {each: archive.read(each) for each in archive.namelist()}


def neutral(content: bytes) -> bytes:
    return CHANGED_BY_ADDING.sub(b"", content)


def header_row(name: str) -> int:
    return 3 if "titles" in name else 0


def is_refused(name: str) -> bool:
    return bool(REFUSED.get(name))


def test_there_are_thirty() -> None:
    assert len(BOOKS) >= 30


@every
def test_what_is_added_leaves_everything_else_byte_for_byte(name: str, tmp_path: Path) -> None:
    if is_refused(name):
        return
    path = copied(name, tmp_path)
    before = parts_of(path)
    for _ in range(2):
        add_rows(path, [NEW], (), header_row=header_row(name))
    after = parts_of(path)
    assert after.keys() == before.keys()
    sheet = next(part for part in before if part.startswith("xl/worksheets/sheet") and before[part] != after[part])
    for part, content in before.items():
        if part != sheet:
            assert neutral(after[part]) == neutral(content), part
    old, new = neutral(before[sheet]), neutral(after[sheet])
    if "prepared" in name:
        assert new.count(b"<row") == old.count(b"<row")
        return
    end = old.index(b"sheetData>", old.index(b"sheetData>") + 1)
    end = old.rindex(b"<", 0, end)
    assert new.startswith(old[:end])
    assert new.endswith(old[end:])
    assert new[end : len(new) - len(old) + end].count(b"row r=") == 2


@every
def test_old_cells_keep_their_values_and_looks_and_new_ones_take_them(name: str, tmp_path: Path) -> None:
    if is_refused(name) or name in {
        "hand-pivot.xlsx",
        "openpyxl-prepared.xlsx",
        "r-openxlsx.xlsx",
        "xlsx-populate.xlsx",
    }:  # openpyxl reads no stub of a pivot table, nor what these two writers leave out
        return
    path = copied(name, tmp_path)
    old = cells_of(path)
    add_rows(path, [NEW], (), header_row=header_row(name))
    new = cells_of(path)
    assert {place: new[place] for place in old if old[place][0] is not None} == {
        place: look for place, look in old.items() if look[0] is not None
    }
    row = max(place[0] for place, look in new.items() if look[0] == "new & <x>")
    assert row == max(place[0] for place, look in old.items() if look[0] is not None) + 1
    assert new[row, 2][1:3] == old[row - 1, 2][1:3]
    assert str(new[row, 2][0]).startswith("2026-05-06")
    assert new[row, 3][:2] == (4.25, old[row - 1, 3][1])


def cells_of(path: Path) -> dict[tuple[int, int], tuple[Any, ...]]:
    """Every cell as another library sees it."""
    with warnings.catch_warnings(action="ignore"):  # openpyxl warns of what it would lose
        sheet = openpyxl.load_workbook(path).worksheets[0]
    return {
        (cell.row, cell.column): (
            getattr(cell.value, "text", cell.value), cell.number_format, cell.font.b, cell.fill.fgColor.rgb,
            cell.comment.text if cell.comment else None, cell.hyperlink.target if cell.hyperlink else None,
        )
        for row in sheet.iter_rows()
        for cell in row
    }  # fmt: skip


@pytest.mark.parametrize("name", [name for name in BOOKS if is_refused(name)])
@pytest.mark.parametrize("mode", [add_rows, replace_rows])
def test_what_cannot_be_kept_is_refused_before_anything_is_written(name: str, mode: Any, tmp_path: Path) -> None:
    path = copied(name, tmp_path)
    before = path.read_bytes()
    with pytest.raises(NodeError) as caught:
        mode(path, [NEW], ())
    assert caught.value.fix
    assert path.read_bytes() == before


@every
def test_rows_are_read_as_another_library_reads_them(name: str) -> None:
    if name == "hand-locked.xlsx":
        return
    rows, _ = read(FOLDER / name, header_row=header_row(name))
    assert [row["name"] for row in rows][:1] == ["n0"]
    assert rows[1]["when"] == ("2026-01-03" if "since-1904" not in name else rows[1]["when"])
    assert len(rows) == (4 if "totals" in name else 3)


def test_a_table_and_its_filter_grow(tmp_path: Path) -> None:
    path = copied("openpyxl-table.xlsx", tmp_path)
    add_rows(path, [NEW, NEW], ())
    assert openpyxl.load_workbook(path).active.tables["Prices"].ref == "A1:C6"
    path = copied("openpyxl-filtered.xlsx", tmp_path)
    add_rows(path, [NEW], ())
    assert openpyxl.load_workbook(path).active.auto_filter.ref == "A1:C5"
    assert b"$A$1:$C$5" in parts_of(path)["xl/workbook.xml"]


def test_prepared_rows_are_filled_and_keep_their_look(tmp_path: Path) -> None:
    path = copied("openpyxl-prepared.xlsx", tmp_path)
    for _ in range(9):
        add_rows(path, [NEW], ())
    sheet = openpyxl.load_workbook(path).active
    assert [sheet.cell(row, 1).value for row in range(4, 14)] == ["n2", *["new & <x>"] * 9]
    assert sheet["A11"].fill.fgColor.rgb == sheet["A5"].fill.fgColor.rgb == "00EEEEEE"


def test_what_a_person_should_know_is_said() -> None:
    for name, words in (
        ("openpyxl-formulas.xlsx", "no calculated value"),
        ("openpyxl-merged.xlsx", "merged cells"),
        ("openpyxl-errors.xlsx", "#N/A"),
        ("openpyxl-padded.xlsx", "00122"),
        ("openpyxl-titles.xlsx", "looks like a title"),
    ):
        _, table = read(FOLDER / name)
        assert any(words in str(sentence) for _, sentence in table.notes), name


def test_merged_cells_are_filled_and_formats_are_shown_where_asked() -> None:
    assert [row["name"] for row in read(FOLDER / "openpyxl-merged.xlsx", fill_merged=True)[0]] == ["n0", "n0", "n2"]
    assert [row["price"] for row in read(FOLDER / "openpyxl-padded.xlsx", as_shown=True)[0]] == [
        "00122",
        "00123",
        "00124",
    ]
    shown = read(FOLDER / "xlsxwriter-rich.xlsx", as_shown=True)[0]
    assert shown[0] == {"name": "n0", "when": "02.01.2026", "price": "0"}
    assert read(FOLDER / "openpyxl-looks.xlsx", as_shown=True)[0][2]["price"] == "3.00 €"


def test_formulas_are_calculated_anew_by_the_program_that_opens_the_book(tmp_path: Path) -> None:
    path = copied("libreoffice-formulas.xlsx", tmp_path)
    assert [row["total"] for row in read(path)[0]] == [0, 3, 6]
    assert not read(path)[1].notes
    add_rows(path, [NEW], ())
    assert "may be outdated" in str(read(path)[1].notes[0][1])


def test_a_new_column_gets_a_name_with_the_look_of_the_others(tmp_path: Path) -> None:
    path = copied("openpyxl-looks.xlsx", tmp_path)
    add_rows(path, [NEW], ())
    add_rows(path, [{**NEW, "status": "done"}], ())
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[1]] == ["name", "when", "price", "status"]
    assert sheet["D1"].font.b
    assert [sheet.cell(row, 4).value for row in range(2, 7)] == [None] * 4 + ["done"]


def test_a_table_without_that_column_is_refused(tmp_path: Path) -> None:
    path = copied("openpyxl-table.xlsx", tmp_path)
    before = path.read_bytes()
    with pytest.raises(NodeError, match="no column"):
        add_rows(path, [{"status": "done"}], ())
    assert path.read_bytes() == before


@pytest.mark.parametrize("lock", ["~$book.xlsx", ".~lock.book.xlsx#"])
def test_a_book_that_is_open_elsewhere_is_left_alone(lock: str, tmp_path: Path) -> None:
    path = Path(shutil.copy(FOLDER / "openpyxl-looks.xlsx", tmp_path / "book.xlsx"))
    (tmp_path / lock).touch()
    with pytest.raises(NodeError, match="open in another program"):
        add_rows(path, [NEW], ())


def test_a_value_that_no_cell_holds_leaves_the_book_as_it_was(tmp_path: Path) -> None:
    path = copied("openpyxl-looks.xlsx", tmp_path)
    before = path.read_bytes()
    for value in ("x" * 40_000, "\ud800"):
        with pytest.raises(NodeError, match="The text for cell"):
            add_rows(path, [NEW, {"name": value}], ())
    assert path.read_bytes() == before


def test_odd_values_come_back_as_they_went(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    values = [
        "=1+1",
        " spaces ",
        "a\nb",
        "tab\t",
        "_x0041_",
        "\x08bell",
        "]]>",
        12345678901234567890,
        True,
        0.1,
        -5,
        "0012",
    ]
    add_rows(path, [{"value": value} for value in values], ())
    back = [row["value"] for row in read(path)[0]]
    assert back == [str(value) if value == 12345678901234567890 else value for value in values]


def test_what_another_program_wrote_meanwhile_is_seen(tmp_path: Path) -> None:
    path = copied("openpyxl-looks.xlsx", tmp_path)
    add_rows(path, [NEW], ())
    book = openpyxl.load_workbook(path)
    book.active.append(["theirs"])
    book.save(path)
    add_rows(path, [NEW], ())
    assert [row["name"] for row in read(path)[0]][3:] == ["new & <x>", "theirs", "new & <x>"]


def test_three_hundred_appends_cost_little(tmp_path: Path) -> None:
    path = copied("openpyxl-chart.xlsx", tmp_path)
    begin = time.perf_counter()
    for _ in range(300):
        add_rows(path, [NEW], ())
    assert time.perf_counter() - begin < 20  # 0.4 s on an idle machine; openpyxl took 16.5 s
    assert len(read(path)[0]) == 303


def test_replacing_rows_keeps_looks_charts_and_other_sheets(tmp_path: Path) -> None:
    for name in (
        "openpyxl-chart.xlsx",
        "openpyxl-sheets.xlsx",
        "openpyxl-looks.xlsx",
        "openpyxl-table.xlsx",
    ):
        path = copied(name, tmp_path)
        before = parts_of(path)
        replace_rows(path, [NEW], ())
        after = parts_of(path)
        assert after.keys() == before.keys()
        assert read(path)[0] == [NEW]
        kept = [part for part in before if re.search("chart|drawing|pivot|styles|sheet2|sheet3", part)]
        assert all(before[part] == after[part] for part in kept)
        assert openpyxl.load_workbook(path).worksheets[0]["A2"].value == "new & <x>"


def test_a_sheet_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = copied("openpyxl-sheets.xlsx", tmp_path)
    add_rows(path, [NEW], (), sheet="Log & more")
    add_rows(path, [NEW], (), sheet="Log & more")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Sheet", "Hidden", "汇总", "Log & more"]
    assert len(read(path, sheet="Log & more")[0]) == 2
    with pytest.raises(NodeError, match="not a valid sheet name"):
        add_rows(path, [NEW], (), sheet="a/b")


def test_a_small_file_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    path = copied("xlsxwriter-inline.xlsx", tmp_path)
    parts = parts_of(path)
    row = b"<row>" + b"<c><v>1</v></c>" * 1000 + b"</row>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            if part.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", row * 300 + b"</sheetData>")
            archive.writestr(part, content)
    assert path.stat().st_size < 4_000_000
    with pytest.raises(NodeError, match="cells"):
        read(path, most_cells=100_000)


def test_entities_are_refused(tmp_path: Path) -> None:
    path = copied("xlsxwriter-inline.xlsx", tmp_path)
    parts = parts_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            if part.endswith("sheet1.xml"):
                content = b'<!DOCTYPE a [<!ENTITY b "c">]>' + content.split(b"?>", 1)[1]
            archive.writestr(part, content)
    for act in (lambda: read(path), lambda: add_rows(path, [NEW], ())):
        with pytest.raises(NodeError, match="not a readable workbook"):
            act()


def test_a_sheet_in_utf_16_is_refused_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["name", "price"])
    book.active.append(["x", 1])
    book.save(tmp_path / "plain.xlsx")
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as plain, zipfile.ZipFile(path, "w") as wide:
        for each in plain.namelist():
            content = plain.read(each)
            if each.endswith("sheet1.xml"):
                content = b"\xff\xfe" + content.decode().encode("utf-16-le")
            wide.writestr(each, content)
    before = path.read_bytes()
    assert read(path)[0] == [{"name": "x", "price": 1}]
    for change in (add_rows, replace_rows):
        with pytest.raises(NodeError, match="UTF-16"):
            change(path, [{"name": "y", "price": 2}], ())
    assert path.read_bytes() == before


def test_columns_beyond_the_header_take_their_own_cells_again(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, 2, 3]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    rows, _ = read(tmp_path / "t.xlsx")
    assert rows == [{"a": 1, "b": 2, "column3": 3}]
    add_rows(tmp_path / "t.xlsx", rows, ())
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["a", "b", None], [1, 2, 3], [1, 2, 3]]


def book(path: Path, *rows: list[Any]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


HEAD, ONE, TWO = ["name", "price", "all"], ["a", 1.5, 1.5], ["b", 2, 3.5]


def test_that_a_sheet_is_protected_is_said_and_it_stays_so(tmp_path: Path) -> None:
    works: list[Callable[[Path], Any]] = [
        lambda path: add_rows(path, [NEW], ()),
        lambda path: update_rows(path, [{"name": read(path)[0][0]["name"], "price": 1}], "name"),
        lambda path: replace_rows(path, [["x"]], ()),
    ]
    for work in works:
        path = copied("openpyxl-locked.xlsx", tmp_path)
        notes = work(path)
        assert any(level == "warn" and "is protected" in str(note) for level, note in notes)
        assert openpyxl.load_workbook(path).active.protection.sheet


def test_who_has_a_file_open_is_said(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HEAD)
    lock = tmp_path / ".~lock.a.xlsx#"
    lock.write_text(",mei,desk-7,30.11.2026 09:15,file:///home/mei/.config/libreoffice/4;", "utf-8")
    with pytest.raises(NodeError, match=r'"a.xlsx" is open in another program, used by mei \(desk-7\)'):
        add_rows(path, [NEW], ())
    lock.unlink()
    (tmp_path / "~$a.xlsx").write_bytes(b"\x06Li Lei" + b" " * 40)
    with pytest.raises(NodeError, match="by Li Lei"):
        replace_rows(path, [["x"]], ())


def test_a_book_that_somebody_saves_between_reading_and_writing_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "a.xlsx", HEAD, ONE)
    other = book(tmp_path / "b.xlsx", HEAD, ONE, TWO).read_bytes()
    works: list[tuple[Any, Callable[[], Any]]] = [
        (workbook_new, lambda: replace_rows(path, [["x"]], ())),
        (workbook_new, lambda: update_rows(path, [{"name": "a", "price": 9}], "name")),
        (workbook_end, lambda: add_rows(path, [NEW], ())),
    ]
    for module, work in works:
        book(path, HEAD, ONE)
        whole = module.written

        def meanwhile(entries: Any, whole: Any = whole) -> bytes:
            path.write_bytes(other)
            made: bytes = whole(entries)
            return made

        with monkeypatch.context() as patch:
            patch.setattr(module, "written", meanwhile)
            with pytest.raises(NodeError, match="Another program changed"):
                work()
        assert path.read_bytes() == other


def test_a_packed_part_whose_bytes_are_broken_is_one_clear_error(tmp_path: Path) -> None:
    path = copied("openpyxl-looks.xlsx", tmp_path)
    with zipfile.ZipFile(path) as archive:
        infos = {info.filename: info for info in archive.infolist()}
    for name, info in infos.items():
        content = bytearray((FOLDER / "openpyxl-looks.xlsx").read_bytes())
        begin = info.header_offset + 30 + len(name)
        content[begin : begin + info.compress_size] = b"\xff" * info.compress_size
        path.write_bytes(content)
        works: list[Callable[[], Any]] = [lambda: add_rows(path, [NEW], ()), lambda: replace_rows(path, [["x"]], ())]
        for work in works:
            try:
                work()
            except NodeError:
                assert path.read_bytes() == content


def test_early_days_of_libreoffice_are_those_that_it_shows(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["when"], [-243], [1], [59], [60], [61], [0.5])
    made = openpyxl.load_workbook(path)
    for row in range(2, 8):
        made.active.cell(row, 1).number_format = "yyyy-mm-dd"
    made.save(path)
    excel = [row["when"] for row in read(path)[0]]
    assert excel[1:5] == ["1900-01-01", "1900-02-28", "1900-02-28", "1900-03-01"]
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["docProps/app.xml"] = b"<Properties><Application>LibreOffice/7.4.7.2$Linux</Application></Properties>"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert [row["when"] for row in read(path)[0]][:5] == [
        "1899-05-01",
        "1899-12-31",
        "1900-02-27",
        "1900-02-28",
        "1900-03-01",
    ]
