"""Laws that hold for every flow and every sequence of commands."""

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowdesk.aio import spawn
from flowdesk.drivers.fake import FakeDesktopDriver, Thing
from flowdesk.engine.context import Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.events import NodeChanged, RunChanged, RunEvent, RunFinished, RunProgress
from flowdesk.model.flow import Edge, Flow, Node, NodeBody
from flowdesk.model.geometry import Box
from flowdesk.model.run import NodeState, RunState
from flowdesk.model.validation import validate
from tests.engine.conftest import catalogue
from tests.engine.test_runner import QuickClock

KINDS = ("plain", "plain", "look", "work", "work", "loop", "parallel", "handle", "break", "continue", "end")
BODIES = {"loop": "body", "handle": "appeared"}
PORTS = {
    "look": ("default", "error"),
    "handle": ("default", "appeared"),
    "work": ("default", "true", "false", "error"),
    "loop": ("body", "done"),
    "parallel": ("default", "done"),
    "plain": ("default", "error"),
}
COMMANDS = ("pause", "resume", "step", "stop", "turn", "turn", "turn")


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Any connected or unconnected graph: diamonds, nested loops, jumps, disabled nodes, errors."""
    count = draw(st.integers(1, 9))
    kinds = [draw(st.sampled_from(KINDS)) for _ in range(count)]
    nodes = [Node(id="start", type="start")]
    for index, kind in enumerate(kinds):
        config: dict[str, Any] = {"maxIterations": 3, "disabled": draw(st.sampled_from((False, False, False, True)))}
        if kind in {"plain", "work"}:
            config["fails"] = draw(st.sampled_from((0, 0, 0, 1)))
            config["onError"] = draw(st.sampled_from(("stop", "continue", "branch")))
            config["seconds"] = draw(st.sampled_from((0, 0, 1)))
            config["join"] = draw(st.sampled_from(("all", "all", "any", "each")))
            config["delayAfter"] = draw(st.sampled_from((0, 0, 10)))
        if kind == "work":
            config["port"] = draw(st.sampled_from(("default", "true", "false")))
        if kind == "look":
            config["timeout"] = draw(st.sampled_from((0, 1, 4)))
            config["acts"] = draw(st.booleans())
            config["onError"] = draw(st.sampled_from(("stop", "continue")))
        if kind == "handle":
            config["selector"] = draw(st.sampled_from(("text=popup", "text=other")))
            config["times"] = draw(st.integers(0, 3))
        if kind == "loop":
            config["count"] = draw(st.integers(0, 3))
        nodes.append(Node(id=f"n{index}", type=kind, data=NodeBody(config=config)))
    edges = []
    for number in range(draw(st.integers(0, count * 2))):
        source = draw(st.sampled_from(["start", *(f"n{i}" for i in range(count) if kinds[i] in PORTS)]))
        handle = None if source == "start" else draw(st.sampled_from(PORTS[kinds[int(source[1:])]]))
        target = f"n{draw(st.integers(0, count - 1))}"
        edges.append(Edge(id=f"e{number}", source=source, target=target, sourceHandle=handle))
    for index, kind in enumerate(kinds):
        body = BODIES.get(kind)
        if body and not any(edge.source == f"n{index}" and edge.source_handle == body for edge in edges):
            target = f"n{draw(st.integers(0, count - 1))}"
            edges.append(Edge(id=f"b{index}", source=f"n{index}", target=target, sourceHandle=body))
    return _mended(Flow(nodes=tuple(nodes), edges=tuple(edges)))


def _mended(flow: Flow) -> Flow:
    """Leave out the edges that lead out of what handlers run, and the handlers that have nothing to run then."""
    while faults := [problem for problem in validate(flow, catalogue()) if problem.is_error]:
        edges = {problem.edge_id for problem in faults} - {None}
        lost = {problem.node_id for problem in faults} - {None}
        kept = tuple(
            edge for edge in flow.edges if edge.id not in edges and edge.source not in lost and edge.target not in lost
        )
        flow = Flow(nodes=tuple(node for node in flow.nodes if node.id not in lost), edges=kept)
    return flow


things = st.lists(
    st.builds(
        lambda name, begin, length: Thing(f"text={name}", Box(1, 1, 9, 9), appears=begin, vanishes=begin + length),
        st.sampled_from(("popup", "popup", "other", "target")),
        st.floats(0, 4),
        st.floats(0, 2),
    ),
    max_size=4,
)
"""What shows on the screen, and when."""


class Trace:
    """One run under commands."""

    def __init__(self, flow: Flow, shown: list[Thing] | None = None, **options: Any) -> None:
        self.events: list[RunEvent] = []
        clock = QuickClock()
        services = Services(driver=FakeDesktopDriver(clock, list(shown or ())), clock=clock)
        self.runner = Runner(flow, catalogue(), services, self._take, RunOptions(**options))
        self.started_while_paused: list[str] = []

    def _take(self, event: RunEvent) -> None:
        self.events.append(event)
        if isinstance(event, NodeChanged) and event.state is NodeState.RUNNING and self.runner.state is RunState.PAUSED:
            self.started_while_paused.append(event.node_id)

    async def play(self, commands: list[str]) -> RunFinished:
        task = spawn(self.runner.run(), "run")
        await asyncio.sleep(0)
        for command in commands:
            if command == "turn":
                await asyncio.sleep(0)
            else:
                getattr(self.runner, command)()
        for _ in range(200_000):
            if task.done():
                break
            if self.runner.state in {RunState.PAUSED, RunState.PAUSING}:
                self.runner.resume()
            await asyncio.sleep(0)
        else:
            self.runner.stop("the test gives up")
            raise AssertionError(f"the run does not end: {self.runner.states}")
        return task.result()

    def order(self) -> list[tuple[str, str, tuple[int, ...]]]:
        return [
            (event.node_id, event.state.value, event.iteration)
            for event in self.events
            if isinstance(event, NodeChanged)
        ]


def check(trace: Trace, finished: RunFinished) -> None:
    ends = [event for event in trace.events if isinstance(event, RunFinished)]
    assert ends == [finished]
    assert trace.events[-1] is finished
    assert finished.state.is_end
    states = trace.runner.states
    assert set(states) == {node.id for node in trace.runner.flow.nodes}
    assert all(state.is_end for state in states.values()), states
    assert not trace.started_while_paused
    percents = [event.percent for event in trace.events if isinstance(event, RunProgress)]
    assert percents == sorted(percents)
    assert all(percent <= 100 for percent in percents)
    open_nodes: dict[str, int] = {}
    for event in trace.events:
        if isinstance(event, NodeChanged):
            if event.state is NodeState.RUNNING:
                open_nodes[event.node_id] = open_nodes.get(event.node_id, 0) + 1
            elif event.state in {NodeState.SUCCESS, NodeState.ERROR}:
                assert open_nodes.get(event.node_id, 0) > 0, f"{event.node_id} ended without having begun"
                open_nodes[event.node_id] -= 1
    run_states = [event.state for event in trace.events if isinstance(event, RunChanged)]
    assert run_states[0] is RunState.RUNNING
    if finished.state is RunState.SUCCEEDED:
        assert not any(state is NodeState.RUNNING for state in states.values())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flow=flows(), shown=things, commands=st.lists(st.sampled_from(COMMANDS), max_size=25))
def test_every_run_ends_once_with_every_node_in_an_end_state(
    flow: Flow, shown: list[Thing], commands: list[str]
) -> None:
    assert not [problem for problem in validate(flow, catalogue()) if problem.is_error]
    trace = Trace(flow, shown)
    check(trace, asyncio.run(trace.play(commands)))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flow=flows(), shown=things)
def test_the_same_flow_runs_in_the_same_order(flow: Flow, shown: list[Thing]) -> None:
    first, second = Trace(flow, shown), Trace(flow, shown)
    asyncio.run(first.play([]))
    asyncio.run(second.play([]))
    assert first.order() == second.order()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flow=flows(), shown=things, data=st.data())
def test_a_run_from_any_node_or_of_only_some_ends_as_well(flow: Flow, shown: list[Thing], data: st.DataObject) -> None:
    ids = st.sampled_from([node.id for node in flow.nodes])
    for options in ({"from_node": data.draw(ids)}, {"only": data.draw(st.frozensets(ids, min_size=1))}):
        trace = Trace(flow, shown, **options)
        check(trace, asyncio.run(trace.play([])))
