"""`flowdesk worker` on private desktops: real input from rows, cancels, kills. The queue is a real PostgreSQL."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.conftest import ask, flow_json, state, step, submit
from tests.fleet.postgres_rig import Cluster, cluster, hub_dsn
from tests.journeys.conftest import ROOT
from tests.rig import until

__all__ = ["Cluster", "cluster", "hub_dsn"]

pytestmark = pytest.mark.desktop

MARK = "FLOWDESK_TEST_ROBOT"
PHASES = ("idle", "starting", "typing", "resting")


class RobotProcess:
    """A `flowdesk worker`, and everything that it started, known by a mark in the environment."""

    def __init__(self, folder: Path, dsn: str, desktops: int) -> None:
        self.mark = uuid.uuid4().hex
        self.output = folder / f"robot-{self.mark}.txt"
        environment = {**os.environ, MARK: self.mark, "FLOWDESK_STATE_DIR": str(folder / f"state-{self.mark}"), "PYTHONPATH": str(ROOT), "FLOWDESK_HUB": dsn}  # fmt: skip
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            environment.pop(name, None)
        with self.output.open("w", encoding="utf-8") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flowdesk", "worker", "--desktops", str(desktops), "--any-flow"],
                env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def told(self) -> str:
        """Return what it printed so far."""
        return self.output.read_text("utf-8")

    def members(self) -> list[int]:
        """The processes of it that are there."""
        found = []
        for name in filter(str.isdecimal, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if f"{MARK}={self.mark}".encode() in Path(f"/proc/{name}/environ").read_bytes().split(b"\0"):
                    found.append(int(name))
        return found

    def end(self) -> None:
        """End it, and see that nothing of it is left."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        until(lambda: not self.members(), f"everything of the robot to end: {self.members()}")


@pytest.fixture
def robot(tmp_path: Path, hub_dsn: str) -> Iterator[RobotProcess]:
    """A robot with two private desktops."""
    made = RobotProcess(tmp_path, hub_dsn, 2)
    until(lambda: "is waiting for jobs" in made.told(), "the robot", 60)
    yield made
    made.end()


def entry_flow(folder: Path, *, rests: bool = False) -> Path:
    """Write a flow that types a row into a dialog, which appends what it received to a file of the row."""
    entry = f"echo $$ > '{folder}/{{{{n}}}}.pid'; zenity --entry --title Probe --text Name >> '{folder}/{{{{n}}}}.txt'"
    steps: list[dict[str, Any]] = [
        step("open", "launch", command=["sh", "-c", entry]),
        step("type", "input", selector="window=Probe >> text_field", text="{{name}}"),
        *([step("rest", "wait", duration=600_000)] if rests else []),
        step("ok", "keys", keys=["enter"], selector="window=Probe"),
        step("gone", "wait", selector="window=Probe", state="disappear"),
    ]
    path = folder / "entry.flow.json"
    path.write_text(json.dumps(flow_json(*steps)), encoding="utf-8")
    return path


def test_what_the_programs_received_is_what_the_rows_say_each_once(
    robot: RobotProcess, hub_dsn: str, tmp_path: Path
) -> None:
    rows = [{"n": str(n), "name": f"Grüße {n} 李雷"} for n in range(1, 5)]
    made = submit(hub_dsn, entry_flow(tmp_path), rows)
    until(lambda: ask(hub_dsn, lambda hub: hub.counts(made.batch)) == {"succeeded": 4}, robot.told(), 110)
    assert [(tmp_path / f"{row['n']}.txt").read_text("utf-8") for row in rows] == [f"{row['name']}\n" for row in rows]


def test_a_cancel_stops_the_run_on_its_desktop_and_nothing_of_it_stays(
    robot: RobotProcess, hub_dsn: str, tmp_path: Path
) -> None:
    made = submit(hub_dsn, entry_flow(tmp_path, rests=True), [{"n": "1", "name": "Ann"}])
    until(lambda: "rest" in _nodes(robot), "the rest", 60)
    assert ask(hub_dsn, lambda hub: hub.cancel(made.jobs[0], "cancelled by Ann")) == "asked"
    until(lambda: state(hub_dsn, made.jobs[0]) == "cancelled", "the cancel")
    program = Path("/proc", (tmp_path / "1.pid").read_text().strip())
    until(lambda: not program.exists(), "the desktop to end")
    assert (tmp_path / "1.txt").read_text() == ""


def _nodes(robot: RobotProcess) -> str:
    """Return the messages of the runs that are under way."""
    folder = robot.output.parent / f"state-{robot.mark}" / "fleet"
    return "".join(file.read_text("utf-8") for file in folder.glob("*/jobs/*/run/messages.jsonl"))


@pytest.mark.parametrize("phase", PHASES)
def test_a_robot_that_is_killed_leaves_nothing_and_its_job_is_lost_and_not_run_again(
    phase: str, hub_dsn: str, tmp_path: Path
) -> None:
    import psycopg

    with psycopg.connect(hub_dsn, autocommit=True) as connection:
        connection.execute("CREATE OR REPLACE FUNCTION flowdesk.up_since() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''-infinity''::timestamptz'")  # fmt: skip
        made = RobotProcess(tmp_path, hub_dsn, 1)
        until(lambda: "is waiting for jobs" in made.told(), "the robot", 60)
        job = None
        if phase != "idle":
            job = submit(hub_dsn, entry_flow(tmp_path, rests=True), [{"n": "1", "name": "Ann"}]).jobs[0]
            seen = {"starting": "Job", "typing": '"type"', "resting": '"rest"'}[phase]
            until(lambda: seen in (made.told() if phase == "starting" else _nodes(made)) and (phase != "starting" or "started:" in made.told()), phase, 60)  # fmt: skip
        made.process.kill()
        made.end()
        connection.execute("UPDATE flowdesk.robot SET seen = now() - interval '31 seconds'")
        assert ask(hub_dsn, lambda hub: hub.robots())[0]["state"] == "lost"
        if job is not None:
            assert state(hub_dsn, job) == "lost"
            (other,) = connection.execute(
                "SELECT flowdesk.join('other', 'default', '{}', '0', 1, NULL)"
            ).fetchone() or (0,)
            assert connection.execute("SELECT * FROM flowdesk.take(%s)", (other,)).fetchall() == []
            assert len(ask(hub_dsn, lambda hub: hub.jobs())) == 1
