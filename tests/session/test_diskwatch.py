"""What another program does to an open file is told at once, and what flowdesk itself writes is not."""

import json
from pathlib import Path

import pytest

from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json, wait_node
from tests.waiting import eventually


@pytest.fixture
def file(session: Session) -> Path:
    session.folders.flows.mkdir(parents=True)
    path = session.folders.flows / "a.flow.json"
    path.write_text(json.dumps(flow_json(wait_node(), id="a")), "utf-8")
    return path


async def test_a_file_that_is_written_removed_and_put_back_is_told_by_itself(session: Session, file: Path) -> None:
    peer, before = Keeper("p"), file.read_bytes()
    session.connect(peer)
    await ask(session, peer, "flow.open", path=file.name)

    def states() -> list[str]:
        return [event["state"] for event in peer.of("flow.disk")]

    file.write_text(json.dumps(flow_json(wait_node(duration=7), id="a")), "utf-8")
    await eventually(lambda: states() == ["changed"])
    file.unlink()
    await eventually(lambda: states() == ["changed", "gone"])
    file.write_bytes(before)
    await eventually(lambda: states() == ["changed", "gone", "same"])


async def test_ones_own_saves_are_no_change(session: Session, file: Path) -> None:
    peer = Keeper("p")
    session.connect(peer)
    doc = (await ask(session, peer, "flow.open", path=file.name))["workflow_id"]
    live = session.documents[doc]
    await session.disk.look([live])
    for number in range(3):
        change = {"op": "setNode", "id": "w", "path": ["data", "label"], "value": str(number)}
        await ask(session, peer, "flow.edit", doc, changes=[change])
        await ask(session, peer, "flow.save", doc)
        await session.disk.look([live])
    assert peer.of("flow.disk") == []
