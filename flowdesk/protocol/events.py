"""What the server tells: the payload of every event, declared once.

From these come the JSON Schema, the reference page and the TypeScript types; a test holds what the session really sends
against them. Who reads events should take keys that are not here in stride: newer servers may send more.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from flowdesk.model.run import RunWord
from flowdesk.model.told import Box as Box
from flowdesk.model.told import EndEvent as EndEvent
from flowdesk.model.told import LogEvent as LogEvent
from flowdesk.model.told import MovedTarget as MovedTarget
from flowdesk.model.told import NodeEvent as NodeEvent
from flowdesk.model.told import Phrase
from flowdesk.model.told import ProblemPayload as ProblemPayload
from flowdesk.model.told import ProgressEvent as ProgressEvent
from flowdesk.model.told import VerdictEvent as VerdictEvent
from flowdesk.model.told import VerdictsPayload as VerdictsPayload
from flowdesk.protocol.request import GrantedRole, RoleName

RunStatus = Literal[RunWord, "pending", "interrupted"]
Fate = Literal["open", "taken", "ran", "running", "shape"]
DiskState = Literal["same", "changed", "gone"]


class RunEdit(TypedDict, closed=True):
    """What an edit of a flow means to the run of it that is under way."""

    node_id: Annotated[
        str | None, Field(description="The node; null for what concerns the nodes and connections themselves.")
    ]
    fate: Annotated[
        Fate,
        Field(
            description="`open`: a paused run that has not come to the node can take it. `taken`: the run has it. `ran`: the run "
            "has come to the node. `running`: the run is not paused. `shape`: nodes or connections were added or removed."
        ),
    ]
    message: Annotated[str, Field(description="The same as a sentence.")]


class EditsEvent(TypedDict, closed=True):
    """What edits of the flow mean to its run under way."""

    run_id: str
    edits: Annotated[list[RunEdit], Field(description="All of them as they are now.")]


class ChangedEvent(TypedDict, closed=True):
    """The live document changed."""

    revision: Annotated[int, Field(description="One more than before.")]
    changes: Annotated[list[dict[str, Any]], Field(description="As in `flow.edit`.")]
    origin: Annotated[str, Field(description="Whose edit it was: a `peer_id`.")]
    label: str
    problems: list[ProblemPayload]
    modified: Annotated[bool, Field(description="Whether there are edits that are not in the file.")]
    undo: Annotated[str | None, Field(description="What the origin can undo now.")]
    redo: Annotated[str | None, Field(description="What the origin can redo now.")]
    not_kept: NotRequired[
        Annotated[
            str | None,
            Field(
                description="Why the edit is in memory only and would not outlive the server: the disk is full, for example."
            ),
        ]
    ]


class SavedEvent(TypedDict, closed=True):
    """The live document was saved."""

    path: str
    revision: int


class MovedEvent(TypedDict, closed=True):
    """The file of the live document has another name."""

    path: str
    name: str


class DiskEvent(TypedDict, closed=True):
    """The file of the live document is another one than was opened, or is again."""

    path: str
    state: DiskState
    modified: Annotated[bool, Field(description="Whether there are edits that are not in the file.")]


class ClosedEvent(TypedDict, closed=True):
    """The live document was closed."""

    workflow_id: str


class EditorPayload(TypedDict, closed=True):
    """An editor of a live document."""

    id: str
    name: str
    selection: list[str] | None
    cursor: list[float] | None


class PresenceEvent(TypedDict, closed=True):
    """Who has the live document open, and where they are."""

    peers: list[EditorPayload]


class HelpClosedEvent(TypedDict, closed=True):
    """The question was answered or is void."""

    help_id: str


class RunSnapshot(TypedDict):
    """What the journal knows of a run."""

    epoch: str
    seq: int
    run_id: str
    status: str
    rehearsal: NotRequired[Annotated[bool | None, Field(description="Whether it is a dry run.")]]
    nodes: dict[str, NodeEvent]
    ways: dict[str, int]
    visits: NotRequired[Annotated[dict[str, int] | None, Field(description="How often each node began.")]]
    progress: ProgressEvent | None
    logs: list[LogEvent]
    end: EndEvent | None


class ToldDoing(TypedDict):
    """What one node would do beyond the screen."""

    node_id: str
    label: str
    uses: Literal["programs", "files", "network"]
    detail: Annotated[str, Field(description="The settings that say which.")]


class HelpNeededEvent(TypedDict):
    """A run asks a person."""

    help_id: str
    kind: Annotated[str, Field(description="`text`, `choice`, `confirm`, `permission` or `help`.")]
    title: str
    message: str
    choices: list[str]
    default: Any
    node_id: NotRequired[Annotated[str, Field(description="Of `help`: the node whose target is not there.")]]
    key: NotRequired[Annotated[str, Field(description="Which of its settings holds the target.")]]
    selector: NotRequired[str | list[str] | None]
    fix: NotRequired[str]
    best_score: NotRequired[float | None]
    best_box: NotRequired[Box | None]
    candidates: NotRequired[list[str]]
    picture: NotRequired[Annotated[str | None, Field(description="Where was looked, as base64.")]]
    uses: NotRequired[Annotated[str, Field(description="Of `permission`: what is to be allowed.")]]
    doings: NotRequired[Annotated[list[ToldDoing], Field(description="What the flow would do.")]]


class SnapshotEvent(RunSnapshot):
    """The whole state of a run."""

    variables: dict[str, Any]
    help: list[HelpNeededEvent]
    edits: Annotated[list[RunEdit], Field(description="What edits of the flow mean to the run under way.")]


class ListedRun(TypedDict):
    """A run, as lists tell of it."""

    run_id: str
    workflow_id: str
    name: str
    status: RunStatus
    started: Annotated[float, Field(description="Seconds since 1970, UTC.")]
    duration: Annotated[float | None, Field(description="Seconds, so far or in all.")]
    node_id: Annotated[str | None, Field(description="The node that it is at, or at which it failed.")]
    message: Annotated[str, Field(description="How it ended, or what it waits for, as a sentence.")]
    folder: Annotated[str | None, Field(description="Its record, on the server's machine.")]
    started_by: str
    trigger: NotRequired[Annotated[str | None, Field(description="The trigger that started it, by its id.")]]
    desktop: NotRequired[
        Annotated[Literal["this", "private"], Field(description="`private` for a run on a desktop of its own.")]
    ]
    path: NotRequired[Annotated[str | None, Field(description="The flow's file, on the server's machine.")]]
    kept: NotRequired[Annotated[bool, Field(description="Whether its record is kept, however old it gets.")]]
    rehearsal: NotRequired[Annotated[bool | None, Field(description="True for a dry run: it sent no input.")]]
    lost: NotRequired[Annotated[str | None, Field(description="What of its record could not be kept.")]]


class OpenDocument(TypedDict):
    """An open flow, as lists tell of it."""

    workflow_id: str
    name: str
    path: str | None
    modified: bool
    unsaved: Annotated[bool, Field(description="Whether it holds work that is nowhere else.")]
    editors: Annotated[int, Field(description="How many have it open.")]
    on_disk: DiskState
    file: NotRequired[Annotated[str | None, Field(description="Its file from the flows folder, where it lies in it.")]]


class DesktopCheck(TypedDict, closed=True):
    """What was looked at on the desktop."""

    name: str
    ok: bool
    message: str
    fix: str


class DesktopState(TypedDict, closed=True):
    """What the desktop can do."""

    available: Annotated[bool, Field(description="Whether a run can act on it.")]
    checks: list[DesktopCheck]


class ConnectedClient(TypedDict, closed=True):
    """Who is connected."""

    id: str
    name: str
    role: RoleName


class StatusEvent(TypedDict):
    """The state of the server, of a run (`run_id`, `status`), or that it closes (`closing`)."""

    version: NotRequired[str]
    protocol: NotRequired[int]
    epoch: NotRequired[str]
    role: NotRequired[GrantedRole]
    peer_id: NotRequired[str]
    desktop: NotRequired[DesktopState]
    runs: NotRequired[list[ListedRun]]
    clients: NotRequired[list[ConnectedClient]]
    interrupted: NotRequired[
        Annotated[list[dict[str, Any]] | None, Field(description="Runs that ended with the server's process.")]
    ]
    unsaved: NotRequired[
        Annotated[
            list[OpenDocument],
            Field(
                description="Open flows that hold work which is nowhere else, those that nobody edits now too; as in `flow.list`."
            ),
        ]
    ]
    recording: NotRequired[Annotated["RecordingState | None", Field(description="The recording that is under way.")]]
    controller: NotRequired[
        Annotated[str | None, Field(description="Who acts on the desktop through its picture (`desktop.control`).")]
    ]
    port: NotRequired[int | None]
    run_id: NotRequired[str]
    status: NotRequired[str]
    rehearsal: NotRequired[Annotated[bool | None, Field(description="True where the run is a dry run.")]]
    closing: NotRequired[bool]


class TriggerRow(TypedDict):
    """What was due, and what became of it."""

    id: int
    path: Annotated[str, Field(description="The flow's file.")]
    flow: Annotated[str, Field(description="The flow's name.")]
    trigger: Annotated[str, Field(description="The trigger's `id`.")]
    type: str
    due: Annotated[str, Field(description="ISO 8601, UTC.")]
    at: Annotated[str, Field(description="When it was looked at. ISO 8601, UTC.")]
    outcome: Literal["ran", "missed", "overlap", "paused", "locked", "interrupted", "waiting"]
    status: Annotated[
        str | None,
        Field(description="Of the run: `starting`, `running`, or how it ended; `submitted` for a job of a hub."),
    ]
    run_id: str | None
    message: Annotated[str, Field(description="Why nothing was started, or how the run ended.")]
    count: Annotated[int, Field(description="How many times it stands for; 1 but for many that were missed in one go.")]
    given: Annotated[dict[str, Any], Field(description="What the run reads of the trigger, without a request's body.")]
    phrase: NotRequired[Annotated[str | Phrase, Field(description="`message` with what translates it.")]]


class TriggersChanged(TypedDict, closed=True):
    """Something of the triggers changed."""

    row: NotRequired[TriggerRow | None]


class RecordedStep(TypedDict):
    """A step as it was made."""

    node_id: str | None
    type: str
    title: Annotated[str, Field(description="What people call the type.")]
    summary: Annotated[str, Field(description="What the node does, in a line.")]


class RecordedRepeat(TypedDict):
    """Steps that were done several times with other data: `record.repeat` makes a loop over the rows of them."""

    times: int
    steps: Annotated[int, Field(description="How many steps one pass has.")]
    columns: Annotated[list[str], Field(description="What the data that changes is called.")]
    rows: Annotated[list[list[str]], Field(description="The data, a row for each pass.")]


class RecordingState(TypedDict):
    """A recording as it is now."""

    workflow_id: Annotated[str, Field(description="Where the steps go.")]
    status: Literal["recording", "paused", "stopped"]
    count: Annotated[int, Field(description="How many steps it made.")]
    by: Annotated[str, Field(description="Who started it.")]
    secrets: Annotated[
        list[str], Field(description="The secrets that the steps type, which are to be kept by `flowdesk secret set`.")
    ]
    doubtful: Annotated[int, Field(description="Steps whose text no program told: it is what the keys spell.")]
    reason: Annotated[
        Literal["keys", "lost"] | None, Field(description="Why it ended by itself: Ctrl+Alt+Q, or the desktop is gone.")
    ]
    repeat: NotRequired[
        Annotated[RecordedRepeat | None, Field(description="What was done several times, once the recording is over.")]
    ]


class RecordChanged(RecordingState):
    """The recording began, made a step, paused, or ended."""

    step: NotRequired[RecordedStep | None]


class FrameEvent(TypedDict):
    """What changed on the desktop that you watch. Answer with `desktop.shown`."""

    frame: int
    box: NotRequired[Box | None]
    scale: NotRequired[float | None]
    pointer: NotRequired[list[int] | None]
    parts: Annotated[list[dict[str, Any]], Field(description="Each with its `box`, `format` and `data` (base64).")]
    reason: NotRequired[Annotated[str | None, Field(description="Why there is no picture.")]]
    fix: NotRequired[str | None]


class ConsentAskedEvent(TypedDict, closed=True):
    """The user of the desktop is asked whether they allow a request of yours: its reply waits for their answer."""

    request: Annotated[str, Field(description="The `id` of the request.")]
    type: Annotated[str, Field(description="Its type.")]


class ErrorEvent(TypedDict):
    """A request was refused."""

    code: str
    message: str
    fix: str


PAYLOADS: Mapping[str, type[Any]] = {
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
    "consent.asked": ConsentAskedEvent,
    "system.status": StatusEvent,
    "error": ErrorEvent,
}
"""The payload of every event by its type."""
