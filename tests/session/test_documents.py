"""Turns of a document: nothing is lost or mixed up when much is asked for at once."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.engine.context import Services
from flowdesk.model.errors import FlowdeskError, RequestInvalid, StaleRevision
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.codec import encode
from flowdesk.session.session import Folders, Session
from tests.session.conftest import Keeper, ask, flow_json, wait_node
from tests.waiting import eventually


def set_label(label: str) -> dict[str, Any]:
    return {"op": "setNode", "id": "w", "path": ["data", "label"], "value": label}


@pytest.fixture
def file(session: Session) -> Path:
    session.folders.flows.mkdir(parents=True, exist_ok=True)
    path = session.folders.flows / "a.flow.json"
    path.write_text(json.dumps(flow_json(wait_node(), id="doc")), "utf-8")
    return path


async def test_edits_and_saves_that_are_asked_for_at_once_are_done_in_their_order(session: Session, file: Path) -> None:
    peers = [Keeper(f"p{number}") for number in range(5)]
    for peer in peers:
        await ask(session, peer, "flow.open", path=file.name)
    asked = []
    for number in range(40):
        peer = peers[number % 5]
        asked.append(ask(session, peer, "flow.edit", "doc", changes=[set_label(str(number))]))
        if number % 7 == 0:
            asked.append(ask(session, peer, "flow.save", "doc"))
        if number % 9 == 0:
            asked.append(ask(session, peer, "flow.get", "doc"))
    replies = await asyncio.gather(*asked)
    assert max(reply["revision"] for reply in replies) >= 40
    for peer in peers:
        told = peer.of("flow.changed")
        assert [one["revision"] for one in told] == [*range(told[0]["revision"], told[-1]["revision"] + 1)]
    labels = [one["changes"][0]["value"] for one in peers[0].of("flow.changed") if one["changes"][0]["op"] == "setNode"]
    assert labels == [str(number) for number in range(40)]
    await ask(session, peers[0], "flow.save", "doc")
    assert json.loads(file.read_text("utf-8"))["nodes"][1]["data"]["label"] == "39"
    assert not session.documents["doc"].is_modified


async def test_every_state_that_is_told_fits_its_revision(session: Session, file: Path) -> None:
    editor, reader = Keeper("editor"), Keeper("reader")
    await ask(session, editor, "flow.open", path=file.name)
    edits = [ask(session, editor, "flow.edit", "doc", changes=[set_label(str(n))]) for n in range(1, 30)]
    reads = [ask(session, reader, "flow.get", "doc") for _ in edits]
    states = (await asyncio.gather(*[one for pair in zip(edits, reads, strict=False) for one in pair]))[1::2]
    for state in states:
        assert state["flow"]["nodes"][1]["data"]["label"] == (str(state["revision"]) if state["revision"] else "w")
        assert json.loads(encode({"payload": state}))["payload"]["flow"] == state["flow"]


async def test_a_save_whose_editor_goes_away_is_finished_and_known(session: Session, file: Path) -> None:
    peer = Keeper("a")
    session.connect(peer)
    await ask(session, peer, "flow.open", path=file.name)
    await ask(session, peer, "flow.edit", "doc", changes=[set_label("Kept")])
    saving = spawn(ask(session, peer, "flow.save", "doc"), "asked")
    await asyncio.sleep(0)
    saving.cancel()
    session.disconnect(peer)
    with contextlib.suppress(asyncio.CancelledError):
        await saving
    await eventually(lambda: "doc" not in session.documents)  # saved, nobody has it, nothing would be lost
    assert json.loads(file.read_text("utf-8"))["nodes"][1]["data"]["label"] == "Kept"
    assert not [*(session.folders.state / "recovery").glob("*.recovery.json")]


async def test_an_edit_whose_editor_goes_away_is_done_and_its_document_stays_open(session: Session, file: Path) -> None:
    peer = Keeper("a")
    session.connect(peer)
    await ask(session, peer, "flow.open", path=file.name)
    editing = spawn(ask(session, peer, "flow.edit", "doc", changes=[set_label("Kept")]), "asked")
    await asyncio.sleep(0)
    editing.cancel()
    session.disconnect(peer)
    await eventually(lambda: session.documents["doc"].document.revision == 1)
    await eventually(lambda: not session.documents["doc"].editors)
    assert session.documents["doc"].holds_work


async def test_large_edits_and_their_undo_are_whole_or_not_at_all(session: Session, file: Path) -> None:
    peer = Keeper("a")
    await ask(session, peer, "flow.open", path=file.name)
    many = [{"op": "addNode", "node": {"id": f"n{n}", "type": "log", "data": {}}} for n in range(300)]
    before = session.documents["doc"].flow.to_json()
    with pytest.raises(FlowdeskError):
        await ask(session, peer, "flow.edit", "doc", changes=[*many, {"op": "removeNode", "id": "none"}])
    assert session.documents["doc"].flow.to_json() == before
    await ask(session, peer, "flow.edit", "doc", changes=many)
    assert len(session.documents["doc"].flow.nodes) == 302
    await ask(session, peer, "flow.edit", "doc", action="undo")
    assert session.documents["doc"].flow.to_json() == before
    await ask(session, peer, "flow.edit", "doc", action="redo")
    assert len(session.documents["doc"].flow.nodes) == 302
    told = peer.of("flow.changed")[-1]
    assert json.loads(encode({"payload": told}))["payload"]["changes"] == told["changes"]


async def test_a_flow_that_is_not_open_is_not_made_by_its_id(session: Session) -> None:
    with pytest.raises(RequestInvalid):
        await ask(session, Keeper("a"), "flow.open", "no such flow")
    assert not session.documents


async def test_who_moves_a_node_last_wins_but_a_place_that_is_set_is_a_field(session: Session, file: Path) -> None:
    ann, ben = Keeper("ann"), Keeper("ben")
    for peer in (ann, ben):
        await ask(session, peer, "flow.open", path=file.name)
    for peer, x in ((ann, 10), (ben, 20)):
        await ask(
            session, peer, "flow.edit", "doc", base_revision=0, changes=[{"op": "moveNode", "id": "w", "x": x, "y": 0}]
        )
    assert session.documents["doc"].flow.node("w").position.x == 20
    place = {"op": "setNode", "id": "w", "path": ["position", "x"]}
    await ask(session, ann, "flow.edit", "doc", base_revision=2, changes=[{**place, "value": 30}])
    with pytest.raises(StaleRevision) as refused:
        await ask(session, ben, "flow.edit", "doc", base_revision=2, changes=[{**place, "value": 40}])
    assert (refused.value.details["yours"], refused.value.details["theirs"]) == (40, 30)


async def test_what_is_asked_for_right_before_the_end_is_on_the_disk(tmp_path: Path) -> None:
    session = Session(
        builtin_catalogue(), Services(), Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    )
    peer = Keeper("a")
    await ask(session, peer, "flow.open", "doc", flow=flow_json(wait_node(), id="doc"))
    editing = spawn(ask(session, peer, "flow.edit", "doc", changes=[set_label("Last")]), "asked")
    await asyncio.sleep(0)
    await session.close()
    await editing
    (kept,) = (tmp_path / "state" / "recovery").glob("*.recovery.json")
    assert json.loads(kept.read_text("utf-8"))["flow"]["nodes"][1]["data"]["label"] == "Last"
