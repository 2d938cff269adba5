"""What stands in a setting after its references are replaced, and what is refused before the run."""

import sys
from typing import Any

import pytest

from flowdesk.model.config import read_config
from flowdesk.model.run import RunState
from flowdesk.nodes import builtin_catalogue
from tests.nodes.conftest import Bench

ECHO = [sys.executable, "-c", "import sys, os; print(sys.argv[1:], os.environ['X'])"]


async def test_parts_of_lists_and_objects_are_written_as_texts(bench: Bench) -> None:
    values: dict[str, Any] = {"yes": True, "none": None, "list": [1, {"a": "é"}], "n": 2.0}
    arguments = ["{{yes}}", "{{none}}", "{{list}}", "{{n}}", "-{{yes}}"]
    finished = await bench.run(("command", {"command": [*ECHO, *arguments], "env": {"X": "{{yes}}"}}), **values)
    assert finished.state is RunState.SUCCEEDED
    assert bench.result()["stdout"] == """['true', '', '[1, {"a": "é"}]', '2', '-true'] true"""


async def test_a_list_that_a_reference_stands_for_is_the_list(bench: Bench) -> None:
    await bench.run(("command", {"command": "{{line}}", "env": {"X": "1"}}), line=[*ECHO, "a b"])
    assert bench.result()["stdout"] == "['a b'] 1"


async def test_what_does_not_matter_is_not_looked_up(bench: Bench) -> None:
    unused = {"left": "{{nope}}", "operator": "eq", "right": "{{ nope.x }}"}
    for kind, config in (
        ("setVariable", {"name": "x", "value": 1}),
        ("condition", {"operator": "isTrue", "left": 1, "right": "{{nope}}"}),
        ("file", {"operation": "exists", "path": "a", "to": "{{nope}}", "text": "{{nope}}"}),
    ):
        assert (await bench.run((kind, config))).state is RunState.SUCCEEDED
    finished = await bench.run(("condition", unused))
    assert finished.error is not None
    assert "nope" in finished.error["message"]


@pytest.mark.parametrize(
    ("kind", "config", "field"),
    [
        ("readTable", {"path": "a.csv", "headerRow": True}, "headerRow"),
        ("click", {"selector": "1,1", "clicks": False}, "clicks"),
        ("loop", {"count": 2, "maxIterations": True}, "maxIterations"),
        ("click", {"selector": "1,1", "similarity": True}, "similarity"),
        ("loop", {"count": "x"}, "count"),
        ("loop", {"count": 1.5}, "count"),
        ("loop", {"count": True}, "count"),
        ("command", {"command": ["", "a"]}, "command"),
        ("command", {"command": [" "]}, "command"),
        ("writeTable", {"path": "a.csv"}, "rows"),
        ("switch", {"value": "{{x}}", "cases": [{"id": "a", "value": 1}, {"id": "a", "value": 2}]}, "cases"),
        ("switch", {"cases": [{"id": "a", "operator": "bogus", "value": 1}]}, "cases"),
    ],
)
def test_what_does_not_fit_is_a_problem_before_the_run(kind: str, config: dict[str, Any], field: str) -> None:
    assert [key for key, _ in read_config(builtin_catalogue()[kind].config, config)[1]] == [field]


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("readTable", {"path": "a.csv", "headerRow": None}),
        ("loop", {"count": "3"}),
        ("loop", {"count": "{{n}}"}),
        ("loop", {"count": 2, "maxIterations": None}),
        ("writeTable", {"path": "a.csv", "columns": ["a"]}),
        ("writeTable", {"path": "a.csv", "rows": []}),
        ("command", {"command": "{{line}}"}),
    ],
)
def test_what_fits_is_none(kind: str, config: dict[str, Any]) -> None:
    assert not read_config(builtin_catalogue()[kind].config, config)[1]


async def test_a_case_is_called_as_it_is_written(bench: Bench) -> None:
    cases = [{"id": "00123", "value": "00123"}, {"id": "é {{n}}", "value": "{{n}}"}]
    for value, way in (("00123", "00123"), (5, "é {{n}}"), (123, "default")):
        await bench.run(("switch", {"value": "{{v}}", "cases": cases}), v=value, n=5)
        assert bench.result() == way
