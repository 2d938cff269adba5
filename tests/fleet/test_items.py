"""Rows, keys, deadlines and labels."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flowdesk.fleet.items import items_of, read_deadline, read_labels, read_rows
from flowdesk.model.errors import NodeError, RequestInvalid

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ROWS = [{"n": "1"}, {"n": "2"}, {"n": "1"}]


def test_each_row_is_an_item_with_a_key_of_its_own_also_where_rows_are_alike() -> None:
    items = items_of({"a": 1}, ROWS, "hash", "", again=False)
    assert [item.number for item in items] == [1, 2, 3]
    assert len({item.key for item in items}) == 3
    assert [item.key for item in items_of({"a": 1}, ROWS, "hash", "", again=False)] == [item.key for item in items]


@pytest.mark.parametrize(
    "other", [({"a": 2}, ROWS, "hash"), ({"a": 1}, ROWS, "other"), ({"a": 1}, [{"n": "3"}], "hash")]
)
def test_another_flow_value_or_row_is_another_key(other: tuple[dict[str, int], list[dict[str, str]], str]) -> None:
    known = {item.key for item in items_of({"a": 1}, ROWS, "hash", "", again=False)}
    assert not known & {item.key for item in items_of(*other, "", again=False)}


def test_a_column_can_be_the_key_and_again_means_none() -> None:
    assert [item.key for item in items_of({}, ROWS, "hash", "n", again=False)] == ["n=1", "n=2", "n=1"]
    assert {item.key for item in items_of({}, ROWS, "hash", "n", again=True)} == {""}


@pytest.mark.parametrize("row", [{"m": "1"}, {"n": ""}, {"n": None}])
def test_a_row_without_a_key_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(RequestInvalid):
        items_of({}, [row], "hash", "n", again=False)


def test_without_rows_there_is_one_item_and_a_key_only_where_one_is_named() -> None:
    assert [(item.row, item.key) for item in items_of({}, None, "hash", "", again=False)] == [(None, "")]
    assert items_of({}, None, "hash", "today", again=False)[0].key == "today"


def test_an_item_that_holds_too_much_is_refused() -> None:
    with pytest.raises(RequestInvalid, match="longer"):
        items_of({"a": "x" * 1_100_000}, None, "hash", "", again=False)


@pytest.mark.parametrize(("text", "seconds"), [("90m", 5400), ("2h", 7200), ("3d", 259_200), ("45 s", 45)])
def test_a_span_is_a_deadline(text: str, seconds: int) -> None:
    assert read_deadline(text, NOW) == NOW + timedelta(seconds=seconds)


def test_a_time_is_a_deadline_and_nothing_is_none() -> None:
    assert read_deadline("2026-12-24T18:00+00:00", NOW) == datetime(2026, 12, 24, 18, tzinfo=UTC)
    local = read_deadline("2026-12-24T18:00", NOW)
    assert local is not None
    assert local.replace(tzinfo=None) == datetime(2026, 12, 24, 18)
    assert read_deadline("", NOW) is None


@pytest.mark.parametrize("text", ["soon", "0m", "-1h", "2026-11-29", "99999999999d", "1e3s"])
def test_what_is_no_deadline_is_refused(text: str) -> None:
    with pytest.raises(RequestInvalid):
        read_deadline(text, NOW)


def test_labels_are_names_with_values() -> None:
    assert read_labels(["os=linux", "scanner"]) == {"os": "linux", "scanner": "yes"}
    for bad in ("", "=x", "a b", "a=b c", "x" * 65):
        with pytest.raises(RequestInvalid):
            read_labels([bad])


def test_rows_are_read_as_a_node_reads_them(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("n;name\n1;李雷\n\n2;Ann\n", encoding="utf-8")
    assert read_rows(table)[0] == [{"n": "1", "name": "李雷"}, {"n": "2", "name": "Ann"}]


def test_a_table_without_rows_or_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("n,name\n")
    with pytest.raises(RequestInvalid, match="no rows"):
        read_rows(tmp_path / "empty.csv")
    with pytest.raises(NodeError):
        read_rows(tmp_path / "missing.csv")
