"""Every node package outside the core is whole: origin, access, translations, icons, licence; and the application carries none."""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest
from translations import _choices, _declared

from flowdesk.i18n import texts_of
from flowdesk.model.nodetype import Catalogue, NodeType
from flowdesk.nodes import builtin
from tests.packages.conftest import PACKAGES

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(PACKAGES.iterdir())


def types_of(catalogue: Catalogue, folder: Path) -> list[NodeType]:
    return [each for each in catalogue if each.package is not None and each.package.name == folder.name]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_package_says_who_made_it_and_what_it_may_do(catalogue: Catalogue, folder: Path) -> None:
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    types = types_of(catalogue, folder)
    assert {each.id for each in types} == set(project["entry-points"]["flowdesk.nodes"])
    for each in types:
        assert each.package is not None
        assert (each.package.version, each.package.author) == (project["version"], "flowdesk")
        assert each.uses <= {"files", "network"}
        assert each.uses
        assert each.drawing


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_text_of_a_package_has_its_chinese(catalogue: Catalogue, folder: Path) -> None:
    wanted: set[str] = set()
    for each in types_of(catalogue, folder):
        wanted.update((*_declared(each.describe()), *_choices(each.fields)))
        wanted.discard(each.package.name if each.package else "")
    for path in folder.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "say":
                assert isinstance(call.args[0], ast.Constant)
                wanted.add(str(call.args[0].value))
    assert sorted(text for text in wanted if text not in texts_of("zh_CN")) == []
    (own,) = folder.rglob("zh_CN.json")
    assert sorted(json.loads(own.read_text("utf-8")).keys() - wanted) == []


def test_the_application_carries_no_package() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert not any("packages" in source for source in wheel["force-include"])
    left_out = re.search(r"not in \(([^)]*)\)", (ROOT / "flowdesk.spec").read_text("utf-8"))
    assert left_out is not None
    assert '"packages"' in left_out[1]
    assert not any("mail" in each.id.lower() or "pdf" in each.id.lower() for each in builtin())
