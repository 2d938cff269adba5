"""The stage on which the situations of the gate are played."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate.stage import HOME, Stage
from tests.rig import Rig


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled Swing scenes."""
    folder = tmp_path_factory.mktemp("classes")
    subprocess.run(["javac", "-d", str(folder), str(HOME / "SwingScenes.java")], check=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def played(desktop_rig: Rig, tmp_path_factory: pytest.TempPathFactory, classes: Path) -> Iterator[Stage]:
    """One stage for all situations."""
    desktop_rig.layout("us")
    stage = Stage(desktop_rig, tmp_path_factory.mktemp("stage"), classes)
    yield stage
    stage.close()


@pytest.fixture
def stage(played: Stage) -> Iterator[Stage]:
    """The stage, empty before and after."""
    played.clear()
    yield played
    played.clear()
