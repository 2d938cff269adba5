"""Documents outlive their editors, conflicts are told with both values, files are named, moved and trashed with care."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.errors import (
    AlreadyRunning,
    FileExists,
    FileInUse,
    LimitReached,
    RequestInvalid,
    StaleRevision,
)
from flowdesk.protocol.messages import Role
from flowdesk.session import desk
from flowdesk.session.names import fault_of
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json, wait_node

LABEL = ["data", "label"]


class Tab(Keeper):
    """A page: the same person comes back with another id."""

    def __init__(self, name: str, person: str, role: Role = Role.RUN) -> None:
        super().__init__(name, role)
        self.person = person


def label(value: str) -> dict[str, Any]:
    return {"op": "setNode", "id": "w", "path": LABEL, "value": value}


async def opened(session: Session, peer: Keeper, **flow: Any) -> str:
    session.peers[peer.id] = peer
    if not flow:
        flow = {"flow": flow_json(wait_node())}
    state = await ask(session, peer, "flow.open", **flow)
    workflow_id: str = state["workflow_id"]
    return workflow_id


def file_of(session: Session, stem: str = "a", **fields: Any) -> Path:
    session.folders.flows.mkdir(parents=True, exist_ok=True)
    path = session.folders.flows / f"{stem}.flow.json"
    path.write_text(json.dumps(flow_json(wait_node(), **{"id": stem, **fields})), "utf-8")
    return path


async def listed(session: Session, peer: Keeper) -> dict[str, Any]:
    return {one["workflow_id"]: one for one in (await ask(session, peer, "flow.list"))["open"]}


# -- what outlives its editors


async def test_unsaved_edits_outlive_their_last_editor_and_are_offered_to_whoever_comes(session: Session) -> None:
    one, other = Keeper("one"), Keeper("other")
    file_of(session)
    doc = await opened(session, one, path="a.flow.json")
    await ask(session, one, "flow.edit", doc, changes=[label("Not saved")])
    session.disconnect(one)
    session.connect(other)
    assert (await listed(session, other))[doc]["unsaved"]
    assert [flow["workflow_id"] for flow in other.of("system.status")[-1]["unsaved"]] == [doc]
    state = await ask(session, other, "flow.open", path="a.flow.json")
    assert state["workflow_id"] == doc
    assert state["flow"]["nodes"][1]["data"]["label"] == "Not saved"
    await ask(session, other, "flow.save", doc)
    session.disconnect(other)
    assert doc not in session.documents


async def test_a_flow_without_a_file_stays_until_somebody_closes_it(session: Session) -> None:
    one, other = Keeper("one"), Keeper("other", Role.VIEW)
    edited, brought = await opened(session, one, flow=flow_json()), await opened(session, one)
    await ask(session, one, "flow.edit", edited, changes=[{"op": "setFlow", "path": ["name"], "value": "x"}])
    empty = (await ask(session, one, "flow.open"))["workflow_id"]
    session.disconnect(one)
    assert set(await listed(session, other)) == {edited, brought}
    assert empty not in session.documents
    assert len([*(session.folders.state / "recovery").iterdir()]) == 2
    for doc in (edited, brought):
        await ask(session, one, "flow.close", doc)
    assert not session.documents
    assert not [*(session.folders.state / "recovery").iterdir()]


async def test_closing_is_for_oneself_while_others_have_it_open(session: Session) -> None:
    one, other = Keeper("one"), Keeper("other")
    doc = await opened(session, one)
    await ask(session, other, "flow.open", doc)
    await ask(session, other, "flow.edit", doc, changes=[label("x")])
    await ask(session, one, "flow.close", doc)
    assert doc in session.documents
    await ask(session, other, "flow.close", doc)
    assert doc not in session.documents


async def test_so_many_documents_are_open_and_no_more(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOST_OPEN", 3)
    one = Keeper("one")
    for _ in range(3):
        await opened(session, one)
    with pytest.raises(LimitReached):
        await opened(session, one)


# -- undo and conflicts


async def test_undo_survives_a_break_and_belongs_to_the_person(session: Session) -> None:
    before, after, other = Tab("one", "token/tab"), Tab("two", "token/tab"), Tab("three", "token/other-tab")
    doc = await opened(session, before)
    await ask(session, before, "flow.edit", doc, changes=[label("x")], label="Rename")
    session.disconnect(before)
    assert (await ask(session, other, "flow.open", doc))["undo"] is None
    state = await ask(session, after, "flow.open", doc)
    assert state["undo"] == "Rename"
    await ask(session, after, "flow.edit", doc, action="undo")
    assert session.documents[doc].flow.node("w").label == "w"


async def test_an_edit_that_missed_a_change_of_the_same_field_is_refused_with_both_values(session: Session) -> None:
    one, other = Keeper("one"), Keeper("other")
    doc = await opened(session, one)
    await ask(session, one, "flow.edit", doc, changes=[label("theirs")], base_revision=0)
    with pytest.raises(StaleRevision) as refused:
        await ask(session, other, "flow.edit", doc, changes=[label("mine")], base_revision=0)
    details = refused.value.details
    (conflict,) = details["conflicts"]
    assert (conflict["yours"], conflict["theirs"], conflict["by"]) == ("mine", "theirs", "one")
    assert session.documents[doc].flow.node("w").label == "theirs"
    await ask(session, other, "flow.edit", doc, changes=[label("mine")], base_revision=details["revision"])
    assert session.documents[doc].flow.node("w").label == "mine"


async def test_ones_own_edits_in_flight_are_no_conflict(session: Session) -> None:
    one = Keeper("one")
    doc = await opened(session, one)
    for text in ("a", "ab", "abc"):
        await ask(session, one, "flow.edit", doc, changes=[label(text)], base_revision=0)
    assert session.documents[doc].flow.node("w").label == "abc"


async def test_undo_does_not_take_back_what_somebody_else_set_since_unless_told_to(session: Session) -> None:
    one, other = Keeper("one"), Keeper("other")
    doc = await opened(session, one)
    await ask(session, one, "flow.edit", doc, changes=[label("mine")])
    await ask(session, other, "flow.edit", doc, changes=[label("theirs")])
    with pytest.raises(StaleRevision) as refused:
        await ask(session, one, "flow.edit", doc, action="undo")
    assert refused.value.details["conflicts"][0]["theirs"] == "theirs"
    await ask(session, one, "flow.edit", doc, action="undo", force=True)
    assert session.documents[doc].flow.node("w").label == "w"


async def test_an_edit_that_is_sent_again_is_answered_and_not_applied_again(session: Session) -> None:
    one = Keeper("one")
    doc = await opened(session, one)
    changes = [{"op": "addNode", "node": wait_node("new")}]
    first = await ask(session, one, "flow.edit", doc, changes=changes, edit_id="e1")
    assert await ask(session, one, "flow.edit", doc, changes=changes, edit_id="e1") == first
    assert len(session.documents[doc].flow.nodes) == 3


# -- names and files


async def test_saving_onto_another_file_needs_force(session: Session) -> None:
    one, path = Keeper("one"), file_of(session, "taken")
    before = path.read_bytes()
    doc = await opened(session, one)
    with pytest.raises(FileExists):
        await ask(session, one, "flow.save", doc, path="taken.flow.json")
    assert path.read_bytes() == before
    await ask(session, one, "flow.save", doc, path="taken", force=True)
    assert path.read_bytes() != before
    await ask(session, one, "flow.save", doc, path="taken")


@pytest.mark.parametrize("name", ["测试 a/b: 1?", "no/such", "CON", "a.", "a:b", "名" * 90])
async def test_a_name_never_makes_a_folder_nor_what_a_system_cannot_hold(session: Session, name: str) -> None:
    one = Keeper("one")
    doc = await opened(session, one)
    with pytest.raises(RequestInvalid) as refused:
        await ask(session, one, "flow.save", doc, path=name)
    assert fault_of(refused.value.details["suggestion"]) is None
    assert not session.folders.flows.is_dir() or not [*session.folders.flows.iterdir()]


async def test_a_flows_name_follows_its_file_until_somebody_gives_it_another(session: Session) -> None:
    one = Keeper("one")
    doc = await opened(session, one)
    assert (await ask(session, one, "flow.save", doc, path="first"))["name"] == "first"
    assert json.loads((session.folders.flows / "first.flow.json").read_text("utf-8"))["name"] == "first"
    assert not session.documents[doc].is_modified
    assert (await ask(session, one, "flow.save", doc, path="second"))["name"] == "second"
    await ask(session, one, "flow.edit", doc, changes=[{"op": "setFlow", "path": ["name"], "value": "Given"}])
    assert (await ask(session, one, "flow.save", doc, path="third"))["name"] == "Given"
    assert (await ask(session, one, "flow.rename", doc, name="fourth"))["name"] == "Given"


async def test_renaming_takes_pictures_along_and_tells_everyone(session: Session) -> None:
    one, other = Keeper("one"), Keeper("other")
    path = file_of(session)
    (session.folders.flows / "a.assets").mkdir()
    (session.folders.flows / "a.assets" / "ok.png").write_bytes(b"\x89PNG")
    doc = await opened(session, one, path="a.flow.json")
    await ask(session, other, "flow.open", path="a.flow.json")
    await ask(session, other, "flow.edit", doc, changes=[label("x")])
    reply = await ask(session, one, "flow.rename", doc, name="b")
    assert reply["name"] == "b"
    assert not path.exists()
    assert {file.name for file in session.folders.flows.iterdir()} == {"b.assets", "b.flow.json", "b.flow.json.bak"}
    assert other.of("flow.moved")[0]["path"] == reply["path"]
    assert session.documents[doc].is_modified
    (kept,) = (session.folders.state / "recovery").iterdir()
    assert json.loads(kept.read_text("utf-8"))["path"] == reply["path"]
    await ask(session, other, "flow.save", doc)
    assert json.loads(Path(reply["path"]).read_text("utf-8"))["nodes"][1]["data"]["label"] == "x"


async def test_a_file_that_nobody_has_open_is_renamed_moved_and_copied(session: Session) -> None:
    one = Keeper("one")
    session.peers[one.id] = one
    file_of(session, "a", name="a")
    file_of(session, "taken")
    assert (await ask(session, one, "flow.folder", name="Bills"))["path"] == "Bills"
    with pytest.raises(FileExists):
        await ask(session, one, "flow.rename", path="a.flow.json", name="taken")
    reply = await ask(session, one, "flow.rename", path="a.flow.json", name="July", folder="Bills")
    copy = await ask(session, one, "flow.duplicate", path="Bills/July")
    assert copy["name"] == "July 2"
    values = [json.loads(Path(one["path"]).read_text("utf-8")) for one in (reply, copy)]
    assert [each["name"] for each in values] == ["July", "July 2"]
    assert values[0]["id"] == "a" != values[1]["id"]
    found = await ask(session, one, "flow.list")
    assert found["folders"] == ["Bills"]
    assert [file["path"] for file in found["files"]] == [
        "Bills/July 2.flow.json",
        "Bills/July.flow.json",
        "taken.flow.json",
    ]
    for name, folder in (("a/b", ""), ("x", ".."), ("x", "no such"), ("x.assets", "")):
        with pytest.raises(RequestInvalid):
            await ask(session, one, "flow.folder", name=name, folder=folder)


async def test_what_others_have_open_or_runs_is_not_deleted_unseen(session: Session) -> None:
    one, other = Keeper("one"), Keeper("other")
    path = file_of(session)
    doc = await opened(session, one, path="a.flow.json")
    await ask(session, other, "flow.open", path="a.flow.json")
    with pytest.raises(FileInUse) as refused:
        await ask(session, one, "flow.delete", doc)
    assert refused.value.details["names"] == ["other"]
    await ask(session, one, "flow.edit", doc, changes=[{**label("x")}])
    await ask(session, other, "flow.close", doc)
    with pytest.raises(FileInUse):
        await ask(session, one, "flow.delete", doc)
    await ask(
        session,
        one,
        "workflow.start",
        doc,
        nodes=flow_json(wait_node(duration=60_000))["nodes"],
        edges=flow_json(wait_node())["edges"],
    )
    with pytest.raises(AlreadyRunning):
        await ask(session, one, "flow.delete", doc, force=True)
    session.stop_all("enough")
    assert path.exists()


def test_what_is_deleted_lies_in_the_trash_with_its_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.flow.json"
    path.write_text("{}", "utf-8")
    (tmp_path / "a.assets").mkdir()
    (tmp_path / "a.assets" / "ok.png").write_bytes(b"\x89PNG")
    code = (
        "import sys, pathlib; from flowdesk.session.flowfiles import trash_flow; trash_flow(pathlib.Path(sys.argv[1]))"
    )
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "XDG_DATA_HOME": str(home), "HOME": str(home)}
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, env=environment)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["home"]
    assert {file.name for file in (home / "Trash" / "files").iterdir()} == {"a.flow.json", "a.assets"}


# -- a file that changes on disk


async def test_the_person_chooses_between_the_file_on_disk_and_what_is_open(session: Session) -> None:
    one = Keeper("one")
    path = file_of(session)
    doc = await opened(session, one, path="a.flow.json")
    live = session.documents[doc]
    path.write_text(json.dumps(flow_json(wait_node(duration=9), id="a")), "utf-8")
    await session.disk.look([live])
    assert one.of("flow.disk")[-1]["state"] == "changed"
    found = (await ask(session, one, "flow.compare", doc))["differences"]
    assert found == ["w: duration 0 ms → 9 ms"]
    state = await ask(session, one, "flow.reload", doc, action="reload")
    assert state["flow"]["nodes"][1]["data"]["config"] == {"duration": 9}
    assert (state["modified"], state["on_disk"], state["undo"]) == (False, "same", "Reload")
    path.write_text(json.dumps(flow_json(wait_node(duration=11), id="a")), "utf-8")
    await session.disk.look([live])
    state = await ask(session, one, "flow.reload", doc, action="keep")
    assert (state["modified"], state["on_disk"]) == (True, "same")
    await ask(session, one, "flow.save", doc)
    assert json.loads(path.read_text("utf-8"))["nodes"][1]["data"]["config"] == {"duration": 9}


async def test_edits_that_cannot_be_kept_on_the_disk_are_told(session: Session) -> None:
    one = Keeper("one")
    doc = await opened(session, one)
    shutil.rmtree(session.folders.state / "recovery")
    (session.folders.state / "recovery").write_text("Folder not found", "utf-8")
    await ask(session, one, "flow.edit", doc, changes=[label("x")])
    assert one.of("flow.changed")[-1]["not_kept"]
    (session.folders.state / "recovery").unlink()
    await ask(session, one, "flow.edit", doc, changes=[label("y")])
    assert one.of("flow.changed")[-1]["not_kept"] is None


async def test_a_flow_that_runs_is_not_renamed_under_its_run(session: Session) -> None:
    one = Keeper("one")
    path = file_of(session)
    doc = await opened(session, one, path="a.flow.json")
    await ask(
        session,
        one,
        "flow.edit",
        doc,
        changes=[{"op": "setNode", "id": "w", "path": ["data", "config", "duration"], "value": 60_000}],
    )
    await ask(session, one, "workflow.start", doc)
    with pytest.raises(AlreadyRunning):
        await ask(session, one, "flow.rename", doc, name="b")
    session.stop_all("enough")
    assert path.exists()
