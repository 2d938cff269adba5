"""Triggers on watch, by a clock that is turned by hand: every due time one row, nothing twice, nothing silent."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.engine.context import Services
from flowdesk.model.errors import ConsentNeeded, FileUnwritable, FlowdeskError, FlowInvalid, RequestInvalid
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.arming import arm, candidate, check
from flowdesk.session.dueledger import DueLedger, Row
from flowdesk.session.occasions import Occasion, Watched
from flowdesk.session.session import Folders, Session
from flowdesk.session.triggering import Surroundings, listing
from tests.session.conftest import Keeper, ask, flow_json, wait_node
from tests.session.handclock import BEGIN, Hand
from tests.waiting import comes


class World:
    """A session whose triggers are watched by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.hindrance = folder, Hand(), ""
        self.told: list[tuple[str, str]] = []
        self.watched: dict[str, Watched] = {}
        self.session = self.make()

    def make(self) -> Session:
        async def watch(watched: Watched) -> None:
            self.watched[watched.trigger.id] = watched
            await asyncio.sleep(3600)

        async def tell(title: str, text: str) -> None:
            self.told.append((title, text))

        around = Surroundings({"file": watch, "hotkey": watch}, lambda: self.hindrance, tell, self.clock)
        folders = Folders(self.folder / "state", self.folder / "runs", self.folder / "flows")
        return Session(builtin_catalogue(), Services(), folders, surroundings=around)

    @property
    def ledger(self) -> DueLedger:
        return self.session.triggering.ledger

    def write(self, name: str, *triggers: dict[str, Any], steps: Any = None, **fields: Any) -> Path:
        path = self.folder / "flows" / f"{name}.flow.json"
        path.parent.mkdir(exist_ok=True)
        steps = (
            [{"id": "l", "type": "log", "data": {"config": {"message": "by {{trigger.id}}"}}}]
            if steps is None
            else steps
        )
        path.write_text(json.dumps(flow_json(*steps, id=name, name=name, triggers=list(triggers), **fields)))
        return path

    def arm(self, path: Path) -> None:
        found = candidate(path, self.session.catalogue)
        check(found, self.session.catalogue, self.ledger)
        arm(found, self.ledger, self.session.trust, self.clock.time)

    async def look(self, **later: float) -> None:
        """Turn the clock, look, and let what was started end."""
        self.clock.time += timedelta(**later)
        watch = self.session.triggering.watch
        assert watch.hold.take()
        watch.refresh()
        await watch.look()

    async def settled(self) -> None:
        await comes(
            lambda: (
                not self.session.runs.under_way()
                and not any(row.status in {"starting", "running"} for row in self.rows())
            )
        )

    def rows(self) -> list[Row]:
        return list(reversed(self.ledger.history(limit=10_000)))

    def outcomes(self) -> list[str]:
        return [row.outcome for row in self.rows()]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.session.close()


EVERY_MINUTE = {"id": "tick", "type": "schedule", "every": 60_000}


async def test_a_due_time_runs_the_flow_with_its_values_and_leaves_a_row(world: World) -> None:
    out = world.folder / "out.txt"
    write = {"id": "w", "type": "file", "data": {"config": {"operation": "append", "path": str(out), "text": "{{trigger.id}} {{trigger.due}}"}}}  # fmt: skip
    world.arm(world.write("a", EVERY_MINUTE, steps=[write]))
    await world.look(seconds=59)
    assert world.rows() == []
    await world.look(seconds=2)
    await world.settled()
    await world.look(seconds=10)
    (row,) = world.rows()
    assert (row.outcome, row.status, row.due) == ("ran", "succeeded", BEGIN + timedelta(minutes=1))
    assert out.read_text().strip() == f"tick {row.due.isoformat()}"


async def test_a_time_whose_row_cannot_be_written_has_it_as_soon_as_it_can(world: World) -> None:
    world.arm(world.write("a", EVERY_MINUTE))
    await world.look(seconds=1)
    other = sqlite3.connect(world.ledger.file, isolation_level=None)
    other.execute("CREATE TRIGGER full BEFORE INSERT ON rows BEGIN SELECT RAISE(ABORT, 'no room'); END")
    for _ in range(2):
        with pytest.raises(FileUnwritable):
            await world.look(minutes=1)
    other.execute("DROP TRIGGER full")
    other.close()
    await world.look(seconds=1)
    await world.settled()
    assert [(row.due, row.outcome) for row in world.rows()] == [
        (BEGIN + timedelta(minutes=1), "missed"), (BEGIN + timedelta(minutes=2), "ran"),
    ]  # fmt: skip
    await world.look(seconds=1)
    assert len(world.rows()) == 2, "nothing twice"


