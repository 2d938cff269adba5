"""Events per second to 1 and 20 clients, beside a FastAPI server written to the seed. ``make bench`` runs it."""

import asyncio
import sys
import time

import pytest

from tests.benchmarks.serving import HERE, Wire, seed, server

EVENTS = 20_000


async def rate(port: int, count: int, message: dict[str, object]) -> float:
    """Return events per second to each of ``count`` clients."""
    wires = [await Wire.join(port, f"c{number}") for number in range(count)]
    await asyncio.sleep(0)
    begun = time.perf_counter()
    wires[0].send(message)
    await asyncio.gather(*(wire.until(f'n{EVENTS - 1}"'.encode()) for wire in wires))
    took = time.perf_counter() - begun
    for wire in wires:
        wire.close()
    return EVENTS / took


@pytest.mark.benchmark
@pytest.mark.parametrize("clients", [1, 20])
async def test_events_per_second_beside_the_seeds_server(clients: int) -> None:
    with server(sys.executable, str(HERE / "flowdesk_server.py"), "PORT") as port:
        ours = await rate(port, clients, {"type": "workflow.list", "payload": {"limit": EVENTS // 100}})
    with seed() as port:
        seeds = await rate(port, clients, {"type": "burst", "payload": {"count": EVENTS}})
    print(f"\n{clients} clients: flowdesk {ours:,.0f} events/s, seed {seeds:,.0f} events/s, {ours / seeds:.1f} times")
