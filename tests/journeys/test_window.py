"""The window, driven as a person drives it: opened on a flow, run by its key; the form is filled, and everyone saw the same."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.journeys.conftest import ROOT, Start, json_lines, node_states
from tests.ports import free_port
from tests.rig import PATIENCE, Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]

ENDS = {"execution.complete", "execution.error"}


def practice_flow(folder: Path) -> tuple[Path, Path]:
    """The example flow, on a practice window that writes down what it received."""
    rows = folder / "rows.jsonl"
    flow = json.loads((ROOT / "resources" / "flows" / "practice-form.flow.json").read_text("utf-8"))
    start = next(node for node in flow["nodes"] if node["type"] == "start")
    start["data"]["config"]["appName"] += f" --output '{rows}'"
    path = folder / "practice.flow.json"
    path.write_text(json.dumps(flow), "utf-8")
    return path, rows


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def watching(port: int) -> Iterator[ClientConnection]:
    """Connect as a script and ask for everything."""
    until(lambda: is_listening(port), "the window's server")
    with connect(f"ws://127.0.0.1:{port}/ws/watcher", open_timeout=PATIENCE) as client:
        client.send(json.dumps({"id": "all", "type": "workflow.subscribe", "workflow_id": "*", "payload": {}}))
        while json.loads(client.recv(timeout=PATIENCE)).get("reply_to") != "all":
            pass
        yield client


def until_end(client: ClientConnection) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    while not messages or messages[-1]["type"] not in ENDS:
        messages.append(json.loads(client.recv(timeout=90)))
    return messages


def test_window_and_command_line_run_the_same_flow_alike(flowdesk: Start, clean_desktop: Rig, tmp_path: Path) -> None:
    path, rows = practice_flow(tmp_path)
    command = flowdesk("run", str(path), "--json", "--report", str(tmp_path / "report"))
    assert command.ends(90) == 0, command.printed()
    by_command = json_lines(command.printed())
    written = rows.read_text("utf-8")
    assert "张三" in json.loads(written.splitlines()[0])["name"]
    rows.unlink()
    clean_desktop.close_left_windows()

    port = free_port()
    window = flowdesk(str(path), "--port", str(port), "--insecure-no-token", QT_QPA_PLATFORM="xcb")
    main = clean_desktop.wait_window(window.process, "flowdesk")
    with watching(port) as client:
        clean_desktop.xdotool("windowactivate", "--sync", str(main))
        clean_desktop.xdotool("key", "F5")
        by_window = until_end(client)
    assert by_window[-1]["payload"]["status"] == "succeeded", by_window[-1]
    assert node_states(by_window) == node_states(by_command)
    assert rows.read_text("utf-8") == written
    window.process.terminate()
    assert window.ends() in {0, 130}
