"""The node *File*: nothing that was there is lost."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.errors import NodeError
from flowdesk.model.run import RunState
from flowdesk.nodes.tabular.moving import Transfer, carried_out
from tests.nodes.conftest import Bench


def files_in(folder: Path) -> dict[str, str]:
    return {str(each.relative_to(folder)): each.read_text() for each in sorted(folder.rglob("*")) if each.is_file()}


@pytest.fixture
def three(tmp_path: Path) -> Path:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(name)
    return tmp_path


@pytest.mark.parametrize("to", ["archive/", "archive\\"])
@pytest.mark.parametrize("operation", ["move", "copy"])
async def test_a_path_that_ends_in_a_slash_is_a_folder(bench: Bench, three: Path, operation: str, to: str) -> None:
    steps = [("file", {"operation": operation, "path": f"{name}.txt", "to": to, "overwrite": True}) for name in "abc"]
    assert (await bench.run(*steps)).state is RunState.SUCCEEDED
    archived = {f"archive/{name}.txt": name for name in "abc"}
    assert files_in(three) == (archived if operation == "move" else {**archived, **{f"{n}.txt": n for n in "abc"}})


async def test_several_go_into_a_folder_that_is_made(bench: Bench, three: Path) -> None:
    assert (
        await bench.run(("file", {"operation": "move", "path": "*.txt", "to": "archive"}))
    ).state is RunState.SUCCEEDED
    assert files_in(three) == {f"archive/{name}.txt": name for name in "abc"}
    assert len(bench.result()["paths"]) == 3


async def test_moving_on_top_of_what_the_run_moved_before_is_refused(bench: Bench, three: Path) -> None:
    steps = [
        ("file", {"operation": "move", "path": f"{name}.txt", "to": "archive", "overwrite": True}) for name in "abc"
    ]
    finished = await bench.run(*steps)
    assert finished.error is not None
    assert "would overwrite it" in finished.error["message"]
    assert files_in(three) == {"archive": "a", "b.txt": "b", "c.txt": "c"}


async def test_two_sources_of_one_name_are_refused_before_anything_moves(bench: Bench, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_text(folder)
    paths = ["one/same.txt", "two/same.txt"]
    before = files_in(tmp_path)
    finished = await bench.run(("file", {"operation": "move", "path": paths, "to": "all/", "overwrite": True}))
    assert finished.error is not None
    assert "would have the same destination" in finished.error["message"]
    assert files_in(tmp_path) == before


async def test_one_of_several_that_exists_stops_all(bench: Bench, three: Path) -> None:
    (three / "archive").mkdir()
    (three / "archive" / "c.txt").write_text("old")
    finished = await bench.run(("file", {"operation": "move", "path": "*.txt", "to": "archive/"}))
    assert finished.state is RunState.FAILED
    assert files_in(three)["archive/c.txt"] == "old"
    assert files_in(three)["a.txt"] == "a"


def test_what_was_and_was_not_done_is_said(three: Path) -> None:
    (three / "archive").mkdir()
    sources = tuple(three / f"{name}.txt" for name in "abc")
    targets = (three / "archive" / "a.txt", three / "a-file" / "b.txt", three / "archive" / "c.txt")
    (three / "a-file").write_text("in the way")
    with pytest.raises(NodeError, match=r"1 of 3 finished. Not finished: b\.txt, c\.txt"):
        carried_out(Transfer(sources, targets, is_move=True, overwrite=False))


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="needs a second disk")
async def test_a_move_to_another_disk_keeps_what_is_moved(bench: Bench, three: Path) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        (three / "folder").mkdir()
        (three / "folder" / "in.txt").write_text("in")
        os.symlink("in.txt", three / "folder" / "link")
        finished = await bench.run(
            ("file", {"operation": "move", "path": "a.txt", "to": elsewhere + "/"}),
            ("file", {"operation": "move", "path": "folder", "to": elsewhere + "/"}),
        )
        assert finished.state is RunState.SUCCEEDED, finished.error
        assert files_in(Path(elsewhere)) == {"a.txt": "a", "folder/in.txt": "in", "folder/link": "in"}
        assert os.readlink(os.path.join(elsewhere, "folder", "link")) == "in.txt"
    assert not (three / "a.txt").exists()
    assert not (three / "folder").exists()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("gbk", "张三来自北京，李四来自上海。"), ("utf-16", "Grüße"), ("cp1252", "Müller, Größe, Straße"), ("cp932", "カタカナと漢字のテスト"), ("utf-8-sig", "é")],
)  # fmt: skip
async def test_what_is_appended_has_the_encoding_and_line_ends_of_the_file(
    bench: Bench, tmp_path: Path, encoding: str, text: str
) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(f"{text}\r\n".encode(encoding))
    before = path.read_bytes()
    await bench.run(("file", {"operation": "append", "path": "log.txt", "text": text + "\n"}))
    assert path.read_bytes().startswith(before)
    assert path.read_bytes() == f"{text}\r\n{text}\r\n".encode(encoding)


async def test_a_text_that_the_encoding_cannot_hold_changes_nothing(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes("Müller, Größe, Straße\n".encode("cp1252"))
    finished = await bench.run(("file", {"operation": "append", "path": "log.txt", "text": "张"}))
    assert finished.error is not None
    assert "has no" in finished.error["message"]
    assert path.read_bytes() == "Müller, Größe, Straße\n".encode("cp1252")


@pytest.mark.parametrize("name", ["a\nb.txt", "a\tb", "a\r", "\u2028"])
async def test_names_with_control_characters_are_refused(bench: Bench, three: Path, name: str) -> None:
    for config in (
        {"operation": "write", "path": name, "text": "x"},
        {"operation": "copy", "path": "a.txt", "to": name},
    ):
        finished = await bench.run(("file", config))
        assert finished.error is not None
        assert "control character" in finished.error["message"]
    assert len(files_in(three)) == 3


async def test_a_link_stays_one_when_what_it_leads_to_is_written(bench: Bench, three: Path) -> None:
    os.symlink("a.txt", three / "link")
    await bench.run(("file", {"operation": "write", "path": "link", "text": "new"}))
    assert (three / "link").is_symlink()
    assert (three / "a.txt").read_text() == "new"


async def test_a_link_that_is_copied_is_a_file_of_its_own(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "link").symlink_to("a.txt")
    (tmp_path / "nowhere").symlink_to("gone")
    assert (await bench.run(("file", {"operation": "copy", "path": "link", "to": "out/"}))).state is RunState.SUCCEEDED
    assert not (tmp_path / "out" / "link").is_symlink()
    assert (tmp_path / "out" / "link").read_text() == "a"
    for step in ({"path": "nowhere", "to": "out/"}, {"path": "a.txt", "to": "nowhere"}):
        finished = await bench.run(("file", {"operation": "copy", **step}))
        assert finished.error is not None
    assert os.readlink(tmp_path / "nowhere") == "gone"


@pytest.mark.parametrize("operation", ["write", "append"])
async def test_a_folder_is_not_written_as_a_file(bench: Bench, tmp_path: Path, operation: str) -> None:
    for path in ("reports/", "there"):
        (tmp_path / "there").mkdir(exist_ok=True)
        finished = await bench.run(("file", {"operation": operation, "path": path, "text": "x"}))
        assert finished.error is not None
        assert "is a folder" in finished.error["message"]
    assert files_in(tmp_path) == {}


READ_ONLY: list[tuple[str, dict[str, Any]]] = [
    ("file", {"operation": "copy", "path": "new.txt", "to": "old.txt", "overwrite": True}),
    ("file", {"operation": "move", "path": "new.txt", "to": "old.txt", "overwrite": True}),
    ("file", {"operation": "write", "path": "old.txt", "text": "new"}),
    ("command", {"command": ["echo", "new"], "saveTo": "old.txt"}),
    ("writeTable", {"path": "old.txt", "rows": [{"a": 1}], "mode": "replace"}),
]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
@pytest.mark.parametrize("step", READ_ONLY, ids=[f"{kind} {config.get('operation', '')}" for kind, config in READ_ONLY])
def test_what_may_only_be_read_is_not_replaced(tmp_path: Path, step: tuple[str, dict[str, Any]]) -> None:
    (tmp_path / "new.txt").write_text("new")
    (tmp_path / "old.txt").write_text("old")
    (tmp_path / "old.txt").chmod(0o444)
    nodes = [
        {"id": "start", "type": "start", "data": {"config": {}}},
        {"id": "n", "type": step[0], "data": {"config": step[1]}},
    ]
    flow = {"nodes": nodes, "edges": [{"id": "e", "source": "start", "target": "n"}]}
    (tmp_path / "f.flow.json").write_text(json.dumps(flow))
    ended = subprocess.run(
        [*_as_no_root(), sys.executable, "-m", "flowdesk", "run", "f.flow.json", "--allow"],
        cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stderr
    assert "only be read" in ended.stdout + ended.stderr
    assert {name: text for name, text in files_in(tmp_path).items() if name.endswith("txt")} == {
        "new.txt": "new", "old.txt": "old",
    }  # fmt: skip


def _as_no_root() -> list[str]:
    """What takes the right to write everywhere from a program of root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may write everything, and there is no setpriv")
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner"]


