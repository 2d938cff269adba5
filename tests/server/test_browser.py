"""The seed's own browser client in Chromium: let in on the server's page, left outside on any other."""

import asyncio
import functools
import http.server
import json
import re
import shutil
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowdesk.engine.context import Services
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.server.server import Server, ServerSettings
from flowdesk.session.session import Folders, Session

pytestmark = pytest.mark.desktop

# The client as the seed has it, without its TypeScript annotations, and with the port of the test's server.
SEED_CLIENT = """
class WorkflowWebSocketClient {
  constructor() {
    this.ws = null;
    this.seen = [];
    this.clientId = `client_${Date.now()}_${Math.random().toString(36).substr(2, 9)}`;
  }
  connect() {
    this.ws = new WebSocket(`ws://localhost:PORT/ws/${this.clientId}`);
    this.ws.onopen = () => {
      this.startWorkflow('wf', [
        {id: '1', type: 'start', position: {x: 0, y: 0}, data: {config: {}}},
        {id: '2', type: 'wait', position: {x: 200, y: 0}, data: {config: {waitTime: 10}}},
      ], [{id: 'e', source: '1', target: '2'}]);
      this.send({id: 'h', type: 'heartbeat', timestamp: Date.now(), workflow_id: 'wf'});
    };
    this.ws.onmessage = (event) => {
      const message = JSON.parse(event.data);
      this.seen.push(message.type);
      if (message.type === 'execution.complete') this.finish('complete');
    };
    this.ws.onclose = () => this.finish('closed');
  }
  finish(how) { document.title = `RESULT ${how} ${this.seen.join(',')} END`; }
  startWorkflow(workflowId, nodes, edges) {
    this.send({id: `msg_${Date.now()}`, type: 'workflow.start', timestamp: Date.now(), workflow_id: workflowId, payload: {nodes, edges}});
  }
  send(message) {
    if (this.ws && this.ws.readyState === WebSocket.OPEN) {
      this.ws.send(JSON.stringify(message));
    }
  }
}
new WorkflowWebSocketClient().connect();
"""
PAGE = "<!doctype html><meta charset=utf-8><body>waiting<script src=client.js></script>"


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A web server of someone else."""
    folder = tmp_path / "foreign"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, server.server_address[1]
        server.shutdown()
        thread.join()


async def result_of(url: str, profile: Path) -> tuple[str, list[str]]:
    """Open a page and return how its client ended and the types of the messages that it got, as its title says."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    browser = await asyncio.create_subprocess_exec(
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--password-store=basic", f"--user-data-dir={profile}", "--remote-debugging-port=0", url,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            while True:
                found = re.search(r"RESULT (\w+) (\S*) ?END", await asyncio.to_thread(titles, profile))
                if found:
                    return found[1], [kind for kind in found[2].split(",") if kind]
                await asyncio.sleep(0.1)
    finally:
        browser.terminate()
        await browser.wait()


def titles(profile: Path) -> str:
    """Return the titles of the browser's pages."""
    port_file = profile / "DevToolsActivePort"
    if not port_file.is_file() or not (lines := port_file.read_text().split()):
        return ""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json", timeout=5) as answer:
            return " ".join(page["title"] for page in json.load(answer))
    except OSError:
        return ""


async def test_the_seeds_client_works_on_the_servers_page_and_nowhere_else(
    tmp_path: Path, foreign: tuple[Path, int]
) -> None:
    editor = tmp_path / "editor"
    editor.mkdir()
    folders = Folders(tmp_path / "state", tmp_path / "state" / "runs", tmp_path / "flows")
    session = Session(catalogue_with_plugins(), Services(driver=None, secret=lambda name: name), folders)
    server = Server(session, ServerSettings(port=0, insecure_no_token=True, editor=editor))
    await server.start()
    try:
        foreign_folder, foreign_port = foreign
        for folder in (editor, foreign_folder):
            (folder / "index.html").write_text(PAGE)
            (folder / "client.js").write_text(SEED_CLIENT.replace("PORT", str(server.port)))
        how, kinds = await result_of(f"http://localhost:{server.port}/", tmp_path / "p1")
        assert how == "complete"
        assert {"system.status", "heartbeat", "node.running", "node.success", "execution.progress"} <= set(kinds)
        for page in (f"http://127.0.0.1:{foreign_port}/", f"http://localhost:{foreign_port}/"):
            how, kinds = await result_of(page, tmp_path / "p2")
            assert (how, kinds) == ("closed", [])
        (foreign_folder / "frame.html").write_text(
            PAGE.replace("client.js", f"http://127.0.0.1:{foreign_port}/client.js")
        )
        how, kinds = await result_of((foreign_folder / "frame.html").as_uri(), tmp_path / "p3")
        assert (how, kinds) == ("closed", [])
        assert not server.clients
    finally:
        await server.stop()
        await session.close()