async def test_eight_hours_asleep_are_caught_up_once_at_the_first_look(world: World) -> None:
    world.arm(world.write("a", EVERY_MINUTE))
    world.arm(world.write("b", {"id": "noon", "type": "schedule", "at": "12:00", "timezone": "UTC"}))
    world.arm(world.write("c", {"id": "left", "type": "schedule", "at": "12:00", "timezone": "UTC", "missed": "skip"}))
    await world.look(hours=8)
    await world.settled()
    by = {name: [row for row in world.rows() if row.trigger == name] for name in ("tick", "noon", "left")}
    assert len(by["tick"]) == 480
    assert [row.outcome for row in by["noon"]] == ["ran"]
    assert [row.outcome for row in by["left"]] == ["missed"]
    assert [row.outcome for row in by["tick"]].count("ran") == 1
    assert [row.outcome for row in by["tick"]][:-1] == ["missed"] * 479


async def test_a_job_of_ten_minutes_every_minute_is_one_run_and_nine_rows_of_overlap(world: World) -> None:
    world.arm(world.write("a", EVERY_MINUTE, steps=[wait_node(duration=3_600_000)]))
    for _ in range(10):
        await world.look(minutes=1)
    assert world.outcomes() == ["ran"] + ["overlap"] * 9
    world.session.runs.stop_all("enough")
    await world.settled()
    assert world.rows()[0].status == "stopped"


async def test_a_clock_that_is_set_back_an_hour_does_nothing_twice(world: World) -> None:
    daily = {"id": "d", "type": "schedule", "at": "09:00", "timezone": "UTC"}
    world.arm(world.write("a", daily))
    await world.look(hours=1, seconds=1)
    await world.settled()
    await world.look(hours=-1)
    for _ in range(70):
        await world.look(minutes=1)
    await world.settled()
    assert [row.due for row in world.rows()] == [BEGIN + timedelta(hours=1)]
    await world.look(hours=24)
    await world.settled()
    assert len(world.rows()) == 2


async def test_an_interval_goes_on_after_the_clock_was_set_back(world: World) -> None:
    world.arm(world.write("a", EVERY_MINUTE))
    await world.look(minutes=5)
    await world.look(hours=-1)
    await world.settled()
    before = len(world.rows())
    await world.look(minutes=1, seconds=1)
    await world.settled()
    assert len(world.rows()) == before + 1


async def test_what_waits_runs_one_after_another_in_order(world: World) -> None:
    out = world.folder / "out.txt"
    write = {"id": "w", "type": "file", "data": {"config": {"operation": "append", "path": str(out), "text": "{{trigger.name}}"}}}  # fmt: skip
    world.arm(world.write("a", {"id": "in", "type": "file", "path": "in"}, steps=[write]))
    await world.look()
    await comes(lambda: "in" in world.watched)
    names = [f"{number:03}" for number in range(40)]
    await world.watched["in"].tell([Occasion(name, {"name": name}) for name in names], dict.fromkeys(names, "1"))
    async with asyncio.timeout(60):
        await world.look()
        while "waiting" in world.outcomes():
            await asyncio.sleep(0.01)
            await world.look()
    await world.settled()
    assert out.read_text() == "".join(names)
    await world.watched["in"].tell([Occasion("003", {"name": "003"})], {})
    assert len(world.rows()) == 40, "a thing starts once"


async def test_after_the_emergency_stop_what_waits_does_not_start(world: World) -> None:
    world.arm(world.write("a", {"id": "in", "type": "file", "path": "in"}, steps=[wait_node(duration=3_600_000)]))
    await world.look()
    await comes(lambda: "in" in world.watched)
    await world.watched["in"].tell([Occasion(str(number)) for number in range(5)], {})
    world.session.stop_all("Ctrl+Alt+Q")
    await world.settled()
    await world.look()
    assert world.outcomes() == ["ran"] + ["paused"] * 4
    assert world.rows()[0].status == "stopped"


