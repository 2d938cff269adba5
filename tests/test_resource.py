import sys
import tomllib
from pathlib import Path

import pytest

import flowdesk
from flowdesk.resource import resource_path, resource_root

ROOT = Path(__file__).resolve().parent.parent


def test_a_checkout_keeps_its_resources_beside_the_package() -> None:
    assert resource_root() == Path(flowdesk.__file__).resolve().parent.parent / "resources"
    assert resource_path("flows", "practice-form.flow.json").is_file()


def test_a_frozen_application_keeps_them_beside_its_libraries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource_path("icons", "flowdesk.svg") == tmp_path / "resources" / "icons" / "flowdesk.svg"


def test_a_wheel_keeps_them_in_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "flowdesk"
    (package / "resources").mkdir(parents=True)
    monkeypatch.setattr("flowdesk.resource.__file__", str(package / "resource.py"))
    assert resource_root() == package / "resources"


def test_no_path_leads_out_of_the_shipped_files() -> None:
    with pytest.raises(ValueError, match="outside the shipped files"):
        resource_path("..", "pyproject.toml")


def test_the_wheel_carries_everything_but_the_sources_of_the_page_and_the_packages_of_nodes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    apart = {"editor", "packages"}
    there = {f"resources/{path.name}" for path in (ROOT / "resources").iterdir() if path.name not in apart}
    assert set(carried) == there
