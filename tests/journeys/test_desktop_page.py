"""The desktop in the page: a person at a laptop picks on the robot's screen, and a flow is repaired without touching it."""

import json
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.browser import Browser, browser
from tests.journeys.conftest import ROOT, Start
from tests.journeys.person import Person, Seen
from tests.journeys.test_window import free_port
from tests.rig import Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]

SCREEN = (1600, 1000)
FLOW = {
    "name": "Agree",
    "nodes": [
        {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "Begin", "config": {}}},
        {
            "id": "tick",
            "type": "click",
            "position": {"x": 300, "y": 0},
            "data": {"label": "Tick it", "config": {"selector": "text=nothing says this", "timeout": 0}},
        },
    ],
    "edges": [{"id": "e", "source": "start", "target": "tick"}],
}


@dataclass
class Desk:
    """The practice window on the desktop, flowdesk serving it, and a browser that followed the link."""

    page: Browser
    person: Person
    practice: int
    folder: Path

    def element(self, css: str) -> Seen:
        """Wait for an element of the practice window."""
        return self.person.finds(self.practice, css)

    def shown(self) -> tuple[float, float, float, float]:
        """Return where the page shows the desktop, when the picture stands still."""
        before: list[float] = []

        def still() -> list[float]:
            nonlocal before
            now = self.page.sees(
                "(() => { const one = document.querySelector('.desktop-pixels'); if (!one) return [];"
                " const box = one.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; })()"
            )
            same = now if now and now == before else []
            before = now
            return list(same)

        left, top, width, height = until(still, "the picture of the desktop")
        return left, top, width, height

    def place(self, x: float, y: float) -> tuple[int, int]:
        """Return where the page shows a pixel of the desktop; a mouse points at whole pixels of the view."""
        left, top, width, height = self.shown()
        return math.ceil(left + x * width / SCREEN[0]), math.ceil(top + y * height / SCREEN[1])

    def candidates(self) -> list[dict[str, str]]:
        """Wait for what was found, and return its kinds, selectors and counts, in order."""
        found: list[dict[str, str]] = self.page.waits(
            "(rows => rows.length && rows)([...document.querySelectorAll('.desktop-candidates li')].map(row => ({"
            "kind: row.dataset.kind, selector: row.querySelector('code').textContent,"
            " count: row.querySelector('.desktop-count').textContent})))"
        )
        return found

    def ring(self) -> tuple[float, float, float, float]:
        """Wait for the ring, and return the box of the desktop that it lies around."""
        self.page.waits("!document.querySelector('.desktop-ring')")
        self.page.click(".desktop-candidates button", "Test")
        told: list[float] = self.page.waits(
            "(() => { const ring = document.querySelector('.desktop-ring'); if (!ring) return null;"
            " const pixels = document.querySelector('.desktop-pixels').getBoundingClientRect();"
            " const stage = document.querySelector('.desktop-stage').getBoundingClientRect();"
            " const scale = pixels.width / 1600; const at = ring.style;"
            " return [(parseFloat(at.left) + stage.left - pixels.left) / scale,"
            " (parseFloat(at.top) + stage.top - pixels.top) / scale,"
            " parseFloat(at.width) / scale, parseFloat(at.height) / scale]; })()"
        )
        return told[0], told[1], told[2], told[3]

    def config(self) -> dict[str, Any]:
        """Return the config of the click node, as the server holds it after saving."""
        saved = json.loads((self.folder / "agree.flow.json").read_text("utf-8"))
        found: dict[str, Any] = saved["nodes"][1]["data"]["config"]
        return found

    def saves(self, has: str) -> None:
        """Wait until the form shows something, save by the key, and wait until the file holds it."""
        self.page.waits(
            f"[...document.querySelectorAll('textarea')].some(one => one.value.includes({json.dumps(has)}))"
        )
        self.page.key("s", 2)
        until(lambda: has in json.dumps(self.config()), f"{has} in the saved flow; it has {self.config()}")


