"""The gate before an action: the order of its looks, and which error each of them has."""

from typing import Any

import pytest

from flowdesk.drivers.fake import FakeDesktopDriver, Thing
from flowdesk.engine.gate import STEPS
from flowdesk.engine.ports import Obstacle, Sight
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import ElementState
from tests.nodes.conftest import Bench

BOX = Box(10, 10, 80, 20)
SELECTOR = "button[name='OK']"
ALL = Sight(BOX, BOX, BOX.center)
BELOW = Obstacle("area", 'list "Names"', Box(0, 0, 200, 100))
OUT = Sight(BOX, Box(10, 10, 0, 0), BOX.center, BELOW)
HALF = Sight(BOX, Box(10, 10, 80, 8), BOX.center, BELOW)
WINDOW = Obstacle("window", "Editor", Box(0, 0, 500, 500), "editor")
ELEMENT = Obstacle("element", 'button "Delete"', Box(0, 0, 100, 100))


@pytest.fixture
def shown(bench: Bench) -> FakeDesktopDriver:
    bench.desktop.things.append(Thing(SELECTOR, BOX, element=ElementState("button", "OK", is_enabled=True)))
    return bench.desktop


async def clicked(bench: Bench, **config: Any) -> dict[str, Any] | None:
    """Click, and return the error."""
    finished = await bench.run(("click", {"selector": SELECTOR, "timeout": 300, **config}))
    return finished.error


async def test_what_is_in_order_is_clicked_after_one_look_each(bench: Bench, shown: FakeDesktopDriver) -> None:
    assert await clicked(bench) is None
    assert shown.gate == ["blocker", "sight", "cover", "is_still", "expect"]
    assert shown.events[0].values[0] == BOX.center


async def test_what_a_dialog_blocks_is_not_scrolled(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.dialog = Obstacle("dialog", "Save?", Box(5, 5, 50, 50))
    shown.sights = [OUT]
    error = await clicked(bench)
    assert error is not None
    assert error["code"] == "target.blocked"
    assert error["dialog"] == {"kind": "dialog", "name": "Save?", "app": "", "box": [5, 5, 50, 50]}
    assert set(shown.gate) == {"blocker"}
    assert "click" not in shown.actions()


async def test_a_dialog_without_a_title_is_not_called_by_an_empty_one(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.dialog = Obstacle("dialog", "", Box(5, 5, 50, 50))
    error = await clicked(bench)
    assert error is not None
    assert "a dialog blocks its window" in error["message"]


async def test_what_is_out_of_sight_is_scrolled_and_found_again(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.sights = [OUT, ALL]
    assert await clicked(bench) is None
    assert shown.gate[:3] == ["blocker", "sight", "bring_into_sight"]
    assert shown.gate[3:] == ["blocker", "sight", "cover", "is_still", "expect"]


async def test_what_cannot_be_scrolled_to_is_refused_and_says_what_hides_it(
    bench: Bench, shown: FakeDesktopDriver
) -> None:
    shown.sights = [OUT] * 50
    error = await clicked(bench)
    assert error is not None
    assert error["code"] == "target.out_of_sight"
    assert 'list "Names"' in error["message"]
    assert shown.gate.count("bring_into_sight") == STEPS


async def test_nothing_is_scrolled_where_that_is_switched_off(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.sights = [OUT] * 50
    error = await clicked(bench, scroll="never")
    assert error is not None
    assert error["code"] == "target.out_of_sight"
    assert "bring_into_sight" not in shown.gate


async def test_of_what_is_half_in_sight_the_shown_part_is_clicked(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.sights = [HALF]
    assert await clicked(bench, scroll="never") is None
    assert shown.events[0].values[0] == Point(50, 14)


async def test_a_corner_that_is_asked_for_is_not_replaced_by_another_place(
    bench: Bench, shown: FakeDesktopDriver
) -> None:
    shown.sights = [HALF] * 50
    error = await clicked(bench, scroll="never", anchor="bottom-left")
    assert error is not None
    assert error["code"] == "target.out_of_sight"


async def test_what_moves_is_waited_for(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.unrest = 3
    assert await clicked(bench) is None
    shown.unrest = 1000
    error = await clicked(bench)
    assert error is not None
    assert error["code"] == "target.moving"


async def test_a_covered_window_is_raised_and_looked_at_again(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.covers = [WINDOW]
    assert await clicked(bench) is None
    assert "bring_up" in shown.gate


async def test_what_stays_covered_is_refused_and_says_by_what(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.covers = [ELEMENT] * 50
    error = await clicked(bench)
    assert error is not None
    assert error["code"] == "target.covered"
    assert 'button "Delete"' in error["message"]
    assert error["cover"]["box"] == [0, 0, 100, 100]
    assert "bring_up" not in shown.gate


async def test_force_skips_the_looks_but_not_the_search(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.covers = [WINDOW] * 50
    assert await clicked(bench, force=True) is None
    assert shown.gate == ["expect_nothing"]
    shown.things.clear()
    error = await clicked(bench, force=True)
    assert error is not None
    assert error["code"] == "target.not_found"


@pytest.mark.parametrize("kind", ["move", "scroll"])
async def test_every_node_that_acts_at_a_target_passes(bench: Bench, shown: FakeDesktopDriver, kind: str) -> None:
    shown.covers = [ELEMENT] * 50
    finished = await bench.run((kind, {"selector": SELECTOR, "timeout": 100}))
    assert finished.error is not None
    assert finished.error["code"] == "target.covered"


async def test_both_ends_of_a_drag_pass(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.things.append(Thing("button[name='Bin']", Box(200, 200, 50, 50)))
    step = ("drag", {"selector": SELECTOR, "to": "button[name='Bin']", "timeout": 100, "anchor": "left"})
    assert (await bench.run(step)).error is None
    drag = next(event for event in shown.events if event.action == "drag")
    assert drag.values[:2] == (Point(10, 20), Point(225, 225))
    shown.covers = [ELEMENT] * 50
    finished = await bench.run(step)
    assert finished.error is not None


async def test_a_dry_run_passes_no_gate(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.covers = [WINDOW] * 50
    finished = await bench.run(("click", {"selector": SELECTOR}), dry=True)
    assert finished.error is None
    assert shown.gate == []


async def test_what_is_only_looked_at_passes_no_gate(bench: Bench, shown: FakeDesktopDriver) -> None:
    shown.covers = [WINDOW] * 50
    finished = await bench.run(("wait", {"selector": SELECTOR, "timeout": 100}))
    assert finished.error is None
    assert shown.gate == []
