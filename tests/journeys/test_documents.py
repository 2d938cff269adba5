"""Work is not lost: reloads, closed tabs, killed servers, two people in one field, a file that changes on disk."""

import asyncio
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flowdesk.client import Client
from tests.journeys.conftest import ROOT, Start
from tests.journeys.editor import MILLISECONDS, Visit, answered, expect, saved
from tests.journeys.editor import browser as browser
from tests.journeys.editor import visit as visit
from tests.journeys.person import Person
from tests.ports import free_port
from tests.rig import Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]
EXAMPLE = ROOT / "tests" / "flows" / "no-desktop.flow.json"


def served(flowdesk: Start, *files: str, port: str = "") -> tuple[Any, str]:
    port = port or str(free_port())
    server = flowdesk("serve", *files, "--port", port, "--insecure-no-token")
    server.waits_to_print("http://")
    return server, f"http://127.0.0.1:{port}/"


def test_a_flow_that_was_never_saved_survives_a_reload_a_closed_tab_and_a_killed_server(
    flowdesk: Start, visit: Visit
) -> None:
    server, link = served(flowdesk)
    page = visit(link)
    page.button("New flow").click()
    page.add("Log")
    page.fill(Name="Nowhere else")
    page.shows_all(2)
    page.page.reload()
    page.shows_all(2)
    expect(page.card("Nowhere else")).to_be_visible(timeout=MILLISECONDS)
    # Undo is still one's own.
    page.button("Undo").click()
    expect(page.card("Nowhere else")).to_be_hidden(timeout=MILLISECONDS)
    page.button("Redo").click()
    expect(page.card("Nowhere else")).to_be_visible(timeout=MILLISECONDS)
    page.page.goto("about:blank")
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    served(flowdesk, port=link.rsplit(":", 1)[1].rstrip("/"))
    other = visit(link)
    other.shows_all(2)
    expect(other.card("Nowhere else")).to_be_visible(timeout=MILLISECONDS)


