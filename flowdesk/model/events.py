"""Facts about runs and documents. The event is the message: ``wire`` is its type on the wire (contract §5).

An event becomes a message by putting it in the envelope ``{id, type, timestamp, workflow_id, payload, seq}``;
``payload()`` is the payload. There is no second serialiser.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from flowdesk.model.run import EndWord, NodeState, RunState
from flowdesk.model.told import (
    EndEvent,
    LogEvent,
    LogLevel,
    MovedTarget,
    NodeEvent,
    ProgressEvent,
    RunStatusEvent,
    VerdictEvent,
    VerdictsPayload,
)

_WIRE_OF_STATE = {
    NodeState.PENDING: "node.pending",
    NodeState.RUNNING: "node.running",
    NodeState.SUCCESS: "node.success",
    NodeState.ERROR: "node.error",
    NodeState.SKIPPED: "node.skipped",
    NodeState.CANCELLED: "node.skipped",
}


@dataclass(slots=True)
class RunEvent:
    """Something that happened in a run."""

    run_id: str

    @property
    def wire(self) -> str:
        """The type of the message."""
        raise NotImplementedError

    def payload(self) -> Mapping[str, Any]:
        """Return the payload as JSON values."""
        raise NotImplementedError


@dataclass(slots=True)
class NodeChanged(RunEvent):
    """A node changed its state.

    A node that was under way or waiting when the run ended is ``cancelled``: it goes over the wire as ``node.skipped``
    with ``status`` ``cancelled``, so a client that knows the five types alone still sees it end.
    """

    node_id: str = ""
    state: NodeState = NodeState.PENDING
    message: str = ""
    duration: float | None = None
    """Seconds; only on an end."""
    result: Any = None
    error: dict[str, Any] | None = None
    """``code``, ``message``, ``fix`` and details, only on ``error``."""
    iteration: tuple[int, ...] = ()
    """0-based index in each enclosing loop, outermost first."""
    ways: dict[str, int] | None = None
    """Edges that were taken since the node event before this one, by id, each with how often it was taken in this run."""

    @property
    def wire(self) -> str:
        """One of the five types of node events."""
        return _WIRE_OF_STATE[self.state]

    def payload(self) -> NodeEvent:
        """``node_id``, ``status``, ``run_id``, then what is known: ``message``, ``duration``, ``result``, ``error``, ``iteration``, ``ways``."""
        values: NodeEvent = {"node_id": self.node_id, "status": self.state.value, "run_id": self.run_id}
        if self.message:
            values["message"] = self.message
        if self.duration is not None:
            values["duration"] = self.duration
        if self.state is NodeState.SUCCESS:
            values["result"] = self.result
        if self.error is not None:
            values["error"] = self.error.get("message", "")
            values["error_details"] = self.error
        if self.iteration:
            values["iteration"] = list(self.iteration)
        if self.ways:
            values["ways"] = self.ways
        return values


@dataclass(slots=True)
class RunChanged(RunEvent):
    """A run went to ``running``, ``pausing``, ``paused`` or ``stopping``."""

    state: RunState = RunState.RUNNING
    is_rehearsal: bool = False
    """Whether it sends no input."""

    @property
    def wire(self) -> str:
        """``system.status``."""
        return "system.status"

    def payload(self) -> RunStatusEvent:
        """``run_id`` and ``status``; ``rehearsal`` for a dry run."""
        values: RunStatusEvent = {"run_id": self.run_id, "status": self.state.value}
        if self.is_rehearsal:
            values["rehearsal"] = True
        return values


@dataclass(slots=True)
class RunProgress(RunEvent):
    """How far a run is. ``percent`` is never over 100 and never goes backwards within a scope."""

    completed: int = 0
    total: int = 0
    percent: float = 0.0
    node_id: str | None = None
    iteration: tuple[int, ...] = ()

    @property
    def wire(self) -> str:
        """``execution.progress``."""
        return "execution.progress"

    def payload(self) -> ProgressEvent:
        """``completed``, ``total``, ``percent``, ``node_id``, ``run_id``."""
        values: ProgressEvent = {
            "completed": self.completed,
            "total": self.total,
            "percent": self.percent,
            "node_id": self.node_id,
            "run_id": self.run_id,
        }
        if self.iteration:
            values["iteration"] = list(self.iteration)
        return values


@dataclass(slots=True)
class RunLog(RunEvent):
    """A line of the log. ``level`` is ``debug``, ``info``, ``warn`` or ``error``."""

    level: LogLevel = "info"
    message: str = ""
    node_id: str | None = None

    @property
    def wire(self) -> str:
        """``execution.log``."""
        return "execution.log"

    def payload(self) -> LogEvent:
        """``level``, ``message``, ``node_id``, ``run_id``."""
        return {"level": self.level, "message": self.message, "node_id": self.node_id, "run_id": self.run_id}


@dataclass(slots=True)
class RunVerdict(RunEvent):
    """An ``assert`` node judged."""

    node_id: str = ""
    label: str = ""
    """What people call the node."""
    is_passed: bool = True
    message: str = ""
    """What was to hold; where it does not, what is said of it."""
    found: str = ""
    """What was there instead, where that is known."""
    duration: float = 0.0
    """Seconds."""
    iteration: tuple[int, ...] = ()
    within: tuple[str, ...] = ()
    """Labels of the subflow nodes around it, outermost first."""
    picture: str | None = None

    @property
    def wire(self) -> str:
        """``execution.verdict``."""
        return "execution.verdict"

    def payload(self) -> VerdictEvent:
        """``node_id``, ``label``, ``passed``, ``message``, ``duration``, ``run_id``, then what is known."""
        values: VerdictEvent = {
            "node_id": self.node_id,
            "label": self.label,
            "passed": self.is_passed,
            "message": self.message,
            "duration": self.duration,
            "run_id": self.run_id,
        }
        if self.found:
            values["found"] = self.found
        if self.iteration:
            values["iteration"] = list(self.iteration)
        if self.within:
            values["within"] = list(self.within)
        if self.picture is not None:
            values["picture"] = self.picture
        return values


@dataclass(slots=True)
class RunFinished(RunEvent):
    """The one terminal event: ``execution.complete`` for a run that succeeded, ``execution.error`` for any other."""

    state: RunState = RunState.SUCCEEDED
    duration: float = 0.0
    message: str = ""
    result: Any = None
    error: dict[str, Any] | None = None
    """``code``, ``message``, ``fix``, ``node_id`` of what ended the run."""
    counts: dict[str, int] = field(default_factory=dict)
    folder: str | None = None
    verdicts: VerdictsPayload | None = None
    """``passed`` and ``failed`` count what was judged, ``failures`` are the sentences; only where something was."""
    acted: bool = False
    """Whether it did anything: sent input, ran a command, wrote a file, used the network. Where nobody knows, it counts as done."""
    is_rehearsal: bool = False
    """Whether it was a dry run."""
    moved: list[MovedTarget] = field(default_factory=list)
    """Targets that were found by a fallback alone: ``node_id``, ``key`` of the config, ``ways`` with the one that worked first."""

    @property
    def wire(self) -> str:
        """``execution.complete`` or ``execution.error``."""
        return "execution.complete" if self.state is RunState.SUCCEEDED else "execution.error"

    def payload(self) -> EndEvent:
        """``status``, ``duration``, ``message``, ``run_id``; on failure ``error`` (the sentence), ``code``, ``node_id``, ``fix``."""
        values: EndEvent = {
            "status": cast("EndWord", self.state.value),
            "duration": self.duration,
            "message": self.message,
            "run_id": self.run_id,
            "counts": self.counts,
        }
        result = self.result if self.result is not None else (self.error or {}).get("result")
        if result is not None:
            values["result"] = result
        if self.folder is not None:
            values["folder"] = self.folder
        if self.verdicts is not None:
            values["verdicts"] = self.verdicts
        if self.acted:
            values["acted"] = True
        if self.is_rehearsal:
            values["rehearsal"] = True
        if self.moved:
            values["moved"] = self.moved
        if self.error is not None:
            values["error"] = self.error.get("message", "")
            values["code"] = self.error.get("code", "")
            values["node_id"] = self.error.get("node_id")
            values["fix"] = self.error.get("fix", "")
        return values


def event_of(wire: str, payload: Mapping[str, Any], run_id: str) -> RunEvent | None:
    """Return the event that a message of a run tells of, under another run's id; ``None`` if it is of another kind."""
    known = payload.get
    if wire.startswith("node."):
        return NodeChanged(
            run_id, payload["node_id"], NodeState(payload["status"]), known("message", ""), known("duration"),
            known("result"), known("error_details"), tuple(known("iteration", ())), known("ways"),
        )  # fmt: skip
    match wire:
        case "system.status":
            return RunChanged(run_id, RunState(payload["status"]), known("rehearsal", False))
        case "execution.progress":
            counted = (payload["completed"], payload["total"], payload["percent"])
            return RunProgress(run_id, *counted, known("node_id"), tuple(known("iteration", ())))
        case "execution.log":
            return RunLog(run_id, payload["level"], payload["message"], known("node_id"))
        case "execution.verdict":
            told = (payload["node_id"], payload["label"], payload["passed"], payload["message"], known("found", ""))
            where = (tuple(known("iteration", ())), tuple(known("within", ())))
            return RunVerdict(run_id, *told, payload["duration"], *where, known("picture"))
        case "execution.complete" | "execution.error":
            fault = {name: known(name) for name in ("code", "node_id", "fix")} | {"message": known("error", "")}
            return RunFinished(
                run_id, RunState(payload["status"]), payload["duration"], payload["message"], known("result"),
                fault if "code" in payload else None, payload["counts"], known("folder"),
                known("verdicts"), known("acted", False), known("rehearsal", False), known("moved", []),
            )  # fmt: skip
        case _:
            return None
