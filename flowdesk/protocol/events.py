"""What the server tells: the payload of every event, declared once.

From these come the JSON Schema, the reference page and the TypeScript types; a test holds what the session really sends
against them. Who reads events should take keys that are not here in stride: newer servers may send more.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Box = Annotated[list[int], Field(min_length=4, max_length=4)]
"""x, y, width, height in pixels of the desktop."""


class EventPayload(BaseModel):
    """The payload of an event."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class NodeEvent(EventPayload):
    """A node changed its state."""

    node_id: str
    status: Literal["pending", "running", "success", "error", "skipped", "cancelled"]
    run_id: str
    message: str | None = Field(None, description="What happened, or what is waited for.")
    duration: float | None = Field(None, description="Seconds; only at an end.")
    result: Any = Field(None, description="JSON values; only on success.")
    error: str | None = Field(None, description="The sentence; only on `error`.")
    error_details: dict[str, Any] | None = Field(None, description="`code`, `message`, `fix` and what is known beside.")
    iteration: list[int] | None = Field(None, description="0-based index in each enclosing loop, outermost first.")
    ways: dict[str, int] | None = Field(None, description="Edges taken since the last event: id, and how often so far.")


class ProgressEvent(EventPayload):
    """How far the run is."""

    completed: int
    total: int
    percent: float = Field(description="0 to 100, never backwards within a scope.")
    node_id: str | None
    run_id: str
    iteration: list[int] | None = None


class LogEvent(EventPayload):
    """A line of the log."""

    level: Literal["debug", "info", "warn", "error"]
    message: str
    node_id: str | None = None
    run_id: str | None = None
    gap: dict[str, int] | None = Field(
        None, description="`from`, `to`, `count`: messages that were left out here because the client reads too slowly."
    )


class EndEvent(EventPayload):
    """A run ended."""

    status: Literal["succeeded", "failed", "stopped"]
    duration: float = Field(description="Seconds.")
    message: str
    run_id: str
    counts: dict[str, int] = Field(description="How many nodes ended in each state.")
    result: Any = Field(None, description="What an `end` node gave.")
    folder: str | None = Field(None, description="The run's folder, on the server's machine.")
    error: str | None = Field(None, description="The sentence, where the run did not succeed.")
    code: str | None = None
    node_id: str | None = None
    fix: str | None = None


class ProblemPayload(EventPayload):
    """A fault of a flow."""

    level: Literal["error", "warning"]
    code: str
    message: str
    fix: str
    node_id: str | None = None
    edge_id: str | None = None
    field: str | None = None


class ChangedEvent(EventPayload):
    """The live document changed."""

    revision: int = Field(description="One more than before.")
    changes: list[dict[str, Any]] = Field(description="As in `flow.edit`.")
    origin: str = Field(description="Whose edit it was: a `peer_id`.")
    label: str
    problems: list[ProblemPayload]
    modified: bool = Field(description="Whether there are edits that are not in the file.")
    undo: str | None = Field(description="What the origin can undo now.")
    redo: str | None = Field(description="What the origin can redo now.")


class SavedEvent(EventPayload):
    """The live document was saved."""

    path: str
    revision: int


class ClosedEvent(EventPayload):
    """The live document was closed."""

    workflow_id: str


class EditorPayload(EventPayload):
    """An editor of a live document."""

    id: str
    name: str
    selection: list[str] | None
    cursor: list[float] | None


class PresenceEvent(EventPayload):
    """Who has the live document open, and where they are."""

    peers: list[EditorPayload]


class HelpClosedEvent(EventPayload):
    """The question was answered or is void."""

    help_id: str


class OpenPayload(BaseModel):
    """A payload that may hold more than is said here."""

    model_config = ConfigDict(extra="allow", defer_build=True)


class SnapshotEvent(OpenPayload):
    """The whole state of a run."""

    epoch: str
    seq: int
    run_id: str
    status: str
    nodes: dict[str, NodeEvent]
    ways: dict[str, int]
    progress: ProgressEvent | None
    logs: list[LogEvent]
    end: EndEvent | None
    variables: dict[str, Any] | None = None
    help: list[dict[str, Any]] | None = None


class HelpNeededEvent(OpenPayload):
    """A run asks a person."""

    help_id: str
    kind: str
    title: str
    message: str
    choices: list[str]
    default: Any = None


class StatusEvent(OpenPayload):
    """The state of the server, of a run (`run_id`, `status`), or that it closes (`closing`)."""

    version: str | None = None
    protocol: int | None = None
    epoch: str | None = None
    role: Literal["none", "view", "edit", "run"] | None = None
    peer_id: str | None = None
    desktop: dict[str, Any] | None = None
    runs: list[dict[str, Any]] | None = None
    clients: list[dict[str, Any]] | None = None
    port: int | None = None
    run_id: str | None = None
    status: str | None = None
    closing: bool | None = None


class FrameEvent(OpenPayload):
    """What changed on the desktop that you watch. Answer with `desktop.shown`."""

    frame: int
    box: Box | None = None
    scale: float | None = None
    pointer: list[int] | None = None
    parts: list[dict[str, Any]] = Field(description="Each with its `box`, `format` and `data` (base64).")
    reason: str | None = Field(None, description="Why there is no picture.")
    fix: str | None = None


class ErrorEvent(OpenPayload):
    """A request was refused."""

    code: str
    message: str
    fix: str


PAYLOADS: dict[str, type[BaseModel]] = {
    **dict.fromkeys(("node.pending", "node.running", "node.success", "node.error", "node.skipped"), NodeEvent),
    "execution.progress": ProgressEvent,
    "execution.log": LogEvent,
    "execution.complete": EndEvent,
    "execution.error": EndEvent,
    "execution.snapshot": SnapshotEvent,
    "flow.changed": ChangedEvent,
    "flow.saved": SavedEvent,
    "flow.closed": ClosedEvent,
    "presence": PresenceEvent,
    "desktop.frame": FrameEvent,
    "help.needed": HelpNeededEvent,
    "help.closed": HelpClosedEvent,
    "system.status": StatusEvent,
    "error": ErrorEvent,
}
"""The payload of every event by its type."""
