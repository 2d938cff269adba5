"""What a loop keeps while it runs, and where it ends."""

from typing import Any

import pytest

from flowdesk.model.config import read_config
from flowdesk.model.flow import Edge, Flow, new_edge, new_node
from flowdesk.model.run import RunState
from flowdesk.nodes import builtin_catalogue
from flowdesk.nodes.loop import LoopConfig, items_of
from tests.nodes.conftest import Bench

INNER = {"type": "count", "count": 5}


def nested(inner: dict[str, Any], *more: Edge, message: str) -> Flow:
    return Flow(
        nodes=(
            new_node("start", id="start"),
            new_node("loop", {"type": "forEach", "items": ["a", "b"]}, id="outer"),
            new_node("loop", inner, id="inner"),
            new_node("log", {"message": message}, id="in"),
            new_node("log", {"message": "{{item}} {{index}} {{number}} {{isLast}}"}, id="behind"),
            new_node("condition", {"left": "{{number}}", "operator": "eq", "right": 2}, id="enough"),
            new_node("break", id="leave"),
        ),
        edges=(
            new_edge("start", "outer"), new_edge("outer", "inner", "body"), new_edge("inner", "in", "body"),
            new_edge("inner", "behind", "done"), *more,
        ),
    )  # fmt: skip


async def test_behind_an_inner_loop_the_outer_ones_variables_stand_again(bench: Bench) -> None:
    flow = nested(
        {"type": "count", "count": 2}, message="{{outer.item}} {{item}} {{inner.number}} {{outer.index}}{{index}}"
    )
    await bench.run_flow(flow)
    assert [line for line in bench.logs if "equal" not in line] == [
        "a a 1 00", "a a 2 01", "a 0 1 false", "b b 1 10", "b b 2 11", "b 1 2 true",
    ]  # fmt: skip


async def test_so_they_do_when_the_inner_one_is_left_by_break(bench: Bench) -> None:
    leaving = new_edge("in", "enough"), new_edge("enough", "leave", "true")
    await bench.run_flow(nested(INNER, *leaving, message="in {{number}}"))
    said = [line for line in bench.logs if "compared as" not in line]
    assert said == ["in 1", "in 2", "a 0 1 false", "in 1", "in 2", "b 1 2 true"]


async def test_a_limit_that_is_set_holds_for_every_kind_of_loop(bench: Bench) -> None:
    for config in ({"type": "count", "count": 4}, {"type": "forEach", "items": [1, 2, 3, 4]}):
        flow = nested({**config, "maxIterations": 3}, message="x")
        finished = await bench.run_flow(flow)
        assert finished.error is not None
        assert (finished.error["code"], bench.logs.count("x")) == ("limit.reached", 3)
        bench.events.clear()
        assert (await bench.run_flow(nested({**config, "maxIterations": 4}, message="x"))).state is RunState.SUCCEEDED
        bench.events.clear()


def looping(items: Any) -> Flow:
    return Flow(
        nodes=(
            new_node("start", id="start"), new_node("loop", {"type": "forEach", "items": items}, id="l"),
            new_node("log", {"message": "{{l.item}}"}, id="b"),
        ),
        edges=(new_edge("start", "l"), new_edge("l", "b", "body")),
    )  # fmt: skip


NOTHING = new_node("move", {"disabled": True, "selector": "1,1"}, id="b")


@pytest.mark.parametrize("config", [{"type": "count", "count": 10_001}, {"type": "forEach", "items": "{{rows}}"}])
async def test_defaults_that_an_editor_writes_out_change_nothing(bench: Bench, config: dict[str, Any]) -> None:
    written_out = {**builtin_catalogue()["loop"].describe()["defaults"], **config}
    finished = await bench.run_flow(
        Flow(
            nodes=(new_node("start", id="start"), new_node("loop", written_out, id="l"), NOTHING),
            edges=(new_edge("start", "l"), new_edge("l", "b", "body")),
        ),
        rows=list(range(10_001)),
    )  # fmt: skip
    assert finished.state is RunState.SUCCEEDED
    assert bench.result("l")["iterationCount"] == 10_001


async def test_while_is_bounded_where_the_defaults_are_written_out(bench: Bench) -> None:
    written_out = {
        **builtin_catalogue()["loop"].describe()["defaults"],
        "type": "while",
        "left": 1,
        "operator": "eq",
        "right": 1,
    }
    finished = await bench.run_flow(
        Flow(
            nodes=(new_node("start", id="start"), new_node("loop", written_out, id="l"), NOTHING),
            edges=(new_edge("start", "l"), new_edge("l", "b", "body")),
        )
    )  # fmt: skip
    assert finished.error is not None
    assert (finished.error["code"], finished.error["limit"]) == ("limit.reached", 10_000)


