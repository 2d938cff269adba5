"""The display of a window dies while somebody edits and a run goes on: the edits are there at the next start, nothing stays."""

import json
from pathlib import Path

import pytest

from flowdesk.client import Client
from flowdesk.drivers.virtual import VirtualDesktop
from tests.journeys.conftest import Start
from tests.journeys.test_processes import display as display
from tests.journeys.test_processes import is_running, kill, written
from tests.journeys.test_window import is_listening
from tests.ports import free_port
from tests.rig import until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]


async def test_edits_outlive_the_display_of_the_window(
    flowdesk: Start, display: VirtualDesktop, tmp_path: Path
) -> None:
    marker = tmp_path / "child"
    shell = f"sleep 300 & echo $! > {marker}; wait"
    path = written(tmp_path, ("command", {"command": ["sh", "-c", shell], "timeout": 0}))
    before, port = Path(path).read_bytes(), free_port()
    window = flowdesk(path, "--port", str(port), "--insecure-no-token", QT_QPA_PLATFORM="xcb", **display.env)
    until(lambda: is_listening(port), "the window's server")
    async with Client.connect(f"ws://127.0.0.1:{port}", name="editor") as client:
        opened = await client.request("flow.open", {"path": path})
        doc = opened["workflow_id"]
        await client.start(workflow_id=doc)
        asked = await client.next_event("help.needed", timeout=60)
        await client.request("help.answer", {"help_id": asked["payload"]["help_id"], "value": True}, doc)
        child = until(lambda: marker.read_text().strip() if marker.exists() else "", "the command's child")
        change = {"op": "setNode", "id": "command1", "path": ["data", "label"], "value": "half a sentence"}
        await client.request("flow.edit", {"changes": [change]}, doc)
    kill(display)
    assert window.ends(10) == 3, window.printed()
    assert "Traceback" not in window.printed()
    assert "The display of the window is gone." in window.printed()
    until(lambda: not is_running(child), "the end of what the run had started")
    assert Path(path).read_bytes() == before
    records = [json.loads(file.read_text("utf-8")) for file in (tmp_path / "state" / "runs").glob("*/run.json")]
    assert [(record["status"], record["outcome"]["code"]) for record in records] == [("failed", "desktop.unavailable")]

    again = flowdesk("serve", "--port", str(port), "--insecure-no-token", DISPLAY="")
    until(lambda: is_listening(port), "the server")
    async with Client.connect(f"ws://127.0.0.1:{port}", name="editor") as client:
        opened = await client.request("flow.open", {"path": path})
        assert "half a sentence" in [node["data"].get("label") for node in opened["flow"]["nodes"]]
    again.process.terminate()
    assert again.ends() == 0
