"""Flow files are moved whole: whoever kills the process at any moment leaves a flow with its pictures."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flowdesk.model.errors import FileExists
from flowdesk.session.flowfiles import move_flow
from flowdesk.session.storage import open_flow
from tests.session.conftest import flow_json, wait_node

PICTURES = {"a.png": b"one", "b.png": b"two", "more/c.png": b"three"}
KILLED = """
import os, signal, sys
from pathlib import Path
from flowdesk.session.flowfiles import move_flow
from flowdesk.session.storage import open_flow
source, target, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
opened, seen = open_flow(source), 0

def count(name, arguments):
    global seen
    if name in ("os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir") or (name == "open" and arguments[1] is None):
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
move_flow(source, target, opened.flow, opened.fingerprint)
"""


def with_pictures(folder: Path) -> Path:
    path = folder / "a.flow.json"
    path.write_text(json.dumps(flow_json(wait_node(), id="doc", name="a")), "utf-8")
    for name, content in PICTURES.items():
        picture = folder / "a.assets" / name
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(content)
    return path


def pictures_of(path: Path) -> dict[str, bytes]:
    folder = path.with_name(path.name.removesuffix(".flow.json") + ".assets")
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_a_move_that_is_killed_at_any_step_leaves_a_flow_with_its_pictures_and_can_be_repeated(tmp_path: Path) -> None:
    for step in range(1, 60):
        folder = tmp_path / str(step)
        (folder / "sub").mkdir(parents=True)
        source, target = with_pictures(folder), folder / "sub" / "b.flow.json"
        process = subprocess.run([sys.executable, "-c", KILLED, source, target, str(step)], timeout=60, check=False)
        whole = [path for path in (source, target) if path.is_file()]
        assert len(whole) == 1, step
        assert open_flow(whole[0]).flow.id == "doc"
        assert pictures_of(whole[0]) == PICTURES, step
        if whole[0] == source:
            opened = open_flow(source)
            move_flow(source, target, opened.flow, opened.fingerprint)
            assert pictures_of(target) == PICTURES
            assert not source.exists()
        if process.returncode == 0:
            assert step > 8  # it was killed between the pictures and the file, and in the middle of both
            assert not source.with_name("a.assets").exists()
            return
    pytest.fail("the move has no end")


def test_a_folder_of_other_pictures_is_not_taken_for_what_a_broken_move_left(tmp_path: Path) -> None:
    source, other = with_pictures(tmp_path), tmp_path / "b.assets"
    other.mkdir()
    (other / "a.png").write_bytes(b"somebody else's")
    opened = open_flow(source)
    with pytest.raises(FileExists):
        move_flow(source, tmp_path / "b.flow.json", opened.flow, opened.fingerprint)
    assert (other / "a.png").read_bytes() == b"somebody else's"
    assert pictures_of(source) == PICTURES
