"""A client that stops reading: dropped in time, and nobody else notices."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flowdesk.client import Client
from tests.server.conftest import Rig, until


def memory() -> int:
    """Return the bytes of memory that this process occupies."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.fixture
def stalled() -> Iterator[socket.socket]:
    with socket.socket() as unread:
        yield unread


async def stall(rig: Rig, stalled: socket.socket) -> None:
    """Connect, and never read."""
    loop = asyncio.get_running_loop()
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.setblocking(False)
    await loop.sock_connect(stalled, ("127.0.0.1", rig.server.port))
    await loop.sock_sendall(
        stalled,
        f"GET /ws/stalled HTTP/1.1\r\nHost: 127.0.0.1:{rig.server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode(),
    )
    await until(lambda: any(peer.name == "stalled" for peer in rig.session.peers.values()), "the stalled client is in")


async def test_a_stalled_client_is_dropped_and_the_others_are_not_slowed(make_rig: Any, stalled: socket.socket) -> None:
    rig: Rig = await make_rig(insecure_no_token=True, patience=2.0)
    async with Client.connect(rig.url, name="good") as good:
        for _ in range(5000):  # the journal's own ring is full before the measuring begins
            rig.session.journal.add("execution.log", {"message": "x" * 1000, "sent": 0})
        rig.session.journal.add("execution.complete", {})
        await good.next_event("execution.complete")
        await stall(rig, stalled)
        before = most = memory()
        begun, delays = time.monotonic(), []
        while any(peer.name == "stalled" for peer in rig.session.peers.values()):
            assert time.monotonic() - begun < 10, "the stalled client is still there"
            sent = time.monotonic()
            for _ in range(20):
                rig.session.journal.add("execution.log", {"message": "x" * 1000, "sent": sent})
            for _ in range(20):
                event = await good.next_event("execution.log")
                assert "gap" not in event["payload"]
                delays.append(time.monotonic() - event["payload"]["sent"])
            most = max(most, memory())
            await asyncio.sleep(0.02)
        delays.sort()
        assert delays[int(len(delays) * 0.99)] < 0.05
        assert most - before < 8 * 1024 * 1024


async def test_stopping_with_a_stalled_client_takes_less_than_three_seconds(
    make_rig: Any, stalled: socket.socket
) -> None:
    rig: Rig = await make_rig(insecure_no_token=True, patience=60.0)
    await stall(rig, stalled)
    client = next(iter(rig.server.clients.values()))
    while client.waiting < 1_000_000:
        rig.session.journal.add("execution.log", {"message": "x" * 10_000})
        await asyncio.sleep(0)
    begun = time.monotonic()
    await rig.server.stop()
    assert time.monotonic() - begun < 3
    assert not rig.server._sockets


async def test_a_client_that_only_floods_is_dropped(make_rig: Any, stalled: socket.socket) -> None:
    rig: Rig = await make_rig(insecure_no_token=True, patience=1.0)
    await stall(rig, stalled)
    loop = asyncio.get_running_loop()
    client = next(iter(rig.server.clients.values()))
    frame = b"\x81\x94\x00\x00\x00\x00" + b'{"type":"heartbeat"}'
    begun = time.monotonic()
    while rig.server.clients and time.monotonic() - begun < 10:
        try:
            async with asyncio.timeout(1):
                await loop.sock_sendall(stalled, frame * 2000)
        except (OSError, TimeoutError):
            break
    await until(lambda: not rig.server.clients, "the flooding client is gone")
    assert client.waiting < 33 * 1024 * 1024
