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
    "PIL",
    "PySide6",
    "cv2",
    "numpy",
    "parso",
    "qasync",
    "tkinter",
    "websockets",
    "keyring",
    "secretstorage",
    "rapidocr",
    "onnxruntime",
    "openpyxl",
    "jinja2",
    "mss",
    "regex",
    "xml",
    "httpx",
}
TELLS = """
import atexit, pathlib, sys
atexit.register(lambda: pathlib.Path("modules.txt").write_text(" ".join(name for name, module in sys.modules.items() if module)))
from flowdesk.cli import main
sys.exit(main())
"""
"""The command, which tells at its end what was loaded."""
OWN = (
    "flowdesk.drivers.pixels.",
    "flowdesk.importing.",
    "flowdesk.fleet.",
    "flowdesk.ui.",
    "flowdesk.server.",
    "flowdesk.nodes.tabular.",
    "flowdesk.session.recording.",
    "flowdesk.session.triggering",
    "flowdesk.session.looking",
    "flowdesk.protocol.messages",
    "flowdesk.protocol.replies",
    "flowdesk.reporting.",
)
"""What flowdesk itself leaves alone."""


def test_a_click_on_a_point_loads_no_window_no_key_store_no_reader_and_no_pixels(
    clean_desktop: Rig, tmp_path: Path
) -> None:
    file = written(tmp_path, ("click", {"selector": "300,300"}))
    environment = {
        **clean_desktop.desktop.environment(),
        "FLOWDESK_STATE_DIR": str(tmp_path / "state"),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", TELLS, "run", file]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    modules = set((tmp_path / "modules.txt").read_text("utf-8").split())
    names = {module.partition(".")[0] for module in modules}
    assert "pyautogui" in names or "Xlib" in names
    assert names & NOT_FOR_A_POINT == set()
    assert [module for module in modules if module.startswith(OWN)] == []
    assert {"flowdesk.nodes.click", "flowdesk.nodes.start"} <= modules
    assert {"flowdesk.nodes.input", "flowdesk.nodes.http", "flowdesk.nodes.file"} & modules == set()
