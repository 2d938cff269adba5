"""Robots take jobs from a real PostgreSQL and run them with the real engine, on a desktop that is only remembered."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from flowdesk.model.errors import FlowdeskError
from tests.fleet.conftest import Bench, Cluster, ask, cancel, job_of, state, step, submit, wait_for, write_flow_file

OK = "button[name='OK']"
Benches = Callable[..., Bench]


def ended(dsn: str, jobs: tuple[int, ...]) -> Callable[[], list[dict[str, Any]] | None]:
    """Return what gives the jobs once all of them have ended."""

    def look() -> list[dict[str, Any]] | None:
        found = [job_of(dsn, job) for job in jobs]
        return found if all(job["state"] not in {"waiting", "running"} for job in found) else None

    return look


async def test_each_row_is_run_once_with_its_values(bench: Benches, hub_dsn: str, tmp_path: Path) -> None:
    path = write_flow_file(
        tmp_path,
        step("type", "input", text="{{name}} {{row.n}} {{job.number}}"),
        step("end", "end", result="{{name}}"),
    )
    made = submit(hub_dsn, path, [{"n": str(n), "name": f"名字 {n}"} for n in range(1, 41)])
    one, two = bench(), bench(2)
    async with one.working(), two.working():
        jobs = await wait_for(ended(hub_dsn, made.jobs), "the jobs")
    typed = Counter(
        event.values[0] for each in (one, two) for event in each.driver.events if event.action == "type_text"
    )
    assert typed == {f"名字 {n} {n} {n}": 1 for n in range(1, 41)}
    assert [(job["state"], job["result"], job["acted"]) for job in jobs] == [
        ("succeeded", f"名字 {n}", True) for n in range(1, 41)
    ]
    assert one.driver.events
    assert two.driver.events


async def test_a_row_that_is_wrong_is_business_and_what_fails_unacted_is_run_again(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    wrong = submit(
        hub_dsn, write_flow_file(tmp_path, step("end", "end", status="business", message="No such customer", result=7))
    )
    missing = submit(hub_dsn, write_flow_file(tmp_path, step("a", "click", selector="button[name='None']", timeout=0)))
    acted = submit(
        hub_dsn,
        write_flow_file(tmp_path, step("a", "click", selector=OK), step("b", "end", status="failed", message="Bad")),
    )
    async with bench().working():
        jobs = await wait_for(ended(hub_dsn, (*wrong.jobs, *missing.jobs, *acted.jobs)), "the jobs")
    assert [(job["state"], job["kind"], job["message"], job["acted"]) for job in jobs] == [
        ("failed", "business", "No such customer", False),
        ("failed", "application", jobs[1]["message"], False),
        ("failed", "application", "Bad", True),
    ]
    assert jobs[0]["result"] == 7
    assert [job["retried_by"] is not None for job in jobs] == [False, True, False]
    again = ask(hub_dsn, lambda hub: hub.job(jobs[1]["retried_by"]))
    assert (again["retry_of"], again["attempt"]) == (jobs[1]["id"], 2)


async def test_a_flow_reads_the_files_that_came_along(bench: Benches, hub_dsn: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "prices.csv").write_text("price\n12\n30\n", "utf-8")
    path = write_flow_file(
        tmp_path,
        step("t", "readTable", path="data/prices.csv", variable="rows"),
        step("e", "end", result='{{ rows|sum("price") }}'),
    )
    done = submit(hub_dsn, path)
    (tmp_path / "data" / "prices.csv").unlink()
    async with bench().working():
        (job,) = await wait_for(ended(hub_dsn, done.jobs), "the job")
    assert (job["state"], job["result"]) == ("succeeded", 42)


async def test_a_flow_that_may_be_repeated_is_run_again_three_times_at_the_most(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(
        tmp_path, step("a", "click", selector=OK), step("b", "end", status="failed"), repeatable=True
    )
    made = submit(hub_dsn, path)
    with psycopg.connect(hub_dsn, autocommit=True) as connection:  # not to wait for the pauses between the attempts
        connection.execute(
            "CREATE FUNCTION hurry() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.scheduled_at = NULL; RETURN NEW; END'"
        )
        connection.execute(
            "CREATE TRIGGER hurry BEFORE INSERT ON procrastinate.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION hurry()"
        )
    worker = bench()
    async with worker.working():
        await wait_for(
            lambda: [job["attempt"] for job in ask(hub_dsn, lambda hub: hub.jobs(state="failed"))] == [3, 2, 1],
            "attempts",
        )
    jobs = ask(hub_dsn, lambda hub: hub.jobs())
    assert [job["retry_of"] for job in jobs] == [jobs[1]["id"], jobs[2]["id"], None]
    assert worker.driver.actions().count("click") == 3
    assert ask(hub_dsn, lambda hub: hub.results(made.batch))[0]["attempt"] == 3


async def test_cancel_ends_what_waits_and_stops_what_runs(bench: Benches, hub_dsn: str, tmp_path: Path) -> None:
    path = write_flow_file(
        tmp_path,
        step("a", "click", selector=OK),
        step("wait", "wait", duration=600_000),
        step("b", "click", selector=OK),
    )
    made = submit(hub_dsn, path, [{"n": "1"}, {"n": "2"}])
    worker = bench()
    async with worker.working():
        await wait_for(
            lambda: state(hub_dsn, made.jobs[0]) == "running" and "click" in worker.driver.actions(), "the run"
        )
        answers = [cancel(hub_dsn, job, "cancelled by Ann") for job in made.jobs]
        jobs = await wait_for(ended(hub_dsn, made.jobs), "the ends")
    assert answers == ["asked", "cancelled"]
    assert [(job["state"], job["message"]) for job in jobs] == [("cancelled", "cancelled by Ann")] * 2
    assert worker.driver.actions().count("click") == 1
    assert ask(hub_dsn, lambda hub: hub.cancel(made.jobs[0], "again")) == "cancelled"
    assert ask(hub_dsn, lambda hub: hub.cancel(10**9, "none")) is None


async def test_what_nobody_began_until_its_deadline_is_expired_and_never_run(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(tmp_path, step("a", "click", selector=OK))
    soon = datetime.now(UTC) + timedelta(seconds=0.2)
    made = submit(hub_dsn, path, deadline=soon)
    late = submit(hub_dsn, path, deadline=soon + timedelta(hours=1))
    await wait_for(lambda: state(hub_dsn, made.jobs[0]) == "expired", "the deadline")
    worker = bench()
    async with worker.working():
        await wait_for(ended(hub_dsn, late.jobs), "the other")
    assert (state(hub_dsn, made.jobs[0]), state(hub_dsn, late.jobs[0])) == ("expired", "succeeded")
    assert worker.driver.actions().count("click") == 1


async def test_higher_priorities_come_first_and_equal_ones_in_order(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(tmp_path, step("type", "input", text="{{n}}"))
    low = submit(hub_dsn, path, [{"n": "c"}, {"n": "d"}])
    high = submit(hub_dsn, path, [{"n": "a"}, {"n": "b"}], priority=5)
    worker = bench()
    async with worker.working():
        await wait_for(ended(hub_dsn, (*low.jobs, *high.jobs)), "the jobs")
    assert [event.values[0] for event in worker.driver.events if event.action == "type_text"] == ["a", "b", "c", "d"]


async def test_a_robot_takes_what_its_pool_labels_and_consent_allow_and_the_hub_says_what_is_lacking(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(tmp_path, step("a", "log", message="hello"))
    (tmp_path / "other").mkdir()
    other = write_flow_file(tmp_path / "other", step("b", "log", message="x"))
    fits = submit(hub_dsn, path, labels={"os": "linux"})
    pool, label, flow = (
        submit(hub_dsn, path, pool="else"),
        submit(hub_dsn, path, labels={"os": "plan9"}),
        submit(hub_dsn, other),
    )
    allowed = ask(hub_dsn, lambda hub: hub.job(fits.jobs[0]))["bundle"]
    async with bench(allows=(allowed,)).working():
        await wait_for(ended(hub_dsn, fits.jobs), "the job that fits")
        waits = [job_of(hub_dsn, made.jobs[0])["waits_for"] for made in (pool, label, flow)]
        assert [robot["state"] for robot in ask(hub_dsn, lambda hub: hub.robots())] == ["idle"]
    assert waits == ["robot", "label", "permission"]
    assert [robot["state"] for robot in ask(hub_dsn, lambda hub: hub.robots())] == ["gone"]


async def test_a_hub_that_sends_what_was_not_allowed_is_not_obeyed(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    made = submit(hub_dsn, write_flow_file(tmp_path, step("a", "click", selector=OK)))
    with psycopg.connect(hub_dsn, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.allows = NULL; RETURN NEW; END'"
        )
        connection.execute(
            "CREATE TRIGGER forget BEFORE INSERT ON flowdesk.robot FOR EACH ROW EXECUTE FUNCTION forget()"
        )
    worker = bench(allows=("0" * 64,))
    async with worker.working():
        (job,) = await wait_for(ended(hub_dsn, made.jobs), "the refusal")
    assert (job["state"], job["code"], job["retried_by"]) == ("failed", "auth.not_allowed", None)
    assert "click" not in worker.driver.actions()


async def test_an_ending_robot_finishes_and_a_second_signal_stops(bench: Benches, hub_dsn: str, tmp_path: Path) -> None:
    path = write_flow_file(tmp_path, step("a", "click", selector=OK), step("wait", "wait", duration=600_000))
    made = submit(hub_dsn, path, [{"n": "1"}, {"n": "2"}])
    worker = bench()
    async with worker.working():
        await wait_for(lambda: "click" in worker.driver.actions(), "the run")
        worker.robot.end()
        await wait_for(lambda: ask(hub_dsn, lambda hub: hub.robots())[0]["state"] == "draining", "the draining")
        assert state(hub_dsn, made.jobs[0]) == "running"
        worker.robot.end()
    assert [state(hub_dsn, job) for job in made.jobs] == ["cancelled", "waiting"]


async def test_a_person_who_stops_a_run_at_the_robot_stops_the_robot(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(tmp_path, step("a", "click", selector=OK), step("wait", "wait", duration=600_000))
    made = submit(hub_dsn, path, [{"n": "1"}, {"n": "2"}])
    worker = bench()
    async with worker.working():
        await wait_for(lambda: "click" in worker.driver.actions(), "the run")
        worker.session.stop_all("emergency stop")
        await wait_for(ended(hub_dsn, made.jobs[:1]), "the end")
    assert [state(hub_dsn, job) for job in made.jobs] == ["cancelled", "waiting"]


async def test_what_a_run_left_is_gathered_and_nothing_of_it_stays_at_the_robot(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    (tmp_path / "chain.assets").mkdir()
    (tmp_path / "chain.assets" / "unused.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    path = write_flow_file(
        tmp_path,
        step("log", "log", message="hello"),
        step("write", "file", operation="write", path="out/notes.txt", text="written"),
        step("shot", "screenshot", filename="look.png"),
    )
    made = submit(hub_dsn, path)
    worker = bench()
    async with worker.working():
        (job,) = await wait_for(ended(hub_dsn, made.jobs), "the job")
    files = dict(ask(hub_dsn, lambda hub: list(hub.files(job["id"]))))
    assert {"run.json", "messages.jsonl", "look.png", "work/out/notes.txt"} <= files.keys()
    assert not any("chain.flow" in name or "unused" in name for name in files)
    assert files["work/out/notes.txt"] == b"written"
    assert b"hello" in files["messages.jsonl"]
    assert not any((worker.folder / "jobs").iterdir())
    assert not any((worker.folder / "outbox").iterdir())


async def test_a_robot_that_cannot_reach_the_hub_at_first_says_so(bench: Benches) -> None:
    worker = bench(dsn="postgresql://flowdesk@127.0.0.1:1/none")
    with pytest.raises(FlowdeskError, match="cannot be reached"):
        await worker.robot.run(0)
    await worker.session.close()


async def test_a_robot_that_knows_its_hub_waits_for_it(
    bench: Benches, cluster: Cluster, hub_dsn: str, tmp_path: Path
) -> None:
    made = submit(hub_dsn, write_flow_file(tmp_path, step("log", "log", message="x")))
    await asyncio.to_thread(cluster.kill)
    worker = bench()
    task = asyncio.get_running_loop().create_task(worker.robot.run(0, waits=True))
    try:
        await wait_for(lambda: any("cannot be reached" in line for line in worker.told), "the trouble")
    finally:
        await asyncio.to_thread(cluster.start)
    await wait_for(ended(hub_dsn, made.jobs), "the job")
    worker.robot.end()
    await task
    await worker.session.close()
    assert state(hub_dsn, made.jobs[0]) == "succeeded"


async def test_robots_that_share_a_name_are_told_apart_and_a_name_is_free_again(bench: Benches, hub_dsn: str) -> None:
    def names(*states: str) -> list[str]:
        return sorted(robot["name"] for robot in ask(hub_dsn, lambda hub: hub.robots()) if robot["state"] in states)

    async with bench().working(), bench().working(), bench().working():
        await wait_for(lambda: len(names("idle")) == 3, "the robots")
        assert names("idle") == ["bench", "bench 2", "bench 3"]
    async with bench().working():
        await wait_for(lambda: names("idle"), "the robot")
        assert names("idle") == ["bench"]


async def test_a_cancel_of_a_lost_job_stops_it_as_soon_as_its_robot_is_heard_of_again(
    bench: Benches, hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(
        tmp_path,
        step("a", "click", selector=OK),
        step("wait", "wait", duration=600_000),
        step("b", "click", selector=OK),
    )
    (job,) = submit(hub_dsn, path).jobs
    worker = bench()
    async with worker.working():
        await wait_for(lambda: "click" in worker.driver.actions(), "the run")
        with psycopg.connect(hub_dsn) as connection:  # as the hub does where a robot is silent
            connection.execute("UPDATE flowdesk.job SET state = 'lost', ended = now(), code = 'fleet.lost'")
        assert cancel(hub_dsn, job, "no longer wanted") == "cancelled"
        await wait_for(lambda: not worker.session.runs.under_way(), "its run to be stopped")
        await wait_for(lambda: not any((worker.folder / "outbox").iterdir()), "its report")
        with psycopg.connect(hub_dsn) as connection:
            assert connection.execute("SELECT count(*) FROM flowdesk.job WHERE cancel IS NOT NULL").fetchone() == (0,)
    assert worker.driver.actions().count("click") == 1
    assert (job_of(hub_dsn, job)["state"], job_of(hub_dsn, job)["message"]) == ("cancelled", "no longer wanted")
