"""`flowdesk diff` and `flowdesk format` as people and git call them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def flowdesk(*arguments: str, folder: Path, given: str = "", language: str = "C") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flowdesk", *arguments], cwd=folder, input=given, capture_output=True, text=True,
        encoding="utf-8", timeout=60, check=False, env=environment(language),
    )  # fmt: skip


def environment(language: str = "C") -> dict[str, str]:
    bare = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    return {**bare, "LC_ALL": language, "PYTHONPATH": str(ROOT)}


def text(similarity: float, x: int = 0) -> str:
    ok = {"selector": "text=OK", "similarity": similarity}
    node = {"id": "ok", "type": "click", "position": {"x": x, "y": 0}, "data": {"label": "Click OK", "config": ok}}
    return json.dumps({"nodes": [{"id": "start", "type": "start"}, node], "edges": []})


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    (tmp_path / "a.flow.json").write_text(text(0.8), "utf-8")
    (tmp_path / "b.flow.json").write_text(text(0.7, x=9), "utf-8")
    (tmp_path / "c.flow.json").write_text(text(0.8, x=9), "utf-8")
    return tmp_path


def test_what_changed_is_said_and_told_by_the_exit_code(pair: Path) -> None:
    done = flowdesk("diff", "a.flow.json", "b.flow.json", folder=pair)
    assert (done.returncode, done.stdout, done.stderr) == (1, "Click OK: similarity 0.8 → 0.7\n", "")
    assert flowdesk("diff", "a.flow.json", "a.flow.json", folder=pair).returncode == 0
    assert flowdesk("diff", "a.flow.json", "c.flow.json", folder=pair).returncode == 0
    moved = flowdesk("diff", "--moved", "a.flow.json", "c.flow.json", folder=pair)
    assert (moved.returncode, moved.stdout) == (1, "Moved on the canvas: 1\n")
    chinese = flowdesk("diff", "a.flow.json", "b.flow.json", folder=pair, language="zh_CN.UTF-8")
    assert chinese.stdout == "Click OK：最低匹配度 0.8 → 0.7\n"


def test_standard_input_json_and_files_that_cannot_be_read(pair: Path) -> None:
    done = flowdesk("diff", "-", "b.flow.json", "--json", folder=pair, given=text(0.8))
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert [(one["kind"], one["id"], one["field"], one["before"], one["after"]) for one in found] == [
        ("changed", "ok", "similarity", 0.8, 0.7)
    ]
    assert flowdesk("diff", "-", "-", folder=pair).returncode == 2
    (pair / "bad.json").write_text("{", "utf-8")
    for name in ("bad.json", "nowhere.json"):
        done = flowdesk("diff", "a.flow.json", name, folder=pair)
        assert (done.returncode, done.stdout) == (2, "")
        assert name in done.stderr


def test_pipes_of_a_shell_and_nothing_at_all(pair: Path) -> None:
    command = f"{sys.executable} -m flowdesk diff <(cat a.flow.json) b.flow.json"
    done = subprocess.run(["bash", "-c", command], cwd=pair, capture_output=True, text=True, timeout=60, check=False, env=environment())  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "Click OK: similarity 0.8 → 0.7\n")
    done = flowdesk("diff", "a.flow.json", os.devnull, folder=pair)
    assert (done.returncode, done.stdout) == (1, "Start removed\nClick OK removed\n")


def test_git_shows_words(pair: Path) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=e@x", *arguments], cwd=pair, capture_output=True, text=True,
            encoding="utf-8", check=True, timeout=60, env=environment(),
        ).stdout  # fmt: skip

    command = f"{sys.executable} -m flowdesk diff"
    git("init", "-q")
    git("config", "diff.flowdesk.textconv", command)
    (pair / ".gitattributes").write_text("*.flow.json diff=flowdesk\n", "utf-8")
    git("add", ".")
    git("commit", "-qm", "one")
    (pair / "a.flow.json").write_text(text(0.7, x=50), "utf-8")
    shown = git("diff")
    assert "-  similarity: 0.8" not in shown  # the default is not listed
    assert "+  similarity: 0.7" in shown
    assert "position" not in shown
    words = git("difftool", "--no-prompt", "--extcmd", command, "HEAD", "--", "a.flow.json")
    assert words == "Click OK: similarity 0.8 → 0.7\n"


def test_files_are_written_canonically(pair: Path) -> None:
    checked = flowdesk("format", "--check", "a.flow.json", folder=pair)
    assert (checked.returncode, checked.stdout) == (1, "a.flow.json: not in the standard format\n")
    (pair / "bad.json").write_text("{", "utf-8")
    done = flowdesk("format", "a.flow.json", "bad.json", "b.flow.json", folder=pair)
    assert (done.returncode, done.stdout) == (2, "a.flow.json: written\nb.flow.json: written\n")
    assert flowdesk("format", "--check", "a.flow.json", "b.flow.json", folder=pair).returncode == 0
    assert flowdesk("diff", "a.flow.json", "c.flow.json", folder=pair).returncode == 0
    piped = flowdesk("format", "-", folder=pair, given=(pair / "a.flow.json").read_text("utf-8"))
    assert piped.stdout == (pair / "a.flow.json").read_text("utf-8")


@pytest.mark.parametrize(
    "triggers", [5, True, {"id": "a"}, [{"id": ["a"], "type": "schedule", "at": "2020-01-01T10:00"}]]
)
def test_triggers_that_are_none_are_a_fault_of_the_file(tmp_path: Path, triggers: object) -> None:
    values = {"nodes": [{"id": "start", "type": "start"}], "edges": [], "triggers": triggers}
    (tmp_path / "a.flow.json").write_text(json.dumps(values), "utf-8")
    done = flowdesk("validate", "a.flow.json", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert "error" in done.stdout
