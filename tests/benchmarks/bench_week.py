"""A week of sixty triggers of every type by a clock that is turned by hand, with suspends, restarts, a clock that is set back, and the
change to winter time; the ledger is held against a model that was written beside it.

``FLOWDESK_BENCH_DAYS`` sets how many days (7).
"""

import gc
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flowdesk.session.occasions import Occasion
from tests.session.test_triggers import World
from tests.waiting import comes

DAYS = int(os.environ.get("FLOWDESK_BENCH_DAYS", "7"))
FROM = datetime(2026, 10, 22, 0, 0, 30, tzinfo=UTC)
"""On 25 October clocks are set back in Berlin."""
ZONES = ("UTC", "Europe/Berlin", "Asia/Shanghai")
WITHIN = 3600.0
LOOK = (60.0, 900.0)
"""Seconds between two looks: what a busy machine may do."""
SEED = 7


def schedules() -> list[tuple[str, dict[str, Any]]]:
    """Return the flows that go by the clock: 36 of them."""
    made: list[tuple[str, dict[str, Any]]] = []
    for number, zone in enumerate(ZONES * 6):
        at = f"{(number * 7) % 24:02}:{(number * 13) % 60:02}"
        made.append((f"daily{number}", {"type": "schedule", "at": at, "timezone": zone}))
    made += [(f"every{number}", {"type": "schedule", "every": (11 + number * 7) * 60_000}) for number in range(12)]
    for number, zone in enumerate(ZONES * 2):
        made.append(
            (
                f"cron{number}",
                {
                    "type": "schedule",
                    "cron": f"{number * 9} 2 * * *",
                    "timezone": zone,
                    "missed": "skip" if number % 2 else "once",
                },
            )
        )
    return made


def dues(entry: dict[str, Any], begin: datetime, end: datetime) -> set[datetime]:
    """Return when a schedule is due, found out the long way: minute by minute on the wall clock of its zone."""
    if "every" in entry:
        step = timedelta(milliseconds=entry["every"])
        count = int((end - begin) / step)
        return {begin + step * number for number in range(1, count + 1)}
    zone = ZoneInfo(entry["timezone"])
    if "at" in entry:
        hour, minute = map(int, entry["at"].split(":"))
    else:
        minute, hour = map(int, entry["cron"].split()[:2])
    found, days = set(), set()
    now = begin.replace(second=0) + timedelta(minutes=1)
    while now <= end:
        local = now.astimezone(zone)
        if (local.hour, local.minute) == (hour, minute) and local.date() not in days:
            days.add(local.date())
            found.add(now)
        now += timedelta(minutes=1)
    return found


class Week:
    """The world, and the model beside it."""

    def __init__(self, folder: Path) -> None:
        self.world, self.chance = World(folder), random.Random(SEED)
        self.world.clock.time = FROM
        self.out = folder / "out.txt"
        self.happened: Counter[str] = Counter()
        """How often something happened of each trigger that does not go by the clock."""

    def arm_all(self) -> None:
        """Arm sixty flows with a trigger each; three of them fail."""
        note = {"id": "w", "type": "file", "data": {"config": {"operation": "append", "path": str(self.out), "text": "{{trigger.id}} {{trigger.due}}\n"}}}  # fmt: skip
        fails = {"id": "f", "type": "end", "data": {"config": {"status": "failed", "message": "no"}}}
        for number, (name, entry) in enumerate(self.flows()):
            steps = [note, fails] if number in (1, 20, 50) else [note]
            self.world.arm(self.world.write(name, {"id": name, **entry}, steps=steps))

    def flows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from schedules()
        for number in range(6):
            yield f"file{number}", {"type": "file", "path": f"in{number}"}
            yield f"hotkey{number}", {"type": "hotkey", "keys": ["ctrl", "alt", f"f{number + 1}"]}
            yield f"webhook{number}", {"type": "webhook"}
            yield f"flow{number}", {"type": "flow", "flow": f"hotkey{number}"}

    async def something_happens(self) -> None:
        """A file comes, keys are pressed, a request arrives."""
        number, watch = self.chance.randrange(6), self.world.session.triggering.watch
        kind = self.chance.choice(("file", "hotkey", "webhook"))
        name = f"{kind}{number}"
        occasion = Occasion(f"{name} {self.happened[name]}")
        if kind == "webhook":
            if await watch.hook(name, {"body": {}}) is not None:
                self.happened[name] += 1
        elif name in self.world.watched:
            await self.world.watched[name].tell([occasion], {})
            self.happened[name] += 1

    async def restart(self) -> None:
        """The process ends, and another one begins."""
        await self.world.session.close()
        self.world.watched.clear()
        self.world.session = self.world.make()
        await self.world.look()
        await comes(lambda: len(self.world.watched) == 12)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def memory() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


