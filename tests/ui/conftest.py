"""A window on a real session without a desktop, in a loop that Qt and asyncio share."""

import asyncio
import gc
import json
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from flowdesk.engine.context import Services
from flowdesk.i18n import set_language
from flowdesk.importing.bringing import bring
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.reporting.writing import report_writer
from flowdesk.session.session import Folders, Session
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.window import MainWindow

WAIT = 60.0
"""Seconds in which what is polled for must come."""


@pytest.fixture(autouse=True, scope="module")
def collected() -> Iterator[None]:
    """Take widgets apart in the thread that they belong to, as the window does: a session's threads make garbage, too."""
    gc.disable()
    yield
    gc.collect()
    QApplication.processEvents()
    gc.collect()
    gc.enable()


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: If it does not in time.
    """
    end = asyncio.get_running_loop().time() + WAIT
    while not holds():
        assert asyncio.get_running_loop().time() < end, "it did not come in time"
        await asyncio.sleep(0.01)


class Rig:
    """A window and the session behind it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = Session(
            catalogue_with_plugins(),
            Services(driver=None),
            Folders(folder / "state", folder / "runs", folder / "flows"),
            bring=bring,
            write_report=report_writer(catalogue_with_plugins()),
        )
        self.settings = SettingsFile(folder / "window.json")
        self.window = MainWindow(self.session, self.settings)
        self.window.bench.peer.connect_to_session()
        self.window.show()

    def file(self, nodes: list[dict[str, Any]], edges: list[tuple[str, str]], name: str = "flow") -> str:
        """Write a flow file and return its path."""
        path = self.folder / f"{name}.flow.json"
        flow = {
            "flowdesk": 1,
            "id": name,
            "name": name,
            "nodes": nodes,
            "edges": [{"id": f"{a}-{b}", "source": a, "target": b} for a, b in edges],
        }
        path.write_text(json.dumps(flow), encoding="utf-8")
        return str(path)

    def chain(self, duration: int = 20, name: str = "flow") -> str:
        """Write a flow of a start and two waits."""
        return self.file(
            [
                node("start", "start", 0),
                node("one", "wait", 260, duration=duration),
                node("two", "wait", 520, duration=5),
            ],
            [("start", "one"), ("one", "two")],
            name,
        )

    async def end(self) -> None:
        self.window.prepare_end()
        await self.session.close()
        self.window.end()


def node(node_id: str, kind: str, x: float, **config: Any) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "position": {"x": x, "y": 0}, "data": {"label": node_id, "config": config}}


Live = Callable[[Callable[[Rig], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def live(qapp: QApplication, tmp_path: Path) -> Iterator[Live]:
    """Run a coroutine with a window, and end the window in order."""
    import qasync

    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    set_language("en")

    async def within(story: Callable[[Rig], Coroutine[Any, Any, None]]) -> None:
        rig = Rig(tmp_path)
        try:
            await asyncio.wait_for(story(rig), 100)
        finally:
            await rig.end()

    def run(story: Callable[[Rig], Coroutine[Any, Any, None]]) -> None:
        loop.run_until_complete(within(story))

    yield run
    set_language("en")
    loop.close()
    asyncio.set_event_loop(None)