@pytest.fixture
def desk(flowdesk: Start, clean_desktop: Rig, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "agree.flow.json").write_text(json.dumps(FLOW), "utf-8")
    practice = clean_desktop.start(
        [sys.executable, "-m", "flowdesk", "practice", "--lang", "en"],
        PYTHONPATH=str(ROOT), FLOWDESK_STATE_DIR=str(tmp_path / "practice"), QT_QPA_PLATFORM="xcb",
    )  # fmt: skip
    clean_desktop.wait_window(practice, "flowdesk practice")
    server = flowdesk("serve", "--port", str(free_port()), str(folder / "agree.flow.json"))
    printed = server.waits_to_print("#code=")
    link = re.search(r"http://\S+#code=\S+", printed)
    assert link is not None
    with browser(tmp_path / "profile", clean_desktop.desktop.environment()) as page:
        page.view(1280, 800)
        page.open(link.group())
        page.box(".card", "Tick it")
        assert "code" not in page.sees("location.href")
        yield Desk(page, Person(clean_desktop), practice.pid, folder)
        assert page.faults == []


def test_what_is_picked_on_the_live_desktop_repairs_a_flow(desk: Desk) -> None:
    page = desk.page
    box = desk.element("check_box[name='I agree']")
    page.click(".card", "Tick it")
    page.click("button", "Pick")
    at = desk.place(*box.center)
    page.move(at[0] + 1, at[1])
    page.move(*at)
    page.waits("document.querySelector('.desktop-tag')?.textContent.includes('I agree')")
    page.click_at(*at)
    found = desk.candidates()
    assert found[0]["selector"] == "app=flowdesk practice >> check_box[name='I agree']"
    assert [one["kind"] for one in found][-1] == "point"
    assert all(one["count"].startswith("only one") for one in found)
    left, top, width, height = desk.ring()
    assert abs(left + width / 2 - box.center[0]) < 2
    assert abs(top + height / 2 - box.center[1]) < 2
    page.click(".desktop-candidates button", "Use")
    desk.saves("check_box[name='I agree']")
    page.click(".top button", "Run")
    desk.person.finds(desk.practice, "check_box[name='I agree'][checked='on']")


def test_a_picture_drawn_on_the_live_desktop_finds_its_place(desk: Desk) -> None:
    page = desk.page
    button = desk.element("button[name='Submit']")
    page.click(".card", "Tick it")
    page.click("button", "Pick")
    start = desk.place(button.x - 4, button.y - 4)
    page.drag(start, desk.place(button.x + button.width + 3, button.y + button.height + 3))
    found = desk.candidates()
    assert "image" in [one["kind"] for one in found]
    page.click("li[data-kind=image] button", "Test")
    page.waits("!!document.querySelector('.desktop-ring')")
    page.click("li[data-kind=image] button", "Use")
    desk.saves("image=")
    selector = desk.config()["selector"]
    name = re.search(r"image=(\S+\.png)", selector if isinstance(selector, str) else selector[0])
    assert name is not None
    assert (desk.folder / "agree.assets" / name.group(1)).is_file()


def test_coordinates_are_right_at_every_size(desk: Desk) -> None:
    page = desk.page
    submit = desk.element("button[name='Submit']")
    page.click("button", "Desktop")
    for width, height, ratio in ((1280, 800, 1.0), (1024, 700, 2.0), (700, 900, 1.5)):
        page.view(1280, 800)
        page.click(".desktop-panel button", "Pick")
        page.view(width, height, ratio)
        for x, y in ((6, 6), (1590, 990), (137, 911), (801, 333)):
            place = desk.place(x, y)
            left, top, wide, high = desk.shown()
            across, down = int((place[0] - left) * SCREEN[0] / wide), int((place[1] - top) * SCREEN[1] / high)
            assert max(abs(across - x), abs(down - y)) <= SCREEN[0] / wide
            page.move(*place)
            page.waits(f"document.querySelector('.desktop-where').textContent == '{across}, {down}'")
        page.click_at(*desk.place(*submit.center))
        assert desk.candidates()[0]["selector"] == "app=flowdesk practice >> button[name='Submit']"
        left, top, wide, high = desk.ring()
        assert (round(left), round(top), round(wide), round(high)) == (submit.x, submit.y, submit.width, submit.height)
        page.key("Escape")
        page.waits("!document.querySelector('.desktop-candidates')")
        page.key("Escape")
        page.waits("!document.querySelector('.desktop-panel.is-large')")
