"""Servers in processes of their own, and raw sockets that count frames, so that the reader is never what is measured."""

import asyncio
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def seed_python() -> str:
    """The interpreter with FastAPI and uvicorn: ``$FLOWDESK_BENCH_PYTHON``, else this one."""
    python = os.environ.get("FLOWDESK_BENCH_PYTHON", sys.executable)
    if subprocess.run([python, "-c", "import fastapi, uvicorn"], capture_output=True, check=False).returncode:
        pytest.skip("needs the dependency group bench")
    return python


def wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Wait until a server listens."""
    deadline = time.monotonic() + 300
    while True:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        assert process.poll() is None, "the server did not start"
        assert time.monotonic() < deadline, "the server does not listen"


@contextlib.contextmanager
def server(*command: str, **environment: str) -> Iterator[int]:
    """Start a server, ``PORT`` in its command replaced by a free one, and yield the port."""
    with process(*command, **environment) as (port, _):
        yield port


@contextlib.contextmanager
def process(*command: str, **environment: str) -> Iterator[tuple[int, int]]:
    """Start a server as ``server`` does, and yield its port and the number of its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = subprocess.Popen(
        [part.replace("PORT", str(port)) for part in command],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(started, port)
        yield port, started.pid
    finally:
        started.kill()
        started.wait()


def seed() -> contextlib.AbstractContextManager[int]:
    """Start the seed's server."""
    return server(seed_python(), str(HERE / "seed_server.py"), "PORT")


def flowdesk(folder: Path) -> contextlib.AbstractContextManager[int]:
    """Start `flowdesk serve` as a user does, with a state of its own."""
    return server(*SERVE, **places(folder))


def running(folder: Path) -> contextlib.AbstractContextManager[tuple[int, int]]:
    """Start `flowdesk serve`, and yield its port and the number of its process."""
    return process(*SERVE, **places(folder))


SERVE = (sys.executable, "-m", "flowdesk", "serve", "--port", "PORT", "--insecure-no-token")


def places(folder: Path) -> dict[str, str]:
    return {"FLOWDESK_STATE_DIR": str(folder / "state"), "FLOWDESK_FLOWS_DIR": str(folder / "flows"), "DISPLAY": ""}


PING = re.compile(rb"\x89\x04(.{4})", re.DOTALL)
"""The frame of a ping as the server sends it; no text holds such bytes."""


class Wire:
    """A WebSocket client by hand: it looks for byte strings in what comes and parses nothing."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._rest = b""

    @classmethod
    async def join(cls, port: int, name: str) -> Self:
        """Connect."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        writer.write(
            f"GET /ws/{name} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        return cls(reader, writer)

    def send(self, message: dict[str, Any]) -> None:
        """Send a text frame."""
        text = json.dumps(message).encode()
        size = len(text)
        if size < 126:
            head = bytes((0x80 | size,))
        else:
            head = b"\xfe" + size.to_bytes(2, "big") if size < 65536 else b"\xff" + size.to_bytes(8, "big")
        self._writer.write(b"\x81" + head + bytes(4) + text)

    async def until(self, mark: bytes, *counted: bytes) -> list[int]:
        """Read until ``mark`` comes and return how often each of ``counted`` came."""
        counts = [0] * len(counted)
        keep = max(map(len, (mark, *counted))) - 1
        while True:
            place = self._rest.find(mark)
            end = len(self._rest) if place < 0 else place + len(mark)
            for index, each in enumerate(counted):
                counts[index] += self._rest.count(each, 0, end)
            if place >= 0:
                self._rest = self._rest[end:]
                return counts
            tail = self._rest[-keep:]
            for index, each in enumerate(counted):
                counts[index] -= tail.count(each)  # seen again with what follows
            self._rest = tail + await self._more()

    async def number(self) -> float:
        """Read the number that comes next."""
        while not (found := re.match(rb"\s*([\d.e+-]+)[^\d.e+-]", self._rest)):
            self._rest += await self._more()
        return float(found[1])

    async def _more(self) -> bytes:
        """Read on, and answer the pings in it: a busy machine takes longer for a run than a silent client may stay."""
        chunk = await self._reader.read(2**18)
        assert chunk, "the server closed the connection"
        for payload in PING.findall(chunk):
            self._writer.write(b"\x8a\x84" + bytes(4) + payload)
        return chunk

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def chain(count: int) -> dict[str, Any]:
    """A start and ``count - 1`` waits of no time, one after another, as the seed's ``workflow.start`` carries them."""
    nodes: list[dict[str, Any]] = [{"id": "n0", "type": "start", "data": {"label": "n0", "config": {"waitTime": 0}}}]
    nodes += [
        {"id": f"n{number}", "type": "wait", "data": {"label": f"n{number}", "config": {"duration": 0}}}
        for number in range(1, count)
    ]
    edges = [{"id": f"e{number}", "source": f"n{number}", "target": f"n{number + 1}"} for number in range(count - 1)]
    return {"nodes": nodes, "edges": edges}
