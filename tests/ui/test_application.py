"""The window starts and ends in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path


def start(tmp_path: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    env = {**os.environ, "FLOWDESK_STATE_DIR": str(tmp_path), "FLOWDESK_FLOWS_DIR": str(tmp_path / "flows")}
    env.pop("QT_QPA_PLATFORM", None)
    env.update(environment)
    return subprocess.Popen(
        [sys.executable, "-m", "flowdesk", "window", "--no-server", *arguments],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_without_a_display_one_sentence_and_exit_code_3(tmp_path: Path) -> None:
    process = start(tmp_path, DISPLAY="", WAYLAND_DISPLAY="")
    _, told = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "There is no display" in told
    assert "Traceback" not in told


def test_sigterm_ends_the_window_in_order(tmp_path: Path) -> None:
    process = start(tmp_path, QT_QPA_PLATFORM="offscreen")
    end = time.monotonic() + 30
    try:
        while not _is_ready(process.pid):
            assert time.monotonic() < end
            threading.Event().wait(0.02)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in told
    assert (tmp_path / "window.json").exists()


def _is_ready(pid: int) -> bool:
    """Whether the process has a handler of its own for SIGTERM."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) & (1 << (signal.SIGTERM - 1)))
    return False
