"""flowdesk edits a flow in flowdesk: it finds nodes and ports of the canvas by name, connects, disables and saves."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Start
from tests.rig import Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]


def step(node_id: str, kind: str, x: int, **config: Any) -> dict[str, Any]:
    data = {"label": node_id.capitalize(), "config": config}
    return {"id": node_id, "type": kind, "position": {"x": x, "y": 0}, "data": data}


def write(path: Path, nodes: list[dict[str, Any]], *, wired: bool) -> Path:
    pairs = itertools.pairwise(nodes) if wired else ()
    edges = [{"id": f"e{i}", "source": a["id"], "target": b["id"]} for i, (a, b) in enumerate(pairs)]
    path.write_text(json.dumps({"flowdesk": 1, "id": path.stem, "nodes": nodes, "edges": edges}), encoding="utf-8")
    return path


def test_a_flow_connects_and_disables_nodes_on_the_canvas_of_another_flowdesk(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path
) -> None:
    edited = write(
        tmp_path / "edited.flow.json",
        [step("start", "start", 0), step("first", "wait", 260, duration=1), step("second", "wait", 520, duration=1)],
        wired=False,
    )
    window = flowdesk(str(edited), "--port", "0", QT_QPA_PLATFORM="xcb")
    clean_desktop.wait_window(window.process, "flowdesk")
    where = "window=edited >> list_item"
    editor = write(
        tmp_path / "editor.flow.json",
        [
            step("start", "start", 0),
            step("wire", "drag", 260, selector=f"{where}[name='Start'] >> button[name='default']",
                 to=f"{where}[name='First'] >> button[name='input']"),
            step("choose", "click", 520, selector=f"{where}[name='Second']"),
            step("disable", "keys", 780, keys=["d"]),
            step("save", "keys", 1040, keys=["ctrl", "s"]),
        ],
        wired=True,
    )  # fmt: skip
    command = flowdesk("run", str(editor))
    assert command.ends(60) == 0, command.printed()

    def saved() -> dict[str, Any]:
        values: dict[str, Any] = json.loads(edited.read_text("utf-8"))
        return values if values["edges"] else {}

    flow = until(saved, "the saved file")
    assert [(edge["source"], edge["target"]) for edge in flow["edges"]] == [("start", "first")]
    assert flow["nodes"][2]["data"]["config"]["disabled"] is True
    assert "disabled" not in flow["nodes"][1]["data"]["config"]
    window.process.terminate()
    assert window.ends() in {0, 130}


def test_a_flow_builds_a_flow_in_another_flowdesk_and_runs_it(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path
) -> None:
    built = write(tmp_path / "built.flow.json", [step("start", "start", 0)], wired=False)
    window = flowdesk(str(built), "--port", "0", QT_QPA_PLATFORM="xcb")
    clean_desktop.wait_window(window.process, "flowdesk")
    there = "window=built >> "
    builder = write(
        tmp_path / "builder.flow.json",
        [
            step("start", "start", 0),
            step("choose", "click", 260, selector=f"{there}list >> list_item[name='Start']"),
            step("search", "input", 520, selector=f"{there}text_field[name='Search nodes']", text="Write to the log"),
            step("add", "click", 780, selector=f"{there}tree_item[name='Log']", clickType="double"),
            step("name", "input", 1040, selector=f"{there}text_field[name='Name']", text="Greet", clearFirst=True),
            step("fill", "input", 1300, selector=f"{there}text_field[name='Message']", text="built by flowdesk"),
            step("save", "keys", 1560, keys=["ctrl", "s"]),
            step("press", "click", 1820, selector=f"{there}button[name='Run']"),
            step("ended", "wait", 2080, selector=f"{there}table_cell[name='built by flowdesk']", timeout=15000),
        ],
        wired=True,
    )  # fmt: skip
    command = flowdesk("run", str(builder))
    assert command.ends(90) == 0, command.printed()

    def saved() -> dict[str, Any]:
        values: dict[str, Any] = json.loads(built.read_text("utf-8"))
        return values if len(values["nodes"]) > 1 else {}

    flow = until(saved, "the saved file")
    made = flow["nodes"][1]
    assert (made["type"], made["data"]["label"]) == ("log", "Greet")
    assert made["data"]["config"]["message"] == "built by flowdesk"
    assert [(edge["source"], edge["target"]) for edge in flow["edges"]] == [("start", made["id"])]
    window.process.terminate()
    assert window.ends() in {0, 130}
