"""The runner on a virtual clock: states, errors, retries, pause, stop, step; exactly one terminal event."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from flowdesk.aio import spawn
from flowdesk.engine.context import Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.events import NodeChanged, RunEvent, RunFinished, RunLog, RunProgress
from flowdesk.model.flow import Flow
from flowdesk.model.run import NodeState, RunState
from tests.engine.conftest import STUBBORN, TIDIED, catalogue
from tests.engine.graphs import graph
from tests.waiting import eventually


class QuickClock:
    """A clock on which a sleep takes one turn of the event loop and its whole time."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.time += seconds


class Watch:
    """Runs a flow and keeps its events."""

    def __init__(self, flow: Flow, **options: Any) -> None:
        self.events: list[RunEvent] = []
        self.clock = QuickClock()
        self.runner = Runner(flow, catalogue(), Services(clock=self.clock), self._take, RunOptions(**options))
        self.on_event: Callable[[RunEvent], None] = lambda event: None

    def _take(self, event: RunEvent) -> None:
        self.events.append(event)
        self.on_event(event)

    async def run(self) -> RunFinished:
        finished = await self.runner.run()
        assert [event for event in self.events if isinstance(event, RunFinished)] == [finished]
        assert all(state.is_end for state in self.runner.states.values())
        assert set(self.runner.states) == {node.id for node in self.runner.flow.nodes}
        return finished

    def of(self, state: NodeState) -> list[str]:
        return [event.node_id for event in self.events if isinstance(event, NodeChanged) and event.state is state]


async def test_run_succeeds_and_every_node_begins_and_ends_once() -> None:
    watch = Watch(graph("start>a", "a>b"))
    finished = await watch.run()
    assert finished.state is RunState.SUCCEEDED
    assert watch.of(NodeState.RUNNING) == watch.of(NodeState.SUCCESS) == ["start", "a", "b"]


async def test_progress_never_goes_backwards_and_ends_at_100() -> None:
    watch = Watch(graph("start>l", "l.body>a", "a>l", "l.done>z", types={"l": ("loop", {"count": 3})}))
    await watch.run()
    percents = [event.percent for event in watch.events if isinstance(event, RunProgress)]
    assert percents == sorted(percents)
    assert percents[-1] == 100


async def test_error_stops_the_run_and_names_the_node() -> None:
    watch = Watch(graph("start>a", "a>b", a={"fails": 1}))
    finished = await watch.run()
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert finished.error["node_id"] == "a"
    assert watch.runner.states["b"] is NodeState.SKIPPED


async def test_error_takes_the_error_edge_where_it_is_wired() -> None:
    watch = Watch(graph("start>a", "a>b", "a.error>c", a={"fails": 1}))
    finished = await watch.run()
    assert finished.state is RunState.SUCCEEDED
    assert watch.runner.states["a"] is NodeState.ERROR
    assert watch.runner.states["b"] is NodeState.SKIPPED
    assert watch.runner.states["c"] is NodeState.SUCCESS
    assert watch.runner.variables["lastError"]["nodeId"] == "a"


async def test_on_error_continue_takes_the_default_output() -> None:
    watch = Watch(graph("start>a", "a>b", a={"fails": 1, "onError": "continue"}))
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert watch.runner.states["b"] is NodeState.SUCCESS


async def test_on_error_stop_wins_over_a_wired_error_edge() -> None:
    watch = Watch(graph("start>a", "a>b", "a.error>c", a={"fails": 1, "onError": "stop"}))
    assert (await watch.run()).state is RunState.FAILED


async def test_retries_wait_between_attempts() -> None:
    watch = Watch(graph("start>a", types={"a": "work"}, a={"fails": 2, "retries": 2, "retryDelay": 500}))
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert watch.clock.time >= 1.0


async def test_exponential_retries_double_the_delay() -> None:
    options = {"fails": 3, "retries": 3, "retryDelay": 1000, "retryBackoff": "exponential"}
    watch = Watch(graph("start>a", types={"a": "work"}, a=options))
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert 7.0 <= watch.clock.time < 7.5


async def test_stop_ends_a_wait_and_cancels_the_node() -> None:
    watch = Watch(graph("start>a", "a>b", a={"seconds": 1e9}))
    watch.on_event = lambda event: (
        watch.runner.stop("enough") if isinstance(event, NodeChanged) and event.node_id == "a" else None
    )
    finished = await watch.run()
    assert finished.state is RunState.STOPPED
    assert watch.runner.states["a"] is NodeState.CANCELLED
    assert watch.runner.states["b"] is NodeState.SKIPPED
    assert "enough" in finished.message


async def test_stop_works_while_paused() -> None:
    watch = Watch(graph("start>a", "a>b"), is_paused=True)
    task = spawn(watch.run(), "run")
    await eventually(lambda: watch.runner.state is RunState.PAUSED)
    watch.runner.stop()
    assert (await task).state is RunState.STOPPED
    assert watch.of(NodeState.RUNNING) == []


async def test_pause_holds_before_the_next_node_and_resume_goes_on() -> None:
    watch = Watch(graph("start>a", "a>b"))
    watch.on_event = lambda event: (
        watch.runner.pause()
        if isinstance(event, NodeChanged) and event.state is NodeState.SUCCESS and event.node_id == "a"
        else None
    )
    task = spawn(watch.run(), "run")
    await eventually(lambda: watch.runner.state is RunState.PAUSED)
    for _ in range(20):
        await asyncio.sleep(0)
    assert watch.of(NodeState.RUNNING) == ["start", "a"]
    watch.on_event = lambda event: None
    watch.runner.resume()
    assert (await task).state is RunState.SUCCEEDED


