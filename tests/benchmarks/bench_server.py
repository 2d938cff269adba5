"""Events per second to 1 and 20 clients, beside a FastAPI server written to the seed. ``make bench`` runs it.

The interpreter with FastAPI and uvicorn is ``$FLOWDESK_BENCH_PYTHON``, else this one. Clients are raw sockets that
count frames in a process of their own, so that the reader is never what is measured.
"""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
EVENTS = 20_000


@contextlib.contextmanager
def server(python: str, script: str) -> Iterator[int]:
    """Start a server and yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent.parent)}
    process = subprocess.Popen([python, str(HERE / script), str(port)], env=environment)
    try:
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            assert process.poll() is None, "the server did not start"
            assert time.monotonic() < deadline, "the server does not listen"
        yield port
    finally:
        process.kill()
        process.wait()


async def join(port: int, name: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a socket by hand."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(
        f"GET /ws/{name} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def read_until_last(reader: asyncio.StreamReader) -> None:
    """Read until the burst's last event came."""
    last, tail = f'n{EVENTS - 1}"'.encode(), b""
    while last not in tail:
        chunk = await reader.read(2**18)
        assert chunk, "the server closed the connection"
        tail = tail[-200:] + chunk


async def rate(port: int, count: int, message: dict[str, object]) -> float:
    """Return events per second to each of ``count`` clients."""
    sockets = [await join(port, f"c{number}") for number in range(count)]
    await asyncio.sleep(0)
    text = json.dumps(message).encode()
    begun = time.perf_counter()
    sockets[0][1].write(b"\x81" + bytes((0x80 | len(text),)) + bytes(4) + text)
    await asyncio.gather(*(read_until_last(reader) for reader, _ in sockets))
    took = time.perf_counter() - begun
    for _, writer in sockets:
        writer.close()
    return EVENTS / took


@pytest.mark.benchmark
@pytest.mark.parametrize(("clients", "times"), [(1, 3), (20, 2)])
async def test_events_per_second_beside_the_seeds_server(clients: int, times: int) -> None:
    python = os.environ.get("FLOWDESK_BENCH_PYTHON", sys.executable)
    found = await asyncio.create_subprocess_exec(python, "-c", "import fastapi, uvicorn", stderr=subprocess.DEVNULL)
    if await found.wait() != 0:
        pytest.skip("needs the dependency group bench")
    with server(sys.executable, "flowdesk_server.py") as port:
        ours = await rate(port, clients, {"type": "workflow.list", "payload": {"limit": EVENTS // 100}})
    with server(python, "seed_server.py") as port:
        seeds = await rate(port, clients, {"type": "burst", "payload": {"count": EVENTS}})
    print(f"\n{clients} clients: flowdesk {ours:,.0f} events/s, seed {seeds:,.0f} events/s, {ours / seeds:.1f} times")
    assert ours >= times * seeds
