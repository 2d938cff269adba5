"""The session as its peers see it: runs, documents, roles, replay."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.fake import FakeDesktopDriver
from flowdesk.engine.context import Services
from flowdesk.engine.dry import Places
from flowdesk.engine.ports import Check
from flowdesk.model.errors import (
    AlreadyRunning,
    ChangeRefused,
    FileChanged,
    FlowInvalid,
    NotAllowed,
    RequestInvalid,
    StaleRevision,
)  # fmt: skip
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.messages import Role
from flowdesk.session.session import Folders, Session
from tests.session.conftest import Keeper, ask, flow_json, wait_node
from tests.waiting import eventually

ENDS = ("execution.complete", "execution.error")


async def end_of(session: Session, run_id: str) -> Any:
    live = next(live for live in session.runs.under_way() if live.run_id == run_id)
    assert live.task is not None
    return (await live.task).payload()


async def start(session: Session, peer: Keeper, workflow_id: str = "w", message_id: str = "m", **payload: Any) -> str:
    reply = await ask(session, peer, "workflow.start", workflow_id, message_id, **payload)
    return str(reply["run_id"])


async def test_a_run_has_numbered_events_without_gaps_and_one_end(session: Session) -> None:
    peer = Keeper("a")
    session.connect(peer)
    await end_of(session, await start(session, peer, **flow_json(wait_node())))
    numbers = [message["seq"] for message in peer.messages if "seq" in message]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len([message for message in peer.messages if message["type"] in ENDS]) == 1


async def test_the_same_start_message_starts_one_run(session: Session) -> None:
    peer = Keeper("a")
    flow = flow_json(wait_node(duration=20))
    runs = {await start(session, peer, **flow) for _ in range(10)}
    assert len(runs) == 1
    await end_of(session, runs.pop())


async def test_starting_what_runs_is_refused_with_its_run(session: Session) -> None:
    peer = Keeper("a")
    flow = flow_json(wait_node(duration=60_000))
    run_id = await start(session, peer, **flow)
    with pytest.raises(AlreadyRunning) as refused:
        await start(session, peer, message_id="m2", **flow)
    assert refused.value.details["run_id"] == run_id
    await ask(session, peer, "workflow.stop", "w")
    assert (await end_of(session, run_id))["status"] == "stopped"


async def test_restart_stops_the_run_and_begins_anew(session: Session) -> None:
    peer = Keeper("a")
    first = await start(session, peer, **flow_json(wait_node(duration=60_000)))
    second = await start(session, peer, message_id="m2", mode="restart", **flow_json(wait_node()))
    assert (await end_of(session, first))["status"] == "stopped"
    assert (await end_of(session, second))["status"] == "succeeded"


async def test_each_run_of_many_restarts_ends_before_the_next_one_begins(session: Session) -> None:
    peer = Keeper("a")
    flow = flow_json(wait_node(duration=60_000))
    runs = [await start(session, peer, message_id=f"m{n}", mode="restart", **flow) for n in range(4)]
    await eventually(lambda: [live.run_id for live in session.runs.under_way()] == runs[-1:])
    await ask(session, peer, "workflow.stop", "w", run_id=runs[-1])
    assert (await end_of(session, runs[-1]))["status"] == "stopped"
    told = [(message["type"], message["payload"]["run_id"]) for message in peer.messages if message.get("seq")]
    order = [runs.index(run) for kind, run in told if kind != "execution.log"]
    assert order == sorted(order)
    assert [run for kind, run in told if kind == "execution.error"] == runs


async def test_queue_waits_for_the_run_before(session: Session) -> None:
    peer = Keeper("a")
    first = await start(session, peer, **flow_json(wait_node(duration=20)))
    second = await start(session, peer, message_id="m2", mode="queue", **flow_json(wait_node()))
    await end_of(session, second)
    ends = [payload["run_id"] for payload in peer.of("execution.complete")]
    assert ends == [first, second]


async def test_a_run_that_waits_its_turn_can_be_stopped_while_the_one_before_goes_on(session: Session) -> None:
    peer = Keeper("a")
    first = await start(session, peer, **flow_json(wait_node(duration=60_000)))
    second, third = [
        await start(session, peer, message_id=f"m{n}", mode="queue", **flow_json(wait_node())) for n in (2, 3)
    ]
    await ask(session, peer, "workflow.stop", "w", run_id=second)
    assert (await end_of(session, second))["status"] == "stopped"
    assert [live.run_id for live in session.runs.under_way()] == [first, third]
    await ask(session, peer, "workflow.stop", "w", run_id=first)
    assert (await end_of(session, third))["status"] == "succeeded"
    assert session.runs.under_way() == []


async def test_an_invalid_flow_is_refused_with_all_its_problems(session: Session) -> None:
    nodes = [{"id": "x", "type": "clik", "data": {}}, {"id": "y", "type": "click", "data": {"config": {}}}]
    with pytest.raises(FlowInvalid) as refused:
        await start(session, Keeper("a"), nodes=nodes, edges=[{"id": "e", "source": "x", "target": "gone"}])
    codes = {problem.code for problem in refused.value.problems}
    assert {"flow.no_start", "node.unknown_type", "config.missing", "edge.dangling"} <= codes


async def test_stop_is_allowed_to_every_role_and_start_is_not(session: Session) -> None:
    operator, viewer = Keeper("o"), Keeper("v", Role.VIEW)
    run_id = await start(session, operator, **flow_json(wait_node(duration=60_000)))
    with pytest.raises(NotAllowed):
        await start(session, viewer, "w2", **flow_json())
    await ask(session, viewer, "workflow.stop", "w")
    assert (await end_of(session, run_id))["status"] == "stopped"


async def test_a_late_joiner_gets_what_it_missed(session: Session) -> None:
    early, late = Keeper("e"), Keeper("l")
    await end_of(session, await start(session, early, **flow_json(wait_node())))
    await ask(session, late, "workflow.subscribe", "w", since=0, epoch=session.epoch)
    assert [m["seq"] for m in late.messages] == [m["seq"] for m in early.messages if "seq" in m]


async def test_a_replay_of_another_epoch_is_a_snapshot(session: Session) -> None:
    early, late = Keeper("e"), Keeper("l")
    await end_of(session, await start(session, early, **flow_json(wait_node())))
    await ask(session, late, "workflow.subscribe", "w", since=3, epoch="another")
    snapshot = late.of("execution.snapshot")[0]
    assert snapshot["status"] == "succeeded"
    assert snapshot["nodes"]["w"]["status"] == "success"


async def test_two_editors_see_each_other_and_undo_their_own(session: Session) -> None:
    one, two = Keeper("one"), Keeper("two")
    opened = await ask(session, one, "flow.open", flow=flow_json(wait_node(), id="doc"))
    doc = opened["workflow_id"]
    await ask(session, two, "flow.open", doc)
    await ask(session, one, "flow.edit", doc, changes=[{"op": "moveNode", "id": "w", "x": 5, "y": 6}], label="Move")
    await ask(
        session, two, "flow.edit", doc, changes=[{"op": "setFlow", "path": ["name"], "value": "Two"}], label="Rename"
    )
    assert [change["origin"] for change in one.of("flow.changed")] == ["one", "two"]
    await ask(session, one, "flow.edit", doc, action="undo")
    state = await ask(session, one, "flow.get", doc)
    assert state["flow"]["name"] == "Two"
    assert state["flow"]["nodes"][1]["position"] == {"x": 0.0, "y": 0.0}
    with pytest.raises(ChangeRefused):
        await ask(session, one, "flow.edit", doc, action="undo")


async def test_a_field_that_another_editor_set_meanwhile_is_a_conflict(session: Session) -> None:
    one, two = Keeper("one"), Keeper("two")
    doc = (await ask(session, one, "flow.open", flow=flow_json(wait_node())))["workflow_id"]
    change = {"op": "setNode", "id": "w", "path": ["data", "config", "duration"], "value": 7}
    await ask(session, two, "flow.edit", doc, changes=[change], base_revision=0)
    with pytest.raises(StaleRevision):
        await ask(session, one, "flow.edit", doc, changes=[change], base_revision=0)


async def test_an_edit_that_does_not_fit_changes_nothing(session: Session) -> None:
    peer = Keeper("one")
    doc = (await ask(session, peer, "flow.open", flow=flow_json(wait_node())))["workflow_id"]
    before = await ask(session, peer, "flow.get", doc)
    changes = [{"op": "moveNode", "id": "w", "x": 5, "y": 6}, {"op": "removeNode", "id": "none"}]
    with pytest.raises(ChangeRefused):
        await ask(session, peer, "flow.edit", doc, changes=changes)
    assert await ask(session, peer, "flow.get", doc) == before


async def test_saving_over_a_file_that_changed_on_disk_asks(session: Session) -> None:
    peer = Keeper("one")
    doc = (await ask(session, peer, "flow.open", flow=flow_json(wait_node())))["workflow_id"]
    path = Path((await ask(session, peer, "flow.save", doc, path="mine"))["path"])
    assert path.name == "mine.flow.json"
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    with pytest.raises(FileChanged):
        await ask(session, peer, "flow.save", doc)
    await ask(session, peer, "flow.save", doc, force=True)


async def test_remote_editors_stay_inside_the_flows_folder(session: Session, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        await ask(session, Keeper("one"), "flow.open", path=str(tmp_path / "elsewhere.flow.json"))
    with pytest.raises(NotAllowed):
        await ask(session, Keeper("one"), "flow.open", path="../elsewhere.flow.json")


async def test_pictures_are_kept_beside_the_flow(session: Session) -> None:
    import base64

    png = base64.b64encode(b"\x89PNG\r\n\x1a\n rest").decode()
    peer = Keeper("one")
    doc = (await ask(session, peer, "flow.open", flow=flow_json(wait_node())))["workflow_id"]
    assert (await ask(session, peer, "asset.put", doc, name="ok.png", data=png))["name"] == "ok.png"
    path = Path((await ask(session, peer, "flow.save", doc, path="mine"))["path"])
    assert (path.parent / "mine.assets" / "ok.png").exists()
    assert (await ask(session, peer, "asset.get", doc, name="ok.png"))["data"] == png
    with pytest.raises(RequestInvalid):
        await ask(session, peer, "asset.put", doc, name="x.png", data=base64.b64encode(b"text").decode())


async def test_runs_leave_a_folder_with_their_messages(session: Session) -> None:
    peer = Keeper("a")
    end = await end_of(session, await start(session, peer, **flow_json(wait_node())))
    folder = Path(end["folder"])
    lines = (folder / "messages.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == len([message for message in peer.messages if "seq" in message])
    assert '"succeeded"' in (folder / "run.json").read_text("utf-8")


async def test_disconnecting_leaves_the_run_going(session: Session) -> None:
    peer = Keeper("a")
    session.connect(peer)
    run_id = await start(session, peer, **flow_json(wait_node(duration=30)))
    session.disconnect(peer)
    assert (await end_of(session, run_id))["status"] == "succeeded"


async def test_pause_and_resume_over_the_session(session: Session) -> None:
    peer = Keeper("a")
    run_id = await start(session, peer, paused=True, **flow_json(wait_node()))
    await eventually(lambda: "paused" in [payload.get("status") for payload in peer.of("system.status")])
    await ask(session, peer, "workflow.resume", "w")
    assert (await end_of(session, run_id))["status"] == "succeeded"


async def test_who_only_looked_at_a_flow_is_no_longer_shown_after_leaving(session: Session) -> None:
    editor, watcher = Keeper("editor"), Keeper("watcher")
    session.connect(editor)
    session.connect(watcher)
    opened = await ask(session, editor, "flow.open", flow=flow_json())
    await ask(session, watcher, "flow.get", opened["workflow_id"])
    await ask(session, watcher, "presence", opened["workflow_id"], name="Mei", selection=["start"])
    assert [one["name"] for one in editor.of("presence")[-1]["peers"]] == ["Mei"]
    session.disconnect(watcher)
    assert editor.of("presence")[-1]["peers"] == []


async def test_closing_ends_the_checks_of_a_desktop_that_does_not_answer(tmp_path: Path) -> None:
    go = threading.Event()

    class Silent(FakeDesktopDriver):
        def checks(self) -> Sequence[Check]:
            go.wait()
            return ()

    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    silent = Session(builtin_catalogue(), Services(driver=Silent()), folders)
    silent.connect(Keeper("window"))
    before = asyncio.all_tasks()
    assert any(task.get_name() == "flowdesk.checks" for task in before)
    await silent.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("flowdesk")]
    go.set()


async def test_the_places_of_a_dry_run_are_drawn_when_it_is_over_and_of_no_other(session: Session) -> None:
    drawn: list[Places] = []
    session.runs.on_rehearsed = drawn.append
    peer = Keeper("a")
    for number, is_dry in enumerate((True, False)):
        run_id = await start(session, peer, message_id=f"m{number}", dry_run=is_dry, **flow_json(wait_node()))
        await end_of(session, run_id)
    assert len(drawn) == 1


async def test_a_run_that_waits_for_another_is_listed_as_waiting_and_can_be_stopped(session: Session) -> None:
    peer = Keeper("a")
    first = await start(session, peer, **flow_json(wait_node(duration=60_000)))
    second = await start(session, peer, message_id="m2", mode="queue", **flow_json(wait_node()))
    listed = {run["run_id"]: run for run in (await ask(session, peer, "workflow.list"))["runs"]}
    assert (listed[first]["status"], listed[second]["status"]) == ("running", "pending")
    assert listed[second]["message"] == "Waits for the run before it."
    live = next(live for live in session.runs.under_way() if live.run_id == second)
    await ask(session, peer, "workflow.stop", "w", run_id=second)
    assert live.task is not None
    assert (await live.task).state.value == "stopped"
    await ask(session, peer, "workflow.stop", "w", run_id=first)
    await eventually(lambda: not session.runs.under_way())
