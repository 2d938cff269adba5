"""What a node was given and what came of it at each visit, read from the run's record."""

import json
from pathlib import Path
from typing import Any

from flowdesk.drivers.fake import FakeDesktopDriver
from flowdesk.engine.context import Services
from flowdesk.engine.texts import as_text
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.lastruns import Renames
from flowdesk.session.pastvisits import MOST_ITEMS
from flowdesk.session.session import Folders, Session
from tests.session.conftest import Keeper, ask, flow_json

ROWS = [{"name": "Li", "No.": 1}, {"name": "Wu", "No.": 2}, {"name": "He", "No.": 3}]


def node(node_id: str, node_type: str, **config: Any) -> dict[str, Any]:
    return {"id": node_id, "type": node_type, "data": {"config": config}}


def loop_flow(*body: dict[str, Any], **variables: Any) -> dict[str, Any]:
    flow = flow_json(
        node("loop", "loop", type="forEach", items="{{rows}}"), *body, variables={"rows": ROWS, **variables}
    )
    flow["edges"][1]["sourceHandle"] = "body"
    return flow


async def run(session: Session, flow: dict[str, Any], workflow: str = "w") -> Keeper:
    peer = Keeper("p")
    session.peers[peer.id] = peer
    opened = await ask(session, peer, "flow.open", workflow, flow=flow)
    assert opened["workflow_id"] == workflow
    reply = await ask(session, peer, "workflow.start", workflow)
    live = session.runs.find(workflow, reply["run_id"])
    assert live.task is not None
    await live.task
    return peer


async def visit(session: Session, peer: Keeper, node_id: str, number: int | None = None) -> Any:
    return await ask(session, peer, "value.visit", "w", node_id=node_id, visit=number)


async def test_each_visit_tells_what_it_was_given_and_what_came_of_it(session: Session) -> None:
    flow = loop_flow(
        node("log", "log", message='{{item.name}} {{ item["No."] * 2 }} of {{ rows|length }}'),
        node("set", "setVariable", name="seen", value="{{item.name}}"),
    )
    peer = await run(session, flow)
    first, second, last = [await visit(session, peer, "log", number) for number in (1, 2, None)]
    assert [one["input"]["message"] for one in (first, second, last)] == ["Li 2 of 3", "Wu 4 of 3", "He 6 of 3"]
    assert [(one["visit"], one["visits"], one["iteration"], one["status"]) for one in (first, last)] == [
        (1, 3, [0], "success"),
        (3, 3, [2], "success"),
    ]
    changed = await visit(session, peer, "set", 2)
    assert changed["changed"] == {"seen": "Wu"}
    assert (await visit(session, peer, "loop"))["input"]["items"] == ROWS
    assert (await visit(session, peer, "log", 4))["visit"] == 0
    assert (await visit(session, peer, "nobody"))["visits"] == 0


async def test_a_result_is_the_one_of_that_moment_and_not_a_later_one(session: Session) -> None:
    flow = loop_flow(
        node("log", "log", message='{{ make|default("-") }}'),
        node("make", "setVariable", name="x", value="{{item.name}}"),
    )
    peer = await run(session, flow)
    outputs = [(await visit(session, peer, "make", number))["output"] for number in (1, 2, 3)]
    told = [(await visit(session, peer, "log", number))["input"]["message"] for number in (1, 2, 3)]
    assert len({json.dumps(output) for output in outputs}) == 3
    assert told == ["-", as_text(outputs[0]), as_text(outputs[1])]


async def test_what_was_not_kept_is_said_and_never_taken_from_another_moment(session: Session) -> None:
    flow = loop_flow(
        node("time", "log", message="{{ now() }}"),
        node("long", "log", message="{{ text|slice(0, 5) }} {{text}}"),
        node("cycle", "log", message="{{ loop|type }}"),
        text="z" * 10_000,
    )
    peer = await run(session, flow)
    for node_id, name in (("time", "now()"), ("long", "text"), ("cycle", "loop")):
        told = await visit(session, peer, node_id, 1)
        assert told["input"] == {}
        assert f'"{name}"' in told["wrong"]["message"]


async def test_a_failure_shows_its_input_and_its_error(session: Session) -> None:
    peer = await run(session, flow_json(node("log", "log", message="{{ 1 / n }}"), variables={"n": 0}))
    told = await visit(session, peer, "log")
    assert told["status"] == "error"
    assert told["error"]
    assert "message" in told["wrong"]


