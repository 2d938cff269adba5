"""The template for node types of other packages: installed as a person would, its node runs in a flow."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from flowdesk.resource import resource_path

ROOT = Path(__file__).parents[1]


def call(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that is ended after a minute and finds nothing but what is installed here."""
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PYTHONIOENCODING": "utf-8",
        "FLOWDESK_STATE_DIR": str(folder / "state"), "FLOWDESK_FLOWS_DIR": str(folder / "flows"),
    }  # fmt: skip
    return subprocess.run(
        command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8",
        timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment into which the template is installed, without the network."""
    folder = tmp_path_factory.mktemp("plugin")
    shutil.copytree(resource_path("templates", "nodes"), folder / "template")
    venv.create(folder / "venv", with_pip=False)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    done = call(
        sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-build-isolation",
        "--no-index", "--disable-pip-version-check", "-q", str(folder / "template"), folder=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return python


def test_the_node_type_of_an_installed_package_is_listed(installed: Path, tmp_path: Path) -> None:
    done = call(str(installed), "-m", "flowdesk", "nodes", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "greet" in [node["type"] for node in json.loads(done.stdout)]


def test_the_node_type_of_an_installed_package_runs_in_a_flow(installed: Path, tmp_path: Path) -> None:
    flow = installed.parents[2] / "template" / "greet.flow.json"
    done = call(str(installed), "-m", "flowdesk", "run", str(flow), "--json", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["payload"]["result"] == "你好，Ada！"


def test_without_the_package_its_flow_is_refused_with_a_sentence(tmp_path: Path) -> None:
    flow = resource_path("templates", "nodes", "greet.flow.json")
    done = call(sys.executable, "-m", "flowdesk", "validate", str(flow), folder=tmp_path)
    assert done.returncode == 2
    assert "greet" in done.stdout + done.stderr
