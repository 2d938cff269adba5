"""Edits of a flow while it runs: each is told with what it means to the run, and a paused run can take settings in."""

import json
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.errors import ChangeRefused, FlowInvalid, RequestInvalid
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json
from tests.session.test_session import end_of
from tests.waiting import eventually


def log_node(node_id: str, message: str, **config: Any) -> dict[str, Any]:
    return {"id": node_id, "type": "log", "data": {"label": node_id.upper(), "config": {"message": message, **config}}}


class Editing:
    """An open flow whose run holds before its second log."""

    def __init__(self, session: Session, *steps: dict[str, Any]) -> None:
        self.session = session
        self.peer = Keeper("mei")
        session.connect(self.peer)
        self.steps = steps or (log_node("one", "1"), log_node("two", "2", breakpoint=True), log_node("three", "3"))

    async def begin(self) -> None:
        opened = await ask(self.session, self.peer, "flow.open", flow=flow_json(*self.steps))
        self.id = opened["workflow_id"]
        self.run_id = (await ask(self.session, self.peer, "workflow.start", self.id))["run_id"]
        await eventually(lambda: {"run_id": self.run_id, "status": "paused"} in self.peer.of("system.status"))

    async def set(self, node_id: str, key: str, value: Any) -> None:
        change = {"op": "setNode", "id": node_id, "path": ["data", "config", key], "value": value}
        await self.edit(change)

    async def edit(self, *changes: dict[str, Any], **payload: Any) -> None:
        told = len(self.peer.of("execution.edits"))
        await ask(self.session, self.peer, "flow.edit", self.id, changes=list(changes), **payload)
        await eventually(lambda: len(self.peer.of("execution.edits")) > told)

    @property
    def fates(self) -> dict[str | None, str]:
        return {edit["node_id"]: edit["fate"] for edit in self.peer.of("execution.edits")[-1]["edits"]}

    async def take(self, **payload: Any) -> Any:
        return await ask(self.session, self.peer, "workflow.take", self.id, **payload)

    async def lines(self) -> list[str]:
        await ask(self.session, self.peer, "workflow.resume", self.id)
        await end_of(self.session, self.run_id)
        return [line["message"] for line in self.peer.of("execution.log") if line["node_id"]]


async def test_an_edit_in_a_pause_is_told_with_what_it_means_to_the_run(session: Session) -> None:
    editing = Editing(session)
    await editing.begin()
    await editing.set("one", "message", "one!")
    await editing.set("two", "message", "two!")
    assert editing.fates == {"one": "ran", "two": "open"}
    await editing.edit({"op": "addNode", "node": {"id": "x", "type": "log", "position": {"x": 0, "y": 0}, "data": {}}})
    assert editing.fates == {"one": "ran", "two": "open", None: "shape"}
    late = await ask(session, Keeper("late"), "execution.snapshot", editing.id)
    assert [edit["fate"] for edit in late["edits"]] == ["ran", "open", "shape"]
    assert await editing.lines() == ["1", "2", "3"]
    assert (await ask(session, editing.peer, "execution.snapshot", editing.id))["edits"] == []


async def test_a_paused_run_takes_settings_of_nodes_that_it_has_not_come_to(session: Session) -> None:
    editing = Editing(session)
    await editing.begin()
    await editing.set("two", "message", "two!")
    await editing.set("three", "message", "three!")
    reply = await editing.take()
    assert reply["node_ids"] == ["two", "three"]
    assert {edit["fate"] for edit in reply["edits"]} == {"taken"}
    assert await editing.lines() == ["1", "two!", "three!"]
    visit = await ask(session, editing.peer, "value.visit", editing.id, node_id="two")
    assert visit["input"]["message"] == "two!"


async def test_what_was_taken_is_given_back(session: Session) -> None:
    editing = Editing(session)
    await editing.begin()
    await editing.set("two", "message", "two!")
    await editing.set("three", "message", "three!")
    await editing.take()
    reply = await editing.take(back=True, node_ids=["two"])
    assert {edit["node_id"]: edit["fate"] for edit in reply["edits"]} == {"two": "open", "three": "taken"}
    await editing.edit(action="undo")
    assert editing.fates == {"two": "open", "three": "open"}  # undone in the flow, not in the run
    await editing.take(node_ids=["three"])
    assert await editing.lines() == ["1", "2", "3"]


async def test_a_node_that_is_switched_off_in_a_pause_is_passed_by(session: Session) -> None:
    editing = Editing(session)
    await editing.begin()
    await editing.set("three", "disabled", True)
    await editing.take()
    assert await editing.lines() == ["1", "2"]


async def test_what_the_run_cannot_take_is_refused_and_changes_nothing(session: Session) -> None:
    editing = Editing(session)
    await editing.begin()
    await editing.set("one", "message", "one!")
    with pytest.raises(RequestInvalid):
        await editing.take()
    await editing.set("two", "disabled", True)  # the run holds before it already
    with pytest.raises(ChangeRefused):
        await editing.take()
    await editing.edit(action="undo")
    await editing.set("three", "message", "{{")
    with pytest.raises(FlowInvalid):
        await editing.take(node_ids=["three"])
    assert await editing.lines() == ["1", "2", "3"]
    with pytest.raises(RequestInvalid):
        await editing.take()


async def test_moving_and_noting_mean_nothing_to_a_run(session: Session) -> None:
    editing = Editing(session)
    await editing.begin()
    await editing.set("one", "message", "one!")
    moved = {"op": "setNode", "id": "two", "path": ["position"], "value": {"x": 9, "y": 9}}
    noted = {"op": "setNode", "id": "two", "path": ["data", "config", "note"], "value": "look here"}
    await ask(session, editing.peer, "flow.edit", editing.id, changes=[moved, noted])
    assert editing.fates == {"one": "ran"}
    await editing.lines()


async def test_a_dry_run_says_that_it_was_one_and_not_that_it_succeeded(session: Session) -> None:
    peer = Keeper("mei")
    session.connect(peer)
    started = await ask(session, peer, "workflow.start", "w", dry_run=True, **flow_json(log_node("one", "1")))
    end = await end_of(session, started["run_id"])
    assert end["rehearsal"] is True
    assert end["message"] == "The dry run finished. No input was sent."
    listed = (await ask(session, peer, "workflow.list", earlier=True))["runs"]
    assert [run["rehearsal"] for run in listed] == [True]
    assert (await ask(session, peer, "execution.past", run_id=started["run_id"]))["rehearsal"] is True
    assert json.loads((Path(end["folder"]) / "run.json").read_text("utf-8"))["is_rehearsal"] is True
