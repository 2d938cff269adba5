"""A document with the histories of several people."""

import pytest

from flowdesk.model.changes import AddEdge, AddNode, AnyChange
from flowdesk.model.document import Document
from flowdesk.model.flow import Edge, Flow, Node


@pytest.mark.parametrize("is_tried", [False, True])
def test_taking_a_node_back_takes_the_edges_that_others_led_to_it_and_redo_brings_them(is_tried: bool) -> None:
    document = Document(Flow(nodes=(Node(id="start", type="start"),)))
    document.edit([AddNode(node=Node(id="a", type="log"))], "mei", "Add Log")
    others: list[AnyChange] = [
        AddNode(node=Node(id="b", type="wait")),
        AddEdge(edge=Edge(id="e", source="a", target="b")),
    ]
    document.edit(others, "li", "Add Wait")
    with_all = document.flow.to_json()

    step = document.next_undo("mei")
    assert step is not None
    applied = document.undo("mei", document.tried(step.inverse, takes_edges=True) if is_tried else None)
    assert [change.op for change in applied.changes] == ["removeEdge", "removeNode"]
    assert [node.id for node in document.flow.nodes] == ["start", "b"]
    assert document.flow.edges == ()

    document.redo("mei")
    assert document.flow.to_json() == with_all
