"""Whole programs, started as a user starts them, on the private desktop."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rig import PATIENCE, Rig, until

ROOT = Path(__file__).parents[2]
Start = Callable[..., "Program"]


class Program:
    """A running `flowdesk`, and what it printed so far."""

    def __init__(self, process: subprocess.Popen[str], output: Path) -> None:
        self.process = process
        self._output = output

    def printed(self) -> str:
        return self._output.read_text("utf-8")

    def waits_to_print(self, text: str) -> str:
        return until(lambda: self.printed() if text in self.printed() else "", f"{text!r} in the output")

    def ends(self, seconds: float = 60) -> int:
        return self.process.wait(seconds)


@pytest.fixture
def flowdesk(clean_desktop: Rig, tmp_path: Path) -> Iterator[Start]:
    """Start `flowdesk` with arguments on the desktop, with a state of its own."""
    started: list[Program] = []

    def start(*arguments: str, **environment: str) -> Program:
        output = tmp_path / f"output-{len(started)}.txt"
        with output.open("w", encoding="utf-8") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "flowdesk", *arguments],
                env={
                    **clean_desktop.desktop.environment(),
                    "FLOWDESK_STATE_DIR": str(tmp_path / "state"),
                    "FLOWDESK_FLOWS_DIR": str(tmp_path / "flows"),
                    "XDG_DATA_HOME": str(tmp_path / "data"),
                    "XDG_CONFIG_HOME": str(tmp_path / "config"),
                    "GSETTINGS_BACKEND": "memory",
                    "PYTHONPATH": str(ROOT),
                    "PYTHONWARNINGS": "default",
                    "PYTHONFAULTHANDLER": "1",
                    **environment,
                },
                cwd=tmp_path,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
            )
        program = Program(process, output)
        started.append(program)
        return program

    yield start
    for program in started:
        if program.process.poll() is None:
            program.process.terminate()
            try:
                program.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                program.process.send_signal(signal.SIGABRT)  # its fault handler prints where every thread is
                program.process.wait()
                pytest.fail(f"flowdesk did not end when asked to:\n{program.printed()}")
        assert "Traceback" not in program.printed(), program.printed()
    clean_desktop.close_left_windows()


def node_states(messages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The order in which nodes began and ended."""
    return [
        (message["payload"]["node_id"], message["payload"]["status"])
        for message in messages
        if message["type"].startswith("node.") and message["payload"]["status"] != "pending"
    ]


def json_lines(text: str) -> list[dict[str, Any]]:
    """The messages that `--json` printed."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
