"""Functions of a flow and ``try``: variables, results, failures, states, pause, step, stop, and a run from inside."""

from typing import Any

from flowdesk.aio import spawn
from flowdesk.engine.context import Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.events import NodeChanged, RunEvent, RunFinished, RunProgress
from flowdesk.model.flow import Flow, Node, NodeBody
from flowdesk.model.run import NodeState, RunState
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue
from tests.engine.graphs import graph
from tests.engine.test_runner import QuickClock
from tests.waiting import eventually


class Watch:
    """Runs a flow of real nodes and keeps its events."""

    def __init__(self, flow: Flow, **options: Any) -> None:
        assert not [each.message for each in validate(flow, builtin_catalogue()) if each.is_error]
        self.events: list[RunEvent] = []
        self.runner = Runner(
            flow, builtin_catalogue(), Services(clock=QuickClock()), self.events.append, RunOptions(**options)
        )

    async def run(self) -> RunFinished:
        finished = await self.runner.run()
        assert [event for event in self.events if isinstance(event, RunFinished)] == [finished]
        assert set(self.runner.states) == {node.id for node in self.runner.flow.nodes}
        assert all(state.is_end for state in self.runner.states.values())
        progress = [event.percent for event in self.events if isinstance(event, RunProgress)]
        assert progress == sorted(progress)
        assert progress[-1] == 100
        return finished

    def visits(self, node_id: str) -> list[tuple[str, tuple[int, ...]]]:
        """Return how the visits of a node ended."""
        return [
            (event.state.value, event.iteration)
            for event in self.events
            if isinstance(event, NodeChanged) and event.node_id == node_id and event.state.is_end
        ]


def state_of(watch: Watch, node_id: str) -> NodeState | None:
    return watch.runner.states.get(node_id)


def doubling(*edges: str, types: dict[str, Any] | None = None, **options: Any) -> Flow:
    """Make a flow with a function that doubles its parameter ``n``, and sets ``seen`` on the way."""
    own = {
        "f": ("function", {"function": "double", "parameters": {"n": "", "by": 2}}),
        "mark": ("setVariable", {"name": "seen", "value": "{{n}}"}),
        "back": ("end", {"result": "{{ n * by }}"}),
    }
    return graph(*edges, "f>mark", "mark>back", types={**own, **(types or {})}, **options)


def call(inputs: dict[str, Any], name: str = "double", variable: str = "got") -> tuple[str, dict[str, Any]]:
    return "call", {"function": name, "inputs": inputs, "variable": variable}


async def test_a_call_gives_parameters_takes_the_result_and_leaves_variables_alone() -> None:
    flow = doubling("start>c", "c>d", types={"c": call({"n": 4}), "d": call({"n": "{{got}}", "by": 3}, variable="all")})
    watch = Watch(flow, variables={"seen": "before", "by": 99})
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert (watch.runner.variables["got"], watch.runner.variables["all"]) == (8, 24)
    assert watch.runner.variables["seen"] == "before"
    assert "n" not in watch.runner.variables
    assert watch.visits("mark") == [("success", (0,)), ("success", (1,))]
    assert watch.runner.results["c"] == 8


async def test_a_function_reads_the_flows_variables_as_they_are_at_the_call() -> None:
    flow = graph(
        "start>s", "s>c", "f>back",
        types={
            "s": ("setVariable", {"name": "word", "value": "new"}), "c": call({}, "say"),
            "f": ("function", {"function": "say"}), "back": ("end", {"result": "{{word}} {{s}}"}),
        },
    )  # fmt: skip
    flow = flow.model_copy(update={"variables": {"word": "old"}})
    watch = Watch(flow)
    assert (await watch.run()).state is RunState.SUCCEEDED, watch.events[-1]
    assert watch.runner.variables["got"] == "new new"


async def test_calls_in_a_loop_count_and_what_a_call_did_not_come_to_is_skipped_in_it() -> None:
    flow = graph(
        "start>l", "l.body>c", "f>q", "q.true>back", "q.false>late",
        types={
            "l": ("loop", {"type": "count", "count": 3}), "c": call({"n": "{{index}}"}, "f"),
            "f": ("function", {"function": "f", "parameters": {"n": ""}}),
            "q": ("condition", {"left": "{{n}}", "operator": "eq", "right": 1}),
            "back": ("end", {"result": "one"}), "late": ("log", {"message": "{{n}}"}),
        },
    )  # fmt: skip
    watch = Watch(flow)
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert watch.visits("c") == [("success", (0,)), ("success", (1,)), ("success", (2,))]
    assert watch.visits("q") == [("success", (0, 0)), ("success", (1, 1)), ("success", (2, 2))]
    assert [state for state, _ in watch.visits("late")] == ["success", "skipped", "success"]
    assert watch.runner.variables["got"] is None


