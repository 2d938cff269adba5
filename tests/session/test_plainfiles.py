"""What is no plain file is refused at once: nobody waits for a pipe that no one writes to."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from flowdesk.model.errors import FileUnwritable, FlowUnreadable
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.session import Session
from flowdesk.session.storage import LARGEST_FILE
from tests.session.conftest import Keeper, ask, flow_json, wait_node

pytestmark = pytest.mark.timeout(20)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE * 20)


KINDS = [pipe, device, bound, huge, Path.mkdir]


@pytest.mark.parametrize("make", KINDS)
def test_what_is_no_plain_file_is_not_read(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "x")
    with pytest.raises(OSError):
        read_plain_file(tmp_path / "x", LARGEST_FILE)


def test_a_file_is_read_whole_and_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    (tmp_path / "y").symlink_to(tmp_path / "x")
    assert read_plain_file(tmp_path / "y", 3) == b"abc"
    with pytest.raises(OSError, match="larger"):
        read_plain_file(tmp_path / "y", 2)


@pytest.mark.parametrize("make", [pipe, bound, huge, Path.mkdir])
async def test_no_request_about_a_file_waits_for_it_or_overwrites_it(
    session: Session, make: Callable[[Path], None]
) -> None:
    one = Keeper("one")
    session.folders.flows.mkdir()
    odd = session.folders.flows / "odd.flow.json"
    make(odd)
    doc = (await ask(session, one, "flow.open", flow=flow_json(wait_node())))["workflow_id"]
    for kind in ("flow.open", "flow.rename", "flow.duplicate"):
        named = {} if kind == "flow.open" else {"name": "other"}
        with pytest.raises(FlowUnreadable):
            await ask(session, one, kind, path=odd.name, **named)
    with pytest.raises(FileUnwritable):
        await ask(session, one, "flow.save", doc, path=odd.name, force=True)
    assert os.path.lexists(odd)
    assert not odd.with_name(odd.name + ".bak").exists()


async def test_a_file_that_became_a_pipe_holds_up_neither_the_watch_nor_saving(session: Session) -> None:
    one = Keeper("one")
    session.folders.flows.mkdir()
    doc = (await ask(session, one, "flow.open", flow=flow_json(wait_node())))["workflow_id"]
    path = Path((await ask(session, one, "flow.save", doc, path="a.flow.json"))["path"])
    path.unlink()
    os.mkfifo(path)
    await session.disk.look(list(session.documents.values()))
    with pytest.raises(FileUnwritable):
        await ask(session, one, "flow.save", doc)
