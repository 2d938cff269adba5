"""What the tests of the fleet share: a PostgreSQL, a robot of this process on a remembered desktop, flows to give it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.fake import FakeDesktopDriver, Thing
from flowdesk.engine.context import Services
from flowdesk.fleet.bundle import freeze
from flowdesk.fleet.client import Hub, Order, Submitted, hub_at
from flowdesk.fleet.items import items_of
from flowdesk.fleet.line import About
from flowdesk.fleet.robot import Robot
from flowdesk.model.geometry import Box
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.session.session import Folders, Session
from tests.fleet.postgres_rig import Cluster, cluster, hub_dsn

__all__ = ["Cluster", "cluster", "hub_dsn"]


def flow_json(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a chain of nodes as a flow file's values."""
    nodes = [{"id": "start", "type": "start", "data": {"config": {}}}, *steps]
    edges = [{"id": f"e{place}", "source": one["id"], "target": other["id"]} for place, (one, other) in enumerate(pairwise(nodes))]  # fmt: skip
    return {"flowdesk": 1, "name": "Chain", "nodes": nodes, "edges": edges, **more}


def step(id: str, type: str, **config: Any) -> dict[str, Any]:
    """Return a node as a flow file has it."""
    return {"id": id, "type": type, "data": {"config": config}}


def write_flow_file(folder: Path, *steps: dict[str, Any], **more: Any) -> Path:
    """Write a chain of nodes to a file."""
    path = folder / "chain.flow.json"
    path.write_text(json.dumps(flow_json(*steps, **more)), encoding="utf-8")
    return path


def submit(dsn: str, path: Path, rows: list[dict[str, Any]] | None = None, **order: Any) -> Submitted:
    """Submit a flow file."""
    bundle = freeze(path)
    variables = order.pop("variables", {})
    items = items_of(variables, rows, bundle.hash, order.pop("key", ""), again=order.pop("again", False))
    with hub_at(dsn) as hub:
        return hub.submit(Order(bundle, items, **order))


def ask(dsn: str, question: Callable[[Hub], Any]) -> Any:
    """Ask the hub one thing."""
    with hub_at(dsn) as hub:
        return question(hub)


def job_of(dsn: str, job: int) -> dict[str, Any]:
    """Return a job that exists."""
    found: dict[str, Any] = ask(dsn, lambda hub: hub.job(job))
    return found


def state(dsn: str, job: int) -> str:
    """Return a job's state."""
    return str(job_of(dsn, job)["state"])


def cancel(dsn: str, job: int, reason: str) -> str | None:
    """Cancel a job."""
    answer: str | None = ask(dsn, lambda hub: hub.cancel(job, reason))
    return answer


async def wait_for(fact: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """Ask in a thread until the answer is true, and return it."""
    async with asyncio.timeout(seconds):
        while True:
            found = await asyncio.to_thread(fact)
            if found:
                return found
            await asyncio.sleep(0.05)
    raise AssertionError(what)


class Bench:
    """A robot of this process, with a desktop that is only remembered."""

    def __init__(self, folder: Path, dsn: str, desktops: int = 1, **about: Any) -> None:
        """Put it together."""
        self.driver = FakeDesktopDriver()
        self.driver.things.append(Thing("button[name='OK']", Box(10, 10, 40, 20)))
        self.session = Session(
            catalogue_with_plugins(), Services(driver=self.driver),
            Folders(folder / "state", folder / "runs", folder / "flows"), process="worker",
        )  # fmt: skip
        known = {"name": "bench", "pool": "default", "labels": {"os": "linux"}, "version": "0", "allows": None, **about}
        self.told: list[str] = []
        self.folder = folder / "fleet"
        self.robot = Robot(
            self.session, dsn, About(desktops=desktops, **known), self.folder, self.told.append, is_private=False
        )

    @contextlib.asynccontextmanager
    async def working(self, patience: float = 20.0) -> "AsyncIterator[Bench]":
        """Let it work until the block ends, then let it finish."""
        task = asyncio.get_running_loop().create_task(self.robot.run(patience))
        try:
            yield self
        finally:
            if not task.done():
                self.robot.end()
            await task
            await self.session.close()


@pytest.fixture
def bench(tmp_path: Path, hub_dsn: str) -> Callable[..., Bench]:
    """Make robots; each has a folder of its own."""
    count = iter(range(1, 100))

    def make(desktops: int = 1, dsn: str = hub_dsn, folder: Path | None = None, **about: Any) -> Bench:
        place = folder or tmp_path / f"robot{next(count)}"
        place.mkdir(exist_ok=True)
        return Bench(place, dsn, desktops, **about)

    return make
