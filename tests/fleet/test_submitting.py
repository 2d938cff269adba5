"""Rows become jobs: in their order, each once, each with one place in the queue, whoever submits at the same moment."""

import threading
from pathlib import Path

import psycopg

from flowdesk.fleet.client import Submitted
from tests.fleet.conftest import step, submit, write_flow_file


def queue_of(dsn: str) -> tuple[list[tuple[int, int | None]], list[tuple[int, int]]]:
    """Return the jobs in their order with their places in the queue, and the queue's places with their jobs."""
    with psycopg.connect(dsn) as connection:
        jobs = connection.execute("SELECT id, queued FROM flowdesk.job ORDER BY id").fetchall()
        rows = connection.execute(
            "SELECT (args->>'job')::bigint, id FROM procrastinate.procrastinate_jobs WHERE status = 'todo' ORDER BY id"
        ).fetchall()
    return [(job, place) for job, place in jobs], [(job, place) for job, place in rows]


def test_jobs_are_in_the_order_of_the_rows_and_stand_in_the_queue_once(hub_dsn: str, tmp_path: Path) -> None:
    path = write_flow_file(tmp_path, step("w", "wait", duration=1))
    made = submit(hub_dsn, path, [{"n": number, "key": f"k{number}"} for number in range(2000)], key="key")
    assert list(made.jobs) == sorted(made.jobs)
    with psycopg.connect(hub_dsn) as connection:
        numbers = connection.execute("SELECT number, (row->>'n')::int FROM flowdesk.job ORDER BY id").fetchall()
    assert numbers == [(place + 1, place) for place in range(2000)]
    jobs, places = queue_of(hub_dsn)
    assert jobs == places


def test_a_key_that_was_there_before_is_a_double_and_takes_no_place(hub_dsn: str, tmp_path: Path) -> None:
    path = write_flow_file(tmp_path, step("w", "wait", duration=1))
    first = submit(hub_dsn, path, [{"key": "a"}, {"key": "b"}], key="key")
    again = submit(hub_dsn, path, [{"key": "b"}, {"key": "c"}], key="key")
    assert again.doubles == ((1, first.jobs[1]),)
    assert len(again.jobs) == 1
    jobs, places = queue_of(hub_dsn)
    assert [job for job, _ in jobs] == [*first.jobs, *again.jobs]
    assert jobs == places


def test_who_submits_the_same_rows_at_the_same_moment_makes_each_job_once(hub_dsn: str, tmp_path: Path) -> None:
    path = write_flow_file(tmp_path, step("w", "wait", duration=1))
    rows = [{"key": f"k{number}"} for number in range(800)]
    done: list[Submitted] = []
    together = threading.Barrier(4)

    def work() -> None:
        together.wait(60)
        done.append(submit(hub_dsn, path, rows, key="key"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(done) == 4
    assert sum(len(one.jobs) for one in done) == 800
    assert all(len(one.jobs) + len(one.doubles) == 800 for one in done)
    jobs, places = queue_of(hub_dsn)
    assert jobs == places