@pytest.mark.parametrize(
    ("items", "taken"),
    [
        ([1, "b", None], ["1", "b", ""]),
        ("one\r\ntwo\n\nfour", ["one", "two", "", "four"]),
        ("", []),
        ({}, []),
    ],
)
async def test_each_item_of_what_has_items(bench: Bench, items: Any, taken: list[str]) -> None:
    finished = await bench.run_flow(looping("{{x}}"), x=items)
    assert finished.state is RunState.SUCCEEDED
    assert bench.logs == taken


async def test_the_entries_of_an_object_come_as_key_and_value_and_the_last_is_known_by_the_loops_id(
    bench: Bench,
) -> None:
    flow = Flow(
        nodes=(
            new_node("start", id="start"), new_node("loop", {"type": "forEach", "items": "{{x}}"}, id="outer"),
            new_node("loop", {"count": 2}, id="inner"),
            new_node("log", {"message": "{{outer.item.key}} {{outer.item.value}} {{outer.isLast}} {{inner.isLast}} {{isLast}}"}, id="b"),
        ),
        edges=(new_edge("start", "outer"), new_edge("outer", "inner", "body"), new_edge("inner", "b", "body")),
    )  # fmt: skip
    await bench.run_flow(flow, x={"a": 1, "b": [2]})
    assert bench.logs == [
        "a 1 false false false", "a 1 false true true", "b [2] true false false", "b [2] true true true",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "said", "fix"),
    [
        (None, "Items is null", "default([])"),
        (5, "Items is a number", "Count"),
        (2.5, "a number, not a list: 2.5", "Count"),
        (True, "not a list: true", "{{rows}}"),
    ],
)
async def test_what_has_no_items_is_an_error_with_a_fix(bench: Bench, items: Any, said: str, fix: str) -> None:
    finished = await bench.run_flow(looping("{{x}}"), x=items)
    assert finished.error is not None
    assert finished.error["code"] == "value.unusable"
    assert said in finished.error["message"]
    assert fix in finished.error["fix"]
    bench.events.clear()
    if items is None:
        finished = await bench.run_flow(looping("{{ x|default([]) }}"), x=None)
        assert finished.state is RunState.SUCCEEDED


def test_for_each_without_items_is_a_problem_before_the_run() -> None:
    assert [field for field, _ in read_config(LoopConfig, {"type": "forEach"})[1]] == ["items"]
    assert not read_config(LoopConfig, {"type": "count"})[1]
    assert not read_config(LoopConfig, {"type": "forEach", "items": []})[1]


def test_items_may_be_what_read_table_returns() -> None:
    assert items_of({"rows": [{"a": 1}], "columns": ["a"], "count": 1}) == [{"a": 1}]
    assert items_of({"rows": 1}) == [{"key": "rows", "value": 1}]


async def test_a_count_is_its_own_limit(bench: Bench) -> None:
    finished = await bench.run_flow(
        Flow(
            nodes=(
                new_node("start", id="start"), new_node("loop", {"count": 10_001}, id="l"), new_node("setVariable", {"name": "n"}, id="b")
            ),
            edges=(new_edge("start", "l"), new_edge("l", "b", "body")),
        )
    )  # fmt: skip
    assert finished.state is RunState.SUCCEEDED
    assert bench.result("l")["iterationCount"] == 10_001


async def test_leaving_a_loop_where_there_is_none_is_an_error(bench: Bench) -> None:
    for kind in ("break", "continue"):
        finished = await bench.run((kind, {}))
        assert finished.error is not None
        assert "is not inside a loop" in finished.error["message"]


async def test_what_until_tests_is_looked_up_after_the_pass(bench: Bench) -> None:
    flow = Flow(
        nodes=(
            new_node("start", id="start"),
            new_node("setVariable", {"name": "n", "value": 0}, id="zero"),
            new_node("loop", {"type": "until", "left": "{{f.done}}", "operator": "isTrue"}, id="l"),
            new_node("setVariable", {"name": "n", "value": 1, "operation": "add"}, id="count"),
            new_node("setVariable", {"name": "x", "value": {"done": "{{ n >= 3 }}"}}, id="f"),
        ),
        edges=(
            new_edge("start", "zero"), new_edge("zero", "l"), new_edge("l", "count", "body"), new_edge("count", "f"),
        ),
    )  # fmt: skip
    finished = await bench.run_flow(flow)
    assert finished.state is RunState.SUCCEEDED
    assert bench.result("l")["iterationCount"] == 3
