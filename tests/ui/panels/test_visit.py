"""Input and output of a node at a visit of the last run, beside its settings in the window."""

import json
from pathlib import Path
from typing import Any

from flowdesk.ui.panels.visit import VIEWS, VisitPanel, sections_of
from tests.ui.conftest import Live, Rig, node, until


def flow(rig: Rig) -> str:
    rows = [{"Name": "Li", "No.": 1}, {"Name": "Wu", "No.": 2}]
    path = Path(
        rig.file(
            [
                node("start", "start", 0),
                node("loop", "loop", 260, type="forEach", items=rows),
                node("l", "log", 520, message='{{item.Name}} {{ item["No."] }}'),
                node("set", "setVariable", 780, name="seen", value="{{item}}"),
            ],
            [("start", "loop"), ("loop", "l"), ("l", "set")],
        )
    )
    read = json.loads(path.read_text("utf-8"))
    read["edges"][1]["sourceHandle"] = "body"
    path.write_text(json.dumps(read), "utf-8")
    return str(path)


def text(panel: VisitPanel) -> str:
    return panel.page.toPlainText()


def test_each_visit_is_shown_beside_the_settings_as_table_tree_or_text(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(flow(rig))
        assert tab is not None
        window, panel = rig.window, rig.window.bench.visit
        window.bench.docks["visit"].show()
        tab.scene.select(["l"])
        await until(lambda: "not run" in panel.state.text())
        await window.bench.peer.request("workflow.start", {}, tab.workflow_id)
        await until(lambda: "Wu 2" in text(panel))
        assert panel.number.suffix() == " / 2"
        assert "iteration 2 of the loop" in panel.state.text()
        dock, settings = window.bench.docks["visit"].geometry(), window.bench.docks["inspector"].geometry()
        assert dock.right() <= settings.left()
        assert dock.top() == settings.top()
        panel.first.click()
        await until(lambda: "Li 1" in text(panel))
        panel.view.setCurrentIndex(VIEWS.index("Tree"))
        tree: Any = panel.tree
        assert tree.topLevelItem(0).text(0) == "Input"
        assert tree.topLevelItem(0).child(0).text(1) == "Li 1"
        panel.view.setCurrentIndex(VIEWS.index("Text"))
        assert '"message": "Li 1"' in text(panel)
        panel.view.setCurrentIndex(VIEWS.index("Table"))

        tab.scene.select(["set"])
        await until(lambda: "Changed variables" in text(panel) and "Wu" in text(panel))
        tab.scene.select([])
        assert "Select a node" in panel.state.text()

    live(story)


def test_headings_stand_over_what_there_is() -> None:
    told = {
        "input": {"a": 1},
        "wrong": {"b": "no"},
        "error": {"message": "Bad.", "fix": "Mend it."},
        "output": None,
        "changed": {},
    }
    assert sections_of(told) == [("Input", {"a": 1, "b": "⚠ no"}), ("Error", "Bad. Mend it.")]
