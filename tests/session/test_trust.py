"""What was not made here asks before it runs a program unseen; what bears a sign of elsewhere before all that is risky."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.errors import NotAllowed
from flowdesk.protocol.messages import Role
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json
from tests.waiting import eventually

PROGRAM = {"command": [sys.executable, "-c", "print(1)"]}


def running(*types: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return flow_json(
        *({"id": f"n{n}", "type": kind, "data": {"config": config}} for n, (kind, config) in enumerate(types))
    )


def downloaded(session: Session, flow: dict[str, Any], name: str = "f") -> str:
    session.folders.flows.mkdir(parents=True, exist_ok=True)
    file = session.folders.flows / f"{name}.flow.json"
    file.write_text(json.dumps({"id": name, **flow}), "utf-8")
    return file.name


async def ended(session: Session, workflow_id: str) -> str:
    await eventually(lambda: workflow_id not in session.runs.current)
    return next(str(run["status"]) for run in session.runs.listing(9) if run["workflow_id"] == workflow_id)


async def started(session: Session, peer: Keeper, **flow: Any) -> str:
    session.peers.setdefault(peer.id, peer)
    state = await ask(session, peer, "flow.open", **flow)
    workflow_id: str = state["workflow_id"]
    await ask(session, peer, "workflow.start", workflow_id)
    return workflow_id


async def question(peer: Keeper) -> dict[str, Any]:
    await eventually(lambda: bool(peer.of("help.needed")))
    return peer.of("help.needed")[-1]


async def test_a_downloaded_flow_asks_once_and_remembers_the_answer(session: Session) -> None:
    peer = Keeper("p")
    path = downloaded(session, running(("command", PROGRAM), ("command", PROGRAM)))
    workflow_id = await started(session, peer, path=path)
    asked = await question(peer)
    assert asked["kind"] == "permission"
    assert sys.executable in asked["message"]
    await ask(session, peer, "help.answer", workflow_id, help_id=asked["help_id"], value=True)
    assert await ended(session, workflow_id) == "succeeded"
    await ask(session, peer, "workflow.start", workflow_id)
    assert await ended(session, workflow_id) == "succeeded"
    assert len(peer.of("help.needed")) == 1


@pytest.mark.parametrize(("answer", "state"), [({"value": False}, "failed"), ({"action": "stop"}, "failed")])
async def test_what_is_not_allowed_does_not_run(
    session: Session, answer: dict[str, Any], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = Keeper("p")
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(session.folders.flows))
    made = session.folders.flows / "made.txt"
    flow = running(("file", {"operation": "write", "path": "made.txt", "text": "x"}))
    workflow_id = await started(session, peer, path=downloaded(session, flow))
    asked = await question(peer)
    await ask(session, peer, "help.answer", workflow_id, help_id=asked["help_id"], **answer)
    assert await ended(session, workflow_id) == state
    assert not made.exists()


async def test_a_flow_without_risk_and_one_made_here_do_not_ask(session: Session) -> None:
    peer = Keeper("p")
    for flow in (
        {"path": downloaded(session, running(("log", {"message": "hi"})), "harmless")},
        {"flow": {"id": "own", **running(("command", PROGRAM))}},
    ):
        assert await ended(session, await started(session, peer, **flow)) == "succeeded"
    reply = await ask(session, peer, "workflow.start", "inline", **running(("command", PROGRAM)))
    assert await ended(session, reply["workflow_id"]) == "succeeded"
    assert not peer.of("help.needed")


async def test_a_file_of_ones_own_asks_only_before_a_program_runs_unseen(session: Session) -> None:
    peer = Keeper("p")
    flow = running(("file", {"operation": "write", "path": "made.txt", "text": "x"}))
    assert await ended(session, await started(session, peer, path=downloaded(session, flow))) == "succeeded"
    assert not peer.of("help.needed")
    flow = running(("command", PROGRAM))
    workflow_id = await started(session, peer, path=downloaded(session, flow, "unseen"))
    asked = await question(peer)
    assert "print(1)" in asked["message"]
    await ask(session, peer, "help.answer", workflow_id, help_id=asked["help_id"], value=True)
    assert await ended(session, workflow_id) == "succeeded"


async def test_an_edit_by_who_may_run_is_trusted_and_one_by_who_may_not_is_asked_about(session: Session) -> None:
    owner, guest = Keeper("owner"), Keeper("guest", Role.EDIT)
    workflow_id = await started(session, owner, flow={"id": "doc", **running(("command", PROGRAM))})
    assert await ended(session, workflow_id) == "succeeded"

    async def change(peer: Keeper, word: str) -> None:
        config = {"command": [sys.executable, "-c", f"print({word!r})"]}
        changes = [{"op": "setNode", "id": "n0", "path": ["data", "config"], "value": config}]
        await ask(session, peer, "flow.edit", workflow_id, changes=changes)

    await change(owner, "mine")
    await ask(session, owner, "workflow.start", workflow_id)
    assert await ended(session, workflow_id) == "succeeded"
    assert not owner.of("help.needed")
    await change(guest, "theirs")
    await ask(session, owner, "workflow.start", workflow_id)
    assert (await question(owner))["uses"] == "programs"
    session.stop_all("enough")
    assert await ended(session, workflow_id) == "stopped"


async def test_where_nobody_is_there_to_ask_the_node_says_so(session: Session) -> None:
    viewer = Keeper("v", Role.VIEW)
    path = downloaded(session, running(("command", PROGRAM)))
    live = session.open_file((session.folders.flows / path).resolve())
    session.journal(live.workflow_id).subscribe(viewer)
    services = session.services_of(live, live.workflow_id)
    services.permit = session.trust.permission(live.flow, services.ask, is_foreign=live.is_foreign)
    from flowdesk.engine.options import RunOptions

    run = session.runs.start(live.workflow_id, live.flow, live.journal, RunOptions(), services=services)
    assert run.task is not None
    finished = await run.task
    assert finished.state.value == "failed"
    assert finished.error is not None
    assert "Nobody can" in finished.error["message"]


def test_what_was_allowed_is_known_after_a_restart(tmp_path: Path) -> None:
    from flowdesk.model.reading import read_flow
    from flowdesk.nodes import builtin_catalogue
    from flowdesk.session.trust import Trust

    file = tmp_path / "state" / "allowed.json"
    flow, other = (read_flow(running(("command", {"command": [name]}))) for name in ("a", "b"))
    Trust(file, builtin_catalogue()).add(flow)
    again = Trust(file, builtin_catalogue())
    assert again.knows(flow)
    assert not again.knows(other)
    file.write_text("{ broken", "utf-8")
    assert not Trust(file, builtin_catalogue()).knows(flow)


LAUNCH = ("launch", {"command": ["no-such-program-of-a-guest"]})


async def saved_by_a_guest(session: Session) -> Path:
    """An editor who may not run puts a program into a flow of the owner's and saves it."""
    owner, guest = Keeper("owner"), Keeper("guest", Role.EDIT)
    path = session.folders.flows / downloaded(session, running(("log", {"message": "x"})), "own")
    doc = (await ask(session, owner, "flow.open", path=path.name))["workflow_id"]
    await ask(session, owner, "flow.close", doc)
    doc = (await ask(session, guest, "flow.open", path=path.name))["workflow_id"]
    node = {"id": "evil", "type": LAUNCH[0], "data": {"config": LAUNCH[1]}}
    edge = {"id": "in", "source": "n0", "target": "evil"}
    await ask(
        session, guest, "flow.edit", doc, changes=[{"op": "addNode", "node": node}, {"op": "addEdge", "edge": edge}]
    )
    await ask(session, guest, "flow.save", doc)
    await ask(session, guest, "flow.close", doc)
    return path


