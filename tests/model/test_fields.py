"""The fields of forms."""

import json
from typing import get_args

import pytest

from flowdesk.model.fields import Kind, fields_of
from flowdesk.model.nodetype import NodeType
from flowdesk.nodes import builtin, builtin_catalogue


def field(node_type: str, key: str) -> dict[str, object]:
    return next(spec.payload() for spec in builtin_catalogue()[node_type].fields if spec.key == key)


@pytest.mark.parametrize("node_type", builtin(), ids=lambda declared: declared.id)
def test_every_field_has_a_title_and_a_widget_and_is_json(node_type: NodeType) -> None:
    for spec in node_type.fields:
        assert spec.title
        assert spec.kind in get_args(Kind)
        assert json.loads(json.dumps(spec.payload())) == spec.payload()


def test_what_decides_comes_before_the_target() -> None:
    assert [spec.key for spec in builtin_catalogue()["loop"].fields][:3] == ["type", "operator", "selector"]
    assert [spec.group for spec in builtin_catalogue()["click"].fields] == sorted(
        (spec.group for spec in builtin_catalogue()["click"].fields), key=["", "target", "more", "options"].index
    )


def test_what_a_field_tells() -> None:
    assert field("click", "selector")["is_required"] is True
    assert field("click", "similarity")["maximum"] == 1
    assert field("click", "force")["mark"] == "zap"
    assert field("click", "anchor")["choices"] == field("condition", "anchor")["choices"] != []
    assert field("wait", "duration")["kind"] == "duration"
    assert field("wait", "path")["when"] == {"until": "file"}
    assert field("launch", "command")["kind"] == "command"
    assert field("command", "command")["kind"] == "program"
    assert [column["key"] for column in field("switch", "cases")["columns"]] != []  # type: ignore[attr-defined]


def test_a_field_matters_only_beside_what_it_asks_for() -> None:
    path = next(spec for spec in builtin_catalogue()["wait"].fields if spec.key == "path")
    assert path.is_wanted({"until": "file"}, {})
    assert not path.is_wanted({"until": "stable"}, {})
    pause = next(spec for spec in builtin_catalogue()["wait"].fields if spec.key == "retryDelay")
    assert pause.is_wanted({"retries": 2}, {})
    assert not pause.is_wanted({}, {"retries": 0})


def test_fields_are_worked_out_once() -> None:
    config = builtin_catalogue()["click"].config
    assert fields_of(config) is fields_of(config)


@pytest.mark.parametrize(("node_type", "config", "needed"), [
    ("click", {}, True), ("log", {}, False), ("wait", {}, False), ("wait", {"selector": "text=a"}, True),
    ("wait", {"until": "stable"}, True), ("wait", {"until": "file"}, False), ("start", {}, False),
    ("start", {"appName": "mousepad"}, True), ("condition", {"left": "1"}, False), ("drag", {}, True),
])  # fmt: skip
def test_which_configs_need_the_desktop(node_type: str, config: dict[str, str], needed: bool) -> None:
    assert builtin_catalogue()[node_type].needs_desktop(config) is needed


def test_the_main_target_is_the_first() -> None:
    catalogue = builtin_catalogue()
    assert [catalogue[name].main_target for name in ("click", "drag", "scroll", "log")] == [
        "selector",
        "selector",
        "selector",
        "",
    ]
    assert catalogue["drag"].target_keys == {"selector", "to"}
