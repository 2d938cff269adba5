"""Files dropped on the canvas become nodes that use them."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from flowdesk.ui.droppedfiles import node_for
from tests.ui.conftest import Live, Rig, until


@pytest.mark.parametrize(
    ("name", "kind", "config"),
    [
        ("people.csv", "readTable", {"path": "people.csv"}),
        ("notes.txt", "file", {"operation": "read", "path": "notes.txt"}),
    ],
)
def test_a_file_below_the_flow_is_named_relative_to_it(live: Live, name: str, kind: str, config: object) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        (rig.folder / name).write_text("a,b\n", encoding="utf-8")
        assert await node_for(tab, rig.folder / name) == (kind, config)

    live(story)


def test_a_program_is_started_and_a_picture_clicked(live: Live, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        program = rig.folder / "do it"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        assert await node_for(tab, program) == ("launch", {"command": [str(program)]})
        picture = QImage(20, 10, QImage.Format.Format_RGB32)
        picture.fill(0xFF0000)
        assert picture.save(str(rig.folder / "ok.png"))
        rig.window.flows.open_dropped([str(rig.folder / "ok.png")], QPointF(0, 400))
        await until(lambda: any(node.type == "click" for node in tab.scene.draft.nodes.values()))
        added = next(node for node in tab.scene.draft.nodes.values() if node.type == "click")
        assert added.config["selector"] == "image=ok.png"
        assert tab.undo_label is not None

    live(story)


def test_a_flow_opens_in_a_tab_of_its_own(live: Live) -> None:
    async def story(rig: Rig) -> None:
        await rig.window.flows.open_new()
        rig.window.flows.open_dropped([rig.chain(name="other")], QPointF(0, 0))
        await until(lambda: rig.window.bench.tabs.count() == 2)

    live(story)


def test_scripts_of_other_tools_become_flows_and_what_was_not_taken_is_told(live: Live) -> None:
    async def story(rig: Rig) -> None:
        await rig.window.flows.open_new()
        script = rig.folder / "fill.py"
        script.write_text("import pyautogui\npyautogui.click(5, 6)\nsomething(1)\n", "utf-8")
        rig.window.flows.open_dropped([str(script)], QPointF(0, 0))
        await until(lambda: rig.window.bench.tabs.count() == 2)
        tab = rig.window.tab
        assert tab is not None
        assert {node.type for node in tab.scene.draft.nodes.values()} == {"start", "click"}
        assert (rig.folder / "flows" / "fill.flow.json").is_file()
        await until(lambda: "1 of 2 steps" in rig.window.statusBar().currentMessage())

    live(story)
