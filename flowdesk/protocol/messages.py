"""The messages of the protocol, each declared once (contract §5).

Every message is one JSON object ``{"id", "type", "timestamp", "workflow_id", "payload"}``; ``timestamp`` is in seconds.
A **request** is answered by exactly one message with ``reply_to`` (the request's ``id``): the same type with the result
as payload, or ``error``. An **event** carries ``seq``, counted for each workflow without gaps.

From this module come validation, the JSON Schema, the reference page and the TypeScript types of the browser editor.
"""

import builtins
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flowdesk.model.changes import AnyChange

PROTOCOL_VERSION = 1


class Role(IntEnum):
    """What a peer may do. Bound to its token by the server; each includes the ones before."""

    NONE = 0
    VIEW = 1
    EDIT = 2
    RUN = 3


class Payload(BaseModel):
    """The payload of a request. Unknown keys are ignored, as clients may send their own."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, frozen=True, defer_build=True)


class Nothing(Payload):
    """No fields."""


class Auth(Payload):
    """Prove who you are, as the first message. One of the two."""

    token: str | None = Field(None, description="The installation's token, or a session token from an earlier `auth`.")
    code: str | None = Field(None, description="A one-time code, as in the link that `flowdesk serve` prints.")


class Start(Payload):
    """Start a run. Either the flow itself (``nodes`` and ``edges``, as simple clients send) or a flow that is open."""

    nodes: list[Any] | None = Field(
        None, description="The nodes, as in a flow file. Without them the open flow `workflow_id` runs."
    )
    edges: list[Any] | None = Field(None, description="The edges, as in a flow file.")
    variables: dict[str, Any] = Field(default_factory=dict, description="Values that replace the flow's own.")
    flow: dict[str, Any] | None = Field(None, description="A whole flow file instead of `nodes` and `edges`.")
    mode: Literal["single", "restart", "queue"] = Field(
        "single", description="What happens if this workflow is running: refuse, stop it first, or wait for its end."
    )
    from_node: str | None = Field(None, description="Start at this node, with the last run's variables.")
    only: list[str] | None = Field(None, description="Run only these nodes.")
    dry_run: bool = Field(False, description="Look for every target and send no input.")
    breakpoints: list[str] = Field(
        default_factory=list, description="Nodes before which the run pauses, beside the flow's own."
    )
    run_delay: float = Field(0.0, ge=0, description="Milliseconds between nodes, to watch a run.")
    paused: bool = Field(False, description="Pause before the first node, to step through.")
    ask_for_help: bool = Field(
        False, description="Send `help.needed` for a target that is not found and wait, where the flow has no way on."
    )


class RunControl(Payload):
    """Pause, resume, stop or step the run of `workflow_id`."""

    run_id: str | None = Field(None, description="Which run; without it the workflow's current one.")


class Subscribe(Payload):
    """Receive the events of `workflow_id` (`"*"`: of all)."""

    since: int | None = Field(
        None, description="Replay what came after this `seq`; a snapshot comes instead where that is gone."
    )
    epoch: str | None = Field(None, description="The server's `epoch` that `since` belongs to.")


class ListRuns(Payload):
    """List runs: those under way and the last ones."""

    limit: int = Field(50, ge=1, le=500, description="How many finished runs at the most.")
    earlier: bool = Field(False, description="Also those of earlier days, whose records lie on the server's disk.")


class GetPicture(Payload):
    """Fetch a picture that a run took or that shows why it failed, or the list of their `names` without `name`."""

    run_id: str = Field(description="The run, as `workflow.list` has it.")
    name: str | None = Field(None, description="One of the names, the oldest first; `data` comes as base64.")


class Validate(Payload):
    """Validate a flow: given here, or the open one."""

    nodes: list[Any] | None = Field(None, description="The nodes.")
    edges: list[Any] | None = Field(None, description="The edges.")
    flow: dict[str, Any] | None = Field(None, description="A whole flow file instead.")


class OpenFlow(Payload):
    """Open a flow as a live document: a file, a flow given here, or a new one."""

    path: str | None = Field(
        None, description="A file on the server's machine, inside its flows folder or already open."
    )
    flow: dict[str, Any] | None = Field(None, description="A whole flow file.")


class EditFlow(Payload):
    """Apply changes to the live document `workflow_id`, all or none, as one undo step of yours."""

    changes: list[AnyChange] = Field(default_factory=list, description="The changes, in order.")
    action: Literal["edit", "undo", "redo"] = Field("edit", description="`undo` and `redo` take your own last step.")
    base_revision: int | None = Field(
        None, description="The revision you saw. A field set since by another editor is a conflict."
    )
    label: str = Field("", description="What the step is called in menus.")
    gesture: str = Field("", description="Consecutive edits with the same gesture undo as one.")


class SaveFlow(Payload):
    """Save the live document."""

    path: str | None = Field(None, description="Where; without it the file it was opened from.")
    force: bool = Field(False, description="Overwrite a file that changed on disk since it was opened.")


class PutAsset(Payload):
    """Store a picture beside the live document."""

    name: str = Field(description="File name of its own, such as `ok.png`.", pattern=r"^[\w\-. ]{1,80}$")
    data: str = Field(description="The PNG or JPEG as base64.")


class GetAsset(Payload):
    """Fetch a picture of the live document as base64, or the list of names without `name`."""

    name: str | None = Field(None, description="File name.")


class TestTarget(Payload):
    """Look for a target now, and say where, how sure and how long it took."""

    config: dict[str, Any] = Field(description="A config with `selector` and the keys beside it.")
    highlight: bool = Field(False, description="Ring the spot on the desktop.")


class InspectTarget(Payload):
    """Say what is at a point of the desktop: the elements there, innermost first, and the window."""

    x: int = Field(description="Across, in pixels of the desktop.")
    y: int = Field(description="Down, in pixels of the desktop.")


class TargetCandidates(Payload):
    """Find selectors for what was clicked (`x`, `y`) or drawn (`box`), each tried at once, the best first."""

    x: int | None = Field(None, description="Across, in pixels of the desktop.")
    y: int | None = Field(None, description="Down, in pixels of the desktop.")
    box: tuple[int, int, int, int] | None = Field(
        None, description="x, y, width, height of what was drawn, in pixels of the desktop."
    )
    level: int | None = Field(
        None,
        ge=0,
        description="Which element of the `path` of `target.inspect` is meant; without it the one that a click means.",
    )


class DesktopScreenshot(Payload):
    """Take a picture of the desktop."""

    region: tuple[int, int, int, int] | None = Field(
        None, description="x, y, width, height in pixels; without it everything."
    )
    monitor: int | None = Field(None, ge=1, description="One monitor.")
    scale: float = Field(1.0, gt=0, le=1, description="Factor by which the picture is made smaller.")
    format: Literal["png", "jpeg", "webp"] = Field("jpeg", description="How it is compressed.")
    quality: int = Field(75, ge=1, le=100, description="For JPEG and WebP.")


class WatchDesktop(Payload):
    """Receive the desktop as it changes, as `desktop.frame` events. Again: with other settings, all of it anew."""

    scale: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Factor by which the picture is made smaller; the next larger of 1/4, 1/2, 3/4, 1 is used.",
    )
    quality: int = Field(80, ge=1, le=100, description="For JPEG.")


class DesktopShown(Payload):
    """Say that a `desktop.frame` was shown: the next one comes then, with all that changed meanwhile."""

    frame: int = Field(ge=0, description="From the `desktop.frame`.")


class PresenceNow(Payload):
    """Tell the other editors where you are."""

    name: str | None = Field(None, max_length=64, description="Your name.")
    selection: list[str] = Field(default_factory=list, description="The nodes that you have selected.")
    cursor: tuple[float, float] | None = Field(None, description="Your pointer on the canvas.")


class HelpAnswer(Payload):
    """Answer a `help.needed`."""

    help_id: str = Field(description="From `help.needed`.")
    action: Literal["retry", "skip", "branch", "stop", "answer"] = Field("answer", description="What to do.")
    value: Any = Field(None, description="The answer to a prompt; a selector or a point for a target.")


@dataclass(frozen=True)
class Request:
    """A request that a peer may send."""

    type: str
    payload: builtins.type[Payload]
    role: Role
    doc: str = ""

    @property
    def description(self) -> str:
        """First line of the payload's docstring."""
        return (self.doc or self.payload.__doc__ or "").split("\n", 1)[0]


