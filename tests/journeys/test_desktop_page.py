"""The desktop in the page: a person at a laptop picks on the robot's screen, and a flow is repaired without touching it."""

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import ROOT, Start
from tests.journeys.editor import MILLISECONDS, EditorPage, answered, chromium, expect
from tests.journeys.person import Person, Seen
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
PICTURE = "(one => { const box = one.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; })"


@dataclass
class Desk:
    """The practice window on the desktop, flowdesk serving it, and a browser that followed the printed link."""

    editor: EditorPage
    person: Person
    practice: int
    file: Path

    @property
    def page(self) -> Page:
        return self.editor.page

    def element(self, css: str) -> Seen:
        """Wait for an element of the practice window."""
        return self.person.finds(self.practice, css)

    def picks(self) -> None:
        """Begin to pick for the click node."""
        self.editor.node("tick").click()
        self.page.get_by_role("complementary", name="Inspector").get_by_role("button", name="Pick").click()

    def shown(self) -> tuple[float, float, float, float]:
        """Return where the page shows the desktop, when the picture stands still."""
        before: list[float] = []
        pixels = self.page.locator(".desktop-pixels")

        def still() -> list[float]:
            nonlocal before
            now: list[float] = pixels.evaluate(PICTURE)
            same = now if now == before else []
            before = now
            return same

        left, top, width, height = until(still, "the picture of the desktop")
        return left, top, width, height

    def place(self, x: float, y: float) -> tuple[int, int]:
        """Return where the page shows a pixel of the desktop; a mouse points at whole pixels of the view."""
        left, top, width, height = self.shown()
        return math.ceil(left + x * width / SCREEN[0]), math.ceil(top + y * height / SCREEN[1])

    def candidates(self) -> list[dict[str, str]]:
        """Wait for what was found, and return its kinds, selectors and counts, in order."""
        rows = self.page.locator(".desktop-candidates li")
        rows.first.wait_for()
        found: list[dict[str, str]] = rows.evaluate_all(
            "rows => rows.map(row => ({kind: row.dataset.kind, selector: row.querySelector('code').textContent,"
            " count: row.querySelector('.desktop-count').textContent}))"
        )
        return found

    def ring(self) -> tuple[int, int, int, int]:
        """Test the best of them, and return the box of the desktop that the ring lies around."""
        self.page.locator(".desktop-candidates li").first.get_by_role("button", name="Test").click()
        ring = self.page.locator(".desktop-ring")
        ring.wait_for()
        left, top, width, _ = self.shown()
        corner: list[float] = self.page.locator(".desktop-stage").evaluate(PICTURE)
        scale = width / SCREEN[0]
        across, down, wide, high = ring.evaluate(
            "one => [one.style.left, one.style.top, one.style.width, one.style.height].map(parseFloat)"
        )
        return (
            round((across + corner[0] - left) / scale),
            round((down + corner[1] - top) / scale),
            round(wide / scale),
            round(high / scale),
        )

    def uses(self, row: str, has: str) -> None:
        """Use a row of the list, save, and wait until the file holds what it says."""
        self.page.locator(row).get_by_role("button", name="Use").click()
        until(lambda: has in self.editor.field("Target").input_value(), f"{has} in the form")
        self.page.keyboard.press("Control+s")
        until(lambda: has in json.dumps(self.config()), f"{has} in the saved flow; it has {self.config()}")

    def config(self) -> dict[str, Any]:
        """Return the config of the click node, as the file has it."""
        found: dict[str, Any] = json.loads(self.file.read_text("utf-8"))["nodes"][1]["data"]["config"]
        return found


@pytest.fixture
def desk(flowdesk: Start, clean_desktop: Rig, tmp_path: Path) -> Iterator[Desk]:
    file = tmp_path / "flows" / "agree.flow.json"
    file.parent.mkdir()
    file.write_text(json.dumps(FLOW), "utf-8")
    practice = clean_desktop.start(
        [sys.executable, "-m", "flowdesk", "practice", "--lang", "en"],
        PYTHONPATH=str(ROOT), FLOWDESK_STATE_DIR=str(tmp_path / "practice"), QT_QPA_PLATFORM="xcb",
    )  # fmt: skip
    server = flowdesk("serve", "--port", "0", str(file))
    clean_desktop.wait_window(practice, "flowdesk practice")
    with chromium(clean_desktop.desktop.environment()) as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
        editor = EditorPage(context.new_page())
        editor.enter(answered(server))
        assert "code" not in editor.page.url
        yield Desk(editor, Person(clean_desktop), practice.pid, file)
        editor.quiet()


