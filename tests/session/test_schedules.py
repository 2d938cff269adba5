"""Schedules that are armed: each by its own zone, whatever becomes of the others."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.session.conftest import Keeper, ask
from tests.session.handclock import BEGIN
from tests.session.test_triggers import EVERY_MINUTE, World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.session.close()


async def test_a_schedule_that_fails_says_so_and_the_others_go_on(world: World) -> None:
    odd = world.write("a", {"id": "odd", "type": "schedule", "at": "08:30", "timezone": "America/New_York"})
    world.arm(odd)
    world.arm(world.write("b", EVERY_MINUTE))
    other = sqlite3.connect(world.ledger.file, isolation_level=None)
    other.execute("UPDATE cursors SET after = -62135596800 WHERE trigger = 'odd'")  # the first second of the first year
    other.close()
    await world.look(minutes=1)
    await world.settled()
    assert [(row.trigger, row.outcome) for row in world.rows()] == [("tick", "ran")]
    assert "cannot be watched" in world.session.triggering.watch.faults(odd.resolve())["odd"]


async def test_a_machine_that_comes_to_another_zone_goes_by_its_clock_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    world.arm(world.write("a", {"id": "noon", "type": "schedule", "at": "12:00"}))
    await world.look(seconds=1)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    await world.look(hours=1)
    assert world.rows() == []
    await world.look(hours=1)
    await world.settled()
    assert [(row.due, row.outcome) for row in world.rows()] == [(BEGIN + timedelta(hours=2), "ran")]


async def test_a_time_that_has_passed_is_a_warning_and_hinders_nothing(world: World) -> None:
    peer = Keeper("a")
    path = world.write(
        "a", {"id": "x", "type": "webhook"}, {"id": "past", "type": "schedule", "at": "2020-01-01T08:00"}
    )
    workflow_id = (await ask(world.session, peer, "flow.open", path=str(path)))["workflow_id"]
    own = (await ask(world.session, peer, "trigger.list", workflow_id))["flow"]
    assert [(one["level"], one["code"], one["field"]) for one in own["problems"]] == [
        ("warning", "trigger.passed", "triggers[1].at")
    ]
    world.arm(path)
    assert len(world.ledger.armed()) == 1
