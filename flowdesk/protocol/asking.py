"""What may be asked, with the type of each answer. Written by ``make docs`` from ``replies.py``; do not edit."""

# fmt: off
# ruff: noqa: I001

from collections.abc import Mapping
from typing import Any, Literal, Protocol, overload

from flowdesk.model.declared import NodeTypes
from flowdesk.protocol.events import RecordingState, SnapshotEvent, StatusEvent
from flowdesk.protocol.fleetreplies import JobAnswers, JobFileContent, Jobs, JobsSubmitted, Robots, WholeJob
from flowdesk.protocol.lookreplies import Candidates, Completions, Elements, Inspected, Screenshot, Tested, Watched
from flowdesk.protocol.replies import Alive, Cards, Compared, Controlled, Deleted, DocumentState, Done, Edited, Editors, EditsTaken, ExampleTaken, Flows, FolderMade, Imported, Moved, NodeVisit, PastRun, Picture, PictureStored, Previews, RunKept, RunPicture, RunReport, Runs, Saved, Started, Subscribed, Validated, Values, Welcome
from flowdesk.protocol.triggerreplies import TriggerList, TriggerRows, TriggersArmed, TriggersDisarmed, TriggersPaused

Given = Mapping[str, Any] | None


class Asking(Protocol):
    """Asks the session something and returns the payload of its reply."""

    @overload
    async def __call__(self, type: Literal["auth"], payload: Given = None, workflow_id: str = "") -> Welcome: ...

    @overload
    async def __call__(self, type: Literal["heartbeat"], payload: Given = None, workflow_id: str = "") -> Alive: ...

    @overload
    async def __call__(self, type: Literal["workflow.start", "trigger.test"], payload: Given = None, workflow_id: str = "") -> Started: ...

    @overload
    async def __call__(self, type: Literal["workflow.take"], payload: Given = None, workflow_id: str = "") -> EditsTaken: ...

    @overload
    async def __call__(self, type: Literal["workflow.pause", "workflow.resume", "workflow.stop", "workflow.step"], payload: Given = None, workflow_id: str = "") -> Controlled: ...

    @overload
    async def __call__(self, type: Literal["workflow.subscribe"], payload: Given = None, workflow_id: str = "") -> Subscribed: ...

    @overload
    async def __call__(self, type: Literal["workflow.unsubscribe", "flow.close", "desktop.shown", "desktop.unwatch", "desktop.control", "desktop.act", "help.answer"], payload: Given = None, workflow_id: str = "") -> Done: ...

    @overload
    async def __call__(self, type: Literal["workflow.list"], payload: Given = None, workflow_id: str = "") -> Runs: ...

    @overload
    async def __call__(self, type: Literal["workflow.validate"], payload: Given = None, workflow_id: str = "") -> Validated: ...

    @overload
    async def __call__(self, type: Literal["execution.snapshot"], payload: Given = None, workflow_id: str = "") -> SnapshotEvent: ...

    @overload
    async def __call__(self, type: Literal["execution.past"], payload: Given = None, workflow_id: str = "") -> PastRun: ...

    @overload
    async def __call__(self, type: Literal["execution.picture"], payload: Given = None, workflow_id: str = "") -> RunPicture: ...

    @overload
    async def __call__(self, type: Literal["execution.keep"], payload: Given = None, workflow_id: str = "") -> RunKept: ...

    @overload
    async def __call__(self, type: Literal["execution.report", "fleet.report"], payload: Given = None, workflow_id: str = "") -> RunReport: ...

    @overload
    async def __call__(self, type: Literal["flow.open", "flow.get", "flow.reload"], payload: Given = None, workflow_id: str = "") -> DocumentState: ...

    @overload
    async def __call__(self, type: Literal["flow.edit"], payload: Given = None, workflow_id: str = "") -> Edited: ...

    @overload
    async def __call__(self, type: Literal["flow.import"], payload: Given = None, workflow_id: str = "") -> Imported: ...

    @overload
    async def __call__(self, type: Literal["flow.save"], payload: Given = None, workflow_id: str = "") -> Saved: ...

    @overload
    async def __call__(self, type: Literal["flow.rename", "flow.duplicate"], payload: Given = None, workflow_id: str = "") -> Moved: ...

    @overload
    async def __call__(self, type: Literal["flow.delete"], payload: Given = None, workflow_id: str = "") -> Deleted: ...

    @overload
    async def __call__(self, type: Literal["flow.folder"], payload: Given = None, workflow_id: str = "") -> FolderMade: ...

    @overload
    async def __call__(self, type: Literal["gallery.list"], payload: Given = None, workflow_id: str = "") -> Cards: ...

    @overload
    async def __call__(self, type: Literal["gallery.take"], payload: Given = None, workflow_id: str = "") -> ExampleTaken: ...

    @overload
    async def __call__(self, type: Literal["flow.compare"], payload: Given = None, workflow_id: str = "") -> Compared: ...

    @overload
    async def __call__(self, type: Literal["flow.list"], payload: Given = None, workflow_id: str = "") -> Flows: ...

    @overload
    async def __call__(self, type: Literal["asset.put"], payload: Given = None, workflow_id: str = "") -> PictureStored: ...

    @overload
    async def __call__(self, type: Literal["asset.get"], payload: Given = None, workflow_id: str = "") -> Picture: ...

    @overload
    async def __call__(self, type: Literal["value.list"], payload: Given = None, workflow_id: str = "") -> Values: ...

    @overload
    async def __call__(self, type: Literal["value.preview"], payload: Given = None, workflow_id: str = "") -> Previews: ...

    @overload
    async def __call__(self, type: Literal["value.visit"], payload: Given = None, workflow_id: str = "") -> NodeVisit: ...

    @overload
    async def __call__(self, type: Literal["node.types"], payload: Given = None, workflow_id: str = "") -> NodeTypes: ...

    @overload
    async def __call__(self, type: Literal["target.test"], payload: Given = None, workflow_id: str = "") -> Tested: ...

    @overload
    async def __call__(self, type: Literal["target.inspect"], payload: Given = None, workflow_id: str = "") -> Inspected: ...

    @overload
    async def __call__(self, type: Literal["target.candidates"], payload: Given = None, workflow_id: str = "") -> Candidates: ...

    @overload
    async def __call__(self, type: Literal["target.elements"], payload: Given = None, workflow_id: str = "") -> Elements: ...

    @overload
    async def __call__(self, type: Literal["target.complete"], payload: Given = None, workflow_id: str = "") -> Completions: ...

    @overload
    async def __call__(self, type: Literal["desktop.screenshot"], payload: Given = None, workflow_id: str = "") -> Screenshot: ...

    @overload
    async def __call__(self, type: Literal["desktop.watch"], payload: Given = None, workflow_id: str = "") -> Watched: ...

    @overload
    async def __call__(self, type: Literal["presence"], payload: Given = None, workflow_id: str = "") -> Editors: ...

    @overload
    async def __call__(self, type: Literal["system.status"], payload: Given = None, workflow_id: str = "") -> StatusEvent: ...

    @overload
    async def __call__(self, type: Literal["trigger.list"], payload: Given = None, workflow_id: str = "") -> TriggerList: ...

    @overload
    async def __call__(self, type: Literal["trigger.enable"], payload: Given = None, workflow_id: str = "") -> TriggersArmed: ...

    @overload
    async def __call__(self, type: Literal["trigger.disable"], payload: Given = None, workflow_id: str = "") -> TriggersDisarmed: ...

    @overload
    async def __call__(self, type: Literal["trigger.pause"], payload: Given = None, workflow_id: str = "") -> TriggersPaused: ...

    @overload
    async def __call__(self, type: Literal["trigger.history"], payload: Given = None, workflow_id: str = "") -> TriggerRows: ...

    @overload
    async def __call__(self, type: Literal["fleet.robots"], payload: Given = None, workflow_id: str = "") -> Robots: ...

    @overload
    async def __call__(self, type: Literal["fleet.jobs"], payload: Given = None, workflow_id: str = "") -> Jobs: ...

    @overload
    async def __call__(self, type: Literal["fleet.job"], payload: Given = None, workflow_id: str = "") -> WholeJob: ...

    @overload
    async def __call__(self, type: Literal["fleet.cancel", "fleet.retry"], payload: Given = None, workflow_id: str = "") -> JobAnswers: ...

    @overload
    async def __call__(self, type: Literal["fleet.file"], payload: Given = None, workflow_id: str = "") -> JobFileContent: ...

    @overload
    async def __call__(self, type: Literal["fleet.submit"], payload: Given = None, workflow_id: str = "") -> JobsSubmitted: ...

    @overload
    async def __call__(self, type: Literal["record.start", "record.pause", "record.stop", "record.undo", "record.note", "record.point", "record.secret", "record.repeat"], payload: Given = None, workflow_id: str = "") -> RecordingState: ...

    @overload
    async def __call__(self, type: str, payload: Given = None, workflow_id: str = "") -> Mapping[str, Any]: ...
