"""Resident memory over a loop of 1,000,000 iterations, with its record and a client that is told: within 10 MB."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from flowdesk.engine.context import Services
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.messages import Role, Start
from flowdesk.session.peer import Message, Peer, text_of
from flowdesk.session.session import Folders, Session

ITERATIONS = 1_000_000
WARM = 20_000
"""Events after which every ring and cache is full."""


def resident() -> int:
    """Return the process's resident bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Client(Peer):
    """Takes every message and keeps none."""

    id = name = "client"
    role = Role.RUN

    def __init__(self) -> None:
        self.count = 0
        self.at_start = 0
        self.most = 0

    def deliver(self, message: Message) -> None:
        text_of(message)
        self.count += 1
        if self.count == WARM:
            self.at_start = resident()
        elif self.count > WARM and not self.count % 50_000:
            self.most = max(self.most, resident())


@pytest.mark.benchmark
@pytest.mark.timeout(900)
async def test_a_loop_of_a_million_iterations_holds_memory_flat(tmp_path: Path) -> None:
    session = Session(builtin_catalogue(), Services(), Folders(tmp_path / "s", tmp_path / "r", tmp_path / "f"))
    client = Client()
    session.peers[client.id] = client
    nodes = [
        {"id": "start", "type": "start", "data": {"config": {}}},
        {"id": "loop", "type": "loop", "data": {"config": {"type": "count", "count": ITERATIONS}}},
        {"id": "set", "type": "setVariable", "data": {"config": {"name": "x", "value": "pass {{number}}"}}},
    ]
    edges = [
        {"id": "a", "source": "start", "target": "loop"},
        {"id": "b", "source": "loop", "sourceHandle": "body", "target": "set"},
    ]
    begun = time.perf_counter()
    await session.submit(client, "workflow.start", Start(nodes=nodes, edges=edges), "w")
    task = session.runs.find("w").task
    assert task is not None
    finished = await asyncio.wait_for(task, 850)
    took = time.perf_counter() - begun
    grown = (max(client.most, resident()) - client.at_start) / 1_048_576
    print(f"\n{ITERATIONS:,} iterations in {took:.0f} s ({ITERATIONS / took:,.0f} nodes/s): {grown:+.1f} MB")
    await session.close()
    assert finished.state.value == "succeeded"
    assert grown <= 10
