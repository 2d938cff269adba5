"""What the worst clients do to a good one: one that reads nothing, a thousand that never prove themselves, one that raves.

``make bench`` runs it; ``FLOWDESK_BENCH_SECONDS`` is how long the first and the last go on (60 without it).
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import string
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.client import Client, Disconnected
from tests.benchmarks.serving import KEY, ROOT, wait_for

SECONDS = float(os.environ.get("FLOWDESK_BENCH_SECONDS", "60"))
TEXT = "x" * 3500
TALK = {
    "nodes": [
        {"id": "s", "type": "start", "data": {}},
        {"id": "l", "type": "loop", "data": {"config": {"type": "count", "count": 10_000_000}}},
        {"id": "t", "type": "log", "data": {"config": {"message": TEXT}}},
        {"id": "w", "type": "wait", "data": {"config": {"duration": 7}}},
    ],
    "edges": [
        {"id": "a", "source": "s", "target": "l"},
        {"id": "b", "source": "l", "target": "t", "sourceHandle": "body"},
        {"id": "c", "source": "t", "target": "w"},
    ],
}
"""A run that says 1 MB a second: each pass tells 7 kB in a log line and a result."""


class Serving:
    """`flowdesk serve` in a process of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port
        self.url = f"ws://127.0.0.1:{port}"

    @property
    def memory(self) -> int:
        """Bytes that it occupies."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4096

    def join(self, name: str) -> socket.socket:
        """Connect by hand."""
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.connect(("127.0.0.1", self.port))
        made.sendall(
            f"GET /ws/{name} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n".encode()
        )
        return made


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[Serving]:
    """Serve, and wait until it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(folder / "state"), "FLOWDESK_FLOWS_DIR": str(folder / "flows"),
        "DISPLAY": "",
    }  # fmt: skip
    command = [sys.executable, "-m", "flowdesk", "serve", "--port", str(port), *options]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=said, stderr=said)
    try:
        wait_for(process, port)
        yield Serving(process, port)
        assert process.poll() is None, "the server ended"
        assert "Traceback" not in (folder / "said").read_text("utf-8")
    finally:
        process.kill()
        process.wait()


def late(delays: list[float]) -> float:
    """The milliseconds under which 99 of 100 stay."""
    return quantiles(delays, n=100)[98] * 1000


@pytest.mark.benchmark
async def test_one_client_that_reads_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, "--insecure-no-token") as server:
        async with Client.connect(server.url, name="good") as good:
            await good.request("workflow.start", TALK, "talk")
            alone = await listen(good, min(SECONDS / 4, 10))
            before = server.memory
            stalled = server.join("stalled")
            begun = time.monotonic()
            stalled.sendall(framed({"id": "1", "type": "workflow.subscribe", "workflow_id": "talk", "payload": {}}))
            dropped: list[float] = []
            following = spawn(until_gone(good, dropped), "following")
            beside = await listen(good, SECONDS)
            grown = server.memory - before
            following.cancel()
            assert dropped, "it was not dropped"
            print(
                f"\nalone p99 {late(alone):.1f} ms; beside one that reads nothing p99 {late(beside):.1f} ms, "
                f"dropped after {dropped[0] - begun:.1f} s, memory {grown / 2**20:+.1f} MiB"
            )
            stalled.close()
            begun = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(server.process.wait, 30)
            print(f"closed in {time.monotonic() - begun:.1f} s")
            server.process.poll = lambda: None  # type: ignore[method-assign]


def framed(message: dict[str, Any]) -> bytes:
    """A text frame of a client, with a mask of nulls."""
    text = json.dumps(message).encode()
    return b"\x81" + bytes((0x80 | len(text),)) + bytes(4) + text if len(text) < 126 else b""


async def listen(client: Client, seconds: float) -> list[float]:
    """Return how many seconds after they were made events arrive."""
    delays: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        event = await client.next_event("execution.log", timeout=10)
        delays.append(time.time() - event["timestamp"])
    return delays


async def until_gone(client: Client, when: list[float]) -> None:
    """Note when the stalled client is no longer among the clients."""
    was_there = False
    while True:
        status = await client.request("system.status")
        is_there = any(each["name"] == "stalled" for each in status["clients"])
        if was_there and not is_there:
            when.append(time.monotonic())
            return
        was_there = was_there or is_there
        await asyncio.sleep(0.1)


@pytest.mark.benchmark
async def test_a_thousand_that_never_prove_themselves(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        command = [sys.executable, "-m", "flowdesk", "token", "show"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(tmp_path / "state")}
        shown = await asyncio.to_thread(
            subprocess.run, command, env=environment, capture_output=True, text=True, check=True
        )
        token = shown.stdout.strip()
        crowd = []
        for number in range(1000):
            with contextlib.suppress(OSError):
                crowd.append(server.join(f"nobody{number}"))
        begun = time.perf_counter()
        async with Client.connect(server.url, token=token, name="good") as good:
            await good.request("system.status")
        print(f"\nin beside {len(crowd)} that never prove themselves after {time.perf_counter() - begun:.3f} s")
        for each in crowd:
            each.close()


@pytest.mark.benchmark
async def test_one_that_raves(tmp_path: Path) -> None:
    dice = random.Random(1)
    with serving(tmp_path, "--insecure-no-token") as server:
        end, sent, answered, broken = time.monotonic() + SECONDS, 0, 0, 0
        while time.monotonic() < end:
            with contextlib.suppress(Disconnected):
                async with Client.connect(server.url, name="raving") as client:
                    for _ in range(200):
                        sent += 1
                        await client.send(raving(dice))
                        answered += (await client.next_event("error", timeout=10))["type"] == "error"
                    continue
            broken += 1
        print(f"\n{sent} that make no sense, {answered} answered with an error, {broken} connections lost")
        assert answered == sent


def raving(dice: random.Random) -> str:
    """A message that no server can carry out."""
    text = "".join(dice.choices(string.printable, k=dice.randrange(1, 60)))
    value: Any = dice.choice([text, -1, 1e308, None, [], {}, [[[text]]], {text: text}, 10**400, "\ud800", True])
    whole: Any = {
        "id": dice.choice([text, 5, None]),
        "type": dice.choice([text, 7, "workflow.nothing"]),
        "payload": value,
    }
    match dice.randrange(4):
        case 0:
            return "{" + text
        case 1:
            return json.dumps(value)
        case 2:
            return json.dumps({**whole, "type": "flow.open", "payload": {"path": value, "flow": [value]}})
        case _:
            return json.dumps(whole)
