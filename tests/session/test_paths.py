"""What names of files mean."""

import json
from pathlib import Path

import pytest

from flowdesk.model.errors import FileUnwritable, FlowdeskError, NotAllowed, RequestInvalid
from flowdesk.protocol.messages import Role
from flowdesk.session.paths import read_path
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json


def test_a_relative_name_lies_in_the_folder_and_an_absolute_one_where_it_says(tmp_path: Path) -> None:
    assert read_path("a/../b.flow.json", tmp_path) == tmp_path.resolve() / "b.flow.json"
    assert read_path(str(tmp_path / "c"), Path("/elsewhere")) == tmp_path.resolve() / "c"


@pytest.mark.parametrize("name", ["\0", "a\0b", "~no-such-user-here/x", "\ud800"])
def test_a_name_that_no_file_can_have_is_refused_in_words(name: str, tmp_path: Path) -> None:
    with pytest.raises(RequestInvalid) as refused:
        read_path(name, tmp_path)
    assert refused.value.fix
    assert refused.value.details["field"] == "path"


@pytest.mark.parametrize("kind", ["flow.open", "flow.save"])
async def test_opening_and_saving_under_such_a_name_is_refused(session: Session, kind: str) -> None:
    peer = Keeper("a")
    await ask(session, peer, "flow.open", "w", flow=flow_json())
    with pytest.raises(RequestInvalid):
        await ask(session, peer, kind, "w", path="a\0b")


@pytest.fixture
def outside(session: Session, tmp_path: Path) -> Path:
    """A folder beside the flows folder, with links to it in the flows folder."""
    folder = tmp_path / "outside"
    folder.mkdir()
    session.folders.flows.mkdir()
    (folder / "mine.json").write_text(json.dumps(flow_json(name="mine")), "utf-8")
    (session.folders.flows / "link.flow.json").symlink_to(folder / "mine.json")
    (session.folders.flows / "new.flow.json").symlink_to(folder / "new.json")
    return folder


@pytest.mark.parametrize("name", [".", "", "~", "a/..", "link", "new", "x" * 240, "x" * 300])
async def test_a_guest_reaches_nothing_outside_of_the_flows_folder_by_any_name(
    session: Session, outside: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(session.folders.flows))
    guest = Keeper("guest", Role.EDIT)
    guest.is_owner = False
    await ask(session, guest, "flow.open", "w", flow=flow_json(name="w"))
    before = {file: file.read_bytes() for file in session.folders.flows.parent.glob("*.json")}
    before |= {file: file.read_bytes() for file in outside.iterdir()}
    for force in (False, True):
        with pytest.raises(FlowdeskError) as refused:
            await ask(session, guest, "flow.save", "w", path=name, force=force)
        assert refused.value.fix
    for kind, payload in (
        ("flow.open", {}), ("flow.duplicate", {}), ("flow.rename", {"name": "other"}), ("flow.delete", {}),
    ):  # fmt: skip
        with pytest.raises(FlowdeskError):
            await ask(session, guest, kind, "w", path=name, **payload)
    with pytest.raises(FlowdeskError):
        await ask(session, guest, "flow.folder", folder=name, name="con")
    after = {file: file.read_bytes() for file in session.folders.flows.parent.glob("*.json")}
    assert after | {file: file.read_bytes() for file in outside.iterdir()} == before


async def test_a_link_that_was_planted_in_the_place_of_an_open_flow_is_not_saved_through(
    session: Session, outside: Path
) -> None:
    guest = Keeper("guest", Role.EDIT)
    guest.is_owner = False
    await ask(session, guest, "flow.open", "w", flow=flow_json(name="w"))
    saved = Path((await ask(session, guest, "flow.save", "w", path="w"))["path"])
    saved.unlink()
    saved.symlink_to(outside / "fresh.json")
    for force in (False, True):
        with pytest.raises(NotAllowed):
            await ask(session, guest, "flow.save", "w", force=force)
    assert sorted(file.name for file in outside.iterdir()) == ["mine.json"]


async def test_a_copy_of_what_the_owner_opened_elsewhere_lies_in_the_flows_folder_for_a_guest(
    session: Session, outside: Path
) -> None:
    session.desk.open_file(outside / "mine.json", keep=True)
    guest = Keeper("guest", Role.EDIT)
    guest.is_owner = False
    opened = await ask(session, guest, "flow.open", path=str(outside / "mine.json"))
    copied = await ask(session, guest, "flow.duplicate", opened["workflow_id"])
    assert Path(copied["path"]).parent == session.folders.flows.resolve()


async def test_pictures_in_a_flow_are_not_written_through_a_link(session: Session, outside: Path) -> None:
    peer = Keeper("a")
    picture = "image=data:image/png;base64,iVBORw0KGgo="
    flow = flow_json({"id": "click", "type": "click", "data": {"config": {"selector": picture}}}, name="w")
    (session.folders.flows / "w.assets").symlink_to(outside)
    await ask(session, peer, "flow.open", "w", flow=flow)
    with pytest.raises(FileUnwritable):
        await ask(session, peer, "flow.save", "w", path="w")
    assert sorted(file.name for file in outside.iterdir()) == ["mine.json"]
