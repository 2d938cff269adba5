"""What the server answers: the payload of the reply to every request, declared once beside the requests.

From these come the JSON Schema, the reference page and the TypeScript types; the tests hold every reply that the session
really gives against them. Clients take keys that are not here in stride: newer servers may send more.
"""

from typing import Any, Literal

from pydantic import BaseModel, Field

from flowdesk.protocol.declarationreplies import NodeTypes
from flowdesk.protocol.events import (
    DiskState,
    EditorPayload,
    ListedRun,
    OpenDocument,
    OpenPayload,
    ProblemPayload,
    RecordingState,
    RunEdit,
    RunStatus,
    SnapshotEvent,
    StatusEvent,
)
from flowdesk.protocol.fleetreplies import JobAnswers, JobFileContent, Jobs, JobsSubmitted, Robots, WholeJob
from flowdesk.protocol.lookreplies import Candidates, Completions, Elements, Inspected, Screenshot, Tested, Watched
from flowdesk.protocol.messages import REQUESTS
from flowdesk.protocol.payload import ReplyPayload
from flowdesk.protocol.triggerreplies import TriggerList, TriggerRows, TriggersArmed, TriggersDisarmed, TriggersPaused


class Done(ReplyPayload):
    """It is done; there is nothing more to say."""


class Welcome(ReplyPayload):
    """You are let in."""

    role: Literal["view", "edit", "run"]
    peer_id: str = Field(description="You: `origin` of your edits, `id` among `clients`.")
    token: str | None = Field(
        None, description="For the next connections, where you came in by a code. Lasts as long as the server."
    )


class Alive(ReplyPayload):
    """The server is there."""

    status: Literal["alive"]


class Started(ReplyPayload):
    """The run begins, or waits for its turn."""

    run_id: str
    workflow_id: str = Field(description="Whose events tell of it; you receive them from now on.")


class Controlled(ReplyPayload):
    """What the run does now. A pause is over when `system.status` says `paused`."""

    run_id: str
    status: RunStatus


class EditsTaken(ReplyPayload):
    """The run goes on with them."""

    run_id: str
    node_ids: list[str] = Field(description="Whose settings are others now.")
    edits: list[RunEdit] = Field(description="What edits of the flow mean to the run from now on.")


class Subscribed(ReplyPayload):
    """You receive the events from now on."""

    epoch: str = Field(description="New for each start of the server: a `seq` belongs to one.")
    seq: int | None = Field(description="Of the last event so far; null for `*`.")
    runs: list[ListedRun]


class Runs(ReplyPayload):
    """The runs, the newest first."""

    runs: list[ListedRun]


class RunPicture(ReplyPayload):
    """A picture of a run, or the `names` of all."""

    names: list[str] | None = None
    name: str | None = None
    data: str | None = Field(None, description="The picture as base64.")


class RunKept(ReplyPayload):
    """Whether the record of a run is kept."""

    run_id: str
    kept: bool


class RunReport(ReplyPayload):
    """The report of a run."""

    name: str = Field(description="What a file of it may be called.")
    html: str = Field(description="The whole page. It fetches nothing.")


class Validated(ReplyPayload):
    """What is wrong with a flow."""

    problems: list[ProblemPayload] = Field(description="At most 1,000 of them.")
    count: int = Field(description="How many there are.")
    valid: bool = Field(description="Whether none of them is an error.")


class DocumentState(ReplyPayload):
    """A live document as it is now."""

    workflow_id: str
    flow: dict[str, Any] = Field(description="The flow, as its file holds it.")
    revision: int
    path: str | None = Field(description="Its file; null while it has none.")
    problems: list[ProblemPayload]
    undo: str | None = Field(description="What you can undo now.")
    redo: str | None = Field(description="What you can redo now.")
    modified: bool = Field(description="Whether there are edits that are not in the file.")
    on_disk: DiskState = Field(description="What its file is to what was opened.")
    peers: list[EditorPayload]


class Edited(ReplyPayload):
    """The edit is applied, and written where it outlives the server."""

    revision: int
    undo: str | None = Field(description="What you can undo now.")
    redo: str | None = Field(description="What you can redo now.")


class Saved(ReplyPayload):
    """The file is written."""

    path: str
    revision: int = Field(description="The revision that it holds.")
    name: str = Field(description="What the flow is called now.")


class LeftStep(ReplyPayload):
    """A step that was not taken: it is a note in the flow, at its place."""

    file: str
    line: int = Field(description="Its number in the file, from 1.")
    kind: str = Field(description="What the report counts it by.")
    original: str
    reason: str


