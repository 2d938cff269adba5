"""Nodes and events per second of whole runs with 0, 1 and 20 clients, beside a server written to the seed, in one go.

A run is a chain of waits of no time, started by the seed's ``workflow.start``. With clients the time is what the first
client sees, from the first node's ``node.running`` to ``execution.complete``; with none it is what the server says.
"""

import asyncio
import statistics
import time
from pathlib import Path

import pytest

from tests.benchmarks.serving import Wire, chain, flowdesk, seed

REPEATS = 15
LENGTHS = (300, 5000)
"""The seed dies of ``RecursionError`` at 500."""


async def watched(port: int, length: int, clients: int, workflow: str) -> tuple[float, float, float]:
    """Return nodes/s and events/s as seen by the first of ``clients``, and seconds from the start to the first event."""
    wires = [await Wire.join(port, f"c{number}") for number in range(clients)]
    for wire in wires[1:]:
        wire.send({"id": "s", "type": "workflow.subscribe", "workflow_id": workflow, "payload": {}})
    nodes, events, waits = [], [], []
    for number in range(REPEATS if length < 1000 else 3):
        asked = time.perf_counter()
        wires[0].send(
            {
                "id": f"s{number}",
                "type": "workflow.start",
                "timestamp": 0,
                "workflow_id": workflow,
                "payload": chain(length),
            }
        )
        await asyncio.gather(*(wire.until(b"node.running") for wire in wires))
        begun = time.perf_counter()
        counts = await asyncio.gather(*(wire.until(b"execution.complete", b'"payload"') for wire in wires))
        took = time.perf_counter() - begun
        nodes.append(length / took)
        events.append(counts[0][0] / took)
        waits.append(begun - asked)
    for wire in wires:
        wire.close()
    return statistics.median(nodes), statistics.median(events), statistics.median(waits)


async def alone(port: int, length: int, workflow: str, mark: bytes) -> float:
    """Return nodes/s of runs that nobody watches, as the server says."""
    rates = []
    for number in range(3):
        wire = await Wire.join(port, "starter")
        wire.send({"id": f"a{number}", "type": "workflow.start", "workflow_id": workflow, "payload": chain(length)})
        await wire.until(b"node.running")
        wire.close()
        await asyncio.sleep(0.5)
        asker = await Wire.join(port, "asker")
        asker.send({"id": "ask", "type": "workflow.list", "workflow_id": workflow, "payload": {"limit": 1}})
        await asker.until(mark)
        rates.append(length / await asker.number())
        asker.close()
    return statistics.median(rates)


@pytest.mark.benchmark
@pytest.mark.timeout(600)
async def test_nodes_per_second_beside_the_seed(tmp_path: Path) -> None:
    with flowdesk(tmp_path) as ours, seed() as seeds:
        for length in LENGTHS:
            mine = await alone(ours, length, "alone", b'"duration":')
            theirs = await alone(seeds, length, "alone", b'"last": [') if length < 500 else 0.0
            print(f"\n{length} nodes, nobody watches: flowdesk {mine:,.0f} nodes/s{beside(mine, theirs)}")
            for clients in (1, 20):
                mine, events, wait = await watched(ours, length, clients, f"w{clients}")
                theirs = (await watched(seeds, length, clients, "w"))[0] if length < 500 else 0.0
                print(
                    f"{length} nodes, {clients} clients: flowdesk {mine:,.0f} nodes/s, {events:,.0f} events/s,"
                    f" first event after {wait * 1000:.0f} ms{beside(mine, theirs)}"
                )


def beside(mine: float, theirs: float) -> str:
    """Say the seed's rate and how many times it ours is."""
    return f"; seed {theirs:,.0f}: {mine / theirs:.1f} times" if theirs else "; the seed dies of this length"
