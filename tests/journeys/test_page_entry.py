"""Who gets into the browser editor: another machine with six digits over TLS, a tablet; and a foreign page, not at all."""

import functools
import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import ROOT, Start
from tests.journeys.editor import MILLISECONDS, EditorPage, Visit, answered, expect, saved
from tests.journeys.editor import browser as browser
from tests.journeys.editor import visit as visit
from tests.journeys.test_window import watching
from tests.ports import free_port
from tests.rig import Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]

FLOW = ROOT / "tests" / "flows" / "no-desktop.flow.json"
TRIES = """async (port) => {
  const says = async (what) => { try { return await what(); } catch (error) { return "refused"; } };
  const socket = (path) => new Promise((done) => {
    const made = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    made.onopen = () => made.send(JSON.stringify({id: "1", type: "flow.list", timestamp: 0, workflow_id: "", payload: {}}));
    made.onmessage = (event) => done(event.data);
    made.onclose = () => done("refused");
  });
  const read = (path) => says(async () => (await fetch(`http://127.0.0.1:${port}${path}`)).text());
  const framed = await new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.onload = () => { try { done(frame.contentDocument === null ? "closed" : "open"); } catch { done("closed"); } };
    frame.src = `http://127.0.0.1:${port}/`;
    document.body.append(frame);
  });
  return {socket: await socket("/ws/foreign"), page: await read("/"), health: await read("/health"), framed};
}"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """The address of somebody else's page on this machine."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Elsewhere</title><body>", "utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_foreign_page_gets_nothing(flowdesk: Start, browser: Browser, elsewhere: str) -> None:
    port = free_port()
    flowdesk("serve", "--port", str(port), "--insecure-no-token").waits_to_print("http://")
    page = browser.new_page()
    page.goto(elsewhere)
    assert page.evaluate(TRIES, port) == {
        "socket": "refused", "page": "refused", "health": "refused", "framed": "closed",
    }  # fmt: skip
    page.close()


def test_a_package_that_cannot_be_loaded_is_shown_in_the_palette(flowdesk: Start, visit: Visit, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    told = shelf / "weather_map-1.2.dist-info"
    told.mkdir(parents=True)
    (shelf / "weather_map.py").write_text("print('loud')\nimport lacking_weather\n", "utf-8")
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: weather-map\nVersion: 1.2\n", "utf-8")
    (told / "entry_points.txt").write_text("[flowdesk.nodes]\nweather = weather_map:weather\n", "utf-8")
    server = flowdesk("serve", "--port", str(free_port()), PYTHONPATH=f"{ROOT}{os.pathsep}{shelf}")
    editor = visit(answered(server))
    editor.button("New flow").click()
    page = editor.page
    palette = page.get_by_role("navigation", name="Palette")
    expect(palette).to_contain_text("weather cannot be loaded: ModuleNotFoundError", timeout=MILLISECONDS)
    expect(palette).to_contain_text("Run: pip install lacking_weather")
    palette.get_by_role("textbox").fill("Click")
    expect(palette).not_to_contain_text("Not loaded")
    palette.get_by_role("textbox").fill("weather")
    expect(palette).to_contain_text("Not loaded")


def test_the_window_opens_itself_in_a_browser_once(
    flowdesk: Start, visit: Visit, clean_desktop: Rig, tmp_path: Path
) -> None:
    opened, opener = tmp_path / "opened.txt", tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f"#!/bin/sh\nprintf '%s' \"$1\" > '{opened}'\n", "utf-8")
    opener.chmod(0o755)
    port = free_port()
    window = flowdesk(
        str(FLOW), "--port", str(port),
        QT_QPA_PLATFORM="xcb", PATH=f"{opener.parent}{os.pathsep}{os.environ['PATH']}", BROWSER=str(opener),
    )  # fmt: skip
    main = clean_desktop.wait_window(window.process, "flowdesk")
    with watching(port):
        clean_desktop.xdotool("windowactivate", "--sync", str(main))

    def chosen() -> str:
        """Choose the command from the list, anew where the list was not there yet when it was typed."""
        if not opened.is_file():
            clean_desktop.xdotool("key", "Escape", "ctrl+shift+p")
            clean_desktop.xdotool("type", "--delay", "20", "Open in browser")
            clean_desktop.xdotool("key", "Return")
        return opened.read_text("utf-8") if opened.is_file() else ""

    link = until(chosen, "the link that is opened")
    editor = visit(link)
    expect(editor.nodes.first).to_be_visible(timeout=MILLISECONDS)
    assert "code" not in editor.page.url
    other = visit(link)
    expect(other.page.get_by_role("alert")).to_contain_text("already used", timeout=MILLISECONDS)
    window.process.terminate()
    assert window.ends() in {0, 130}


