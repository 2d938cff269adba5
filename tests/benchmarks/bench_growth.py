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


async def grow(port: int, pid: int, held: list[float]) -> None:
    """Note what the process holds after each run."""
    flow = chain(NODES)
    for number in range(RUNS):
        wire = await Wire.join(port, f"runner-{number}")
        name = f"grow-{number}"
        wire.send({"id": name, "type": "workflow.start", "workflow_id": name, "payload": flow})
        async with asyncio.timeout(600):
            failed = await wire.until(b'"counts":{', b'"type":"execution.error"')
            assert failed == [0], f"run {number} did not succeed"
        held.append(resident(pid))
        if not len(held) % SETTLED:
            print(f"\n{len(held):4} runs  {held[-1]:6.1f} MB", end="", flush=True)
        wire.close()


def test_finished_runs_are_let_go(tmp_path: Path) -> None:
    held: list[float] = []
    with running(tmp_path) as (port, pid):
        asyncio.run(grow(port, pid, held))
    growth = median(held[-SETTLED:]) - held[SETTLED - 1]
    print(f"\n{growth:+.1f} MB after the {SETTLED}th of {RUNS} runs of {NODES} nodes")
    assert growth < ALLOWED_MB
