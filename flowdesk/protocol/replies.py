"""What the server answers: the payload of the reply to every request, declared once beside the requests.

From these come the JSON Schema, the reference page and the TypeScript types; the tests hold every reply that the session
really gives against them. Clients take keys that are not here in stride: newer servers may send more.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from flowdesk.model.declared import NodeTypes as NodeTypes
from flowdesk.model.told import LogEvent, NodeEvent, Phrase
from flowdesk.protocol.events import (
    DiskState,
    EditorPayload,
    ListedRun,
    OpenDocument,
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
from flowdesk.protocol.request import GrantedRole
from flowdesk.protocol.triggerreplies import TriggerList, TriggerRows, TriggersArmed, TriggersDisarmed, TriggersPaused


class Done(TypedDict, closed=True):
    """It is done; there is nothing more to say."""


class Welcome(TypedDict, closed=True):
    """You are let in."""

    role: GrantedRole
    peer_id: Annotated[str, Field(description="You: `origin` of your edits, `id` among `clients`.")]
    token: NotRequired[
        Annotated[
            str | None,
            Field(description="For the next connections, where you came in by a code. Lasts as long as the server."),
        ]
    ]


class Alive(TypedDict, closed=True):
    """The server is there."""

    status: Literal["alive"]


class Started(TypedDict, closed=True):
    """The run begins, or waits for its turn."""

    run_id: str
    workflow_id: Annotated[str, Field(description="Whose events tell of it; you receive them from now on.")]


class Controlled(TypedDict, closed=True):
    """What the run does now. A pause is over when `system.status` says `paused`."""

    run_id: str
    status: RunStatus


class EditsTaken(TypedDict, closed=True):
    """The run goes on with them."""

    run_id: str
    node_ids: Annotated[list[str], Field(description="Whose settings are others now.")]
    edits: Annotated[list[RunEdit], Field(description="What edits of the flow mean to the run from now on.")]


class Subscribed(TypedDict, closed=True):
    """You receive the events from now on."""

    epoch: Annotated[str, Field(description="New for each start of the server: a `seq` belongs to one.")]
    seq: Annotated[int | None, Field(description="Of the last event so far; null for `*`.")]
    runs: list[ListedRun]


class Runs(TypedDict, closed=True):
    """The runs, the newest first."""

    runs: list[ListedRun]


class RunPicture(TypedDict, closed=True):
    """A picture of a run, or the `names` of all."""

    names: NotRequired[list[str]]
    name: NotRequired[str]
    data: NotRequired[Annotated[str, Field(description="The picture as base64.")]]


class RunKept(TypedDict, closed=True):
    """Whether the record of a run is kept."""

    run_id: str
    kept: bool


class RunReport(TypedDict, closed=True):
    """The report of a run."""

    name: Annotated[str, Field(description="What a file of it may be called.")]
    html: Annotated[str, Field(description="The whole page. It fetches nothing.")]


class Validated(TypedDict, closed=True):
    """What is wrong with a flow."""

    problems: Annotated[list[ProblemPayload], Field(description="At most 1,000 of them.")]
    count: Annotated[int, Field(description="How many there are.")]
    valid: Annotated[bool, Field(description="Whether none of them is an error.")]


class DocumentState(TypedDict, closed=True):
    """A live document as it is now."""

    workflow_id: str
    flow: Annotated[dict[str, Any], Field(description="The flow, as its file holds it.")]
    revision: int
    path: Annotated[str | None, Field(description="Its file; null while it has none.")]
    problems: list[ProblemPayload]
    undo: Annotated[str | None, Field(description="What you can undo now.")]
    redo: Annotated[str | None, Field(description="What you can redo now.")]
    modified: Annotated[bool, Field(description="Whether there are edits that are not in the file.")]
    on_disk: Annotated[DiskState, Field(description="What its file is to what was opened.")]
    peers: list[EditorPayload]


class Edited(TypedDict, closed=True):
    """The edit is applied, and written where it outlives the server."""

    revision: int
    undo: Annotated[str | None, Field(description="What you can undo now.")]
    redo: Annotated[str | None, Field(description="What you can redo now.")]


class Saved(TypedDict, closed=True):
    """The file is written."""

    path: str
    revision: Annotated[int, Field(description="The revision that it holds.")]
    name: Annotated[str, Field(description="What the flow is called now.")]


class LeftStep(TypedDict, closed=True):
    """A step that was not taken: it is a note in the flow, at its place."""

    file: str
    line: Annotated[int, Field(description="Its number in the file, from 1.")]
    kind: Annotated[str, Field(description="What the report counts it by.")]
    original: str
    reason: str


class ImportReport(TypedDict, closed=True):
    """What was taken of one script."""

    source: str
    statements: Annotated[int, Field(description="How many steps it has.")]
    taken: int
    kinds: Annotated[
        dict[str, int], Field(description="How many of each kind were not taken, the most frequent first.")
    ]
    left: Annotated[list[LeftStep], Field(description="The first 200 that were not taken.")]
    missing_pictures: list[str]


class Imported(TypedDict, closed=True):
    """The flows are written. Open them by their paths."""

    flows: Annotated[list[str], Field(description="From the flows folder.")]
    reports: list[ImportReport]


class Moved(TypedDict, closed=True):
    """Where the file is now."""

    path: str
    name: str


class Deleted(TypedDict, closed=True):
    """The file is in the trash."""

    path: Annotated[str | None, Field(description="Where it was; null for a flow that never had a file.")]


class FolderMade(TypedDict, closed=True):
    """The folder is there."""

    path: Annotated[str, Field(description="From the flows folder.")]


class Compared(TypedDict, closed=True):
    """What the file has otherwise."""

    differences: list[str]
    phrases: Annotated[list[str | Phrase], Field(description="The same, in parts that can be translated.")]


class FlowFile(TypedDict):
    """A file of the flows folder."""

    path: Annotated[str, Field(description="From the flows folder.")]
    name: str
    modified_time: Annotated[float, Field(description="Seconds since 1970, UTC.")]
    folder: str


class Flows(TypedDict, closed=True):
    """The open flows, and the files and folders of the flows folder."""

    open: list[OpenDocument]
    files: list[FlowFile]
    folders: list[str]


class CardNode(TypedDict):
    """A node of a picture."""

    x: float
    y: float
    category: str
    icon: str


class FlowPicture(TypedDict):
    """A flow as a card draws it."""

    title: Annotated[str, Field(description="The name that stands in it, empty for none.")]
    description: str
    count: Annotated[int, Field(description="How many nodes it has.")]
    nodes: Annotated[list[CardNode], Field(description="The first of them.")]
    edges: Annotated[list[list[int]], Field(description="Which of `nodes` lead to which.")]


class FlowCard(FlowPicture):
    """A flow of the gallery."""

    path: Annotated[str, Field(description="From the flows folder; of an example, its file.")]
    name: str
    folder: str
    modified_time: Annotated[float, Field(description="Seconds since 1970, UTC.")]


class Cards(TypedDict, closed=True):
    """The gallery: the examples, and own flows, the newest first."""

    examples: list[FlowCard]
    flows: list[FlowCard]


class ExampleTaken(TypedDict, closed=True):
    """The copy of an example."""

    path: Annotated[str, Field(description="From the flows folder.")]


class PastRun(TypedDict):
    """A run as it was at a moment."""

    run_id: str
    workflow_id: str
    name: str
    started: Annotated[float, Field(description="Seconds since 1970, UTC.")]
    status: Annotated[str, Field(description="How it ended.")]
    rehearsal: NotRequired[Annotated[bool | None, Field(description="True for a dry run.")]]
    moments: Annotated[int, Field(description="How many there are: one for each visit of a node.")]
    moment: int
    is_end: bool
    node_id: Annotated[str, Field(description="The node that was come to last.")]
    visit: Annotated[int, Field(description="Which of its visits it was.")]
    nodes: Annotated[dict[str, NodeEvent], Field(description="The last event of each node.")]
    ways: Annotated[dict[str, int], Field(description="How often each edge was taken.")]
    visits: Annotated[dict[str, int], Field(description="How often each node was come to.")]
    logs: Annotated[list[LogEvent], Field(description="The end of the log.")]
    end: Annotated[dict[str, Any] | None, Field(description="How it ended, at its end.")]


class PictureStored(TypedDict, closed=True):
    """The picture lies beside the flow."""

    name: str


class Picture(TypedDict, closed=True):
    """A picture of the flow, or the `names` of all."""

    names: NotRequired[list[str]]
    name: NotRequired[str]
    data: NotRequired[Annotated[str, Field(description="The picture as base64.")]]


class OfferedValue(TypedDict):
    """What may stand between braces."""

    path: Annotated[str, Field(description="What is written between the braces.")]
    name: str
    label: Annotated[str, Field(description="What people call the node.")]
    kind: Annotated[
        str, Field(description="What it is: `text`, `number`, `list` and so on; empty where that is not known.")
    ]
    shown: Annotated[str | None, Field(description="Its value in the last run.")]
    search: Annotated[str, Field(description="More words that find it.")]
    children: list["OfferedValue"]
    group: NotRequired[Annotated[str | None, Field(description="`nodes`, `variables` or `run`.")]]


class Values(TypedDict, closed=True):
    """What may stand between braces in a node."""

    values: list[OfferedValue]
    own: Annotated[OfferedValue | None, Field(description="The result of the node itself.")]
    has_run: Annotated[bool, Field(description="Whether there are values of a run.")]


class Preview(TypedDict):
    """What a setting would be: `shown`, or why it cannot be: `message` and `fix`."""

    shown: NotRequired[str]
    kind: NotRequired[str]
    message: NotRequired[str]
    fix: NotRequired[str]
    references: Annotated[list["PreviewOfReference"], Field(description="The same of each reference in a text.")]


class PreviewOfReference(TypedDict):
    """What one reference would be."""

    start: Annotated[int, Field(description="Where it begins in the text.")]
    end: Annotated[int, Field(description="Where it ends in the text.")]
    shown: NotRequired[str]
    kind: NotRequired[str]
    message: NotRequired[str]
    fix: NotRequired[str]


class Previews(TypedDict, closed=True):
    """What settings would be, by their keys."""

    previews: dict[str, Preview]
    has_run: bool


class VisitRead(TypedDict):
    """What a node was given at a visit, and what came of it, as the record has it."""

    visits: Annotated[int, Field(description="How many there were.")]
    visit: NotRequired[Annotated[int | None, Field(description="Which one this is, from 1.")]]
    iteration: NotRequired[list[int] | None]
    status: NotRequired[str | None]
    input: NotRequired[Annotated[dict[str, Any], Field(description="The settings as the node had them.")]]
    wrong: NotRequired[Annotated[dict[str, str], Field(description="By key, why a setting is not told.")]]
    output: NotRequired[Any]
    error: NotRequired[str | None]
    changed: NotRequired[Annotated[dict[str, Any], Field(description="The variables that it changed.")]]
    picture: NotRequired[
        Annotated[str | None, Field(description="Why it failed, as `execution.picture` takes its `name`.")]
    ]
    is_cut: NotRequired[Annotated[bool | None, Field(description="Whether only the beginning of something is told.")]]


class NodeVisit(VisitRead):
    """What a node was given at a visit, and what came of it."""

    run_id: str


class Editors(TypedDict, closed=True):
    """Who has the live document open."""

    peers: list[EditorPayload]


REPLIES: Mapping[str, type[Any]] = {
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
    **dict.fromkeys(("desktop.shown", "desktop.unwatch", "desktop.control", "desktop.act"), Done),
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
