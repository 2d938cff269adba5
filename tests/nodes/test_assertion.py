"""Verdicts on a remembered desktop."""

from flowdesk.drivers.fake import Thing
from flowdesk.model.events import RunVerdict
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.model.geometry import Box
from flowdesk.model.run import NodeState, RunState
from tests.nodes.conftest import Bench


def verdicts(bench: Bench) -> list[RunVerdict]:
    return [event for event in bench.events if isinstance(event, RunVerdict)]


async def test_what_holds_passes_and_is_told(bench: Bench) -> None:
    finished = await bench.run(("assert", {"left": "{{n}}", "operator": "ge", "right": 3}), n=3)
    assert finished.state is RunState.SUCCEEDED
    assert [(each.is_passed, each.message) for each in verdicts(bench)] == [(True, '"3" greater than or equal to "3"')]
    assert finished.verdicts == {"passed": 1, "failed": 0, "failures": []}


async def test_what_does_not_hold_stops_the_run(bench: Bench) -> None:
    finished = await bench.run(("assert", {"left": "a", "operator": "eq", "right": "b"}), ("log", {"message": "after"}))
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert finished.error["code"] == "verdict.failed"
    assert finished.message == 'The check failed: "a" equal to "b"'
    assert "after" not in bench.logs


async def test_all_that_failed_is_said_at_the_end(bench: Bench) -> None:
    finished = await bench.run(
        ("assert", {"left": 1, "operator": "eq", "right": 2, "otherwise": "continue", "message": "First"}),
        ("assert", {"left": 1, "operator": "eq", "right": 1}),
        ("assert", {"left": 1, "operator": "eq", "right": 3, "otherwise": "continue", "message": "Second"}),
        ("log", {"message": "after"}),
    )
    assert finished.state is RunState.FAILED
    assert "after" in bench.logs
    assert finished.message == "2 of 3 checks failed: First · Second"
    assert finished.verdicts == {"passed": 1, "failed": 2, "failures": ["First", "Second"]}
    assert finished.error is not None
    assert finished.error["node_id"] == "n1"


async def test_a_verdict_that_an_error_output_takes_fails_the_run_too(bench: Bench) -> None:
    flow = Flow(
        nodes=(
            new_node("start", id="start"),
            new_node("assert", {"left": 1, "operator": "eq", "right": 2}, id="a"),
            new_node("log", {"message": "tidy up"}, id="tidy"),
        ),
        edges=(new_edge("start", "a"), new_edge("a", "tidy", "error")),
    )
    finished = await bench.run_flow(flow)
    assert "tidy up" in bench.logs
    assert finished.state is RunState.FAILED


async def test_a_verdict_is_given_after_the_last_attempt_only(bench: Bench) -> None:
    await bench.run(("assert", {"left": 1, "operator": "eq", "right": 2, "retries": 3}))
    assert len(verdicts(bench)) == 1


async def test_another_error_that_ends_the_run_stays_its_error(bench: Bench) -> None:
    finished = await bench.run(
        ("assert", {"left": 1, "operator": "eq", "right": 2, "otherwise": "continue"}),
        ("end", {"status": "failed", "message": "no luck"}),
    )
    assert finished.message == "no luck"
    assert finished.verdicts is not None
    assert finished.verdicts["failed"] == 1


async def test_an_end_that_says_succeeded_does_not_hide_a_failed_verdict(bench: Bench) -> None:
    finished = await bench.run(
        ("assert", {"left": 1, "operator": "eq", "right": 2, "otherwise": "continue"}), ("end", {"result": 7})
    )
    assert finished.state is RunState.FAILED
    assert finished.result == 7


async def test_a_condition_that_cannot_be_judged_is_an_error_and_no_verdict(bench: Bench) -> None:
    told = ("setVariable", {"name": "pattern", "value": "("})
    finished = await bench.run(told, ("assert", {"left": "a", "operator": "matches", "right": "{{pattern}}"}))
    assert finished.error is not None
    assert "is not a regular expression" in finished.error["message"]
    assert verdicts(bench) == []


async def test_a_rehearsal_gives_no_verdict(bench: Bench) -> None:
    finished = await bench.run(("assert", {"left": 1, "operator": "eq", "right": 2}), dry=True)
    assert finished.state is RunState.SUCCEEDED
    assert verdicts(bench) == []
    assert 'Currently false: "1" equal to "2"' in bench.logs


async def test_what_was_there_instead_is_said(bench: Bench) -> None:
    bench.desktop.things.append(Thing("text=Total", Box(10, 10, 80, 20), text="Total"))
    finished = await bench.run(
        (
            "assert",
            {"selector": "text=Total", "operator": "textEquals", "value": "Sum", "timeout": 0, "message": "Wrong"},
        )
    )
    assert finished.error is not None
    assert finished.error["found"] == "Total"
    assert finished.error["fix"] == '"text=Total" has the text "Sum"; it is "Total".'
    assert bench.runner is not None
    assert bench.runner.states["n1"] is NodeState.ERROR
