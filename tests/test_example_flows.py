"""The flows that ship with flowdesk, as files. That they run is proven on a real desktop elsewhere."""

import json
from pathlib import Path

import pytest

from flowdesk.model.flow import Flow
from flowdesk.resource import resource_path

FLOWS = sorted(resource_path("flows").glob("*.flow.json"))


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.name)
def test_an_example_is_written_as_flowdesk_writes_flows(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
    flow = Flow.model_validate_json(text)
    assert flow.to_json() == json.loads(text)
    assert flow.name
    assert flow.description


def test_both_languages_hold_the_same_flow() -> None:
    english, chinese = (
        Flow.model_validate_json(resource_path("flows", f"{name}.flow.json").read_text("utf-8"))
        for name in ("practice-form", "练习-填表")
    )
    assert [(node.id, node.type, node.position) for node in english.nodes] == [
        (node.id, node.type, node.position) for node in chinese.nodes
    ]
    assert english.edges == chinese.edges
    assert english.id != chinese.id
