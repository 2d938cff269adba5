"""What the server answers about robots and jobs."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.protocol.events import OpenPayload
from flowdesk.protocol.payload import ReplyPayload

RobotState = Literal["idle", "busy", "draining", "lost", "gone"]
JobState = Literal["waiting", "running", "succeeded", "failed", "cancelled", "expired", "lost"]


class ToldRobot(OpenPayload):
    """A robot that was here within a day."""

    id: int
    name: str
    pool: str
    state: RobotState
    busy: int = Field(description="How many jobs it runs.")
    desktops: int = Field(description="How many it can run at once.")
    labels: dict[str, str] = Field(description="What it is and has: `screen`, `language`, `os`, and so on.")
    version: str = Field(description="Of flowdesk.")
    account: str
    joined: str = Field(description="ISO 8601.")
    seen: str = Field(description="Its last sign, ISO 8601.")


class Robots(ReplyPayload):
    """The robots of the hub."""

    robots: list[ToldRobot]


class ToldJob(OpenPayload):
    """A job."""

    id: int
    batch: str = Field(description="What it was submitted with.")
    number: int = Field(description="Its row, from 1; 0 without rows.")
    flow: str
    bundle: str = Field(description="Hash of the frozen flow.")
    pool: str
    labels: dict[str, str]
    priority: int
    deadline: str | None
    row: dict[str, Any] | None
    key: str
    state: JobState
    kind: str = Field(description="Of a failure: `business` or `application`.")
    message: str = Field(description="How it ended, as a sentence.")
    code: str
    fix: str
    node: str
    result: Any
    attempt: int
    retry_of: int | None
    submitted_by: str
    submitted: str = Field(description="ISO 8601.")
    started: str | None
    ended: str | None
    cancelling: bool
    robot: str | None = Field(description="The robot's name.")


class Jobs(ReplyPayload):
    """Jobs, the newest first."""

    jobs: list[ToldJob]
    counts: dict[str, int] = Field(description="How many there are in each state, whatever was looked for.")
    more: bool = Field(description="Whether there are earlier ones: ask again with `before`.")


class JobFile(OpenPayload):
    """A file that was gathered with a job."""

    name: str
    size: int


class JobDetail(ToldJob):
    """A job with all that is known of it."""

    variables: dict[str, Any]
    desktop: str
    repeatable: bool
    files: list[JobFile]
    retried_by: int | None
    waits_for: str = Field(description="What keeps it waiting, as a sentence.")


class WholeJob(ReplyPayload):
    """One job."""

    job: JobDetail


class JobAnswer(OpenPayload):
    """What came of one job."""

    id: int
    done: bool
    message: str = Field(description="As a sentence.")
    job: int | None = Field(None, description="The new job, of one that is run again.")


class JobAnswers(ReplyPayload):
    """What came of each job."""

    answers: list[JobAnswer]


class JobFileContent(ReplyPayload):
    """A file of a job."""

    name: str
    data: str = Field(description="As base64.")


class JobsSubmitted(ReplyPayload):
    """The jobs are in the queue."""

    batch: str
    jobs: list[int] = Field(description="The new jobs, in the order of the rows.")
    doubles: list[int] = Field(description="Jobs that rows were already.")
    flow: str = Field(description="Hash of the frozen flow.")
    notes: list[str] = Field(description="What is to be known of it.")