async def test_restart_ends_the_run_before(world: World) -> None:
    world.arm(world.write("a", EVERY_MINUTE, steps=[wait_node(duration=3_600_000)], overlap="restart"))
    await world.look(minutes=1)
    await world.look(minutes=1)
    await comes(lambda: [row.status for row in world.rows()] == ["stopped", "running"])
    assert [(row.outcome, row.status) for row in world.rows()] == [("ran", "stopped"), ("ran", "running")]


async def test_a_changed_flow_asks_again_and_its_times_leave_rows(world: World) -> None:
    path = world.write("a", EVERY_MINUTE)
    world.arm(path)
    world.write("a", EVERY_MINUTE, steps=[wait_node(), wait_node("other")])
    await world.look(minutes=1)
    await world.settled()
    assert world.outcomes() == ["ran"], "other steps need no new consent"
    program = {"id": "c", "type": "command", "data": {"config": {"command": ["true"]}}}
    world.write("a", EVERY_MINUTE, steps=[program])
    await world.look(minutes=1)
    assert world.outcomes() == ["ran", "paused"]
    assert world.ledger.armed()[0].state == "changed"
    world.write("a", {**EVERY_MINUTE, "every": 2000})
    await world.look(minutes=1)
    assert world.outcomes()[-1] == "paused"
    path.unlink()
    await world.look(minutes=1)
    assert (world.outcomes()[-1], world.ledger.armed()[0].state) == ("paused", "gone")
    world.write("a", EVERY_MINUTE)
    await world.look(minutes=1)
    await world.settled()
    assert (world.outcomes()[-1], world.ledger.armed()[0].state) == ("ran", "armed")


async def test_paused_and_locked_are_rows(world: World) -> None:
    click = {"id": "c", "type": "click", "data": {"config": {"selector": "100,100"}}}
    world.arm(world.write("a", EVERY_MINUTE))
    world.ledger.set_fact("paused", True)
    await world.look(minutes=1)
    world.ledger.set_fact("paused", False)
    assert world.outcomes() == ["paused"]
    world.arm(world.write("b", EVERY_MINUTE, steps=[click]))
    world.hindrance = "The screen is locked."

    class Driver:
        def __getattr__(self, name: str) -> Any:
            return lambda *_: None

    world.session.services.driver = Driver()
    await world.look(minutes=1)
    world.session.services.driver = None
    await world.settled()
    found = {row.name: row for row in world.rows()[1:]}
    assert found["a"].outcome == "ran"
    assert (found["b"].outcome, found["b"].message) == ("locked", "The screen is locked.")


async def test_a_trigger_with_a_desktop_of_its_own_does_not_need_this_one(world: World) -> None:
    click = {"id": "c", "type": "click", "data": {"config": {"selector": "100,100"}}}
    world.hindrance = "The screen is locked."

    class Driver:
        def __getattr__(self, name: str) -> Any:
            return lambda *_: None

    world.arm(world.write("a", {**EVERY_MINUTE, "desktop": "private:800x600"}, {**EVERY_MINUTE, "id": "here", "desktop": "this"}, steps=[click], desktop="private"))  # fmt: skip
    world.session.services.driver = Driver()
    await world.look(minutes=1)
    world.session.services.driver = None
    await world.settled()
    found = {row.trigger: row for row in world.rows()}
    assert (found["here"].outcome, found["here"].message) == ("locked", "The screen is locked.")
    assert found["tick"].outcome == "ran"


class Desktops:
    """Remembers which desktops are to be kept ready."""

    def __init__(self) -> None:
        self.kept: list[tuple[tuple[int, int], int]] = []

    def keep_ready(self, size: tuple[int, int], count: int) -> None:
        self.kept.append((size, count))

    def close(self) -> None:
        pass


async def test_a_desktop_is_kept_ready_as_long_as_an_armed_flow_may_start_on_one(world: World) -> None:
    desktops = world.session.services.private = Desktops()  # type: ignore[assignment]
    world.arm(world.write("here", EVERY_MINUTE))
    await world.look()
    await world.look()
    assert desktops.kept == []
    path = world.write("there", {**EVERY_MINUTE, "desktop": "private:640x480"})
    world.arm(path)
    await world.look()
    await world.look()
    await comes(lambda: desktops.kept == [((640, 480), 1)])
    world.ledger.disarm(path)
    await world.look()
    await comes(lambda: [count for _, count in desktops.kept] == [1, 0])


