"""The messages of the protocol, each declared once (contract §5).

Every message is one JSON object ``{"id", "type", "timestamp", "workflow_id", "payload"}``; ``timestamp`` is in seconds.
A **request** is answered by exactly one message with ``reply_to`` (the request's ``id``): the same type with the result
as payload, or ``error``. An **event** carries ``seq``, counted for each workflow without gaps.

From this module come validation, the JSON Schema, the reference page and the TypeScript types of the browser editor.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from flowdesk.model.changes import AnyChange
from flowdesk.model.place import PATTERN as PLACE
from flowdesk.protocol.asof import AsOf as AsOf
from flowdesk.protocol.fleetmessages import FLEET_REQUESTS
from flowdesk.protocol.lookrequests import ActOnDesktop as ActOnDesktop
from flowdesk.protocol.lookrequests import CompleteTarget as CompleteTarget
from flowdesk.protocol.lookrequests import ControlDesktop as ControlDesktop
from flowdesk.protocol.lookrequests import DesktopScreenshot as DesktopScreenshot
from flowdesk.protocol.lookrequests import DesktopShown as DesktopShown
from flowdesk.protocol.lookrequests import InspectTarget as InspectTarget
from flowdesk.protocol.lookrequests import ListElements as ListElements
from flowdesk.protocol.lookrequests import TargetCandidates as TargetCandidates
from flowdesk.protocol.lookrequests import TestTarget as TestTarget
from flowdesk.protocol.lookrequests import WatchDesktop as WatchDesktop
from flowdesk.protocol.payload import Nothing as Nothing
from flowdesk.protocol.payload import Payload as Payload
from flowdesk.protocol.recordmessages import KeepRecordedSecret as KeepRecordedSecret
from flowdesk.protocol.recordmessages import NoteRecording as NoteRecording
from flowdesk.protocol.recordmessages import PauseRecording as PauseRecording
from flowdesk.protocol.recordmessages import PointRecording as PointRecording
from flowdesk.protocol.recordmessages import StartRecording as StartRecording
from flowdesk.protocol.recordmessages import StopRecording as StopRecording
from flowdesk.protocol.request import PROTOCOL_VERSION as PROTOCOL_VERSION
from flowdesk.protocol.request import Request as Request
from flowdesk.protocol.request import Role as Role
from flowdesk.protocol.runmessages import GetReport as GetReport
from flowdesk.protocol.runmessages import KeepRun as KeepRun


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
    from_node: str | None = Field(
        None,
        description="Start at this node, with the last run's variables. What it does not lead to need not be whole.",
    )
    as_of: AsOf | None = Field(
        None, description="With `from_node`: with the values that a visit of it found, instead of the last run's."
    )
    only: list[str] | None = Field(
        None, description="Run only these nodes, with the last run's variables; the others need not be whole."
    )
    dry_run: bool = Field(False, description="Look for every target and send no input.")
    breakpoints: list[str] = Field(
        default_factory=list, description="Nodes before which the run pauses, beside the flow's own."
    )
    run_delay: float = Field(0.0, ge=0, description="Milliseconds between nodes, to watch a run.")
    paused: bool = Field(False, description="Pause before the first node, to step through.")
    desktop: str | None = Field(
        None,
        pattern=PLACE,
        description="`this`, or `private` (`private:1280x800`) for a desktop of its own; without it what the flow says.",
    )
    home: Literal["own"] | None = Field(
        None,
        description="`own`: programs on a desktop of its own have a home folder of their own, which goes with it.",
    )
    ask_for_help: bool = Field(
        False, description="Send `help.needed` for a target that is not found and wait, where the flow has no way on."
    )


class RunControl(Payload):
    """Pause, resume, stop or step the run of `workflow_id`."""

    run_id: str | None = Field(None, description="Which run; without it the workflow's current one.")


class TakeEdits(Payload):
    """Let the paused run of `workflow_id` go on with changed settings of nodes that it has not come to."""

    run_id: str | None = Field(None, description="Which run; without it the workflow's current one.")
    node_ids: list[str] | None = Field(
        None,
        max_length=1000,
        description="Of these nodes; without it of all whose `fate` in `execution.edits` allows it.",
    )
    back: bool = Field(False, description="Give it the settings again that it began with.")


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
    flow: str = Field("", max_length=200, description="Only of flows whose name or file has this in it.")
    trigger: str = Field("", max_length=200, description="Only those that this trigger started.")
    since: float | None = Field(None, description="Only those that began at this time or later, in seconds since 1970.")
    until: float | None = Field(None, description="Only those that began at this time or before.")
    outcome: Literal["", "succeeded", "failed", "stopped", "interrupted", "running"] = Field(
        "", description="Only those that ended so."
    )
    text: str = Field(
        "", max_length=200, description="Only those that said this: as an error, in the log, or as a result."
    )
    kept: bool | None = Field(None, description="Only those that are marked to be kept, or only the others.")


class GetPast(Payload):
    """Fetch a run that ended as it was at a moment: the beginning of a visit, counted from 1, or its end."""

    run_id: str = Field(description="The run, as `workflow.list` has it.")
    moment: int | None = Field(None, ge=1, description="Which moment; without it the end.")


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

    changes: list[Annotated[AnyChange, Field(discriminator="op")]] = Field(
        default_factory=list, description="The changes, in order."
    )
    action: Literal["edit", "undo", "redo"] = Field("edit", description="`undo` and `redo` take your own last step.")
    base_revision: int | None = Field(
        None,
        description="The revision you saw. A field set since by another editor is a conflict: `conflicts` holds both values.",
    )
    edit_id: str = Field(
        "",
        max_length=64,
        description="Yours for this edit. One that is sent again after a break is answered and not applied again.",
    )
    force: bool = Field(False, description="Undo or redo although another editor set the same field since.")
    label: str = Field("", description="What the step is called in menus.")
    gesture: str = Field("", description="Consecutive edits with the same gesture undo as one.")


class ImportFlows(Payload):
    """Make flows of scripts of other tools, and write them into the flows folder. What was not taken is a note in them."""

    files: dict[str, str] = Field(
        default_factory=dict,
        max_length=500,
        description="Files by their names, as base64. A folder stands before its files: `login.sikuli/login.py`.",
    )
    paths: list[str] | None = Field(
        None, max_length=500, description="Files and folders on the server's machine instead; only the window may."
    )


class SaveFlow(Payload):
    """Save the live document."""

    path: str | None = Field(
        None, description="Where; without it the file it was opened from. A folder in it has to be there."
    )
    force: bool = Field(
        False, description="Overwrite another file of that name, or one that changed on disk since it was opened."
    )


class RenameFlow(Payload):
    """Rename a flow's file, or move it; its pictures go along. Its runs and unsaved edits stay with it."""

    path: str | None = Field(None, description="The file; without it the live document's.")
    name: str | None = Field(None, description="Its new name, without a folder; without it the old one.")
    folder: str | None = Field(None, description="Its new folder, empty for the top; without it the same one.")


