"""Several processes on one desktop, signals, a display that dies, a reader that goes away: nothing stays held, all is said."""

import asyncio
import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flowdesk.client import Client
from flowdesk.drivers.virtual import VirtualDesktop
from tests.journeys.conftest import ROOT, Program, Start, json_lines
from tests.ports import free_port
from tests.recorder import Recorder
from tests.rig import Rig, until

pytestmark = pytest.mark.desktop


def flow_of(*steps: tuple[str, dict[str, Any]], name: str = "probe", **rest: Any) -> dict[str, Any]:
    """A flow of steps in a row; their ids are their types and numbers."""
    nodes = [("start", "start", {}), *((f"{kind}{at}", kind, config) for at, (kind, config) in enumerate(steps, 1))]
    return {
        "flowdesk": 1,
        "id": name,
        "name": name,
        "nodes": [
            {"id": id, "type": kind, "position": {"x": 0, "y": 0}, "data": {"label": id, "config": config}}
            for id, kind, config in nodes
        ],
        "edges": [
            {"id": f"e{at}", "source": before[0], "target": after[0]}
            for at, (before, after) in enumerate(pairwise(nodes))
        ],
        **rest,
    }


def written(folder: Path, *steps: tuple[str, dict[str, Any]], name: str = "probe") -> str:
    path = folder / f"{name}.flow.json"
    path.write_text(json.dumps(flow_of(*steps, name=name)), "utf-8")
    return str(path)


HOLDS = ("drag", {"selector": "320,220", "to": "620,320", "modifiers": ["ctrl", "shift"], "duration": 30000})


def until_held(rig: Rig, program: Program) -> None:
    until(lambda: rig.held_buttons() or program.process.poll() is not None, "the drag to begin")
    assert program.process.poll() is None, program.printed()


def test_two_signals_at_once_end_a_run(flowdesk: Start, clean_desktop: Rig, tmp_path: Path) -> None:
    file = written(tmp_path, HOLDS)
    for gap in (0.0005, 0.0, 0.002):
        program = flowdesk("run", file)
        until_held(clean_desktop, program)
        program.process.send_signal(signal.SIGINT)
        time.sleep(gap)  # noqa: TID251 - the gap is what is tested
        program.process.send_signal(signal.SIGINT)
        assert program.ends(10) == 130
        assert (clean_desktop.held_keys(), clean_desktop.held_buttons()) == ([], 0)


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2"])
def test_a_signal_leaves_nothing_held(flowdesk: Start, clean_desktop: Rig, tmp_path: Path, name: str) -> None:
    program = flowdesk("run", written(tmp_path, HOLDS))
    until_held(clean_desktop, program)
    program.process.send_signal(signal.Signals[name])
    assert program.ends(10) == 130
    assert (clean_desktop.held_keys(), clean_desktop.held_buttons()) == ([], 0)
    record = next((tmp_path / "state" / "runs").glob("*/run.json"))
    assert json.loads(record.read_text("utf-8"))["status"] == "stopped"


def test_a_closed_terminal_ends_the_programs_of_a_run(flowdesk: Start, tmp_path: Path) -> None:
    marker = tmp_path / "child"
    script = f"sleep 300 & echo $! > {marker}; wait"
    program = flowdesk("run", written(tmp_path, ("command", {"command": ["sh", "-c", script], "timeout": 0})))
    child = int(until(lambda: marker.exists() and marker.read_text().strip(), "the command's child"))
    program.process.send_signal(signal.SIGHUP)
    assert program.ends(10) == 130
    until(lambda: not Path(f"/proc/{child}").exists(), "the command's child to end")


@pytest.mark.parametrize("kind", ["command", "script"])
def test_a_killed_run_leaves_no_program_behind(flowdesk: Start, tmp_path: Path, kind: str) -> None:
    """What left the session of the program, too: it carries the mark of its task."""
    marker = tmp_path / "children"
    shell = f"sleep 300 & setsid sleep 300 & echo $! $$ >> {marker}; wait"
    code = f"import subprocess; subprocess.run(['sh', '-c', {shell!r}])"
    config = {"command": ["sh", "-c", shell], "timeout": 0} if kind == "command" else {"code": code, "timeout": 0}
    program = flowdesk("run", "--allow", written(tmp_path, (kind, config)))
    children = until(lambda: marker.read_text().split() if marker.exists() else [], "the program's children")
    program.process.kill()
    program.process.wait()
    until(lambda: not any(is_running(child) for child in children), "the program and its children to end")


