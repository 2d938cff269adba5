"""Flow files: what survives, what is refused, what is never lost."""

import base64
import json
import os
import sys
from pathlib import Path

import pytest

from flowdesk.model.changes import AddNode, AnyChange, MoveNode, RemoveNode, SetFlow, SetNode
from flowdesk.model.document import Document
from flowdesk.model.errors import FileChanged, FileUnwritable, FlowTooNew, FlowUnreadable
from flowdesk.model.flow import new_node
from flowdesk.session.recovery import Recovery
from flowdesk.session.storage import make_private, open_flow, save_flow, sweep
from tests.session.conftest import flow_json, wait_node


def write(path: Path, values: object) -> Path:
    path.write_text(json.dumps(values), "utf-8")
    return path


def test_unknown_fields_survive_a_load_and_save(tmp_path: Path) -> None:
    values = flow_json({**wait_node(), "measured": {"width": 3}}, viewport={"zoom": 2})
    values["nodes"][1]["data"]["extra"] = [1]
    values["edges"][0]["animated"] = True
    opened = open_flow(write(tmp_path / "a.flow.json", values))
    save_flow(opened.flow, opened.path, opened.fingerprint)
    saved = json.loads(opened.path.read_text("utf-8"))
    assert saved["viewport"] == {"zoom": 2}
    assert saved["nodes"][1]["measured"] == {"width": 3}
    assert saved["nodes"][1]["data"]["extra"] == [1]
    assert saved["edges"][0]["animated"] is True


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    opened = open_flow(write(tmp_path / "a.flow.json", flow_json(wait_node(), name="名")))
    _, seen = save_flow(opened.flow, opened.path, opened.fingerprint)
    first = opened.path.read_bytes()
    save_flow(open_flow(opened.path).flow, opened.path, seen)
    assert opened.path.read_bytes() == first
    assert first.endswith(b"}\n")
    assert "名".encode() in first


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", FlowUnreadable),
        ("not json", FlowUnreadable),
        ("[]", FlowUnreadable),
        ("{}", FlowUnreadable),
        ('{"nodes": 3}', FlowUnreadable),
        ('{"nodes": [3]}', FlowUnreadable),
        ('{"nodes": [{"id": "a"}]}', FlowUnreadable),
        ('{"nodes": [], "edges": [{"id": "e"}]}', FlowUnreadable),
        ('{"nodes": [], "x": NaN}', FlowUnreadable),
        ('{"nodes": ' + "[" * 100_000, FlowUnreadable),
        ('{"flowdesk": 99, "nodes": []}', FlowTooNew),
        ('{"flowdesk": "x", "nodes": []}', FlowUnreadable),
    ],
)
def test_what_is_not_a_flow_is_one_clear_error(tmp_path: Path, text: str, error: type[Exception]) -> None:
    path = tmp_path / "a.flow.json"
    path.write_text(text, "utf-8")
    with pytest.raises(error) as refused:
        open_flow(path)
    assert getattr(refused.value, "fix", "")
    assert path.read_text("utf-8") == text


def test_a_missing_file_and_text_in_another_encoding_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(FlowUnreadable):
        open_flow(tmp_path / "none.flow.json")
    (tmp_path / "gbk.flow.json").write_bytes("{名}".encode("gbk"))
    with pytest.raises(FlowUnreadable):
        open_flow(tmp_path / "gbk.flow.json")


def test_a_file_that_changed_on_disk_is_not_overwritten(tmp_path: Path) -> None:
    opened = open_flow(write(tmp_path / "a.flow.json", flow_json()))
    write(opened.path, flow_json(name="another's"))
    with pytest.raises(FileChanged):
        save_flow(opened.flow, opened.path, opened.fingerprint)
    assert "another's" in opened.path.read_text("utf-8")


def test_the_last_version_stays_as_a_backup(tmp_path: Path) -> None:
    opened = open_flow(write(tmp_path / "a.flow.json", flow_json()))
    before = opened.path.read_bytes()
    save_flow(opened.flow.model_copy(update={"name": "New"}), opened.path, opened.fingerprint)
    assert (tmp_path / "a.flow.json.bak").read_bytes() == before


