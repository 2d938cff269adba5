"""How long the window's event loop is blocked while a flow runs as fast as it can, with log, progress and node states.

Run on a real X server: ``python -m tests.benchmarks.bench_window [PASSES]``. A tick every 2 ms on the same loop tells how late
it came: what a person feels. Events are counted where the window receives them.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest

from tests.benchmarks.qtloop import run_beside_qt

TICK = 0.002
LONGEST_BLOCK = 0.05
"""Seconds that the loop may be blocked (the window's promise)."""


def flow(passes: int) -> dict[str, Any]:
    """A loop whose body sets a variable and writes a line of the log."""

    def node(node_id: str, kind: str, x: int, **config: Any) -> dict[str, Any]:
        return {"id": node_id, "type": kind, "position": {"x": x, "y": 0}, "data": {"label": node_id, "config": config}}

    edges = [("start", "loop", None), ("loop", "set", "body"), ("set", "say", None), ("say", "loop", None)]
    return {
        "flowdesk": 1,
        "id": "fast",
        "name": "Fast",
        "nodes": [
            node("start", "start", 0),
            {**node("loop", "loop", 240), "data": {"label": "loop", "config": {"type": "count", "count": passes}}},
            {**node("set", "setVariable", 480), "data": {"label": "set", "config": {"name": "n", "value": "{{index}}"}}},
            node("say", "log", 720, message="pass {{index}}"),
        ],
        "edges": [
            {"id": f"{a}-{b}", "source": a, "target": b, "sourceHandle": handle} for a, b, handle in edges
        ],
    }  # fmt: skip


async def measure(passes: int, folder: Path, settle: Callable[[], None]) -> dict[str, float]:
    """Run the flow in a window and return what the ticks and the events tell."""
    from flowdesk.engine.context import Services
    from flowdesk.nodes import catalogue_with_plugins
    from flowdesk.session.session import Folders, Session
    from flowdesk.ui.settings import SettingsFile
    from flowdesk.ui.window import MainWindow

    folders = Folders(folder / "state", folder / "runs", folder / "flows")
    session = Session(catalogue_with_plugins(), Services(driver=None), folders)
    window = MainWindow(session, SettingsFile(folder / "window.json"))
    window.bench.peer.connect_to_session()
    window.show()
    path = folder / "fast.flow.json"
    path.write_text(json.dumps(flow(passes)), encoding="utf-8")
    tab = await window.flows.open_path(str(path))
    assert tab is not None
    await asyncio.sleep(0.5)
    settle()
    events = 0
    deliver = window.bench.peer.deliver

    def count(message: Any) -> None:
        nonlocal events
        events += 1
        deliver(message)

    window.bench.peer.deliver = count  # type: ignore[method-assign]
    gaps: list[float] = []
    begun = time.monotonic()
    window.carry_out("run")
    last = time.monotonic()
    while tab.run_state is None or not tab.run_state.is_end:
        await asyncio.sleep(TICK)
        now = time.monotonic()
        gaps.append(now - last - TICK)
        last = now
    seconds = time.monotonic() - begun
    window.prepare_end()
    await session.close()
    window.end()
    cuts = quantiles(gaps, n=1000)
    return {
        "events a second": events / seconds,
        "seconds": seconds,
        "late, median ms": cuts[499] * 1000,
        "late, 99 % ms": cuts[989] * 1000,
        "late, 99.9 % ms": cuts[998] * 1000,
        "late, worst ms": max(gaps) * 1000,
    }


def run(passes: int) -> dict[str, float]:
    """Measure on a loop that Qt and asyncio share."""

    async def collected(folder: Path) -> dict[str, float]:
        from flowdesk.ui.collecting import WindowThreadCollector

        collector = WindowThreadCollector()
        try:
            return await measure(passes, folder, collector.settle)
        finally:
            collector.stop()

    return run_beside_qt(collected)


@pytest.mark.benchmark
def test_the_loop_is_not_blocked_while_a_flow_runs_as_fast_as_it_can() -> None:
    figures = run(20_000)
    print(json.dumps({key: round(value, 2) for key, value in figures.items()}, indent=2))


if __name__ == "__main__":
    for key, value in run(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000).items():
        print(f"{key:20} {value:10.1f}")