def is_running(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_terminal_that_is_closed_ends_the_run_and_nothing_stays_held(clean_desktop: Rig, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flowdesk", "run", written(tmp_path, HOLDS)]
    environment = {
        **clean_desktop.desktop.environment(), "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(tmp_path / "state"),
    }  # fmt: skip
    child, terminal = pty.fork()
    if not child:
        os.execvpe(command[0], command, environment)
    until(clean_desktop.held_buttons, "the drag to begin")
    os.close(terminal)  # the kernel hangs up; whatever is printed from now on fails
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
    assert (clean_desktop.held_keys(), clean_desktop.held_buttons()) == ([], 0)


def test_a_second_flowdesk_waits_and_lets_the_first_hold_what_it_holds(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path
) -> None:
    drag = ("drag", {"selector": "320,220", "to": "620,320", "modifiers": ["shift"], "duration": 4000})
    with Recorder(clean_desktop.desktop.env["DISPLAY"]) as recorder:
        first = flowdesk("run", written(tmp_path, drag, name="first"))
        until_held(clean_desktop, first)
        second = flowdesk("run", written(tmp_path, ("click", {"selector": "700,700"}), name="second"), "--json")
        second.waits_to_print("first")
        assert clean_desktop.held_buttons()
        assert first.ends() == 0
        assert second.ends() == 0
        until(lambda: sum(seen.kind == "button-" for seen in recorder.events) >= 2, "both releases")
    buttons = [seen for seen in recorder.events if seen.kind.startswith("button")]
    assert [seen.kind for seen in buttons] == ["button+", "button-", "button+", "button-"]
    assert buttons[1].at - buttons[0].at > 3.5
    pending = [each["payload"] for each in json_lines(second.printed()) if each["type"] == "node.pending"]
    assert any("first" in str(each.get("message")) for each in pending)


def kill_what_holds(flowdesk: Start, desktop: Rig, folder: Path) -> None:
    """Kill a run that holds keys and a button down."""
    killed = flowdesk("run", written(folder, HOLDS))
    until_held(desktop, killed)
    killed.process.kill()
    killed.process.wait()
    assert desktop.held_buttons()


def test_what_a_killed_flowdesk_held_is_released_by_the_next_and_nothing_else(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path
) -> None:
    kill_what_holds(flowdesk, clean_desktop, tmp_path)
    clean_desktop.xdotool("keydown", "F9")  # a person's
    theirs = [code for code in clean_desktop.held_keys() if code == 75]
    assert theirs
    assert flowdesk("run", written(tmp_path, ("move", {"selector": "700,700"}))).ends() == 0
    assert (clean_desktop.held_keys(), clean_desktop.held_buttons()) == (theirs, 0)
    clean_desktop.xdotool("keyup", "F9")


def test_a_run_that_needs_no_desktop_releases_what_a_killed_one_held_too(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path
) -> None:
    kill_what_holds(flowdesk, clean_desktop, tmp_path)
    assert flowdesk("run", written(tmp_path, ("wait", {"duration": 1500}))).ends() == 0
    assert (clean_desktop.held_keys(), clean_desktop.held_buttons()) == ([], 0)


@pytest.mark.parametrize("command", ["serve", "window"])
def test_what_a_killed_flowdesk_held_is_released_when_the_next_one_starts(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path, command: str
) -> None:
    kill_what_holds(flowdesk, clean_desktop, tmp_path)
    started = flowdesk(command, "--port", str(free_port()), QT_QPA_PLATFORM="xcb")
    until(lambda: not clean_desktop.held_buttons() and not clean_desktop.held_keys(), "what was held is released")
    started.process.terminate()
    assert started.ends() in {0, 130}


def test_a_reader_that_goes_away_does_not_end_the_run(flowdesk: Start, clean_desktop: Rig, tmp_path: Path) -> None:
    file = written(tmp_path, ("wait", {"duration": 800}), ("move", {"selector": "700,700"}))
    state = tmp_path / "piped"
    environment = {**clean_desktop.desktop.environment(), "FLOWDESK_STATE_DIR": str(state), "PYTHONPATH": str(ROOT)}
    command = f"{sys.executable} -m flowdesk run {file} --json; echo code $? >&2"
    done = subprocess.run(
        ["sh", "-c", f"({command}) | head -1"], env=environment, capture_output=True, text=True, check=False
    )
    assert "code 0" in done.stderr
    assert "Traceback" not in done.stderr
    record = next((state / "runs").glob("*/run.json"))
    assert json.loads(record.read_text("utf-8"))["status"] == "succeeded"
    assert clean_desktop.display.screen().root.query_pointer().root_x == 700


# -- a display that dies ----------------------------------------------------------------------------------------------


@pytest.fixture
def display() -> Iterator[VirtualDesktop]:
    """A desktop of its own, to be killed."""
    with VirtualDesktop(800, 600) as desktop:
        yield desktop


def kill(display: VirtualDesktop) -> None:
    server = next(child for child in display._children if "Xvfb" in str(child.args))
    server.kill()
    server.wait()


WAITS = {
    "window": ("wait", {"selector": "window=Nope", "timeout": 60000}),
    "element": ("wait", {"selector": "button[name='Nope']", "timeout": 60000}),
    "color": ("wait", {"selector": "color=#123456", "timeout": 60000}),
    "move": ("move", {"selector": "700,500", "duration": 60000}),
}


@pytest.mark.parametrize("phase", sorted(WAITS))
def test_a_run_whose_display_dies_says_so_once(
    flowdesk: Start, display: VirtualDesktop, tmp_path: Path, phase: str
) -> None:
    file = written(tmp_path, ("click", {"selector": "300,200"}), WAITS[phase])
    program = flowdesk("run", file, "--json", **display.env)
    program.waits_to_print('"node_id":"' + WAITS[phase][0] + '2","status":"running"')
    kill(display)
    assert program.ends(10) == 3
    ends = [
        each
        for each in json_lines(program.printed())
        if each["type"].startswith("execution.") and "status" in each["payload"]
    ]
    assert [(each["type"], each["payload"]["status"], each["payload"]["code"]) for each in ends] == [
        ("execution.error", "failed", "desktop.unavailable")
    ]


async def test_serve_ends_the_run_and_works_on_the_next_display(
    flowdesk: Start, display: VirtualDesktop, tmp_path: Path
) -> None:
    program = flowdesk("serve", "--port", "0", "--insecure-no-token", **display.env)
    address = until(
        lambda: next((word for word in program.printed().split() if "127.0.0.1:" in word), ""), "its address"
    )
    url = "ws://127.0.0.1:" + address.split("127.0.0.1:")[1].split("/")[0]
    probe = flow_of(("click", {"selector": "300,200"}), WAITS["window"])
    async with Client.connect(url) as client:
        assert await end_of(client, probe, lambda: kill(display)) == ("failed", "desktop.unavailable")
        again = start_server(display.env["DISPLAY"])
        try:
            assert await end_of(client, flow_of(("move", {"selector": "300,200"})), None) == ("succeeded", None)
        finally:
            again.kill()
            again.wait()
    program.process.terminate()
    assert program.ends(10) == 0


async def test_displays_that_die_under_runs_leave_no_connection_behind(
    flowdesk: Start, display: VirtualDesktop, tmp_path: Path
) -> None:
    program = flowdesk("serve", "--port", "0", "--insecure-no-token", **display.env)
    address = until(
        lambda: next((word for word in program.printed().split() if "127.0.0.1:" in word), ""), "its address"
    )
    url, kinds = "ws://127.0.0.1:" + address.split("127.0.0.1:")[1].split("/")[0], sorted(WAITS)
    kill(display)
    counts = []
    for number in range(int(os.environ.get("FLOWDESK_TEST_DISPLAYS", "16"))):
        server = start_server(display.env["DISPLAY"])
        probe = flow_of(("click", {"selector": "300,200"}), WAITS[kinds[number % len(kinds)]], name=f"f{number}")
        async with Client.connect(url) as client:
            found = await end_of(client, probe, lambda server=server: end_server(server))
        assert found == ("failed", "desktop.unavailable")
        counts.append(open_files(program))
    # What is needed once is there after one round of all ways to wait; some are just being opened or closed.
    most = max(counts[4:8]) + 3
    until(lambda: open_files(program) <= most, f"at most {most} open files; there were {counts}")
    program.process.terminate()
    assert program.ends(10) == 0


def open_files(program: Program) -> int:
    """Return how many files a program has open, without the runtime of xa11y.

    That starts once, in whichever round the accessibility bus cannot be asked because its display is just dying; only it has an
    event descriptor, and with it a timer, a poll and two sockets.
    """
    links = []
    for name in Path(f"/proc/{program.process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            links.append(os.readlink(name))
    return len(links) - (5 if "anon_inode:[eventfd]" in links else 0)


def end_server(server: "subprocess.Popen[bytes]") -> None:
    server.kill()
    server.wait()


def start_server(display: str) -> "subprocess.Popen[bytes]":
    """Start a server of that name and wait until it answers."""
    reader, writer = os.pipe()
    command = ["Xvfb", display, "-screen", "0", "800x600x24", "-noreset", "-nolisten", "tcp", "-displayfd", str(writer)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, pass_fds=(writer,))
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        assert answers.readline()
    return process


async def end_of(client: Client, flow: dict[str, Any], act: Any) -> tuple[str, str | None]:
    """Run a flow, ``act`` once its last node runs, and return how it ended."""
    await client.start(flow["nodes"], flow["edges"])
    last = flow["nodes"][-1]["id"]
    async with asyncio.timeout(20):
        async for event in client.events():
            payload = event["payload"]
            if act and event["type"] == "node.running" and payload["node_id"] == last:
                await asyncio.to_thread(act)
            if event["type"] in ("execution.complete", "execution.error"):
                return payload["status"], payload.get("code")
    raise AssertionError("it did not end")
