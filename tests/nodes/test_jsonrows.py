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


ROW = {"a": 3, "s": "ü", "t": [1]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[{"a":1}]', '[{"a":1},{"a":3,"s":"ü","t":[1]}]'),
        ('[{"a" : 1}, {"a" : 2}]', '[{"a" : 1}, {"a" : 2}, {"a" : 3, "s" : "ü", "t" : [1]}]'),
        ('[\n{"a":1},\n{"a":2}\n]\n', '[\n{"a":1},\n{"a":2},\n{"a":3,"s":"ü","t":[1]}\n]\n'),
        ('[\n  {"a": 1}\n]', '[\n  {"a": 1},\n  {"a": 3, "s": "ü", "t": [1]}\n]'),
        (
            '[\n    {\n        "a": 1\n    }\n]\n',
            '[\n    {\n        "a": 1\n    },\n    {\n        "a": 3,\n        "s": "ü",\n        "t": [\n            1\n        ]\n    }\n]\n',
        ),
        (
            '[\r\n\t{\r\n\t\t"a": "\\u00e9"\r\n\t}\r\n]',
            '[\r\n\t{\r\n\t\t"a": "\\u00e9"\r\n\t},\r\n\t{\r\n\t\t"a": 3,\r\n\t\t"s": "\\u00fc",\r\n\t\t"t": [\r\n\t\t\t1\r\n\t\t]\r\n\t}\r\n]',
        ),
        ('[{\n  "a": 1\n}]', '[{\n  "a": 1\n}, {\n  "a": 3,\n  "s": "ü",\n  "t": [\n    1\n  ]\n}]'),
        ('[{"a": [\n1]}]', '[{"a": [\n1]}, {"a": 3, "s": "ü", "t": [1]}]'),
        ("[]", '[{"a": 3, "s": "ü", "t": [1]}]'),
        (
            '[12345678901234567890123, 1e400, NaN]',
            '[12345678901234567890123, 1e400, NaN, {"a": 3, "s": "ü", "t": [1]}]',
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_added_items_are_laid_out_like_the_others(tmp_path: Path, before: str, after: str, encoding: str) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(before.encode(encoding))
    add_rows(path, [ROW], ())
    assert path.read_bytes() == after.encode("utf-8" if encoding == "cp1252" else encoding)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"a":1}', '{"a":1}\n{"a":3,"s":"ü","t":[1]}\n'),
        ('{"a": 1}\r\n', '{"a": 1}\r\n{"a": 3, "s": "ü", "t": [1]}\r\n'),
        ('{"a":"\\u00e9"}\n\n', '{"a":"\\u00e9"}\n\n{"a":3,"s":"\\u00fc","t":[1]}\n'),
        ('{"a":NaN,"a":1e999}\n', '{"a":NaN,"a":1e999}\n{"a":3,"s":"ü","t":[1]}\n'),
    ],
)
def test_added_lines_are_written_like_the_others(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(before.encode())
    add_rows(path, [ROW], ())
    assert path.read_bytes() == after.encode()


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("t.json", '\ufeff[\n    {\n        "b": 1\n    }\n]\n', '\ufeff[\n    {\n        "a": 3\n    }\n]\n'),
        ("t.json", '[{"b":1}]', '[{"a":3}]\n'),
        ("t.jsonl", '{"b":1}\r\n', '{"a":3}\r\n'),
        ("t.json", '"a text"', '[\n  {\n    "a": 3\n  }\n]\n'),
        ("t.json", "null", '[\n  {\n    "a": 3\n  }\n]\n'),
        ("t.json", '{"b": {"c": 1}}', '[\n  {\n    "a": 3\n  }\n]\n'),
        ("t.json", "no json", '[\n  {\n    "a": 3\n  }\n]\n'),
    ],
)
def test_replaced_rows_keep_the_layout(tmp_path: Path, name: str, before: str, after: str) -> None:
    (tmp_path / name).write_bytes(before.encode())
    replace_rows(tmp_path / name, [{"a": 3}], ())
    assert (tmp_path / name).read_bytes() == after.encode()


def test_lines_that_are_called_json_are_recognized(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('{"a": 1}\n{"a": 2}\n')
    with pytest.raises(NodeError) as caught:
        read(tmp_path / "t.json")
    assert "jsonl" in str(caught.value.fix)
