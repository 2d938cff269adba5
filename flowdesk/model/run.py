"""States of runs and nodes (contract §4)."""

from enum import StrEnum


class RunState(StrEnum):
    """``running``, ``pausing``, ``paused``, ``stopping``; then exactly one end."""

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
