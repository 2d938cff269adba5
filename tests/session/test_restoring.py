"""What a killed server had of unsaved edits is there again after the next start."""

import json
import os
import time
import uuid
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.engine.context import Services
from flowdesk.model.changes import CHANGE, Draft, change_json
from flowdesk.model.document import Document
from flowdesk.model.errors import StaleRevision
from flowdesk.model.flow import Flow
from flowdesk.model.reading import read_flow
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.messages import Role
from flowdesk.session.restoring import recovering
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json, wait_node
from tests.session.strange import shapes

RENAME = [{"op": "setNode", "id": "w", "path": ["data", "label"], "value": "Unsaved"}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "flows" / "a.flow.json"
    path.parent.mkdir()
    path.write_text(json.dumps(flow_json(wait_node(), id="doc")), "utf-8")
    return path


def killed(session: Session) -> Session:
    """Another process with the same folders, after the one of this session was killed."""
    for kept in [*(session.folders.state / "recovery").iterdir()]:
        values = json.loads(kept.read_text("utf-8"))
        values["pid"] = 2**22 + os.getpid()
        kept.write_text(json.dumps(values), "utf-8")
        kept.rename(kept.with_name(f"{uuid.uuid4().hex}.recovery.json"))
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
    again.restore()
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
    again.desk.restores = False
    assert not again.open_file(file.resolve()).is_modified


async def test_a_file_without_an_id_is_known_to_its_editors_after_a_restart_by_the_same(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "flows" / "b.flow.json"
    path.parent.mkdir()
    path.write_text(json.dumps(flow_json(wait_node())), "utf-8")
    peer = Keeper("a")
    doc = (await ask(session, peer, "flow.open", path=path.name))["workflow_id"]
    for _ in range(3):
        await ask(session, peer, "flow.edit", doc, changes=RENAME, edit_id=uuid.uuid4().hex)
    again = killed(session)
    again.restore()
    state = await ask(again, peer, "flow.get", doc)
    assert (state["workflow_id"], state["flow"]["id"], state["path"]) == (doc, doc, str(path))
    assert state["revision"] >= 3
    await again.close()


async def test_what_was_saved_right_before_the_end_is_no_copy_beside_its_file(session: Session, file: Path) -> None:
    peer = Keeper("a")
    doc = (await ask(session, peer, "flow.open", path=file.name))["workflow_id"]
    await ask(session, peer, "flow.edit", doc, changes=RENAME)
    (kept,) = (session.folders.state / "recovery").iterdir()
    before = kept.read_bytes()
    await ask(session, peer, "flow.save", doc)
    os.utime(file, (time.time() + 5, time.time() + 5))
    kept.write_bytes(before)  # the process was killed before it forgot it
    again = killed(session)
    again.restore()
    assert again.documents == {}
    assert list((session.folders.state / "recovery").iterdir()) == []
    await again.close()


async def test_a_revision_of_an_earlier_life_has_not_seen_what_was_set_in_this_one(
    session: Session, file: Path
) -> None:
    one, two = Keeper("one"), Keeper("two")
    doc = (await ask(session, one, "flow.open", path=file.name))["workflow_id"]
    await ask(session, one, "flow.edit", doc, changes=RENAME)
    mine = [{**RENAME[0], "value": "Mine"}]
    with pytest.raises(StaleRevision):
        await ask(session, two, "flow.edit", doc, changes=mine, base_revision=40)
    other = [{"op": "setNode", "id": "w", "path": ["data", "config", "duration"], "value": 3}]
    assert (await ask(session, two, "flow.edit", doc, changes=other, base_revision=40))["revision"] == 2


ids = st.lists(st.sampled_from("abcdefgh"), max_size=6, unique=True)


@given(ids, ids, st.lists(st.booleans(), min_size=8, max_size=8))
def test_what_differs_is_all_that_is_restored_and_the_order_is_kept(
    before: list[str], after: list[str], changed: list[bool]
) -> None:
    one = flow_of(dict.fromkeys(before, "old"))
    other = flow_of({name: "new" if changed["abcdefgh".index(name)] else "old" for name in after})
    draft = Draft(one)
    changes = recovering(one, other)
    for change in changes:
        change.apply(draft)
    assert draft.flow().to_json() == other.to_json()
    assert bool(changes) == (one != other)


def flow_of(labels: dict[str, str]) -> Flow:
    nodes = [{"id": one, "type": "log", "data": {"label": label}} for one, label in labels.items()]
    edges = [{"id": f"e{one}", "source": one, "target": two} for one, two in pairwise(labels)]
    return read_flow({"id": "f", "nodes": nodes, "edges": edges})


@given(shapes, shapes)
def test_whatever_a_file_holds_is_read_again_and_taken_back(before: dict[str, Any], after: dict[str, Any]) -> None:
    document, wanted = Document(read_flow(before)), Document(read_flow(after)).flow
    old = document.flow.to_json()
    changes = recovering(document.flow, wanted)
    if not changes:
        assert document.flow == wanted
        return
    for change in [CHANGE.validate_python(change_json(change)) for change in changes]:
        document.edit([change], "me", gesture="one")
    assert document.flow.to_json() == wanted.to_json()
    document.undo("me")
    assert document.flow.to_json() == old
    document.redo("me")
    assert document.flow.to_json() == wanted.to_json()
