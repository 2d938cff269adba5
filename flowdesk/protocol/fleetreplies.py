"""What the server answers about robots and jobs."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

RobotState = Literal["idle", "busy", "draining", "lost", "gone"]
JobState = Literal["waiting", "running", "succeeded", "failed", "cancelled", "expired", "lost"]


class ToldRobot(TypedDict):
    """A robot that was here within a day."""

    id: int
    name: str
    pool: str
    state: RobotState
    busy: Annotated[int, Field(description="How many jobs it runs.")]
    desktops: Annotated[int, Field(description="How many it can run at once.")]
    labels: Annotated[dict[str, str], Field(description="What it is and has: `screen`, `language`, `os`, and so on.")]
    version: Annotated[str, Field(description="Of flowdesk.")]
    account: str
    joined: Annotated[str, Field(description="ISO 8601.")]
    seen: Annotated[str, Field(description="Its last sign, ISO 8601.")]


class Robots(TypedDict, closed=True):
    """The robots of the hub."""

    robots: list[ToldRobot]


class ToldJob(TypedDict):
    """A job."""

    id: int
    batch: Annotated[str, Field(description="What it was submitted with.")]
    number: Annotated[int, Field(description="Its row, from 1; 0 without rows.")]
    flow: str
    bundle: Annotated[str, Field(description="Hash of the frozen flow.")]
    pool: str
    labels: dict[str, str]
    priority: int
    deadline: str | None
    row: dict[str, Any] | None
    key: str
    state: JobState
    kind: Annotated[str, Field(description="Of a failure: `business` or `application`.")]
    message: Annotated[str, Field(description="How it ended, as a sentence.")]
    code: str
    fix: str
    node: str
    result: Any
    attempt: int
    retry_of: int | None
    submitted_by: str
    submitted: Annotated[str, Field(description="ISO 8601.")]
    started: str | None
    ended: str | None
    cancelling: bool
    robot: Annotated[str | None, Field(description="The robot's name.")]


class Jobs(TypedDict, closed=True):
    """Jobs, the newest first."""

    jobs: list[ToldJob]
    counts: Annotated[dict[str, int], Field(description="How many there are in each state, whatever was looked for.")]
    more: Annotated[bool, Field(description="Whether there are earlier ones: ask again with `before`.")]


class JobFile(TypedDict):
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
    waits_for: Annotated[str, Field(description="What keeps it waiting, as a sentence.")]


class WholeJob(TypedDict, closed=True):
    """One job."""

    job: JobDetail


class JobAnswer(TypedDict):
    """What came of one job."""

    id: int
    done: bool
    message: Annotated[str, Field(description="As a sentence.")]
    job: NotRequired[Annotated[int | None, Field(description="The new job, of one that is run again.")]]


class JobAnswers(TypedDict, closed=True):
    """What came of each job."""

    answers: list[JobAnswer]


class JobFileContent(TypedDict, closed=True):
    """A file of a job."""

    name: str
    data: Annotated[str, Field(description="As base64.")]


class JobsSubmitted(TypedDict, closed=True):
    """The jobs are in the queue."""

    batch: str
    jobs: Annotated[list[int], Field(description="The new jobs, in the order of the rows.")]
    doubles: Annotated[list[int], Field(description="Jobs that rows were already.")]
    flow: Annotated[str, Field(description="Hash of the frozen flow.")]
    notes: Annotated[list[str], Field(description="What is to be known of it.")]