def test_what_is_picked_on_the_live_desktop_repairs_a_flow(desk: Desk) -> None:
    box = desk.element("check_box[name='I agree']")
    desk.picks()
    at = desk.place(*box.center)
    desk.page.mouse.move(*at)
    desk.page.locator(".desktop-tag", has_text="I agree").wait_for()
    desk.page.mouse.click(*at)
    found = desk.candidates()
    assert found[0]["selector"] == "app=flowdesk practice >> check_box[name='I agree']"
    assert found[-1]["kind"] == "point"
    assert all(one["count"].startswith("unique") for one in found)
    assert desk.ring() == (box.x, box.y, box.width, box.height)
    desk.uses(".desktop-candidates li >> nth=0", "check_box[name='I agree']")
    desk.editor.button("Run").click()
    desk.element("check_box[name='I agree'][checked='on']")


def test_a_picture_drawn_on_the_live_desktop_finds_its_place(desk: Desk) -> None:
    button = desk.element("button[name='Submit']")
    desk.picks()
    mouse = desk.page.mouse
    mouse.move(*desk.place(button.x - 4, button.y - 4))
    mouse.down()
    mouse.move(*desk.place(*button.center))
    mouse.move(*desk.place(button.x + button.width + 3, button.y + button.height + 3))
    mouse.up()
    assert "image" in [one["kind"] for one in desk.candidates()]
    desk.page.locator("li[data-kind=image]").get_by_role("button", name="Test").click()
    desk.page.locator(".desktop-ring").wait_for()
    desk.uses("li[data-kind=image]", "image=")
    (picture,) = (desk.file.parent / "agree.assets").iterdir()
    assert f"image={picture.name}" in json.dumps(desk.config())


def test_a_target_that_a_run_misses_is_picked_again_and_the_run_goes_on(desk: Desk) -> None:
    box = desk.element("check_box[name='I agree']")
    page = desk.page
    dialog = page.get_by_role("dialog")
    desk.editor.node("tick").click()
    desk.editor.fill(Target="app=flowdesk practice >> button[name='Gone']")
    desk.editor.button("Run").click()
    again = dialog.get_by_role("button", name="Pick again")
    expect(again).to_be_visible(timeout=MILLISECONDS)
    # Whoever comes while it waits is asked, too.
    page.reload()
    again.click()
    page.locator(".desktop-pixels").wait_for()
    # Esc leaves the picking, not the question.
    page.keyboard.press("Escape")
    expect(again).to_be_visible(timeout=MILLISECONDS)
    # Closed to look at something first, it waits where the run is shown.
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    desk.editor.button("The run needs an answer").click()
    again.click()
    page.mouse.click(*desk.place(*box.center))
    assert desk.candidates()[0]["selector"] == "app=flowdesk practice >> check_box[name='I agree']"
    page.locator(".desktop-candidates li").first.get_by_role("button", name="Use").click()
    # What was picked is looked at before the run goes on.
    expect(dialog).to_contain_text("check_box[name='I agree']", timeout=MILLISECONDS)
    expect(page.locator(".state")).to_contain_text("Running")
    dialog.get_by_role("button", name="Use it and continue").click()
    expect(page.locator(".state")).to_contain_text("Succeeded", timeout=MILLISECONDS)
    desk.element("check_box[name='I agree'][checked='on']")
    page.keyboard.press("Control+s")
    until(
        lambda: "I agree" in json.dumps(desk.config()), f"the picked target in the saved flow; it has {desk.config()}"
    )


