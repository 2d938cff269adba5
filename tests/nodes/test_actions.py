"""Nodes that act on the desktop: what they send, what they return, and that a dry run sends nothing."""

from typing import Any

import pytest

from flowdesk.drivers.fake import Thing
from flowdesk.engine.ports import Sight, Window
from flowdesk.model.errors import NodeError
from flowdesk.model.events import RunLog
from flowdesk.model.flow import Flow
from flowdesk.model.geometry import Box, Point
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.model.target import ElementState
from tests.nodes.conftest import Bench

OK = "button[name='OK']"


@pytest.fixture
def screen(bench: Bench) -> Bench:
    bench.desktop.things += [Thing(OK, Box(100, 100, 21, 11), "OK"), Thing("text=Bin", Box(300, 300, 11, 11), "Bin")]
    bench.desktop.open_windows += [Window(1, "Untitled", "mousepad", 7, Box(0, 0, 400, 400), is_active=True)]
    return bench


ACTIONS: list[tuple[str, dict[str, Any], tuple[Any, ...]]] = [
    ("click", {"selector": OK}, ("click", Point(110, 105), "left", 1, ())),
    ("click", {"selector": OK, "clickType": "double"}, ("click", Point(110, 105), "left", 2, ())),
    ("click", {"selector": OK, "offset": {"x": 5, "y": 1}, "modifiers": ["ctrl"]}, ("click", Point(115, 106), "left", 1, ("ctrl",))),
    ("input", {"text": "你好"}, ("type_text", "你好", "auto")),
    ("keys", {"keys": ["ctrl", "s"]}, ("press_keys", ("ctrl", "s"), 1)),
    ("keys", {"keys": "ctrl+s"}, ("press_keys", ("ctrl", "s"), 1)),
    ("keys", {"keys": "ctrl++"}, ("press_keys", ("ctrl", "+"), 1)),
    ("move", {"selector": OK}, ("move", Point(110, 105), 0.0)),
    ("drag", {"selector": OK, "to": "text=Bin"}, ("drag", Point(110, 105), Point(305, 305), "left", ())),
    ("scroll", {"direction": "up", "amount": 2}, ("scroll", 0, -2, None)),
    ("window", {"action": "move", "x": 5}, ("window", "Untitled", "move", Box(5, 0, 400, 400))),
    ("window", {"action": "close", "selector": OK}, ("window", "Untitled", "close", None)),
    ("window", {"action": "minimise"}, ("window", "Untitled", "minimize", None)),
    ("launch", {"command": "prog 'a b'", "waitForWindow": False}, ("launch", ("prog", "a b"))),
    ("clipboard", {"operation": "set", "text": "x"}, ("set_clipboard_text",)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "config", "sent"), ACTIONS)
async def test_node_sends_its_input(screen: Bench, kind: str, config: dict[str, Any], sent: tuple[Any, ...]) -> None:
    finished = await screen.run((kind, config))
    assert finished.state is RunState.SUCCEEDED, finished.error
    events = [event for event in screen.desktop.events if event.action != "release_all"]
    assert [(event.action, *event.values) for event in events] == [sent]


@pytest.mark.parametrize(("kind", "config", "sent"), ACTIONS)
async def test_dry_run_sends_nothing(screen: Bench, kind: str, config: dict[str, Any], sent: tuple[Any, ...]) -> None:
    finished = await screen.run((kind, config), dry=True)
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert set(screen.desktop.actions()) <= {"release_all"}
    told = [str(event.message) for event in screen.events if isinstance(event, RunLog)]
    assert not [line for line in told if "=" in line and "(" in line and line.startswith("would")], told


async def test_dry_run_remembers_where_it_would_act(screen: Bench) -> None:
    await screen.run(("click", {"selector": OK}), ("drag", {"selector": OK, "to": "text=Bin"}), dry=True)
    assert [point for point, _ in screen.services.places.listed()] == [(110, 105), (110, 105), (305, 305)]
    told = [str(event.message) for event in screen.events if isinstance(event, RunLog)]
    assert "would click: 110,105, left, 1" in told


async def test_click_waits_for_a_target_that_appears_later(bench: Bench) -> None:
    bench.desktop.things.append(Thing(OK, Box(0, 0, 10, 10), appears=1.5))
    assert (await bench.run(("click", {"selector": OK}))).state is RunState.SUCCEEDED
    assert bench.desktop.events[0].time >= 1.5


