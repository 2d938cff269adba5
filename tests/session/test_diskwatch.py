"""What another program does to an open file is told at once, and what flowdesk itself writes is not."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flowdesk.model.errors import FlowdeskError
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


def _folder(file: Path) -> None:
    file.mkdir()


def _pipe(file: Path) -> None:
    os.mkfifo(file)


def _huge(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(70 * 1024 * 1024)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes")
@pytest.mark.parametrize("put", [_folder, _pipe, _huge])
async def test_what_is_no_flow_file_any_more_counts_as_changed(
    session: Session, file: Path, put: Callable[[Path], None]
) -> None:
    peer = Keeper("p")
    session.connect(peer)
    doc = (await ask(session, peer, "flow.open", path=file.name))["workflow_id"]
    file.unlink()
    put(file)
    await session.disk.look([session.documents[doc]])
    assert peer.of("flow.disk")[-1]["state"] == "changed"
    with pytest.raises(FlowdeskError):
        await ask(session, peer, "flow.save", doc)


@pytest.mark.parametrize("theirs", [b"", b"\0\xff{", b'{"flowdesk": 99, "nodes": [], "edges": []}'])
async def test_the_person_keeps_what_is_open_also_where_the_file_can_no_longer_be_read(
    session: Session, file: Path, theirs: bytes
) -> None:
    peer, before = Keeper("p"), file.read_bytes()
    doc = (await ask(session, peer, "flow.open", path=file.name))["workflow_id"]
    file.write_bytes(theirs)
    await ask(session, peer, "flow.reload", doc, action="keep")
    await ask(session, peer, "flow.save", doc)
    assert json.loads(file.read_bytes())["nodes"] == json.loads(before)["nodes"]
    assert file.with_name(file.name + ".bak").read_bytes() == theirs
