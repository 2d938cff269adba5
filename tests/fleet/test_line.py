"""Lines that break: hubs that restart or are killed, replies that are lost, robots that are silent, reports that come late."""

import asyncio
import json
from collections import Counter
from pathlib import Path

import psycopg

from tests.fleet.conftest import Bench, ask, state, step, submit, wait_for, write_flow_file
from tests.fleet.postgres_rig import Cluster
from tests.fleet.test_robot import OK, Benches, ended


def sql(dsn: str, text: str, *given: object) -> list[tuple[object, ...]]:
    """Execute SQL as the hub's owner."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(text.encode(), given)
        return cursor.fetchall() if cursor.description else []


def cut(dsn: str) -> None:
    """Break every other connection to a hub."""
    sql(
        dsn,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def is_up_for_long(dsn: str) -> None:
    """Let the hub believe that it was started long ago."""
    sql(
        dsn,
        "CREATE OR REPLACE FUNCTION flowdesk.up_since() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''-infinity''::timestamptz'",
    )


def silence(dsn: str) -> None:
    """Let the hub believe that it has not heard of its robots for a while."""
    sql(dsn, "UPDATE flowdesk.robot SET seen = now() - interval '31 seconds'")


async def test_a_job_that_was_taken_and_never_arrived_is_given_back_and_run_once(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    worker = bench(2)
    async with worker.working():
        (robot,) = await wait_for(lambda: ask(hub_dsn, lambda hub: hub.robots()), "the robot")
        # The hub gives the robot a job, and the reply is lost on its way.
        made = submit(hub_dsn, write_flow_file(tmp_path, step("a", "click", selector=OK)), pool="held")
        sql(hub_dsn, f"UPDATE flowdesk.route SET pool = 'default'; SELECT flowdesk.take({robot['id']})")
        assert state(hub_dsn, made.jobs[0]) == "running"
        cut(hub_dsn)
        await wait_for(ended(hub_dsn, made.jobs), "the job")
    assert state(hub_dsn, made.jobs[0]) == "succeeded"
    assert worker.driver.actions().count("click") == 1


async def test_lines_that_are_cut_again_and_again_lose_and_double_nothing(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(tmp_path, step("type", "input", text="{{n}}"))
    made = submit(hub_dsn, path, [{"n": str(n)} for n in range(60)])
    workers = [bench(2), bench(2)]
    async with workers[0].working(), workers[1].working():
        while not await asyncio.to_thread(ended(hub_dsn, made.jobs)):
            await asyncio.to_thread(cut, hub_dsn)
            await asyncio.sleep(0.15)
    typed = Counter(event.values[0] for each in workers for event in each.driver.events if event.action == "type_text")
    assert typed == {str(n): 1 for n in range(60)}
    assert {state(hub_dsn, job) for job in made.jobs} == {"succeeded"}


async def test_a_hub_that_is_killed_under_load_loses_and_doubles_nothing_and_runs_go_on(
    bench: Benches, cluster: Cluster, hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(
        tmp_path,
        step("type", "input", text="{{n}}"),
        step("wait", "wait", duration=300),
        step("ok", "click", selector=OK),
    )
    made = submit(hub_dsn, path, [{"n": str(n)} for n in range(24)])
    workers = [bench(2), bench(2)]
    async with workers[0].working(), workers[1].working():
        await wait_for(lambda: any(each.driver.events for each in workers), "the first input")
        await asyncio.to_thread(cluster.kill)
        clicks = sum(each.driver.actions().count("click") for each in workers)
        await wait_for(
            lambda: sum(each.driver.actions().count("click") for each in workers) > clicks, "runs that go on"
        )
        await wait_for(
            lambda: all(each.told[-1].startswith("Job") or "continue" in " ".join(each.told) for each in workers),
            "told",
        )
        await asyncio.sleep(1.5)  # the hub stays away for a while: that is what is tried
        await asyncio.to_thread(cluster.start)
        await wait_for(ended(hub_dsn, made.jobs), "the jobs", 60)
    typed = Counter(event.values[0] for each in workers for event in each.driver.events if event.action == "type_text")
    assert typed == {str(n): 1 for n in range(24)}
    assert {state(hub_dsn, job) for job in made.jobs} == {"succeeded"}
    assert any("is back" in line for each in workers for line in each.told)


async def test_a_cancel_reaches_the_desktop_after_the_hub_restarted(
    bench: Benches, cluster: Cluster, hub_dsn: str, tmp_path: Path
) -> None:
    made = submit(
        hub_dsn, write_flow_file(tmp_path, step("a", "click", selector=OK), step("wait", "wait", duration=600_000))
    )
    worker = bench()
    async with worker.working():
        await wait_for(lambda: "click" in worker.driver.actions(), "the run")
        await asyncio.to_thread(cluster.kill)
        await asyncio.to_thread(cluster.start)
        assert ask(hub_dsn, lambda hub: hub.cancel(made.jobs[0], "no longer needed")) == "asked"
        (job,) = await wait_for(ended(hub_dsn, made.jobs), "the end")
    assert (job["state"], job["message"]) == ("cancelled", "no longer needed")


async def test_a_silent_robot_is_lost_its_job_is_not_run_again_and_its_late_report_counts(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    made = submit(
        hub_dsn,
        write_flow_file(
            tmp_path, step("a", "click", selector=OK), step("wait", "wait", duration=1500), repeatable=True
        ),
    )
    is_up_for_long(hub_dsn)
    one, other = bench(), bench()
    async with one.working():
        await wait_for(lambda: "click" in one.driver.actions(), "the run")
        silence(hub_dsn)
        assert ask(hub_dsn, lambda hub: hub.job(made.jobs[0]))["state"] == "lost"
        async with other.working():
            (job,) = await wait_for(
                lambda: [found for found in ended(hub_dsn, made.jobs)() or [] if found["state"] != "lost"], "the report"
            )
    assert (job["state"], job["retried_by"]) == ("succeeded", None)
    assert "click" not in other.driver.actions()


async def test_a_person_retries_what_is_lost_once_as_a_new_job(bench: Benches, hub_dsn: str, tmp_path: Path) -> None:
    path = write_flow_file(tmp_path, step("wait", "wait", duration=600_000))
    made = submit(hub_dsn, path, [{"n": "1"}])
    is_up_for_long(hub_dsn)
    async with bench().working(patience=0):
        await wait_for(lambda: state(hub_dsn, made.jobs[0]) == "running", "the run")
        silence(hub_dsn)
        found = ask(hub_dsn, lambda hub: (hub.job(made.jobs[0]), hub.retry(made.jobs[0]), hub.retry(made.jobs[0])))
    assert found[0]["state"] == "lost"
    assert (found[1][0], found[2]) == ("lost", ("retried", found[1][1]))
    again = ask(hub_dsn, lambda hub: hub.job(found[1][1]))
    assert (again["retry_of"], again["key"]) == (made.jobs[0], found[0]["key"])
    assert submit(hub_dsn, path, [{"n": "1"}]).doubles == ((1, found[1][1]),)


async def test_after_the_hub_was_away_a_robot_is_not_lost_before_it_had_time_to_say_something(
    bench: Benches, cluster: Cluster, hub_dsn: str, tmp_path: Path
) -> None:
    made = submit(hub_dsn, write_flow_file(tmp_path, step("wait", "wait", duration=600_000)))
    async with bench().working(patience=0):
        await wait_for(lambda: state(hub_dsn, made.jobs[0]) == "running", "the run")
        await asyncio.to_thread(cluster.kill)
        await asyncio.to_thread(cluster.start)
        silence(hub_dsn)
        assert state(hub_dsn, made.jobs[0]) == "running"


async def test_a_report_outlives_its_robot(bench: Benches, cluster: Cluster, hub_dsn: str, tmp_path: Path) -> None:
    path = write_flow_file(tmp_path, step("a", "click", selector=OK), step("wait", "wait", duration=200))
    made = submit(hub_dsn, path)
    first: Bench = bench(folder=tmp_path)
    try:
        async with first.working():
            await wait_for(lambda: "click" in first.driver.actions(), "the run")
            await asyncio.to_thread(cluster.kill)
            await wait_for(lambda: list((first.folder / "outbox").glob("*.json")), "the report")
            first.robot._line._is_ending.set()  # as if it were killed: it delivers nothing more
    finally:
        await asyncio.to_thread(cluster.start)
    assert state(hub_dsn, made.jobs[0]) == "running"
    second: Bench = bench(folder=tmp_path)
    async with second.working():
        await wait_for(ended(hub_dsn, made.jobs), "the job")
    assert state(hub_dsn, made.jobs[0]) == "succeeded"
    assert "click" not in second.driver.actions()


async def test_a_result_that_the_hub_cannot_keep_does_not_hold_up_the_others(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(tmp_path, step("end", "end", result="a\x00b \ud800 \\u0000"))
    path.write_text(path.read_text().replace("a\x00b", "a\\u0000b"), encoding="utf-8")
    made = submit(hub_dsn, path)
    async with bench().working():
        (job,) = await wait_for(ended(hub_dsn, made.jobs), "the job")
    assert job["state"] == "succeeded"
    assert json.dumps(job["result"])
    assert "\\u0000" in job["result"]
