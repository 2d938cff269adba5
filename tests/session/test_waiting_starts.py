"""What waits for its turn: it is looked at again when its turn comes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from flowdesk.drivers.fake import FakeDesktopDriver
from flowdesk.session.occasions import Occasion
from tests.session.conftest import wait_node
from tests.session.test_triggers import World
from tests.waiting import comes

CLICK = {"id": "c", "type": "click", "data": {"config": {"selector": "1,1"}}}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.session.close()


async def two_files(world: World) -> None:
    await world.look()
    await comes(lambda: "in" in world.watched)
    await world.watched["in"].tell([Occasion("one"), Occasion("two")], {})
    await comes(lambda: world.outcomes() == ["ran", "waiting"])


async def test_what_comes_to_its_turn_while_the_screen_is_locked_says_so(world: World) -> None:
    steps = [wait_node(duration=3_600_000), CLICK]
    path = world.write("a", {"id": "in", "type": "file", "path": "in"}, steps=steps)
    world.session.services.driver = FakeDesktopDriver()
    world.arm(path)
    await two_files(world)
    world.hindrance = "The screen is locked."
    world.session.runs.stop_all("enough")
    await world.settled()
    await world.look()
    assert [(row.outcome, row.status) for row in world.rows()] == [("ran", "stopped"), ("locked", "")]
    assert world.rows()[1].message == "The screen is locked."


@pytest.mark.parametrize("trigger", [{"id": "other", "type": "webhook"}, {"id": "in", "type": "file", "path": "in", "disabled": True}])  # fmt: skip
async def test_what_waits_of_a_trigger_that_is_gone_does_not_start(world: World, trigger: dict[str, object]) -> None:
    world.arm(world.write("a", {"id": "in", "type": "file", "path": "in"}, steps=[wait_node(duration=3_600_000)]))
    await two_files(world)
    world.arm(world.write("a", trigger, steps=[wait_node(duration=3_600_000)]))
    world.session.runs.stop_all("enough")
    await world.settled()
    await world.look()
    assert world.outcomes() == ["ran", "paused"]
