"""The fleet on a real PostgreSQL: robots on private desktops with real input, cancels, kills, a hub that dies; and what a hub carries.

How much is done is set by ``FLOWDESK_BENCH_JOBS`` (60; the proof is 500) and ``FLOWDESK_BENCH_KILLS`` (5; the proof is 30).
"""

import contextlib
import itertools
import json
import os
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from flowdesk.fleet.client import Hub
from flowdesk.fleet.line import About, Line
from flowdesk.fleet.outbox import Outbox, Report
from flowdesk.fleet.states import JobState, Outcome
from tests.fleet.conftest import ask, flow_json, job_of, state, step, submit
from tests.fleet.postgres_rig import Cluster, cluster, hub_dsn
from tests.journeys.test_fleet import RobotProcess
from tests.rig import until

__all__ = ["Cluster", "cluster", "hub_dsn"]

pytestmark = [pytest.mark.benchmark, pytest.mark.desktop, pytest.mark.timeout(3600)]

ROBOTS = 4
JOBS = int(os.environ.get("FLOWDESK_BENCH_JOBS", "60"))
KILLS = int(os.environ.get("FLOWDESK_BENCH_KILLS", "5"))
AWAY = (3.0, 20.0, 60.0)
"""Seconds for which the hub is gone."""
IDLE_ROBOTS = (10, 50, 200)
"""Robots that do nothing, of one process."""


def figures(title: str, seconds: list[float]) -> None:
    """Print the median, the 95th percentile and the worst of some times."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    load = os.getloadavg()[0]
    print(f"\n{title}: p50 {statistics.median(ordered) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, worst {ordered[-1] * 1000:.0f} ms of {len(ordered)} (load {load:.1f})")  # fmt: skip


def is_waiting(robot: RobotProcess) -> bool:
    return "is waiting for jobs" in robot.told()


def is_gone(robot: RobotProcess) -> bool:
    return not robot.members()


def is_in(dsn: str, job: int, wanted: str) -> bool:
    return state(dsn, job) == wanted


def has_begun(folder: Path, number: int) -> bool:
    return (folder / "notes.txt").exists() and str(number) in spans(folder)


@contextlib.contextmanager
def robots(folder: Path, dsn: str, count: int = ROBOTS) -> Iterator[list[RobotProcess]]:
    """Start robots with a private desktop each; all are ended, and nothing of them is left."""
    made = [RobotProcess(folder, dsn, 1) for _ in range(count)]
    try:
        for robot in made:
            until(partial(is_waiting, robot), "a robot", 120)
        yield made
    finally:
        for robot in made:
            robot.end()


def small_flow(folder: Path, *more: dict[str, Any]) -> Path:
    """Write a flow that clicks, and writes down on which desktop it does so, from when to when."""
    note = f"echo {{{{n}}}} $DISPLAY $$ $(date +%s.%N) >> {folder}/notes.txt"
    steps = [
        step("came", "command", command=["sh", "-c", note]),
        step("click", "click", selector="300,300"),
        *more,
        step("went", "command", command=["sh", "-c", note]),
    ]
    path = folder / "small.flow.json"
    path.write_text(json.dumps(flow_json(*steps)), encoding="utf-8")
    return path


def spans(folder: Path) -> dict[str, list[tuple[str, float]]]:
    """Return what each job wrote down: the desktop and the time, in order."""
    found: dict[str, list[tuple[str, float]]] = {}
    for line in (folder / "notes.txt").read_text("utf-8").splitlines():
        number, display, _, at = line.split()
        found.setdefault(number, []).append((display, float(at)))
    return found


def check(folder: Path, count: int) -> None:
    """See that each job ran once, and that no two were on one desktop at a time."""
    ran = spans(folder)
    assert sorted(map(int, ran)) == list(range(count))
    assert {len(notes) for notes in ran.values()} == {2}
    by_display: dict[str, list[tuple[float, float]]] = {}
    for (display, came), (left, went) in ran.values():
        assert display == left
        by_display.setdefault(display, []).append((came, went))
    for times in by_display.values():
        for (_, went), (came, _) in itertools.pairwise(sorted(times)):
            assert went <= came


def all_done(dsn: str, batch: str, count: int) -> Callable[[], bool]:
    return lambda: ask(dsn, lambda hub: hub.counts(batch)) == {"succeeded": count}


def first_event(dsn: str, job: int) -> float:
    """Return the seconds from the queue to the first event of a job's run."""
    lines = ask(dsn, lambda hub: hub.file(job, "messages.jsonl", 10_000_000)).decode().splitlines()
    first = next(each for each in map(json.loads, lines) if each["type"].startswith("node."))
    return float(first["timestamp"]) - datetime.fromisoformat(job_of(dsn, job)["submitted"]).timestamp()


def test_jobs_on_four_robots_each_once_and_never_two_on_a_desktop(hub_dsn: str, tmp_path: Path) -> None:
    with robots(tmp_path, hub_dsn):
        began = time.monotonic()
        made = submit(hub_dsn, small_flow(tmp_path), [{"n": str(n)} for n in range(JOBS)])
        until(all_done(hub_dsn, made.batch, JOBS), "the jobs", 60 + 15 * JOBS)
        took = time.monotonic() - began
    check(tmp_path, JOBS)
    by_robot = Counter(job["robot"] for job in ask(hub_dsn, lambda hub: hub.results(made.batch)))
    print(
        f"\n{JOBS} jobs in {took:.0f} s: {JOBS / took:.2f} a second, {sorted(by_robot.values())} a robot (load {os.getloadavg()[0]:.1f})"
    )


