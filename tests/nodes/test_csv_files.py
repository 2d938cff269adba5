"""CSV files as people have them: read as a person reads them, added to without touching a byte."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from flowdesk.nodes.tabular.files import add_rows, read_table_file
from flowdesk.nodes.tabular.table import Reading, named_rows

FOLDER = Path(__file__).parent.parent / "data" / "tables"
LISTED: list[dict[str, Any]] = json.loads((FOLDER / "csv.json").read_text("utf-8"))
every = pytest.mark.parametrize("listed", LISTED, ids=lambda listed: str(listed["name"]))


def rows_in(path: Path) -> tuple[list[str], list[Any]]:
    table = read_table_file(path, Reading())
    return named_rows(table, Reading())


def test_there_are_forty() -> None:
    assert len(LISTED) >= 40


@every
def test_file_is_read_as_a_person_reads_it(listed: dict[str, Any]) -> None:
    columns, rows = rows_in(FOLDER / listed["name"])
    assert (rows[0] if rows else {}) == listed["first"]
    assert not rows or columns == list(listed["first"])


@every
def test_what_is_added_is_written_like_the_rest(listed: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / listed["name"]
    shutil.copy(FOLDER / listed["name"], path)
    before, (_, rows) = path.read_bytes(), rows_in(path)
    for _ in range(2):  # the second goes by what is remembered of the first
        add_rows(path, [listed["row"]], ())
    added = bytes.fromhex(listed["added"])
    opened = len(added) - len(added.lstrip(b"\r\n"))
    assert path.read_bytes() == before + added + added[opened:]
    _, after = rows_in(path)
    assert after[: len(rows)] == rows
    assert len(after) == len(rows) + 2


def test_a_quote_that_is_not_closed_is_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b'a,b\n"1,2\n3,4\n')
    table = read_table_file(tmp_path / "t.csv", Reading())
    assert any("unclosed" in str(sentence) for level, sentence in table.notes if level == "warn")


def test_columns_beyond_the_header_take_their_own_cells_again(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2,3\n4\n")
    reading = Reading()
    rows = named_rows(read_table_file(path, reading), reading)[1]
    add_rows(path, [rows[0]], ())
    assert path.read_bytes() == b"a,b\n1,2,3\n4\n1,2,3\n"
    add_rows(path, [{"a": "5", "column4": "new"}], ())
    assert path.read_bytes().splitlines()[0] == b"a,b,column4"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'a,b\n"x"y",2\n', "Line 2 has a quote inside"),
        (b'a, b\n1, "x, y"\n', "Row 2 has a quote after a space"),
        (b"a,b\n1,2\n\xef\xbb\xbf3,4\n", "Row 3 contains an invisible byte order mark"),
    ],
)
def test_what_is_read_otherwise_than_people_expect_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    notes = read_table_file(tmp_path / "t.csv", Reading()).notes
    assert any(said in str(sentence) for level, sentence in notes if level == "warn")
    (tmp_path / "t.csv").write_bytes(b'a,b\n"x, ""y""",2\n')
    assert read_table_file(tmp_path / "t.csv", Reading()).notes == []
