"""Runs flows of one node after the other on a remembered desktop and a clock that tests turn."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.fake import FakeDesktopDriver
from flowdesk.engine.context import Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.events import RunEvent, RunFinished, RunLog
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.nodes import builtin_catalogue
from tests.nodes.driven import controls, driver

__all__ = ["Bench", "QuickClock", "controls", "driver"]


class QuickClock:
    """A clock on which a sleep takes one turn of the event loop and its whole time."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.time += max(seconds, 1e-6)  # less would vanish in the sum


class Bench:
    """Runs one node, or several in a row, after a start node."""

    def __init__(self, home: Path) -> None:
        self.clock = QuickClock()
        self.desktop = FakeDesktopDriver(self.clock)
        self.services = Services(driver=self.desktop, clock=self.clock, home=home)
        self.events: list[RunEvent] = []
        self.runner: Runner | None = None

    @property
    def logs(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, RunLog)]

    async def run(self, *steps: tuple[str, dict[str, Any]], dry: bool = False, **variables: Any) -> RunFinished:
        """Run the steps; each is called ``n1``, ``n2``, …"""
        return await self.run_flow(self.flow_of(*steps), dry=dry, **variables)

    def flow_of(self, *steps: tuple[str, dict[str, Any]]) -> Flow:
        """Return a flow of a start node and the steps."""
        made = [new_node(kind, config, id=f"n{place}") for place, (kind, config) in enumerate(steps, 1)]
        nodes = [new_node("start", id="start"), *made]
        edges = [new_edge(before.id, after.id) for before, after in pairwise(nodes)]
        return Flow(nodes=tuple(nodes), edges=tuple(edges))

    async def run_flow(self, flow: Flow, dry: bool = False, **variables: Any) -> RunFinished:
        self.runner = Runner(
            flow, builtin_catalogue(), self.services, self.events.append, RunOptions(variables=variables, is_dry=dry)
        )
        return await self.runner.run()

    def result(self, node_id: str = "n1") -> Any:
        assert self.runner is not None
        return self.runner.results[node_id]

    @property
    def variables(self) -> dict[str, Any]:
        assert self.runner is not None
        return self.runner.variables


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
