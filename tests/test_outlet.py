"""A reader that reads nothing holds up neither the writer nor its end; one that is slow gets every line."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig import until

ROOT = Path(__file__).parents[1]
pytestmark = [pytest.mark.timeout(120), pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes")]
MANY = {
    "nodes": [
        {"id": "start", "type": "start", "data": {"config": {}}},
        {"id": "l", "type": "loop", "data": {"config": {"type": "count", "count": 3000}}},
        {"id": "say", "type": "log", "data": {"config": {"message": "x" * 400}}},
        {"id": "stay", "type": "wait", "data": {"config": {"duration": 60000}}},
    ],
    "edges": [
        {"id": "a", "source": "start", "target": "l"},
        {"id": "b", "source": "l", "target": "say", "sourceHandle": "body"},
        {"id": "c", "source": "l", "target": "stay", "sourceHandle": "done"},
    ],
}


@pytest.fixture
def unread(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A run that printed more than a pipe holds, to a pipe that nobody reads, and that waits now."""
    flow, state = tmp_path / "many.flow.json", tmp_path / "state"
    flow.write_text(json.dumps(MANY), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "flowdesk", "run", str(flow), "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(state), "DISPLAY": ""},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    goes_on = b'"stay","status":"running"'
    until(lambda: any(goes_on in file.read_bytes() for file in state.glob("runs/*/messages.jsonl")), "the last node")
    yield process
    process.kill()
    process.communicate()


def test_a_run_goes_on_and_is_stopped_although_nobody_reads_what_it_prints(unread: "subprocess.Popen[str]") -> None:
    unread.send_signal(signal.SIGTERM)
    assert unread.wait(60) == 130


def test_a_late_reader_gets_every_line(unread: "subprocess.Popen[str]") -> None:
    assert unread.stdout is not None
    lines = [unread.stdout.readline() for _ in range(2000)]
    unread.send_signal(signal.SIGTERM)
    lines += unread.stdout.readlines()
    assert unread.wait(60) == 130
    messages = [json.loads(line) for line in lines]
    numbers = [message["seq"] for message in messages if "seq" in message]
    assert numbers == list(range(1, len(numbers) + 1))
    assert messages[-1]["type"] == "system.status" or messages[-1]["type"] == "execution.error"
    assert "execution.error" in {message["type"] for message in messages[-5:]}
