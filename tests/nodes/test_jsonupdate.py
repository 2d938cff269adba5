"""Values of JSON objects that are there: written by a key, with every other byte left as it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular.files import update_rows

NEW = [{"id": "2", "s": "nü", "n": {"q": [1, 2]}}, {"id": 1, "s": None}]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[{"id": 1, "s": "a", "p": 1.10}, {"id": 2, "x":[1, 2]}]',
            '[{"id": 1, "s": null, "p": 1.10}, {"id": 2, "x":[1, 2], "s": "nü", "n": {"q": [1, 2]}}]',
        ),
        (
            '[\r\n  {\r\n    "id": 1,\r\n    "s": 1e3\r\n  },\r\n  {\r\n    "id": "2"\r\n  }\r\n]\r\n',
            '[\r\n  {\r\n    "id": 1,\r\n    "s": null\r\n  },\r\n  {\r\n    "id": "2",\r\n    "s": "nü",\r\n'
            '    "n": {"q": [1, 2]}\r\n  }\r\n]\r\n',
        ),
        ('[{"id":1},5,{"id":2,"s":"\\u00fc"}]', '[{"id":1,"s":null},5,{"id":2,"s":"n\\u00fc","n":{"q":[1,2]}}]'),
    ],
)
def test_only_the_values_that_are_named_change(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(before.encode())
    update_rows(path, NEW, "id")
    assert path.read_bytes().decode() == after


def test_lines_keep_their_ends_and_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes('{"id": 1, "s": 1e5}\r\n\r\n{"id": 2}'.encode("utf-16"))
    update_rows(path, [{"id": 2, "s": 5}], "id")
    assert path.read_bytes().decode("utf-16") == '{"id": 1, "s": 1e5}\r\n\r\n{"id": 2, "s": 5}'


@pytest.mark.parametrize(
    ("content", "rows", "reason"),
    [
        ('[{"id": 1}, {"id": 1}]', [{"id": 1, "s": 2}], "2 rows have"),
        ('[{"id": 1}]', [{"id": 3, "s": 2}], "0 rows have"),
        ('[{"no": 1}]', [{"id": 3, "s": 2}], "no column"),
        ('{"rows": [{"id": 1}]}', [{"id": 1, "s": 2}], "does not contain a list"),
        ('[{"id": 1}, ]', [{"id": 1, "s": 2}], "not valid JSON"),
    ],
)
def test_what_is_not_found_changes_nothing(tmp_path: Path, content: str, rows: list[Any], reason: str) -> None:
    path = tmp_path / "t.json"
    path.write_text(content)
    with pytest.raises(NodeError, match=reason):
        update_rows(path, rows, "id")
    assert path.read_text() == content


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@given(
    rows=st.lists(st.dictionaries(st.text(max_size=4), values, max_size=3), min_size=1, max_size=4),
    new=st.dictionaries(st.text(max_size=4), values, max_size=3),
    indent=st.sampled_from([None, 0, 2, "\t"]),
    is_ascii=st.booleans(),
    is_lines=st.booleans(),
    place=st.integers(0, 3),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_updated_file_holds_what_updated_rows_hold(
    tmp_path: Path, rows: list[Any], new: Any, indent: Any, is_ascii: bool, is_lines: bool, place: int
) -> None:
    rows = [{**row, "id": number} for number, row in enumerate(rows)]
    place %= len(rows)
    new = {**new, "id": place}
    path = tmp_path / ("t.jsonl" if is_lines else "t.json")
    if is_lines:
        text = "".join(json.dumps(row, ensure_ascii=is_ascii) + "\n" for row in rows)
    else:
        text = json.dumps(rows, ensure_ascii=is_ascii, indent=indent)
    try:
        path.write_bytes(text.encode())
    except UnicodeEncodeError:
        return
    update_rows(path, [new], "id")
    after = path.read_bytes().decode()
    expected = [{**row, **(new if number == place else {})} for number, row in enumerate(rows)]
    found = [json.loads(line) for line in after.split("\n") if line] if is_lines else json.loads(after)
    assert found == expected