async def test_of_a_failure_somebody_hears_once_an_hour(world: World) -> None:
    fails = {"id": "f", "type": "readTable", "data": {"config": {"path": "not-there.csv"}}}
    world.arm(world.write("a", EVERY_MINUTE, steps=[fails]))
    for _ in range(70):
        await world.look(minutes=1)
        await world.settled()
    await comes(lambda: len(world.told) >= 2)
    assert {row.status for row in world.rows()} == {"failed"}
    assert len(world.told) == 2
    assert "a" in world.told[0][0]


async def test_another_flow_that_ends_starts_it_and_a_circle_comes_to_an_end(world: World) -> None:
    world.arm(world.write("b", {"id": "after", "type": "flow", "flow": "a"}))
    world.arm(world.write("a", {"id": "back", "type": "flow", "flow": "b.flow.json", "ends": "any"}, EVERY_MINUTE))
    await world.look(minutes=1)
    async with asyncio.timeout(60):
        await world.look()
        while "paused" not in world.outcomes():
            await asyncio.sleep(0.02)
            await world.look()
    rows = world.rows()
    assert [row.name for row in rows[:3]] == ["a", "b", "a"]
    assert rows[1].given["status"] == "succeeded"
    assert rows[-1].outcome == "paused"
    assert len(rows) == 22


async def test_after_a_crash_the_run_is_interrupted_and_does_not_start_again(world: World) -> None:
    world.arm(world.write("a", EVERY_MINUTE, steps=[wait_node(duration=3_600_000)]))
    await world.look(minutes=1)
    (row,) = world.rows()
    await world.session.close()
    world.ledger.settle(row.id, "ran", "running")  # as a process that is killed leaves it
    world.session = world.make()
    world.session.triggering.watch.begin()
    await comes(lambda: world.outcomes() == ["interrupted"])


async def test_one_process_holds_the_triggers_and_the_next_takes_over(world: World) -> None:
    world.arm(world.write("a", EVERY_MINUTE, {"id": "s", "type": "startup"}))
    await world.look()
    other = world.make()
    assert not other.triggering.watch.hold.take()
    holder = other.triggering.watch.hold.holder()
    assert holder is not None
    other.triggering.watch.begin()
    await asyncio.sleep(0.1)
    assert not other.triggering.watch.is_watching
    await other.close()


async def test_arming_takes_a_saved_sound_flow_and_the_digest_that_was_seen(world: World) -> None:
    peer = Keeper("me")
    world.session.connect(peer)
    program = {"id": "c", "type": "command", "data": {"config": {"command": ["echo", "hi"]}}}
    path = world.write("a", EVERY_MINUTE, steps=[program])
    opened = await ask(world.session, peer, "flow.open", path=str(path))
    workflow_id = opened["workflow_id"]
    with pytest.raises(ConsentNeeded) as refused:
        await ask(world.session, peer, "trigger.enable", workflow_id)
    details = refused.value.details
    assert details["doings"][0]["detail"] == "command: echo hi"
    assert details["triggers"][0]["sentence"] == "every 60 s"
    told = await ask(world.session, peer, "trigger.list", workflow_id)
    assert (told["armed"], told["flow"]["armed"]) == ([], False)
    await ask(world.session, peer, "trigger.enable", workflow_id, digest=details["digest"])
    told = await ask(world.session, peer, "trigger.list", workflow_id)
    assert told["flow"]["armed"]
    assert told["armed"][0]["next"] == "2026-05-01T08:01:00+00:00"
    assert peer.of("trigger.changed")
    await world.look(minutes=1)
    await world.settled()
    history = await ask(world.session, peer, "trigger.history", workflow_id)
    assert [row["outcome"] for row in history["rows"]] == ["ran"]
    tested = await ask(world.session, peer, "trigger.test", workflow_id, trigger="tick")
    assert tested["run_id"]
    await world.settled()
    with pytest.raises(RequestInvalid):
        await ask(world.session, peer, "trigger.test", workflow_id, trigger="tock")
    assert (await ask(world.session, peer, "trigger.disable", workflow_id))["was_armed"]
    assert listing(world.ledger, world.clock.time, UTC, is_watched=False) == []


