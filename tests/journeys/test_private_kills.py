"""Every part of a private desktop is killed in every phase: nothing of it stays, whoever dies first."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT
from tests.rig import until

pytestmark = pytest.mark.desktop

MARK = "FLOWDESK_TEST_FAMILY"
PARTS = (
    "session", "guard", "keeper", "Xvfb", "dbus-daemon", "at-spi-bus-launcher", "openbox", "flowdesk", "xterm", "sleep",
)  # fmt: skip


class Family:
    """Everything that one `flowdesk run` started, known by a mark in its environment."""

    def __init__(self, folder: Path) -> None:
        self.mark = uuid.uuid4().hex
        file = folder / "kills.flow.json"
        file.write_text(json.dumps(_flow()), "utf-8")
        self.output = folder / f"output-{self.mark}.txt"
        environment = {
            **os.environ,
            MARK: self.mark,
            "FLOWDESK_STATE_DIR": str(folder / "state"),
            "PYTHONPATH": str(ROOT),
        }
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            environment.pop(name, None)
        with self.output.open("w", encoding="utf-8") as output:
            self.session = subprocess.Popen(
                [sys.executable, "-m", "flowdesk", "run", str(file), "--desktop", "private:640x480"],
                env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def members(self) -> dict[int, str]:
        """The processes that are there, by what they are."""
        found: dict[int, str] = {}
        for name in filter(str.isdecimal, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if f"{MARK}={self.mark}".encode() in Path(f"/proc/{name}/environ").read_bytes().split(b"\0"):
                    found[int(name)] = self._kind(int(name))
        return found

    def of(self, part: str) -> int | None:
        return next((pid for pid, kind in sorted(self.members().items()) if kind == part), None)

    def printed(self) -> str:
        return self.output.read_text("utf-8")

    def _kind(self, pid: int) -> str:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        if pid == self.session.pid:
            return "session"
        if any("keeper.py" in each for each in command):
            parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
            return "guard" if int(parent) == self.session.pid or int(parent) == 1 else "keeper"
        return "flowdesk" if "private-desktop" in command else Path(command[0]).name


def _flow() -> dict[str, object]:
    steps = [
        ("start", "start", {"appName": "xterm"}),
        # Two that leave their families: one in a session of its own, one whose parent is gone.
        ("leave", "command", {"command": ["sh", "-c", "setsid sleep 911 >/dev/null 2>&1 & (setsid setsid sleep 912 >/dev/null 2>&1 &)"]}),
        ("rest", "wait", {"duration": 600000}),
    ]  # fmt: skip
    nodes = [
        {"id": id, "type": kind, "position": {"x": 0, "y": 0}, "data": {"config": config}} for id, kind, config in steps
    ]
    edges = [{"id": "a", "source": "start", "target": "leave"}, {"id": "b", "source": "leave", "target": "rest"}]
    return {"flowdesk": 1, "name": "kills", "nodes": nodes, "edges": edges}


@pytest.fixture
def traces() -> Iterator[None]:
    """What lies around in ``/tmp`` is the same afterwards."""

    def around() -> set[str]:
        own = {f"/tmp/{name}" for name in os.listdir("/tmp") if name.startswith(".X") and name.endswith("-lock")}
        dead = {name for name in own if not _lives(name)}
        return dead | {
            str(each) for each in Path(tempfile.gettempdir()).glob("flowdesk-desk-*") if (each / "owner").exists()
        }

    before = around()
    yield
    left = around() - before
    assert not left or until(lambda: not (around() - before), f"{left} to go")


def _lives(lock: str) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return Path(f"/proc/{int(Path(lock).read_text())}").exists()
    return True


def _begun(family: Family, phase: str, part: str) -> int | None:
    """Wait for the phase, and return the process that is to be killed."""
    if phase != "starting":
        until(lambda: "▶ rest" in family.printed(), "the flow to rest", 60)
    if phase == "ending":
        pid = family.of(part)
        family.session.send_signal(signal.SIGTERM)
        threading.Event().wait(int(family.mark[:2], 16) / 1000)
        return pid
    return until(lambda: family.of(part), f"{part} to be there", 60)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("phase", ["starting", "running", "ending"])
def test_nothing_stays_whoever_is_killed(tmp_path: Path, traces: None, phase: str, part: str) -> None:
    family = Family(tmp_path)
    try:
        pid = _begun(family, phase, part)
        with contextlib.suppress(ProcessLookupError):
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        if part in {"xterm", "sleep"} and phase != "ending":  # the run goes on without them, or fails by itself
            threading.Event().wait(0.3)
            family.session.terminate()
        assert family.session.wait(30) != 0, family.printed()
        until(lambda: not family.members(), f"all to be gone; there is {family.members()}", 30)
    finally:
        for pid in family.members():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        family.session.wait()
