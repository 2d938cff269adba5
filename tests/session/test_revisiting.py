"""A run from a node with the values that an earlier visit of it found."""

from typing import Any

import pytest

from flowdesk.model.errors import RequestInvalid
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json
from tests.session.test_session import end_of


def log(node_id: str, message: str) -> dict[str, Any]:
    return {"id": node_id, "type": "log", "data": {"config": {"message": message}}}


def put(node_id: str, value: str) -> dict[str, Any]:
    return {"id": node_id, "type": "setVariable", "data": {"config": {"name": "n", "value": value}}}


async def run(session: Session, peer: Keeper, doc: str, **options: Any) -> tuple[str, list[str]]:
    told = len(peer.of("execution.log"))
    run_id = (await ask(session, peer, "workflow.start", doc, **options))["run_id"]
    await end_of(session, run_id)
    return run_id, [line["message"] for line in peer.of("execution.log")[told:] if line["node_id"] == "say"]


async def test_a_run_goes_on_with_the_values_of_an_earlier_visit(session: Session) -> None:
    peer = Keeper("mei")
    session.connect(peer)
    doc = (await ask(session, peer, "flow.open", flow=flow_json(put("set", "{{n}}1"), log("say", "{{n}} {{set}}"), variables={"n": "a"})))["workflow_id"]  # fmt: skip
    first, said = await run(session, peer, doc)
    assert said == ["a1 a1"]
    _, said = await run(session, peer, doc, variables={"n": "b"})
    assert said == ["b1 b1"]
    _, said = await run(session, peer, doc, from_node="say")
    assert said == ["b1 b1"]  # what the last run left
    _, said = await run(session, peer, doc, from_node="say", as_of={"run_id": first, "visit": 1})
    assert said == ["a1 a1"]


async def test_values_that_are_not_there_are_refused(session: Session) -> None:
    peer = Keeper("mei")
    session.connect(peer)
    loop = {"id": "l", "type": "loop", "data": {"config": {"type": "count", "count": 2}}}
    flow = flow_json(loop, log("say", "{{l.index}}"))
    flow["edges"][1]["sourceHandle"] = "body"
    doc = (await ask(session, peer, "flow.open", flow=flow))["workflow_id"]
    run_id, _ = await run(session, peer, doc)
    for wrong in (
        {"from_node": "say", "as_of": {"run_id": run_id, "visit": 2}},  # inside the loop
        {"from_node": "say", "as_of": {"run_id": run_id, "visit": 9}},
        {"from_node": "say", "as_of": {"run_id": "none", "visit": 1}},
        {"as_of": {"run_id": run_id, "visit": 1}},
    ):
        with pytest.raises(RequestInvalid):
            await ask(session, peer, "workflow.start", doc, **wrong)
    await run(session, peer, doc, from_node="l", as_of={"run_id": run_id, "visit": 1})