class ImportReport(ReplyPayload):
    """What was taken of one script."""

    source: str
    statements: int = Field(description="How many steps it has.")
    taken: int
    kinds: dict[str, int] = Field(description="How many of each kind were not taken, the most frequent first.")
    left: list[LeftStep] = Field(description="The first 200 that were not taken.")
    missing_pictures: list[str]


class Imported(ReplyPayload):
    """The flows are written. Open them by their paths."""

    flows: list[str] = Field(description="From the flows folder.")
    reports: list[ImportReport]


class Moved(ReplyPayload):
    """Where the file is now."""

    path: str
    name: str


class Deleted(ReplyPayload):
    """The file is in the trash."""

    path: str | None = Field(description="Where it was; null for a flow that never had a file.")


class FolderMade(ReplyPayload):
    """The folder is there."""

    path: str = Field(description="From the flows folder.")


class Phrase(ReplyPayload):
    """A sentence that can be put into another language."""

    text: str = Field(description="In English, its values filled in.")
    key: str = Field(description="In English, with `{name}` where values stand.")
    values: dict[str, "str | Phrase"]


class Compared(ReplyPayload):
    """What the file has otherwise."""

    differences: list[str]
    phrases: list[str | Phrase] = Field(description="The same, in parts that can be translated.")


class FlowFile(OpenPayload):
    """A file of the flows folder."""

    path: str = Field(description="From the flows folder.")
    name: str
    modified_time: float = Field(description="Seconds since 1970, UTC.")
    folder: str


class Flows(ReplyPayload):
    """The open flows, and the files and folders of the flows folder."""

    open: list[OpenDocument]
    files: list[FlowFile]
    folders: list[str]


class CardNode(OpenPayload):
    """A node of a picture."""

    x: float
    y: float
    category: str
    icon: str


class FlowCard(OpenPayload):
    """A flow of the gallery."""

    path: str = Field(description="From the flows folder; of an example, its file.")
    name: str
    title: str = Field(description="The name that stands in it, empty for none.")
    description: str
    folder: str
    modified_time: float = Field(description="Seconds since 1970, UTC.")
    count: int = Field(description="How many nodes it has.")
    nodes: list[CardNode] = Field(description="The first of them.")
    edges: list[list[int]] = Field(description="Which of `nodes` lead to which.")


class Cards(ReplyPayload):
    """The gallery: the examples, and own flows, the newest first."""

    examples: list[FlowCard]
    flows: list[FlowCard]


class ExampleTaken(ReplyPayload):
    """The copy of an example."""

    path: str = Field(description="From the flows folder.")


class PastRun(OpenPayload):
    """A run as it was at a moment."""

    run_id: str
    workflow_id: str
    name: str
    started: float = Field(description="Seconds since 1970, UTC.")
    status: str = Field(description="How it ended.")
    rehearsal: bool | None = Field(None, description="True for a dry run.")
    moments: int = Field(description="How many there are: one for each visit of a node.")
    moment: int
    is_end: bool
    node_id: str = Field(description="The node that was come to last.")
    visit: int = Field(description="Which of its visits it was.")
    nodes: dict[str, dict[str, Any]] = Field(description="The last event of each node.")
    ways: dict[str, int] = Field(description="How often each edge was taken.")
    visits: dict[str, int] = Field(description="How often each node was come to.")
    logs: list[dict[str, Any]] = Field(description="The end of the log.")
    end: dict[str, Any] | None = Field(description="How it ended, at its end.")


class PictureStored(ReplyPayload):
    """The picture lies beside the flow."""

    name: str


class Picture(ReplyPayload):
    """A picture of the flow, or the `names` of all."""

    names: list[str] | None = None
    name: str | None = None
    data: str | None = Field(None, description="The picture as base64.")


class OfferedValue(OpenPayload):
    """What may stand between braces."""

    path: str = Field(description="What is written between the braces.")
    name: str
    label: str = Field(description="What people call the node.")
    kind: str = Field(description="What it is: `text`, `number`, `list` and so on; empty where that is not known.")
    shown: str | None = Field(description="Its value in the last run.")
    search: str = Field(description="More words that find it.")
    children: list["OfferedValue"]
    group: str | None = Field(None, description="`nodes`, `variables` or `run`.")


class Values(ReplyPayload):
    """What may stand between braces in a node."""

    values: list[OfferedValue]
    own: OfferedValue | None = Field(description="The result of the node itself.")
    has_run: bool = Field(description="Whether there are values of a run.")


