"""Settings that can never work are told before the run; what holds a reference is left to it."""

from typing import Any

import pytest

from flowdesk.model.flow import new_node
from flowdesk.model.validation import node_problems
from flowdesk.nodes import builtin_catalogue

FAULTS: list[tuple[str, dict[str, Any], str, str]] = [
    ("readTable", {"path": "a.csv", "encoding": "klingon"}, "encoding", 'unknown encoding "klingon"'),
    ("readTable", {"path": "a.csv", "encoding": "hex"}, "encoding", "unknown encoding"),
    ("readTable", {"path": "a.csv", "range": "A0:B2"}, "range", "is not a cell range"),
    ("readTable", {"path": "a.csv", "delimiter": '"'}, "delimiter", "a quote"),
    ("writeTable", {"path": "a.csv", "rows": [{"a": 1}], "encoding": "latin-99"}, "encoding", "unknown encoding"),
    ("writeTable", {"path": "a.csv", "rows": [{"a": 1}], "delimiter": "\n"}, "delimiter", "a line break"),
    ("file", {"operation": "read", "path": "a", "encoding": "utf8000"}, "encoding", "unknown encoding"),
    ("command", {"command": ["true"], "encoding": "rot13"}, "encoding", "unknown encoding"),
    ("condition", {"operator": "matches", "left": "a", "right": "("}, "right", "is not a regular expression"),
    ("assert", {"operator": "textMatches", "selector": "text=A", "value": "[a"}, "value", "is not a regular expression"),
]  # fmt: skip


def errors(kind: str, config: dict[str, Any]) -> list[tuple[str | None, str]]:
    found = node_problems(new_node(kind, config), builtin_catalogue())
    return [(problem.field, str(problem.message)) for problem in found if problem.is_error]


@pytest.mark.parametrize(("kind", "config", "field", "said"), FAULTS)
def test_what_can_never_work_is_told_before_the_run(kind: str, config: dict[str, Any], field: str, said: str) -> None:
    ((where, message),) = errors(kind, config)
    assert where == field
    assert said in message


@pytest.mark.parametrize(("kind", "config", "field", "said"), FAULTS)
def test_a_reference_is_left_to_the_run(kind: str, config: dict[str, Any], field: str, said: str) -> None:
    assert errors(kind, {**config, field: "{{later}}"}) == []


@pytest.mark.parametrize("name", ["utf-8", "GB18030", "shift_jis", "cp1252", "utf-16", " utf-8 ", ""])
def test_encodings_as_people_write_them_are_taken(name: str) -> None:
    assert errors("readTable", {"path": "a.csv", "encoding": name}) == []
