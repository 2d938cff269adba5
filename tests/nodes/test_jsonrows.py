"""JSON and JSON Lines as tables."""

import json
from pathlib import Path

import pytest

from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular.files import add_rows, read_table_file, replace_rows
from flowdesk.nodes.tabular.table import Reading, named_rows

ROWS = [{"name": "张三", "n": 1}, {"name": "Ann", "tags": ["a"]}]


def read(path: Path) -> tuple[list[str], list[object]]:
    return named_rows(read_table_file(path, Reading()), Reading())


@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "t.ndjson"])
def test_rows_come_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    add_rows(path, ROWS[:1], ())
    add_rows(path, ROWS[1:], ())
    assert read(path) == (["name", "n", "tags"], ROWS)
    replace_rows(path, ROWS[:1], ())
    assert read(path)[1] == ROWS[:1]


@pytest.mark.parametrize(
    "text",
    ['[{"a": 1}]', '[\n  {\n    "a": 1.0\n  }\n]\n', "[]", "[ ]\n", '\ufeff[{"a":1},{"a":2}]', '[\r\n\t{"a":1e400}\r\n]', '["]"]'],
)  # fmt: skip
def test_adding_keeps_every_byte(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(text.encode())
    add_rows(path, [{"a": 3}], ())
    body = text.rstrip()[:-1].rstrip()
    assert path.read_bytes().decode().startswith(body)
    assert path.read_bytes().decode().endswith(text[len(body) :])
    assert json.loads(path.read_bytes().decode("utf-8-sig"))[-1] == {"a": 3}


def test_lists_have_their_names_in_the_first(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[["a", "b"], [1, 2]]')
    assert read(tmp_path / "t.json") == (["a", "b"], [{"a": 1, "b": 2}])


def test_the_list_of_an_answer_is_found(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('{"page": 1, "items": [{"id": 7}]}')
    assert read(tmp_path / "t.json")[1] == [{"id": 7}]


def test_faults_are_named_by_their_line(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"a": 1}\n{"a": }\n')
    with pytest.raises(NodeError, match="line 2"):
        read(tmp_path / "t.jsonl")
    (tmp_path / "t.json").write_text('{"a": 1}')
    with pytest.raises(NodeError, match="does not contain a list"):
        add_rows(tmp_path / "t.json", ROWS, ())
