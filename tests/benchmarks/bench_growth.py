"""What a server grows by with runs: 500 of 3,000 nodes under many ids, watched by a client.

`FLOWDESK_GROWTH_RUNS` (500) and `FLOWDESK_GROWTH_NODES` (3000) say how many. The first twenty fill what is bounded.
"""

import asyncio
import os
from pathlib import Path
from statistics import median

import pytest

from tests.benchmarks.serving import Wire, chain, running

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(7200)]
RUNS = int(os.environ.get("FLOWDESK_GROWTH_RUNS", "500"))
NODES = int(os.environ.get("FLOWDESK_GROWTH_NODES", "3000"))
SETTLED = 20
ALLOWED_MB = 40


def resident(pid: int) -> float:
    """MB that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


async def grow(port: int, pid: int) -> list[float]:
    """Return what the process holds after each run."""
    flow = chain(NODES)
    held = []
    for number in range(RUNS):
        wire = await Wire.join(port, f"runner-{number}")  # it answers no pings, so it does not stay for long
        name = f"grow-{number}"
        wire.send({"id": name, "type": "workflow.start", "workflow_id": name, "payload": flow})
        async with asyncio.timeout(120):
            await wire.until(b'"type":"execution.complete"')
        held.append(resident(pid))
        wire.close()
    return held


def test_finished_runs_are_let_go(tmp_path: Path) -> None:
    with running(tmp_path) as (port, pid):
        held = asyncio.run(grow(port, pid))
    growth = median(held[-SETTLED:]) - held[SETTLED - 1]
    steps = [round(held[at]) for at in range(SETTLED - 1, RUNS, max(1, RUNS // 10))]
    print(f"\n{RUNS} runs of {NODES} nodes: {growth:+.1f} MB after the {SETTLED}th; MB on the way: {steps}")
    assert growth < ALLOWED_MB
