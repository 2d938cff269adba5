"""The node *Script*: a Python program in a process of its own."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.engine.clock import RealClock
from flowdesk.model.events import RunFinished, RunLog
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.nodes.script import interpreter
from tests.nodes.conftest import Bench


async def run(bench: Bench, code: str, **options: Any) -> RunFinished:
    return await bench.run(("script", {"code": code, **options}), rows=[{"n": 1}, {"n": 2}], name="张三")


def sentence(finished: RunFinished) -> str:
    assert finished.error is not None
    return str(finished.error["message"])


async def test_values_go_in_and_a_value_comes_out(bench: Bench) -> None:
    code = "result = {'sum': sum(row['n'] for row in input), 'who': variables['name'] + '😀', 'none': None}"
    finished = await run(bench, code, input="{{rows}}", variable="kept")
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert bench.result() == bench.variables["kept"] == {"sum": 3, "who": "张三😀", "none": None}


async def test_braces_are_those_of_python(bench: Bench) -> None:
    await run(bench, "name = 'x'\nresult = f'{{name}} {name}' + str({1: {2: {3: 4}}})")
    assert bench.result() == "{name} x{1: {2: {3: 4}}}"


async def test_what_it_prints_is_in_the_log(bench: Bench) -> None:
    await run(bench, "import sys\nprint('one')\nprint('两')\nprint('oh', file=sys.stderr)")
    logged = [(event.level, event.message) for event in bench.events if isinstance(event, RunLog)]
    assert [each for each in logged if each[1] in {"one", "两", "oh"}] == [
        ("info", "one"),
        ("info", "两"),
        ("warn", "oh"),
    ]


async def test_much_printing_is_cut(bench: Bench) -> None:
    await run(bench, "for n in range(5000): print('line', n)\nresult = 1")
    lines = [event for event in bench.events if isinstance(event, RunLog) and event.message.startswith("line ")]
    assert len(lines) == 1000
    assert bench.result() == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("a = 1\nb = a / 0", "Line 2 of the script: ZeroDivisionError"),
        ("a = 1\nif a\n  pass", "Line 2 of the script: SyntaxError"),
        ("def f():\n    raise ValueError('no')\nf()", "Line 2 of the script: ValueError: no"),
        ("import json\njson.loads('x')", "Line 2 of the script: JSONDecodeError"),
        ("result = {1, 2}", "not a JSON value"),
        ("result = float('nan')", "not a JSON value"),
        ("raise SystemExit(3)", "Line 1 of the script: SystemExit: 3"),
        ("import os\nos._exit(5)", "exit code 5"),
        ("result = 'x' * 17_000_000", "larger than 16 MB"),
    ],
)
async def test_faults_are_named_by_their_line(bench: Bench, code: str, words: str) -> None:
    assert words in sentence(await run(bench, code))


async def test_a_script_that_ends_itself_has_its_result(bench: Bench) -> None:
    await run(bench, "import sys\nresult = 7\nsys.exit()")
    assert bench.result() == 7


async def test_time_and_memory_are_bounded(bench: Bench) -> None:
    finished = await run(bench, "while True: pass", timeout=300)
    assert finished.error is not None
    assert finished.error["code"] == "node.timeout"
    if sys.platform == "linux":
        assert "MemoryError" in sentence(await run(bench, "a = 1\nb = 'x' * 900_000_000", memory=300))


async def test_a_dry_run_runs_nothing(bench: Bench, tmp_path: Path) -> None:
    await bench.run(("script", {"code": "open('made', 'w')"}), dry=True)
    assert list(tmp_path.iterdir()) == []


async def test_stop_ends_it_and_its_children(bench: Bench, tmp_path: Path) -> None:
    bench.services.clock = RealClock()
    code = (
        "import os, subprocess, sys, threading\n"
        "c = subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()'])\n"
        "open('new', 'w').write(f'{os.getpid()} {c.pid}'); os.rename('new', 'pids'); threading.Event().wait()"
    )
    task = spawn(run(bench, code), "test.run")
    async with asyncio.timeout(10):
        while not (tmp_path / "pids").exists():  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        assert os.getpid() not in pids
        assert bench.runner is not None
        bench.runner.stop(say("enough"))
        assert (await task).state is RunState.STOPPED
        while not all(_is_gone(pid) for pid in pids):  # noqa: ASYNC110 - nor do processes
            await asyncio.sleep(0.01)


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


async def test_another_interpreter_runs_it(bench: Bench, tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.symlink_to(os.path.realpath(sys.executable))
    await run(bench, "import sys\nresult = sys.argv", python=str(other))
    assert bench.result() == ["-c"]
    assert "Program not found" in sentence(await run(bench, "result = 1", python="no-such-python"))
    assert interpreter("") == sys.executable
