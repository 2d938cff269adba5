"""What is tried on Windows itself, real or Wine's: `make test-windows`. Elsewhere nothing here is collected."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.windows import fields, looks
from flowdesk.drivers.windows.windows import DesktopWindows
from flowdesk.engine.ports import Window
from flowdesk.system import prepare_display

collect_ignore_glob = [] if sys.platform == "win32" else ["test_*.py"]
PATIENCE = 60.0 * float(os.environ.get("FLOWDESK_TEST_TIME_UNIT", "1"))
HERE = Path(__file__).parent
if sys.platform == "win32":
    prepare_display()


def until(fact: Callable[[], object], what: str, seconds: float = PATIENCE) -> Any:
    """Poll until ``fact`` returns something true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := fact()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:g} s for: {what}; last seen: {found!r}")
        threading.Event().wait(0.05)
    return found


def program_environment() -> dict[str, str]:
    """Return the environment of a program that shows windows: Qt draws into memory in the tests only."""
    return {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}


@dataclass
class Shown:
    """A program with its window."""

    process: "subprocess.Popen[bytes]"
    window: Window

    def control(self, kind: str) -> int:
        """Return the first control of a class."""
        from flowdesk.drivers.windows import api

        return int(api.user().FindWindowExW(self.window.id, None, kind, None) or 0)

    def text(self, kind: str = "Edit") -> str:
        """Return what a control holds, by WM_GETTEXT."""
        return fields.plain(fields.text_of(self.control(kind)) or "")

    def now(self) -> Window:
        """The window as it is now."""
        return next(each for each in DesktopWindows().list() if each.id == self.window.id)


Start = Callable[..., Shown]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start programs that show a window; they are ended after the test."""
    begun: list[subprocess.Popen[bytes]] = []

    def do(*command: str, title: str = "") -> Shown:
        process = subprocess.Popen(list(command), env=program_environment())
        begun.append(process)

        def mine() -> Window | None:
            return next(
                (each for each in DesktopWindows().list() if each.pid == process.pid and title in each.title), None
            )

        window = until(mine, f"a window of {command}")
        DesktopWindows().act(window, "activate")
        return Shown(process, window)

    yield do
    for process in begun:
        process.kill()
        process.wait(10)
    until(
        lambda: not any(looks.process_of(number) in {each.pid for each in begun} for number in looks.numbers()), "gone"
    )


@pytest.fixture
def notepad(start: Start) -> Shown:
    """An empty Notepad in front."""
    return start("notepad.exe")


@dataclass
class Form:
    """The dialog of ``form.py``: where its controls are, and what it was told."""

    shown: Shown
    log: Path

    @property
    def facts(self) -> list[dict[str, Any]]:
        """What it has noted so far."""
        lines = self.log.read_text("utf-8").splitlines() if self.log.is_file() else []
        return [json.loads(line) for line in lines]

    def noted(self, kind: str) -> list[dict[str, Any]]:
        """What it has noted of a kind."""
        return [fact for fact in self.facts if fact["what"] == kind]

    def place(self, name: str) -> tuple[int, int]:
        """Return the middle of a control."""
        x, y = next(fact["at"] for fact in self.facts if fact["what"] == "place" and fact["name"] == name)
        return int(x), int(y)


@pytest.fixture
def form(start: Start, tmp_path: Path) -> Form:
    """A dialog that notes what it is told."""
    log = tmp_path / "form.jsonl"
    shown = start(sys.executable, str(HERE / "form.py"), str(log), title="flowdesk form")
    found = Form(shown, log)
    until(lambda: found.noted("ready"), "the form to be ready")
    return found


@pytest.fixture
def flow(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run a flow of steps that follow one another, through `flowdesk run`."""

    def do(
        *steps: tuple[str, dict[str, Any]], name: str = "flow", report: Path | None = None
    ) -> "subprocess.CompletedProcess[str]":
        file = tmp_path / f"{name}.flow.json"
        file.write_text(json.dumps(flow_of(*steps, name=name), ensure_ascii=False), "utf-8")
        more = ["--report", str(report)] if report else []
        return subprocess.run(
            [sys.executable, "-m", "flowdesk", "run", str(file), "--allow", *more],
            env=program_environment(), capture_output=True, text=True, encoding="utf-8", errors="replace",
            stdin=subprocess.DEVNULL, timeout=200, check=False,
        )  # fmt: skip

    return do


def flow_of(*steps: tuple[str, dict[str, Any]], name: str = "flow") -> dict[str, Any]:
    """Return a flow file of steps that follow one another."""
    all_steps: list[tuple[str, dict[str, Any]]] = [("start", {}), *steps]
    nodes = [
        {
            "id": f"n{number}",
            "type": kind,
            "position": {"x": 240 * number, "y": 0},
            "data": {"label": kind, "config": config},
        }
        for number, (kind, config) in enumerate(all_steps)
    ]
    edges = [
        {"id": f"e{number}", "source": f"n{number}", "target": f"n{number + 1}"} for number in range(len(all_steps) - 1)
    ]
    return {"flowdesk": 1, "id": name, "name": name, "nodes": nodes, "edges": edges}