async def test_step_runs_one_node() -> None:
    watch = Watch(graph("start>a", "a>b"), is_paused=True)
    task = spawn(watch.run(), "run")

    def is_through(done: list[str]) -> bool:
        return watch.of(NodeState.SUCCESS) == done

    for done in (["start"], ["start", "a"]):
        await eventually(lambda: watch.runner.state is RunState.PAUSED)
        watch.runner.step()
        await eventually(partial(is_through, done))
    await eventually(lambda: watch.runner.state is RunState.PAUSED)
    watch.runner.resume()
    assert (await task).state is RunState.SUCCEEDED


async def test_breakpoint_pauses_before_its_node() -> None:
    watch = Watch(graph("start>a", "a>b", b={"breakpoint": True}))
    task = spawn(watch.run(), "run")
    await eventually(lambda: watch.runner.state is RunState.PAUSED)
    assert watch.of(NodeState.RUNNING) == ["start", "a"]
    assert watch.runner.states["b"] is NodeState.PENDING
    watch.runner.resume()
    assert (await task).state is RunState.SUCCEEDED


async def test_end_node_ends_the_run_with_a_result() -> None:
    watch = Watch(graph("start>e", "start>b", types={"e": ("end", {"result": 7})}))
    finished = await watch.run()
    assert (finished.state, finished.result) == (RunState.SUCCEEDED, 7)
    assert watch.runner.states["b"] is NodeState.CANCELLED


async def test_parallel_branches_overlap() -> None:
    flow = graph("start>p", "p>a", "p>b", "p.done>z", types={"p": "parallel"}, a={"seconds": 5}, b={"seconds": 5})
    watch = Watch(flow)
    assert (await watch.run()).state is RunState.SUCCEEDED
    begun = watch.of(NodeState.RUNNING)
    assert begun.index("b") < begun.index("z")
    first_end = next(
        i
        for i, e in enumerate(watch.events)
        if isinstance(e, NodeChanged) and e.node_id in "ab" and e.state is NodeState.SUCCESS
    )
    both_begun = [
        e.node_id for e in watch.events[:first_end] if isinstance(e, NodeChanged) and e.state is NodeState.RUNNING
    ]
    assert {"a", "b"} <= set(both_begun)


async def test_reference_to_nothing_fails_the_node_with_the_nearest_name() -> None:
    flow = graph("start>a", a={"result": "{{nam}}"}).model_copy(update={"variables": {"name": "x"}})
    finished = await Watch(flow).run()
    assert finished.error is not None
    assert finished.error["code"] == "value.unusable"
    assert "name" in finished.error["fix"]


async def test_whole_value_reference_keeps_its_type() -> None:
    flow = graph("start>a", "a>b", a={"result": "{{n}}"}, b={"result": "{{a}}"}).model_copy(
        update={"variables": {"n": [1, 2]}}
    )
    watch = Watch(flow)
    await watch.run()
    assert watch.runner.results["b"] == [1, 2]


async def test_places_of_a_list_may_stand_in_brackets() -> None:
    flow = graph("start>a", a={"result": "{{rows[1].name}} {{rows[-1].tags[0]}}"}).model_copy(
        update={"variables": {"rows": [{}, {"name": "x", "tags": ["y"]}]}}
    )
    watch = Watch(flow)
    await watch.run()
    assert watch.runner.results["a"] == "x y"


async def test_jump_without_end_fails_with_a_limit() -> None:
    finished = await Watch(graph("start>a", "a>b", "b>a", b={"maxIterations": 10})).run()
    assert finished.error is not None
    assert finished.error["code"] == "limit.reached"


async def test_error_inside_flowdesk_is_one_sentence() -> None:
    watch = Watch(graph("start>a", types={"a": "crash"}))
    finished = await watch.run()
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert finished.error["node_id"] == "a"
    assert not [event for event in watch.events if isinstance(event, RunLog) and "Traceback" in event.message]


async def test_a_node_is_cancelled_once_and_may_tidy_up() -> None:
    TIDIED.clear()
    watch = Watch(graph("start>a", types={"a": "tidy"}))
    task = spawn(watch.run(), "run")
    await eventually(lambda: "a" in watch.of(NodeState.RUNNING))
    for _ in range(3):
        watch.runner.stop("enough")
        await asyncio.sleep(0)
    assert (await task).state is RunState.STOPPED
    assert TIDIED == ["a"]


async def test_what_does_not_yield_to_a_stop_is_left_behind_and_said_so() -> None:
    watch = Watch(graph("start>a", types={"a": "stubborn"}))
    task = spawn(watch.run(), "run")
    await eventually(lambda: "a" in watch.of(NodeState.RUNNING))
    watch.runner.stop("enough")
    assert (await task).state is RunState.STOPPED
    assert watch.runner.states["a"] is NodeState.CANCELLED
    assert any("did not stop within" in event.message for event in watch.events if isinstance(event, RunLog))
    STUBBORN.set()


def ways(watch: Watch) -> dict[str, int]:
    """Return how often each edge was taken, as the events told it."""
    told: dict[str, int] = {}
    for event in watch.events:
        if isinstance(event, NodeChanged) and event.ways:
            told.update(event.ways)
    return told


async def test_node_events_tell_which_edges_were_taken_and_how_often_bodies_and_ways_back_too() -> None:
    flow = graph("start>l", "l.body>a", "a>b", "b>l", "l.done>z", types={"l": ("loop", {"count": 3})})
    watch = Watch(flow)
    await watch.run()
    assert ways(watch) == {"e0": 1, "e1": 3, "e2": 3, "e3": 3, "e4": 1}


async def test_an_edge_that_was_not_taken_is_not_told() -> None:
    watch = Watch(graph("start>w", "w.true>a", "w.false>b", types={"w": ("work", {"port": "true"})}))
    await watch.run()
    assert ways(watch) == {"e0": 1, "e1": 1}
