"""What shows at any time is handled in between, and the run goes on where it was."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.drivers.fake import FakeDesktop, FakeDesktopDriver, Thing
from flowdesk.engine.brake import Brake
from flowdesk.engine.context import Called, Run, Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.config import Config
from flowdesk.model.errors import PictureUnusable
from flowdesk.model.events import NodeChanged, RunEvent, RunFinished
from flowdesk.model.flow import Flow
from flowdesk.model.geometry import Box
from flowdesk.model.nodetype import Catalogue, node
from flowdesk.model.run import NodeState, RunState
from flowdesk.model.target import Query, Sighting
from flowdesk.nodes.leave_loop import break_loop
from tests.engine.conftest import Look, catalogue
from tests.engine.graphs import graph
from tests.engine.test_runner import QuickClock
from tests.waiting import eventually

BOX = Box(10, 10, 20, 20)


class BlindDesktop(FakeDesktop):
    """Cannot look for pop-ups."""

    async def find(self, query: Query, *, want_picture: bool = False) -> Sighting:
        if "popup" in query.text:
            raise PictureUnusable("The picture is gone.", "Take it again.")
        return await super().find(query, want_picture=want_picture)


class BlindDriver(FakeDesktopDriver):
    """The driver of ``BlindDesktop``."""

    def open(self, brake: Brake) -> FakeDesktop:
        return BlindDesktop(self, brake)


class Desk:
    """A run on a desktop on which things come and go."""

    def __init__(
        self, flow: Flow, *things: Thing, subflow: Flow | None = None, is_blind: bool = False, **options: Any
    ) -> None:
        self.clock = QuickClock()
        self.driver = (BlindDriver if is_blind else FakeDesktopDriver)(self.clock, list(things))
        self.seen: list[str] = []
        self.on_success: dict[str, Callable[[], None]] = {}
        driver = self.driver

        @node("hide", category="flow", title="Hide")
        async def hide(run: Run, config: Look) -> None:
            """Close what shows."""
            await (await run.hands()).press_keys(("esc",))
            driver.things = [thing for thing in driver.things if thing.selector != config.selector]

        @node("sub", category="flow", title="Subflow")
        async def sub(run: Run, config: Config) -> Any:
            """Run the subflow."""
            assert subflow is not None
            return await run._core.calls.flow(Called(subflow), {}, run.visit)

        own = [kind for kind in catalogue() if kind.id != "break"]
        more = (hide.node_type, sub.node_type, break_loop.node_type)  # type: ignore[attr-defined]
        services = Services(driver=driver, clock=self.clock)
        self.runner = Runner(flow, Catalogue((*own, *more)), services, self._take, RunOptions(**options))

    def _take(self, event: RunEvent) -> None:
        if isinstance(event, NodeChanged) and event.state is NodeState.RUNNING:
            self.seen.append(event.node_id)
        elif isinstance(event, NodeChanged) and event.state is NodeState.SUCCESS:
            self.on_success.get(event.node_id, lambda: None)()

    async def run(self) -> RunFinished:
        finished = await self.runner.run()
        assert all(state.is_end for state in self.runner.states.values())
        return finished

    def states(self, *names: str) -> list[NodeState]:
        return [self.runner.states[name] for name in names]


HANDLED = ("start>h", "h.appeared>hide", "h>a", "a>b")
KINDS = {"h": ("handle", {"selector": "text=popup"}), "hide": ("hide", {"selector": "text=popup"}), "a": "look"}


def popup(at: float = 1.0, name: str = "popup") -> Thing:
    return Thing(f"text={name}", BOX, appears=at)


def target(at: float = 3.0) -> Thing:
    return Thing("text=target", BOX, appears=at)


async def test_what_shows_while_a_node_looks_is_handled_and_the_node_goes_on() -> None:
    desk = Desk(graph(*HANDLED, types=KINDS), popup(), target())
    finished = await desk.run()
    assert finished.state is RunState.SUCCEEDED
    assert desk.seen == ["start", "h", "a", "h", "hide", "b"]
    assert desk.states("start", "h", "hide", "a", "b") == [NodeState.SUCCESS] * 5
    assert desk.runner.results["h"] == {"count": 1}
    keys = [event.time for event in desk.driver.events if event.action == "press_keys"]
    assert 1 <= keys[0] < 2, "at once, not when the node was through"


async def test_what_never_shows_is_skipped() -> None:
    desk = Desk(graph(*HANDLED, types=KINDS), target())
    await desk.run()
    assert desk.states("h", "hide", "a") == [NodeState.SUCCESS, NodeState.SKIPPED, NodeState.SUCCESS]
    assert desk.runner.results["h"] is None


async def test_it_is_handled_before_a_node_acts_that_looks_for_nothing() -> None:
    flow = graph(*HANDLED, types={**KINDS, "a": ("look", {"acts": True})})
    desk = Desk(flow, popup(0))
    await desk.run()
    pressed = [event.values[0] for event in desk.driver.events if event.action == "press_keys"]
    assert pressed == [("esc",), ("a",)]


async def test_it_is_handled_as_often_as_it_shows_and_at_most_as_often_as_said() -> None:
    flow = graph(*HANDLED, "b>c", types={**KINDS, "b": "look", "c": "look"})
    desk = Desk(flow, popup(0), target(0))
    desk.on_success = dict.fromkeys(("a", "b"), lambda: desk.driver.things.append(popup(0)))
    await desk.run()
    assert desk.seen == ["start", "h", "a", "h", "hide", "b", "h", "hide", "c", "h", "hide"]
    assert desk.runner.results["h"] == {"count": 3}
    once = graph(*HANDLED, types={**KINDS, "h": ("handle", {"selector": "text=popup", "times": 1}), "hide": "plain"})
    desk = Desk(once, popup(0), target(0))
    assert (await desk.run()).state is RunState.SUCCEEDED
    assert desk.seen.count("hide") == 1


async def test_what_does_not_go_away_by_its_handling_fails_the_run() -> None:
    desk = Desk(graph(*HANDLED, types={**KINDS, "hide": "plain"}), popup(0), target(0))
    finished = await desk.run()
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert (finished.error["code"], finished.error["node_id"]) == ("limit.reached", "h")
    assert desk.seen.count("hide") == 10
    assert desk.states("h", "a", "b") == [NodeState.ERROR, NodeState.CANCELLED, NodeState.SKIPPED]


@pytest.mark.parametrize("retries", [0, 2])
async def test_an_error_in_what_runs_in_between_is_not_one_of_the_node_that_was_interrupted(retries: int) -> None:
    flow = graph(
        *HANDLED, "a.error>b", types={**KINDS, "hide": ("plain", {"fails": 1})}, a={"retries": retries, "onError": "continue"}
    )  # fmt: skip
    desk = Desk(flow, popup(0), target(0))
    finished = await desk.run()
    assert finished.error is not None
    assert finished.error["node_id"] == "hide"
    assert desk.states("hide", "h", "a", "b") == [
        NodeState.ERROR, NodeState.CANCELLED, NodeState.CANCELLED, NodeState.SKIPPED,
    ]  # fmt: skip
    mended = graph(*HANDLED, "hide.error>m", types={**KINDS, "hide": ("plain", {"fails": 1}), "m": KINDS["hide"]})
    desk = Desk(mended, popup(0), target(0))
    assert (await desk.run()).state is RunState.SUCCEEDED
    assert desk.seen == ["start", "h", "a", "h", "hide", "m", "b"]


async def test_an_end_in_what_runs_in_between_ends_the_run() -> None:
    desk = Desk(graph(*HANDLED, types={**KINDS, "hide": ("end", {"result": "gone"})}), popup(0), target(0))
    finished = await desk.run()
    assert (finished.state, finished.result) == (RunState.SUCCEEDED, "gone")
    assert desk.states("a", "b") == [NodeState.CANCELLED, NodeState.SKIPPED]


async def test_what_runs_in_between_is_not_interrupted_itself() -> None:
    flow = graph(
        "start>h", "h.appeared>seek", "seek>hide", "h>o", "o.appeared>p", "o>a",
        types={**KINDS, "seek": "look", "o": ("handle", {"selector": "text=other"}), "p": ("hide", {"selector": "text=other"})},
    )  # fmt: skip
    desk = Desk(flow, popup(0), popup(0.5, "other"), target(2))
    assert (await desk.run()).state is RunState.SUCCEEDED
    assert desk.seen == ["start", "h", "o", "a", "h", "seek", "hide", "o", "p"]


async def test_loops_branches_and_jumps_run_in_between() -> None:
    flow = graph(
        "start>h", "h.appeared>l", "l.body>x", "l.done>par", "par>one", "par>two", "par.done>hide", "h>a",
        types={**KINDS, "l": ("loop", {"count": 2}), "par": "parallel"},
    )  # fmt: skip
    desk = Desk(flow, popup(0), target(0))
    assert (await desk.run()).state is RunState.SUCCEEDED
    assert desk.seen == ["start", "h", "a", "h", "l", "x", "x", "par", "one", "two", "hide"]


async def test_it_holds_to_the_end_of_the_pass_that_it_was_run_in() -> None:
    flow = graph(
        "start>l", "l.body>h", "h.appeared>hide", "h>x", "l.done>a",
        types={**KINDS, "l": ("loop", {"count": 2}), "x": ("look", {"timeout": 0})},
    )  # fmt: skip
    desk = Desk(flow, target(0), popup(0))
    desk.on_success = {"x": lambda: desk.driver.things.append(popup(0))}
    await desk.run()
    assert desk.seen == ["start", "l", "h", "x", "h", "hide", "h", "x", "h", "hide", "a"]


async def test_it_holds_in_subflows_that_are_called_and_those_of_a_subflow_end_with_it() -> None:
    inner = graph("start>seek", types={"seek": "look"})
    flow = graph("start>h", "h.appeared>hide", "h>s", types={**KINDS, "s": "sub"})
    desk = Desk(flow, popup(1), target(2), subflow=inner)
    assert (await desk.run()).state is RunState.SUCCEEDED
    assert desk.seen == ["start", "h", "s", "h", "hide"]
    flow = graph(
        "start>h", "h.appeared>x", "h>s", "s.error>b", types={**KINDS, "s": "sub", "x": ("plain", {"fails": 1})}
    )
    desk = Desk(flow, popup(1), target(2), subflow=inner)
    finished = await desk.run()
    assert finished.error is not None
    assert finished.error["node_id"] == "x", "not an error of the subflow"
    own = graph("start>h", "h.appeared>x", "h>y", types={**KINDS, "x": ("plain", {"fails": 1})})
    desk = Desk(graph("start>s", "s>a", types={"s": "sub", "a": "look"}), popup(0), target(0), subflow=own)
    assert (await desk.run()).state is RunState.SUCCEEDED


async def test_other_branches_wait_until_it_is_handled_and_none_waits_for_ever() -> None:
    flow = graph(
        "start>h", "h.appeared>x", "x>hide", "h>par", "par>one", "par>two", "one>three", "par.done>b",
        types={
            **KINDS, "par": "parallel", "one": "look", "two": ("look", {"selector": "text=second"}), "three": ("look", {"acts": True}),
            "x": ("plain", {"seconds": 5}),
        },
    )  # fmt: skip
    desk = Desk(flow, popup(1), target(2), Thing("text=second", BOX, appears=2))
    assert (await asyncio.wait_for(desk.run(), 20)).state is RunState.SUCCEEDED
    assert desk.seen.count("hide") == 1
    assert desk.seen.index("hide") < desk.seen.index("three")


async def test_a_branch_that_is_left_takes_what_it_came_upon_with_it() -> None:
    flow = graph(
        "start>h", "h.appeared>x", "x>hide", "h>l", "l.body>par", "par>seek", "par>w", "w>out", "l.done>b",
        types={
            **KINDS, "l": "loop", "par": "parallel", "seek": "look", "w": ("work", {"seconds": 3}), "out": "break",
            "x": ("tidy", {}),
        },
    )  # fmt: skip
    desk = Desk(flow, popup(1), target(200))
    finished = await asyncio.wait_for(desk.run(), 20)
    assert finished.state is RunState.SUCCEEDED
    assert desk.states("x", "h", "seek", "b") == [
        NodeState.CANCELLED, NodeState.CANCELLED, NodeState.CANCELLED, NodeState.SUCCESS,
    ]  # fmt: skip


async def test_break_in_what_runs_in_between_has_no_loop_to_leave() -> None:
    flow = graph(
        "start>l", "l.body>h", "h.appeared>out", "h>a", types={**KINDS, "l": ("loop", {"count": 2}), "out": "break"}
    )
    desk = Desk(flow, popup(0), target(0))
    finished = await desk.run()
    assert finished.error is not None
    assert finished.error["node_id"] == "out"
    inside = graph(*HANDLED, "hide>l", "l.body>out", types={**KINDS, "l": ("loop", {"count": 5}), "out": "break"})
    desk = Desk(inside, popup(0), target(0))
    assert (await desk.run()).state is RunState.SUCCEEDED
    assert desk.seen.count("out") == 1


async def test_a_target_that_cannot_be_looked_for_fails_as_the_handler() -> None:
    desk = Desk(graph(*HANDLED, "a.error>b", types=KINDS), target(0), is_blind=True)
    finished = await desk.run()
    assert finished.error is not None
    assert (finished.error["code"], finished.error["node_id"]) == ("target.picture", "h")
    assert desk.states("h", "a") == [NodeState.ERROR, NodeState.CANCELLED]


async def test_pause_step_and_stop_work_in_between() -> None:
    desk = Desk(
        graph(*HANDLED, "hide>x", types={**KINDS, "x": ("work", {"seconds": 5})}),
        popup(0),
        target(0),
        breakpoints=frozenset({"hide"}),
    )
    task = spawn(desk.runner.run(), "run")
    await eventually(lambda: desk.runner.state is RunState.PAUSED)
    assert desk.seen[-1] == "h"
    assert desk.runner.states["hide"] is NodeState.PENDING
    desk.runner.step()
    await eventually(lambda: desk.runner.state is RunState.PAUSED)
    assert desk.seen[-1] == "hide"
    desk.runner.stop("enough")
    finished = await asyncio.wait_for(task, 30)
    assert finished.state is RunState.STOPPED
    assert all(state.is_end for state in desk.runner.states.values())


async def test_a_run_from_inside_runs_what_follows_there_and_no_more() -> None:
    desk = Desk(graph(*HANDLED, "hide>x", types=KINDS), target(0), from_node="hide")
    assert (await desk.run()).state is RunState.SUCCEEDED
    assert desk.seen == ["h", "hide", "x"]
    assert desk.states("a", "b") == [NodeState.SKIPPED] * 2
