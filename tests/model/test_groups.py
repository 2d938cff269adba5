"""Groups and notes beside the nodes: read with patience, kept by files, invisible to validation and runs."""

from typing import Any

import pytest

from flowdesk.engine.plan import Plan
from flowdesk.model.groups import read_groups, read_notes
from flowdesk.model.reading import read_flow
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue

FLOW: dict[str, Any] = {
    "id": "f",
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "w", "type": "wait", "data": {"config": {"duration": 1}}},
    ],
    "edges": [{"id": "e", "source": "start", "target": "w"}],
    "groups": {"g": {"title": "G", "nodes": ["w", "gone"], "collapsed": True, "theirs": [1]}},
    "notes": {"n": {"text": "Ask first", "x": 1.5}},
}


def test_groups_and_notes_are_read_and_survive_untouched() -> None:
    flow = read_flow(FLOW)
    fields = flow.to_json()
    assert read_groups(fields)["g"].nodes == ("w", "gone")
    assert read_groups(fields)["g"].collapsed
    assert read_notes(fields)["n"].text == "Ask first"
    assert fields["groups"] == FLOW["groups"]


def test_validation_and_the_plan_of_a_run_do_not_see_them() -> None:
    plain = {key: value for key, value in FLOW.items() if key not in {"groups", "notes"}}
    catalogue = builtin_catalogue()
    assert validate(read_flow(FLOW), catalogue) == validate(read_flow(plain), catalogue)
    assert len(Plan(read_flow(FLOW), catalogue).steps) == 2


@pytest.mark.parametrize(
    "groups", [None, [], "x", {"g": 3}, {"g": {"x": "left"}}, {"g": {"x": 1e300}}, {"g": {"nodes": "all"}}]
)
def test_what_cannot_be_read_is_not_shown(groups: Any) -> None:
    assert read_groups({"groups": groups}) == {}


def test_a_node_that_two_groups_claim_belongs_to_the_first() -> None:
    groups = read_groups({"groups": {"a": {"nodes": ["x", "x"]}, "b": {"nodes": ["x", "y"]}}})
    assert (groups["a"].nodes, groups["b"].nodes) == (("x",), ("y",))
