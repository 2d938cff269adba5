"""Requests about recording: one at a time for the whole desktop, seen by everyone."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from flowdesk.aio import in_thread, spawn
from flowdesk.engine.observing import Observer
from flowdesk.engine.ports import Window
from flowdesk.model.changes import SetNode
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError, NotAllowed, RequestInvalid
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.nodes.words import choice_word
from flowdesk.protocol import messages as m
from flowdesk.protocol.events import RecordChanged, RecordingState
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.recording.recording import Recording
from flowdesk.session.recording.steps import Step
from flowdesk.session.recording.writing import last_of
from flowdesk.session.trust import is_own

if TYPE_CHECKING:
    from flowdesk.session.desk import Desk
    from flowdesk.session.liverun import LiveRun
    from flowdesk.session.runs import RunBook


POINTED: dict[str, tuple[str, dict[str, Any]]] = {
    "wait": ("wait", {"state": "appear"}),
    "check": ("assert", {"operator": "exists"}),
    "read": ("readText", {}),
}
"""The nodes that are made of what was pointed at."""


class Recordings:
    """Begins and ends the recording of a session."""

    def __init__(
        self,
        observer: Observer | None,
        desk: "Desk",
        runs: "RunBook",
        changed: Callable[[], None],
        keep_secret: Callable[[str, str], None] | None = None,
        asked: Callable[[str], Sequence[Mapping[str, Any]]] = lambda workflow_id: (),
    ) -> None:
        """Listen by ``observer``; without one, recording is refused.

        Args:
            observer: Who listens.
            desk: The documents.
            runs: The runs: none may drive the desktop meanwhile.
            changed: Called when all peers are to be told.
            keep_secret: Keeps a password in the key store; blocks.
            asked: Tells the open questions of the runs of a flow.
        """
        self._asked = asked
        self._keep_secret = keep_secret
        self._observer, self._desk, self._runs, self._changed = observer, desk, runs, changed
        self.current: Recording | None = None
        self.leave_out: Callable[[Window], bool] = lambda window: False
        """Which windows are flowdesk's own beside those of this process: the terminal from which it records."""

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers of the requests."""
        return {
            "record.start": self._start,
            "record.pause": self._pause,
            "record.stop": self._stop,
            "record.undo": self._undo,
            "record.note": self._note,
            "record.point": self._point,
            "record.secret": self._secret,
            "record.repeat": self._repeat,
        }

    def payload(self) -> RecordingState | None:
        """Return what ``system.status`` says of the recording, ``None`` where there is none."""
        return self._payload(self.current) if self.is_on and self.current is not None else None

    @property
    def is_on(self) -> bool:
        """Whether a recording is under way, paused or not."""
        return self.current is not None and self.current.status != "stopped"

    def refuse_run(self) -> None:
        """Refuse a run on this desktop while somebody is recorded there.

        Raises:
            RequestInvalid: If a recording is under way.
        """
        if self.is_on:
            raise RequestInvalid(
                say("A recording is under way: it would record the run's clicks as yours."),
                say("Stop the recording first."),
            )

    def forget(self, peer: Peer) -> None:
        """A peer went: what it records ends."""
        if self.is_on and self.current is not None and self.current.peer.id == peer.id:
            spawn(self.current.stop(), "flowdesk.recording")

    async def close(self) -> None:
        """End the recording."""
        if self.is_on and self.current is not None:
            await self.current.stop()

    async def _start(self, peer: Peer, payload: m.StartRecording, workflow_id: str, message_id: str) -> RecordingState:
        if self._observer is None:
            raise DesktopUnavailable(
                say("There is nothing to record here: this flowdesk has no desktop of yours."),
                say("Record in a flowdesk on the desktop that you work on."),
            )
        if self.is_on:
            raise RequestInvalid(say("A recording is under way already."), say("Stop it first."))
        replaces = payload.replace or ""
        here = [run for run in self._runs.under_way() if run.desktop != "private"]
        driving = [run for run in here if run.runner.state is not RunState.PAUSED]
        if driving and not (replaces and self._waits(driving, workflow_id, replaces)):
            raise RequestInvalid(
                say("A run drives this desktop: its clicks would be recorded as yours."), say("Stop it first.")
            )
        live = self._desk.get(workflow_id)
        draft = live.document.draft
        for name, node in (("after", payload.after), ("replace", payload.replace)):
            if node is not None and node not in draft.nodes:
                raise RequestInvalid(
                    say('There is no node "{id}".', id=node), say("Name a node of the flow."), field=name
                )
        anchor = replaces or (payload.after if payload.after is not None else last_of(draft.nodes, draft.edges))
        title = payload.window or ""

        def is_own(window: Window) -> bool:
            return self.leave_out(window) or bool(title and title in window.title)

        recording = self.current = Recording(peer, live, self._desk.record, self._told, is_own, replaces)
        try:
            await recording.begin(self._observer, anchor)
        except FlowdeskError:
            self.current = None
            raise
        live.journal.subscribe(peer)
        self._told(recording, None)
        return self._payload(recording)

    def _waits(self, driving: Sequence["LiveRun"], workflow_id: str, node: str) -> bool:
        """Whether the runs of this desktop are one of a flow that asks about a node: it does nothing until it is answered."""
        asked = [question.get("node_id") for question in self._asked(workflow_id)]
        return len(driving) == 1 and driving[0].workflow_id == workflow_id and node in asked

    async def _pause(self, peer: Peer, payload: m.PauseRecording, workflow_id: str, message_id: str) -> RecordingState:
        recording = self._under_way() if payload.paused else self._ones_own(peer)
        recording.pause(payload.paused)
        return self._payload(recording)

    async def _stop(self, peer: Peer, payload: m.StopRecording, workflow_id: str, message_id: str) -> RecordingState:
        if self.current is None:
            return self._payload(self._under_way())
        await self.current.stop(payload.forget / 1000)
        return self._payload(self.current)

    async def _undo(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> RecordingState:
        recording = self._ones_own(peer)
        if recording.count:
            await self._desk.record(recording.hand, recording.live, (), "", action="undo")
            recording.count -= 1
            self._told(recording, None)
        return self._payload(recording)

    async def _note(self, peer: Peer, payload: m.NoteRecording, workflow_id: str, message_id: str) -> RecordingState:
        recording = self._ones_own(peer)
        node = recording.last_node
        if node is None:
            raise RequestInvalid(say("There is no step yet to which the note belongs."), say("Do something first."))
        change = SetNode(id=node, path=("data", "config", "note"), value=payload.text)
        await self._desk.record(recording.hand, recording.live, (change,), "Note")
        return self._payload(recording)

    async def _point(self, peer: Peer, payload: m.PointRecording, workflow_id: str, message_id: str) -> RecordingState:
        recording = self._ones_own(peer)
        config: dict[str, Any] = {"selector": payload.selector}
        if payload.action == "read":
            config["variable"] = payload.variable or "text"
        kind, settings = POINTED[payload.action]
        recording.add(Step(kind, {**config, **settings}))
        return self._payload(recording)

    async def _secret(
        self, peer: Peer, payload: m.KeepRecordedSecret, workflow_id: str, message_id: str
    ) -> RecordingState:
        recording, keep = self.current, self._keep_secret
        if recording is None or payload.name not in recording.secrets or recording.peer.id != peer.id:
            raise RequestInvalid(
                say("No password of that name was typed in your recording."),
                say("Name one of its secrets."),
                field="name",
            )
        if keep is None:
            raise RequestInvalid(
                say("There is no key store here."), say("Set it: flowdesk secret set {name}", name=payload.name)
            )
        await in_thread(lambda: keep(payload.name, payload.value), "flowdesk.keystore")
        await recording.keep(payload.name)
        return self._payload(recording)

    async def _repeat(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> RecordingState:
        recording = self.current
        repeat = recording.repeat if recording is not None and recording.peer.id == peer.id else None
        if recording is None or repeat is None:
            raise RequestInvalid(
                say("Nothing in your recording was done several times with different data."),
                say("Record the same steps at least twice, or add a Loop node."),
            )
        await recording.repeat_for_rows(repeat)
        return self._payload(recording)

    def _under_way(self) -> Recording:
        if self.current is None or not self.is_on:
            raise RequestInvalid(say("Nothing is being recorded."), say("Start a recording first."))
        return self.current

    def _ones_own(self, peer: Peer) -> Recording:
        """Return the recording for whoever records, and for the owner: others may pause and stop it, and nothing else."""
        recording = self._under_way()
        if recording.peer.id != peer.id and not is_own(peer):
            raise NotAllowed(
                say("{name} is recording, not you.", name=recording.peer.name),
                say("Ask them, or stop the recording."),
            )
        return recording

    def _told(self, recording: Recording, step: Step | None) -> None:
        told = cast("RecordChanged", self._payload(recording))
        if step is not None:
            node_type = self._desk.catalogue.get(step.type)
            told["step"] = {
                "node_id": recording.last_node,
                "type": step.type,
                "title": node_type.title if node_type is not None else step.type,
                "summary": node_type.summarise(step.config, choice_word) if node_type is not None else "",
            }
        recording.live.journal.add("record.changed", told)
        if step is None:
            self._changed()

    @staticmethod
    def _payload(recording: Recording) -> RecordingState:
        return {
            "workflow_id": recording.live.workflow_id,
            "status": recording.status,
            "count": recording.count,
            "by": recording.peer.name,
            "secrets": list(recording.secrets),
            "doubtful": recording.doubtful,
            "reason": recording.reason or None,
            "repeat": repeat.payload() if (repeat := recording.repeat) is not None else None,
        }
