"""The example clients start flows on `flowdesk serve`, from Python and from a page; the form on the desktop is filled."""

import functools
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import ROOT, Start
from tests.journeys.test_window import is_listening
from tests.ports import free_port
from tests.rig import PATIENCE, Apps, Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]

CLIENTS = ROOT / "resources" / "clients"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def rows(clean_desktop: Rig, tmp_path: Path) -> Path:
    """The file into which an open practice window writes what it receives."""
    path = tmp_path / "rows.jsonl"
    environment = {"QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "flowdesk", "practice", "--lang", "en", "--output", str(path)]
    clean_desktop.wait_window(clean_desktop.start(command, **environment), "flowdesk practice")
    return path


@pytest.fixture
def pages() -> Iterator[str]:
    """The origin from which the example page is served."""
    handler = functools.partial(Quiet, directory=str(CLIENTS))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(PATIENCE)


def names(rows: Path) -> list[str]:
    return [json.loads(line)["name"] for line in rows.read_text("utf-8").splitlines()]


def test_a_python_script_starts_a_flow_with_the_token(flowdesk: Start, rows: Path, tmp_path: Path) -> None:
    port = free_port()
    flowdesk("serve", "--port", str(port))
    until(lambda: is_listening(port), "the server")
    shown = flowdesk("token", "show")
    assert shown.ends() == 0
    done = subprocess.run(
        [sys.executable, str(CLIENTS / "start_flow.py"), str(ROOT / "resources" / "flows" / "visitor.flow.json"), "name=李四"],
        env={
            "PATH": "", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8",
            "FLOWDESK_TOKEN": shown.printed().strip(), "FLOWDESK_URL": f"ws://127.0.0.1:{port}",
        },
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "success submit" in done.stdout
    assert names(rows) == ["李四"]


def test_a_page_in_a_browser_starts_a_flow(flowdesk: Start, rows: Path, pages: str, apps: Apps) -> None:
    port = free_port()
    flowdesk("serve", "--port", str(port), "--insecure-no-token", "--allow-origin", pages)
    until(lambda: is_listening(port), "the server")
    browser = apps.chromium()
    browser.evaluate(f"location.href = {pages!r} + '/start-flow.html?server=ws://127.0.0.1:{port}'")
    until(lambda: browser.evaluate("typeof startFlow") == "function", "the example page")
    browser.evaluate("document.getElementById('name').value = 'Zoë'; document.getElementById('start').click()")

    def printed() -> str:
        return str(browser.evaluate("document.getElementById('log').textContent"))

    until(lambda: "succeeded:" in printed() or "failed:" in printed(), "the end of the run")
    assert "success submit" in printed()
    assert "succeeded:" in printed()
    assert names(rows) == ["Zoë"]
