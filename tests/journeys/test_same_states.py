"""The same flow gives the same node states from the command line and from the seed's JavaScript client in a browser."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Start, json_lines, node_states
from tests.rig import Apps, Page, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]

SEED_CLIENT = """
window.received = [];
class WorkflowWebSocketClient {
  constructor() {
    this.ws = null;
    this.clientId = `client_${Date.now()}_${Math.random().toString(36).substr(2, 9)}`;
  }
  connect(port) {
    this.ws = new WebSocket(`ws://localhost:${port}/ws/${this.clientId}`);
    this.ws.onopen = () => { window.isOpen = true; };
    this.ws.onmessage = (event) => { window.received.push(JSON.parse(event.data)); };
  }
  startWorkflow(workflowId, nodes, edges) {
    this.send({ id: `msg_${Date.now()}`, type: 'workflow.start', timestamp: Date.now(), workflow_id: workflowId, payload: { nodes, edges } });
  }
  send(message) {
    if (this.ws && this.ws.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(message));
  }
}
window.client = new WorkflowWebSocketClient();
"""


def seed_flow() -> dict[str, Any]:
    """A chain with a loop and a condition over the seed's seven node types, on the editor."""

    def node(node_id: str, kind: str, **config: Any) -> dict[str, Any]:
        return {"id": node_id, "type": kind, "position": {"x": 0, "y": 0}, "data": {"label": node_id, "config": config}}

    return {
        "nodes": [
            node("1", "start", appName="mousepad --disable-server", waitTime=100),
            node("2", "click", selector="app=mousepad >> text_field", clickType="left", waitTime=100),
            node("3", "input", selector="app=mousepad >> text_field", text="你好，flowdesk <1>", clearFirst=True),
            node("4", "wait", duration=100),
            node("5", "condition", selector="text=flowdesk", operator="exists", value="", waitTime=0),
            node("6", "loop", type="count", count=3, waitTime=0),
            node("7", "wait", duration=10),
            node("8", "screenshot", filename="demo.png", fullScreen=True),
        ],
        "edges": [
            {"id": "e1", "source": "1", "target": "2"},
            {"id": "e2", "source": "2", "target": "3"},
            {"id": "e3", "source": "3", "target": "4"},
            {"id": "e4", "source": "4", "target": "5"},
            {"id": "e5", "source": "5", "target": "6", "sourceHandle": "true"},
            {"id": "e6", "source": "5", "target": "8", "sourceHandle": "false"},
            {"id": "e7", "source": "6", "target": "7", "sourceHandle": "body"},
            {"id": "e8", "source": "7", "target": "6"},
            {"id": "e9", "source": "6", "target": "8", "sourceHandle": "done"},
        ],
    }


def from_command_line(flowdesk: Start, folder: Path) -> list[dict[str, Any]]:
    path = folder / "seed.flow.json"
    path.write_text(json.dumps(seed_flow()), "utf-8")
    program = flowdesk("run", str(path), "--json", "--report", str(folder / "report"))
    assert program.ends(90) == 0, program.printed()
    assert (folder / "report" / "demo.png").stat().st_size > 1000
    return json_lines(program.printed())


def from_browser(flowdesk: Start, page: Page) -> list[dict[str, Any]]:
    program = flowdesk("serve", "--port", "0", "--insecure-no-token")
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", program.waits_to_print("http://"))
    assert found is not None
    port = found.group(1)
    page.evaluate(f"location.href = 'http://localhost:{port}/'")
    until(lambda: page.evaluate("document.readyState == 'complete' && location.port") == port, "the page of the server")
    page.evaluate(SEED_CLIENT)
    page.evaluate(f"client.connect({port})")
    until(lambda: page.evaluate("window.isOpen === true"), "the socket")
    flow = json.dumps(seed_flow())
    page.evaluate(f"{{ const flow = {flow}; client.startWorkflow('demo', flow.nodes, flow.edges); }}")
    until(
        lambda: page.evaluate("received.some((m) => m.type === 'execution.complete' || m.type === 'execution.error')"),
        "the end of the run", 90,
    )  # fmt: skip
    received: list[dict[str, Any]] = json.loads(page.evaluate("JSON.stringify(received)"))
    return received


def test_command_line_and_browser_see_the_same_states(flowdesk: Start, apps: Apps, tmp_path: Path) -> None:
    by_command = from_command_line(flowdesk, tmp_path)
    apps.rig.close_apps()
    page = apps.chromium()
    by_browser = from_browser(flowdesk, page)
    assert node_states(by_command) == node_states(by_browser)
    assert node_states(by_command)[-1] == ("8", "success")
    for messages in (by_command, by_browser):
        ends = [message for message in messages if message["type"] in {"execution.complete", "execution.error"}]
        assert [end["payload"]["status"] for end in ends] == ["succeeded"]
        numbers = [message["seq"] for message in messages if "seq" in message]
        assert numbers == list(range(1, len(numbers) + 1))
