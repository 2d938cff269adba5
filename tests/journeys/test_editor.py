"""The browser editor on the real server and a real desktop: build, run, edit together, and come back after a break."""

import json
import signal
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, Start
from tests.journeys.editor import MILLISECONDS, Visit, answered, barriers, expect, saved
from tests.journeys.editor import browser as browser
from tests.journeys.editor import visit as visit
from tests.journeys.test_window import watching
from tests.ports import free_port
from tests.rig import Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]


def test_the_practice_form_is_filled_by_a_flow_built_from_nothing_in_the_page(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.jsonl"
    page = visit(answered(flowdesk("serve", "--port", "0")))
    page.button("New flow").click()

    page.card("Start").click()
    page.fill(Application=f"flowdesk practice --lang en --output '{rows}'")
    window = 'window="flowdesk practice" >> '
    page.add("Type text")
    page.fill(Target=f"{window}text_field[name='Name']", Text="张三 Zhang San", Name="The name")
    page.add("Click")
    page.fill(Target=f"{window}check_box[name='I agree']", Name="Agree")
    page.add("Click")
    page.fill(Target=f"{window}button[name='Submit']", Name="Submit")
    page.shows_all(nodes=4, wires=3)

    page.button("Run").click()
    expect(page.page.locator(".state")).to_contain_text("Succeeded", timeout=60_000)
    record = json.loads(rows.read_text("utf-8").splitlines()[0])
    assert record["name"] == "张三 Zhang San"
    assert record["agree"] is True

    # It is saved under a name that is asked for; one that is taken is asked about.
    (tmp_path / "flows").mkdir(exist_ok=True)
    dialog = page.page.get_by_role("dialog")
    page.button("Save").click()
    dialog.get_by_label("File name").fill("form")
    dialog.get_by_role("button", name="Save").click()
    until(lambda: len(saved(tmp_path / "flows" / "form.flow.json").get("nodes", ())) == 4, "the saved flow")
    page.page.locator(".flow-name").click()
    page.page.locator(".menu-body > button", has_text="New flow").click()
    expect(page.nodes).to_have_count(1)
    page.add("Log")
    page.page.keyboard.press("Control+s")
    dialog.get_by_label("File name").fill("form")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("The file form.flow.json already exists.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert len(saved(tmp_path / "flows" / "form.flow.json")["nodes"]) == 4


def test_two_pages_and_the_window_edit_one_flow_at_once(
    flowdesk: Start, visit: Visit, clean_desktop: Rig, tmp_path: Path
) -> None:
    path = tmp_path / "shared.flow.json"
    path.write_bytes((ROOT / "tests" / "flows" / "no-desktop.flow.json").read_bytes())
    port = free_port()
    window = flowdesk(str(path), "--port", str(port), "--insecure-no-token", QT_QPA_PLATFORM="xcb")
    main = clean_desktop.wait_window(window.process, "flowdesk")
    link = f"http://127.0.0.1:{port}/"
    with watching(port):
        pass
    one, other = visit(link), visit(link)
    count = len(saved(path)["nodes"])
    one.shows_all(count)
    other.shows_all(count)

    # Each is seen by the other, by the name that was typed, where the pointer is.
    one.button("Appearance").click()
    one.page.get_by_label("Your name, shown to others").fill("Mei")
    one.page.keyboard.press("Escape")
    one.nodes.first.hover()
    expect(other.page.locator(".avatar", has_text="M")).to_be_visible(timeout=MILLISECONDS)
    expect(other.page.locator(".pointer", has_text="Mei")).to_be_visible(timeout=MILLISECONDS)

    # Both at once, neither waiting for the other.
    one.add("Log")
    other.add("Wait")
    one.fill(Name="From one")
    other.fill(Name="From other")
    for page in (one, other):
        page.shows_all(count + 2)
        expect(page.card("From one")).to_be_visible(timeout=MILLISECONDS)
        expect(page.card("From other")).to_be_visible(timeout=MILLISECONDS)

    # Undo is one's own: it takes back what this page did, not what came last. Renaming first, then adding.
    one.button("Undo").click()
    one.button("Undo").click()
    for page in (one, other):
        page.shows_all(count + 1)
        expect(page.card("From other")).to_be_visible(timeout=MILLISECONDS)

    # The window has the same document: what it saves is what the pages made.
    clean_desktop.xdotool("windowactivate", "--sync", str(main))
    clean_desktop.xdotool("key", "ctrl+s")
    labels = until(
        lambda: [node["data"].get("label") for node in saved(path)["nodes"] if len(saved(path)["nodes"]) == count + 1],
        "the file that the window saves",
    )
    assert "From other" in labels
    assert "From one" not in labels
    window.process.terminate()
    assert window.ends() in {0, 130}


def test_pages_outlive_a_server_that_is_killed_and_started_again_and_no_edit_is_lost(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    path = tmp_path / "kept.flow.json"
    path.write_bytes((ROOT / "tests" / "flows" / "no-desktop.flow.json").read_bytes())
    port = str(free_port())
    server = flowdesk("serve", str(path), "--port", port, "--insecure-no-token")
    server.waits_to_print("http://")
    count = len(saved(path)["nodes"])
    pages = [visit(f"http://127.0.0.1:{port}/") for _ in range(2)]
    for number, page in enumerate(pages):
        page.shows_all(count + number)
        page.add("Log")
        page.fill(Name=f"Not saved {number}")
    for page in pages:
        page.shows_all(count + 2)
        expect(page.card("Not saved 1")).to_be_visible(timeout=MILLISECONDS)

    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    for number, page in enumerate(pages):
        expect(page.page.locator(".banner")).to_contain_text("flowdesk does not respond.", timeout=MILLISECONDS)
        page.add("Wait")
        page.fill(Name=f"During the break {number}")

    again = flowdesk("serve", str(path), "--port", port, "--insecure-no-token")
    again.waits_to_print("http://")
    for page in pages:
        expect(page.page.locator(".banner")).to_be_hidden(timeout=MILLISECONDS)
        page.shows_all(count + 4)
    pages[0].page.keyboard.press("Control+s")
    flow = until(lambda: saved(path) if len(saved(path)["nodes"]) == count + 4 else {}, "every edit in the file")
    labels = {node["data"].get("label") for node in flow["nodes"]}
    assert labels >= {"Not saved 0", "Not saved 1", "During the break 0", "During the break 1"}


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-US"), ("dark", "zh-CN")])
def test_people_who_listen_or_see_little_find_no_serious_barrier(
    flowdesk: Start, visit: Visit, tmp_path: Path, scheme: str, locale: str
) -> None:
    path = ROOT / "resources" / "flows" / "practice-form.flow.json"
    page = visit(answered(flowdesk("serve", str(path), "--port", "0")), color_scheme=scheme, locale=locale)
    assert barriers(page) == []
    page.node("saved").click()
    page.page.locator(".inspector details summary").first.click()
    page.page.locator(".flow-name").click()
    assert barriers(page) == []
    page.page.keyboard.press("Escape")
    page.page.locator(".react-flow__pane").dblclick(position={"x": 20, "y": 20})
    page.page.get_by_role("combobox").first.wait_for()
    assert barriers(page) == []
