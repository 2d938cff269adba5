"""`flowdesk stop` on a real X server: real processes hear it, whatever they are doing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest

from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.stopping import PROCESS, StopListener, stop_everywhere
from tests.rig import PATIENCE, Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]
ROOT = Path(__file__).parents[3]
BLOCKED = """
import asyncio, sys, threading, time
from flowdesk.app import make_session
from flowdesk.engine.options import RunOptions
from flowdesk.model.reading import read_flow

FLOW = {"name": "Blocked", "nodes": [{"id": "start", "type": "start"}, {"id": "w", "type": "wait", "data": {"config": {"duration": 60000}}}],
        "edges": [{"id": "e", "source": "start", "target": "w"}]}

async def main():
    session = make_session("serve")
    journal = session.journal("w")
    live = session.runs.start("w", read_flow(FLOW), journal, RunOptions())
    while live.node_id != "w":
        await asyncio.sleep(0.02)
    session.services.driver._listener.is_ready.wait(20)
    live.runner.brake.watch(lambda: print(time.time(), flush=True))
    print("blocked", flush=True)
    threading.Event().wait(30)  # the event loop does nothing for this long

asyncio.run(main())
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(clean_desktop: Rig, tmp_path: Path) -> Iterator[Start]:
    """Starts a Python program on the desktop, which is ended with the test."""
    with ExitStack() as stack:

        def begin(*arguments: str) -> subprocess.Popen[str]:
            environment = {
                **clean_desktop.desktop.environment(), "PYTHONPATH": str(ROOT), "LC_ALL": "C",
                "FLOWDESK_STATE_DIR": str(tmp_path / "state"), "FLOWDESK_FLOWS_DIR": str(tmp_path),
            }  # fmt: skip
            process = subprocess.Popen(
                [sys.executable, *arguments], env=environment, cwd=tmp_path, text=True, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            stack.callback(end, process)
            return process

        yield begin


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def flow(folder: Path, name: str, *nodes: Mapping[str, object]) -> str:
    ids = ["start", *(str(at) for at in range(len(nodes)))]
    made = [{"id": "start", "type": "start"}, *({"id": i, **n} for i, n in zip(ids[1:], nodes, strict=True))]
    edges = [{"id": f"e{i}", "source": a, "target": b} for i, (a, b) in enumerate(pairwise(ids))]
    path = folder / f"{name}.flow.json"
    path.write_text(json.dumps({"id": name, "name": name, "nodes": made, "edges": edges}), "utf-8")
    return str(path)


WAIT = {"type": "wait", "data": {"config": {"duration": 600_000}}}
MOVES = {"type": "move", "data": {"config": {"selector": "point=100,100"}}}


def pids() -> set[int]:
    """The processes that hear."""
    display = x11.connect()
    try:
        return {json.loads(told)["pid"] for _, told in x11.marked_windows(display, PROCESS)}
    finally:
        display.close()


def under_way(folder: Path) -> set[str]:
    """The flows of which a run has a record: a window hears before it runs anything."""
    return {json.loads(about.read_text("utf-8"))["name"] for about in (folder / "state" / "runs").glob("*/run.json")}


def test_every_process_stops_its_runs_and_says_which(start: Start, tmp_path: Path) -> None:
    """One only waits and never needed the desktop, one acted on it, and a window."""
    waits = start("-m", "flowdesk", "run", flow(tmp_path, "Waits", WAIT), "--json")
    acts = start("-m", "flowdesk", "run", flow(tmp_path, "Acts", MOVES, WAIT), "--json")
    window = start("-m", "flowdesk", flow(tmp_path, "Windowed", WAIT), "--run", "--no-server")
    ours = {waits.pid, acts.pid, window.pid}
    until(lambda: pids() >= ours and under_way(tmp_path) >= {"Waits", "Acts", "Windowed"}, "all three to run", 150)
    done = start("-m", "flowdesk", "stop", "--json")
    assert done.wait(PATIENCE) == 0
    assert done.stdout is not None
    told = {one["pid"]: (one["process"], one["count"], one["runs"]) for one in json.loads(done.stdout.read())}
    assert {pid: told[pid] for pid in ours} == {
        waits.pid: ("run", 1, ["Waits"]), acts.pid: ("run", 1, ["Acts"]), window.pid: ("window", 1, ["Windowed"]),
    }  # fmt: skip
    for process in (waits, acts):
        assert process.wait(PATIENCE) == 130
        assert process.stdout is not None
        assert "Stopped by flowdesk stop." in process.stdout.read()
    assert window.poll() is None


def test_a_blocked_event_loop_does_not_keep_a_run_going(start: Start) -> None:
    blocked = start("-c", BLOCKED)
    assert blocked.stdout is not None
    assert blocked.stdout.readline() == "blocked\n"
    asked = time.time()
    answers = stop_everywhere()
    answered = time.time()
    assert [(one.process, one.count, one.runs) for one in answers if one.pid == blocked.pid] == [
        ("serve", 1, ("Blocked",))
    ]
    assert asked <= float(blocked.stdout.readline()) <= answered
    assert blocked.poll() is None


def test_a_process_that_does_not_answer_is_told(start: Start) -> None:
    blocked = start("-c", BLOCKED)
    assert blocked.stdout is not None
    assert blocked.stdout.readline() == "blocked\n"
    os.kill(blocked.pid, signal.SIGSTOP)
    done = start("-m", "flowdesk", "stop")
    assert done.wait(PATIENCE) == 1
    assert done.stdout is not None
    assert f"flowdesk serve ({blocked.pid}) does not respond." in done.stdout.read()


def test_nobody_is_left_behind(clean_desktop: Rig, start: Start) -> None:
    blocked = start("-c", BLOCKED)
    assert blocked.stdout is not None
    assert blocked.stdout.readline() == "blocked\n"
    listener = StopListener("run", lambda: ["A"])
    try:
        assert listener.is_ready.wait(10)
        assert {one.pid for one in stop_everywhere()} >= {os.getpid(), blocked.pid}
        end(blocked)
        until(lambda: {one.pid for one in stop_everywhere()} == {os.getpid()}, "the dead process to be gone")
    finally:
        listener.close()
    assert stop_everywhere() == []
    assert pids() == set()


def test_who_asked_while_a_process_was_about_to_listen_is_heard(clean_desktop: Rig) -> None:
    stopped: list[float] = []

    def stop() -> list[str]:
        stopped.append(time.time())
        return []

    for _ in range(20):
        listener = StopListener("run", stop)
        count = len(stopped)
        stop_everywhere()
        assert listener.is_ready.wait(10)
        until(lambda count=count: len(stopped) > count, "the stop to be heard")  # type: ignore[misc]
        listener.close()


def test_without_a_desktop_it_says_so(start: Start) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "stop"], env={**environment, "PYTHONPATH": str(ROOT), "LC_ALL": "C"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "There is no display" in done.stderr
