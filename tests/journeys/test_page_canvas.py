"""Groups, notes, roles and the clipboard in the browser editor: what the window's canvas has, the page has."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Start
from tests.journeys.editor import MILLISECONDS, EditorPage, Visit, answered, barriers, chromium, expect, saved
from tests.journeys.editor import browser as browser
from tests.journeys.editor import visit as visit
from tests.ports import free_port
from tests.rig import PATIENCE, Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]


def node(node_id: str, kind: str, x: int, y: int) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "position": {"x": x, "y": y}, "data": {"label": node_id, "config": {}}}


FLOW: dict[str, Any] = {
    "flowdesk": 1,
    "id": "grouped",
    "name": "Grouped",
    "nodes": [
        node("start", "start", 0, 0),
        node("one", "log", 280, 0),
        node("two", "log", 560, 0),
        node("last", "log", 280, 300),
    ],
    "edges": [
        {"id": "e1", "source": "start", "target": "one"},
        {"id": "e2", "source": "one", "target": "two"},
        {"id": "e3", "source": "two", "target": "last"},
    ],
    "groups": {"both": {"title": "Both", "color": "green", "x": 260, "y": -40, "width": 520, "height": 120,
                        "nodes": ["one", "two"], "collapsed": False}},
    "notes": {"mind": {"text": "Mind the gap", "color": "yellow", "x": 0, "y": 240, "width": 200, "height": 120}},
}  # fmt: skip


class Canvas:
    """The canvas of a page, and the file that it edits."""

    def __init__(self, editor: EditorPage, path: Path) -> None:
        self.editor = editor
        self.page = editor.page
        self._path = path
        expect(editor.node("start")).to_be_visible(timeout=MILLISECONDS)

    def flow(self, has: Any) -> dict[str, Any]:
        """Save until the file has something, and return the flow in it."""

        def held() -> dict[str, Any]:
            self.page.keyboard.press("Control+s")
            flow = saved(self._path)
            return flow if has(flow) else {}

        return until(held, "the edit in the saved file")

    def _grip(self, what: str, at: tuple[float, float]) -> tuple[float, float]:
        """Return where a mouse takes hold of something, once it lies still and nothing lies over it."""
        one = self.page.locator(what).first
        before: object = None

        def held() -> tuple[float, float] | None:
            nonlocal before
            box, last = one.bounding_box(), before
            before = box
            if box is None or box != last:
                return None
            x, y = box["x"] + box["width"] * at[0], box["y"] + box["height"] * at[1]
            is_on_top = one.evaluate("(one, [x, y]) => one.contains(document.elementFromPoint(x, y))", [x, y])
            return (x, y) if is_on_top else None

        place = until(held, f"{what} to lie still and uncovered")
        assert place is not None
        return place

    def drag(self, what: str, dx: float, dy: float, at: tuple[float, float] = (0.7, 0.5)) -> None:
        """Drag something by so many pixels of the page."""
        x, y = self._grip(what, at)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx / 2, y + dy / 2, steps=3)
        self.page.mouse.move(x + dx, y + dy, steps=3)
        self.page.mouse.up()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "flows" / "grouped.flow.json"
    path.parent.mkdir()
    path.write_text(json.dumps(FLOW), "utf-8")
    return path


def copied(rig: Rig) -> str:
    """Return the text on the desktop's clipboard, empty while there is none."""
    done = subprocess.run(
        ["xclip", "-selection", "clipboard", "-o"],
        env=rig.desktop.environment(), capture_output=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    return done.stdout.decode("utf-8")


def place(flow: dict[str, Any], node_id: str) -> tuple[float, float]:
    found = next(one["position"] for one in flow["nodes"] if one["id"] == node_id)
    return found["x"], found["y"]


def test_groups_and_notes_of_the_window_are_moved_written_folded_made_and_removed_in_the_page(
    flowdesk: Start, visit: Visit, file: Path
) -> None:
    editor = visit(answered(flowdesk("serve", "--port", "0", str(file))))
    canvas, page = Canvas(editor, file), editor.page
    expect(page.locator(".frame.is-note")).to_contain_text("Mind the gap")

    # A group takes its nodes along, all by the same; undo brings all of it back.
    canvas.drag(".frame-title", 60, -60)
    flow = canvas.flow(lambda flow: flow["groups"]["both"]["x"] != 260)
    dx, dy = flow["groups"]["both"]["x"] - 260, flow["groups"]["both"]["y"] + 40
    assert dx > 0 > dy
    assert place(flow, "one") == (280 + dx, dy)
    assert place(flow, "two") == (560 + dx, dy)
    editor.button("Undo").click()
    flow = canvas.flow(lambda flow: flow["groups"]["both"]["x"] == 260)
    assert flow["nodes"] == FLOW["nodes"]

    # A node dropped outside leaves; the last state is kept by undo's other way.
    canvas.drag('.react-flow__node[data-id="two"] .card', 0, 160, at=(0.3, 0.3))
    canvas.flow(lambda flow: flow["groups"]["both"]["nodes"] == ["one"])
    editor.button("Undo").click()
    canvas.flow(lambda flow: flow["groups"]["both"]["nodes"] == ["one", "two"])

    # Collapsed, it stands for its nodes; the wires lead to it.
    editor.button("Collapse the group").click()
    expect(editor.node("one")).to_have_count(0)
    expect(editor.wires).to_have_count(2)
    expect(page.locator(".frame.is-closed")).to_contain_text("2 nodes")
    canvas.flow(lambda flow: flow["groups"]["both"]["collapsed"])
    editor.button("Expand the group").click()
    expect(editor.node("one")).to_be_visible()

    # A title and a text are written in their place, a colour is chosen in the form.
    page.locator(".frame-title b").dblclick()
    page.get_by_label("Title").first.fill("Together")
    page.keyboard.press("Enter")
    page.locator(".frame.is-note p").dblclick()
    page.locator("textarea.frame-text").fill("第一次来访")
    page.keyboard.press("Control+Enter")
    page.locator(".frame.is-note p").click()
    editor.button("red").click()
    flow = canvas.flow(lambda flow: flow["notes"]["mind"]["color"] == "red")
    assert flow["groups"]["both"]["title"] == "Together"
    assert flow["notes"]["mind"]["text"] == "第一次来访"

    # New ones, by key and by button; Delete takes a frame and leaves the nodes.
    editor.node("last").click()
    page.keyboard.press("Control+g")
    page.locator(".frame-title input").fill("Alone")
    page.keyboard.press("Enter")
    editor.button("Add a note").click()
    page.locator("textarea.frame-text").fill("New")
    page.locator(".react-flow__pane").click(position={"x": 8, "y": 8})
    flow = canvas.flow(lambda flow: len(flow["groups"]) == len(flow["notes"]) == 2)
    assert [group["nodes"] for group in flow["groups"].values()] == [["one", "two"], ["last"]]
    assert barriers(editor) == []
    page.locator(".frame-title", has_text="Alone").click()
    page.keyboard.press("Delete")
    flow = canvas.flow(lambda flow: len(flow["groups"]) == 1)
    assert len(flow["nodes"]) == len(FLOW["nodes"])


@pytest.mark.parametrize("role", ["view", "edit"])
def test_a_role_opens_what_it_allows_and_no_more(flowdesk: Start, visit: Visit, file: Path, role: str) -> None:
    made = flowdesk("token", "new", "--name", "mei", "--role", role)
    assert made.ends() == 0
    token = re.findall(r"[\w-]{40,}", made.printed())[-1]
    link = answered(flowdesk("serve", "--port", "0", str(file)))
    owner = visit(link)
    editor = visit(link.partition("#")[0], token=token)
    canvas, page = Canvas(editor, file), editor.page
    expect(editor.button("Run")).to_be_disabled()
    expect(editor.button("Step")).to_be_disabled()
    editor.node("one").click()
    if role == "edit":
        editor.fill(Name="By mei")
        expect(owner.card("By mei")).to_be_visible(timeout=MILLISECONDS)
        return
    assert page.get_by_text("View only").is_visible()
    inside = page.get_by_role("complementary", name="Inspector")
    for field in inside.locator("input, select, textarea").all():
        assert field.is_disabled() or field.get_attribute("readonly") is not None, field.evaluate(
            "one => one.outerHTML"
        )
    for button in page.get_by_role("navigation", name="Palette").get_by_role("button").all():
        assert button.is_disabled()
    # Nothing that a hand does changes the flow: keys, dragging, a double click, the clipboard.
    canvas.drag('.react-flow__node[data-id="last"] .card', 80, 80)
    canvas.drag(".frame-title", 80, 80)
    editor.node("last").click()
    for key in ("Delete", "Control+d", "Control+g", "Shift+S", "d", "F9", "Control+x", "Control+z", "Shift+A"):
        page.keyboard.press(key)
    page.locator(".react-flow__pane").dblclick(position={"x": 12, "y": 12})
    expect(page.get_by_role("combobox", name="Search nodes…")).to_have_count(0)
    page.locator("#tab-variables").click()
    expect(editor.button("Add")).to_have_count(0)
    # It follows what others do, and what it sees is the same.
    owner.node("one").click()
    owner.fill(Name="Renamed")
    expect(editor.card("Renamed")).to_be_visible(timeout=MILLISECONDS)
    # Everybody may stop what runs.
    owner.node("one").click()
    owner.page.keyboard.press("F9")
    owner.button("Run").click()
    expect(page.locator(".state")).to_contain_text("Paused", timeout=MILLISECONDS)
    expect(editor.button("Resume")).to_be_disabled()
    editor.button("Stop").click()
    expect(owner.page.locator(".state")).to_contain_text("Stopped", timeout=MILLISECONDS)
    flow = Canvas(owner, file).flow(lambda flow: flow["nodes"][1]["data"]["label"] == "Renamed")
    assert flow["groups"] == FLOW["groups"]
    assert flow["notes"] == FLOW["notes"]
    assert [one["position"] for one in flow["nodes"]] == [one["position"] for one in FLOW["nodes"]]


def test_what_the_page_copies_the_window_pastes_and_the_other_way_round(
    flowdesk: Start, clean_desktop: Rig, file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "flows" / "other.flow.json"
    other.write_text(
        json.dumps({**FLOW, "id": "other", "nodes": FLOW["nodes"][:1], "edges": [], "groups": {}, "notes": {}})
    )
    window = flowdesk(str(other), "--port", str(free_port()), QT_QPA_PLATFORM="xcb")
    main = clean_desktop.wait_window(window.process, "flowdesk")
    link = answered(flowdesk("serve", "--port", "0", str(file)))
    # Only a browser with a window has the desktop's clipboard.
    with chromium(clean_desktop.desktop.environment(), has_window=True) as started:
        editor = EditorPage(started.new_page(viewport={"width": 1400, "height": 800}, locale="en-US"))
        editor.enter(link)
        canvas, page = Canvas(editor, file), editor.page
        page.bring_to_front()
        page.locator(".frame-title").click()
        page.keyboard.press("Control+c")
        until(lambda: '"green"' in copied(clean_desktop), "the group on the desktop's clipboard")

        def in_window(*keys: str) -> None:
            clean_desktop.xdotool("windowactivate", "--sync", str(main))
            clean_desktop.xdotool("key", *keys)

        in_window("ctrl+v", "ctrl+s")
        flow = until(
            lambda: saved(other) if len(saved(other)["nodes"]) == 3 else {}, "what the window pasted and saved"
        )
        assert [one["data"]["label"] for one in flow["nodes"]] == ["start", "one", "two"]
        (edge,) = flow["edges"]
        (group,) = flow["groups"].values()
        assert group["title"] == "Both"
        assert group["nodes"] == [edge["source"], edge["target"]]

        in_window("ctrl+a", "ctrl+c")
        until(lambda: edge["source"] in copied(clean_desktop), "the copy of the window on the clipboard")
        page.keyboard.press("Escape")
        page.locator(".react-flow__pane").click(position={"x": 8, "y": 8})
        page.keyboard.press("Control+v")
        flow = canvas.flow(lambda flow: len(flow["groups"]) == 2)
        assert len(flow["nodes"]) == len(FLOW["nodes"]) + 2
        editor.quiet()
    window.process.terminate()
    assert window.ends() in {0, 130}
