"""Robots and jobs for editors: asked for at the hub, where there is one (contract §8)."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from flowdesk.aio import in_thread
from flowdesk.model.errors import HubUnavailable, RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol import fleetmessages as m
from flowdesk.protocol.fleetreplies import (
    JobAnswer,
    JobAnswers,
    JobDetail,
    JobFileContent,
    Jobs,
    JobsSubmitted,
    Robots,
    ToldRobot,
    WholeJob,
)
from flowdesk.protocol.payload import Nothing
from flowdesk.protocol.replies import RunReport
from flowdesk.session.history import MOST_REPORT_PICTURES, RunReportFile
from flowdesk.session.peer import Handler, Peer

if TYPE_CHECKING:
    from flowdesk.session.desk import Desk

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes of a file of a job that is handed out."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What is put into the queue."""

    path: Path
    """The flow's file."""
    variables: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]] | None = None
    key: str = ""
    again: bool = False
    pool: str = "default"
    labels: Mapping[str, str] | None = None
    priority: int = 0
    deadline: str = ""
    by: str = ""


class Counter(Protocol):
    """Where a hub is asked. Every call blocks, and raises ``FlowdeskError`` where the hub cannot be asked."""

    def robots(self) -> list[ToldRobot]:
        """Return the robots."""
        ...

    def jobs(self, query: m.ListJobs) -> Jobs:
        """Return the payload of ``Jobs``."""
        ...

    def job(self, number: int) -> JobDetail | None:
        """Return one job with all that is known of it."""
        ...

    def cancel(self, jobs: Sequence[int], batch: str, by: str) -> list[JobAnswer]:
        """Cancel jobs; return what came of each."""
        ...

    def retry(self, jobs: Sequence[int], batch: str) -> list[JobAnswer]:
        """Have jobs run again; return what came of each."""
        ...

    def file(self, number: int, name: str, most: int) -> bytes | None:
        """Return a file of a job, ``None`` if there is none or it is larger than ``most``."""
        ...

    def report(self, number: int, language: str, most_picture_bytes: int) -> RunReportFile:
        """Return the report of a job."""
        ...

    def submit(self, submission: Submission) -> JobsSubmitted:
        """Put jobs into the queue; return the payload of ``JobsSubmitted``."""
        ...


class FleetDesk:
    """Carries out the requests about robots and jobs."""

    def __init__(self, desk: "Desk", counter: Callable[[], Counter] | None) -> None:
        """Ask at the counter that ``counter`` makes at the first question; without one every request is refused."""
        self._desk = desk
        self._make = counter
        self._made: Counter | None = None

    def handlers(self) -> dict[str, Handler]:
        """Return what answers which request."""
        return {
            "fleet.robots": self._robots,
            "fleet.jobs": self._jobs,
            "fleet.job": self._job,
            "fleet.cancel": self._cancel,
            "fleet.retry": self._retry,
            "fleet.file": self._file,
            "fleet.report": self._report,
            "fleet.submit": self._submit,
        }

    @property
    def counter(self) -> Counter:
        """Where the hub is asked.

        Raises:
            HubUnavailable: If this process asks none.
        """
        if self._made is None:
            if self._make is None:
                raise HubUnavailable(
                    say("This flowdesk does not know a hub."),
                    say("Use flowdesk serve or the window, with FLOWDESK_HUB set."),
                )
            self._made = self._make()
        return self._made

    async def _robots(self, peer: Peer, payload: Nothing, workflow_id: str, message_id: str) -> Robots:
        return {"robots": await in_thread(self.counter.robots, "flowdesk.hub")}

    async def _jobs(self, peer: Peer, payload: m.ListJobs, workflow_id: str, message_id: str) -> Jobs:
        return await in_thread(lambda: self.counter.jobs(payload), "flowdesk.hub")

    async def _job(self, peer: Peer, payload: m.GetJob, workflow_id: str, message_id: str) -> WholeJob:
        found = await in_thread(lambda: self.counter.job(payload.id), "flowdesk.hub")
        if found is None:
            raise RequestInvalid(
                say("There is no job {id}.", id=payload.id), say("Choose one of the list."), field="id"
            )
        return {"job": found}

    async def _cancel(self, peer: Peer, payload: m.ChosenJobs, workflow_id: str, message_id: str) -> JobAnswers:
        _refuse_none(payload)
        answers = await in_thread(lambda: self.counter.cancel(payload.jobs, payload.batch, peer.name), "flowdesk.hub")
        return {"answers": answers}

    async def _retry(self, peer: Peer, payload: m.RetryJobs, workflow_id: str, message_id: str) -> JobAnswers:
        _refuse_none(payload)
        return {"answers": await in_thread(lambda: self.counter.retry(payload.jobs, payload.batch), "flowdesk.hub")}

    async def _file(self, peer: Peer, payload: m.GetJobFile, workflow_id: str, message_id: str) -> JobFileContent:
        content = await in_thread(lambda: self.counter.file(payload.id, payload.name, LARGEST_FILE), "flowdesk.hub")
        if content is None:
            raise RequestInvalid(
                say('Job {id} has no file "{name}".', id=payload.id, name=payload.name),
                say("Choose one of its files."),
                field="name",
            )
        return {"name": payload.name, "data": base64.b64encode(content).decode()}

    async def _report(self, peer: Peer, payload: m.GetJobReport, workflow_id: str, message_id: str) -> RunReport:
        made = await in_thread(
            lambda: self.counter.report(payload.id, payload.language, MOST_REPORT_PICTURES), "flowdesk.hub"
        )
        return {"name": made.name, "html": made.html}

    async def _submit(self, peer: Peer, payload: m.SubmitJobs, workflow_id: str, message_id: str) -> JobsSubmitted:
        document = self._desk.get(workflow_id)
        if document.path is None or document.is_modified:
            raise RequestInvalid(
                say("The flow has unsaved changes."),
                say("Save it first: the saved file is what is submitted."),
                field="workflow_id",
            )
        submission = Submission(
            document.path, payload.variables, payload.rows, payload.key, payload.again, payload.pool, payload.labels,
            payload.priority, payload.deadline, peer.name,
        )  # fmt: skip
        return await in_thread(lambda: self.counter.submit(submission), "flowdesk.hub")


def _refuse_none(payload: m.ChosenJobs) -> None:
    if not payload.jobs and not payload.batch:
        raise RequestInvalid(say("No job is named."), say("Name jobs by their numbers, or a batch."), field="jobs")
