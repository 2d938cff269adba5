"""What a killed server had of unsaved edits is there again after the next start."""

import json
import os
from pathlib import Path

import pytest

from flowdesk.engine.context import Services
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.messages import Role
from flowdesk.session.restoring import restore_untitled
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json, wait_node

RENAME = [{"op": "setNode", "id": "w", "path": ["data", "label"], "value": "Unsaved"}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "flows" / "a.flow.json"
    path.parent.mkdir()
    path.write_text(json.dumps(flow_json(wait_node(), id="doc")), "utf-8")
    return path


def killed(session: Session) -> Session:
    """Another process with the same folders, after the one of this session was killed."""
    for kept in (session.folders.state / "recovery").iterdir():
        values = json.loads(kept.read_text("utf-8"))
        values["pid"] = 2**22 + os.getpid()
        kept.write_text(json.dumps(values), "utf-8")
    return Session(builtin_catalogue(), Services(), session.folders, restores=True)


async def test_edits_of_a_file_come_back_when_it_is_opened_and_the_file_stays(session: Session, file: Path) -> None:
    peer, before = Keeper("a"), file.read_bytes()
    doc = (await ask(session, peer, "flow.open", path=file.name))["workflow_id"]
    await ask(session, peer, "flow.edit", doc, changes=RENAME)
    again = killed(session)
    state = await ask(again, peer, "flow.open", path=file.name)
    assert state["flow"]["nodes"][1]["data"]["label"] == "Unsaved"
    assert state["modified"]
    assert state["workflow_id"] == doc
    assert file.read_bytes() == before
    await ask(again, peer, "flow.save", doc)
    state = await ask(killed(again), peer, "flow.open", path=file.name)
    assert not state["modified"]


async def test_a_file_that_was_written_since_is_opened_as_it_is(session: Session, file: Path) -> None:
    peer = Keeper("a")
    doc = (await ask(session, peer, "flow.open", path=file.name))["workflow_id"]
    await ask(session, peer, "flow.edit", doc, changes=RENAME)
    later = file.stat().st_mtime + 3600
    os.utime(file, (later, later))
    state = await ask(killed(session), peer, "flow.open", path=file.name)
    assert not state["modified"]


async def test_a_flow_without_a_file_is_open_again_under_its_id(session: Session) -> None:
    peer = Keeper("a")
    doc = (await ask(session, peer, "flow.open", flow=flow_json(wait_node(), id="doc")))["workflow_id"]
    await ask(session, peer, "flow.edit", doc, changes=RENAME)
    again = killed(session)
    restore_untitled(again)
    state = await ask(again, peer, "flow.get", doc)
    assert state["flow"]["nodes"][1]["data"]["label"] == "Unsaved"
    assert state["modified"]


async def test_who_may_not_run_flows_gains_nothing_by_a_restart(session: Session, file: Path) -> None:
    peer = Keeper("editor", Role.EDIT)
    doc = (await ask(session, peer, "flow.open", path=file.name))["workflow_id"]
    await ask(session, peer, "flow.edit", doc, changes=RENAME)
    assert session.documents[doc].is_foreign
    again = killed(session)
    assert again.open_file(file.resolve()).is_foreign


async def test_where_a_window_asks_nothing_comes_back_by_itself(session: Session, file: Path) -> None:
    peer = Keeper("a")
    doc = (await ask(session, peer, "flow.open", path=file.name))["workflow_id"]
    await ask(session, peer, "flow.edit", doc, changes=RENAME)
    again = killed(session)
    again.restores = False
    assert not again.open_file(file.resolve()).is_modified