async def test_click_fails_when_the_target_does_not_come_in_time(bench: Bench) -> None:
    bench.desktop.things.append(Thing(OK, Box(0, 0, 10, 10), appears=5))
    finished = await bench.run(("click", {"selector": OK, "timeout": 1000}))
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert finished.error["code"] == "target.not_found"


async def test_secret_is_typed_and_appears_nowhere_else(bench: Bench) -> None:
    bench.services.secret = lambda name: "hunter2"
    await bench.run(("input", {"text": "{{secret:door}}"}))
    assert bench.desktop.events[0].values[0] == "hunter2"
    assert "hunter2" not in repr(bench.result())
    assert "hunter2" not in repr(bench.events)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ("", "The field received no text."),
        ("Hello", 'Only the first 5 of 11 characters arrived: "Hello".'),
        ("Hello Word", 'The field contains "Hello Word" instead of "Hello World" (from character 10).'),
    ],
)
async def test_input_fails_when_the_field_holds_something_else(bench: Bench, held: str, told: str) -> None:
    bench.desktop.held = held
    finished = await bench.run(("input", {"text": "Hello World"}))
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert finished.error["code"] == "input.failed"
    assert told in finished.error["message"]


async def test_input_passes_when_the_field_holds_more_than_was_typed(bench: Bench) -> None:
    bench.desktop.held = "before Hello World after"
    assert (await bench.run(("input", {"text": "Hello World"}))).state is RunState.SUCCEEDED


async def test_nothing_is_clicked_or_cleared_for_a_secret_that_nobody_has_kept(screen: Bench) -> None:
    def absent(name: str) -> str:
        raise NodeError(say("{name} is not there", name=name), say("Keep it."))

    screen.services.secret = absent
    finished = await screen.run(("input", {"selector": OK, "text": "{{secret:door}}", "clearFirst": True}))
    assert finished.state is RunState.FAILED
    assert set(screen.desktop.actions()) <= {"release_all"}


async def test_a_secret_that_did_not_arrive_is_not_told(bench: Bench) -> None:
    bench.services.secret = lambda name: "hunter2 and more"
    bench.desktop.held = "hunter2 and"
    finished = await bench.run(("input", {"text": "{{secret:door}}"}))
    assert finished.state is RunState.FAILED
    assert "hunter2" not in repr(finished.error)
    assert "hunter2" not in repr(bench.events)


async def test_launch_returns_the_window_that_shows(bench: Bench) -> None:
    bench.desktop.programs["prog"] = Window(9, "Prog 1", "prog", 99)
    await bench.run(("launch", {"command": ["prog"]}))
    assert bench.result() == {"pid": 99, "window": "Prog 1"}


async def test_read_text_reads_a_target_and_a_region(screen: Bench) -> None:
    await screen.run(("readText", {"selector": OK, "variable": "t"}), ("readText", {"region": [290, 290, 50, 50]}))
    assert screen.variables["t"] == "OK"
    assert screen.result("n2") == {"text": "Bin"}


@pytest.mark.parametrize(("kind", "config"), [("click", {}), ("input", {"text": "x"})])
async def test_a_disabled_target_is_waited_for_and_then_said(bench: Bench, kind: str, config: dict[str, Any]) -> None:
    state = ElementState("button", "OK", is_enabled=False)
    bench.desktop.things.append(Thing(OK, Box(10, 10, 80, 20), element=state))
    config = {"selector": OK, "timeout": 500, **config}
    finished = await bench.run((kind, config))
    assert finished.state is RunState.FAILED
    assert "disabled" in str(finished.error)
    assert set(bench.desktop.actions()) <= {"release_all"}
    assert (await bench.run((kind, config), dry=True)).state is RunState.SUCCEEDED
    assert (await bench.run(("click", {"selector": OK, "clickType": "right"}))).state is RunState.SUCCEEDED


@pytest.mark.parametrize(
    ("config", "is_distinct", "is_strict"),
    [({}, True, False), ({"strict": True}, True, True), ({"strict": False}, False, False), ({"occurrence": 1}, False, False)],
)  # fmt: skip
async def test_what_cannot_be_told_apart_is_refused_unless_it_is_said_which(
    bench: Bench, config: dict[str, Any], is_distinct: bool, is_strict: bool
) -> None:
    bench.desktop.things = [Thing(OK, Box(1, 1, 9, 9)), Thing("text=Bin", Box(50, 1, 9, 9))]
    await bench.run(("drag", {"selector": OK, "to": "text=Bin", **config}))
    first, second = (bench.desktop.queries[0], next(q for q in bench.desktop.queries if q.text == "text=Bin"))
    assert (first.is_distinct, first.strict) == (is_distinct, is_strict)
    assert second.is_distinct is (config.get("strict") is not False), "an occurrence is one of the first target"


