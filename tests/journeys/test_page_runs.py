"""Running from the browser editor: breakpoints, steps, from here, only these, variables, progress, and what went wrong."""

import itertools
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Start
from tests.journeys.editor import MILLISECONDS, EditorPage, Visit, answered, barriers, expect
from tests.journeys.editor import browser as browser
from tests.journeys.editor import visit as visit
from tests.ports import free_port

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]


def flow_of(*steps: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    """A chain of nodes: id, type, config."""
    all_steps = [("start", "start", {}), *steps]
    nodes = [
        {"id": name, "type": kind, "position": {"x": 260 * at, "y": 0}, "data": {"label": name, "config": config}}
        for at, (name, kind, config) in enumerate(all_steps)
    ]
    edges = [
        {"id": f"e{at}", "source": one[0], "target": other[0]}
        for at, (one, other) in enumerate(itertools.pairwise(all_steps))
    ]
    return {"flowdesk": 1, "id": "flow", "name": "Chain", "variables": {"count": 1}, "nodes": nodes, "edges": edges}


def written(tmp_path: Path, flow: dict[str, Any]) -> Path:
    path = tmp_path / "flows" / "chain.flow.json"
    path.parent.mkdir()
    path.write_text(json.dumps(flow), "utf-8")
    return path


def expect_state(page: EditorPage, word: str) -> None:
    expect(page.page.locator(".state")).to_contain_text(word, timeout=MILLISECONDS)


def expect_ended(page: EditorPage, node_id: str, *, state: str) -> None:
    expect(page.node(node_id).locator(f".card.is-{state}")).to_have_count(1, timeout=MILLISECONDS)


def test_a_run_is_watched_paused_stepped_and_begun_anywhere_from_the_page(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    flow = flow_of(
        ("set", "setVariable", {"name": "count", "value": "{{count}}2"}),
        ("say", "log", {"message": "Count is {{count}}"}),
        ("last", "log", {"message": "The end"}),
    )
    link = answered(flowdesk("serve", "--port", "0", str(written(tmp_path, flow))))
    editor = visit(link)
    page = editor.page
    log = page.get_by_role("log")

    # A breakpoint holds the run before its node; a step runs one node; then it goes on by itself.
    editor.node("say").click()
    page.keyboard.press("F9")
    expect(editor.node("say").locator(".mark-breakpoint")).to_be_visible()
    editor.button("Run").click()
    expect_state(editor, "Paused")
    expect_ended(editor, "set", state="success")
    editor.button("Step").click()
    expect_ended(editor, "say", state="success")
    expect_state(editor, "Paused")
    expect(log).to_contain_text("Count is 12")
    editor.button("Resume").click()
    expect_state(editor, "Succeeded")
    page.keyboard.press("F9")

    # What became of the variables stands beside what they were.
    page.locator("#tab-variables").click()
    row = page.locator(".variables tr", has=page.get_by_text("count", exact=True))
    expect(row.locator("td").nth(2)).to_contain_text("12")
    page.locator("#tab-log").click()

    # From here, with the last run's variables; then only what is selected.
    page.keyboard.press("Control+Shift+Enter")
    expect_state(editor, "Succeeded")
    expect_ended(editor, "say", state="success")
    expect(editor.node("set").locator(".card.is-success")).to_have_count(0)
    page.keyboard.press("Escape")
    for node_id in ("set", "last"):
        editor.node(node_id).click(modifiers=["Control"])
    editor.button("Run only these").click()
    expect_ended(editor, "last", state="success")
    expect(editor.node("say").locator(".card.is-success")).to_have_count(0)


def test_why_a_run_failed_is_seen_in_the_page_even_after_the_server_was_started_again(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    path = str(written(tmp_path, flow_of(("gone", "click", {"selector": "window=No such window", "timeout": 0}))))
    port = str(free_port())
    server = flowdesk("serve", path, "--port", port, "--insecure-no-token")
    server.waits_to_print("http://")
    editor = visit(f"http://127.0.0.1:{port}/")
    page = editor.page
    editor.button("Run").click()
    editor.button("Stop the run").click(timeout=MILLISECONDS)
    expect_ended(editor, "gone", state="error")
    editor.node("gone").click()
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.locator(".last .picture img")).to_be_visible(timeout=MILLISECONDS)

    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    flowdesk("serve", path, "--port", port, "--insecure-no-token").waits_to_print("http://")
    page.reload()
    page.locator("#tab-runs").click()
    run = page.get_by_role("option").filter(has_text="Chain")
    expect(run).to_have_count(1, timeout=MILLISECONDS)
    detail = page.locator(".runs-detail")
    expect(detail).to_contain_text("Target not found")
    detail.locator(".picture").first.click()
    expect(page.get_by_role("dialog").locator("img")).to_be_visible(timeout=MILLISECONDS)
    assert barriers(editor) == []


def test_an_edit_of_a_paused_run_is_taken_into_it_and_a_dry_run_reads_rehearsed(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    flow = flow_of(("first", "log", {"message": "1"}), ("held", "log", {"message": "old", "breakpoint": True}))
    editor = visit(answered(flowdesk("serve", "--port", "0", str(written(tmp_path, flow)))))
    page = editor.page
    editor.button("Run").click()
    expect_state(editor, "Paused")
    editor.node("held").click()
    editor.fill(Message="new")
    edits = page.get_by_role("status", name="Edits during the run")
    expect(edits).to_contain_text('The paused run still uses the old settings of "held".', timeout=MILLISECONDS)
    editor.button("Use in this run").click()
    expect(edits).to_contain_text('This run uses the new settings of "held".', timeout=MILLISECONDS)
    expect(editor.button("Use the old settings")).to_be_visible()
    editor.button("Resume").click()
    expect_state(editor, "Succeeded")
    expect(page.get_by_role("log")).to_contain_text("new")
    expect(edits).to_have_count(0)
    page.locator(".react-flow__pane").click(position={"x": 5, "y": 5})
    page.keyboard.press("F9")
    editor.node("held").click()
    page.keyboard.press("F9")
    editor.button("Dry run").click()
    expect_state(editor, "Rehearsed")
    editor.quiet()


def test_the_list_of_runs_is_searched_limited_and_stops_a_run(flowdesk: Start, visit: Visit, tmp_path: Path) -> None:
    flow = flow_of(("long", "wait", {"duration": 600_000}))
    editor = visit(answered(flowdesk("serve", "--port", "0", str(written(tmp_path, flow)))))
    page = editor.page
    page.locator("#tab-runs").click()
    editor.button("Run").click()
    rows = page.get_by_role("listbox", name="Runs").get_by_role("option")
    expect(rows).to_have_count(1, timeout=MILLISECONDS)
    page.get_by_label("Search runs").fill("nothing like it")
    expect(rows).to_have_count(0)
    page.get_by_label("Search runs").fill("chain")
    page.get_by_label("Show", exact=True).select_option("Running or waiting")
    expect(rows).to_have_count(1)
    page.locator(".runs-detail").get_by_role("button", name="Stop").click()
    expect_state(editor, "Stopped")
    expect(rows).to_have_count(0)
    page.get_by_label("Show", exact=True).select_option("Stopped")
    expect(rows).to_have_count(1)
    assert barriers(editor) == []
    editor.quiet()