def test_after_a_killed_server_opening_afresh_shows_the_edits_and_keeps_them(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    (tmp_path / "flows").mkdir()
    path = tmp_path / "flows" / "kept.flow.json"
    path.write_bytes(EXAMPLE.read_bytes())
    server, link = served(flowdesk)
    page = visit(link)
    page.page.locator(".flow-name").click()
    page.page.get_by_role("button", name="kept", exact=True).click()
    count = len(saved(path)["nodes"])
    page.shows_all(count)
    page.add("Log")
    page.shows_all(count + 1)
    expect(page.page.locator(".flow-name")).to_contain_text("•", timeout=MILLISECONDS)
    page.page.goto("about:blank")
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    served(flowdesk, port=link.rsplit(":", 1)[1].rstrip("/"))
    again = visit(link)
    again.shows_all(count + 1)
    again.page.keyboard.press("Control+s")
    until(lambda: len(saved(path)["nodes"]) == count + 1, "the recovered edit in the file")


def test_two_people_in_one_field_see_both_values_and_choose(flowdesk: Start, visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "shared.flow.json"
    path.write_bytes(EXAMPLE.read_bytes())
    _, link = served(flowdesk, str(path))
    one, other = visit(link), visit(link)
    count = len(saved(path)["nodes"])
    for page in (one, other):
        page.shows_all(count)
        page.card("Start").click()
    for choice, wins in (("Keep theirs", "From one"), ("Use mine", "From other")):
        other.field("Name").click()
        other.page.keyboard.press("Control+a")
        other.page.keyboard.type("From other")
        one.fill(Name="From one" if choice == "Keep theirs" else "One again")
        expect(other.field("Name")).to_have_value("From other")  # what is being typed is not taken away
        other.page.keyboard.press("Tab")
        dialog = other.page.get_by_role("dialog", name="Two people changed this at the same time")
        expect(dialog).to_contain_text("From one" if choice == "Keep theirs" else "One again", timeout=MILLISECONDS)
        expect(dialog).to_contain_text("From other")
        dialog.get_by_role("button", name=choice).click()
        for page in (one, other):
            expect(page.card(wins)).to_be_visible(timeout=MILLISECONDS)
        (other if wins == "From one" else one).card(wins).click()


def test_a_file_that_changes_on_disk_is_noticed_compared_and_reloaded(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    path = tmp_path / "disk.flow.json"
    path.write_bytes(EXAMPLE.read_bytes())
    _, link = served(flowdesk, str(path))
    page = visit(link)
    values = saved(path)
    page.shows_all(len(values["nodes"]))
    start = next(node for node in values["nodes"] if node["type"] == "start")
    start["data"]["label"] = "From the editor"
    path.write_text(json.dumps(values), "utf-8")
    banner = page.page.locator(".banner", has_text="Another program changed the file of this flow.")
    expect(banner).to_be_visible(timeout=MILLISECONDS)
    banner.get_by_role("button", name="Compare").click()
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_contain_text("was renamed to From the editor")
    dialog.get_by_role("button", name="Reload the file").click()
    expect(page.card("From the editor")).to_be_visible(timeout=MILLISECONDS)
    expect(banner).to_be_hidden(timeout=MILLISECONDS)


def test_the_comparison_of_one_page_goes_when_another_page_has_answered(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    path = tmp_path / "disk.flow.json"
    path.write_bytes(EXAMPLE.read_bytes())
    _, link = served(flowdesk, str(path))
    one, other = visit(link), visit(link)
    values = saved(path)
    for page in (one, other):
        page.shows_all(len(values["nodes"]))
    values["description"] = "changed elsewhere"
    path.write_text(json.dumps(values), "utf-8")
    banners = [
        each.page.locator(".banner", has_text="Another program changed the file of this flow.") for each in (one, other)
    ]
    for banner in banners:
        expect(banner).to_be_visible(timeout=MILLISECONDS)
    banners[0].get_by_role("button", name="Compare").click()
    dialog = one.page.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=MILLISECONDS)
    banners[1].get_by_role("button", name="Keep mine").click()
    expect(dialog).to_be_hidden(timeout=MILLISECONDS)


def test_an_edge_to_nowhere_is_deleted_from_the_problems_and_brought_back(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    path = tmp_path / "loose.flow.json"
    values = saved(EXAMPLE)
    values["edges"].append({"id": "loose", "source": values["nodes"][0]["id"], "target": "gone"})
    path.write_text(json.dumps(values), "utf-8")
    _, link = served(flowdesk, str(path))
    page = visit(link)
    page.shows_all(len(values["nodes"]))
    page.page.get_by_role("tab", name="Problems").click()
    fault = page.page.locator(".problems li", has_text='leads to a node "gone" that does not exist')
    fault.get_by_role("button", name="Delete the edge").click()
    expect(fault).to_be_hidden(timeout=MILLISECONDS)
    page.button("Undo").click()
    expect(fault).to_be_visible(timeout=MILLISECONDS)
    page.button("Redo").click()
    expect(fault).to_be_hidden(timeout=MILLISECONDS)
    page.page.keyboard.press("Control+s")
    until(lambda: len(saved(path)["edges"]) == len(values["edges"]) - 1, "the file without the edge")


def test_after_a_reload_the_page_shows_and_stops_every_run(flowdesk: Start, visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "long.flow.json"
    nodes: list[Any] = [
        {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "Start", "config": {}}},
        {
            "id": "w",
            "type": "wait",
            "position": {"x": 240, "y": 0},
            "data": {"label": "Long", "config": {"duration": 600_000}},
        },
    ]
    edges: list[Any] = [{"id": "e", "source": "start", "target": "w"}]
    path.write_text(json.dumps({"name": "long", "nodes": nodes, "edges": edges}), "utf-8")
    _, link = served(flowdesk, str(path))
    page = visit(link)
    page.shows_all(2)
    page.button("Run").click()
    expect(page.page.locator(".state.is-running")).to_be_visible(timeout=MILLISECONDS)
    page.page.reload()
    expect(page.button("Stop")).to_be_enabled(timeout=MILLISECONDS)
    page.page.keyboard.press("Control+.")
    expect(page.page.locator(".state")).to_contain_text("Stopped", timeout=MILLISECONDS)

    # A run of a flow that is open nowhere, started by a script.
    async def start() -> None:
        async with Client.connect(link.replace("http", "ws").rstrip("/")) as client:
            await client.start(nodes, edges, workflow_id="of-a-script")

    with ThreadPoolExecutor(1) as beside:  # this thread has the browser's loop
        beside.submit(asyncio.run, start()).result()
    expect(page.page.locator(".is-other-run")).to_contain_text("of-a-script", timeout=MILLISECONDS)
    page.page.reload()
    expect(page.page.locator(".is-other-run")).to_contain_text("of-a-script", timeout=MILLISECONDS)
    page.page.keyboard.press("Control+.")
    expect(page.page.locator(".is-other-run")).to_have_count(0, timeout=MILLISECONDS)


def test_files_are_named_renamed_copied_moved_and_deleted_in_the_page(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    page = visit(answered(flowdesk("serve", "--port", "0", XDG_DATA_HOME=str(tmp_path / "data"))))
    flows = tmp_path / "flows"
    page.button("New flow").click()
    page.add("Log")
    page.button("Save").click()
    dialog = page.page.get_by_role("dialog")
    dialog.get_by_label("File name").fill("测试 a/b: 1?")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is not a valid file name", timeout=MILLISECONDS)
    dialog.get_by_role("button", name="Save").click()  # the name that is offered
    (file,) = until(lambda: [file.name for file in flows.glob("[!.]*.flow.json")], "the saved flow")
    assert file == "测试 a-b- 1-.flow.json"
    name = file.removesuffix(".flow.json")
    expect(page.page.locator(".flow-name")).to_contain_text(name)

    page.page.locator(".flow-name").click()
    page.button(f"Rename {name}").click()
    dialog.get_by_label("Name").fill("July")
    dialog.get_by_role("button", name="OK").click()
    until(lambda: (flows / "July.flow.json").is_file(), "the renamed file")
    expect(page.page.locator(".flow-name")).to_contain_text("July")
    page.page.locator(".flow-name").click()
    page.button("Duplicate July").click()
    dialog.get_by_role("button", name="OK").click()
    until(lambda: (flows / "July 2.flow.json").is_file(), "the copy")
    page.page.locator(".flow-name").click()
    page.button("New folder…").click()
    dialog.get_by_label("Name").fill("Bills")
    dialog.get_by_role("button", name="OK").click()
    until(lambda: (flows / "Bills").is_dir(), "the folder")
    page.page.locator(".flow-name").click()
    page.button("Move July").click()
    dialog.get_by_label("Folder").select_option("Bills")
    dialog.get_by_role("button", name="Move").click()
    until(lambda: (flows / "Bills" / "July.flow.json").is_file(), "the moved file")
    assert not (flows / "July.flow.json").exists()

    page.page.locator(".flow-name").click()
    page.button("Delete July 2").click()
    dialog.get_by_role("button", name="Delete").click()
    until(lambda: not (flows / "July 2.flow.json").exists(), "the deleted file")
    assert (tmp_path / "data" / "Trash" / "files" / "July 2.flow.json").is_file()


def test_the_page_asks_before_it_leaves_with_edits_that_have_not_arrived(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    path = tmp_path / "away.flow.json"
    path.write_bytes(EXAMPLE.read_bytes())
    server, link = served(flowdesk, str(path))
    page = visit(link)
    count = len(saved(path)["nodes"])
    page.shows_all(count)
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.page.on("dialog", answer)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    expect(page.page.locator(".banner")).to_be_visible(timeout=MILLISECONDS)
    page.add("Log")
    page.shows_all(count + 1)
    with page.page.expect_event("dialog"):
        page.page.evaluate("setTimeout(() => location.reload(), 50)")
    assert asked == ["beforeunload"]
    served(flowdesk, str(path), port=link.rsplit(":", 1)[1].rstrip("/"))
    expect(page.page.locator(".banner")).to_be_hidden(timeout=MILLISECONDS)
    page.page.keyboard.press("Control+s")
    until(lambda: len(saved(path)["nodes"]) == count + 1, "the edit made while the server was gone")


def test_the_page_shows_all_that_somebody_elses_flow_would_do_before_it_is_allowed(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    (tmp_path / "flows").mkdir()
    path, made = tmp_path / "flows" / "theirs.flow.json", tmp_path / "made"
    name = '<img src=x onerror="document.title=1">'
    nodes = [
        {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "Start", "config": {}}},
        {"id": "c", "type": "command", "position": {"x": 240, "y": 0}, "data": {"label": name, "config": {"command": ["touch", str(made)]}}},
        {"id": "f", "type": "file", "position": {"x": 480, "y": 0}, "data": {"label": "Away", "config": {"operation": "delete", "path": "no-such"}}},
    ]  # fmt: skip
    edges = [{"id": "e", "source": "start", "target": "c"}]
    path.write_text(json.dumps({"name": name, "nodes": nodes, "edges": edges}), "utf-8")
    os.chown(path, 12345, -1)
    _, link = served(flowdesk, str(path))
    page = visit(link)
    page.shows_all(3)
    page.button("Run").click()
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"starts a program: command: touch {made}", timeout=MILLISECONDS)
    expect(dialog).to_contain_text("Away: uses files")
    expect(dialog).to_contain_text(name)
    assert page.page.locator("img[src=x]").count() == 0
    assert not made.exists()
    dialog.get_by_role("button", name="Yes").click()
    expect(page.page.locator(".state")).to_contain_text("Succeeded", timeout=MILLISECONDS)
    assert made.exists()


def test_in_the_window_a_file_that_changes_on_disk_is_asked_about_now_or_at_the_save(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path
) -> None:
    path = tmp_path / "disk.flow.json"
    path.write_bytes(EXAMPLE.read_bytes())
    environment = {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    pid, person = flowdesk(str(path), "--no-server", **environment).process.pid, Person(clean_desktop)
    person.finds(pid, "button[name='Run']")

    def press(name: str) -> None:
        person.clicks(person.finds(pid, f"button[name='{name}']").center)

    def changes(label: str) -> None:
        values = saved(path)
        next(node for node in values["nodes"] if node["type"] == "start")["data"]["label"] = label
        path.write_text(json.dumps(values), "utf-8")

    changes("From the editor")
    press("Compare")
    person.finds(pid, "static_text[name*='was renamed to From the editor']")
    press("Reload the file")
    person.waits_until_gone(pid, "button[name='Reload the file']")
    changes("Once more")
    press("Decide later")
    person.waits_until_gone(pid, "button[name='Decide later']")
    press("Save")
    press("Keep mine")
    until(lambda: "From the editor" in path.read_text("utf-8"), "the saved file")
    assert "Once more" in path.with_name(path.name + ".bak").read_text("utf-8")
