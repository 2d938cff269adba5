"""The end of a run: told once its record tells it, and nothing of the run stays."""

import asyncio
import gc
import json
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.fake import FakeDesktop, FakeDesktopDriver
from flowdesk.engine.brake import Brake
from flowdesk.engine.context import Services
from flowdesk.engine.options import RunOptions
from flowdesk.model.reading import read_flow
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.peer import Message
from flowdesk.session.records import ABOUT
from flowdesk.session.session import Folders, Session
from flowdesk.session.storage import write_atomically
from tests.session.conftest import Keeper, ask, flow_json, wait_node
from tests.waiting import eventually

ENDED = ("execution.complete", "execution.error")


class Reader(Keeper):
    """Reads the record of a run at the moment that it is told of the end."""

    def __init__(self, runs: Path) -> None:
        super().__init__("reader")
        self.runs = runs
        self.found: list[dict[str, Any]] = []

    def deliver(self, message: Message) -> None:
        super().deliver(message)
        if message["type"] in ENDED:
            self.found += [json.loads(file.read_text("utf-8")) for file in self.runs.glob(f"*/{ABOUT}")]


async def test_an_end_is_told_once_the_record_tells_it(session: Session) -> None:
    reader = Reader(session.folders.runs)
    await ask(session, reader, "workflow.start", "w", flow=flow_json(wait_node()))
    await eventually(lambda: bool(reader.found))
    assert reader.found[0]["status"] == "succeeded"
    assert reader.found[0]["outcome"]["status"] == "succeeded"


async def test_a_slow_disk_holds_neither_the_loop_nor_lets_a_success_be_told(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_write, asked = threading.Event(), threading.Event()

    def slow(path: Path, content: bytes) -> None:
        if b"succeeded" in content:
            asked.set()
            assert may_write.wait(60)
        write_atomically(path, content)

    monkeypatch.setattr("flowdesk.session.records.write_atomically", slow)
    peer = Keeper("a")
    await ask(session, peer, "workflow.start", "w", flow=flow_json(wait_node()))
    await eventually(asked.is_set)
    listed = await ask(session, peer, "workflow.list")
    assert [run["status"] for run in listed["runs"]] == ["running"]
    assert not [message for message in peer.messages if message["type"] in ENDED]
    may_write.set()
    await eventually(lambda: bool(peer.of("execution.complete")))
    assert [run["status"] for run in (await ask(session, peer, "workflow.list"))["runs"]] == ["succeeded"]


async def test_nothing_of_a_run_that_ended_waits_for_the_search_for_garbage(session: Session) -> None:
    gc.collect()
    gc.disable()
    try:
        journal = session.journal("w")
        live = session.runs.start("w", read_flow(flow_json(wait_node())), journal, RunOptions())
        assert live.task is not None
        await live.task
        left = weakref.ref(live), weakref.ref(live.runner)
        del live
        await asyncio.sleep(0)
        assert [each() for each in left] == [None, None]
    finally:
        gc.enable()


async def test_a_run_that_was_told_to_stop_is_stopping(session: Session) -> None:
    peer = Keeper("a")
    await ask(session, peer, "workflow.start", "w", flow=flow_json(wait_node(duration=60_000)))
    assert (await ask(session, peer, "workflow.stop", "w"))["status"] == "stopping"
    await eventually(lambda: bool(peer.of("execution.error")))
    assert (await ask(session, peer, "workflow.list"))["runs"][0]["status"] == "stopped"


@dataclass
class Broken(FakeDesktopDriver):
    """A desktop that fails once in a way that nobody foresaw: where a run is about to begin, or to end."""

    place: str = ""

    def fail(self, place: str) -> None:
        if self.place == place:
            self.place = ""
            raise RuntimeError("broken")

    def hear_stops(self) -> None:
        self.fail("begin")

    def open(self, brake: Brake) -> FakeDesktop:
        return BrokenDesktop(self, brake)


class BrokenDesktop(FakeDesktop):
    _driver: Broken

    async def release_all(self) -> None:
        self._driver.fail("release")

    async def question(self) -> str:
        self._driver.fail("question")
        return ""


@pytest.mark.parametrize(
    ("place", "status"), [("begin", "failed"), ("release", "succeeded"), ("question", "succeeded")]
)
async def test_a_run_has_an_end_whatever_fails_around_it_and_the_next_one_begins(
    tmp_path: Path, place: str, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    driver = Broken(place=place)
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    session = Session(builtin_catalogue(), Services(driver=driver), folders)
    peer = Keeper("a")
    flow = flow_json({"id": "keys", "type": "keys", "data": {"label": "keys", "config": {"keys": ["a"]}}})
    await ask(session, peer, "workflow.start", "w", flow=flow)
    await ask(session, peer, "workflow.start", "w", flow=flow, mode="queue")
    await eventually(lambda: sum(message["type"] in ENDED for message in peer.messages) == 2)
    await eventually(lambda: not session.runs.under_way())
    listed = await ask(session, peer, "workflow.list")
    assert [run["status"] for run in listed["runs"]] == ["succeeded", status]
    kept = [json.loads(file.read_text("utf-8"))["status"] for file in folders.runs.glob(f"*/{ABOUT}")]
    assert sorted(kept) == sorted(["succeeded", status])
    assert "broken" in caplog.text
    caplog.clear()
    await session.close()