REQUESTS: dict[str, Request] = {
    request.type: request
    for request in (
        Request("auth", Auth, Role.NONE),
        Request(
            "heartbeat", Nothing, Role.NONE, "Say that you are there; answered by `heartbeat` with `status` `alive`."
        ),
        Request("workflow.start", Start, Role.RUN),
        Request(
            "workflow.pause",
            RunControl,
            Role.RUN,
            "Pause the run of `workflow_id`: acknowledged when no more input can happen.",
        ),
        Request("workflow.resume", RunControl, Role.RUN, "Let the run of `workflow_id` go on."),
        Request("workflow.stop", RunControl, Role.VIEW, "Stop the run of `workflow_id`. Allowed to every role."),
        Request("workflow.step", RunControl, Role.RUN, "Run one node of the paused run of `workflow_id`."),
        Request("workflow.subscribe", Subscribe, Role.VIEW),
        Request("workflow.unsubscribe", Nothing, Role.VIEW, "Stop receiving the events of `workflow_id`."),
        Request("workflow.list", ListRuns, Role.VIEW),
        Request("workflow.validate", Validate, Role.VIEW),
        Request(
            "execution.snapshot", Nothing, Role.VIEW, "Fetch the whole state of `workflow_id`'s run, for a late joiner."
        ),
        Request("execution.picture", GetPicture, Role.EDIT),
        Request("flow.open", OpenFlow, Role.EDIT),
        Request(
            "flow.get", Nothing, Role.VIEW, "Fetch the live document `workflow_id` with its revision and problems."
        ),
        Request("flow.edit", EditFlow, Role.EDIT),
        Request("flow.save", SaveFlow, Role.EDIT),
        Request("flow.list", Nothing, Role.VIEW, "List the open documents and the files of the flows folder."),
        Request(
            "flow.close",
            Nothing,
            Role.EDIT,
            "Close the live document `workflow_id` for you; it closes when nobody has it open.",
        ),
        Request("asset.put", PutAsset, Role.EDIT),
        Request("asset.get", GetAsset, Role.VIEW),
        Request("node.types", Nothing, Role.VIEW, "Fetch the declarations of all node types, which draw every form."),
        Request("target.test", TestTarget, Role.EDIT),
        Request("target.inspect", InspectTarget, Role.EDIT),
        Request("target.candidates", TargetCandidates, Role.EDIT),
        Request("desktop.screenshot", DesktopScreenshot, Role.EDIT),
        Request("desktop.watch", WatchDesktop, Role.EDIT),
        Request("desktop.shown", DesktopShown, Role.EDIT),
        Request("desktop.unwatch", Nothing, Role.EDIT, "Receive the desktop no more."),
        Request("presence", PresenceNow, Role.VIEW),
        Request("help.answer", HelpAnswer, Role.RUN),
        Request("system.status", Nothing, Role.VIEW, "Fetch the status that is also sent on connect and on change."),
    )
}
"""Every request by its type."""

