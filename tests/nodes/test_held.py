"""Keys and buttons that stay down across nodes, and that nothing stays down after a run; what a person is told and asked."""

import asyncio
import itertools
from typing import Any

import pytest

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.drivers.fake import Thing
from flowdesk.engine.context import Question, Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.model.geometry import Box
from flowdesk.model.run import RunState
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.secrets import Secrets
from tests.nodes.conftest import Bench
from tests.rig import Apps, Rig, until


async def test_down_and_up_are_sent_apart_and_the_rest_as_before(bench: Bench) -> None:
    bench.desktop.things = [Thing("text=A", Box(0, 0, 10, 10)), Thing("text=B", Box(100, 0, 10, 10))]
    await bench.run(
        ("keys", {"keys": ["shift"], "action": "down"}),
        ("click", {"selector": "text=A", "action": "down"}),
        ("move", {"selector": "text=B"}),
        ("click", {"selector": "text=B", "action": "up"}),
        ("keys", {"keys": ["shift"], "action": "up"}),
    )
    assert [action for action in bench.desktop.actions() if action != "find"] == [
        "hold_keys", "hold_button", "move", "let_go_button", "let_go_keys", "release_all",
    ]  # fmt: skip


async def test_a_dry_run_holds_nothing(bench: Bench) -> None:
    await bench.run(("keys", {"keys": ["shift"], "action": "down"}), dry=True)
    assert "hold_keys" not in bench.desktop.actions()
    assert any("hold keys" in line for line in bench.logs)


async def run_really(*steps: tuple[str, dict[str, Any]]) -> RunState:
    driver = RealDesktopDriver("test")
    nodes = [
        new_node("start", id="start"),
        *(new_node(kind, config, id=f"n{at}") for at, (kind, config) in enumerate(steps)),
    ]
    edges = [new_edge(one.id, other.id) for one, other in itertools.pairwise(nodes)]
    flow = Flow(nodes=tuple(nodes), edges=tuple(edges))
    try:
        runner = Runner(flow, builtin_catalogue(), Services(driver=driver), lambda event: None, RunOptions())
        return (await runner.run()).state
    finally:
        driver.close()


@pytest.mark.desktop
async def test_keys_pressed_while_another_is_held_arrive_with_it(apps: Apps, clean_desktop: Rig) -> None:
    app = apps.plain()
    state = await run_really(
        ("keys", {"keys": ["shift"], "action": "down"}),
        ("keys", {"keys": ["end"]}),
        ("keys", {"keys": ["shift"], "action": "up"}),
        ("keys", {"keys": ["end"]}),
        ("keys", {"keys": ["a"], "action": "up"}),
        ("keys", {"keys": ["shift"], "action": "down"}),
    )
    assert state is RunState.SUCCEEDED
    app.holds("shift+End\nEnd\n")
    assert clean_desktop.held_keys() == [], "the end of the run releases what was left down"


@pytest.mark.desktop
async def test_a_button_that_is_left_down_is_released_at_the_end(apps: Apps, clean_desktop: Rig) -> None:
    app = apps.plain()
    x, y, *_ = app.box
    place = f"point={x + 50},{y + 50}"
    seen: list[int] = []

    async def watch() -> None:
        while not seen:
            if mask := clean_desktop.held_buttons():
                seen.append(mask)
            await asyncio.sleep(0.01)

    watching = asyncio.get_running_loop().create_task(watch())
    state = await run_really(("click", {"selector": place, "action": "down"}), ("wait", {"duration": 300}))
    watching.cancel()
    assert state is RunState.SUCCEEDED
    assert seen, "the button was down"
    until(lambda: clean_desktop.held_buttons() == 0, "the button to be released")


async def test_a_loop_ends_at_its_time_limit_after_a_whole_pass(bench: Bench) -> None:
    loop = {"type": "while", "left": 1, "operator": "eq", "right": 1, "maxDuration": 1000, "maxIterations": 0}
    flow = Flow(
        nodes=(new_node("start", id="s"), new_node("loop", loop, id="l"), new_node("wait", {"duration": 400}, id="w")),
        edges=(new_edge("s", "l"), new_edge("l", "w", "body")),
    )
    finished = await bench.run_flow(flow)
    assert finished.state is RunState.SUCCEEDED
    assert bench.result("l")["timedOut"] is True
    assert bench.result("l")["iterationCount"] == 3


async def test_a_notification_is_shown_or_said_to_be_only_in_the_log(bench: Bench) -> None:
    told: list[tuple[str, str]] = []

    async def show(title: str, text: str) -> bool:
        told.append((title, text))
        return True

    await bench.run(("notify", {"message": "Done: {{n}}", "title": "Job"}), n=3)
    assert bench.result() == {"shown": False}
    assert "Done: 3" in bench.logs
    bench.services.notify = show
    await bench.run(("notify", {"message": "Done: {{n}}", "title": "Job"}), n=3)
    assert (bench.result(), told) == ({"shown": True}, [("Job", "Done: 3")])


async def test_a_password_that_a_person_typed_is_left_out_of_all_that_is_told(bench: Bench) -> None:
    secrets = Secrets(None)
    asked: list[Question] = []

    async def ask(question: Question) -> dict[str, Any]:
        asked.append(question)
        return {"action": "answer", "value": "hunter22"}

    bench.services.ask, bench.services.hide = ask, secrets.keep
    await bench.run(
        ("prompt", {"message": "Password?", "kind": "password", "variable": "word"}), ("log", {"message": "{{word}}"})
    )
    assert asked[0].kind == "password"
    assert [secrets.mask(event) for event in bench.events if "hunter22" in str(event)]
    assert not [event for event in bench.events if "hunter22" in str(secrets.mask(event))]


async def test_the_color_of_a_pixel_and_the_place_of_the_pointer_are_values(bench: Bench) -> None:
    bench.desktop.things = [Thing("point=3,4", Box(3, 4, 1, 1))]
    await bench.run(("find", {"selector": "point=3,4"}))
    assert bench.result()["matches"][0]["x"] == 3
    assert bench.result()["color"] is None or bench.result()["color"].startswith("#")