class DuplicateFlow(Payload):
    """Write a copy of a flow into a file of its own, with its pictures and another id."""

    path: str | None = Field(None, description="The file; without it the live document as it is now.")
    name: str | None = Field(None, description="The copy's name; without it the old one with a number.")


class DeleteFlow(Payload):
    """Put a flow's file and its pictures into the trash, and close it."""

    path: str | None = Field(None, description="The file; without it the live document's.")
    force: bool = Field(False, description="Although others have it open, or it holds edits that are not saved.")


class MakeFolder(Payload):
    """Make a folder for flows inside the flows folder."""

    name: str = Field(description="Its name.")
    folder: str = Field("", description="The folder that it lies in, empty for the top.")


class TakeExample(Payload):
    """Copy an example into the flows folder, with the data that it reads; `flow.open` opens the copy."""

    name: str = Field(description="Its name, as `gallery.list` has it.")


class ReloadFlow(Payload):
    """Choose between the live document and its file, where that changed on disk."""

    action: Literal["reload", "keep"] = Field(
        "reload",
        description="`reload` takes the file, as an edit that can be undone; `keep` lets the next save overwrite it.",
    )


class PutAsset(Payload):
    """Store a picture beside the live document."""

    name: str = Field(description="File name of its own, such as `ok.png`.", pattern=r"^[\w\-. ]{1,80}$")
    data: str = Field(description="The PNG or JPEG as base64.")


class GetAsset(Payload):
    """Fetch a picture of the live document as base64, or the list of names without `name`."""

    name: str | None = Field(None, description="File name.")


class ListValues(Payload):
    """List what may stand between braces in a node of `workflow_id`, with the values of the last run."""

    node_id: str | None = Field(None, description="The node; without it only variables are listed.")


class PreviewValues(Payload):
    """Say what settings would be with the values of the last run of `workflow_id`, or why they cannot be."""

    settings: dict[str, Any] = Field(description="Settings as the flow holds them, by their keys.", max_length=200)