async def test_after_a_rename_the_last_run_is_still_found_and_a_new_node_of_the_old_id_has_none(
    session: Session,
) -> None:
    flow = flow_json(node("make", "setVariable", name="x", value=[1, 2]), node("log", "log", message="{{x[0]}}"))
    peer = await run(session, flow)
    await ask(session, peer, "flow.edit", "w", changes=[{"op": "renameNode", "id": "log", "to": "told"}])
    assert (await visit(session, peer, "told"))["input"]["message"] == 1
    assert (await visit(session, peer, "log"))["visits"] == 0
    listed = await ask(session, peer, "value.list", "w", node_id="told")
    assert listed["own"]["path"] == "told"
    await ask(session, peer, "flow.edit", "w", changes=[{"op": "renameNode", "id": "make", "to": "made"}])
    assert session.runs.values("w").results.keys() >= {"made", "told"}
    await ask(session, peer, "flow.edit", "w", action="undo")
    assert session.runs.values("w").results.keys() >= {"make", "told"}


async def test_a_secret_and_a_long_list_are_not_told_whole(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    services = Services(driver=FakeDesktopDriver(), secret=lambda name: "pass-wörd")
    session = Session(builtin_catalogue(), services, folders)
    rows = [{"n": number} for number in range(1000)]
    flow = flow_json(
        node("type", "input", text="<{{secret:door}}>"),
        node("echo", "setVariable", name="x", value="pass-wörd"),
        node("many", "setVariable", name="rows", value=rows),
    )
    peer = await run(session, flow)
    typed = await visit(session, peer, "type")
    assert typed["input"]["text"] == "<•••>"
    assert "pass-w" not in json.dumps(
        [typed["output"], typed["changed"], (await visit(session, peer, "echo"))["changed"]]
    )
    many = await visit(session, peer, "many")
    assert many["is_cut"]
    assert len(many["input"]["value"]) == MOST_ITEMS


def test_names_are_followed_through_several_renames() -> None:
    names = Renames()
    names.follow("a", "b")
    names.follow("b", "c")
    names.follow("a", "d")  # a node that took the old id
    assert (names.was("c"), names.was("a"), names.was("x")) == ("a", None, "x")
    assert names.named({"a": 1, "x": 2}) == {"c": 1, "x": 2}


async def test_a_later_process_tells_of_the_last_run_by_its_record(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    flow = loop_flow(
        node("log", "log", message='{{item.name}} of {{ rows|length }}, {{ make|default("-") }}'),
        node("make", "setVariable", name="x", value="{{item.name}}"),
    )
    before = Session(builtin_catalogue(), Services(), folders)
    peer = await run(before, flow)
    told = [await visit(before, peer, "log", number) for number in (1, 3)]
    changed = await visit(before, peer, "make", 2)
    await before.close()
    after = Session(builtin_catalogue(), Services(), folders)
    flow["nodes"][2]["data"]["config"]["message"] = "changed since"
    other = Keeper("other")
    after.connect(other)
    await ask(after, other, "flow.open", "w", flow=flow)
    assert [await visit(after, other, "log", number) for number in (1, 3)] == told
    assert told[0]["input"]["message"] == "Li of 3, -"
    assert await visit(after, other, "make", 2) == changed
    assert (await visit(after, other, "nobody"))["visits"] == 0
    await after.close()


async def test_what_a_run_from_the_middle_began_with_is_said_to_be_missing_later(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    flow = flow_json(
        node("make", "setVariable", name="x", value=5), node("log", "log", message='{{ make|default("-") }}')
    )
    before = Session(builtin_catalogue(), Services(), folders)
    peer = await run(before, flow)
    reply = await ask(before, peer, "workflow.start", "w", from_node="log")
    live = before.runs.find("w", reply["run_id"])
    assert live.task is not None
    await live.task
    assert (await visit(before, peer, "log"))["input"]["message"] == 5
    await before.close()
    after = Session(builtin_catalogue(), Services(), folders)
    after.connect(peer)
    told = await visit(after, peer, "log")
    assert told["run_id"] == reply["run_id"]
    assert told["input"] == {}
    assert "was not saved" in told["wrong"]["message"]
    await after.close()


async def test_the_record_of_a_node_holds_no_secret(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    session = Session(
        builtin_catalogue(), Services(driver=FakeDesktopDriver(), secret=lambda name: "pass-wörd"), folders
    )
    flow = flow_json(node("one", "input", text="{{secret:a}}"), node("log", "log", message="pass-wörd"))
    await run(session, flow)
    await session.close()
    kept = next((tmp_path / "runs").rglob("nodes.jsonl")).read_text("utf-8")
    assert '"log"' in kept
    assert "pass-w" not in kept
    session = Session(builtin_catalogue(), Services(), folders)
    session.connect(peer := Keeper("p"))
    assert (await visit(session, peer, "log"))["input"]["message"] == "•••"
    await session.close()