def again(session: Session) -> Session:
    """flowdesk after a restart."""
    return Session(session.catalogue, session.services, session.folders)


@pytest.mark.parametrize("way", ["opened", "renamed", "duplicated", "called", "copied into another flow's file"])
async def test_a_guests_save_launders_nothing(session: Session, way: str) -> None:
    path = await saved_by_a_guest(session)
    later, peer = again(session), Keeper("owner")
    name = path.name
    if way == "renamed":
        name = Path((await ask(later, peer, "flow.rename", path=name, name="other"))["path"]).name
    elif way == "duplicated":
        name = Path((await ask(later, peer, "flow.duplicate", path=name))["path"]).name
    elif way == "called":
        name = downloaded(later, running(("subflow", {"flow": name})), "calls")
    elif way == "copied into another flow's file":
        name = downloaded(later, running(("log", {}), LAUNCH, ("log", {"message": "more"})), "more")
    workflow_id = await started(later, peer, path=name)
    assert (await question(peer))["uses"] == "programs"
    later.stop_all("enough")
    assert await ended(later, workflow_id) == "stopped"
    await later.close()


async def test_an_owners_edit_beside_it_does_not_launder_a_guests_part(session: Session) -> None:
    path = await saved_by_a_guest(session)
    later, owner = again(session), Keeper("owner")
    doc = (await ask(later, owner, "flow.open", path=path.name))["workflow_id"]
    change = {"op": "setNode", "id": "n0", "path": ["data", "config", "message"], "value": "mine"}
    await ask(later, owner, "flow.edit", doc, changes=[change])
    await ask(later, owner, "flow.save", doc)
    await later.close()
    last, peer = again(session), Keeper("owner")
    await started(last, peer, path=path.name)
    assert any(doing["node_id"] == "evil" for doing in (await question(peer))["doings"])
    last.stop_all("enough")
    await last.close()


async def test_a_guest_who_connects_what_was_not_connected_is_asked_about(session: Session) -> None:
    owner, guest = Keeper("owner"), Keeper("guest", Role.EDIT)
    guest.is_owner = False
    flow = running(("log", {"message": "x"}), ("command", PROGRAM))
    flow["edges"].pop()
    workflow_id = await started(session, owner, flow=flow)
    assert await ended(session, workflow_id) == "succeeded"
    edge = {"op": "addEdge", "edge": {"id": "theirs", "source": "n0", "target": "n1"}}
    await ask(session, guest, "flow.edit", workflow_id, changes=[edge])
    await ask(session, owner, "workflow.start", workflow_id)
    asked = await question(owner)
    assert [doing["node_id"] for doing in asked["doings"]] == ["n1"]
    await ask(session, owner, "help.answer", workflow_id, help_id=asked["help_id"], value=False)
    assert await ended(session, workflow_id) == "failed"


async def test_serving_a_file_again_allows_nothing_that_a_guest_put_in(session: Session) -> None:
    path = await saved_by_a_guest(session)
    later = again(session)
    assert later.open_file(path.resolve(), keep=True).is_foreign
    await later.close()


async def test_only_the_owner_lets_paused_triggers_go_on(session: Session) -> None:
    guest, owner = Keeper("guest"), Keeper("owner")
    guest.is_owner = False
    assert (await ask(session, guest, "trigger.pause", paused=True))["paused"] is True
    with pytest.raises(NotAllowed):
        await ask(session, guest, "trigger.pause", paused=False)
    assert (await ask(session, owner, "trigger.list"))["paused"] is True
    assert (await ask(session, owner, "trigger.pause", paused=False))["paused"] is False