def test_a_folder_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    opened = open_flow(write(tmp_path / "a.flow.json", flow_json()))
    with pytest.raises(FileUnwritable):
        save_flow(opened.flow, tmp_path / "file" / "a.flow.json", None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.flow.json", "file"]


def test_pictures_in_the_flow_become_files_on_save(tmp_path: Path) -> None:
    data = "data:image/png;base64," + base64.b64encode(b"\x89PNG....").decode()
    node = {"id": "c", "type": "click", "data": {"config": {"selector": [f"image={data}", "text=OK"]}}}
    opened = open_flow(write(tmp_path / "a.flow.json", flow_json(node)))
    save_flow(opened.flow, opened.path, opened.fingerprint)
    selector = json.loads(opened.path.read_text("utf-8"))["nodes"][1]["data"]["config"]["selector"]
    assert selector[1] == "text=OK"
    assert (tmp_path / "a.assets" / selector[0].removeprefix("image=")).read_bytes() == b"\x89PNG...."


def test_a_picture_within_a_window_becomes_a_file_too(tmp_path: Path) -> None:
    data = "data:image/png;base64," + base64.b64encode(b"\x89PNG....").decode()
    node = {"id": "c", "type": "click", "data": {"config": {"selector": f"app=a >> window=B >> image={data}"}}}
    opened = open_flow(write(tmp_path / "a.flow.json", flow_json(node)))
    save_flow(opened.flow, opened.path, opened.fingerprint)
    selector = json.loads(opened.path.read_text("utf-8"))["nodes"][1]["data"]["config"]["selector"]
    scope, _, name = selector.rpartition("image=")
    assert scope == "app=a >> window=B >> "
    assert (tmp_path / "a.assets" / name).read_bytes() == b"\x89PNG...."


def test_what_is_kept_after_each_edit_is_the_whole_flow_as_it_stands(tmp_path: Path) -> None:
    document = Document(open_flow(write(tmp_path / "a.flow.json", flow_json(name="Lost"))).flow)
    recovery = Recovery(tmp_path / "recovery")
    first = document.flow.nodes[0].id
    edits: list[AnyChange] = [
        SetNode(id=first, path=("data", "label"), value="名"),
        AddNode(node=new_node("wait", id="new")),
        SetFlow(path=("name",), value="Found"),
        MoveNode(id=first, x=7, y=8),
        RemoveNode(id="new"),
    ]
    for edit in edits:
        document.edit([edit], "me")
        recovery.keep("w", document.flow, None)
        recovery.wait("w")
        file = next((tmp_path / "recovery").iterdir())
        assert json.loads(file.read_text("utf-8"))["flow"] == document.flow.to_json()


def test_what_a_dead_process_did_not_save_can_be_recovered(tmp_path: Path) -> None:
    opened = open_flow(write(tmp_path / "a.flow.json", flow_json(name="Lost")))
    recovery = Recovery(tmp_path / "recovery")
    recovery.keep("w", opened.flow, opened.path)
    recovery.wait("w")
    assert recovery.unsaved() == []
    file = next((tmp_path / "recovery").iterdir())
    values = json.loads(file.read_text("utf-8"))
    values["pid"] = 2**22 + os.getpid()
    file.write_text(json.dumps(values), "utf-8")
    file.rename(file.with_name("of-another.recovery.json"))
    (left,) = recovery.unsaved()
    assert (left.flow.name, left.path) == ("Lost", opened.path)
    recovery.keep("w", opened.flow, opened.path)  # another process opens it afresh and edits it
    recovery.wait("w")
    assert len(recovery.unsaved()) == 1
    recovery.forget(left)
    assert recovery.unsaved() == []


def test_what_a_process_that_was_killed_while_it_wrote_left_is_swept_away(tmp_path: Path) -> None:
    gone, new, own = (tmp_path / f".flowdesk-{pid}-0123456789abcdef" for pid in (2**22 + 1, 2**22 + 2, os.getpid()))
    for draft in (gone, new, own):
        draft.write_text("half", "utf-8")
    for draft in (gone, own):
        os.utime(draft, (0, 0))
    sweep(tmp_path)
    assert [draft.exists() for draft in (gone, new, own)] == [False, True, True]
    sweep(tmp_path, 0.0)
    assert [draft.exists() for draft in (new, own)] == [False, True]


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
def test_folders_of_ours_are_closed_and_those_of_everyone_are_not(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    assert make_private(shared).stat().st_mode & 0o7777 == 0o1777
    (tmp_path / "ours").mkdir(mode=0o755)
    assert make_private(tmp_path / "ours").stat().st_mode & 0o777 == 0o700
    assert make_private(tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\0" * 5000, "is empty"),
        (bytes(range(256)) * 10, "is not a text file"),
        (b"PK\x03\x04\x14\0\xff", "is not a text file"),
        ('{"nodes": []}'.encode("utf-16"), "is not UTF-8 text"),
        ('{"nodes": [], "name": "张三"}'.encode("gbk"), "is not UTF-8 text"),
        (b"[" * 5000 + b"]" * 5000, "nested more than 64 levels"),
        (b"<!doctype html>", "is not valid JSON"),
    ],
    ids=range(9),
)
def test_any_file_that_is_no_flow_is_refused_in_a_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a.flow.json"
    path.write_bytes(content)
    with pytest.raises(FlowUnreadable, match=told) as refused:
        open_flow(path)
    assert refused.value.fix


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files on Windows")
def test_what_is_no_plain_file_is_refused_without_waiting(tmp_path: Path) -> None:
    import socket

    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(tmp_path / "socket"))
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "socket", "zero"):
        with pytest.raises(FlowUnreadable, match="it is not a regular file"):
            open_flow(tmp_path / name)
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(FlowUnreadable, match="larger than 64 MiB"):
        open_flow(tmp_path / "large")
