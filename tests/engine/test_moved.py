"""A target that only a fallback finds has moved on."""

import pytest

from flowdesk.drivers.fake import FakeDesktopDriver, Thing
from flowdesk.engine.context import Services
from flowdesk.engine.moved import MovedTargets
from flowdesk.engine.runner import Runner
from flowdesk.model.events import RunEvent, RunLog, event_of
from flowdesk.model.flow import Flow, Node, new_edge, new_node
from flowdesk.model.geometry import Box
from flowdesk.nodes import builtin_catalogue
from tests.engine.test_runner import QuickClock

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


async def test_the_end_of_a_run_tells_what_only_a_fallback_found() -> None:
    nodes = (new_node("start", id="start"), new_node("click", {"selector": WAYS}, id="click1"))
    clock, events = QuickClock(), list[RunEvent]()
    services = Services(driver=FakeDesktopDriver(clock, [Thing("text=Save", Box(10, 10, 20, 20))]), clock=clock)
    flow = Flow(nodes=nodes, edges=(new_edge("start", "click1"),))
    finished = await Runner(flow, builtin_catalogue(), services, events.append).run()
    assert [one["ways"][0] for one in finished.moved] == ["text=Save"]
    again = event_of(finished.wire, finished.payload(), "other")
    assert again is not None
    assert again.payload()["moved"] == finished.moved
    assert any("fallback" in str(event.message) for event in events if isinstance(event, RunLog))
