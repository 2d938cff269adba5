"""How fast the canvas is, beside its peers.

CPU time, so that other programs on the machine do not count. Run on a real X server: ``python tests/benchmarks/bench_canvas.py``. With ``--peer PYTHON`` the same figures are taken
of NodeGraphQt in another interpreter that has it installed.
"""

import argparse
import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1600, 1000)

PEER = """
import json, sys, time, resource
from statistics import median
start = time.process_time()
from Qt import QtWidgets, QtCore
from NodeGraphQt import NodeGraph, BaseNode
app = QtWidgets.QApplication([])
class Step(BaseNode):
    __identifier__ = "bench"
    NODE_NAME = "Step"
    def __init__(self):
        super().__init__()
        self.add_input("in"); self.add_output("out"); self.add_output("error")
count = int(sys.argv[1])
graph = NodeGraph(); graph.register_node(Step)
widget = graph.widget; widget.resize(1600, 1000); widget.show()
app.processEvents()
begin = time.process_time()
nodes = [graph.create_node("bench.Step", pos=((i % 100) * 240, (i // 100) * 120), selected=False, push_undo=False) for i in range(count)]
for i in range(count - 1):
    if (i + 1) % 100: nodes[i].set_output(0, nodes[i + 1].input(0))
app.processEvents()
out = {"open": (time.process_time() - begin) * 1000}
viewer = graph.viewer()
def frame(act):
    times = []
    for step in range(12):
        t = time.process_time(); act(step); viewer.viewport().repaint(); app.processEvents(); times.append((time.process_time() - t) * 1000)
    return median(times)
graph.clear_selection(); viewer.reset_zoom(); app.processEvents()
out["pan at 100%"] = frame(lambda s: viewer.horizontalScrollBar().setValue(viewer.horizontalScrollBar().value() + 17))
graph.select_all(); graph.fit_to_selection(); graph.clear_selection(); app.processEvents()
out["pan with all in view"] = frame(lambda s: None)
out["memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(out))
"""


def measure(count: int) -> dict[str, float]:
    """Return milliseconds of each thing a person waits for, for a flow of so many nodes."""
    sys.path.insert(0, str(ROOT))
    from PySide6.QtWidgets import QApplication

    from flowdesk.model.run import NodeState
    from flowdesk.ui.canvas.view import CanvasView
    from tests.ui.canvas.samples import CATALOGUE, grid

    app = QApplication.instance() or QApplication([])
    flow = grid(count)
    view = CanvasView(CATALOGUE)
    view.resize(*SIZE)
    view.show()
    app.processEvents()
    gc.collect()
    begin = time.process_time()
    view.flow_scene.show(flow)
    view.navigator.fit_all()
    app.processEvents()
    result = {"open": (time.process_time() - begin) * 1000}

    def frame(act: Callable[[int], object]) -> float:
        times = []
        for step in range(15):
            start = time.process_time()
            act(step)
            app.processEvents()
            times.append((time.process_time() - start) * 1000)
        return median(times)

    middle = view.flow_scene.cards_rect().center()
    for zoom in (2.0, 1.0, 0.62, 0.51, 0.49, 0.35, 0.2, 0.1, 0.05):
        view.navigator.zoom_to(zoom)
        view.centerOn(middle)
        app.processEvents()
        app.processEvents()
        result[f"pan at {zoom:.0%}"] = frame(lambda _: view.pan_by(17, 9))

        def flip(step: int, zoom: float = zoom) -> None:
            view.navigator.zoom_to(zoom * (1.01 if step % 2 else 1.0))

        result[f"zoom at {zoom:.0%}"] = frame(flip)
    states = (NodeState.RUNNING, NodeState.SUCCESS)
    view.navigator.fit_all()
    app.processEvents()
    result["pan with all in view"] = frame(lambda _: view.pan_by(3, 2))
    for name in ("100 %", "all in view"):
        if name == "100 %":
            view.navigator.zoom_to(1.0)
            view.centerOn(view.flow_scene.node_items[f"n{count // 2 + 50}"].pos())
        else:
            view.navigator.fit_all()
        app.processEvents()
        result[f"status at {name}"] = frame(
            lambda step: view.flow_scene.set_node_state(f"n{count // 2 + 50}", states[step % 2])
        )
    result["memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    view.close()
    return result


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="a Python that has NodeGraphQt")
    parser.add_argument("--one", type=int, help="measure one size and print JSON")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one)))
        return
    for count in (1000, 10000):
        own = subprocess.run(
            [sys.executable, __file__, "--one", str(count)], capture_output=True, text=True, check=True, timeout=300
        )
        columns = {"flowdesk": json.loads(own.stdout.splitlines()[-1])}
        if chosen.peer and count == 1000:
            other = subprocess.run(
                [chosen.peer, "-c", PEER, str(count)], capture_output=True, text=True, check=True, timeout=600
            )
            columns["NodeGraphQt"] = json.loads(other.stdout.splitlines()[-1])
        print(f"\n{count} nodes, {SIZE[0]}x{SIZE[1]}, CPU milliseconds" + "".join(f"{name:>14}" for name in columns))
        for key in columns["flowdesk"]:
            row = (f"{column[key]:14.1f}" if key in column else f"{'':14}" for column in columns.values())
            print(f"  {key:38}" + "".join(row))


if __name__ == "__main__":
    main()