def test_a_person_types_and_chooses_from_a_menu_through_the_picture(desk: Desk) -> None:
    name, register = desk.element("text_field[name='Name']"), desk.element("menu_item[name='Register']")
    page, mouse = desk.page, desk.page.mouse
    desk.editor.button("Desktop").click()
    page.locator(".desktop-pixels").wait_for()
    desk.editor.button("Control").click()
    expect(page.get_by_text("Clicks and keys go to this desktop")).to_be_visible(timeout=MILLISECONDS)
    mouse.click(*desk.place(*name.center))
    page.keyboard.type("Ada <x>")
    desk.element("text_field[name='Name'][value='Ada <x>']")
    page.keyboard.press("Control+a")
    page.keyboard.type("Bob")
    desk.element("text_field[name='Name'][value='Bob']")
    mouse.click(*desk.place(*register.center))
    mouse.click(*desk.place(*desk.element("menu_item[name='Clear']").center))
    desk.person.waits_until_gone(desk.practice, "text_field[name='Name'][value='Bob']")
    desk.element("static_text[name='The form is empty']")
    # Afterwards the picture is only looked at again.
    desk.editor.button("Stop controlling").click()
    expect(page.locator(".desktop-controller")).to_have_count(0, timeout=MILLISECONDS)
    mouse.click(*desk.place(*desk.element("button[name='Submit']").center))
    page.keyboard.type("x")
    assert not desk.person.sees(desk.practice, "static_text[name='Please enter a name']")


def test_coordinates_are_right_at_every_size(desk: Desk) -> None:
    submit = desk.element("button[name='Submit']")
    page, wire = desk.page, desk.page.context.new_cdp_session(desk.page)
    desk.editor.button("Desktop").click()
    for width, height, ratio in ((1280, 800, 1.0), (1024, 700, 2.0), (700, 900, 1.5)):
        page.locator(".desktop-panel").get_by_role("button", name="Pick", exact=True).click()
        wire.send(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": False},
        )
        for x, y in ((6, 6), (1590, 990), (137, 911), (801, 333)):
            place = desk.place(x, y)
            left, top, wide, high = desk.shown()
            across, down = int((place[0] - left) * SCREEN[0] / wide), int((place[1] - top) * SCREEN[1] / high)
            assert max(abs(across - x), abs(down - y)) <= SCREEN[0] / wide
            page.mouse.move(*place)
            page.locator(".desktop-where", has_text=f"{across}, {down}").wait_for()
        page.mouse.click(*desk.place(*submit.center))
        assert desk.candidates()[0]["selector"] == "app=flowdesk practice >> button[name='Submit']"
        assert desk.ring() == (submit.x, submit.y, submit.width, submit.height)
        page.keyboard.press("Escape")
        page.locator(".desktop-candidates").wait_for(state="detached")
        page.keyboard.press("Escape")
        page.locator(".desktop-panel.is-large").wait_for(state="detached")
        wire.send("Emulation.clearDeviceMetricsOverride")


def test_a_target_is_completed_from_what_is_on_the_desktop(desk: Desk, tmp_path: Path) -> None:
    desk.element("check_box[name^='I agree']")
    desk.editor.node("tick").click()
    target = desk.editor.field("Target")
    target.fill("")
    offers = desk.page.get_by_role("listbox", name="Windows and elements").get_by_role("option")
    target.press_sequentially("window=pract")
    expect(offers).to_have_count(1)
    target.press("Tab")
    assert target.input_value() == 'window="flowdesk practice"'
    target.press_sequentially(" >> agree")
    offers.first.wait_for()
    desk.page.screenshot(path=tmp_path / "offers.png")
    offers.first.click()
    desk.page.keyboard.press("Control+s")
    until(lambda: "check_box" in json.dumps(desk.config()), f"the tick box in the file; it has {desk.config()}")
    desk.page.get_by_role("complementary", name="Inspector").get_by_role("button", name="Test").click()
    expect(desk.page.get_by_text("1 matches")).to_be_visible()


def test_a_command_by_key_takes_what_is_still_being_typed(desk: Desk) -> None:
    desk.editor.node("tick").click()
    for label in ("Target", "Name", "ID"):
        field = desk.editor.field(label)
        field.fill("")
        field.press_sequentially(f"typed{label}")
        desk.page.keyboard.press("Control+s")
        until(partial(_holds, desk.file, f"typed{label}"), f"{label} in the saved file")


def _holds(file: Path, text: str) -> bool:
    return text in file.read_text("utf-8")