async def test_opening_a_flow_arms_nothing_and_what_is_wrong_cannot_be_armed(world: World) -> None:
    peer = Keeper("me")
    world.session.connect(peer)
    path = world.write("a", EVERY_MINUTE)
    await ask(world.session, peer, "flow.open", path=str(path))
    assert not world.ledger.exists
    for bad in ({"id": "x", "type": "schedule"}, {"id": "x", "type": "nothing"}):
        with pytest.raises(FlowInvalid):
            world.arm(world.write("bad", bad))
    with pytest.raises(FlowdeskError, match="no triggers"):
        world.arm(world.write("none"))
    world.arm(world.write("h1", {"id": "hook", "type": "webhook"}))
    with pytest.raises(RequestInvalid, match="already uses the web request"):
        world.arm(world.write("h2", {"id": "hook", "type": "webhook"}))
    world.arm(world.write("k1", {"id": "k", "type": "hotkey", "keys": ["ctrl", "alt", "r"]}))
    world.arm(world.write("k2", {"id": "k", "type": "hotkey", "keys": ["Alt", "Control", "R"], "disabled": True}))
    with pytest.raises(RequestInvalid, match="already starts with ctrl\\+alt\\+r"):
        world.arm(world.write("k3", {"id": "k", "type": "hotkey", "keys": ["Alt", "Control", "R"]}))


async def test_a_request_finds_its_flow(world: World) -> None:
    world.arm(world.write("a", {"id": "order", "type": "webhook"}))
    await world.look()
    assert await world.session.triggering.hook("other", {}) is None
    row = await world.session.triggering.hook("order", {"body": {"n": 3}})
    assert row is not None
    assert row["outcome"] in {"ran", "waiting"}
    await world.settled()
    assert world.session.runs.variables("a")["trigger"]["body"] == {"n": 3}


async def test_requests_that_come_together_right_after_arming_each_start_it_and_it_is_watched_once(
    world: World,
) -> None:
    watch = world.session.triggering.watch
    assert watch.hold.take()
    for number in range(5):
        world.arm(world.write(f"f{number}", {"id": f"hook{number}", "type": "webhook"}, {"id": "k", "type": "hotkey", "keys": [f"f{number + 1}"]}, overlap="queue"))  # fmt: skip
    watch.refresh()
    names = [f"hook{number}" for number in range(5)] * 4
    rows = await asyncio.gather(*(watch.hook(name, {}) for name in names), watch.look())
    assert [row.trigger for row in rows[:-1] if isinstance(row, Row)] == names
    keys = [task for task in asyncio.all_tasks() if task.get_name() == "flowdesk.watch.hotkey" and not task.done()]
    assert len(keys) == 5
    for _ in range(4):
        await world.settled()
        await world.look()
    await world.settled()
    assert [(row.outcome, row.status) for row in world.rows()] == [("ran", "succeeded")] * 20


async def test_a_file_that_goes_while_the_screen_is_looked_at_is_a_row(world: World) -> None:
    path = world.write("a", {"id": "order", "type": "webhook"}, overlap="skip")
    world.arm(path)
    await world.look()
    loop, watch = asyncio.get_running_loop(), world.session.triggering.watch

    def goes(found: object, trigger: object) -> str:
        path.unlink(missing_ok=True)
        asyncio.run_coroutine_threadsafe(watch._check_file(next(iter(watch._flows.values())), None), loop).result(10)
        return ""

    world.session.triggering.hindrance = goes  # type: ignore[method-assign]
    row = await watch.hook("order", {})
    assert row is not None
    assert row.outcome == "paused"
    assert "File not found" in row.message


async def test_what_a_watcher_told_is_done_though_it_is_cancelled(world: World) -> None:
    world.arm(world.write("a", {"id": "k", "type": "hotkey", "keys": ["f9"]}))
    await world.look()
    loop, arrived = asyncio.get_running_loop(), asyncio.Event()

    def looks(found: object, trigger: object) -> str:
        loop.call_soon_threadsafe(arrived.set)
        return ""

    world.session.triggering.hindrance = looks  # type: ignore[method-assign]

    async def tell() -> None:
        await world.watched["k"].tell([Occasion("once")], {})

    telling = spawn(tell(), "telling")
    await arrived.wait()
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    await comes(lambda: [row.status for row in world.rows()] == ["succeeded"])


async def test_once_it_ends_nothing_starts_any_more(world: World) -> None:
    world.arm(world.write("a", {"id": "order", "type": "webhook"}))
    await world.look()
    watch = world.session.triggering.watch
    await watch.close()
    assert await watch.hook("order", {}) is None
    watch.begin()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "flowdesk.triggers"]
