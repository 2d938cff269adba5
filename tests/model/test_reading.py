"""What is not a flow is refused with one sentence for people: where, why, and what to do."""

import json
from typing import Any

import pytest

from flowdesk.model.errors import FlowUnreadable
from flowdesk.model.reading import parse_flow, read_flow

START: dict[str, Any] = {"id": "s", "type": "start", "position": {"x": 0, "y": 0}, "data": {}}
DEEP = "[" * 5000 + "]" * 5000


def text_of(node: dict[str, Any] | None = None, **fields: Any) -> str:
    return json.dumps({"nodes": [{**START, **(node or {})}], "edges": [], **fields})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (text_of({"position": {"x": "a", "y": 0}}), 'The node "s" cannot be read: position.x: it must be a number.'),
        (text_of({"position": 5}), 'The node "s" cannot be read: position: it must be an object.'),
        (text_of({"data": {"config": 5}}), 'The node "s" cannot be read: data.config: it must be an object.'),
        (text_of({"type": 5}), 'The node "s" cannot be read: type: it must be text.'),
        (text_of({"id": None}), 'The node "1" cannot be read: id: it must be text.'),
        (text_of(edges=[{"source": "s"}]), 'The edge "1" cannot be read: target: "target" is missing.'),
        (text_of(variables=[]), "The flow cannot be read: variables: it must be an object."),
        (text_of(name=5), "The flow cannot be read: name: it must be text."),
        (DEEP, "The flow is nested more than 64 levels deep."),
        ("[" * 200_000, "The flow is nested more than 64 levels deep."),
        (f'{{"nodes": [], "edges": [], "a": {DEEP}}}', "The flow is nested more than 64 levels deep."),
        (f'{{"nodes": {DEEP}}}', "The flow is nested more than 64 levels deep."),
        (" " * 60_000 + f'{{"nodes": [], "a": {DEEP}}}', "The flow is nested more than 64 levels deep."),
        (f'{{"nodes": [], "a": {"9" * 5000}}}', "has more than 4000 digits"),
    ],
    ids=range(14),
)
def test_a_fault_is_told_in_words_of_flowdesks_own(text: str, told: str) -> None:
    with pytest.raises(FlowUnreadable) as refused:
        parse_flow(text)
    assert told in str(refused.value.message)
    assert refused.value.fix


def test_a_place_that_is_no_number_is_the_corner() -> None:
    """JavaScript writes NaN as null."""
    (node,) = parse_flow(text_of({"position": {"x": None, "y": 7}})).nodes
    assert (node.position.x, node.position.y) == (0, 7)


def test_every_fault_of_a_malformed_flow_is_told_at_once_with_its_place() -> None:
    nodes = [
        {"id": "a", "type": "start", "position": None, "data": None},
        {"id": "b", "type": "log", "data": {"config": []}},
        {"id": "c"},
        5,
    ]
    edges = [None, {"id": "e", "source": "a"}]
    with pytest.raises(FlowUnreadable, match="5 faults") as caught:
        read_flow({"nodes": nodes, "edges": edges})
    told = caught.value.details["problems"]
    assert [(one["node_id"], one["edge_id"], one["field"]) for one in told] == [
        ("b", None, "nodes[1].data.config"),
        ("c", None, "nodes[2]"),
        (None, None, "nodes[3]"),
        (None, None, "edges[0]"),
        (None, "e", "edges[1].target"),
    ]
    assert all(one["fix"] for one in told)
