"""`flowdesk submit`, `jobs` and `worker` as people type them."""

import csv
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from flowdesk.cli import main
from tests.fleet.conftest import Bench, ask, cancel, step, submit, wait_for, write_flow_file
from tests.fleet.postgres_rig import Cluster, cluster, hub_dsn
from tests.fleet.test_robot import ended

__all__ = ["Cluster", "cluster", "hub_dsn"]

Told = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _address(hub_dsn: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLOWDESK_HUB", hub_dsn)
    monkeypatch.setenv("FLOWDESK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("LANGUAGE", "en")


def table(folder: Path, *rows: str) -> Path:
    """Write rows below the names ``n`` and ``name``."""
    path = folder / "rows.csv"
    path.write_text("\n".join(("n,name", *rows)) + "\n", encoding="utf-8")
    return path


def answer(capsys: Told, *arguments: str) -> Any:
    """Call a command with ``--json`` and return what it printed."""
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_rows_are_submitted_once_and_listed(tmp_path: Path, capsys: Told) -> None:
    path = write_flow_file(tmp_path, step("log", "log", message="{{name}}"))
    rows = table(tmp_path, "1,Ann", "2,李雷")
    first = answer(
        capsys, "submit", str(path), "--rows", str(rows), "--priority", "3", "--var", "x=[1]", "--label", "scanner"
    )
    second = answer(capsys, "submit", str(path), "--rows", str(rows), "--var", "x=[1]")
    assert (len(first["jobs"]), second["jobs"], second["doubles"]) == (2, [], first["jobs"])
    listed = answer(capsys, "jobs", "list", "--batch", first["batch"])
    assert [(job["state"], job["number"], job["row"]["name"], job["priority"], job["labels"]) for job in listed] == [
        ("waiting", 2, "李雷", 3, {"scanner": "yes"}), ("waiting", 1, "Ann", 3, {"scanner": "yes"}),
    ]  # fmt: skip
    shown = answer(capsys, "jobs", "show", str(first["jobs"][0]))
    assert (shown["variables"], shown["row"], shown["waits_for"]) == ({"x": [1]}, {"n": "1", "name": "Ann"}, "robot")
    assert main(["submit", str(path), "--rows", str(rows), "--var", "x=[1]"]) == 0
    assert "2 are already jobs" in capsys.readouterr().out
    assert len(answer(capsys, "submit", str(path), "--rows", str(rows), "--again")["jobs"]) == 2
    assert main(["jobs", "list"]) == 0
    assert "waiting" in capsys.readouterr().out
    assert main(["jobs", "show", str(first["jobs"][0])]) == 0
    assert "No robot is in the pool" in capsys.readouterr().out


def test_cancel_and_retry_say_what_came_of_them(tmp_path: Path, capsys: Told) -> None:
    path = write_flow_file(tmp_path, step("log", "log", message="x"))
    made = answer(capsys, "submit", str(path), "--rows", str(table(tmp_path, "1,a", "2,b")))
    one, two = made["jobs"]
    assert answer(capsys, "jobs", "cancel", str(one)) == [{"id": one, "answer": "cancelled"}]
    assert answer(capsys, "jobs", "cancel", str(one)) == [{"id": one, "answer": "cancelled"}]
    (retry,) = answer(capsys, "jobs", "retry", str(one))
    assert answer(capsys, "jobs", "show", str(retry["job"]))["retry_of"] == one
    for job, sentence in ((one, "was retried before"), (two, "it is waiting"), (10**12, "There is no job")):
        assert main(["jobs", "retry", str(job)]) == 2
        assert sentence in capsys.readouterr().err
    assert main(["jobs", "cancel", "--batch", made["batch"]]) == 0
    capsys.readouterr()
    assert {job["state"] for job in answer(capsys, "jobs", "list")} == {"cancelled"}


async def test_wait_writes_what_became_of_each_row_beside_the_rows(tmp_path: Path, hub_dsn: str) -> None:
    path = write_flow_file(
        tmp_path,
        step("which", "condition", left="{{n}}", operator="eq", right="2"),
        step("wrong", "end", status="business", message="No customer {{name}}"),
    )
    values = json.loads(path.read_text())
    values["edges"][1]["sourceHandle"] = "true"
    values["nodes"].append(step("fine", "end", result={"name": "{{name}}"}))
    values["edges"].append({"id": "f", "source": "which", "target": "fine", "sourceHandle": "false"})
    path.write_text(json.dumps(values))
    rows = table(tmp_path, "1,Ann", "2,李雷", "3,=Bob")
    command = [sys.executable, "-m", "flowdesk", "submit", str(path), "--rows", str(rows), "--wait"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:  # noqa: ASYNC220 - its start blocks for a moment only
        async with Bench(tmp_path / "robot", hub_dsn).working():
            assert await wait_for(lambda: waiting.poll() is not None, "the end", 60)
        out, _ = waiting.communicate()
    assert waiting.returncode == 1
    assert "No customer 李雷" in out
    with (tmp_path / "rows.results.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [(row["n"], row["name"], row["state"], row["kind"], row["result"]) for row in found] == [
        ("1", "Ann", "succeeded", "", '{"name": "Ann"}'), ("2", "李雷", "failed", "business", ""),
        ("3", "=Bob", "succeeded", "", '{"name": "=Bob"}'),
    ]  # fmt: skip
    assert rows.read_text(encoding="utf-8") == "n,name\n1,Ann\n2,李雷\n3,=Bob\n"


async def test_the_files_of_a_job_are_put_where_it_is_said(tmp_path: Path, hub_dsn: str, capsys: Told) -> None:
    made = submit(hub_dsn, write_flow_file(tmp_path, step("log", "log", message="hello")))
    async with Bench(tmp_path / "robot", hub_dsn).working():
        await wait_for(ended(hub_dsn, made.jobs), "the job")
    assert main(["jobs", "show", str(made.jobs[0]), "--files", str(tmp_path / "out")]) == 0
    assert "messages.jsonl" in capsys.readouterr().out
    assert "hello" in (tmp_path / "out" / "messages.jsonl").read_text(encoding="utf-8")
    assert answer(capsys, "jobs", "robots")[0]["state"] == "gone"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["submit", "missing.flow.json"], "File not found"),
        (["submit", "{flow}", "--rows", "missing.csv"], "missing.csv"),
        (["submit", "{flow}", "--deadline", "soon"], "not a deadline"),
        (["submit", "{flow}", "--label", "a b"], "not a label"),
        (["submit", "{flow}", "--rows", "{rows}", "--key", "nothing"], "no column"),
        (["submit", "{flow}", "--desktop", "private:axb"], "private:axb"),
        (["submit", "{flow}", "--hub", "nonsense"], "not an address"),
        (["submit", "{flow}", "--hub", "postgresql://a:hidden@127.0.0.1:1/x"], "cannot be reached"),
        (["jobs", "show", "99"], "no job 99"),
        (["jobs", "cancel"], "No job is named"),
        (["jobs", "cancel", "--batch", "none"], "no batch"),
        (["worker", "--desktops", "-1"], "not a possible"),
        (["worker", "--desktops", "1"], "not allowed to run anything"),
        (["worker", "--join", "nonsense"], "not a join code"),
        (["hub", "--dsn", "nonsense"], "not an address"),
    ],
)
def test_bad_input_gets_one_sentence(arguments: list[str], sentence: str, tmp_path: Path, capsys: Told) -> None:
    flow = write_flow_file(tmp_path, step("log", "log", message="x"))
    rows = table(tmp_path, "1,a")
    given = [part.format(flow=flow, rows=rows, folder=tmp_path / "hub") for part in arguments]
    assert main(given) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.startswith("flowdesk: ")
    assert "hidden" not in told


