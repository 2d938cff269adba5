"""Only what a run can come to must be whole."""

from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.engine.beginning import begin, obstacles
from flowdesk.engine.options import RunOptions
from flowdesk.model.errors import FlowInvalid
from flowdesk.model.flow import Flow
from flowdesk.model.run import NodeState, RunState
from tests.engine.conftest import catalogue
from tests.engine.graphs import graph
from tests.engine.test_runner import Watch
from tests.waiting import eventually

UNFINISHED = {"fails": "no number"}


def codes(flow: Flow, **options: Any) -> list[tuple[str, str | None]]:
    return [(found.code, found.node_id) for found in obstacles(flow, catalogue(), RunOptions(**options))]


@pytest.fixture
def flow() -> Flow:
    """A whole chain with an unfinished node, and one of a type that there is not, at its end."""
    return graph("start>a", "a>b", "b>c", "c>d", types={"d": "nonsense"}, c=UNFINISHED)


def test_everything_that_a_run_can_come_to_must_be_whole(flow: Flow) -> None:
    assert codes(flow) == [("config.invalid", "c"), ("node.unknown_type", "d")]
    with pytest.raises(FlowInvalid) as refused:
        begin(flow, catalogue(), RunOptions())
    assert [problem.node_id for problem in refused.value.problems] == ["c", "d"]
    assert codes(flow, from_node="b") == codes(flow)
    assert codes(flow, from_node="d") == [("node.unknown_type", "d")]


async def test_only_some_nodes_run_although_others_are_unfinished(flow: Flow) -> None:
    assert codes(flow, only=frozenset({"b"})) == []
    watch = Watch(flow, only=frozenset({"a", "b"}))
    finished = await watch.run()
    assert finished.state is RunState.SUCCEEDED
    assert watch.of(NodeState.RUNNING) == ["a", "b"]
    assert watch.runner.states["c"] is watch.runner.states["d"] is NodeState.SKIPPED
    assert codes(flow, only=frozenset({"a", "c"})) == [("config.invalid", "c")]


async def test_what_nothing_leads_to_and_what_is_disabled_may_be_unfinished() -> None:
    apart = graph("start>a", "x>y", x=UNFINISHED, y={"retries": "x"})
    assert codes(apart) == []
    assert (await Watch(apart).run()).state is RunState.SUCCEEDED
    passed = graph("start>a", "a>b", "a.error>c", a={**UNFINISHED, "disabled": True}, c=UNFINISHED)
    assert codes(passed) == [], "an error output of a disabled node leads nowhere"
    watch = Watch(passed)
    await watch.run()
    assert watch.of(NodeState.RUNNING) == ["start", "b"]


async def test_a_run_from_a_node_needs_what_follows_it_and_no_start() -> None:
    flow = graph("start>a", "a>b", "b>c", a=UNFINISHED)
    assert codes(flow, from_node="b") == []
    watch = Watch(flow, from_node="b")
    await watch.run()
    assert watch.of(NodeState.RUNNING) == ["b", "c"]
    headless = Flow(nodes=flow.nodes[1:], edges=flow.edges[1:])
    assert codes(headless) == [("flow.no_start", None), ("config.invalid", "a")]
    assert codes(headless, from_node="b") == []
    watch = Watch(headless, from_node="b")
    await watch.run()
    assert watch.of(NodeState.RUNNING) == ["b", "c"]


async def test_from_inside_a_loop_the_whole_loop_and_what_follows_it_must_be_whole() -> None:
    edges = ("start>l", "l.body>a", "a>b", "l.done>z")
    assert codes(graph(*edges, types={"l": "loop"}, a=UNFINISHED), from_node="b") == [("config.invalid", "a")]
    assert codes(graph(*edges, types={"l": "loop"}, z=UNFINISHED), from_node="b") == [("config.invalid", "z")]
    assert codes(graph(*edges, types={"l": "loop"}, z=UNFINISHED), only=frozenset({"b"})) == []


async def test_a_single_node_inside_loops_that_are_not_to_run_runs_once() -> None:
    flow = graph(
        "start>l", "l.body>m", "m.body>a", "a>b", "m.done>n", "l.done>z",
        types={"l": ("loop", {"count": 3}), "m": ("loop", {"count": 3})}, a=UNFINISHED, n=UNFINISHED,
    )  # fmt: skip
    watch = Watch(flow, only=frozenset({"b"}))
    finished = await watch.run()
    assert finished.state is RunState.SUCCEEDED
    assert watch.of(NodeState.RUNNING) == ["b"]
    assert {watch.runner.states[name] for name in ("start", "l", "m", "a", "n", "z")} == {NodeState.SKIPPED}


async def test_only_some_nodes_begin_at_the_one_that_leads_to_the_others() -> None:
    flow = graph("start>w", "w.true>a", "w.false>b", "b>c", types={"w": "work"})
    watch = Watch(flow, only=frozenset({"b", "c"}))
    await watch.run()
    assert watch.of(NodeState.RUNNING) == ["b", "c"], "although the way there is another output of what is passed"


def test_a_bad_edge_hinders_only_a_run_that_comes_to_it() -> None:
    flow = graph("start>a", "a>b", "b.nowhere>c")
    assert [code for code, _ in codes(flow)] == ["edge.unknown_handle"]
    assert codes(flow, only=frozenset({"a"})) == []
    assert codes(flow, from_node="c") == []


def test_where_to_begin_must_exist(flow: Flow) -> None:
    with pytest.raises(KeyError):
        obstacles(flow, catalogue(), RunOptions(from_node="nobody"))


async def test_steps_begin_although_what_follows_is_unfinished_and_fail_where_they_come_to_it(flow: Flow) -> None:
    assert codes(flow, is_paused=True) == []
    assert codes(flow, is_paused=True, from_node="b") == []
    assert codes(flow, is_paused=True, from_node="c") == [("config.invalid", "c")]
    watch = Watch(flow, is_paused=True)
    task = spawn(watch.run(), "run")
    await eventually(lambda: watch.runner.state is RunState.PAUSED)
    watch.runner.resume()
    finished = await task
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert finished.error["node_id"] == "c"
    assert watch.of(NodeState.SUCCESS) == ["start", "a", "b"]
