"""Configs as people and programs write them: empty means not given, and what is wrong is said plainly."""

from typing import Any

import pytest

from flowdesk.model.config import read_config
from flowdesk.model.flow import new_node
from flowdesk.model.validation import node_problems
from flowdesk.nodes import builtin_catalogue


@pytest.mark.parametrize(
    ("kind", "raw", "name", "value"),
    [
        (
            "click",
            {"selector": "1,1", "waitTime": None, "modifiers": None, "region": [], "offset": ""},
            "wait_time",
            0.0,
        ),
        ("wait", {"duration": "", "selector": "", "timeout": None}, "duration", None),
        ("wait", {"duration": " 250 "}, "duration", 0.25),
        ("input", {"text": ""}, "text", ""),
        ("setVariable", {"name": "x", "value": None}, "value", None),
        ("command", {"command": ["ls"], "env": None, "timeout": ""}, "timeout", 60.0),
    ],
)
def test_null_and_empty_mean_not_given(kind: str, raw: dict[str, Any], name: str, value: Any) -> None:
    config, faults = read_config(builtin_catalogue()[kind].config, raw)
    assert faults == []
    assert getattr(config, name) == value


@pytest.mark.parametrize(
    ("kind", "raw", "sentence"),
    [
        ("wait", {"duration": "soon"}, "it must be a number of milliseconds, 0 or more"),
        ("click", {"selector": "1,1", "modifiers": 3}, "it must be a list"),
        ("click", {"selector": "1,1", "clicks": "many"}, "it must be a whole number"),
        ("keys", {"keys": []}, "it needs at least 1"),
        ("http", {"url": "x", "headers": "y"}, "it must be an object"),
        (
            "condition",
            {"left": 1, "operator": "in"},
            'is not valid: unknown operator "in"',
        ),
        (
            "condition",
            {"operator": "exists"},
            'is not valid: "exists" requires a target',
        ),
        ("loop", {"type": "while", "operator": "~"}, 'unknown operator "~"; use one of exists, notExists'),
        ("click", {"selector": "1,1", "clickType": "both"}, "one of left, right, middle, double"),
    ],
)
def test_what_is_wrong_is_said_plainly(kind: str, raw: dict[str, Any], sentence: str) -> None:
    problems = [problem for problem in node_problems(new_node(kind, raw), builtin_catalogue()) if problem.is_error]
    assert len(problems) == 1
    assert sentence in problems[0].message
    assert problems[0].fix


@pytest.mark.parametrize("name", ["join", "onError", "retries", "disabled", "retryBackoff", "delayAfter"])
@pytest.mark.parametrize("value", [[], {}, "\U0001f600", -1])
def test_options_that_make_no_sense_are_problems(name: str, value: Any) -> None:
    node = new_node("log", {"message": "m", name: value})
    assert [problem.field for problem in node_problems(node, builtin_catalogue()) if problem.is_error] == [name]