@pytest.mark.parametrize(
    ("content", "added"),
    [(b"a\rb\r", b"x\ry"), (b"a\r\nb", b"x\r\ny"), (b"a\nb\r\n", b"x\ny"), ("注文\n".encode("iso2022_jp"), b"x\ny")],
)
async def test_line_ends_are_those_of_the_file(bench: Bench, tmp_path: Path, content: bytes, added: bytes) -> None:
    (tmp_path / "f.txt").write_bytes(content)
    await bench.run(("file", {"operation": "append", "path": "f.txt", "text": "x\ny"}))
    assert (tmp_path / "f.txt").read_bytes() == content + added


async def test_what_ends_inside_a_character_is_not_added_to(bench: Bench, tmp_path: Path) -> None:
    content = "\ufeffabc".encode("utf-16-le") + b"x"
    (tmp_path / "f.txt").write_bytes(content)
    finished = await bench.run(("file", {"operation": "append", "path": "f.txt", "text": "new"}))
    assert finished.error is not None
    assert "inside a character" in finished.error["message"]
    assert (tmp_path / "f.txt").read_bytes() == content


async def test_a_pattern_holds_in_every_part_of_a_path(bench: Bench, tmp_path: Path) -> None:
    for name in ("s1/x.txt", "s2/x.txt", "s2/y.txt", "t/x.txt", "s3/deep/x.txt", "[s4]/x [1].txt", "[s4]/x 1.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    finished = await bench.run(("file", {"operation": "delete", "path": "s*/x.txt"}))
    assert finished.state is RunState.SUCCEEDED, finished.error
    left = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*.txt")}
    assert left == {"s2/y.txt", "t/x.txt", "s3/deep/x.txt", "[s4]/x [1].txt", "[s4]/x 1.txt"}
    await bench.run(("file", {"operation": "delete", "path": "[s4]/x [1]*"}))
    assert not (tmp_path / "[s4]/x [1].txt").exists()
    assert (tmp_path / "[s4]/x 1.txt").exists()
    for path, is_there in (("*/y.txt", True), ("s?/none*", False)):
        await bench.run(("file", {"operation": "exists", "path": path}))
        assert bench.result()["exists"] is is_there
    await bench.run(("file", {"operation": "read", "path": "**/deep/*.txt"}))
    assert bench.result()["text"] == "s3/deep/x.txt"


@pytest.mark.parametrize(
    "config",
    [
        {"operation": "write", "path": "s*/x.txt", "text": "no"},
        {"operation": "append", "path": "new?.txt", "text": "no"},
        {"operation": "copy", "path": "a.txt", "to": "b*/"},
        {"operation": "read", "path": "a*.txt"},
        {"operation": "delete", "path": "none*/x"},
    ],
)
async def test_a_pattern_makes_no_file_and_reads_no_two(bench: Bench, tmp_path: Path, config: dict[str, str]) -> None:
    for name in ("a.txt", "ab.txt"):
        (tmp_path / name).write_text(name)
    finished = await bench.run(("file", config))
    assert finished.error is not None
    assert finished.error["code"] == "node.failed"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.txt", "ab.txt"]


async def test_every_node_that_takes_a_path_knows_the_users_own_folder(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = tmp_path / "me"
    (me / "in").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(me))
    monkeypatch.setenv("USERPROFILE", str(me))
    tell = [sys.executable, "-c", "import os, sys; sys.stdout.write(os.getcwd())"]
    finished = await bench.run(
        ("writeTable", {"path": "~/in/t.csv", "rows": [{"a": 1}]}),
        ("wait", {"until": "file", "path": "~/in/t.csv", "stableFor": 1}),
        ("readTable", {"path": "~/in/t.csv", "variable": "rows"}),
        ("file", {"operation": "copy", "path": "~/in/*.csv", "to": "~/out/"}),
        ("file", {"operation": "write", "path": "~/out/note.txt", "text": "{{ rows[0].a }}"}),
        ("command", {"command": tell, "cwd": "~/in", "saveTo": "~/out/where.txt"}),
    )
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert sorted(os.listdir(me / "out")) == ["note.txt", "t.csv", "where.txt"]
    assert (me / "out" / "note.txt").read_text() == "1"
    assert Path((me / "out" / "where.txt").read_text()).samefile(me / "in")
    assert not (tmp_path / "~").exists()


async def test_a_folder_with_a_pipe_in_it_is_not_copied_by_half(bench: Bench, three: Path) -> None:
    (three / "in" / "deep").mkdir(parents=True)
    (three / "a.txt").rename(three / "in" / "a.txt")
    os.mkfifo(three / "in" / "deep" / "pipe")
    finished = await bench.run(("file", {"operation": "copy", "path": "in", "to": "out"}))
    assert finished.error is not None
    assert "pipe" in finished.error["message"]
    assert not (three / "out").exists()
    assert (await bench.run(("file", {"operation": "move", "path": "in", "to": "out"}))).error is None
    assert (three / "out" / "deep" / "pipe").is_fifo()


@pytest.mark.parametrize("operation", ["read", "copy", "move", "delete", "list"])
async def test_a_file_named_as_a_folder_is_not_touched(bench: Bench, three: Path, operation: str) -> None:
    finished = await bench.run(("file", {"operation": operation, "path": "a.txt/", "to": "z.txt"}))
    assert finished.error is not None
    assert "is a file, not a folder" in finished.error["message"]
    assert files_in(three) == {f"{name}.txt": name for name in "abc"}


async def test_a_pattern_that_ends_in_a_slash_fits_folders(bench: Bench, three: Path) -> None:
    (three / "empty").mkdir()
    await bench.run(("file", {"operation": "delete", "path": "*/"}))
    assert sorted(os.listdir(three)) == ["a.txt", "b.txt", "c.txt"]


@pytest.mark.parametrize(
    ("path", "is_there"), [("a.txt/", False), ("a.txt", True), ("d/", True), ("d", True), ("x/", False)]
)
async def test_what_exists_is_of_the_kind_that_is_named(bench: Bench, three: Path, path: str, is_there: bool) -> None:
    (three / "d").mkdir()
    await bench.run(("file", {"operation": "exists", "path": path}))
    assert bench.result()["exists"] is is_there


@pytest.mark.parametrize("sources", ["d/**", ["d", "d/x.txt"], ["d/s/y.txt", "d"]])
async def test_what_lies_in_a_folder_that_moves_does_not_move_by_itself(
    bench: Bench, tmp_path: Path, sources: Any
) -> None:
    (tmp_path / "d" / "s").mkdir(parents=True)
    (tmp_path / "d" / "x.txt").write_text("x")
    (tmp_path / "d" / "s" / "y.txt").write_text("y")
    finished = await bench.run(("file", {"operation": "move", "path": sources, "to": "out/"}))
    assert finished.error is not None
    assert "which would also be moved" in finished.error["message"]
    assert files_in(tmp_path) == {"d/x.txt": "x", "d/s/y.txt": "y"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names on POSIX")
@pytest.mark.parametrize("operation", ["copy", "move"])
async def test_a_pipe_is_not_replaced(bench: Bench, three: Path, operation: str) -> None:
    os.mkfifo(three / "pipe")
    config = {"operation": operation, "path": "a.txt", "to": "pipe", "overwrite": True}
    finished = await bench.run(("file", config))
    assert finished.error is not None
    assert "pipe or a device" in finished.error["message"]
    assert finished.error["fix"] == "Choose a file."
    assert (three / "pipe").is_fifo()
    assert (three / "a.txt").read_text() == "a"


@pytest.mark.parametrize(
    ("config", "reason", "fix"),
    [
        ({"operation": "read", "path": "d"}, "it is a folder", "Choose a file."),
        ({"operation": "list", "path": "a.txt"}, "it is not a folder", "a folder is expected"),
        ({"operation": "list", "path": "nothing"}, "does not exist", "Check the path."),
        ({"operation": "copy", "path": "d", "to": "d/s"}, "cannot be copied into itself", "another folder"),
        ({"operation": "move", "path": "d", "to": "d/s"}, "cannot be moved into itself", "another folder"),
    ],
)
async def test_a_refusal_says_what_it_is_and_what_to_do(
    bench: Bench, three: Path, config: dict[str, Any], reason: str, fix: str
) -> None:
    (three / "d").mkdir()
    finished = await bench.run(("file", config))
    assert finished.error is not None
    assert reason in finished.error["message"]
    assert fix in finished.error["fix"]
