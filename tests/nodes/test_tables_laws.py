"""Laws of tables: what was there stays, what is added is read back."""

import csv
import io
import itertools
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flowdesk.engine.texts import as_text
from flowdesk.nodes.tabular.cellxml import LONGEST_TEXT
from flowdesk.nodes.tabular.files import add_rows, read_table_file, update_rows
from flowdesk.nodes.tabular.table import Reading, named_rows

COUNTER = itertools.count()
cell = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co", "Zl", "Zp"], include_characters="\n"), max_size=12
)
value = st.one_of(cell, st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), st.booleans())
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(
    rows=st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=6),
    new=st.lists(value, min_size=3, max_size=3),
    delimiter=st.sampled_from(",;\t|"),
    ending=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    is_open=st.booleans(),
)
@quick
def test_csv(
    tmp_path: Path,
    rows: list[list[str]],
    new: list[Any],
    delimiter: str,
    ending: str,
    quoting: Any,
    encoding: str,
    is_open: bool,
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerows([["id", "name", "note"], *([f"n{place}", *row[1:]] for place, row in enumerate(rows))])
    text = out.getvalue()
    path = tmp_path / f"{next(COUNTER)}.csv"
    path.write_bytes((text.removesuffix(ending) if is_open else text).encode(encoding))
    before = path.read_bytes()
    reading = Reading(delimiter=delimiter)
    old = named_rows(read_table_file(path, reading), reading)[1]
    add_rows(path, [dict(zip(("id", "name", "note"), new, strict=True))], (), delimiter=delimiter)
    assert path.read_bytes().startswith(before)
    after = named_rows(read_table_file(path, reading), reading)[1]
    assert after[: len(old)] == old
    assume(any(as_text(each) != "" for each in new))
    written = [after[-1]["id"], after[-1]["name"], after[-1]["note"]]
    for got, given_value in zip(written, new, strict=True):
        expected = as_text(given_value).replace("\r", "")
        assert got in (expected, expected.replace(".", ",") if isinstance(given_value, float) else expected)


@given(
    new=st.lists(
        st.one_of(value, st.text(st.characters(exclude_categories=["Cs"]), max_size=12)), min_size=1, max_size=8
    )
)
@quick
def test_workbook(tmp_path: Path, new: list[Any]) -> None:
    path = tmp_path / f"{next(COUNTER)}.xlsx"
    rows = [{"n": place, "value": each} for place, each in enumerate(new)]
    for row in rows:
        add_rows(path, [row], ())
    back = [row.get("value") for row in named_rows(read_table_file(path, Reading()), Reading())[1]]
    for got, each in zip(back, new, strict=True):
        if isinstance(each, float | int) and not isinstance(each, bool):
            assert float(got) == pytest.approx(float(each), rel=1e-14)
        else:
            assert (got or "") == each or (each is False and got is False)
    assert openpyxl.load_workbook(path).active.max_row == len(new) + 1
    update_rows(path, [{"n": 0, "value": "changed"}], "n")
    assert read_table_file(path, Reading()).rows[1][1][1] == "changed"


def test_a_text_as_long_as_a_cell_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    add_rows(path, [{"value": "é" * LONGEST_TEXT}], ())
    assert read_table_file(path, Reading()).rows[1][1] == ["é" * LONGEST_TEXT]