@pytest.mark.benchmark
@pytest.mark.timeout(3600)
async def test_a_week_of_sixty_triggers_leaves_what_the_model_says(tmp_path: Path) -> None:
    week = Week(tmp_path)
    world, chance = week.world, week.chance
    week.arm_all()
    assert len(world.ledger.armed()) == 60
    end, began = FROM + timedelta(days=DAYS), time.monotonic()
    asleep: list[tuple[datetime, datetime]] = []
    nights = {FROM + timedelta(days=day, hours=13) for day in range(DAYS)}
    back_at, is_set_back = FROM + timedelta(days=DAYS // 2, hours=6), False
    await world.look()
    await comes(lambda: len(world.watched) == 12)
    gc.collect()
    files, used, looks = open_files(), memory(), 0
    while world.clock.time < end:
        step = chance.uniform(*LOOK)
        night = next((each for each in nights if each <= world.clock.time), None)
        if night is not None:
            nights.discard(night)
            step = 8 * 3600.0
            await week.restart()
            asleep.append((world.clock.time, world.clock.time + timedelta(seconds=step)))
        if not is_set_back and world.clock.time >= back_at:
            is_set_back, step = True, -3600.0
        world.clock.time += timedelta(seconds=step)
        await world.session.triggering.watch.look()
        looks += 1
        if chance.random() < 0.1:
            await week.something_happens()
        await world.settled()
    rows = world.ledger.history(limit=10_000_000)
    told = Counter((row.trigger, row.due) for row in rows if row.kind == "schedule" and row.count <= 1)
    assert max(told.values()) == 1, "a due time has one row"
    for name, entry in schedules():
        wanted = dues(entry, FROM, world.clock.time)
        own = {row.due for row in rows if row.trigger == name}
        if "every" in entry:  # the clock that was set back moves what comes after
            assert abs(len(own) - len(wanted)) <= 60 / (entry["every"] / 60_000) + 1, name
            continue
        assert own == wanted, (name, own ^ wanted)
        if entry.get("missed") == "skip":
            continue  # a look that is late by minutes misses it, too
        for row in (row for row in rows if row.trigger == name and row.outcome == "missed"):
            assert any(a <= row.due <= b for a, b in asleep), (name, row)
    for name, count in week.happened.items():
        assert sum(row.trigger == name for row in rows) == count, name
    for number in range(6):
        ended = sum(row.trigger == f"hotkey{number}" and row.status == "succeeded" for row in rows)
        assert sum(row.trigger == f"flow{number}" for row in rows) == ended
    noted = Counter(line for line in week.out.read_text("utf-8").splitlines() if line)
    assert sum(noted.values()) == sum(row.outcome == "ran" for row in rows)
    assert {row.status for row in rows if row.outcome == "ran"} == {"succeeded", "failed"}
    gc.collect()
    print(
        f"\n{DAYS} days in {time.monotonic() - began:.0f} s: {looks} looks, {len(rows)} rows {dict(Counter(row.outcome for row in rows))}, "
        f"descriptors {files} to {open_files()}, memory {used:.0f} to {memory():.0f} MB"
    )
    await world.session.close()
