"""How long the window's thread is busy with one edit of a large flow: a setting, a move, a new node.

``python -m tests.benchmarks.bench_edits [NODES]``. CPU time, from the wish to the edit shown and kept for recovery; what is
painted afterwards is measured by ``bench_canvas.py``.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.benchmarks.qtloop import run_beside_qt

KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("click", {"selector": "button[name='OK']"}),
    ("input", {"text": "hello {{a}}", "selector": "text_field"}),
    ("wait", {"duration": 10}),
    ("setVariable", {"name": "a", "value": "{{index}}"}),
)


def flow(count: int) -> dict[str, Any]:
    """A chain of so many nodes, 80 in a row."""
    nodes = []
    for i in range(count):
        kind, config = KINDS[i % len(KINDS)] if i else ("start", {})
        place = {"x": (i % 80) * 240, "y": i // 80 * 120}
        nodes.append({"id": f"n{i}", "type": kind, "position": place, "data": {"label": f"n{i}", "config": config}})
    edges = [{"id": f"e{i}", "source": f"n{i - 1}", "target": f"n{i}"} for i in range(1, count)]
    return {"flowdesk": 1, "id": "large", "nodes": nodes, "edges": edges}


async def measure(count: int, folder: Path) -> dict[str, float]:
    """Return the milliseconds of each kind of edit, the median of several."""
    from flowdesk.engine.context import Services
    from flowdesk.model.changes import SetNode
    from flowdesk.nodes import builtin_catalogue
    from flowdesk.session.session import Folders, Session
    from flowdesk.ui.canvas import editing
    from flowdesk.ui.settings import SettingsFile
    from flowdesk.ui.window import MainWindow

    folders = Folders(folder / "state", folder / "runs", folder / "flows")
    session = Session(builtin_catalogue(), Services(driver=None), folders)
    window = MainWindow(session, SettingsFile(folder / "window.json"))
    window.bench.peer.connect_to_session()
    window.show()
    path = folder / "large.flow.json"
    path.write_text(json.dumps(flow(count)), encoding="utf-8")
    tab = await window.flows.open_path(str(path))
    assert tab is not None
    await asyncio.sleep(0.5)

    async def edit(kind: str, step: int) -> float:
        begun = time.process_time()
        if kind == "setting":
            path = ("data", "config", "selector")
            tab.edit([SetNode(id="n4", path=path, value=f"button[name='{step}']")], kind)
        elif kind == "move":
            tab.edit(editing.move(tab.scene.draft, {"n6": (20.0 * step, 40.0)}), kind)
        else:
            tab.edit(editing.delete(tab.scene.draft, [f"n{count - 1 - step}"]), kind)
        await window.bench.peer.settle()
        spent = time.process_time() - begun
        await asyncio.sleep(0.2)
        return spent * 1000

    found = {kind: median([await edit(kind, step) for step in range(1, 10)]) for kind in ("setting", "move", "delete")}
    window.prepare_end()
    await session.close()
    window.end()
    return found


def run(count: int) -> dict[str, float]:
    """Measure on a loop that Qt and asyncio share."""
    return run_beside_qt(lambda folder: measure(count, folder))


@pytest.mark.benchmark
def test_an_edit_of_a_large_flow_takes_about_a_frame() -> None:
    print(json.dumps({kind: round(value, 1) for kind, value in run(5000).items()}, indent=2))


if __name__ == "__main__":
    for kind, value in run(int(sys.argv[1]) if len(sys.argv) > 1 else 5000).items():
        print(f"{kind:20} {value:10.1f} ms")
