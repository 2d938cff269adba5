"""What is asked about robots and jobs (contract §8)."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.protocol.payload import Nothing, Payload
from flowdesk.protocol.request import Request, Role

MOST_NAMED = 1000
"""Jobs that one request names."""


class ListJobs(Payload):
    """List jobs of the hub, the newest first, and count them by state."""

    state: Literal["", "waiting", "running", "succeeded", "failed", "cancelled", "expired", "lost"] = Field(
        "", description="Only those in this state."
    )
    pool: str = Field("", max_length=200, description="Only those of this pool.")
    batch: str = Field("", max_length=64, description="Only those that were submitted together.")
    text: str = Field("", max_length=200, description="Only those whose flow, key, row or message has this in it.")
    before: int | None = Field(None, description="Only those with a lower number, to go on from an earlier answer.")
    limit: int = Field(100, ge=1, le=500, description="How many at the most.")


class GetJob(Payload):
    """Fetch one job with all that is known of it."""

    id: int = Field(description="Its number.")


class ChosenJobs(Payload):
    """Cancel jobs: those that are named, or a whole batch. One that runs is stopped at its robot."""

    jobs: list[int] = Field(default_factory=list, max_length=MOST_NAMED, description="Their numbers.")
    batch: str = Field("", max_length=64, description="All that were submitted together, instead.")


class RetryJobs(ChosenJobs):
    """Have jobs run again, each as a new job: those that are named, or what failed of a batch."""


class GetJobFile(Payload):
    """Fetch a file that was gathered with a job."""

    id: int = Field(description="The job's number.")
    name: str = Field(max_length=500, description="One of its `files`.")


class GetJobReport(Payload):
    """Fetch the report of a job that has run: one HTML page, as `execution.report`."""

    id: int = Field(description="The job's number.")
    language: Literal["en", "zh_CN"] = Field("en", description="The language of the page.")


class SubmitJobs(Payload):
    """Put the file of the open flow `workflow_id` into the queue: one job, or one for each row."""

    variables: dict[str, Any] = Field(default_factory=dict, description="Values that replace the flow's own.")
    rows: list[dict[str, Any]] | None = Field(
        None, max_length=10_000, description="One job for each; their columns are variables."
    )
    key: str = Field("", max_length=200, description="The column that tells rows apart; without rows the key itself.")
    again: bool = Field(False, description="Submit also what was submitted before.")
    pool: str = Field("default", max_length=200, description="The robots that may take them.")
    labels: dict[str, str] = Field(default_factory=dict, description="What a robot must have.")
    priority: int = Field(0, ge=-1000, le=1000, description="Higher goes first.")
    deadline: str = Field(
        "", max_length=64, description="Until when they must begin: `90m`, `2h`, or an ISO 8601 time."
    )


FLEET_REQUESTS = (
    Request("fleet.robots", Nothing, Role.VIEW, "List the robots of the hub that were here within a day."),
    Request("fleet.jobs", ListJobs, Role.VIEW),
    Request("fleet.job", GetJob, Role.VIEW),
    Request("fleet.cancel", ChosenJobs, Role.RUN),
    Request("fleet.retry", RetryJobs, Role.RUN),
    Request("fleet.file", GetJobFile, Role.EDIT),
    Request("fleet.report", GetJobReport, Role.EDIT),
    Request("fleet.submit", SubmitJobs, Role.RUN),
)
"""The requests about robots and jobs. The hub is asked as the account that this flowdesk was started with."""
