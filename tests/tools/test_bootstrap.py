import json
import sys
import tomllib
from pathlib import Path

import pytest
from bootstrap import ROOT, find_python, install_system, make_environment, requirements
from system_pieces import PURPOSES, missing, program

from flowdesk.system.pieces import Piece, library


def test_this_python_is_taken_when_it_is_supported() -> None:
    assert find_python() == sys.executable


def test_the_environment_without_a_window_has_no_qt_and_not_the_project() -> None:
    wanted = requirements([], with_window=False)
    assert not [need for need in wanted if need.lower().startswith(("pyside6", "qasync", "--editable"))]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert len(wanted) == len(
        [need for need in project["dependencies"] if not need.lower().startswith(("pyside6", "qasync"))]
    )


def test_groups_are_read_from_the_project_file() -> None:
    wanted = requirements(["test", "check"], with_window=True)
    assert wanted[:2] == ["--editable", f"{ROOT}[fleet,ocr]"]
    assert any(need.startswith("pytest>=") for need in wanted)
    assert any(need.startswith("mypy>=") for need in wanted)


def test_an_environment_that_is_up_to_date_is_left_alone(tmp_path: Path) -> None:
    import hashlib

    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    mark = {
        "requirements": ["a", "b"],
        "project": hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest(),
    }
    (tmp_path / "flowdesk-installed.json").write_text(json.dumps(mark), "utf-8")
    assert make_environment("/nowhere/python", tmp_path, ["a"]) == python


def test_what_is_missing_is_seen_by_looking_at_the_thing() -> None:
    assert library("libc.so.6", "libc6", why="everything").is_there()
    assert not library("libnothing-of-this-name.so.1", "nothing", why="a test").is_there()
    assert program("sh", "dash", why="scripts").is_there()
    assert not program("no-such-program-here", "nothing", why="a test").is_there()


def test_every_purpose_names_a_package_and_a_reason_for_each_piece() -> None:
    for pieces in PURPOSES.values():
        for piece in pieces:
            assert piece.packages
            assert piece.why


def test_a_piece_that_two_purposes_share_is_missing_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Piece("gone", "a test", ("gone",), lambda: False)
    monkeypatch.setitem(PURPOSES, "one", (gone,))
    monkeypatch.setitem(PURPOSES, "two", (gone,))
    assert missing(["one", "two"]) == [gone]


def test_without_apt_the_list_is_told_and_nothing_is_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="no apt-get"):
        install_system([Piece("gone", "shows a window", ("libgone1",), lambda: False)])
    assert "shows a window (package libgone1)" in capsys.readouterr().out


def test_without_root_and_sudo_the_command_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\nexit 9\n", "utf-8")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="apt-get update && apt-get install libgone1"):
        install_system([Piece("gone", "shows a window", ("libgone1",), lambda: False)])
