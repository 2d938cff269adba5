"""Making a function of nodes is one undoable edit of the live document, told to every editor."""

import pytest

from flowdesk.model.errors import ChangeRefused
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json, wait_node


async def test_nodes_become_a_function_in_one_step_that_is_taken_back(session: Session) -> None:
    one, other = Keeper("one"), Keeper("other")
    session.peers |= {one.id: one, other.id: other}
    doc = (await ask(session, one, "flow.open", flow=flow_json(wait_node())))["workflow_id"]
    before = (await ask(session, one, "flow.get", doc))["flow"]
    made = {"op": "makeFunction", "nodes": ["w"], "name": "Pause"}
    await ask(session, one, "flow.edit", doc, changes=[made], base_revision=0)
    after = (await ask(session, one, "flow.get", doc))["flow"]
    assert [node["id"] for node in after["nodes"]] == ["start", "w", "call", "function"]
    assert {(edge["source"], edge["target"]) for edge in after["edges"]} == {("start", "call"), ("function", "w")}
    assert after["groups"]["group_function"]["title"] == "Pause"
    renamed = {"op": "setNode", "id": "function", "path": ["data", "config", "function"], "value": "Rest"}
    await ask(session, one, "flow.edit", doc, changes=[renamed])
    state = await ask(session, one, "flow.get", doc)
    assert [node["data"]["config"].get("function") for node in state["flow"]["nodes"]][2:] == ["Rest", "Rest"]
    assert not [problem for problem in state["problems"] if problem["severity"] == "error"]
    await ask(session, one, "flow.edit", doc, action="undo")
    await ask(session, one, "flow.edit", doc, action="undo")
    assert (await ask(session, one, "flow.get", doc))["flow"] == before
    with pytest.raises(ChangeRefused, match="Start"):
        await ask(session, one, "flow.edit", doc, changes=[{**made, "nodes": ["start"]}])
