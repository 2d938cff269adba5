"""Robots and jobs as editors ask for them: through the session, at a real hub."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flowdesk.engine.context import Services
from flowdesk.fleet.counter import HubCounter
from flowdesk.model.errors import FlowInvalid, HubUnavailable, NotAllowed, RequestInvalid
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.protocol.messages import REQUESTS, Role
from flowdesk.protocol.replies import REPLIES
from flowdesk.protocol.schema import shape
from flowdesk.reporting.writing import report_writer
from flowdesk.session.arming import arm, candidate
from flowdesk.session.session import Folders, Session
from flowdesk.session.triggering import Surroundings
from tests.fleet.conftest import Bench, Cluster, cluster, hub_dsn, state, step, submit, wait_for, write_flow_file
from tests.session.conftest import Keeper

__all__ = ["Cluster", "cluster", "hub_dsn"]


@pytest.fixture
async def session(tmp_path: Path, hub_dsn: str) -> AsyncIterator[Session]:
    catalogue = catalogue_with_plugins()
    made = Session(
        catalogue, Services(), Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows"),
        counter=lambda: HubCounter(hub_dsn, catalogue, report_writer(catalogue)),
    )  # fmt: skip
    yield made
    await made.close()


async def ask(session: Session, kind: str, role: Role = Role.RUN, workflow_id: str = "", **payload: Any) -> Any:
    """Send a request and hold its reply against its declaration."""
    given = REQUESTS[kind].payload.model_validate(payload)
    reply = await session.submit(Keeper("mei", role), kind, given, workflow_id)
    shape(REPLIES[kind]).validate_python(reply, strict=True)
    return reply


async def test_robots_and_jobs_are_listed_found_and_counted(
    session: Session, bench: Callable[..., Bench], hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(tmp_path, step("log", "log", message="{{name}}"))
    first = submit(hub_dsn, path, [{"name": "Ann"}, {"name": "李雷"}, {"name": "100%"}])
    async with bench(pool="elsewhere").working():
        await wait_for(
            lambda: HubCounter(hub_dsn, session.catalogue, report_writer(session.catalogue)).robots(), "a robot"
        )
        robot = (await ask(session, "fleet.robots", Role.VIEW))["robots"][0]
        assert (robot["name"], robot["pool"], robot["state"], robot["busy"], robot["desktops"]) == (
            "bench",
            "elsewhere",
            "idle",
            0,
            1,
        )
    found = await ask(session, "fleet.jobs", Role.VIEW, batch=first.batch, limit=2)
    assert ([job["row"]["name"] for job in found["jobs"]], found["more"]) == (["100%", "李雷"], True)
    rest = await ask(session, "fleet.jobs", batch=first.batch, before=found["jobs"][-1]["id"])
    assert ([job["row"]["name"] for job in rest["jobs"]], rest["more"]) == (["Ann"], False)
    assert found["counts"]["waiting"] >= 3
    for text, names in (("李", ["李雷"]), ("0%", ["100%"]), ("_", []), ("chain", ["100%", "李雷", "Ann"])):
        told = await ask(session, "fleet.jobs", batch=first.batch, text=text)
        assert [job["row"]["name"] for job in told["jobs"]] == names, text
    detail = (await ask(session, "fleet.job", Role.VIEW, id=first.jobs[0]))["job"]
    assert "default" in detail["waits_for"]


async def test_a_job_is_cancelled_and_retried_by_who_may_run(session: Session, hub_dsn: str, tmp_path: Path) -> None:
    done = submit(hub_dsn, write_flow_file(tmp_path, step("log", "log", message="x")), again=True)
    for kind in ("fleet.cancel", "fleet.retry", "fleet.submit"):
        with pytest.raises(NotAllowed):
            await ask(session, kind, Role.EDIT, jobs=list(done.jobs))
    with pytest.raises(NotAllowed):
        await ask(session, "fleet.report", Role.VIEW, id=done.jobs[0])
    with pytest.raises(RequestInvalid):
        await ask(session, "fleet.cancel")
    answers = (await ask(session, "fleet.cancel", jobs=[*done.jobs, 10**9]))["answers"]
    assert [answer["done"] for answer in answers] == [True, False]
    job = (await ask(session, "fleet.job", id=done.jobs[0]))["job"]
    assert (job["state"], job["message"]) == ("cancelled", "cancelled by mei")
    again = (await ask(session, "fleet.retry", batch=done.batch))["answers"]
    assert [answer["done"] for answer in again] == [True]
    assert state(hub_dsn, again[0]["job"]) == "waiting"
    assert (await ask(session, "fleet.retry", jobs=list(done.jobs)))["answers"][0]["done"] is False
    await ask(session, "fleet.cancel", jobs=[again[0]["job"]])


async def test_what_a_job_did_comes_as_files_and_as_a_report(
    session: Session, bench: Callable[..., Bench], hub_dsn: str, tmp_path: Path
) -> None:
    path = write_flow_file(
        tmp_path, step("log", "log", message="Bill of {{name}}"), step("read", "readTable", path="gone.csv")
    )
    done = submit(hub_dsn, path, variables={"name": "张三"}, pool="reports")
    with pytest.raises(RequestInvalid, match="no record yet"):
        await ask(session, "fleet.report", Role.EDIT, id=done.jobs[0])
    async with bench(pool="reports").working():
        await wait_for(lambda: state(hub_dsn, done.jobs[0]) == "failed", "the job failed")
    detail = (await ask(session, "fleet.job", id=done.jobs[0]))["job"]
    assert "messages.jsonl" in [file["name"] for file in detail["files"]]
    fetched = await ask(session, "fleet.file", Role.EDIT, id=done.jobs[0], name="messages.jsonl")
    assert b"Bill of" in base64.b64decode(fetched["data"])
    with pytest.raises(RequestInvalid):
        await ask(session, "fleet.file", Role.EDIT, id=done.jobs[0], name="../secret")
    report = await ask(session, "fleet.report", Role.EDIT, id=done.jobs[0], language="zh_CN")
    assert report["name"] == f"job-{done.jobs[0]}.html"
    assert "Bill of 张三" in report["html"]
    assert "失败" in report["html"]


async def test_the_saved_file_of_an_open_flow_is_submitted(session: Session, hub_dsn: str, tmp_path: Path) -> None:
    path = write_flow_file(tmp_path, step("log", "log", message="{{name}}"))
    live = session.open_file(path)
    done = await ask(
        session, "fleet.submit", workflow_id=live.workflow_id, rows=[{"name": "a"}, {"name": "b"}], pool="nobody"
    )
    assert (len(done["jobs"]), done["doubles"]) == (2, [])
    again = await ask(session, "fleet.submit", workflow_id=live.workflow_id, rows=[{"name": "a"}], pool="nobody")
    assert (again["jobs"], again["doubles"]) == ([], done["jobs"][:1])
    with pytest.raises(RequestInvalid):
        await ask(session, "fleet.submit", workflow_id=live.workflow_id, deadline="soon")
    broken = write_flow_file(tmp_path, step("log", "log", message="{{name"))
    with pytest.raises(FlowInvalid):
        HubCounter(hub_dsn, session.catalogue, report_writer(session.catalogue)).submit(_submission(broken))
    await ask(session, "fleet.cancel", batch=done["batch"])


async def test_a_trigger_submits_to_a_pool_instead_of_running_here(hub_dsn: str, tmp_path: Path) -> None:
    catalogue, address = catalogue_with_plugins(), [hub_dsn]
    told: list[tuple[str, str]] = []

    async def tell(title: str, text: str) -> None:
        told.append((title, text))

    clock = Hand()
    made = Session(
        catalogue, Services(), Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows"),
        counter=lambda: HubCounter(address[0], catalogue, report_writer(catalogue)),
        surroundings=Surroundings(tell=tell, clock=clock),
    )  # fmt: skip
    tick = {"id": "tick", "type": "schedule", "every": 60_000, "pool": "night"}
    path = write_flow_file(tmp_path, step("log", "log", message="{{trigger.id}}"), triggers=[tick])
    found = candidate(path, catalogue)
    ledger, watch = made.triggering.ledger, made.triggering.watch
    arm(found, ledger, made.trust, clock.time)
    assert watch.hold.take()
    for minutes in (1, 1):  # one job each minute, whatever became of the one before
        clock.time += timedelta(minutes=minutes)
        watch.refresh()
        await watch.look()
        await wait_for(lambda: all(row.status == "submitted" for row in ledger.history(limit=9)), "it was submitted")
    rows = ledger.history(limit=9)
    assert len(rows) == 2
    assert all('the pool "night" as job' in row.message for row in rows)
    listed = (await ask(made, "fleet.jobs", pool="night"))["jobs"]
    assert [(job["flow"], job["state"], job["submitted_by"]) for job in listed] == [
        ("Chain", "waiting", "trigger tick")
    ] * 2
    assert made.runs.listing(9) == []
    await ask(made, "fleet.cancel", jobs=[job["id"] for job in listed])
    address[0], made.fleet._made = hub_dsn.replace("dbname=", "dbname=no_").replace("/flowdesk", "/no_such"), None
    clock.time += timedelta(minutes=1)
    watch.refresh()
    await watch.look()
    await wait_for(lambda: told, "somebody heard")
    (last,) = ledger.history(limit=1)
    assert (last.outcome, last.status) == ("ran", "failed")
    assert "hub" in last.message
    await made.close()


class Hand:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(3600)


def _submission(path: Path) -> Any:
    from flowdesk.session.fleet import Submission

    return Submission(path, {})


async def test_without_a_hub_one_sentence_says_how(tmp_path: Path) -> None:
    catalogue = catalogue_with_plugins()
    folders = Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    for counter in (None, lambda: HubCounter("", catalogue, report_writer(catalogue))):
        made = Session(catalogue, Services(), folders, counter=counter)
        with pytest.raises(HubUnavailable) as told:
            await ask(made, "fleet.robots", Role.VIEW)
        assert "FLOWDESK_HUB" in told.value.fix
        await made.close()
