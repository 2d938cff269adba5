"""The window's panel of robots and jobs, on what the session tells; and where no hub is known."""

import gc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QTreeWidget

from flowdesk.model.errors import HubUnavailable
from flowdesk.protocol import fleetmessages as m
from flowdesk.session.fleet import Submission
from flowdesk.session.history import RunReportFile
from flowdesk.ui.fleetdesk import FleetDesk as WindowFleetDesk
from tests.ui.conftest import Live, Rig, until

TIME = "2026-11-30T08:30:00+00:00"


def job(id: int, state: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id, "batch": "b1", "number": 0, "flow": "Invoices", "bundle": "h", "pool": "default", "labels": {}, "priority": 0,
        "deadline": None, "row": None, "key": "", "state": state, "kind": "", "message": "", "code": "", "fix": "", "node": "",
        "result": None, "attempt": 1, "retry_of": None, "submitted_by": "mei", "submitted": TIME, "started": None, "ended": None,
        "cancelling": False, "robot": None, "variables": {}, "desktop": "", "repeatable": False, "files": [], "retried_by": None,
        "waits_for": "", **more,
    }  # fmt: skip


class Hub:
    """Remembers what was asked, and answers from a list."""

    def __init__(self) -> None:
        self.listed = [
            job(3, "waiting", waits_for="It is waiting for its turn."),
            job(2, "failed", number=2, row={"name": "张三"}, message="The target was not found.", robot="one"),
            job(1, "succeeded", number=1, row={"name": "Ada"}, result={"total": 3}, files=[{"name": "run.json", "size": 9}]),
        ]  # fmt: skip
        self.cancelled: list[int] = []
        self.retried: list[int] = []
        self.asked: list[m.ListJobs] = []

    def robots(self) -> list[dict[str, Any]]:
        return [
            {
                "id": 1, "name": "one", "pool": "default", "state": "busy", "labels": {"screen": "1280x800"}, "version": "0.1",
                "desktops": 2, "busy": 1, "allows": None, "account": "r1", "joined": TIME, "seen": TIME,
            }
        ]  # fmt: skip

    def jobs(self, query: m.ListJobs) -> dict[str, Any]:
        self.asked.append(query)
        found = [
            each for each in self.listed if query.state in ("", each["state"]) and query.batch in ("", each["batch"])
        ]
        return {"jobs": found, "counts": {"waiting": 1, "failed": 1, "succeeded": 1}, "more": False}

    def job(self, number: int) -> dict[str, Any] | None:
        return next((each for each in self.listed if each["id"] == number), None)

    def cancel(self, jobs: Sequence[int], batch: str, by: str) -> list[dict[str, Any]]:
        self.cancelled += jobs
        return [
            {"id": each, "done": each == 3, "message": f"Job {each} has ended already: failed.", "job": None}
            for each in jobs
        ]

    def retry(self, jobs: Sequence[int], batch: str) -> list[dict[str, Any]]:
        self.retried += jobs
        return [{"id": each, "done": True, "message": "", "job": 9} for each in jobs]

    def file(self, number: int, name: str, most: int) -> bytes | None:
        return None

    def report(self, number: int, language: str, most_picture_bytes: int) -> RunReportFile:
        return RunReportFile(f"job-{number}.html", "<p>told</p>")

    def submit(self, submission: Submission) -> Mapping[str, Any]:
        raise NotImplementedError


class Away(Hub):
    """No hub."""

    def robots(self) -> list[dict[str, Any]]:
        raise HubUnavailable("The hub does not answer.", "Start it.")


def use(rig: Rig, hub: Hub) -> None:
    fleet = rig.session.fleet
    fleet._make, fleet._made = lambda: hub, None  # type: ignore[assignment]
    rig.window.bench.docks["fleet"].raise_()


def lines(table: QTreeWidget) -> list[list[str]]:
    found = [table.topLevelItem(place) for place in range(table.topLevelItemCount())]
    return [[item.text(column) for column in range(table.columnCount())] for item in found if item is not None]


def choose(table: QTreeWidget, *places: int) -> None:
    table.clearSelection()
    for place in places:
        item = table.topLevelItem(place)
        assert item is not None
        item.setSelected(True)


def test_jobs_and_robots_are_shown_limited_cancelled_and_retried(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(QUrl(url).toLocalFile()))

    async def story(rig: Rig) -> None:
        hub, panel = Hub(), rig.window.bench.fleet
        use(rig, hub)
        await until(lambda: len(lines(panel.jobs)) == 3)
        assert [line[0] for line in lines(panel.jobs)] == ["3", "2", "1"]
        assert lines(panel.jobs)[1][1:5] == ["failed", "Invoices", '2: {"name": "张三"}', "one"]
        assert lines(panel.jobs)[2][6] == '{"total": 3}'
        assert panel.state.itemText(0) == "All (3)"
        assert lines(panel.robots)[0][:5] == ["one", "busy", "1 / 2", "default", "1280x800"]
        choose(panel.jobs, 2)
        await until(lambda: "run.json" in panel.detail.text())
        assert (panel.cancel_button.isEnabled(), panel.retry_button.isEnabled()) == (False, False)
        panel.report_button.click()
        await until(lambda: shown)
        assert Path(shown[0]).read_text("utf-8") == "<p>told</p>"
        panel.report_button.click()
        await until(lambda: len(shown) == 2)
        assert shown[0] == shown[1]
        choose(panel.jobs, 0, 1)
        panel.cancel_button.click()
        await until(lambda: hub.cancelled and panel.fault.text())
        assert sorted(hub.cancelled) == [2, 3]
        assert panel.fault.text() == "Job 2 has ended already: failed."
        choose(panel.jobs, 1)
        await until(panel.retry_button.isEnabled)
        panel.retry_button.click()
        await until(lambda: hub.retried == [2])
        panel.state.setCurrentIndex(panel.state.findText("failed (1)"))
        await until(lambda: len(lines(panel.jobs)) == 1)
        assert hub.asked[-1].state == "failed"
        panel.search.setText("张三")
        await until(lambda: hub.asked[-1].text == "张三")

    live(story)
    gc.collect()
    assert not Path(shown[0]).parent.exists(), "the report goes away with the window"


def test_the_rows_of_a_batch_are_shown_and_left_again(live: Live) -> None:
    async def story(rig: Rig) -> None:
        hub, panel = Hub(), rig.window.bench.fleet
        use(rig, hub)
        await until(lambda: len(lines(panel.jobs)) == 3)
        choose(panel.jobs, 1)
        await until(lambda: "张三" in panel.detail.text())
        panel.rows_button.click()
        await until(lambda: hub.asked[-1].batch == "b1")
        assert panel.batch_button.text() == "Batch b1"
        panel.batch_button.click()
        await until(lambda: hub.asked[-1].batch == "")

    live(story)


def test_without_a_hub_it_says_how_and_nothing_is_asked_while_it_is_hidden(live: Live) -> None:
    async def story(rig: Rig) -> None:
        panel = rig.window.bench.fleet
        use(rig, Away())
        await until(lambda: panel.fault.text() == "The hub does not answer. Start it.")
        hub = Hub()
        use(rig, hub)
        rig.window.bench.docks["log"].raise_()
        desk = rig.window.findChild(WindowFleetDesk)
        assert desk is not None
        await until(lambda: not desk.is_looking)
        asked = len(hub.asked)
        rig.window.bench.docks["fleet"].raise_()
        await until(lambda: len(hub.asked) > asked)

    live(story)
