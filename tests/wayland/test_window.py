"""flowdesk's own window under sway: another flowdesk builds a flow in it with mouse and keyboard, runs it, and stops one."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.wayland.windows import SwayWindows
from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Box
from tests.wayland.conftest import PATIENCE, ROOT, Flow, Form, ended, program_environment, swaymsg, until

pytestmark = pytest.mark.timeout(230)


@pytest.fixture
def window(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator["subprocess.Popen[bytes]"]:
    """Open the window with a flow that only begins; it ends with the test."""
    start = {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "Start", "config": {}}}
    press = {"id": "press", "type": "click", "position": {"x": 260, "y": 140}, "data": {"label": "Press", "config": {}}}
    nodes = [start, press] if "picked" in request.node.name else [start]
    flow = {"flowdesk": 1, "id": "built", "nodes": nodes, "edges": []}
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


def test_a_button_of_another_program_is_picked(
    window: "subprocess.Popen[bytes]", show: Callable[[str], Form], flow: Flow, tmp_path: Path
) -> None:
    form = show("qt")
    there, edge = "window=built >> ", form.window()
    assert edge is not None
    swaymsg(f"[con_id={edge.id}]", "move", "absolute", "position", "1050", "px", "540", "px")
    until(lambda: (now := form.window()) is not None and now.box.x == 1050, "the form to lie in the corner")
    button = form.box("button[name='Press me']").center
    ended(
        flow(
            ("click", {"selector": f"{there}list >> list_item[name='Press']"}),
            ("click", {"selector": f"{there}button[name='Pick']"}),
        )
    )
    with contextlib.closing(SwayWindows()) as windows:

        def mine() -> list[Window]:
            return [each for each in windows.list() if each.pid == window.pid]

        until(lambda: any(each.box == Box(0, 0, 1600, 1000) for each in mine()), "the picker to cover the monitor")
        ended(flow(("click", {"selector": f"{button.x},{button.y}", "force": True})))
        until(lambda: any(each.title.startswith("Ways to find") for each in mine()), "the ways to be told")
    ended(
        flow(
            ("click", {"selector": "window=/Ways to find/ >> button[name='Use']"}),
            ("keys", {"keys": ["ctrl", "s"], "selector": "window=built"}),
        )
    )

    def ways() -> str:
        saved = json.loads((tmp_path / "built.flow.json").read_text("utf-8"))
        return json.dumps(saved["nodes"][1]["data"]["config"].get("selector", ""))

    until(lambda: "button[name='Press me']" in ways(), f"the target to be the button: {ways()}")
    assert not form.events


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
