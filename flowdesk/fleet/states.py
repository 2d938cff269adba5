"""The states of a job, what a run's end makes of it, and when it is run again. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from flowdesk.model.errors import BusinessFailed
from flowdesk.model.events import RunFinished
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say

MOST_ATTEMPTS = 3
"""How often a job is run by itself at the most, the first time included."""
LOST_AFTER = 30
"""Seconds without a heartbeat after which a robot, and what it runs, counts as lost."""


class JobState(StrEnum):
    """``waiting``, then ``running``, then one end. Only ``lost`` can still become another: its robot may come back."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    LOST = "lost"

    @property
    def is_end(self) -> bool:
        """Whether nothing more is done for the job by itself."""
        return self not in {JobState.WAITING, JobState.RUNNING}

    @property
    def can_be_retried(self) -> bool:
        """Whether a person may have it run again, as a new job."""
        return self in {JobState.FAILED, JobState.CANCELLED, JobState.EXPIRED, JobState.LOST}


@dataclass(frozen=True)
class Outcome:
    """What became of a job, as its robot reports it."""

    state: JobState
    kind: str = ""
    """Of a failure: ``business`` (this row is wrong) or ``application`` (anything else)."""
    message: str = ""
    code: str = ""
    fix: str = ""
    node: str = ""
    result: Any = None
    acted: bool = False
    """Whether it sent input, started a program for its effect, wrote a file or used the network."""
    again: bool = False
    """Whether it is to be run again by itself."""

    def payload(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "state": self.state.value}


def outcome_of(finished: RunFinished, stopped_for: str, *, is_repeatable: bool) -> Outcome:
    """Return what the end of a run makes of its job.

    Args:
        finished: The run's end.
        stopped_for: Why the robot stopped it, as a sentence; empty where it did not.
        is_repeatable: Whether the flow says that running it twice does no harm.
    """
    error: Mapping[str, Any] = finished.error or {}
    told: dict[str, Any] = {
        "message": finished.message,
        "code": str(error.get("code") or ""),
        "fix": str(error.get("fix") or ""),
        "node": str(error.get("node_id") or ""),
        "result": finished.result,
        "acted": finished.acted,
    }
    if finished.state is RunState.SUCCEEDED:
        return Outcome(JobState.SUCCEEDED, **told)
    if finished.state is RunState.STOPPED:
        stopped = stopped_for or say("The run was stopped at the robot.")
        return Outcome(JobState.CANCELLED, **{**told, "message": stopped})
    if told["code"] == BusinessFailed.code:
        return Outcome(JobState.FAILED, "business", **{**told, "result": error.get("result", finished.result)})
    again = not stopped_for and (is_repeatable or not finished.acted)
    return Outcome(JobState.FAILED, "application", **told, again=again)


def unable(message: str, fix: str, code: str) -> Outcome:
    """Return the outcome of a job that the robot could not begin. It is not run again by itself: it would fail again."""
    return Outcome(JobState.FAILED, "application", str(message), code, str(fix))
