"""What the server tells: the payload of every event, declared once.

From these come the JSON Schema, the reference page and the TypeScript types; a test holds what the session really sends
against them. Who reads events should take keys that are not here in stride: newer servers may send more.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Box = Annotated[list[int], Field(min_length=4, max_length=4)]
"""x, y, width, height in pixels of the desktop."""


RoleName = Literal["none", "view", "edit", "run"]
RunStatus = Literal[
    "pending", "running", "pausing", "paused", "stopping", "succeeded", "failed", "stopped", "interrupted"
]
DiskState = Literal["same", "changed", "gone"]


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


class VerdictEvent(EventPayload):
    """An `assert` node judged."""

    node_id: str = Field(description="Of a flow that is called, the id in that flow.")
    label: str = Field(description="What people call the node.")
    passed: bool
    message: str = Field(description="What was to hold; where it does not, what is said of it.")
    found: str | None = Field(None, description="What was there instead, where that is known.")
    duration: float = Field(description="Seconds.")
    run_id: str
    iteration: list[int] | None = Field(None, description="0-based index in each enclosing loop, outermost first.")
    within: list[str] | None = Field(None, description="Labels of the subflow nodes around it, outermost first.")
    picture: str | None = Field(None, description="A picture of the desktop then, on the server's machine.")


class VerdictsPayload(EventPayload):
    """What was judged in a run."""

    passed: int
    failed: int
    failures: list[str] = Field(description="The sentences of those that failed, the first 100.")


class MovedTarget(EventPayload):
    """A target that a run found, but never by its first way."""

    node_id: str
    key: str = Field(description="Which setting of the node it is.")
    ways: list[str] = Field(
        description="Its ways with the one that found it first: what the setting may be from now on."
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
    verdicts: VerdictsPayload | None = Field(None, description="What `assert` nodes found, where there are any.")
    acted: bool | None = Field(
        None, description="True where it sent input, ran a command, wrote a file or used the network."
    )
    rehearsal: bool | None = Field(None, description="True for a dry run: it sent no input.")
    moved: list[MovedTarget] | None = Field(
        None, description="Targets that only a fallback found, where there are any."
    )


class RunEdit(EventPayload):
    """What an edit of a flow means to the run of it that is under way."""

    node_id: str | None = Field(description="The node; null for what concerns the nodes and connections themselves.")
    fate: Literal["open", "taken", "ran", "running", "shape"] = Field(
        description="`open`: a paused run that has not come to the node can take it. `taken`: the run has it. `ran`: the run "
        "has come to the node. `running`: the run is not paused. `shape`: nodes or connections were added or removed."
    )
    message: str = Field(description="The same as a sentence.")


class EditsEvent(EventPayload):
    """What edits of the flow mean to its run under way."""

    run_id: str
    edits: list[RunEdit] = Field(description="All of them as they are now.")


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
    not_kept: str | None = Field(
        None,
        description="Why the edit is in memory only and would not outlive the server: the disk is full, for example.",
    )


class SavedEvent(EventPayload):
    """The live document was saved."""

    path: str
    revision: int


class MovedEvent(EventPayload):
    """The file of the live document has another name."""

    path: str
    name: str


class DiskEvent(EventPayload):
    """The file of the live document is another one than was opened, or is again."""

    path: str
    state: DiskState
    modified: bool = Field(description="Whether there are edits that are not in the file.")


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
    rehearsal: bool | None = Field(None, description="Whether it is a dry run.")
    nodes: dict[str, NodeEvent]
    ways: dict[str, int]
    visits: dict[str, int] | None = Field(None, description="How often each node began.")
    progress: ProgressEvent | None
    logs: list[LogEvent]
    end: EndEvent | None
    variables: dict[str, Any] | None = None
    help: list[dict[str, Any]] | None = None
    edits: list[RunEdit] | None = Field(None, description="What edits of the flow mean to the run under way.")


class HelpNeededEvent(OpenPayload):
    """A run asks a person."""

    help_id: str
    kind: str
    title: str
    message: str
    choices: list[str]
    default: Any = None


class ListedRun(OpenPayload):
    """A run, as lists tell of it."""

    run_id: str
    workflow_id: str
    name: str
    status: RunStatus
    started: float = Field(description="Seconds since 1970, UTC.")
    duration: float | None = Field(description="Seconds, so far or in all.")
    node_id: str | None = Field(description="The node that it is at, or at which it failed.")
    message: str = Field(description="How it ended, or what it waits for, as a sentence.")
    folder: str | None = Field(description="Its record, on the server's machine.")
    started_by: str
    trigger: str | None = Field(None, description="The trigger that started it, by its id.")
    desktop: Literal["this", "private"] = Field("this", description="`private` for a run on a desktop of its own.")
    path: str | None = Field(None, description="The flow's file, on the server's machine.")
    kept: bool = Field(False, description="Whether its record is kept, however old it gets.")
    rehearsal: bool | None = Field(None, description="True for a dry run: it sent no input.")
    lost: str | None = Field(None, description="What of its record could not be kept.")


class OpenDocument(OpenPayload):
    """An open flow, as lists tell of it."""

    workflow_id: str
    name: str
    path: str | None
    modified: bool
    unsaved: bool = Field(description="Whether it holds work that is nowhere else.")
    editors: int = Field(description="How many have it open.")
    on_disk: DiskState
    file: str | None = Field(None, description="Its file from the flows folder, where it lies in it.")


class DesktopCheck(EventPayload):
    """What was looked at on the desktop."""

    name: str
    ok: bool
    message: str
    fix: str


class DesktopState(EventPayload):
    """What the desktop can do."""

    available: bool = Field(description="Whether a run can act on it.")
    checks: list[DesktopCheck]


class ConnectedClient(EventPayload):
    """Who is connected."""

    id: str
    name: str
    role: RoleName


class StatusEvent(OpenPayload):
    """The state of the server, of a run (`run_id`, `status`), or that it closes (`closing`)."""

    version: str | None = None
    protocol: int | None = None
    epoch: str | None = None
    role: Literal["view", "edit", "run"] | None = None
    peer_id: str | None = None
    desktop: DesktopState | None = None
    runs: list[ListedRun] | None = None
    clients: list[ConnectedClient] | None = None
    interrupted: list[dict[str, Any]] | None = Field(None, description="Runs that ended with the server's process.")
    unsaved: list[OpenDocument] | None = Field(
        None,
        description="Open flows that hold work which is nowhere else, those that nobody edits now too; as in `flow.list`.",
    )
    recording: "RecordingState | None" = Field(None, description="The recording that is under way.")
    port: int | None = None
    run_id: str | None = None
    status: str | None = None
    rehearsal: bool | None = Field(None, description="True where the run is a dry run.")
    closing: bool | None = None


class TriggerRow(OpenPayload):
    """What was due, and what became of it."""

    id: int
    path: str = Field(description="The flow's file.")
    flow: str = Field(description="The flow's name.")
    trigger: str = Field(description="The trigger's `id`.")
    type: str
    due: str = Field(description="ISO 8601, UTC.")
    at: str = Field(description="When it was looked at. ISO 8601, UTC.")
    outcome: Literal["ran", "missed", "overlap", "paused", "locked", "interrupted", "waiting"]
    status: str | None = Field(
        description="Of the run: `starting`, `running`, or how it ended; `submitted` for a job of a hub."
    )
    run_id: str | None
    message: str = Field(description="Why nothing was started, or how the run ended.")
    count: int = Field(description="How many times it stands for; 1 but for many that were missed in one go.")
    given: dict[str, Any] = Field(description="What the run reads of the trigger, without a request's body.")
    phrase: Any = Field(None, description="`message` with what translates it.")


class TriggersChanged(EventPayload):
    """Something of the triggers changed."""

    row: TriggerRow | None = None


class RecordedStep(OpenPayload):
    """A step as it was made."""

    node_id: str | None
    type: str
    title: str = Field(description="What people call the type.")
    summary: str = Field(description="What the node does, in a line.")


class RecordedRepeat(OpenPayload):
    """Steps that were done several times with other data: `record.repeat` makes a loop over the rows of them."""

    times: int
    steps: int = Field(description="How many steps one pass has.")
    columns: list[str] = Field(description="What the data that changes is called.")
    rows: list[list[str]] = Field(description="The data, a row for each pass.")


class RecordingState(OpenPayload):
    """A recording as it is now."""

    workflow_id: str = Field(description="Where the steps go.")
    status: Literal["recording", "paused", "stopped"]
    count: int = Field(description="How many steps it made.")
    by: str = Field(description="Who started it.")
    secrets: list[str] = Field(
        description="The secrets that the steps type, which are to be kept by `flowdesk secret set`."
    )
    doubtful: int = Field(description="Steps whose text no program told: it is what the keys spell.")
    reason: Literal["keys", "lost"] | None = Field(
        description="Why it ended by itself: Ctrl+Alt+Q, or the desktop is gone."
    )
    repeat: RecordedRepeat | None = Field(None, description="What was done several times, once the recording is over.")


class RecordChanged(RecordingState):
    """The recording began, made a step, paused, or ended."""

    step: RecordedStep | None = None


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
    "execution.verdict": VerdictEvent,
    "execution.complete": EndEvent,
    "execution.error": EndEvent,
    "execution.edits": EditsEvent,
    "execution.snapshot": SnapshotEvent,
    "flow.changed": ChangedEvent,
    "flow.saved": SavedEvent,
    "flow.moved": MovedEvent,
    "flow.disk": DiskEvent,
    "flow.closed": ClosedEvent,
    "presence": PresenceEvent,
    "trigger.changed": TriggersChanged,
    "record.changed": RecordChanged,
    "desktop.frame": FrameEvent,
    "help.needed": HelpNeededEvent,
    "help.closed": HelpClosedEvent,
    "system.status": StatusEvent,
    "error": ErrorEvent,
}
"""The payload of every event by its type."""