def test_another_machine_gets_in_with_six_digits_over_tls(flowdesk: Start, browser: Browser, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=robot",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    port = free_port()
    server = flowdesk(
        "serve", str(FLOW), "--host", "0.0.0.0", "--port", str(port),
        "--tls-cert", str(certificate), "--tls-key", str(key),
    )  # fmt: skip
    digits = until(lambda: re.findall(r"\b\d{6}\b", server.printed()), "the six digits")[-1]
    context = browser.new_context(ignore_https_errors=True, locale="en-US")
    editor = EditorPage(context.new_page())
    editor.page.goto(f"https://127.0.0.1:{port}/")
    field = editor.page.get_by_label("Token or six-digit code")
    field.fill("000000" if digits != "000000" else "111111")
    editor.button("Connect").click()
    expect(editor.page.get_by_role("alert")).to_contain_text("is wrong", timeout=MILLISECONDS)
    field.fill(digits)
    editor.button("Connect").click()
    expect(editor.nodes.first).to_be_visible(timeout=MILLISECONDS)
    editor.page.reload()
    expect(editor.nodes.first).to_be_visible(timeout=MILLISECONDS)
    # They open once: a second machine needs its own.
    other = EditorPage(browser.new_context(ignore_https_errors=True, locale="en-US").new_page())
    other.page.goto(f"https://127.0.0.1:{port}/")
    other.page.get_by_label("Token or six-digit code").fill(digits)
    other.button("Connect").click()
    expect(other.page.get_by_role("alert")).to_contain_text("already used", timeout=MILLISECONDS)
    editor.quiet()


def test_fingers_on_a_tablet_build_repair_and_remove(flowdesk: Start, visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "tablet.flow.json"
    path.write_bytes(FLOW.read_bytes())
    link = answered(flowdesk("serve", "--port", "0", str(path)))
    editor = visit(link, viewport={"width": 1024, "height": 768}, has_touch=True)
    page = editor.page
    count = len(saved(path)["nodes"])
    expect(editor.nodes).to_have_count(count)

    def tap(name: str) -> None:
        editor.button(name).tap()

    # Into a wire, from the form of the wire.
    page.locator(".react-flow__edge-interaction").first.dispatch_event("click")
    tap("Inspector")
    tap("Insert a node")
    page.get_by_role("option", name="Log").tap()
    editor.field("Name").fill("In between")
    editor.field("Message").tap()
    editor.shows_all(count + 1, count)
    # Behind another, from the palette.
    tap("Palette")
    editor.node(saved(path)["nodes"][-1]["id"]).tap()
    page.get_by_role("navigation", name="Palette").get_by_role("button", name="Wait", exact=True).tap()
    tap("Palette")
    editor.shows_all(count + 2)
    # Copied and removed again.
    editor.card("In between").tap()
    tap("Inspector")
    tap("Duplicate")
    editor.shows_all(count + 3)
    tap("Delete")
    editor.shows_all(count + 2)
    tap("Save")
    flow = until(lambda: saved(path) if len(saved(path)["nodes"]) == count + 2 else {}, "the saved flow")
    between = next(node["id"] for node in flow["nodes"] if node["data"]["label"] == "In between")
    first = json.loads(FLOW.read_text("utf-8"))["edges"][0]
    ends = {(edge["source"], edge["target"]) for edge in flow["edges"]}
    assert {(first["source"], between), (between, first["target"])} <= ends
    assert (first["source"], first["target"]) not in ends
