"""Nodes that decide, keep and return values."""

import asyncio
from typing import Any

import pytest

from flowdesk.model.errors import FlowInvalid
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.model.run import NodeState, RunState
from tests.nodes.conftest import Bench


async def test_switch_takes_the_first_case_that_holds(bench: Bench) -> None:
    cases = [{"id": "a", "value": "1"}, {"id": "b", "operator": "gt", "value": 1}]
    flow = Flow(
        nodes=(
            new_node("start", id="start"),
            new_node("switch", {"value": "{{x}}", "cases": cases}, id="s"),
            *(new_node("log", {"message": name}, id=name) for name in ("one", "more", "none")),
        ),
        edges=(
            new_edge("start", "s"), new_edge("s", "one", "case:a"), new_edge("s", "more", "case:b"),
            new_edge("s", "none", "default"),
        ),
    )  # fmt: skip
    for value, taken in ((1, "one"), (5, "more"), (0, "none")):
        await bench.run_flow(flow, x=value)
        assert bench.runner is not None
        states = bench.runner.states
        assert [name for name in ("one", "more", "none") if states[name] is NodeState.SUCCESS] == [taken]


async def test_set_variable_sets_adds_and_appends(bench: Bench) -> None:
    await bench.run(
        ("setVariable", {"name": "n", "value": 2}),
        ("setVariable", {"name": "n", "value": "{{n}}", "operation": "add"}),
        ("setVariable", {"name": "l", "value": {"a": 1}, "operation": "append"}),
    )
    assert bench.variables["n"] == 4
    assert bench.variables["l"] == [{"a": 1}]


async def test_adding_what_is_no_number_fails(bench: Bench) -> None:
    finished = await bench.run(("setVariable", {"name": "n", "value": "x", "operation": "add"}))
    assert finished.error is not None
    assert finished.error["code"] == "value.unusable"


async def test_end_returns_its_result_and_the_rest_is_not_run(bench: Bench) -> None:
    finished = await bench.run(("end", {"result": [1, "{{x}}"]}), x=2)
    assert finished.state is RunState.SUCCEEDED
    assert finished.result == [1, 2]


async def test_end_can_fail_the_run(bench: Bench) -> None:
    finished = await bench.run(("end", {"status": "failed", "message": "no luck"}))
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert finished.error["message"] == "no luck"


async def test_prompt_keeps_the_answer(bench: Bench) -> None:
    async def answer(question: object) -> dict[str, object]:
        return {"action": "answer", "value": "blue"}

    bench.services.ask = answer
    await bench.run(("prompt", {"message": "Which colour?", "variable": "colour"}))
    assert bench.variables["colour"] == "blue"


async def test_prompt_fails_when_nobody_can_be_asked(bench: Bench) -> None:
    assert (await bench.run(("prompt", {"message": "?"}))).state is RunState.FAILED


async def test_prompt_goes_on_with_its_default_when_nobody_answers_in_time(bench: Bench) -> None:
    asked = []

    async def answer(question: object) -> dict[str, object]:
        asked.append(question)
        await asyncio.Event().wait()
        return {}

    bench.services.ask = answer
    config = {"message": "Which colour?", "default": "red", "timeout": 5000, "variable": "colour"}
    assert (await bench.run(("prompt", config))).state is RunState.SUCCEEDED
    assert asked
    assert bench.variables["colour"] == "red"
    assert bench.clock.time == pytest.approx(5.0)


async def test_prompt_takes_an_answer_within_its_time(bench: Bench) -> None:
    async def answer(question: object) -> dict[str, object]:
        return {"action": "answer", "value": "blue"}

    bench.services.ask = answer
    await bench.run(("prompt", {"message": "?", "default": "red", "timeout": 5000}))
    assert bench.result() == {"value": "blue"}


async def test_prompt_with_a_time_to_answer_needs_nobody(bench: Bench) -> None:
    config = {"message": "?", "default": "red", "timeout": 5000}
    assert (await bench.run(("prompt", config))).state is RunState.SUCCEEDED
    assert bench.result() == {"value": "red"}


async def test_log_fills_its_message(bench: Bench) -> None:
    await bench.run(("log", {"message": "row {{x.0}}"}), x=[7])
    assert "row 7" in bench.logs


async def test_a_text_takes_any_value_as_people_write_it(bench: Bench) -> None:
    values: dict[str, Any] = {"rows": [{"a": 1}], "yes": True, "whole": 3.0, "nothing": None}
    await bench.run(*(("log", {"message": "{{" + name + "}}"}) for name in values), **values)
    assert bench.logs == ['[{"a": 1}]', "true", "3", ""]


async def test_a_literal_list_is_no_text(bench: Bench) -> None:
    with pytest.raises(FlowInvalid, match="it must be text"):
        await bench.run(("log", {"message": ["a"]}))


async def test_set_variable_sets_a_part_and_nothing_else(bench: Bench) -> None:
    rows = [{"Status": "open", "No.": 1}, {"Status": "open"}]
    finished = await bench.run(
        ("setVariable", {"name": "before", "value": "{{rows}}"}),
        ("setVariable", {"name": "rows[{{i}}].Status", "value": "done"}),
        ("setVariable", {"name": 'rows[0]["No."]', "value": 1, "operation": "add"}),
        rows=rows,
        i=1,
    )
    assert finished.state is RunState.SUCCEEDED
    assert bench.variables["rows"] == [{"Status": "open", "No.": 2}, {"Status": "done"}]
    assert bench.variables["before"] == rows == [{"Status": "open", "No.": 1}, {"Status": "open"}]


async def test_a_part_that_is_not_there_fails_and_makes_no_variable(bench: Bench) -> None:
    for name in ("rows.9.Status", "row[0].Status", "rows[0].a.b"):
        finished = await bench.run(("setVariable", {"name": name, "value": 1}), rows=[{"a": 1}])
        assert finished.error is not None
        assert finished.error["code"] == "value.unusable"
        assert set(bench.variables) == {"rows", "lastError"}


async def test_what_does_not_parse_never_reaches_a_program(bench: Bench) -> None:
    for text in ("{{a.{{i}}}}", "{{item.Price {€}}}", "{{a"):
        with pytest.raises(FlowInvalid):
            await bench.run(("input", {"text": text}))


async def test_an_expression_keeps_its_type_and_stands_in_text(bench: Bench) -> None:
    await bench.run(
        ("setVariable", {"name": "total", "value": '{{ rows|where("n", ">", 3)|sum("n") }}'}),
        ("log", {"message": 'No. {{ item["No."] }}: {{ total + 0.1 + 0.2 }} on {{ "2026-11-29"|date("%d.%m.%Y") }}'}),
        rows=[{"n": 12.5}, {"n": "1"}],
        item={"No.": 7},
    )
    assert bench.variables["total"] == 12.5
    assert bench.logs[-1] == "No. 7: 12.8 on 29.11.2026"
