"""The command line's own sentences, before anything of flowdesk is loaded."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flowdesk.cli import _parser, main
from flowdesk.doctorcommand import doctor_lines
from flowdesk.engine.ports import Check
from flowdesk.exitcodes import INVALID, NO_DESKTOP, SUCCEEDED
from flowdesk.resource import resource_path

ROOT = Path(__file__).parents[1]
WITHOUT_PYSIDE6 = """
import sys
sys.modules["PySide6"] = None
from flowdesk.cli import main
sys.exit(main(sys.argv[1:]))
"""


def without_pyside6(*arguments: str, folder: Path, language: str = "C") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_PYSIDE6, *arguments],
        env={**os.environ, "LC_ALL": language, "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(folder)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


def test_practice_without_pyside6_says_what_to_install(tmp_path: Path) -> None:
    done = without_pyside6("practice", "--lang", "en", folder=tmp_path)
    assert done.returncode == NO_DESKTOP
    assert "Traceback" not in done.stderr
    assert "flowdesk practice requires PySide6" in done.stderr
    assert "pip install PySide6-Essentials" in done.stderr


def test_the_window_without_pyside6_says_what_to_install(tmp_path: Path) -> None:
    done = without_pyside6(folder=tmp_path)
    assert done.returncode == NO_DESKTOP
    assert "Traceback" not in done.stderr
    assert "flowdesk window requires PySide6" in done.stderr


def test_what_is_lacking_is_said_in_the_systems_language(tmp_path: Path) -> None:
    done = without_pyside6("practice", folder=tmp_path, language="zh_CN.UTF-8")
    assert "需要 PySide6" in done.stderr


@pytest.mark.parametrize(("word", "said"), [("rnu", "Did you mean flowdesk run?"), ("xyzzy", "flowdesk --help")])
def test_a_mistyped_command_opens_no_window(word: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word]) == INVALID
    told = capsys.readouterr().err
    assert f"{word} is not a command or a file." in told
    assert said in told


@pytest.mark.parametrize(
    "given", [["--desktop", ""], ["--desktop="], ["--from", ""], ["--report=", "--json"], ["--json", "--report", ""]]
)
def test_an_option_whose_value_is_empty_is_not_taken_as_left_out(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = tmp_path / "none.flow.json"
    with pytest.raises(SystemExit) as ended:
        main(["run", str(flow), *given])
    assert ended.value.code == INVALID
    assert "expected one argument" in capsys.readouterr().err


def test_the_doctor_explains_a_cause_once() -> None:
    lines = list(
        doctor_lines(
            [
                Check("session", is_ok=True, message="Session type: X11."),
                Check("display", is_ok=False, message="There is none.", fix="Start one.", is_required=True),
                Check("clipboard", is_ok=False, message="There is none.", fix="Start one.", is_required=False),
            ]
        )
    )
    assert lines == [
        "ok      session: Session type: X11.",
        "MISSING display: There is none.",
        "        Start one.",
        "absent  clipboard: for the same reason as display",
        "flowdesk cannot use this desktop until the items marked MISSING are available.",
    ]


def test_practice_without_a_display_says_so_and_does_not_crash(tmp_path: Path) -> None:
    kept = {key: value for key, value in os.environ.items() if key not in {"WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "practice"],
        env={**kept, "DISPLAY": "", "LC_ALL": "C", "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(tmp_path)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == NO_DESKTOP
    assert "There is no display" in done.stderr


@pytest.mark.parametrize("port", ["65536", "-1", "x", ""])
def test_a_port_that_cannot_be_is_refused_at_once(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("serve", "hub"):
        with pytest.raises(SystemExit) as ended:
            main([command, f"--port={port}"])
        assert ended.value.code == INVALID
        assert capsys.readouterr().err


@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "9" * 30, "x"])
def test_a_number_of_rows_that_cannot_be_is_refused_at_once(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["runs", "list"], ["triggers", "history"], ["jobs", "list"]):
        with pytest.raises(SystemExit) as ended:
            main([*command, f"--limit={limit}"])
        assert ended.value.code == INVALID
        assert "is not a number from 1 to 1000000" in capsys.readouterr().err


def test_the_help_of_every_command_is_translated() -> None:
    shown = json.loads(resource_path("locale", "zh_CN.json").read_text(encoding="utf-8"))
    waiting, missing = [_parser()], set()
    while waiting:
        parser = waiting.pop()
        for action in parser._actions:
            choices = action.choices if isinstance(action, argparse._SubParsersAction) else {}
            waiting += choices.values()
            helps = [action.help, *(choice.help for choice in getattr(action, "_choices_actions", ()))]
            missing |= {text for text in helps if text not in {None, argparse.SUPPRESS, *shown}}
    assert not missing


def test_a_run_that_can_leave_no_record_says_so(tmp_path: Path) -> None:
    flow = tmp_path / "tiny.flow.json"
    start = {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "Start", "config": {}}}
    flow.write_text(json.dumps({"nodes": [start], "edges": []}), encoding="utf-8")
    (tmp_path / "file").touch()
    done = without_pyside6("run", str(flow), folder=tmp_path / "file" / "below")
    assert done.returncode == SUCCEEDED
    assert "so the run has no record" in done.stderr
    assert "The run's folder" not in done.stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("command", [["nodes"], ["nodes", "--json"], ["token", "show"]])
def test_an_output_that_takes_nothing_is_told_in_a_sentence(command: list[str], tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "flowdesk", *command],
            env={**os.environ, "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(tmp_path), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "The output cannot be written: the disk is full." in done.stderr


@pytest.mark.parametrize("kind", ["file", "pipe"])
def test_a_state_folder_that_is_none_is_told_in_a_sentence(kind: str, tmp_path: Path) -> None:
    state = tmp_path / "state"
    if kind == "file":
        state.write_text("", "utf-8")
    else:
        state.mkdir()
        os.mkfifo(state / "tokens.json")
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "token", "show"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(state), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (INVALID, False)
    assert "The token file cannot be" in done.stderr


def test_ctrl_c_while_the_program_loads_ends_it_without_a_traceback(tmp_path: Path) -> None:
    slow = "import os, signal, sys; from flowdesk.cli import main, _parser; import flowdesk.cli as cli\n"
    slow += "known = cli._parser\n"
    slow += "cli._parser = lambda: (os.kill(os.getpid(), signal.SIGINT), known())[1]\nsys.exit(main(['nodes']))"
    done = subprocess.run(
        [sys.executable, "-c", slow],
        env={**os.environ, "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(tmp_path)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "")
