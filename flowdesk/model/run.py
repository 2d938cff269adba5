"""States of runs and nodes (contract §4)."""

from enum import StrEnum
from typing import Literal

RunWord = Literal["running", "pausing", "paused", "stopping", "succeeded", "failed", "stopped"]
EndWord = Literal["succeeded", "failed", "stopped"]
NodeWord = Literal["pending", "running", "success", "error", "skipped", "cancelled"]


class RunState(StrEnum):
    """``running``, ``pausing``, ``paused``, ``stopping``; then exactly one end."""

    _value_: RunWord

    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def is_end(self) -> bool:
        """Whether the run is over."""
        return self in {RunState.SUCCEEDED, RunState.FAILED, RunState.STOPPED}


class NodeState(StrEnum):
    """``pending`` and ``running``; then one of the four ends."""

    _value_: NodeWord

    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    ERROR = "error"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        """Whether the node's visit is over."""
        return self not in {NodeState.PENDING, NodeState.RUNNING}
