"""A target that only a fallback finds has moved on."""

import pytest

from flowdesk.engine.moved import MovedTargets
from flowdesk.model.flow import Node, new_node

WAYS = ["button[name='Save']", "text=Save", "image=save.png"]


@pytest.fixture
def node() -> Node:
    return new_node("click", {"selector": WAYS, "timeout": 100}, id="click1")


def test_what_a_fallback_found_is_told_with_that_way_first(node: Node) -> None:
    moved = MovedTargets()
    assert moved.note(node, WAYS, "text=Save")
    assert moved.payload() == [
        {"node_id": "click1", "key": "selector", "ways": ["text=Save", "button[name='Save']", "image=save.png"]}
    ]


def test_what_the_first_way_found_has_not_moved_whatever_found_it_another_time(node: Node) -> None:
    moved = MovedTargets()
    assert not moved.note(node, WAYS, WAYS[0])
    moved.note(node, WAYS, "text=Save")
    assert moved.payload() == []


def test_a_single_way_and_one_with_a_variable_in_it_are_left_as_they_are(node: Node) -> None:
    moved = MovedTargets()
    assert not moved.note(node.model_copy(update={"data": node.data}), "text=Save", "text=Save")
    assert not moved.note(node, ["text=Order 7", "image=save.png"], "image=save.png")  # written as {{order}}
    assert moved.payload() == []
