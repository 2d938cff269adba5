"""How fast the browser editor is: opening 500 nodes, and panning over them. ``make bench`` runs it.

Work is measured on the clock of the page's own thread, so that other programs on the machine count little.
"""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import CDPSession

from tests.journeys.conftest import Start
from tests.journeys.conftest import flowdesk as flowdesk
from tests.journeys.editor import MILLISECONDS, EditorPage, answered, chromium
from tests.rig import Rig, until

pytestmark = [pytest.mark.benchmark, pytest.mark.desktop, pytest.mark.timeout(240)]

NODES = 500
KINDS = ("log", "wait", "setVariable", "click")
FRAMES = """() => new Promise((done) => {
  const times = []; let last = performance.now();
  const step = (now) => { times.push(now - last); last = now; if (window.isPanning) requestAnimationFrame(step); else done(times.slice(2)); };
  window.isPanning = true; window.stopPanning = () => { window.isPanning = false; };
  requestAnimationFrame(step);
})"""


def grid(count: int) -> dict[str, Any]:
    """A chain of nodes in rows of 25."""
    nodes = [{"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "Start", "config": {}}}]
    for number in range(1, count):
        place = {"x": number % 25 * 240, "y": number // 25 * 120}
        data = {"label": f"Step {number}", "config": {}}
        nodes.append({"id": f"n{number}", "type": KINDS[number % 4], "position": place, "data": data})
    ids = [str(node["id"]) for node in nodes]
    edges = [{"id": f"e{node}", "source": before, "target": node} for before, node in pairwise(ids)]
    return {"flowdesk": 1, "id": "grid", "name": "Grid", "nodes": nodes, "edges": edges}


def busy(session: CDPSession) -> float:
    """Return the milliseconds that the page's main thread worked so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration")) * 1000


@pytest.fixture
def editor(clean_desktop: Rig) -> Iterator[EditorPage]:
    with chromium(clean_desktop.desktop.environment()) as browser:
        yield EditorPage(browser.new_page(viewport={"width": 1440, "height": 900}))


def test_five_hundred_nodes_open_and_pan(flowdesk: Start, editor: EditorPage, tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "grid.flow.json").write_text(json.dumps(grid(NODES)), "utf-8")
    page = editor.page
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    editor.enter(answered(flowdesk("serve", "--port", "0")))
    page.locator(".flow-name").click()
    item = page.get_by_role("button", name="grid")
    item.wait_for()
    before = busy(session)
    item.click()
    until(lambda: editor.nodes.count() == NODES, "all nodes on the canvas", MILLISECONDS / 1000)
    print(f"\nopen {NODES} nodes: {busy(session) - before:.0f} ms of work")
    for view, zooms in (("all in sight", 0), ("so that they can be read", 5)):
        page.mouse.move(700, 300)
        for _ in range(zooms):
            page.mouse.wheel(0, -200)
        if zooms:
            until(lambda: 0 < editor.wires.count() < NODES, "a part of the nodes in sight")
        worked = busy(session)
        frames = pan(editor)
        worked = (busy(session) - worked) / len(frames)
        most = sorted(frames)[int(len(frames) * 0.95)]
        print(f"pan {view}: {median(frames):.1f} ms a frame, 95 % below {most:.1f} ms, {worked:.1f} ms of them work")


def pan(editor: EditorPage) -> list[float]:
    """Drag the canvas with the middle button and return the milliseconds between frames."""
    page = editor.page
    page.evaluate(f"() => {{ window.panned = ({FRAMES})(); }}")
    page.mouse.move(900, 500)
    page.mouse.down(button="middle")
    for step in range(90):
        page.mouse.move(900 - step * 4, 500 - step)
    page.mouse.up(button="middle")
    page.evaluate("() => window.stopPanning()")
    frames: list[float] = page.evaluate("() => window.panned")
    return frames
