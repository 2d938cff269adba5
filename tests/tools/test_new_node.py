"""``make new-node`` writes a node type that runs as it is."""

import ast
import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import new_node  # noqa: E402 - a tool, beside the package


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with the table of node types and nothing else."""
    for folder in ("flowdesk/nodes", "tests/nodes"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "flowdesk" / "nodes" / "__init__.py", tmp_path / "flowdesk" / "nodes")
    return tmp_path


def places(table: Path) -> dict[str, str]:
    """Return the table of node types, in its order."""
    for statement in ast.parse(table.read_text("utf-8")).body:
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "PLACES":
            assert statement.value is not None
            return dict(ast.literal_eval(statement.value))
    raise AssertionError("there is no such table")


@pytest.mark.parametrize(
    ("name", "function"), [("countLines", "count_lines"), ("zip", "zip"), ("import", "import_node")]
)
def test_module_place_and_test_are_written(house: Path, name: str, function: str) -> None:
    table = house / "flowdesk" / "nodes" / "__init__.py"
    before = places(table)
    module, _, test = new_node.write(name, house)
    assert list(places(table).items()) == [*before.items(), (name, f"{function}.{function}")]
    assert ast.parse(test.read_text("utf-8")).body
    spec = importlib.util.spec_from_file_location("begun", module)
    assert spec is not None
    assert spec.loader is not None
    begun = importlib.util.module_from_spec(spec)
    sys.modules["begun"] = begun
    try:
        spec.loader.exec_module(begun)
        declared = getattr(begun, function).node_type
    finally:
        del sys.modules["begun"]
    assert declared.id == name
    assert declared.describe()["fields"][0]["key"] == "text"


@pytest.mark.parametrize("name", ["", "Click", "count lines", "click", "9lives", "a-b"])
def test_a_name_that_cannot_be_one_is_refused(house: Path, name: str) -> None:
    shutil.copy(ROOT / "flowdesk" / "nodes" / "click.py", house / "flowdesk" / "nodes")
    with pytest.raises(ValueError):
        new_node.write(name, house)
