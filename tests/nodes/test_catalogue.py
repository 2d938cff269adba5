"""What holds for every node type."""

import re
from pathlib import Path

import pytest

from flowdesk.model.nodetype import NodeType
from flowdesk.nodes import builtin, builtin_catalogue

ROOT = Path(__file__).resolve().parents[2]
CATEGORIES = {"flow", "mouse", "keyboard", "screen", "windows", "data", "files", "network", "people"}
USES = {"input", "screen", "target", "files", "network", "programs"}
every = pytest.mark.parametrize("declared", builtin(), ids=lambda declared: declared.id)


def test_every_type_is_in_the_reference_and_none_that_was_promised_there_is_gone() -> None:
    reference = (ROOT / "docs" / "reference" / "nodes.md").read_text("utf-8")
    assert re.findall(r"^### .* · `(\w+)`$", reference, re.MULTILINE) == [
        declared.id for declared in builtin_catalogue()
    ]


@every
def test_every_field_has_title_and_description(declared: NodeType) -> None:
    for name, field in declared.config.model_fields.items():
        assert field.title, name
        assert field.description, name


@every
def test_documentation_category_icon_and_uses_are_given(declared: NodeType) -> None:
    assert declared.first_line.endswith(".")
    assert declared.title
    assert declared.category in CATEGORIES
    assert declared.uses <= USES
    assert declared.icon != "square"


@every
def test_summary_names_only_config_keys(declared: NodeType) -> None:
    keys = {field.alias or name for name, field in declared.config.model_fields.items()}
    assert set(re.findall(r"\{(\w+)\}", declared.summary)) <= keys
    declared.summarise({})
    declared.describe()


@every
def test_bypass_is_an_output(declared: NodeType) -> None:
    assert not declared.outputs or declared.bypass_output in declared.outputs