async def test_functions_call_themselves_to_a_bound() -> None:
    types = {
        "c": call({"n": 5}, "fact"), "f": ("function", {"function": "fact", "parameters": {"n": ""}}),
        "q": ("condition", {"left": "{{n}}", "operator": "gt", "right": 1}), "one": ("end", {"result": 1}),
        "again": call({"n": "{{ n - 1 }}"}, "fact", "less"), "back": ("end", {"result": "{{ n * less }}"}),
    }  # fmt: skip
    flow = graph("start>c", "f>q", "q.true>again", "q.false>one", "again>back", types=types)
    watch = Watch(flow)
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert watch.runner.variables["got"] == 120
    endless = graph("start>c", "f>again", types={**types, "again": call({"n": 1}, "fact")})
    watch = Watch(endless)
    finished = await watch.run()
    assert finished.state is RunState.FAILED
    assert finished.message == "Calls are nested more than 20 levels deep."


async def test_a_failure_inside_is_one_error_output_of_the_call() -> None:
    types = {
        "c": call({}, "risky"), "f": ("function", {"function": "risky"}), "a": ("log", {"message": "one"}),
        "b": ("end", {"status": "failed", "message": "no such customer"}), "after": ("log", {"message": "{{lastError.message}}"}),
    }  # fmt: skip
    watch = Watch(graph("start>c", "c.error>after", "f>a", "a>b", types=types))
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert watch.visits("after") == [("success", ())]
    assert watch.runner.variables["lastError"]["message"] == 'The function "risky" failed: no such customer'
    watch = Watch(graph("start>c", "f>a", "a>b", types=types))
    finished = await watch.run()
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert finished.error["node_id"] == "c"


async def test_a_step_runs_one_node_of_a_function_and_breakpoints_hold_there() -> None:
    flow = doubling("start>c", "c>z", types={"c": call({"n": 1}), "z": ("log", {"message": "z"})})
    watch = Watch(flow, breakpoints=frozenset({"mark"}))
    task = spawn(watch.run(), "test.run")
    await eventually(lambda: watch.runner.state is RunState.PAUSED)
    assert state_of(watch, "f") is NodeState.SUCCESS
    assert state_of(watch, "mark") is NodeState.PENDING
    assert state_of(watch, "c") is NodeState.RUNNING
    watch.runner.step()
    await eventually(lambda: state_of(watch, "back") is NodeState.PENDING)
    await eventually(lambda: watch.runner.state is RunState.PAUSED)
    assert state_of(watch, "mark") is NodeState.SUCCESS
    watch.runner.resume()
    assert (await task).state is RunState.SUCCEEDED
    assert watch.visits("z") == [("success", ())]


async def test_a_stop_reaches_into_a_function() -> None:
    flow = graph(
        "start>c", "f>w", "w>z",
        types={"c": call({}, "f"), "f": ("function", {"function": "f"}), "w": ("wait", {"duration": 10**12}), "z": ("log", {"message": "z"})},
    )  # fmt: skip
    watch = Watch(flow)
    task = spawn(watch.run(), "test.run")
    await eventually(lambda: state_of(watch, "w") is NodeState.RUNNING)
    watch.runner.stop("enough")
    assert (await task).state is RunState.STOPPED
    assert state_of(watch, "w") is NodeState.CANCELLED
    assert state_of(watch, "c") is NodeState.CANCELLED
    assert state_of(watch, "z") is NodeState.SKIPPED


async def test_a_run_from_inside_a_function_has_the_values_of_its_last_call() -> None:
    flow = doubling("start>c", types={"c": call({"n": 21})})
    first = Watch(flow)
    await first.run()
    again = Watch(
        flow, from_node="back", variables=first.runner.variables, memories=first.runner.memories, results=first.runner.results
    )  # fmt: skip
    assert (await again.run()).result == 42
    assert again.visits("mark") == [("skipped", ())]
    alone = Watch(flow, from_node="f", variables={"n": 2})
    assert (await alone.run()).result == 4


