"""For how long nothing else gets a turn: edits, opening, saving, lists, runs of 5,000 nodes beside 1,000 kept runs.

``python -m tests.benchmarks.bench_loop [NODES] [RUNS]``. A clock on the session's event loop wants a turn every
millisecond; what it waits beyond that is the lag. Of each action the median and the worst over its repetitions, and the
worst time of a processor between two turns, of the loop's own thread and of all: a busy machine adds to the lag, not to those.
`FLOWDESK_LOOP_TIMES` (9) says how often each action is done.
"""

import asyncio
import contextlib
import gc
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from flowdesk.app import COLLECTED
from flowdesk.engine.context import Services
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.messages import REQUESTS, Role
from flowdesk.session.peer import Message, Peer, text_of
from flowdesk.session.records import ABOUT
from flowdesk.session.session import Folders, Session
from tests.waiting import eventually

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]
TIMES = int(os.environ.get("FLOWDESK_LOOP_TIMES", "9"))
ALLOWED_MS = 20
Act = Callable[[], Awaitable[Any]]


class Reader(Peer):
    """A peer that writes what it is sent, as a connection does, and knows when a run ended."""

    is_owner = True
    id = name = "reader"
    role = Role.RUN

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    def deliver(self, message: Message) -> None:
        text_of(message)
        if message["type"] in {"execution.complete", "execution.error"}:
            self.ended.set()


class Lag:
    """A clock on the event loop."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.used = 0.0
        self.waited = 0.0
        """The most that the process computed, in whatever thread, between two turns of the loop."""

    async def watch(self) -> None:
        while True:
            due, used, process = time.perf_counter() + 0.001, time.thread_time(), time.process_time()
            await asyncio.sleep(0.001)
            self.worst = max(self.worst, time.perf_counter() - due)
            self.used = max(self.used, time.thread_time() - used)
            self.waited = max(self.waited, time.process_time() - process)


@contextlib.asynccontextmanager
async def watching() -> AsyncIterator[Lag]:
    lag = Lag()
    task = asyncio.get_running_loop().create_task(lag.watch())
    await asyncio.sleep(0.01)
    lag.worst = lag.used = lag.waited = 0.0
    yield lag
    await asyncio.sleep(0.005)
    task.cancel()


def chain(count: int, name: str) -> dict[str, Any]:
    """A chain of so many nodes, each of which does little."""
    nodes: list[dict[str, Any]] = [{"id": "n0", "type": "start", "position": {"x": 0, "y": 0}, "data": {"config": {}}}]
    nodes += [
        {
            "id": f"n{at}", "type": "setVariable", "position": {"x": at % 80 * 240, "y": at // 80 * 120},
            "data": {"label": f"Step {at}", "config": {"name": f"v{at % 7}", "value": "{{ v1 }}" if at > 9 else at}},
        }
        for at in range(1, count)
    ]  # fmt: skip
    edges = [{"id": f"e{at}", "source": f"n{at - 1}", "target": f"n{at}"} for at in range(1, count)]
    return {"flowdesk": 1, "id": name, "name": name, "nodes": nodes, "edges": edges}


def keep_runs(folder: Path, count: int) -> None:
    """Write what so many runs left."""
    for number in range(count):
        place = folder / f"20260101-000000-old-{number:06d}"
        place.mkdir(parents=True)
        about = {"run_id": uuid.uuid4().hex, "workflow_id": "old", "name": "old", "status": "succeeded", "pid": 1,
                 "started": float(number), "ended": number + 1.0, "folder": str(place), "outcome": {"counts": {}}, "bytes": 9000}  # fmt: skip
        (place / ABOUT).write_text(json.dumps(about), "utf-8")
        (place / "messages.jsonl").write_text("x" * 9000, "utf-8")


async def measure(nodes: int, runs: int, folder: Path) -> dict[str, list[tuple[float, float, float]]]:
    """Return the lags and the times of the loop's thread of each action, in milliseconds."""
    folders = Folders(folder / "state", folder / "runs", folder / "flows")
    folders.flows.mkdir()
    for number in range(TIMES):
        name = f"flow{number}"
        (folders.flows / f"{name}.flow.json").write_text(json.dumps(chain(nodes, name)), "utf-8")
    keep_runs(folders.runs, runs)
    session = Session(builtin_catalogue(), Services(), folders)
    session.runs.kept = runs
    reader = Reader()
    session.connect(reader)

    async def ask(kind: str, workflow_id: str = "", **payload: Any) -> Any:
        request = REQUESTS[kind].payload.model_validate(payload)
        return await session.submit(reader, kind, request, workflow_id, uuid.uuid4().hex)

    async def run(workflow_id: str) -> None:
        reader.ended.clear()
        await ask("workflow.start", workflow_id)
        await reader.ended.wait()
        await eventually(lambda: not session.runs.under_way())

    found: dict[str, list[tuple[float, float, float]]] = {}

    async def timed(name: str, act: Awaitable[Any]) -> None:
        async with watching() as lag:
            await act
        found.setdefault(name, []).append((lag.worst * 1000, lag.used * 1000, lag.waited * 1000))

    for number in range(TIMES):
        doc = f"flow{number}"
        value = {"op": "setNode", "id": "n5", "path": ["data", "config", "value"], "value": number}
        added = {"op": "addNode", "node": {"id": f"new{number}", "type": "log", "data": {"config": {"message": "x"}}}}
        await timed("open", ask("flow.open", path=f"{doc}.flow.json"))
        await timed("set a field", ask("flow.edit", doc, changes=[value]))
        await timed(
            "add a node",
            ask(
                "flow.edit",
                doc,
                changes=[added, {"op": "addEdge", "edge": {"id": "x", "source": "n1", "target": f"new{number}"}}],
            ),
        )
        await timed("undo", ask("flow.edit", doc, action="undo"))
        await timed("validate", ask("workflow.validate", doc))
        await timed("save", ask("flow.save", doc))
        await timed("list flows", ask("flow.list"))
        await timed("list runs", ask("workflow.list", earlier=True, limit=500))
        await timed("get", ask("flow.get", doc))
        await timed("run", run(doc))
        await timed("snapshot", ask("execution.snapshot", doc))
        await timed("compare", ask("flow.compare", doc))
        await timed("duplicate", ask("flow.duplicate", doc))
        await timed("reload", ask("flow.reload", doc))
        await timed("close", ask("flow.close", doc))
    await session.close()
    return found


def report(found: dict[str, list[tuple[float, float, float]]]) -> None:
    for name, figures in found.items():
        lags, used, waited = zip(*figures, strict=True)
        print(
            f"{name:<14} median {median(lags):7.1f} ms   worst {max(lags):7.1f} ms   used at most {max(used):7.1f} ms"
            f"   all threads {max(waited):7.1f} ms"
        )


async def test_no_action_holds_the_loop(tmp_path: Path) -> None:
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    sys.setswitchinterval(0.001)  # as the program has it
    found = await measure(5000, 1000, tmp_path)
    print()
    report(found)
    assert {
        name: used for name, figures in found.items() if (used := max(each for _, each, _ in figures)) > ALLOWED_MS
    } == {}


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]]
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    sys.setswitchinterval(0.001)  # as the program has it
    with tempfile.TemporaryDirectory() as place:
        report(asyncio.run(measure(sizes[0] if sizes else 5000, sizes[1] if sizes[1:] else 1000, Path(place))))
