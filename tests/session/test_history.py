"""Runs of earlier days are listed when asked for, and their pictures fetched by name, nothing else."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.errors import NotAllowed, RequestInvalid
from flowdesk.protocol.messages import Role
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json

ABOUT = {"run_id": "old", "workflow_id": "w", "name": "Old", "status": "failed", "started": 1000.0, "ended": 1002.5}


@pytest.fixture
def folder(session: Session) -> Path:
    made = session.folders.runs / "19700101-old"
    (made / "shots").mkdir(parents=True)
    (made / "run.json").write_text(json.dumps({**ABOUT, "outcome": {"message": "Not found"}}), "utf-8")
    (made / "shots" / "a.png").write_bytes(b"picture")
    (made / "secret.txt").write_text("nothing for editors", "utf-8")
    return made


async def listed(session: Session, peer: Keeper, **payload: Any) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = (await ask(session, peer, "workflow.list", **payload))["runs"]
    return runs


async def test_earlier_runs_are_listed_only_when_asked_for(session: Session, folder: Path) -> None:
    peer = Keeper("a")
    started = await ask(session, peer, "workflow.start", "w", flow=flow_json())
    assert [run["run_id"] for run in await listed(session, peer)] == [started["run_id"]]
    now, old = await listed(session, peer, earlier=True)
    assert now["run_id"] == started["run_id"]
    assert (old["run_id"], old["message"], old["duration"]) == ("old", "Not found", 2.5)
    assert len(await listed(session, peer, earlier=True, limit=1)) == 1


async def test_the_pictures_of_a_run_are_fetched_by_name(session: Session, folder: Path) -> None:
    peer = Keeper("a", Role.EDIT)
    assert await ask(session, peer, "execution.picture", run_id="old") == {"names": ["shots/a.png"]}
    fetched = await ask(session, peer, "execution.picture", run_id="old", name="shots/a.png")
    assert base64.b64decode(fetched["data"]) == b"picture"


@pytest.mark.parametrize("name", ["secret.txt", "../19700101-old/shots/a.png", "run.json", "/etc/passwd", ""])
async def test_nothing_but_its_pictures_is_handed_out(session: Session, folder: Path, name: str) -> None:
    with pytest.raises(RequestInvalid):
        await ask(session, Keeper("a"), "execution.picture", run_id="old", name=name)


async def test_a_run_without_a_record_is_said_to_have_none(session: Session) -> None:
    with pytest.raises(RequestInvalid):
        await ask(session, Keeper("a"), "execution.picture", run_id="nobody")


async def test_who_only_watches_gets_no_pictures_of_the_desktop(session: Session, folder: Path) -> None:
    with pytest.raises(NotAllowed):
        await ask(session, Keeper("a", Role.VIEW), "execution.picture", run_id="old")


async def test_runs_are_looked_for_by_what_they_said_and_how_they_ended(session: Session, folder: Path) -> None:
    peer = Keeper("a", Role.VIEW)
    line = {"type": "execution.log", "timestamp": 1001.0, "payload": {"level": "info", "message": "Total: 12 €"}}
    (folder / "messages.jsonl").write_text(json.dumps(line) + "\n", "ascii")
    for query in ({"text": "12 €"}, {"flow": "ol"}, {"outcome": "failed"}, {"since": 999.0, "until": 1001.0}):
        assert [run["run_id"] for run in await listed(session, peer, earlier=True, **query)] == ["old"], query
    for query in ({"text": "13 €"}, {"flow": "new"}, {"outcome": "stopped"}, {"since": 1001.0}, {"trigger": "x"}):
        assert await listed(session, peer, earlier=True, **query) == [], query


async def test_a_run_is_marked_to_be_kept_by_editors(session: Session, folder: Path) -> None:
    with pytest.raises(NotAllowed):
        await ask(session, Keeper("v", Role.VIEW), "execution.keep", run_id="old")
    peer = Keeper("e", Role.EDIT)
    assert await ask(session, peer, "execution.keep", run_id="old") == {"run_id": "old", "kept": True}
    assert [run["kept"] for run in await listed(session, peer, earlier=True)] == [True]
    await ask(session, peer, "execution.keep", run_id="old", kept=False)
    assert await listed(session, peer, earlier=True, kept=True) == []


async def test_the_report_of_a_run_comes_in_the_language_that_is_asked_for(session: Session, folder: Path) -> None:
    peer = Keeper("e", Role.EDIT)
    with pytest.raises(RequestInvalid):
        await ask(session, peer, "execution.report", run_id="old")  # this session draws none
    told: list[Any] = []

    def write(*given: Any) -> str:
        told.append(given)
        return "<!doctype html>"

    drawing = Session(session.catalogue, session.services, session.folders, write_report=write)
    reply = await ask(drawing, peer, "execution.report", run_id="old", language="zh_CN")
    assert (reply["name"], reply["html"]) == ("Old-old.html", "<!doctype html>")
    assert told[0][:2] == (folder, "zh_CN")
    await drawing.close()
