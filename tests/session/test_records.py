"""What a run leaves behind: messages, variables of each visit, pictures; within a quota; and after a crash."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.fake import FakeDesktopDriver
from flowdesk.engine.context import Services
from flowdesk.model.errors import NodeError
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.records import ABOUT, RunFolder, interrupted, prune
from flowdesk.session.session import Folders, Session
from flowdesk.system import birth
from tests.rig import until
from tests.session.conftest import Keeper, ask, flow_json, wait_node

ROOT = Path(__file__).parents[2]


async def carry_out(session: Session, **flow: Any) -> Path:
    """Run a flow to its end and return its folder."""
    reply = await ask(session, Keeper("p"), "workflow.start", "w", **flow)
    live = session.runs.find("w", reply["run_id"])
    assert live.task is not None
    finished = await live.task
    assert finished.folder is not None
    return Path(finished.folder)


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("ascii").splitlines()]


def set_node(node_id: str, name: str, value: Any) -> dict[str, Any]:
    return {"id": node_id, "type": "setVariable", "data": {"config": {"name": name, "value": value}}}


async def test_a_folder_holds_every_message_in_order(session: Session) -> None:
    folder = await carry_out(session, flow=flow_json(wait_node("a"), wait_node("b")))
    messages = lines(folder / "messages.jsonl")
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    assert messages[-1]["type"] == "execution.complete"
    about = json.loads((folder / ABOUT).read_text("utf-8"))
    assert about["status"] == "succeeded"
    assert about["outcome"]["status"] == "succeeded"


async def test_a_folder_holds_the_variables_that_each_visit_found_and_changed(session: Session) -> None:
    folder = await carry_out(
        session, flow=flow_json(set_node("a", "x", "é"), set_node("b", "y", "{{x}}!"), variables={"n": 1})
    )
    found = lines(folder / "variables.jsonl")
    assert found[0] == {"node_id": "start", "visit": 1, "since": {"n": 1}}
    assert found[2:] == [
        {"node_id": "a", "visit": 1, "since": {}},
        {"node_id": "a", "visit": 1, "out": {"x": "é"}},
        {"node_id": "b", "visit": 1, "since": {}},
        {"node_id": "b", "visit": 1, "out": {"y": "é!"}},
    ]


async def test_each_pass_of_a_loop_has_its_own_lines_and_long_values_are_cut(session: Session) -> None:
    flow = flow_json(
        {"id": "l", "type": "loop", "data": {"config": {"type": "count", "count": 2}}}, set_node("a", "x", "{{index}}")
    )
    flow["edges"][1]["sourceHandle"] = "body"
    flow["variables"] = {"long": "z" * 10_000}
    written = lines(await carry_out(session, flow=flow) / "variables.jsonl")
    found = [line for line in written if line["node_id"] == "a"]
    assert [line["iteration"] for line in found] == [[0], [0], [1], [1]]
    assert [line["out"]["x"] for line in found if "out" in line] == [0, 1]
    assert len(written[0]["since"]["long"]) < 3000
    assert written[0]["cut"] == ["long"]
    assert all("long" not in line.get("since", {}) for line in written[1:])


async def test_a_secret_that_comes_back_is_in_no_event_and_no_file(tmp_path: Path) -> None:
    secret = 'pa"ss wörd'
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    driver = FakeDesktopDriver()
    session = Session(builtin_catalogue(), Services(driver=driver, secret=lambda name: secret), folders)
    peer = Keeper("p")
    session.peers[peer.id] = peer
    flow = flow_json(
        {"id": "i", "type": "input", "data": {"config": {"text": "{{secret:door}}"}}},
        set_node("a", "echo", [secret, {"deep": f"<{secret}>"}]),
        {"id": "l", "type": "log", "data": {"config": {"message": "{{echo}}"}}},
        {"id": "e", "type": "end", "data": {"config": {"status": "failed", "message": f"no {secret}"}}},
    )
    # What a program echoes is only known at run time: the value in the flow stands for it.
    reply = await ask(session, peer, "workflow.start", "w", flow=flow)
    live = session.runs.find("w", reply["run_id"])
    assert live.task is not None
    await live.task
    state = await ask(session, peer, "execution.snapshot", "w")
    await session.close()
    told = json.dumps([message["payload"] for message in peer.messages] + [state], ensure_ascii=False)
    files = "".join(file.read_text("utf-8") for file in (tmp_path / "runs").rglob("*.json*"))
    for text in (told, files):
        assert "wörd" not in text
        assert "\\u00f6rd" not in text
    assert secret in str(driver.actions)


async def test_every_failure_keeps_a_picture_where_the_desktop_is_used(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    session = Session(builtin_catalogue(), Services(driver=FakeDesktopDriver()), folders)
    flow = flow_json(
        {"id": "m", "type": "keys", "data": {"config": {"keys": ["a"]}}},
        {"id": "读/文件:1", "type": "file", "data": {"config": {"operation": "read", "path": "gone.txt", "onError": "continue"}}},
        {"id": "?*", "type": "click", "data": {"config": {"selector": "button[name='gone']", "timeout": 0}}},
    )  # fmt: skip
    folder = await carry_out(session, flow=flow)
    await session.close()
    errors = [message for message in lines(folder / "messages.jsonl") if message["type"] == "node.error"]
    assert [message["payload"]["error_details"]["code"] for message in errors] == ["node.failed", "target.not_found"]
    pictures = [Path(message["payload"]["error_details"]["picture"]) for message in errors]
    assert all(picture.parent == folder and picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)


def test_a_folder_has_a_quota_and_no_way_out(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    assert folder.save("a.png", b"1").name == "a.png"
    assert folder.save("a.png", b"1").name == "a-2.png"
    for name in ("../x.png", "/x.png", "a/../../x", "con", "", "a\nb", "C:\\x"):
        with pytest.raises(NodeError):
            folder.save(name, b"1")


def record(runs: Path, name: str, **about: Any) -> Path:
    folder = runs / name
    folder.mkdir(parents=True)
    values = {"run_id": name, "workflow_id": "w", "name": name, "pid": os.getpid(), "status": "succeeded", **about}
    (folder / ABOUT).write_text(json.dumps(values), "utf-8")
    return folder


def aged(folder: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(folder / ABOUT, (then, then))


def test_the_oldest_runs_are_removed_and_never_one_under_way(tmp_path: Path) -> None:
    aged(record(tmp_path, "running", status="running", birth=birth(os.getpid()), bytes=10), 100)
    for age in range(5):
        aged(record(tmp_path, f"old{age}", bytes=10), age)
    prune(tmp_path, keep=3)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["old0", "old1", "old2", "running"]
    prune(tmp_path, keep=100, most_bytes=15)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["old0", "running"]


def test_a_process_that_got_the_number_of_a_dead_one_is_not_taken_for_it(tmp_path: Path) -> None:
    record(tmp_path, "crashed", status="running", birth="1")
    record(tmp_path, "other", status="running", pid=os.getppid(), birth="1")
    record(tmp_path, "alive", status="running", birth=birth(os.getpid()))
    assert {about["run_id"] for about in interrupted(tmp_path)} == {"crashed", "other"}


@pytest.mark.parametrize("report", [False, True])
def test_a_killed_run_is_told_of_by_the_next_start_and_not_resumed(tmp_path: Path, report: bool) -> None:
    flow = flow_json(wait_node("first"), wait_node("slow 等", 60_000), wait_node("never"), name="Crash me")
    file = tmp_path / "crash.flow.json"
    file.write_text(json.dumps(flow), "utf-8")
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(tmp_path / "state"), "LC_ALL": "C.UTF-8",
        "FLOWDESK_FLOWS_DIR": str(tmp_path / "flows"),
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "flowdesk",
        "run",
        str(file),
        *(["--report", str(tmp_path / "r")] if report else []),
    ]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    runs = tmp_path / "r" if report else tmp_path / "state" / "runs"
    try:
        until(lambda: any("slow" in each.read_text() for each in runs.rglob("messages.jsonl")), "the slow node")
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    small = tmp_path / "small.flow.json"
    small.write_text(json.dumps(flow_json(wait_node("quick"))), "utf-8")
    again = subprocess.run(
        [sys.executable, "-m", "flowdesk", "run", str(small), "--json"],
        env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "Crash me" in again.stderr
    assert 'nterrupted at node "slow 等"' in again.stderr
    assert "never" not in again.stdout
    session = Session(
        builtin_catalogue(), Services(), Folders(tmp_path / "state", tmp_path / "state" / "runs", tmp_path / "flows")
    )
    listed = [run for run in session.runs.listing(50) if run["status"] == "interrupted"]
    assert [(run["name"], run["node_id"]) for run in listed] == [("Crash me", "slow 等")]
    assert not session.runs.under_way()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user mounts nothing")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def filled(disk: Path) -> None:
    """Leave no byte free."""
    with contextlib.suppress(OSError), (disk / "filling").open("ab", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    with contextlib.suppress(OSError), (disk / "filling").open("ab", buffering=0) as file:
        while True:
            file.write(b"x")


def test_a_disk_that_fills_up_is_told_and_the_record_tells_the_end(small_disk: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.flow.json"
    steps = [{"id": f"l{n}", "type": "log", "data": {"config": {"message": "x" * 3000}}} for n in range(40)]
    path.write_text(json.dumps(flow_json(wait_node("first", 2000), *steps)), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "flowdesk", "run", str(path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "FLOWDESK_STATE_DIR": str(small_disk / "state"), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    until(lambda: [*small_disk.glob("state/runs/*/run.json")], "the beginning of the record")
    (about,) = small_disk.glob("state/runs/*/run.json")
    filled(small_disk)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Part of the run record could not be saved: messages.jsonl" in told
    assert "the disk is full" in told
    ended = json.loads(about.read_text("utf-8"))
    assert ended["status"] == "succeeded"
    assert "the disk is full" in ended["lost"]["messages.jsonl"]


async def test_a_run_says_before_its_end_what_was_lost(session: Session, tmp_path: Path) -> None:
    session.folders.runs.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(session.folders.runs, ignore_errors=True)
    session.folders.runs.write_text("Folder not found", "utf-8")
    peer = Keeper("p")
    await ask(session, peer, "workflow.start", "w", flow=flow_json())
    (live,) = session.runs.under_way()
    assert live.task is not None
    await live.task
    kinds = [message["type"] for message in peer.messages]
    assert kinds[-1] == "system.status" or kinds[-1] == "execution.complete"
    last = peer.of("execution.log")[-1]
    assert last["level"] == "error"
    assert "could not be saved" in last["message"]
    assert (await ask(session, peer, "workflow.list"))["runs"][0]["lost"] == last["message"]


def test_nothing_is_written_through_a_planted_link(tmp_path: Path) -> None:
    victim, report = tmp_path / "victim", tmp_path / "report"
    victim.write_text("mine", "utf-8")
    report.mkdir()
    for name in ("messages.jsonl", "variables.jsonl", "run.json"):
        (report / name).symlink_to(victim)
    path = tmp_path / "a.flow.json"
    path.write_text(json.dumps(flow_json(set_node("a", "x", 1))), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "run", str(path), "--report", str(report)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "FLOWDESK_STATE_DIR": str(tmp_path / "state"), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert victim.read_text("utf-8") == "mine"
    assert done.returncode == 0
    assert "could not be saved" in done.stderr
    assert not (report / "run.json").is_symlink()
    assert json.loads((report / "run.json").read_text("utf-8"))["status"] == "succeeded"


def test_what_is_flowdesks_own_is_for_its_owner_and_files_follow_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "a.flow.json"
    path.write_text(json.dumps(flow_json()), "utf-8")
    subprocess.run(
        ["sh", "-c", 'umask 077; exec "$@"', "sh", sys.executable, "-m", "flowdesk", "run", str(path)],
        check=True, capture_output=True, env={**os.environ, "FLOWDESK_STATE_DIR": str(tmp_path / "state")},
    )  # fmt: skip
    for place in (tmp_path / "state", tmp_path / "state" / "runs"):
        assert place.stat().st_mode & 0o777 == 0o700
    (about,) = (tmp_path / "state" / "runs").glob("*/run.json")
    assert about.stat().st_mode & 0o777 == 0o600
