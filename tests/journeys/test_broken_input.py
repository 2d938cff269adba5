"""Broken input: one clear error with a fix and the right exit code, never a traceback, nothing lost."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import ROOT


def run(*arguments: str, cwd: Path, **environment: str | None) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ, "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(cwd / "state"), "FLOWDESK_FLOWS_DIR": str(cwd / "flows"),
    }  # fmt: skip
    for name, value in environment.items():
        env.pop(name, None)
        if value is not None:
            env[name] = value
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", *arguments],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def write(folder: Path, values: Any) -> Path:
    path = folder / "x.flow.json"
    path.write_text(values if isinstance(values, str) else json.dumps(values), "utf-8")
    return path


def flow(*nodes: dict[str, Any], edges: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"nodes": [{"id": "s", "type": "start", "data": {"config": {}}}, *nodes], "edges": edges or []}


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ("{ not json", "JSON"),
        (flow({"id": "a", "type": "clik"}), "clik"),
        (flow(edges=[{"id": "e", "source": "s", "target": "gone"}]), "gone"),
        (
            flow(
                {"id": "a", "type": "click", "data": {"config": {}}}, edges=[{"id": "e", "source": "s", "target": "a"}]
            ),
            "selector",
        ),
        ({"flowdesk": 7, "nodes": []}, "newer"),
    ],
)
def test_a_flow_that_cannot_run_is_exit_2_and_says_why(tmp_path: Path, values: Any, word: str) -> None:
    path = write(tmp_path, values)
    before = path.read_bytes()
    for command in ("run", "validate"):
        done = run(command, str(path), cwd=tmp_path)
        assert done.returncode == 2
        assert word in done.stdout + done.stderr
    assert path.read_bytes() == before


def test_a_missing_file_is_exit_2(tmp_path: Path) -> None:
    done = run("run", "none.flow.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "none.flow.json" in done.stderr


CLICK = flow(
    {"id": "a", "type": "click", "data": {"config": {"selector": "100,100"}}},
    edges=[{"id": "e", "source": "s", "target": "a"}],
)


def test_no_display_is_exit_3_before_anything_is_done(tmp_path: Path) -> None:
    done = run(
        "run", str(write(tmp_path, CLICK)), cwd=tmp_path, DISPLAY=None, WAYLAND_DISPLAY=None, XDG_SESSION_TYPE=None
    )
    assert done.returncode == 3
    assert "display" in done.stderr.lower()


def test_wayland_is_refused(tmp_path: Path) -> None:
    environment = {"XDG_SESSION_TYPE": "wayland", "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":987"}
    done = run("run", str(write(tmp_path, CLICK)), cwd=tmp_path, **environment)
    assert done.returncode == 3
    assert "Wayland session withholds what this flow needs: Mouse" in done.stdout + done.stderr


def test_a_flow_without_desktop_runs_without_a_display(tmp_path: Path) -> None:
    values = flow(
        {"id": "w", "type": "wait", "data": {"config": {"duration": 1}}},
        edges=[{"id": "e", "source": "s", "target": "w"}],
    )
    done = run("run", str(write(tmp_path, values)), cwd=tmp_path, DISPLAY=None, WAYLAND_DISPLAY=None)
    assert done.returncode == 0, done.stderr


def test_json_output_is_messages_only(tmp_path: Path) -> None:
    values = flow(
        {"id": "w", "type": "wait", "data": {"config": {"duration": 1}}},
        edges=[{"id": "e", "source": "s", "target": "w"}],
    )
    done = run("run", str(write(tmp_path, values)), "--json", cwd=tmp_path, DISPLAY=None)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    assert messages[-1]["type"] == "execution.complete"
    assert {"id", "type", "timestamp", "workflow_id", "payload", "seq"} <= set(messages[-1])


def test_a_port_in_use_is_said_with_a_fix(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--port", str(taken.getsockname()[1]), cwd=tmp_path)
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_off_loopback_needs_tls_and_a_token(tmp_path: Path) -> None:
    done = run("serve", "--host", "0.0.0.0", "--port", "0", cwd=tmp_path)
    assert done.returncode == 2
    assert "TLS" in done.stderr


def test_a_report_folder_that_cannot_be_written_is_said_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    values = flow(
        {"id": "w", "type": "wait", "data": {"config": {"duration": 1}}},
        edges=[{"id": "e", "source": "s", "target": "w"}],
    )
    done = run("run", str(write(tmp_path, values)), "--report", str(tmp_path / "file" / "r"), cwd=tmp_path)
    assert done.returncode == 2
    assert "file" in done.stderr


def test_variables_must_be_name_and_value(tmp_path: Path) -> None:
    done = run("run", str(write(tmp_path, flow())), "--var", "novalue", cwd=tmp_path)
    assert done.returncode == 2
    assert "NAME=VALUE" in done.stderr


def test_from_a_node_that_does_not_exist_is_exit_2(tmp_path: Path) -> None:
    done = run("run", str(write(tmp_path, flow())), "--from", "nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_a_selector_error_points_at_the_character(tmp_path: Path) -> None:
    done = run("find", "button[name=", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip()


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["nodes"], ["token"], ["--version"]])
def test_small_commands_answer(tmp_path: Path, arguments: list[str]) -> None:
    done = run(*arguments, cwd=tmp_path, DISPLAY=None)
    assert done.returncode == 0
    assert done.stdout.strip()


def test_token_show_prints_the_token_and_nothing_else_and_keeps_it_private(tmp_path: Path) -> None:
    first = run("token", "show", cwd=tmp_path).stdout
    assert first == run("token", cwd=tmp_path).stdout
    assert len(first.strip()) >= 43
    assert (tmp_path / "state" / "tokens.json").stat().st_mode & 0o077 == 0
    assert run("token", "new", cwd=tmp_path).stdout != first
    run("token", "revoke", cwd=tmp_path)
    assert run("token", "show", cwd=tmp_path).returncode == 2


def test_help_imports_nothing_heavy() -> None:
    script = "import sys; sys.argv = ['flowdesk', '--help']\nimport flowdesk.cli\ntry:\n    flowdesk.cli.main()\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    heavy = {"pydantic", "PySide6", "numpy", "cv2", "websockets", "mss", "pyautogui", "xa11y", "asyncio"}
    assert not heavy & set(done.stderr.split())


def test_a_person_who_reads_chinese_is_told_in_chinese(tmp_path: Path) -> None:
    done = run("run", "none.flow.json", cwd=tmp_path, LC_ALL=None, LC_MESSAGES=None, LANG="zh_CN.UTF-8")
    assert done.returncode == 2
    assert "请检查文件名，或切换到流程所在的文件夹。" in done.stderr
