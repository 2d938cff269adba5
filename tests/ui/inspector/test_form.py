"""Forms derive from the declarations of node types."""

from typing import Any, get_args

import pytest
from PySide6.QtWidgets import QApplication

from flowdesk.model.fields import FieldSpec, Kind
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.ui.inspector.fields import ABSENT, Field, TextField
from flowdesk.ui.inspector.form import Form
from flowdesk.ui.inspector.kinds import KINDS

TYPES = list(catalogue_with_plugins())


def make(spec: FieldSpec) -> Field:
    return KINDS.get(spec.kind, TextField)(spec)


SAMPLES: dict[str, list[Any]] = {
    "text": ["a b", "{{x}}"],
    "multiline": ["one\ntwo"],
    "number": [3, 0.5, "{{n}}"],
    "duration": [250, 1.5, "{{t}}"],
    "bool": [True],
    "choice": ["b"],
    "modifiers": [["ctrl", "alt"]],
    "region": [[1, 2, 30, 40]],
    "offset": [{"x": -4, "y": 5}],
    "anchor": ["bottom-left"],
    "fraction": [0.93],
    "json": [{"a": [1, 2]}, [1], "plain", "5"],
    "value": [{"a": [1, 2]}, 5, "5", True, "plain", "{{x}}", "two\nlines"],
    "list": [["one", "two words"], "{{names}}"],
    "program": [["ls", "-l", "my file"], "{{command}}"],
    "command": [["ls", "my file"], "ls 'my file'"],
}


def test_every_kind_of_field_has_a_widget() -> None:
    """Those that need more than the field are made by the inspector."""
    assert KINDS.keys() | {"target", "table", "pairs", "path", "keys", "function", "inputs"} == set(get_args(Kind))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_field_gives_back_the_value_it_shows(qapp: QApplication, kind: Kind) -> None:
    default = {"choice": "a", "bool": False, "anchor": "center"}.get(kind)
    field = make(FieldSpec("k", "Title", "", kind, ("a", "b") if kind == "choice" else (), default))
    for value in SAMPLES[kind]:
        field.set_value(value)
        assert field.value() == value
    field.set_value(ABSENT)
    assert field.value() is ABSENT


@pytest.mark.parametrize("node_type", TYPES, ids=lambda node_type: node_type.id)
def test_the_form_of_every_node_type_shows_an_empty_config_as_empty(qapp: QApplication, node_type: Any) -> None:
    form = Form(node_type.fields, make, node_type.describe()["defaults"], set())
    form.show_values({})
    assert form.entered() == {}
    assert set(node_type.describe()["schema"]["properties"]) <= set(form.rows)


def test_a_field_that_does_not_matter_is_out_of_sight(qapp: QApplication) -> None:
    wait = next(node_type for node_type in TYPES if node_type.id == "wait")
    form = Form(wait.fields, make, wait.describe()["defaults"], set())
    form.show_values({})
    assert not form.rows["stableFor"].isVisibleTo(form)
    form.show_values({"until": "stable"})
    assert form.rows["stableFor"].isVisibleTo(form)


def test_an_edit_tells_key_and_value(qapp: QApplication) -> None:
    form = Form((FieldSpec("n", "N", "", "number"),), make, {}, set())
    told: list[tuple[str, Any]] = []
    form.edited.connect(lambda key, value: told.append((key, value)))
    form.rows["n"].field.line.setText("12")  # type: ignore[attr-defined]
    form.rows["n"].field.edited.emit()
    assert told == [("n", 12)]
