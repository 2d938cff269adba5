"""What is tried under sway: `make test-wayland`. Elsewhere nothing here is collected."""

import contextlib
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

from flowdesk.drivers import elements
from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Box

IS_HERE = "FLOWDESK_SWAY_RIG" in os.environ
collect_ignore_glob = [] if IS_HERE else ["test_*.py"]
PATIENCE = 60.0 * float(os.environ.get("FLOWDESK_TEST_TIME_UNIT", "1"))
HERE = Path(__file__).parent
ROOT = HERE.parent.parent
KITS = ("gtk3", "gtk4", "qt")


def until(fact: Callable[[], object], what: str, seconds: float = PATIENCE) -> Any:
    """Poll until ``fact`` returns something true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := fact()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:g} s for: {what}; last seen: {found!r}")
        threading.Event().wait(0.05)
    return found


def program_environment(**changes: str) -> dict[str, str]:
    """Return the environment of a program that shows windows: Qt draws into memory in the tests only."""
    kept = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    return {**kept, **changes}


def swaymsg(*words: str) -> str:
    """Ask or tell sway something."""
    return subprocess.run(
        ["swaymsg", "-r", *words], capture_output=True, text=True, timeout=PATIENCE, check=True
    ).stdout


@dataclass
class Form:
    """A window of ``programs.py``: what it was told."""

    kit: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def title(self) -> str:
        return f"{self.kit} form"

    @property
    def text(self) -> str:
        """What its field holds."""
        file = self.folder / "text"
        return file.read_text("utf-8") if file.is_file() else ""

    @property
    def events(self) -> list[str]:
        """What it has noted."""
        file = self.folder / "events"
        return file.read_text("utf-8").splitlines() if file.is_file() else []

    def window(self) -> Window | None:
        """Return its window, None where sway tells of none."""
        from flowdesk.drivers.wayland.windows import SwayWindows

        with contextlib.closing(SwayWindows()) as windows:
            return next(
                (each for each in windows.list() if each.pid == self.process.pid and each.title == self.title), None
            )

    def box(self, css: str) -> Box:
        """Return where an element of it is."""

        def look() -> Box | None:
            found = elements.find(css, elements.applications({self.process.pid}))
            return found[0].box if found and not found[0].box.is_empty else None

        box: Box = until(look, f"{css} in {self.title}")
        return box

    def hears(self, line: str) -> None:
        """Wait until it has noted something."""
        until(lambda: line in self.events, f"{line!r} in {self.events}")

    def ends(self) -> None:
        """End it, and wait until its window is gone."""
        self.process.kill()
        self.process.wait(PATIENCE)
        until(lambda: self.window() is None, f"the window of {self.title} to be gone")


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Callable[[str], Form]]:
    """Show a window made with a toolkit; it ends with the test."""
    shown: list[Form] = []

    def do(kit: str) -> Form:
        folder = tmp_path / kit
        folder.mkdir()
        python = sys.executable if kit == "qt" else "/usr/bin/python3"
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [python, str(HERE / "programs.py"), kit, str(folder)], env=program_environment(), stdout=log, stderr=log
            )
        form = Form(kit, folder, process)
        shown.append(form)
        until(form.window, f"the window of {kit}")
        form.box("button[name='Press me']")
        return form

    yield do
    for form in shown:
        form.ends()


Flow = Callable[..., "subprocess.CompletedProcess[str]"]


def flow_of(folder: Path, *steps: tuple[str, dict[str, Any]]) -> Path:
    """Write a flow of steps that follow one another."""
    nodes: list[dict[str, Any]] = [{"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {}}]
    edges = []
    for number, (kind, config) in enumerate(steps):
        nodes.append(
            {"id": f"n{number}", "type": kind, "position": {"x": 240 * number, "y": 100}, "data": {"config": config}}
        )
        edges.append({"id": f"e{number}", "source": nodes[-2]["id"], "target": f"n{number}"})
    path = folder / "flow.flow.json"
    path.write_text(
        json.dumps({"flowdesk": 1, "id": "f", "name": "flow", "variables": {}, "nodes": nodes, "edges": edges})
    )
    return path


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    """Run a flow of steps that follow one another, through `flowdesk run`."""

    def do(*steps: tuple[str, dict[str, Any]], **changes: str) -> "subprocess.CompletedProcess[str]":
        command = [
            sys.executable,
            "-m",
            "flowdesk",
            "run",
            str(flow_of(tmp_path, *steps)),
            "--report",
            str(tmp_path / "report"),
        ]
        return subprocess.run(
            command,
            env=program_environment(**changes),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
            check=False,
        )

    return do


def ended(done: "subprocess.CompletedProcess[str]", code: int = 0) -> None:
    """Hold how a run ended."""
    assert done.returncode == code, done.stdout + done.stderr
