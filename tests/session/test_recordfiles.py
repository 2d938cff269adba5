"""A run's folder may be damaged, half written, or come from somebody else: it is shown as far as it tells, and holds up nobody."""

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from flowdesk.cli import main
from flowdesk.engine.options import RunOptions
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.flow import Flow
from flowdesk.nodes import builtin_catalogue
from flowdesk.reporting.page import Page
from flowdesk.reporting.reading import read_report
from flowdesk.session.history import merged, read_history
from flowdesk.session.recordfiles import about_of, json_of, lines_of, message_of
from flowdesk.session.records import ABOUT, interrupted, prune
from flowdesk.session.replaying import past_run
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json, wait_node
from tests.waiting import eventually

MESSAGES = "messages.jsonl"
DEEP = b'{"type": "node.running", "payload": ' + b"[" * 100_000 + b"\n"
ODD = b'\0\xff\n{\n[]\nnull\n"x"\n{"type":5}\n{"type":"node.running"}\n{"type":"node.running","payload":[]}\n'


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _about(**values: Any) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        about = file.with_name(ABOUT)
        about.write_text(json.dumps({**json.loads(about.read_text("utf-8")), **values}), "utf-8")

    return write


FAULTS: dict[str, Callable[[Path], object]] = {
    "pipe": _pipe,
    "folder": _folder,
    "deep": lambda file: file.write_bytes(DEEP),
    "odd": lambda file: file.write_bytes(ODD),
    "half": lambda file: file.write_bytes(file.read_bytes()[:-30]),
    "far": _about(started=1e18, ended=-5),
    "kinds": _about(started="x", outcome=[], name=None, status=7, folder=5),
}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes")
async def test_records_that_are_damaged_are_listed_searched_and_replayed_as_far_as_they_tell(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    peer = Keeper("p")
    await ask(session, peer, "workflow.start", "w", flow=flow_json(wait_node(), name="whole"))
    await eventually(lambda: bool(peer.of("execution.complete")))
    await eventually(lambda: not session.runs.under_way())
    whole = next(session.folders.runs.iterdir())
    for name, damage in FAULTS.items():
        folder = whole.with_name(f"20260101-000000-{name}")
        shutil.copytree(whole, folder)
        _about(run_id=f"run-{name}", folder=str(folder), name=name)(folder / MESSAGES)
        damage(folder / MESSAGES)
    listed = (await ask(session, peer, "workflow.list", earlier=True, limit=500))["runs"]
    assert {"whole", "pipe", "deep", "odd", "half"} <= {run["name"] for run in listed}
    await ask(session, peer, "workflow.list", earlier=True, limit=500, text="nowhere to be found")
    for name in ("pipe", "folder", "deep", "odd", "half", "far"):
        past = await ask(session, peer, "execution.past", run_id=f"run-{name}")
        assert past["name"] == name
    monkeypatch.setenv("FLOWDESK_STATE_DIR", str(session.folders.state))
    for name in ("pipe", "folder", "deep", "odd", "half", "far"):
        folder = whole.with_name(f"20260101-000000-{name}")
        assert main(["report", str(folder), "--out", str(tmp_path / f"{name}.html")]) == 0
        assert "<html" in (tmp_path / f"{name}.html").read_text("utf-8")
    assert main(["report", str(whole.with_name("20260101-000000-kinds"))]) in {0, 2}
    assert "Traceback" not in capsys.readouterr().err


ODDS: tuple[Any, ...] = (None, 5, "x", [], {}, [[]], True, float("inf"), -1)


async def test_whatever_stands_in_a_field_of_a_record_it_is_listed_told_and_removed(session: Session) -> None:
    peer = Keeper("p")
    await ask(session, peer, "workflow.start", "w", flow=flow_json(wait_node(), name="whole"))
    await eventually(lambda: bool(peer.of("execution.complete")))
    await eventually(lambda: not session.runs.under_way())
    (folder,) = session.folders.runs.iterdir()
    about = json.loads((folder / ABOUT).read_text("utf-8"))
    messages = [json.loads(line) for line in (folder / MESSAGES).read_text("utf-8").splitlines()]
    catalogue = builtin_catalogue()

    def look() -> None:
        merged([], read_history(session.folders.runs))
        interrupted(session.folders.runs)
        prune(session.folders.runs)
        with contextlib.suppress(RequestInvalid):  # it tells of no run
            past_run(session.folders.runs, about["run_id"], None)
            Page(read_report(folder, catalogue), catalogue, "en").html()

    for status in ("succeeded", "running"):
        for key, odd in product(about, ODDS):
            (folder / ABOUT).write_text(json.dumps({**about, "status": status, key: odd}), "utf-8")
            look()
    for key, odd in product(about["outcome"], ODDS):
        (folder / ABOUT).write_text(json.dumps({**about, "outcome": {**about["outcome"], key: odd}}), "utf-8")
        look()
    (folder / ABOUT).write_text(json.dumps(about), "utf-8")
    kinds = {message["type"]: message for message in messages}
    for kind, message in kinds.items():
        for key, odd in product({*message["payload"], "ways", "iteration"}, ODDS):
            changed = {**message, "payload": {**message["payload"], key: odd}}
            (folder / MESSAGES).write_text(
                "\n".join(json.dumps({**kinds, kind: changed}[one]) for one in kinds), "utf-8"
            )
            look()


def test_what_is_of_another_kind_than_it_should_be_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / ABOUT
    file.write_text('{"run_id": "a", "name": 5, "started": 1e400, "ended": 7, "outcome": "x", "pid": 3}', "utf-8")
    assert about_of(file) == {"run_id": "a", "ended": 7, "pid": 3, "folder": str(tmp_path)}
    for content in ("[]", "null", "", "["):
        file.write_text(content, "utf-8")
        with pytest.raises(ValueError):
            about_of(file)


def test_lines_that_are_no_messages_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / MESSAGES
    assert list(lines_of(file)) == []
    file.write_bytes(ODD + b'{"type": "a", "payload": {"b": 1}, "timestamp": 2}\n')
    found = []
    for line in lines_of(file):
        try:
            found.append(message_of(line))
        except ValueError:
            continue
    assert found == [("a", {"b": 1}, 2.0)]
    with pytest.raises(ValueError):
        json_of(DEEP)


@pytest.mark.parametrize("odd", ["1" + "0" * 400, "-1" + "0" * 400, "NaN", "Infinity", "true", '"5"', "1e300"])
def test_a_time_that_is_none_is_left_out(tmp_path: Path, odd: str) -> None:
    (tmp_path / ABOUT).write_text(f'{{"run_id": "a", "started": {odd}, "ended": 5}}', "utf-8")
    about = about_of(tmp_path / ABOUT)
    assert "started" not in about
    assert about["ended"] == 5


async def test_a_record_cannot_point_to_a_folder_that_is_not_its_own(session: Session, tmp_path: Path) -> None:
    elsewhere, place = tmp_path / "pictures", session.folders.runs / "19700101-given"
    for folder in (elsewhere, place):
        folder.mkdir(parents=True)
    (elsewhere / "holiday.png").write_bytes(b"private")
    (elsewhere / MESSAGES).write_text(json.dumps({"type": "execution.log", "payload": {"message": "private"}}), "utf-8")
    (place / "step.png").write_bytes(b"own")
    about = {"run_id": "given", "workflow_id": "w", "status": "failed", "started": 5.0, "folder": str(elsewhere)}
    (place / ABOUT).write_text(json.dumps(about), "utf-8")
    for other in (None, {**about, "run_id": "other"}, {**about, "folder": str(place)}):
        if other is not None:
            (elsewhere / ABOUT).write_text(json.dumps(other), "utf-8")
        assert [run["folder"] for run in read_history(session.folders.runs)] == [str(place)]
        assert await ask(session, Keeper("a"), "execution.picture", run_id="given") == {"names": ["step.png"]}
        assert (await ask(session, Keeper("a"), "execution.past", run_id="given"))["logs"] == []


async def test_the_record_of_a_run_that_lies_elsewhere_is_found_there_as_long_as_it_does(
    session: Session, tmp_path: Path
) -> None:
    report = tmp_path / "report"
    peer = Keeper("a")
    live = session.runs.start("w", Flow.model_validate(flow_json()), session.journal("w"), RunOptions(), report=report)
    assert live.task is not None
    await live.task
    (run,) = [run for run in read_history(session.folders.runs) if run["run_id"] == live.run_id]
    assert run["folder"] == str(report)
    assert (await ask(session, peer, "execution.past", run_id=live.run_id))["nodes"]
    shutil.move(report, tmp_path / "moved")
    (run,) = [run for run in read_history(session.folders.runs) if run["run_id"] == live.run_id]
    assert Path(run["folder"] or "").parent == session.folders.runs
