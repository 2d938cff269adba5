"""The page that compares tools says of flowdesk what flowdesk does."""

import json
import shutil
from pathlib import Path

import pytest
from compare_tables import BOOKS, CSV, PAGE, TABLES, book_flowdesk, csv_flowdesk, told_bytes, told_loss

ROWS = {line.split("`")[1]: line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")}


@pytest.mark.parametrize("name", [*CSV, *BOOKS])
def test_the_page_says_what_flowdesk_does(name: str, tmp_path: Path) -> None:
    path = Path(shutil.copy(TABLES / name, tmp_path / name))
    listed = {each["name"]: each for each in json.loads((TABLES / "csv.json").read_text("utf-8"))}
    reads, adds = csv_flowdesk(path, listed[name]) if name in CSV else book_flowdesk(path)
    assert f" | {reads} | {adds} | " in ROWS[name]


def test_what_is_lost_is_told() -> None:
    assert told_bytes(b"a;b\r\n", b"a,b\r\n1;2\r\n", b"1;2\r\n") == "**old bytes changed**"
    assert told_bytes(b"a;b\r\n", b"a;b\r\n1;2\n", b"1;2\r\n") == "like the rest, with another line end"
    before = {"xl/slicers/slicer1.xml": b"", "xl/worksheets/sheet1.xml": b"<f>1</f><v>1</v>"}
    assert (
        told_loss(before, {"xl/worksheets/sheet1.xml": b"<f>1</f><v/>"})
        == "loses `slicers`; loses the results of formulas"
    )
    assert told_loss(before, before) == "nothing is lost"
