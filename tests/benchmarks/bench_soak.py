"""A server that works for half an hour: what it grows by in memory, descriptors, threads and resources of the X server.

`FLOWDESK_SOAK_MINUTES` (30) says how long. Runs of many ids, large ones, ones that fail and ones that take pictures;
editors that come, edit and go; clients that watch. Figures are taken once a tenth of the time.
"""

import asyncio
import contextlib
import json
import os
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flowdesk.client import Client
from tests.journeys.conftest import Start
from tests.journeys.conftest import flowdesk as flowdesk
from tests.journeys.test_processes import flow_of
from tests.rig import Rig, until

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(7200)]
MINUTES = float(os.environ.get("FLOWDESK_SOAK_MINUTES", "30"))
PARTS = 10
SETTLED = 3
"""So many tenths fill what is bounded; growth is counted from there."""
ENDS = ("execution.complete", "execution.error")


@dataclass(frozen=True)
class Figures:
    """What a process uses."""

    memory: float
    """MB resident."""
    descriptors: int
    threads: int
    x_resources: int
    """Things that it holds at the X server."""
    disk: float
    """MB of its state."""


def figures(pid: int, rig: Rig, state: Path) -> Figures:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines())
    display = rig.display
    resources = 0
    for client in display.res_query_clients().clients:
        told = display.res_query_client_ids([{"client": client["resource_base"], "mask": 2}]).ids
        if any(len(each.value) and int(each.value[0]) == pid for each in told):
            resources += sum(
                each["count"] for each in display.res_query_client_resources(client["resource_base"]).types
            )
    return Figures(
        int(status["VmRSS"].split()[0]) / 1024,
        len(os.listdir(f"/proc/{pid}/fd")),
        int(status["Threads"]),
        resources,
        sum(size_of(Path(folder) / name) for folder, _, names in os.walk(state) for name in names) / 1_048_576,
    )


def size_of(file: Path) -> int:
    """Bytes of a file, 0 where it went meanwhile: old runs are removed all the time."""
    with contextlib.suppress(OSError):
        return file.stat().st_size
    return 0


def job(number: int, chance: random.Random) -> dict[str, Any]:
    """A flow: large, failing, with pictures, on the desktop, or looping."""
    match number % 5:
        case 0:
            steps = [("setVariable", {"name": f"v{at}", "value": chance.random()}) for at in range(3000)]
        case 1:
            steps = [("setVariable", {"name": "a", "value": "{{nothing}}"})]
        case 2:
            steps = [("screenshot", {"filename": "all.png"}), ("move", {"selector": "300,300"})]
        case 3:
            steps = [("wait", {"selector": "button[name='Nope']", "timeout": 300})]
        case _:
            steps = [("setVariable", {"name": f"row{at}", "value": "x" * 2000}) for at in range(300)]
    return flow_of(*steps, name=f"soak-{number}")


async def runs(url: str, ends: float, count: list[int]) -> None:
    chance = random.Random(1)
    number = 0
    while time.monotonic() < ends:
        async with Client.connect(url, name=f"runner-{number}") as client:
            for _ in range(10):
                number += 1
                flow = job(number, chance)
                await client.start(flow["nodes"], flow["edges"], workflow_id=flow["id"])
                async for event in client.events():
                    if event["type"] in ENDS:
                        break
                count[0] += 1


async def editors(url: str, ends: float, count: list[int]) -> None:
    chance = random.Random(2)
    while time.monotonic() < ends:
        async with Client.connect(url, name="editor") as client:
            reply = await client.request(
                "flow.open", {"flow": flow_of(("log", {"message": "a"}), name=f"d{count[0] % 400}")}
            )
            id = reply["workflow_id"]
            for _ in range(chance.randint(1, 20)):
                change = {
                    "op": "setNode",
                    "id": "log1",
                    "path": ["data", "config", "message"],
                    "value": str(chance.random()),
                }
                await client.request("flow.edit", {"changes": [change]}, workflow_id=id)
                count[0] += 1
            await client.request("flow.close", {}, workflow_id=id)


@contextlib.asynccontextmanager
async def watcher(url: str) -> AsyncIterator[list[int]]:
    seen = [0]

    async def watch(client: Client) -> None:
        async for _ in client.events():
            seen[0] += 1

    async with Client.connect(url, name="watcher") as client:
        await client.request("workflow.subscribe", {}, workflow_id="*")
        task = asyncio.get_running_loop().create_task(watch(client))
        yield seen
        task.cancel()


async def test_a_server_that_works_for_long_stays_as_it_is(flowdesk: Start, clean_desktop: Rig, tmp_path: Path) -> None:
    program = flowdesk("serve", "--port", "0", "--insecure-no-token", PYTHONWARNINGS="ignore")
    address = until(
        lambda: next((word for word in program.printed().split() if "127.0.0.1:" in word), ""), "its address"
    )
    url = "ws://127.0.0.1:" + address.split("127.0.0.1:")[1].split("/")[0]
    begun = time.monotonic()
    ends = begun + MINUTES * 60
    ran, edited, taken = [0], [0], list[Figures]()
    async with watcher(url) as seen:
        work = asyncio.gather(runs(url, ends, ran), editors(url, ends, edited))
        for part in range(PARTS + 1):
            await asyncio.sleep(max(0.0, begun + part * MINUTES * 60 / PARTS - time.monotonic()))
            taken.append(figures(program.process.pid, clean_desktop, tmp_path / "state"))
            print(
                f"\n{part * MINUTES / PARTS:5.1f} min  {ran[0]:6,} runs {edited[0]:7,} edits {seen[0]:9,} events  {taken[-1]}",
                end="",
            )
        await work
    settled, last = taken[SETTLED], taken[-1]
    print(
        f"\nsince the {SETTLED}. tenth: {json.dumps({name: round(value - getattr(settled, name), 1) for name, value in vars(last).items()})}"
    )
    assert last.memory - settled.memory < 20
    assert last.descriptors <= settled.descriptors + 3
    assert last.threads <= settled.threads + 3
    assert last.x_resources <= settled.x_resources + 10