async def test_try_leaves_by_error_for_any_node_in_it_and_skips_the_rest() -> None:
    types = {
        "t": "try", "l": ("loop", {"type": "count", "count": 3}), "a": ("setVariable", {"name": "n", "value": "{{index}}"}),
        "bad": ("setVariable", {"name": "x", "value": "{{ 1 / (1 - n) }}"}), "rest": ("log", {"message": "rest"}),
        "ok": ("log", {"message": "ok"}), "no": ("log", {"message": "{{lastError.message}} {{t.error.code}}"}), "end": ("log", {"message": "end"}),
    }  # fmt: skip
    edges = ("start>t", "t.body>l", "l.body>a", "a>bad", "l.done>rest", "t.done>ok", "t.error>no", "ok>end", "no>end")
    watch = Watch(graph(*edges, types=types))
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert watch.runner.variables["n"] == 1
    assert watch.visits("bad") == [("success", (0,)), ("error", (1,))]
    assert [state for state, _ in watch.visits("rest")] == ["skipped"]
    assert [state for state, _ in watch.visits("no")] == ["success"]
    assert [state for state, _ in watch.visits("ok")] == ["skipped"]
    assert [state for state, _ in watch.visits("end")] == ["success"]
    assert watch.visits("t") == [("success", ())]


async def test_a_failure_goes_to_the_outer_try_where_the_inner_one_has_no_error_branch() -> None:
    types = {
        "t": "try",
        "u": "try",
        "bad": ("setVariable", {"name": "x", "value": "{{nothing}}"}),
        "no": ("log", {"message": "no"}),
    }
    watch = Watch(graph("start>t", "t.body>u", "u.body>bad", "t.error>no", types=types))
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert watch.visits("no") == [("success", ())]
    watch = Watch(graph("start>t", "t.body>u", "u.body>bad", "u.done>no", types=types, u={"onError": "continue"}))
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert watch.visits("no") == [("success", ())]
    watch = Watch(graph("start>t", "t.body>bad", "t.done>no", types=types))
    assert (await watch.run()).state is RunState.FAILED


async def test_a_failure_in_one_of_parallel_branches_ends_all_of_them() -> None:
    types = {
        "t": "try", "p": "parallel", "w": ("wait", {"duration": 10**12}), "bad": ("setVariable", {"name": "x", "value": "{{nothing}}"}),
        "no": ("log", {"message": "no"}),
    }  # fmt: skip
    watch = Watch(graph("start>t", "t.body>p", "p>w", "p>bad", "t.error>no", types=types))
    assert (await watch.run()).state is RunState.SUCCEEDED
    assert watch.visits("w")[-1][0] == "cancelled"
    assert watch.visits("no") == [("success", ())]


def test_what_is_wrong_with_functions_is_said_by_their_names() -> None:
    flow = graph(
        "start>c", "c>d", "d>e", "start>mark", "e>f", "f>mark",
        types={
            "c": ("call", {"function": "dubble"}), "d": ("call", {"function": "double", "inputs": {"m": 1}}),
            "e": ("call", {"function": "double", "inputs": {"n": 1}}),
            "f": ("function", {"function": "double", "parameters": {"n": ""}}), "mark": ("log", {"message": "x"}),
            "g": ("function", {"function": "double"}),
        },
    )  # fmt: skip
    flow = flow.model_copy(
        update={"nodes": (*flow.nodes, Node(id="g", type="function", data=NodeBody(config={"function": "double"})))}
    )
    found = [
        (each.code, each.node_id or each.edge_id, str(each.message)) for each in validate(flow, builtin_catalogue())
    ]
    assert found == [
        ("function.duplicate", "g", 'There is more than one function "double".'),
        ("call.unknown", "c", '"c" calls the function "dubble", which the flow does not have.'),
        ("call.missing", "d", '"d" gives no value for: n.'),
        ("call.extra", "d", '"d" gives a value for "m", which is not a parameter of "double".'),
        ("function.entered", "e3", 'An edge leads to "mark", inside the function "double".'),
        ("function.entered", "e4", 'An edge leads to the function "double".'),
    ], found
