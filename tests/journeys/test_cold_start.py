"""A cold `flowdesk run` loads what its flow needs, and no more."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT
from tests.journeys.test_processes import written
from tests.rig import Rig

pytestmark = pytest.mark.desktop

NOT_FOR_A_POINT = {
    "PySide6",
    "qasync",
    "websockets",
    "keyring",
    "secretstorage",
    "rapidocr",
    "onnxruntime",
    "openpyxl",
    "httpx",
}


def test_a_click_on_a_point_loads_neither_a_window_nor_a_key_store_nor_a_reader(
    clean_desktop: Rig, tmp_path: Path
) -> None:
    file = written(tmp_path, ("click", {"selector": "300,300"}))
    environment = {
        **clean_desktop.desktop.environment(),
        "FLOWDESK_STATE_DIR": str(tmp_path / "state"),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-X", "importtime", "-m", "flowdesk", "run", file]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "pyautogui" in names or "Xlib" in names
    assert names & NOT_FOR_A_POINT == set()