EVENTS: dict[str, str] = {
    "node.pending": "A node is ready but waits: for the desktop, its turn, or a breakpoint.",
    "node.running": "A node began.",
    "node.success": "A node ended well.",
    "node.error": "A node failed.",
    "node.skipped": "A node was not run; `status` is `skipped`, or `cancelled` when the run ended under it.",
    "execution.progress": "How far the run is.",
    "execution.log": "A line of the log.",
    "execution.complete": "The run succeeded. Exactly one `execution.complete` or `execution.error` ends a run.",
    "execution.error": "The run failed or was stopped (`status`).",
    "execution.snapshot": "The whole state, where a replay was asked for that is gone.",
    "flow.changed": "The live document changed: `revision`, `changes`, `origin`.",
    "flow.saved": "The live document was saved: `path`, `revision`.",
    "flow.closed": "The live document was closed.",
    "presence": "Who has the live document open, and where they are.",
    "desktop.frame": "What changed on the desktop that you watch: `frame`, `box`, `scale`, `pointer` and `parts`, each with its "
    "`box` in pixels of the desktop, `format` and `data` (base64). Answer with `desktop.shown`.",
    "help.needed": "A run asks a person: `help_id`, `kind`, `message`, `node_id`, a picture.",
    "help.closed": "The question was answered or is void.",
    "system.status": "Version, what this desktop can do, runs, clients, your role.",
    "error": "A request was refused: `code`, `message`, `fix`.",
}
"""Every event by its type."""