def test_a_folder_that_cannot_be_used_is_said(capsys: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("FLOWDESK_STATE_DIR", str(tmp_path / "file"))
    assert main(["worker", "--desktops", "1", "--any-flow"]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_an_invalid_flow_is_not_submitted(tmp_path: Path, capsys: Told) -> None:
    assert main(["submit", str(write_flow_file(tmp_path, step("a", "click")))]) == 2
    assert "a.selector" in capsys.readouterr().err
    assert answer(capsys, "jobs", "list") == []


def test_a_database_that_is_no_hub_is_said_to_be_none(cluster: Cluster, capsys: Told) -> None:
    assert main(["jobs", "list", "--hub", cluster.dsn("postgres")]) == 2
    assert "flowdesk hub --dsn" in capsys.readouterr().err


def test_without_the_extra_there_is_one_sentence_with_the_command(tmp_path: Path) -> None:
    flow = write_flow_file(tmp_path, step("log", "log", message="x"))
    hidden = "import sys; sys.modules['psycopg'] = sys.modules['procrastinate'] = None; from flowdesk.cli import main; sys.exit(main())"
    for arguments in (
        ["submit", str(flow)],
        ["jobs", "list"],
        ["worker", "--desktops", "1", "--any-flow"],
        ["hub", "--dsn", "postgresql://x/y"],
    ):
        done = subprocess.run([sys.executable, "-c", hidden, *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.count("\n")) == (2, 2), done.stderr
        assert 'pip install "flowdesk[fleet]"' in done.stderr


async def test_ten_thousand_rows_are_jobs_in_the_order_of_the_rows(tmp_path: Path, hub_dsn: str) -> None:
    path = write_flow_file(tmp_path, step("log", "log", message="x"))
    made = submit(hub_dsn, path, [{"n": str(n)} for n in range(10_000)])
    assert len(made.jobs) == 10_000
    last = ask(hub_dsn, lambda hub: hub.job(made.jobs[-1]))
    assert (last["row"], last["number"]) == ({"n": "9999"}, 10_000)
    assert ask(hub_dsn, lambda hub: hub.counts(made.batch)) == {"waiting": 10_000}


async def test_rows_with_one_key_are_one_job_and_the_results_tell_of_every_row(tmp_path: Path, hub_dsn: str) -> None:
    path = write_flow_file(tmp_path, step("end", "end", result="{{name}}"))
    rows = table(tmp_path, "1,Ann", "2,Bob", "1,Ann again")
    command = [sys.executable, "-m", "flowdesk", "submit", str(path), "--rows", str(rows), "--key", "n", "--wait"]

    async def results() -> tuple[str, list[tuple[str, ...]]]:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:  # noqa: ASYNC220 - its start blocks for a moment only
            assert await wait_for(lambda: waiting.poll() is not None, "the end", 60)
            out, err = waiting.communicate()
        assert waiting.returncode == 0, err
        with (tmp_path / "rows.results.csv").open(encoding="utf-8-sig", newline="") as file:
            return out, [(row["n"], row["name"], row["state"], row["result"]) for row in csv.DictReader(file)]

    async with Bench(tmp_path / "robot", hub_dsn).working():
        out, found = await results()
        assert "One is already job 1 and is skipped." in out
        assert found == [
            ("1", "Ann", "succeeded", "Ann"), ("2", "Bob", "succeeded", "Bob"), ("1", "Ann again", "succeeded", "Ann"),
        ]  # fmt: skip
        table(tmp_path, "3,Cid", "2,Bob now")
        _, found = await results()
        assert found == [("3", "Cid", "succeeded", "Cid"), ("2", "Bob now", "succeeded", "Bob")]
    assert len(ask(hub_dsn, lambda hub: hub.jobs())) == 3


def test_what_is_waited_for_includes_jobs_that_rows_were_already(tmp_path: Path, hub_dsn: str) -> None:
    path = write_flow_file(tmp_path, step("log", "log", message="x"))
    first = submit(hub_dsn, path, [{"n": "1"}, {"n": "2"}])
    cancel(hub_dsn, first.jobs[0], "enough")
    assert ask(hub_dsn, lambda hub: hub.open_among(first.jobs)) == 1
    assert {job["state"] for job in ask(hub_dsn, lambda hub: hub.those(first.jobs)).values()} == {
        "waiting",
        "cancelled",
    }
    (_, made), (_, other) = ask(hub_dsn, lambda hub: [hub.retry(first.jobs[0]), (None, first.jobs[1])])
    cancel(hub_dsn, other, "enough")
    assert ask(hub_dsn, lambda hub: hub.open_among(first.jobs)) == 1
    told = ask(hub_dsn, lambda hub: hub.those(first.jobs))
    assert {asked: (job["id"], job["state"]) for asked, job in told.items()} == {
        first.jobs[0]: (made, "waiting"), other: (other, "cancelled"),
    }  # fmt: skip


def test_a_job_that_a_row_was_already_is_told_where_it_failed(tmp_path: Path, hub_dsn: str, capsys: Told) -> None:
    path, rows = write_flow_file(tmp_path, step("log", "log", message="x")), table(tmp_path, "1,Ann", "1,Bob")
    first = answer(capsys, "submit", str(path), "--rows", str(rows), "--key", "n")["jobs"]
    threading.Timer(1, cancel, (hub_dsn, first[0], "enough")).start()
    assert main(["submit", str(path), "--rows", str(rows), "--key", "n", "--wait"]) == 1
    assert capsys.readouterr().out.count("enough") == 1


@pytest.mark.parametrize("pool", [" ", "x" * 201, "a\nb"])
def test_what_names_no_pool_is_refused(pool: str, tmp_path: Path, capsys: Told) -> None:
    path = write_flow_file(tmp_path, step("log", "log", message="x"))
    assert main(["submit", str(path), "--pool", pool]) == 2
    assert main(["worker", "--desktops", "1", "--any-flow", "--pool", pool]) == 2
    assert capsys.readouterr().err.count("is not the name of a pool") == 2


def test_a_column_that_every_job_has_is_said_to_be_read_otherwise(tmp_path: Path, capsys: Told) -> None:
    path, rows = write_flow_file(tmp_path, step("log", "log", message="x")), tmp_path / "rows.csv"
    rows.write_text("job,name\n1,Ann\n", encoding="utf-8")
    assert main(["submit", str(path), "--rows", str(rows)]) == 0
    assert 'The column "job" is {{row.job}} in the flow.' in capsys.readouterr().err
