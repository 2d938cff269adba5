"""Where editors ask the hub: each question is one short conversation. Implements ``session.fleet.Counter``."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from flowdesk.engine.beginning import obstacles
from flowdesk.engine.options import RunOptions
from flowdesk.fleet.bundle import freeze
from flowdesk.fleet.client import Hub, Order, hub_at
from flowdesk.fleet.items import items_of, read_deadline, read_labels
from flowdesk.fleet.states import JobState
from flowdesk.fleet.wording import cancelled, retried, told_job, waiting_for
from flowdesk.model.errors import FlowInvalid, HubUnavailable, RequestInvalid
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.protocol.fleetmessages import ListJobs
from flowdesk.protocol.fleetreplies import JobAnswer, JobDetail, Jobs, JobsSubmitted, ToldJob, ToldRobot
from flowdesk.session.fleet import Submission
from flowdesk.session.history import RunReportFile, WriteReport
from flowdesk.session.records import ABOUT

_CANCELLED = frozenset({"cancelled", "asked"})
_RETRIED = frozenset(state.value for state in JobState if state.can_be_retried)


class HubCounter:
    """Asks one hub."""

    def __init__(self, address: str, catalogue: Catalogue, write_report: WriteReport) -> None:
        """Ask the hub at ``address``; an empty one says how to name it.

        Raises:
            HubUnavailable: If the address is empty.
        """
        if not address:
            raise HubUnavailable(
                say("No hub is configured."),
                say("Set FLOWDESK_HUB to the address that flowdesk hub prints, then start flowdesk again."),
            )
        self._address = address
        self._catalogue = catalogue
        self._write_report = write_report

    def robots(self) -> list[ToldRobot]:
        """Return the robots that were here within a day."""
        with hub_at(self._address) as hub:
            return cast("list[ToldRobot]", hub.robots())

    def jobs(self, query: ListJobs) -> Jobs:
        """Return jobs, how many there are in each state, and whether there are earlier ones."""
        with hub_at(self._address) as hub:
            found = hub.jobs(
                state=query.state, pool=query.pool, batch=query.batch, text=query.text, before=query.before,
                limit=query.limit + 1,
            )  # fmt: skip
            counts = hub.all_counts()
        listed = [_as_json(told_job(job)) for job in found[: query.limit]]
        return {"jobs": listed, "counts": counts, "more": len(found) > query.limit}

    def job(self, number: int) -> JobDetail | None:
        """Return one job."""
        with hub_at(self._address) as hub:
            found = hub.job(number)
        if found is None:
            return None
        waits = str(waiting_for(found)) if found["waits_for"] else ""
        return cast("JobDetail", {**_as_json(told_job(found)), "waits_for": waits})

    def cancel(self, jobs: Sequence[int], batch: str, by: str) -> list[JobAnswer]:
        """Cancel jobs."""
        reason = str(say("cancelled by {name}", name=by))
        with hub_at(self._address) as hub:
            answers = [(each, hub.cancel(each, reason)) for each in _chosen(hub, jobs, batch)]
        return [
            {
                "id": each,
                "done": answer in _CANCELLED,
                "message": str(cancelled({"id": each, "answer": answer})),
                "job": None,
            }
            for each, answer in answers
        ]

    def retry(self, jobs: Sequence[int], batch: str) -> list[JobAnswer]:
        """Have jobs run again."""
        answers: list[JobAnswer] = []
        with hub_at(self._address) as hub:
            for each in _chosen(hub, jobs, batch):
                state, made = hub.retry(each) or (None, None)
                told = str(retried({"id": each, "answer": state, "job": made}))
                answers.append({"id": each, "done": state in _RETRIED, "message": told, "job": made})
        return answers

    def file(self, number: int, name: str, most: int) -> bytes | None:
        """Return a file of a job."""
        with hub_at(self._address) as hub:
            return hub.file(number, name, most)

    def report(self, number: int, language: str, most_picture_bytes: int) -> RunReportFile:
        """Return the report of a job.

        Raises:
            RequestInvalid: If nothing was gathered that a report could be made of.
        """
        with tempfile.TemporaryDirectory(prefix="flowdesk-report-") as made:
            folder = Path(made).resolve()
            with hub_at(self._address) as hub:
                for name, content in hub.files(number):
                    target = (folder / name).resolve()
                    if target.is_relative_to(folder) and target != folder:
                        target.parent.mkdir(parents=True, exist_ok=True)
                        target.write_bytes(content)
            if not (folder / ABOUT).is_file():
                raise RequestInvalid(
                    say("Job {id} has no record yet.", id=number),
                    say("Wait until it has run, then try again."),
                    field="id",
                )
            return RunReportFile(f"job-{number}.html", self._write_report(folder, language, most_picture_bytes))

    def submit(self, submission: Submission) -> JobsSubmitted:
        """Put jobs into the queue.

        Raises:
            FlowInvalid: If the flow cannot run.
        """
        bundle = freeze(submission.path)
        problems = obstacles(bundle.flow, self._catalogue, RunOptions(variables=dict(submission.variables)))
        if problems:
            raise FlowInvalid(problems)
        items = items_of(submission.variables, submission.rows, bundle.hash, submission.key, again=submission.again)
        labels = read_labels(f"{name}={value}" for name, value in (submission.labels or {}).items())
        deadline = read_deadline(submission.deadline, datetime.now(UTC))
        order = Order(
            bundle, items, submission.pool, labels, submission.priority, deadline, "", submission.by
        )  # fmt: skip
        with hub_at(self._address) as hub:
            done = hub.submit(order)
        return {
            "batch": done.batch, "jobs": list(done.jobs), "doubles": [job for _, job in done.doubles],
            "flow": bundle.hash, "notes": [],
        }  # fmt: skip


def _chosen(hub: Hub, jobs: Sequence[int], batch: str) -> Sequence[int]:
    return jobs or hub.in_batch(batch)


def _as_json(job: dict[str, Any]) -> ToldJob:
    """Return a job without what only the hub needs, its sentences as texts."""
    told = {name: value for name, value in job.items() if name != "acted"}
    told |= {"message": str.__str__(job["message"]), "fix": str.__str__(job["fix"])}
    return cast("ToldJob", told)  # a row of the hub, whose columns are these