class GetVisit(Payload):
    """Say what a node was given at one visit of a run of `workflow_id`, the last or another, and what came of it, as the record holds it."""

    node_id: str = Field(description="The node.")
    run_id: str | None = Field(None, description="Another run than the last, as `workflow.list` has it.")
    visit: int | None = Field(None, ge=1, description="Which visit, from 1; without it the last.")


class PresenceNow(Payload):
    """Tell the other editors where you are."""

    name: str | None = Field(None, max_length=64, description="Your name.")
    selection: list[str] = Field(default_factory=list, max_length=5000, description="The nodes that you have selected.")
    cursor: tuple[float, float] | None = Field(None, description="Your pointer on the canvas.")


class HelpAnswer(Payload):
    """Answer a `help.needed`."""

    help_id: str = Field(description="From `help.needed`.")
    action: Literal["retry", "skip", "branch", "stop", "answer"] = Field("answer", description="What to do.")
    value: Any = Field(None, description="The answer to a prompt; a selector or a point for a target.")


class EnableTriggers(Payload):
    """Let a flow start by itself on this machine: the file `path`, or that of the open flow `workflow_id`.

    Without `digest`, or with another than the file's, the `error` tells in `triggers` and `doings` what would be allowed, and the
    `digest` to send for just that. Only the owner of the desktop may.
    """

    path: str | None = Field(None, description="The file; without it the open flow's.")
    digest: str | None = Field(None, description="What a person agreed to, from the `error` of the first request.")


class DisableTriggers(Payload):
    """Let a flow start by itself no more."""

    path: str | None = Field(None, description="The file, as `trigger.list` has it; without it the open flow's.")


class PauseTriggers(Payload):
    """Let no flow of this machine start by itself for now, or let them again."""

    paused: bool = Field(True, description="Whether they pause.")


class TriggerHistory(Payload):
    """List the rows of what was due, the newest first: of the machine, or of one flow."""

    path: str | None = Field(None, description="The flow's file; without it the open flow's, or every flow's.")
    trigger: str | None = Field(None, description="Only those of this trigger.")
    limit: int = Field(50, ge=1, le=1000, description="How many at the most.")


