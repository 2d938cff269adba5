"""What holds for every node type."""

import re

import pytest

from flowdesk.model.nodetype import NodeType
from flowdesk.nodes import BUILTIN, builtin_catalogue

CATEGORIES = {"flow", "mouse", "keyboard", "screen", "windows", "data", "files", "network", "people"}
USES = {"input", "screen", "target", "files", "network", "programs"}
every = pytest.mark.parametrize("declared", BUILTIN, ids=lambda declared: declared.id)


def test_every_promised_type_is_there() -> None:
    promised = [
        "start",
        "click",
        "input",
        "wait",
        "condition",
        "loop",
        "screenshot",
        "keys",
        "move",
        "drag",
        "scroll",
        "window",
        "launch",
        "setVariable",
        "readText",
        "clipboard",
        "switch",
        "break",
        "continue",
        "subflow",
        "parallel",
        "log",
        "readTable",
        "writeTable",
        "file",
        "http",
        "prompt",
        "command",
        "end",
    ]
    assert {declared.id for declared in builtin_catalogue()} == set(promised)


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
