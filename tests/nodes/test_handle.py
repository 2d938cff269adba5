"""`handle` on a remembered desktop; how it interrupts is tested with the engine."""

from typing import Any

import pytest

from flowdesk.drivers.fake import Thing
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.model.geometry import Box
from flowdesk.model.run import NodeState, RunState
from tests.nodes.conftest import Bench


def flow(**config: Any) -> Flow:
    nodes = (
        new_node("start", id="start"),
        new_node("handle", {"selector": "text=Sorry", **config}, id="h"),
        new_node("click", {"selector": "text=Close"}, id="close"),
        new_node("click", {"selector": "text=OK"}, id="ok"),
    )
    return Flow(nodes=nodes, edges=(new_edge("start", "h"), new_edge("h", "close", "appeared"), new_edge("h", "ok")))


def thing(name: str, x: int, appears: float = 0.0, vanishes: float = 1e9) -> Thing:
    return Thing(f"text={name}", Box(x, 10, 10, 10), appears=appears, vanishes=vanishes)


async def test_what_shows_is_closed_before_the_click(bench: Bench) -> None:
    bench.desktop.things = [thing("Sorry", 0, vanishes=0.5), thing("Close", 100), thing("OK", 200, appears=1)]
    finished = await bench.run_flow(flow(times=1))
    assert finished.state is RunState.SUCCEEDED
    assert [event.values[0].x for event in bench.desktop.events if event.action == "click"] == [105, 205]
    assert bench.result("h") == {"count": 1}


@pytest.mark.parametrize(("shows", "said"), [(True, "it is shown now"), (False, "when it shows")])
async def test_a_dry_run_says_it_and_runs_nothing_for_it(bench: Bench, shows: bool, said: str) -> None:
    bench.desktop.things = [thing("OK", 200), *([thing("Sorry", 0)] if shows else [])]
    finished = await bench.run_flow(flow(), dry=True)
    assert finished.state is RunState.SUCCEEDED
    assert any("would handle text=Sorry" in line and said in line for line in bench.logs)
    assert bench.runner is not None
    assert bench.runner.states["close"] is NodeState.SKIPPED