async def test_a_flow_may_take_the_first_everywhere_and_waiting_always_does(bench: Bench) -> None:
    bench.desktop.things = [Thing(OK, Box(1, 1, 9, 9))]
    flow = bench.flow_of(
        ("click", {"selector": OK}), ("click", {"selector": OK, "strict": True}), ("wait", {"selector": OK})
    )
    await bench.run_flow(Flow.model_validate({**flow.to_json(), "strict": False}))
    distinct = [query.is_distinct for query in bench.desktop.queries]
    assert distinct == [False, True, False]


async def test_data_that_looks_like_a_secret_is_typed_as_it_is(bench: Bench) -> None:
    bench.services.secret = str.upper
    await bench.run(("input", {"text": r"{{item.x}} {{secret:door}} \{{secret:safe}}"}), item={"x": "{{secret:bank}}"})
    assert bench.desktop.events[0].values[0] == "{{secret:bank}} DOOR {{secret:safe}}"


async def test_a_secret_that_the_flow_keeps_in_a_variable_is_read(bench: Bench) -> None:
    bench.services.secret = str.upper
    await bench.run(("setVariable", {"name": "pw", "value": "{{secret:door}}"}), ("input", {"text": "{{pw}}"}))
    assert bench.desktop.events[0].values[0] == "DOOR"


def step(moved: float, still: float = 0.0) -> list[float]:
    """What the screen says while it is scrolled once: before, before, still, and how much is elsewhere."""
    return [1.0, 1.0, still, moved]


async def test_scrolling_goes_on_until_the_target_is_in_sight(bench: Bench) -> None:
    bench.desktop.things = [
        Thing("text=List", Box(0, 0, 100, 100)),
        Thing("text=Row 99", Box(0, 50, 9, 9), appears=0.25),
    ]
    bench.desktop.changes = [*step(0.5), *step(0.5), *step(0.5), *step(0.5)]
    out = Sight(Box(0, 50, 9, 9), Box(0, 0, 0, 0), Point(4, 200))
    config = {"selector": "text=List", "until": "text=Row 99", "amount": 4}
    await bench.run(("scroll", config))
    scrolled = [event.values for event in bench.desktop.events if event.action == "scroll"]
    assert scrolled == [(0, 4, Point(50, 50))] * 3
    assert (bench.result()["dy"], bench.result()["y"]) == (12, 54)
    whole = Box(0, 0, 100, 100)
    bench.desktop.sights = [Sight(whole, whole, Point(50, 50)), out]
    bench.desktop.changes = step(0.5)
    bench.desktop.events.clear()
    await bench.run(("scroll", config))
    assert bench.result()["dy"] == 4, "what is found, but out of sight, is scrolled for"
    bench.desktop.events.clear()
    await bench.run(("scroll", config))
    assert (bench.result()["dy"], "scroll" in bench.desktop.actions()) == (0, False), "it is in sight already"


async def test_scrolling_ends_where_nothing_moves_any_more_or_at_the_limit(bench: Bench) -> None:
    bench.desktop.things = [Thing("text=List", Box(0, 0, 100, 100))]
    bench.desktop.changes = [*step(0.5), 1.0, 1.0]
    finished = await bench.run(("scroll", {"selector": "text=List", "until": "text=Row 99", "direction": "up"}))
    assert finished.error is not None
    assert finished.error["code"] == "target.not_found"
    assert "after scrolling to the end (3 steps)" in str(finished.error["message"])
    bench.desktop.changes = [*step(0.5), *step(0.5)]
    finished = await bench.run(("scroll", {"selector": "text=List", "until": "text=Row 99", "most": 5}))
    assert finished.error is not None
    assert (finished.error["code"], finished.error["limit"]) == ("limit.reached", 5)
    assert [event.values[1] for event in bench.desktop.events if event.action == "scroll"][-2:] == [3, 2]


async def test_a_dry_run_does_not_scroll_for_what_is_not_there(bench: Bench) -> None:
    finished = await bench.run(("scroll", {"until": "text=Row 99"}), dry=True)
    assert finished.state is RunState.SUCCEEDED
    assert "scroll" not in bench.desktop.actions()
