"""A stop ends a program and what it started."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from flowdesk.aio import spawn
from flowdesk.engine.clock import RealClock
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from tests.nodes.conftest import Bench


async def _until(test: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not test():  # noqa: ASYNC110 - a file and a process tell nobody
            await asyncio.sleep(0.01)


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


async def test_stop_ends_the_program_and_its_child(bench: Bench, tmp_path: Path) -> None:
    bench.services.clock = RealClock()
    code = (
        "import os, subprocess, sys, threading; "
        "c = subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()']); "
        "open('new', 'w').write(f'{os.getpid()} {c.pid}'); os.rename('new', 'pids'); threading.Event().wait()"
    )
    task = spawn(bench.run(("command", {"command": [sys.executable, "-c", code]})), "test.run")
    await _until((tmp_path / "pids").exists)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert os.getpid() not in pids
    assert bench.runner is not None
    bench.runner.stop(say("enough"))
    assert (await task).state is RunState.STOPPED
    await _until(lambda: all(_is_gone(pid) for pid in pids))
