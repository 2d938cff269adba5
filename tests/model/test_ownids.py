"""Of parts that have one id in a file, all live on, each under an id of its own."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.model.changes import Draft, MoveNode, RemoveEdge
from flowdesk.model.differences import differences
from flowdesk.model.document import Document
from flowdesk.model.flow import Edge, Flow, edge_json, node_json
from flowdesk.model.ownids import problems_of_given, with_own_ids
from flowdesk.model.reading import read_flow
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue


def flow_of(nodes: list[str], edges: list[tuple[str, str, str]], **fields: object) -> Flow:
    return read_flow({
        "id": "f",
        "nodes": [{"id": one, "type": "log", "data": {"config": {"message": str(at)}}} for at, one in enumerate(nodes)],
        "edges": [{"id": one, "source": source, "target": target} for one, source, target in edges],
        **fields,
    })  # fmt: skip


def test_the_former_keeps_the_id_its_edges_and_its_group_and_the_later_gets_a_free_one() -> None:
    flow = flow_of(["a", "b", "b", "b2", "b"], [("e", "a", "b"), ("e", "b", "a")], groups={"g": {"nodes": ["b"]}})
    draft = Draft(flow)
    assert list(draft.nodes) == ["a", "b", "b3", "b2", "b4"]
    assert [node.config["message"] for node in draft.nodes.values()] == ["0", "1", "2", "3", "4"]
    assert {edge.id: (edge.source, edge.target) for edge in draft.edges.values()} == {"e": ("a", "b"), "e2": ("b", "a")}
    assert draft.fields["groups"] == {"g": {"nodes": ["b"]}}


@pytest.mark.parametrize(
    "fields",
    [
        {"variables": {"b2": 1}},
        {"groups": {"g": {"nodes": ["b2"]}}},
        {"variables": {"x": "{{b2.count}}"}},
    ],
)
def test_a_new_id_is_none_that_something_names_already(fields: dict[str, object]) -> None:
    assert list(Draft(flow_of(["b", "b"], [], **fields)).nodes) == ["b", "b3"]
    assert list(Draft(flow_of(["b", "b"], [("e", "b", "b2")])).nodes) == ["b", "b3"]


def test_what_was_given_is_told_of_as_long_as_it_is_there() -> None:
    document = Document(flow_of(["a", "a"], [("e", "a", "a"), ("e", "a", "a")]))
    told = list(problems_of_given(document.given, document.flow))
    assert [(one.code, one.node_id or one.edge_id, one.level) for one in told] == [
        ("node.given_id", "a2", "warning"),
        ("edge.given_id", "e2", "warning"),
    ]
    document.edit([RemoveEdge(id="e2")], "me")
    assert [one.code for one in problems_of_given(document.given, document.flow)] == ["node.given_id"]


def test_an_edit_of_one_leaves_the_other_and_its_undo_both() -> None:
    document = Document(flow_of(["a", "a"], []))
    before = document.flow.to_json()
    document.edit([MoveNode(id="a2", x=5, y=5)], "me")
    assert [node.position.x for node in document.flow.nodes] == [0, 5]
    document.undo("me")
    assert document.flow.to_json() == before


def test_validation_of_the_file_still_reports_them_and_a_comparison_hides_none() -> None:
    catalogue = builtin_catalogue()
    twice, once = flow_of(["a", "a"], []), flow_of(["a"], [])
    assert "node.duplicate_id" in {one.code for one in validate(twice, catalogue)}
    assert differences(twice, twice, catalogue) == []
    assert [one.kind for one in differences(once, twice, catalogue)] == ["added"]


ids = st.sampled_from(["a", "b", "a2", "a3", "7", "ok 9"])


@given(st.lists(ids, max_size=9), st.lists(st.tuples(ids, ids, ids), max_size=9))
def test_no_part_is_lost_whatever_its_id(nodes: list[str], edges: list[tuple[str, str, str]]) -> None:
    flow = flow_of(nodes, edges)
    parted, given = with_own_ids(flow)
    assert with_own_ids(parted) == (parted, ())
    news = {one.new for one in given}
    assert len(given) == len(nodes) - len(set(nodes)) + len(edges) - len({edge[0] for edge in edges})
    assert news.isdisjoint({*nodes, *(edge[0] for edge in edges)})
    assert [{**node_json(node), "id": ""} for node in parted.nodes] == [
        {**node_json(node), "id": ""} for node in flow.nodes
    ]
    assert [{**edge_json(edge), "id": ""} for edge in parted.edges] == [
        {**edge_json(edge), "id": ""} for edge in flow.edges
    ]
    assert max(Counter(node.id for node in parted.nodes).values(), default=1) == 1
    draft = Draft(flow)
    assert draft.flow() == parted
    assert all(isinstance(edge, Edge) for edge in draft.edges.values())