def test_from_the_queue_to_the_first_event_on_a_desktop_that_is_ready(hub_dsn: str, tmp_path: Path) -> None:
    flow = small_flow(tmp_path)
    with robots(tmp_path, hub_dsn, 1):
        took = []
        for n in range(min(JOBS, 30)):
            threading.Event().wait(8.0)  # until the next desktop is ready
            job = submit(hub_dsn, flow, [{"n": str(n)}]).jobs[0]
            until(partial(is_in, hub_dsn, job, "succeeded"), "a job", 120)
            took.append(first_event(hub_dsn, job))
    figures("from the queue to the first event", took)


def test_a_cancel_until_the_job_has_ended(hub_dsn: str, tmp_path: Path) -> None:
    flow = small_flow(tmp_path, step("rest", "wait", duration=600_000))
    took = []
    with robots(tmp_path, hub_dsn, 1):
        for n in range(min(JOBS, 20)):
            job = submit(hub_dsn, flow, [{"n": str(n)}]).jobs[0]
            until(partial(has_begun, tmp_path, n), "it to begin", 120)
            began = time.monotonic()
            assert ask(hub_dsn, partial(Hub.cancel, number=job, reason="enough")) == "asked"
            until(partial(is_in, hub_dsn, job, "cancelled"), "the cancel", 30)
            took.append(time.monotonic() - began)
    figures("a cancel until the hub has the end", took)


def test_a_robot_that_is_killed_leaves_nothing_and_is_lost(hub_dsn: str, tmp_path: Path) -> None:
    flow = small_flow(tmp_path, step("rest", "wait", duration=600_000))
    jobs, lost = [], []
    for n in range(KILLS):
        with robots(tmp_path, hub_dsn, 1) as (robot,):
            jobs.append(submit(hub_dsn, flow, [{"n": str(n)}]).jobs[0])
            until(partial(has_begun, tmp_path, n), "it to begin", 120)
            robot.process.kill()
            began = time.monotonic()
            until(partial(is_gone, robot), "everything of it to end", 20)
            if n == 0:
                until(lambda: state(hub_dsn, jobs[0]) == "lost", "it to be lost", 60)
                lost.append(time.monotonic() - began)
    until(lambda: {state(hub_dsn, job) for job in jobs} == {"lost"}, "all to be lost", 60)
    assert {len(notes) for notes in spans(tmp_path).values()} == {1}
    assert len(ask(hub_dsn, lambda hub: hub.jobs(limit=1000))) == KILLS
    print(f"\n{KILLS} robots killed: all jobs lost, none run again, nothing left; lost after {lost[0]:.0f} s")


@pytest.mark.parametrize("away", AWAY)
def test_a_hub_that_is_killed_under_load(away: float, cluster: Cluster, hub_dsn: str, tmp_path: Path) -> None:
    count = max(8, min(JOBS // 2, 40))
    with robots(tmp_path, hub_dsn, 2):
        made = submit(hub_dsn, small_flow(tmp_path), [{"n": str(n)} for n in range(count)])
        until(lambda: (tmp_path / "notes.txt").exists(), "the first job", 120)
        cluster.kill()
        threading.Event().wait(away)
        cluster.start()
        until(all_done(hub_dsn, made.batch, count), "the jobs", 120 + 15 * count)
    check(tmp_path, count)
    print(f"\nhub gone for {away:.0f} s: {count} jobs, 0 lost, 0 doubled (load {os.getloadavg()[0]:.1f})")


@pytest.mark.parametrize("count", IDLE_ROBOTS)
def test_what_a_hub_carries_of_robots_that_do_nothing(
    count: int, cluster: Cluster, hub_dsn: str, tmp_path: Path
) -> None:
    jobs = 10 * count
    flow = small_flow(tmp_path)
    lines: list[Line] = []
    seen: Counter[int] = Counter()

    def robot(number: int) -> Line:
        folder = tmp_path / f"idle{number}"
        folder.mkdir()

        def take(job: dict[str, Any], bundle: bytes) -> None:
            seen[job["id"]] += 1
            work = folder / str(job["id"])
            work.mkdir()
            line.post(Report(job["id"], job["token"], Outcome(JobState.SUCCEEDED).payload(), work, {}))
            line.want(1)

        about = About(f"idle{number}", "default", {}, "0", 1, None)
        line = Line(hub_dsn, about, Outbox(folder / "outbox"), take, lambda job, reason: None, lambda error: None)
        return line

    try:
        for number in range(count):
            lines.append(robot(number))
            lines[-1].start(waits=False)
        began = time.monotonic()
        made = submit(hub_dsn, flow, [{"n": str(n)} for n in range(jobs)])
        submitted = time.monotonic() - began
        began = time.monotonic()
        for line in lines:
            line.want(1)
        until(all_done(hub_dsn, made.batch, jobs), "the jobs", 300)
        took = time.monotonic() - began
    finally:
        for line in lines:
            line.end(5.0)
    assert set(seen.values()) == {1}
    assert len(seen) == jobs
    print(
        f"\n{count} robots that do nothing: {jobs} jobs submitted in {submitted:.1f} s, done in {took:.1f} s: {jobs / took:.0f} a second (load {os.getloadavg()[0]:.1f})"
    )
