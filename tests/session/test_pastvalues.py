"""What a setting would be with the values of the last run, in a process that did not run it."""

from pathlib import Path
from typing import Any

from flowdesk.engine.context import Services
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.session import Folders, Session
from flowdesk.session.visits import LONGEST_VALUE
from tests.session.conftest import Keeper, ask
from tests.session.test_pastvisits import loop_flow, node, run

SETTINGS = {"all": "{{seen}} {{item.name}} {{ rows|length }}", "result": "{{set}}", "none": "{{nothing}}"}


def started(folder: Path) -> Session:
    return Session(builtin_catalogue(), Services(), Folders(folder / "s", folder / "r", folder / "f"))


async def shown(session: Session, peer: Keeper, settings: dict[str, Any]) -> dict[str, Any]:
    reply = await ask(session, peer, "value.preview", "w", settings=settings)
    return {key: told.get("shown", told.get("message")) for key, told in reply["previews"].items()}


async def test_previews_are_the_same_after_a_restart(tmp_path: Path) -> None:
    flow = loop_flow(node("set", "setVariable", name="seen", value="{{item.name}}"))
    first = started(tmp_path)
    peer = await run(first, flow)
    before = await shown(first, peer, SETTINGS)
    listed = await ask(first, peer, "value.list", "w", node_id="set")
    await first.close()
    assert before["all"] == "He He 3"
    second = started(tmp_path)
    again = Keeper("q")
    second.peers[again.id] = again
    await ask(second, again, "flow.open", "w", flow=flow)
    assert await shown(second, again, SETTINGS) == before
    assert (await ask(second, again, "value.list", "w", node_id="set"))["values"] == listed["values"]
    await second.close()


async def test_the_beginning_of_a_long_value_is_not_taken_for_it_and_the_next_run_counts(tmp_path: Path) -> None:
    flow = loop_flow(node("set", "setVariable", name="text", value="x" * (LONGEST_VALUE + 1)))
    first = started(tmp_path)
    await run(first, flow)
    await first.close()
    second = started(tmp_path)
    again = Keeper("q")
    second.peers[again.id] = again
    await ask(second, again, "flow.open", "w", flow=flow)
    assert "not found" in (await shown(second, again, {"a": "{{text}}"}))["a"]
    reply = await ask(second, again, "workflow.start", "w")
    live = second.runs.find("w", reply["run_id"])
    assert live.task is not None
    await live.task
    assert (await shown(second, again, {"a": "{{ text|length }}"}))["a"] == str(LONGEST_VALUE + 1)
    await second.close()


async def test_without_a_record_there_is_nothing(tmp_path: Path) -> None:
    session = started(tmp_path)
    peer = Keeper("p")
    session.peers[peer.id] = peer
    await ask(session, peer, "flow.open", "w", flow=loop_flow(node("log", "log", message="a")))
    reply = await ask(session, peer, "value.preview", "w", settings={"a": "{{item}}"})
    assert reply["has_run"] is False
    await session.close()
