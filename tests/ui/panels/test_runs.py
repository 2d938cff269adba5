"""The runs: those under way and those of earlier days, each with its outcome and its pictures."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QApplication

from flowdesk.protocol.events import ListedRun
from flowdesk.session.history import merged, pictures_of, read_history
from flowdesk.ui.panels.history import took
from flowdesk.ui.panels.runs import FLOW, STARTER, STATE, RunsPanel
from tests.ui.conftest import Live, Rig, until


def record(runs: Path, run_id: str, status: str, started: float, **more: Any) -> Path:
    folder = runs / run_id
    folder.mkdir(parents=True)
    about = {"run_id": run_id, "workflow_id": "f", "name": "Fill", "status": status, "started": started, **more}
    (folder / "run.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def test_records_of_earlier_runs_are_read_newest_first_and_damaged_ones_left_out(tmp_path: Path) -> None:
    record(tmp_path, "old", "succeeded", 100, ended=104.5, outcome={"status": "succeeded"})
    record(tmp_path, "new", "failed", 200, ended=201, outcome={"error": "It was not there.", "node_id": "c"})
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "run.json").write_text("{")
    runs = read_history(tmp_path)
    assert [run["run_id"] for run in runs] == ["new", "old"]
    assert (runs[0]["message"], runs[0]["node_id"], runs[1]["duration"]) == ("It was not there.", "c", 4.5)
    assert read_history(tmp_path / "none") == []


def test_what_the_session_tells_wins_over_the_record() -> None:
    earlier: Any = [{"run_id": "a", "status": "running", "started": 5, "folder": "/x"}]
    live: Any = [
        {"run_id": "a", "status": "failed", "started": 5, "folder": None},
        {"run_id": "b", "status": "running", "started": 9},
    ]
    assert [(run["run_id"], run["status"]) for run in merged(live, earlier)] == [("b", "running"), ("a", "failed")]
    assert merged(live, earlier)[1]["folder"] == "/x"


def test_an_interrupted_run_says_where_it_was_and_leads_there(qapp: QApplication, tmp_path: Path) -> None:
    folder = record(tmp_path, "r", "interrupted", 100, node_id="click-7")
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(0)
    assert picture.save(str(folder / "not-found.png"))
    panel = RunsPanel()
    panel.show_earlier(read_history(tmp_path))
    assert "click-7" in panel.outcome.text()
    assert [path.name for path in pictures_of(str(folder))] == ["not-found.png"]
    assert panel.pictures.count() == 1
    assert panel.folder_button.isEnabled()
    chosen: list[tuple[str, str]] = []
    panel.flow_chosen.connect(lambda flow, node: chosen.append((flow, node)))
    panel.show_button.click()
    assert chosen == [("f", "click-7")]
    panel.close()


def test_durations_are_told_as_people_say_them() -> None:
    assert [took(value) for value in (None, 3.14, 75, 3700)] == ["", "3.1 s", "1:15 min", "1:01 h"]


def test_runs_are_reported_and_kept_from_the_panel(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(rig: Rig) -> None:
        runs = rig.session.folders.runs
        record(runs, "good", "succeeded", 100, ended=101)
        folder = record(runs, "bad", "failed", 200, ended=201, outcome={"message": "It was not there."})
        await rig.window.records.begin()
        panel = rig.window.bench.runs
        assert panel.tree.topLevelItemCount() == 2
        assert "It was not there." in panel.outcome.text()
        panel.keep_box.click()
        await until(lambda: bool(panel.keep_box.isChecked() and (folder / "kept").exists()))
        opened: list[str] = []
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
        panel.report_button.click()
        await until(lambda: bool(opened))
        assert opened == [str(folder / "report.html")]
        assert "It was not there." in (folder / "report.html").read_text("utf-8")

    live(story)


def test_the_list_is_searched_limited_and_stops_a_run(qapp: QApplication) -> None:
    told: ListedRun = {
        "run_id": "", "workflow_id": "f", "name": "", "status": "failed", "started": 0, "duration": 1.0, "node_id": None,
        "message": "", "folder": None, "started_by": "Mei",
    }  # fmt: skip
    panel = RunsPanel()
    panel.show_runs(
        [
            {**told, "run_id": "a", "name": "Fill", "status": "succeeded", "started": 4, "rehearsal": True},
            {**told, "run_id": "b", "name": "Fill", "status": "failed", "started": 3},
            {**told, "run_id": "c", "name": "Report", "status": "running", "started": 2},
            {**told, "run_id": "d", "name": "Report", "status": "pending", "started": 1, "trigger": "daily",
             "started_by": "trigger daily", "message": "Waits for the run before it."},
        ]
    )  # fmt: skip

    def shown() -> list[tuple[str, str]]:
        items = [panel.tree.topLevelItem(row) for row in range(panel.tree.topLevelItemCount())]
        return [(item.text(STATE), item.text(STARTER)) for item in items if item is not None]

    by_trigger = ("Waiting", "trigger daily")
    assert shown() == [("Rehearsed", "Mei"), ("Failed", "Mei"), ("Running", "Mei"), by_trigger]
    panel.kind.setCurrentText("Running or waiting")
    assert shown() == [("Running", "Mei"), by_trigger]
    panel.search.setText("report daily")
    assert shown() == [by_trigger]
    assert "Waits for the run before it." in panel.outcome.text()
    stopped: list[tuple[str, str]] = []
    panel.stop_wanted.connect(lambda flow, run: stopped.append((flow, run)))
    panel.stop_button.click()
    assert stopped == [("f", "d")]
    panel.search.setText("nobody")
    assert (shown(), panel.outcome.text()) == ([], "No matches.")
    panel.kind.setCurrentText("All runs")
    panel.search.setText("fill")
    assert panel.stop_button.isHidden()
    panel.close()


def test_the_newest_run_is_chosen_until_somebody_chooses_another(qapp: QApplication) -> None:
    told: ListedRun = {
        "run_id": "a", "workflow_id": "f", "name": "", "status": "succeeded", "started": 1, "duration": 1.0, "node_id": None,
        "message": "", "folder": None, "started_by": "Mei",
    }  # fmt: skip
    panel = RunsPanel()
    panel.show_runs([told])

    def chosen() -> str:
        item = panel.tree.currentItem()
        assert item is not None
        return item.text(STATE)

    assert chosen() == "Succeeded"
    item = panel.tree.topLevelItem(0)
    assert item is not None
    assert item.text(FLOW) == "Untitled"
    panel.show_runs([{**told, "run_id": "b", "status": "failed", "started": 2}, told])
    assert chosen() == "Failed"
    older = panel.tree.topLevelItem(1)
    assert older is not None
    panel.tree.setCurrentItem(older)
    panel.show_runs(
        [
            {**told, "run_id": "c", "status": "stopped", "started": 3},
            {**told, "run_id": "b", "status": "failed", "started": 2},
            told,
        ]
    )
    assert chosen() == "Succeeded"
