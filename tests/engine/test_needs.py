"""What a run needs of the session is asked for before its first step."""

from typing import Any

import pytest

from flowdesk.drivers.fake import FakeDesktopDriver
from flowdesk.engine.clock import RealClock
from flowdesk.engine.context import Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.events import RunEvent, RunFinished, RunLog
from flowdesk.model.reading import read_flow
from flowdesk.model.run import NodeState, RunState
from flowdesk.nodes import builtin_catalogue

LOG = {"type": "log", "data": {"config": {"message": "first"}}}
CLICK = {"type": "click", "data": {"config": {"selector": "1,1"}}}
FIND = {"type": "find", "data": {"config": {"selector": "1,1"}}}


async def run(withheld: str, *steps: dict[str, Any], **options: Any) -> tuple[Runner, RunFinished, list[str]]:
    """Run steps that follow one another where the session withholds something; return what was logged, too."""
    nodes = [{"id": "start", "type": "start", "data": {}}, *({"id": f"n{at}", **step} for at, step in enumerate(steps))]
    for node in nodes:
        node["position"] = {"x": 0, "y": 0}
    edges = [{"id": f"e{at}", "source": nodes[at]["id"], "target": f"n{at}"} for at in range(len(steps))]
    flow = read_flow({"flowdesk": 1, "id": "f", "name": "f", "nodes": nodes, "edges": edges})
    events: list[RunEvent] = []
    driver = FakeDesktopDriver(RealClock(), withheld=withheld)
    runner = Runner(flow, builtin_catalogue(), Services(driver=driver), events.append, RunOptions(**options))
    finished = await runner.run()
    return runner, finished, [event.message for event in events if isinstance(event, RunLog)]


@pytest.mark.parametrize(("withheld", "step"), [("input", CLICK), ("screen", CLICK), ("screen", FIND)])
async def test_a_run_that_needs_what_is_withheld_fails_before_its_first_step(
    withheld: str, step: dict[str, Any]
) -> None:
    runner, finished, logged = await run(withheld, LOG, step)
    assert runner.state is RunState.FAILED
    assert finished.error is not None
    assert finished.error["code"] == DesktopUnavailable.code
    assert "first" not in logged
    assert NodeState.SUCCESS not in runner.states.values()


@pytest.mark.parametrize(
    ("steps", "options"),
    [((LOG,), {}), ((LOG, FIND), {}), ((LOG, CLICK), {"is_dry": True})],
)
async def test_a_run_that_needs_none_of_it_begins(steps: tuple[dict[str, Any], ...], options: dict[str, Any]) -> None:
    _, _, logged = await run("input", *steps, **options)
    assert "first" in logged
