"""flowdesk's own window under sway: another flowdesk builds a flow in it with mouse and keyboard, runs it, and stops one."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.wayland.windows import SwayWindows
from tests.wayland.conftest import PATIENCE, ROOT, Flow, ended, program_environment, until

pytestmark = pytest.mark.timeout(230)


@pytest.fixture
def window(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Open the window with a flow that only begins; it ends with the test."""
    start = {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "Start", "config": {}}}
    flow = {"flowdesk": 1, "id": "built", "nodes": [start], "edges": []}
    (tmp_path / "built.flow.json").write_text(json.dumps(flow))
    own = {"HOME": str(tmp_path), "LANG": "C.UTF-8"}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flowdesk", str(tmp_path / "built.flow.json"), "--port", "0"],
            env=program_environment(**own),
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    with contextlib.closing(SwayWindows()) as windows:
        until(lambda: any(each.pid == process.pid for each in windows.list()), "the window")
    try:
        yield process
        process.terminate()
        assert process.wait(PATIENCE) in {0, 130}, (tmp_path / "log").read_text("utf-8")
    finally:
        process.kill()
        process.wait(PATIENCE)


def _saved(tmp_path: Path) -> dict[str, Any]:
    flow: dict[str, Any] = json.loads((tmp_path / "built.flow.json").read_text("utf-8"))
    return flow if len(flow["nodes"]) > 1 else {}


def test_a_flow_is_built_saved_and_run_in_the_window(
    window: "subprocess.Popen[bytes]", flow: Flow, tmp_path: Path
) -> None:
    there = "window=built >> "
    ended(
        flow(
            ("click", {"selector": f"{there}list >> list_item[name='Start']"}),
            ("input", {"selector": f"{there}text_field[name='Search nodes']", "text": "Write to the log"}),
            ("click", {"selector": f"{there}tree_item[name='Log']", "clickType": "double"}),
            ("input", {"selector": f"{there}text_field[name='Name']", "text": "Grüße", "clearFirst": True}),
            ("input", {"selector": f"{there}text_field[name='Message']", "text": "built under sway 构建"}),
            ("keys", {"keys": ["ctrl", "s"]}),
            ("click", {"selector": f"{there}button[name='Run']"}),
            ("wait", {"selector": f"{there}table_cell[name='built under sway 构建']", "timeout": 20000}),
        )
    )
    made = until(lambda: _saved(tmp_path), "the saved file")["nodes"][1]
    assert (made["type"], made["data"]["label"]) == ("log", "Grüße")
    assert made["data"]["config"]["message"] == "built under sway 构建"
    assert window.poll() is None