class TestTrigger(Payload):
    """Start the open flow `workflow_id` now, as one of its triggers would."""

    trigger: str = Field(description="The trigger's `id`.")
    values: dict[str, Any] = Field(
        default_factory=dict,
        description="What the run reads of it beside `id`, `type`, `due` and `at`, such as `path`.",
    )


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
        Request("workflow.take", TakeEdits, Role.RUN),
        Request("workflow.subscribe", Subscribe, Role.VIEW),
        Request("workflow.unsubscribe", Nothing, Role.VIEW, "Stop receiving the events of `workflow_id`."),
        Request("workflow.list", ListRuns, Role.VIEW),
        Request("workflow.validate", Validate, Role.VIEW),
        Request(
            "execution.snapshot", Nothing, Role.VIEW, "Fetch the whole state of `workflow_id`'s run, for a late joiner."
        ),
        Request("execution.picture", GetPicture, Role.EDIT),
        Request("execution.past", GetPast, Role.VIEW),
        Request("execution.keep", KeepRun, Role.EDIT),
        Request("execution.report", GetReport, Role.EDIT),
        Request("flow.open", OpenFlow, Role.EDIT),
        Request(
            "flow.get", Nothing, Role.VIEW, "Fetch the live document `workflow_id` with its revision and problems."
        ),
        Request("flow.edit", EditFlow, Role.EDIT),
        Request("flow.import", ImportFlows, Role.EDIT),
        Request("flow.save", SaveFlow, Role.EDIT),
        Request("flow.rename", RenameFlow, Role.EDIT),
        Request("flow.duplicate", DuplicateFlow, Role.EDIT),
        Request("flow.delete", DeleteFlow, Role.EDIT),
        Request("flow.folder", MakeFolder, Role.EDIT),
        Request(
            "gallery.list",
            Nothing,
            Role.EDIT,
            "List the examples and the flows of the flows folder, each with what a picture is drawn from.",
        ),
        Request("gallery.take", TakeExample, Role.EDIT),
        Request("flow.reload", ReloadFlow, Role.EDIT),
        Request(
            "flow.compare",
            Nothing,
            Role.EDIT,
            "Say in words what the file of the live document `workflow_id` has otherwise: `differences`, and `phrases` to translate.",
        ),
        Request(
            "flow.list",
            Nothing,
            Role.VIEW,
            "List the open documents, those with unsaved edits that nobody edits now too, and the files of the flows folder.",
        ),
        Request(
            "flow.close",
            Nothing,
            Role.EDIT,
            "Close the live document `workflow_id` for you. When nobody has it open any more, edits that are not saved are given up.",
        ),
        Request("asset.put", PutAsset, Role.EDIT),
        Request("asset.get", GetAsset, Role.VIEW),
        Request("value.list", ListValues, Role.VIEW),
        Request("value.preview", PreviewValues, Role.EDIT),
        Request("value.visit", GetVisit, Role.VIEW),
        Request("node.types", Nothing, Role.VIEW, "Fetch the declarations of all node types, which draw every form."),
        Request("target.test", TestTarget, Role.EDIT),
        Request("target.inspect", InspectTarget, Role.EDIT),
        Request("target.candidates", TargetCandidates, Role.EDIT),
        Request("target.elements", ListElements, Role.EDIT),
        Request("target.complete", CompleteTarget, Role.EDIT),
        Request("desktop.screenshot", DesktopScreenshot, Role.EDIT),
        Request("desktop.watch", WatchDesktop, Role.EDIT),
        Request("desktop.shown", DesktopShown, Role.EDIT),
        Request("desktop.unwatch", Nothing, Role.EDIT, "Receive the desktop no more."),
        Request("desktop.control", ControlDesktop, Role.RUN),
        Request("desktop.act", ActOnDesktop, Role.RUN),
        Request(
            "trigger.list",
            Nothing,
            Role.VIEW,
            "List what may start by itself on this machine, when it is due next, and the triggers of the open flow `workflow_id`.",
        ),
        Request("trigger.enable", EnableTriggers, Role.RUN),
        Request("trigger.disable", DisableTriggers, Role.RUN),
        Request("trigger.pause", PauseTriggers, Role.RUN),
        Request("trigger.history", TriggerHistory, Role.VIEW),
        Request("trigger.test", TestTrigger, Role.RUN),
        Request("record.start", StartRecording, Role.RUN),
        Request("record.pause", PauseRecording, Role.RUN),
        Request("record.stop", StopRecording, Role.RUN),
        Request("record.undo", Nothing, Role.RUN, "Take back the step that was recorded last."),
        Request("record.note", NoteRecording, Role.RUN),
        Request("record.point", PointRecording, Role.RUN),
        Request("record.secret", KeepRecordedSecret, Role.RUN),
        Request(
            "record.repeat",
            Nothing,
            Role.RUN,
            "Make a loop over the rows of a table of what you recorded several times: one edit, which can be undone.",
        ),
        *FLEET_REQUESTS,
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
    "execution.verdict": "An `assert` node found that what it states holds, or not.",
    "execution.complete": "The run succeeded. Exactly one `execution.complete` or `execution.error` ends a run.",
    "execution.error": "The run failed or was stopped (`status`).",
    "execution.edits": "What edits of the flow mean to its run under way; the whole list each time it changes.",
    "execution.snapshot": "The whole state, where a replay was asked for that is gone.",
    "flow.changed": "The live document changed: `revision`, `changes`, `origin`.",
    "flow.saved": "The live document was saved: `path`, `revision`.",
    "flow.moved": "The file of the live document has another name: `path`, `name`.",
    "flow.disk": "The file of the live document is another one than was opened, or is again: `state`.",
    "flow.closed": "The live document was closed.",
    "presence": "Who has the live document open, and where they are.",
    "trigger.changed": "Something of the triggers changed; `row` is what was added or how it ended. Ask with `trigger.list`.",
    "record.changed": "The recording into the live document began, made a step, paused or ended: `status`, `count`, `step`.",
    "desktop.frame": "What changed on the desktop that you watch: `frame`, `box`, `scale`, `pointer` and `parts`, each with its "
    "`box` in pixels of the desktop, `format` and `data` (base64). Answer with `desktop.shown`.",
    "help.needed": "A run asks a person: `help_id`, `kind`, `message`, `node_id`, a picture.",
    "help.closed": "The question was answered or is void.",
    "consent.asked": "The user of the desktop is asked before your request is carried out; its reply comes after their answer.",
    "system.status": "Version, what this desktop can do, runs, clients, your role.",
    "error": "A request was refused: `code`, `message`, `fix`.",
}
"""Every event by its type."""
