"""A stop ends a program and what it started."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flowdesk.aio import spawn
from flowdesk.engine.clock import RealClock
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from tests.nodes.conftest import Bench


async def _until(test: Callable[[], bool], seconds: float = 60.0) -> None:
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


@pytest.mark.skipif(sys.platform != "linux", reason="who started what is told by /proc")
@pytest.mark.parametrize("kind", ["command", "script"])
async def test_stop_ends_what_left_the_session(bench: Bench, tmp_path: Path, kind: str) -> None:
    bench.services.clock = RealClock()
    wait = "import threading; threading.Event().wait()"
    grandchild = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {wait!r}], start_new_session=True)"
    code = (
        "import os, subprocess, sys, threading\n"
        f"one = subprocess.Popen([sys.executable, '-c', {wait!r}], start_new_session=True)\n"
        f"two = subprocess.Popen([sys.executable, '-c', {wait!r}], start_new_session=True, env={{}})\n"
        f"subprocess.run([sys.executable, '-c', {grandchild!r}])\n"
        "open('new', 'w').write(f'{os.getpid()} {one.pid} {two.pid}'); os.rename('new', 'pids')\n"
        "threading.Event().wait()\n"
    )
    config = {"command": [sys.executable, "-c", code]} if kind == "command" else {"code": code}
    task = spawn(bench.run((kind, config)), "test.run")
    await _until((tmp_path / "pids").exists)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    marks = {
        each
        for each in Path(f"/proc/{pids[0]}/environ").read_bytes().split(b"\0")
        if each.startswith(b"FLOWDESK_TASK=")
    }
    assert len(_carrying(marks.copy().pop())) == 3
    assert bench.runner is not None
    bench.runner.stop(say("enough"))
    assert (await task).state is RunState.STOPPED
    await _until(lambda: all(_is_gone(pid) for pid in pids) and not _carrying(marks.copy().pop()))


def _carrying(mark: bytes) -> list[str]:
    found = []
    for each in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in each.read_bytes().split(b"\0"):
                found.append(each.parent.name)
        except OSError:
            continue
    return found


async def test_stop_leaves_no_unfinished_file(bench: Bench, tmp_path: Path) -> None:
    bench.services.clock = RealClock()
    (tmp_path / "kept.bin").write_bytes(b"old")
    going, end = threading.Event(), threading.Event()

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2000")
            self.end_headers()
            self.wfile.write(b"x" * 1000)
            self.wfile.flush()
            going.set()
            end.wait(10)
            self.wfile.write(b"x" * 1000)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        step = ("http", {"url": f"http://127.0.0.1:{server.server_port}/", "saveTo": "kept.bin"})
        task = spawn(bench.run(step), "test.run")
        await _until(going.is_set)
        await _until(lambda: len(list(tmp_path.iterdir())) == 2)
        assert bench.runner is not None
        bench.runner.stop(say("enough"))
        assert (await task).state is RunState.STOPPED
        end.set()
        await _until(lambda: [each.name for each in tmp_path.iterdir()] == ["kept.bin"])
        assert (tmp_path / "kept.bin").read_bytes() == b"old"
    finally:
        end.set()
        server.shutdown()
        server.server_close()
