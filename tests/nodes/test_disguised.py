"""Files that are something else than their name says are refused by what they are; CSV that looks a little like it is read."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular.files import add_rows, read_table_file, replace_rows, update_rows
from flowdesk.nodes.tabular.table import Reading, named_rows

TABLES = Path(__file__).parent.parent / "data" / "tables"
DISGUISED: dict[str, tuple[bytes, str]] = {
    "page": (b"<!DOCTYPE html>\n<html><body>Please sign in, then; continue</body></html>", "a web page"),
    "page with a mark": (b"\xef\xbb\xbf\r\n <html lang='de'><table><tr><td>1</td></tr></table></html>", "a web page"),
    "page after a comment": (b"<!-- saved, 2024 -->\n<HTML><HEAD></HEAD></HTML>", "a web page"),
    "page after many comments": (b"<!-- a -->\n" * 90 + b"<html></html>", "a web page"),
    "only a table": (b'<table border="1"><tr><td>a</td></tr></table>', "a web page"),
    "page in UTF-16": ("<html><body>你好</body></html>".encode("utf-16"), "a web page"),
    "XML": (b'<?xml version="1.0"?>\n<orders><order id="1"/></orders>', "an XML file"),
    "answer of a service": (b'{"error": "not signed in", "code": 401}', "JSON"),
    "rows as JSON": (b'[{"a": 1, "b": 2},\n {"a": 3, "b": 4}]\n', "JSON"),
    "workbook": ((TABLES / "exceljs.xlsx").read_bytes(), "an XLSX workbook or ZIP archive"),
    "old workbook": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "an Excel 97 workbook"),
    "compressed": (gzip.compress(b"a,b\n1,2\n"), "a compressed file"),
    "PDF": (b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "a PDF document"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
}
CSV = {
    "many comments": b"<!---->" * 200 + b",name\n1,x\n",
    "marks of pages in cells": b"id,text\n1,<html>\n2,<b>x</b>\n",
    "a name in angle brackets": b"<id>,<name>\n1,x\n",
    "braces": b"{id},{name}\n1,x\n",
    "a list of numbers": b"[1,2],x\n3,4\n",
    "one JSON list": b"[1,2,3]\n",
    "PK": b"PK,name\n1,x\n",
}


@pytest.mark.parametrize("kind", DISGUISED)
@pytest.mark.parametrize("suffix", ["csv", "txt", "tsv"])
def test_what_is_no_csv_is_named_and_left_as_it_is(kind: str, suffix: str, tmp_path: Path) -> None:
    content, what = DISGUISED[kind]
    path = tmp_path / f"orders.{suffix}"
    path.write_bytes(content)
    tries: list[Any] = [
        lambda: read_table_file(path, Reading()),
        lambda: add_rows(path, [[1, 2]], ()),
        lambda: replace_rows(path, [[1, 2]], ()),
        lambda: update_rows(path, [{"a": 1}], "a"),
    ]
    for each in tries:
        with pytest.raises(NodeError) as caught:
            each()
        assert str(caught.value) == f'"orders.{suffix}" is not a CSV file, but {what}.'
        assert caught.value.fix
        assert path.read_bytes() == content


@pytest.mark.parametrize("kind", CSV)
def test_csv_that_begins_like_something_else_is_read(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(CSV[kind])
    assert len(read_table_file(path, Reading()).rows) == CSV[kind].count(b"\n")


def test_a_page_that_is_called_a_workbook_is_named(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(DISGUISED["page"][0])
    for each in (lambda: read_table_file(path, Reading()), lambda: add_rows(path, [[1]], ())):
        with pytest.raises(NodeError, match="is not an XLSX file, but a web page"):
            each()


@pytest.mark.parametrize("suffix", ["xls", "xlsb", "ods", "et", "pdf", "docx", "html", "zip", "XLS"])
def test_no_file_is_made_whose_name_promises_what_it_is_not(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"orders.{suffix}"
    for each in (add_rows, replace_rows):
        with pytest.raises(NodeError, match=r"cannot read or write|does not write") as caught:
            each(path, [[1, 2]], ())
        assert caught.value.fix
        assert not path.exists()
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(NodeError, match=r"cannot read or write|is not a readable workbook"):
        read_table_file(path, Reading())


def test_a_new_file_for_tabs_has_tabs(tmp_path: Path) -> None:
    add_rows(tmp_path / "t.tsv", [{"a": "x,y", "b": 2}], ())
    assert (tmp_path / "t.tsv").read_bytes() == b"\xef\xbb\xbfa\tb\r\nx,y\t2\r\n"


ESCAPED = b'id,note,x\n1,"say \\"hi\\", C:\\\\tmp\\new",2\n2,"a\\\\",3\n'


def test_backslashes_before_quotes_are_read_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(ESCAPED)

    def rows() -> list[list[str]]:
        return [list(row.values()) for row in named_rows(read_table_file(path, Reading()), Reading())[1]]

    first = [["1", 'say "hi", C:\\tmp\\new', "2"], ["2", "a\\", "3"]]
    assert rows() == first
    add_rows(path, [["3", 'q"u\\o,te', "line\nbreak"], ["4", "plain", ""]], ())
    assert path.read_bytes().startswith(ESCAPED)
    added = [["3", 'q"u\\o,te', "line\nbreak"], ["4", "plain", ""]]
    assert rows() == [*first, *added]
    before = path.read_bytes()
    update_rows(path, [{"id": "1", "x": 'new "v"'}], "id")
    assert rows() == [[*first[0][:2], 'new "v"'], first[1], *added]
    assert path.read_bytes() == before.replace(b'",2\n', b'","new \\"v\\""\n', 1)


def test_backslashes_that_escape_nothing_stay(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'folder,note\n"C:\\data\\","x"\nD:\\\\share,"y"\n')
    table = read_table_file(path, Reading())
    assert [row for _, row in table.rows[1:]] == [["C:\\data\\", "x"], ["D:\\\\share", "y"]]
