"""What names of files mean."""

import json
from pathlib import Path

import pytest

from flowdesk.model.errors import FileChanged, FileUnwritable, FlowdeskError, RequestInvalid
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
    with pytest.raises(FileChanged):
        await ask(session, guest, "flow.save", "w")
    assert saved.is_symlink()
    await ask(session, guest, "flow.save", "w", force=True)
    assert not saved.is_symlink()
    assert json.loads(saved.read_text("utf-8"))["name"] == "w"
    assert sorted(file.name for file in outside.iterdir()) == ["mine.json"]


@pytest.mark.parametrize("is_owner", [False, True])
@pytest.mark.parametrize("target", ["mine.json", "fresh.json", "text", "itself"])
async def test_a_client_reads_and_writes_nothing_where_a_planted_link_leads(
    session: Session, outside: Path, target: str, is_owner: bool
) -> None:
    client = Keeper("client", Role.RUN)
    client.is_owner = is_owner
    (outside / "text").write_text("root:x:0:0\n", "utf-8")
    await ask(session, client, "flow.open", "w", flow=flow_json(name="w"))
    saved = Path((await ask(session, client, "flow.save", "w", path="w"))["path"])
    before = {file: file.read_bytes() for file in outside.iterdir()}
    saved.unlink()
    saved.symlink_to(saved if target == "itself" else outside / target)
    await session.disk.look(session.documents.values())
    assert client.of("flow.disk")[-1]["state"] == "changed"
    requests: list[tuple[str, dict[str, str]]] = [
        ("flow.save", {}), ("flow.compare", {}), ("flow.reload", {"action": "reload"}),
        ("flow.rename", {"name": "other"}),
    ]  # fmt: skip
    if target != "itself":
        requests += [("flow.reload", {"action": "keep"}), ("flow.delete", {})]
    for kind, payload in requests:
        with pytest.raises(FlowdeskError) as refused:
            await ask(session, client, kind, "w", **payload)
        assert refused.value.fix
        assert "mine" not in str(client.messages)
    await ask(session, client, "flow.save", "w", force=True)
    assert not saved.is_symlink()
    assert {file: file.read_bytes() for file in outside.iterdir()} == before


async def test_a_flow_that_the_owner_opened_by_a_link_is_saved_where_it_leads(session: Session, outside: Path) -> None:
    live = session.open_file(session.folders.flows / "link.flow.json", keep=True)
    await live.save(None, force=False)
    assert (session.folders.flows / "link.flow.json").is_symlink()
    (session.folders.flows / "link.flow.json").unlink()
    (session.folders.flows / "link.flow.json").symlink_to(outside / "another.json")
    with pytest.raises(FileChanged):
        await live.save(None, force=False)


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
