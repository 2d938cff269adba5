"""The template for ways of finding of other packages: installed as a person would, it finds something on a desktop."""

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from flowdesk.resource import resource_path
from tests.rig import Apps
from tests.test_plugin_template import call

FLOW = {
    "nodes": [
        {"id": "s", "type": "start", "data": {"config": {}}},
        {"id": "f", "type": "find", "data": {"config": {"selector": "bright=10", "timeout": 0}}},
    ],
    "edges": [{"id": "e", "source": "s", "target": "f"}],
}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment into which the template is installed, without the network."""
    folder = tmp_path_factory.mktemp("engine")
    shutil.copytree(resource_path("templates", "engines"), folder / "template")
    venv.create(folder / "venv", with_pip=False)
    found = next(path for path in (folder / "venv").glob("*/python*") if path.stem == "python")
    done = call(
        sys.executable, "-m", "pip", "--python", str(found), "install", "--no-deps", "--no-build-isolation",
        "--no-index", "--disable-pip-version-check", "-q", str(folder / "template"), folder=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return found


def validated(python: str | Path, folder: Path, selector: str) -> subprocess.CompletedProcess[str]:
    flow = json.loads(json.dumps(FLOW).replace("bright=10", selector))
    (folder / "a.flow.json").write_text(json.dumps(flow), "utf-8")
    return call(str(python), "-m", "flowdesk", "validate", "a.flow.json", folder=folder)


def test_a_flow_may_use_it_where_the_package_is_installed(python: Path, tmp_path: Path) -> None:
    assert validated(python, tmp_path, "bright=10").returncode == 0
    wrong = validated(python, tmp_path, "bright=very")
    assert wrong.returncode == 2
    assert "bright=200" in wrong.stdout + wrong.stderr


def test_elsewhere_the_flow_is_refused_with_a_sentence(tmp_path: Path) -> None:
    done = validated(sys.executable, tmp_path, "bright=10")
    assert done.returncode == 2
    assert "bright=" in done.stdout + done.stderr


@pytest.mark.desktop
def test_it_finds_the_brightest_spot_of_a_desktop(python: Path, tmp_path: Path, apps: Apps) -> None:
    apps.zenity("--info", "--text", "hello", "--title", "Bright one")
    done = call(str(python), "-m", "flowdesk", "find", "window=Bright one >> bright=10", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
