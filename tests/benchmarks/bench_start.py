"""What a cold start costs: `flowdesk run` of one click on a point beside a pyautogui script, and a desktop of its own."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT
from tests.journeys.test_processes import written
from tests.rig import Rig

TIMES = 7
SCRIPT = "import pyautogui; pyautogui.PAUSE = 0; pyautogui.click(300, 300)"


def cost(title: str, command: list[str], environment: dict[str, str]) -> float:
    """Run a program in turn and print the medians: seconds, seconds of processor, MB. Returns the seconds."""
    found = []
    for _ in range(TIMES):
        began = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        _, code, used = os.wait4(process.pid, 0)
        process.returncode = code
        assert code == 0
        found.append((time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))
    seconds, processor, memory = (statistics.median(each) for each in zip(*found, strict=True))
    print(f"\n{title}: {seconds:.2f} s, {processor:.2f} s of processor, {memory:.0f} MB")
    return float(seconds)


@pytest.mark.benchmark
@pytest.mark.desktop
@pytest.mark.timeout(900)
def test_a_cold_start_beside_a_script(clean_desktop: Rig, tmp_path: Path) -> None:
    environment = {
        **clean_desktop.desktop.environment(),
        "FLOWDESK_STATE_DIR": str(tmp_path / "state"),
        "PYTHONPATH": str(ROOT),
    }
    flow = written(tmp_path, ("click", {"selector": "300,300"}))
    run = [sys.executable, "-m", "flowdesk", "run", flow]
    script = cost("a pyautogui script", [sys.executable, "-c", SCRIPT], environment)
    print(f"{cost('flowdesk run', run, environment) / script:.1f} times as long")
    cost("flowdesk run on a desktop of its own", [*run, "--desktop", "private"], environment)