class Preview(OpenPayload):
    """What a setting would be: `shown`, or why it cannot be: `message` and `fix`."""

    shown: str | None = None
    kind: str | None = None
    message: str | None = None
    fix: str | None = None
    references: list["PreviewOfReference"] = Field(description="The same of each reference in a text.")


class PreviewOfReference(OpenPayload):
    """What one reference would be."""

    start: int = Field(description="Where it begins in the text.")
    end: int = Field(description="Where it ends in the text.")
    shown: str | None = None
    kind: str | None = None
    message: str | None = None
    fix: str | None = None


class Previews(ReplyPayload):
    """What settings would be, by their keys."""

    previews: dict[str, Preview]
    has_run: bool


class NodeVisit(ReplyPayload):
    """What a node was given at a visit, and what came of it."""

    run_id: str
    visits: int = Field(description="How many there were.")
    visit: int | None = Field(None, description="Which one this is, from 1.")
    iteration: list[int] | None = None
    status: str | None = None
    input: dict[str, Any] | None = Field(None, description="The settings as the node had them.")
    wrong: dict[str, str] | None = Field(None, description="By key, why a setting is not told.")
    output: Any = None
    error: str | None = None
    changed: dict[str, Any] | None = Field(None, description="The variables that it changed.")
    picture: str | None = Field(None, description="Why it failed, as `execution.picture` takes its `name`.")
    is_cut: bool | None = Field(None, description="Whether only the beginning of something is told.")


class Editors(ReplyPayload):
    """Who has the live document open."""

    peers: list[EditorPayload]


REPLIES: dict[str, type[BaseModel]] = {
    "auth": Welcome,
    "heartbeat": Alive,
    "workflow.start": Started,
    "workflow.take": EditsTaken,
    **dict.fromkeys(("workflow.pause", "workflow.resume", "workflow.stop", "workflow.step"), Controlled),
    "workflow.subscribe": Subscribed,
    "workflow.unsubscribe": Done,
    "workflow.list": Runs,
    "workflow.validate": Validated,
    "execution.snapshot": SnapshotEvent,
    "execution.past": PastRun,
    "execution.picture": RunPicture,
    "execution.keep": RunKept,
    "execution.report": RunReport,
    **dict.fromkeys(("flow.open", "flow.get", "flow.reload"), DocumentState),
    "flow.edit": Edited,
    "flow.import": Imported,
    "flow.save": Saved,
    **dict.fromkeys(("flow.rename", "flow.duplicate"), Moved),
    "flow.delete": Deleted,
    "flow.folder": FolderMade,
    "gallery.list": Cards,
    "gallery.take": ExampleTaken,
    "flow.compare": Compared,
    "flow.list": Flows,
    "flow.close": Done,
    "asset.put": PictureStored,
    "asset.get": Picture,
    "value.list": Values,
    "value.preview": Previews,
    "value.visit": NodeVisit,
    "node.types": NodeTypes,
    "target.test": Tested,
    "target.inspect": Inspected,
    "target.candidates": Candidates,
    "target.elements": Elements,
    "target.complete": Completions,
    "desktop.screenshot": Screenshot,
    "desktop.watch": Watched,
    **dict.fromkeys(("desktop.shown", "desktop.unwatch"), Done),
    "presence": Editors,
    "help.answer": Done,
    "system.status": StatusEvent,
    "trigger.list": TriggerList,
    "trigger.enable": TriggersArmed,
    "trigger.disable": TriggersDisarmed,
    "trigger.pause": TriggersPaused,
    "trigger.history": TriggerRows,
    "trigger.test": Started,
    "fleet.robots": Robots,
    "fleet.jobs": Jobs,
    "fleet.job": WholeJob,
    **dict.fromkeys(("fleet.cancel", "fleet.retry"), JobAnswers),
    "fleet.file": JobFileContent,
    "fleet.report": RunReport,
    "fleet.submit": JobsSubmitted,
    **dict.fromkeys(
        (
            "record.start",
            "record.pause",
            "record.stop",
            "record.undo",
            "record.note",
            "record.point",
            "record.secret",
            "record.repeat",
        ),
        RecordingState,
    ),
}
"""The payload of the reply to each request by its type."""

_LACKING = REQUESTS.keys() ^ REPLIES.keys()
if _LACKING:
    raise LookupError(f"requests and replies do not match: {', '.join(sorted(_LACKING))}")
