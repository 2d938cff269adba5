"""The session: the only writer. The window, browsers and scripts are its peers and send it the same requests.

::

    peer --request--> Session.submit --> LiveDocument | RunBook | Questions --> Journal --event--> every subscriber
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flowdesk import __version__
from flowdesk.aio import end, in_thread, spawn
from flowdesk.engine.beginning import Begun
from flowdesk.engine.context import Permit, Question, Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.ports import Answer, Check, DesktopDriver
from flowdesk.model.errors import NotAllowed, RequestInvalid
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.reading import read_flow
from flowdesk.model.sentence import say
from flowdesk.protocol.events import SnapshotEvent, StatusEvent
from flowdesk.protocol.request import PROTOCOL_VERSION, GrantedRole, Role
from flowdesk.session.amending import Amending
from flowdesk.session.controls import Controls
from flowdesk.session.desk import Desk
from flowdesk.session.diskwatch import DiskWatch
from flowdesk.session.documents import LiveDocument
from flowdesk.session.elsewhere import Elsewhere
from flowdesk.session.journal import EPOCH, Journal, envelope
from flowdesk.session.journals import Journals
from flowdesk.session.paths import unusable
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.questions import PERMISSION, Questions
from flowdesk.session.recovery import Recovery
from flowdesk.session.rooms import Rooms
from flowdesk.session.runs import RunBook
from flowdesk.session.starts import Starts, options_of
from flowdesk.session.storage import make_private
from flowdesk.session.subflows import leave_on_command_line, opener
from flowdesk.session.trust import Trust, hand_of, is_own
from flowdesk.session.wanted import Wanted, wanted

if TYPE_CHECKING:
    from flowdesk.engine.observing import Observer
    from flowdesk.protocol import messages as m
    from flowdesk.protocol.replies import Alive, Done, Started, Subscribed
    from flowdesk.session.bringing import Bring
    from flowdesk.session.fleet import Counter, FleetDesk
    from flowdesk.session.history import WriteReport
    from flowdesk.session.looking import Looking
    from flowdesk.session.recording.recordings import Recordings
    from flowdesk.session.triggering import Surroundings, Triggering


@dataclass(frozen=True)
class Folders:
    """Where the session keeps things."""

    state: Path
    """flowdesk's own: recovery files, scratch pictures."""
    runs: Path
    flows: Path
    """What remote editors may open and save by name."""


@dataclass
class Session:
    """One for the whole program. Call it on its event loop only, except ``stop_all``."""

    catalogue: Catalogue
    services: Services
    folders: Folders
    port: int | None = None
    """Port of the server, for ``system.status``."""
    restores: bool = False
    """Whether unsaved edits that an earlier process left come back by themselves, where no window asks about them."""
    bring: Bring | None = None
    """Makes flows of scripts of other tools."""
    write_report: WriteReport | None = None
    """Draws the reports of runs."""
    counter: Callable[[], Counter] | None = None
    """Makes what asks the hub of the robots and jobs."""
    peers: dict[str, Peer] = field(default_factory=dict)
    _checks: Sequence[Check] | None = None
    _checking: asyncio.Task[None] | None = None
    process: str = "flowdesk"
    """What this process is, for people of others: ``window``, ``serve``, ``run``."""
    surroundings: Surroundings | None = None
    """What watches files, keys and the screen for triggers, and tells people of a failure; ``None`` for nothing."""
    observer: Callable[[], Observer] | None = None
    """Makes what hears the person at this desktop, for recordings."""
    _starts: Starts = field(default_factory=Starts)

    def __post_init__(self) -> None:
        """Find what earlier processes left."""
        self.epoch = EPOCH
        self._make_folders()
        self.recovery = Recovery(self.folders.state / "recovery")
        self.runs = RunBook(self.catalogue, self.services, self.folders.runs, self.tell_status)
        self.questions = Questions(self._can_answer)
        self.trust = Trust(self.folders.state / "consent.jsonl", self.catalogue)
        self.journals = Journals(self._is_used)
        self.desk = Desk(
            self.catalogue,
            self.folders.flows,
            self.folders.state / "scratch",
            self.recovery,
            self.trust,
            self.journal,
            self.runs.current.__contains__,
            self._desk_changed,
            self.restores,
        )
        self.documents = self.desk.documents
        self.disk = DiskWatch(self.documents.values, self.desk.tell_disk)
        self.elsewhere = Elsewhere(self.runs, self.assets_of, lambda peer: self.looking.watching.unwatch(peer))
        self.amending = Amending(self.runs, self._flow_of, self._permit_for)
        self.rooms = Rooms(self, self._own_handlers())
        if self.services.driver is not None:
            self.services.driver.on_emergency(self.stop_all)
            self.services.driver.on_lost(self.runs.lose_desktop)

    def _own_handlers(self) -> dict[str, Handler]:
        """Return who answers the requests about runs; the others are answered in rooms of their own."""
        return {
            "workflow.start": self.start,
            "workflow.subscribe": self._subscribe,
            "workflow.unsubscribe": self._unsubscribe,
            "execution.snapshot": self._snapshot,
            "help.answer": self._answer,
            "system.status": self._status,
            "heartbeat": self._heartbeat,
            **Controls(self.runs, lambda: self.rooms.refuse_run()).handlers(),
            **self.amending.handlers(),
        }

    @property
    def looking(self) -> Looking:
        """What looks at the desktop for editors."""
        return self.rooms.looking()

    @property
    def triggering(self) -> Triggering:
        """The host of the triggers."""
        return self.rooms.triggering()

    @property
    def recordings(self) -> Recordings:
        """What begins and ends recordings."""
        return self.rooms.recordings()

    @property
    def fleet(self) -> FleetDesk:
        """What asks the hub."""
        return self.rooms.fleet()

    def _make_folders(self) -> None:
        for folder in (self.folders.state, self.folders.runs):
            with contextlib.suppress(OSError):
                make_private(folder)

    # -- peers --------------------------------------------------------------------------------------------------------

    def connect(self, peer: Peer) -> None:
        """A peer came; it receives ``system.status``."""
        self.peers[peer.id] = peer
        peer.deliver(envelope("system.status", "", self.status(peer)))
        self.tell_status(but=peer.id)
        if self._checking is None and self.services.driver is not None and peer.shows_checks:
            self._checking = spawn(self._check_desktop(self.services.driver), "flowdesk.checks")

    def disconnect(self, peer: Peer) -> None:
        """A peer went. Its runs go on; its documents stay open while someone else has them."""
        if self.peers.pop(peer.id, None) is None:
            return
        self.elsewhere.forget(peer)
        self.rooms.forget(peer)
        self.journals.unfollow(peer)
        self.desk.peer_left(peer)
        self.tell_status()

    async def submit(
        self,
        peer: Peer,
        type: str,
        payload: m.Payload,
        workflow_id: str = "",
        message_id: str = "",
        allowed: Wanted | None = None,
    ) -> Mapping[str, Any]:
        """Carry out a request and return the payload of its reply. Never waits for a run to end.

        ``allowed`` is what the owner let a start of somebody else run: before the run calls anything else, they are asked.

        Raises:
            FlowdeskError: If it is refused; its ``payload()`` is the ``error`` reply.
        """
        from flowdesk.protocol.messages import REQUESTS, Start, TestTrigger

        request = REQUESTS.get(type)
        handler = self.rooms.handler(type)
        if request is None or handler is None:
            raise RequestInvalid(
                say('Unknown request "{type}".', type=type), say("See the protocol reference."), field="type"
            )
        if peer.role < request.role:
            raise NotAllowed(
                say("The role {role} does not allow {type}.", role=peer.role.name.lower(), type=type),
                say("Use a token with the role {role}.", role=request.role.name.lower()),
            )
        try:
            if isinstance(payload, Start):
                return await self.start(peer, payload, workflow_id, message_id, allowed)
            if isinstance(payload, TestTrigger):
                return await self.triggering.test(peer, payload, workflow_id, message_id, allowed)
            return await handler(peer, payload, workflow_id, message_id)
        except OSError as error:
            raise unusable(error) from error

    def stop_all(self, reason: str) -> None:
        """Stop every run, from any thread, without waiting for the event loop."""
        self.rooms.stop_starting()
        self.runs.stop_all(reason)
        if self.services.driver is not None:
            self.services.driver.release_all()

    async def close(self) -> None:
        """Stop the runs and let go of the desktop. Bounded."""
        await self.rooms.close()
        await self.disk.close()
        await self.desk.close()
        self.recovery.close()
        await self.runs.close()
        await self.rooms.finish()
        if self._checking is not None:
            await end([self._checking], 1.0)
        if self.services.driver is not None:
            self.services.driver.release_all()
            self.services.driver.close()

    async def _check_desktop(self, driver: DesktopDriver) -> None:
        """Find out, off the event loop, what the desktop can do, and tell everyone."""
        self._checks = await in_thread(driver.checks, "flowdesk.checks")
        self.tell_status()

    def status(self, peer: Peer) -> StatusEvent:
        """Return ``system.status`` for a peer as JSON values."""
        checks = self._checks or ()
        return {
            "version": __version__,
            "protocol": PROTOCOL_VERSION,
            "epoch": EPOCH,
            "role": cast("GrantedRole", peer.role.word),
            "peer_id": peer.id,
            "desktop": {
                "available": self._checks is not None and all(check.is_ok for check in checks if check.is_required),
                "checks": [
                    {"name": check.name, "ok": check.is_ok, "message": str(check.message), "fix": str(check.fix)}
                    for check in checks
                ],
            },
            "runs": self.runs.listing(20),
            "clients": [{"id": other.id, "name": other.name, "role": other.role.word} for other in self.peers.values()],
            "interrupted": self.runs.interrupted,
            "unsaved": [live.listing() for live in self.documents.values() if live.holds_work][:50],
            "recording": self.rooms.recording(),
            "controller": self.rooms.controller(),
            "port": self.port,
        }

    def journal(self, workflow_id: str) -> Journal:
        """Return the journal of a workflow, made at its first use."""
        return self.journals.get(workflow_id)

    def _is_used(self, workflow_id: str) -> bool:
        """Whether a workflow's document is open, or a run of it is under way or was the last that is remembered."""
        return workflow_id in self.documents or any(live.workflow_id == workflow_id for live in self.runs.under_way())

    def _desk_changed(self) -> None:
        """A document was opened, named or let go."""
        self.disk.begin()
        self.tell_status()

    # -- runs ---------------------------------------------------------------------------------------------------------

    async def start(
        self, peer: Peer, payload: m.Start, workflow_id: str, message_id: str, allowed: Wanted | None = None
    ) -> Started:
        """Start a run, as ``workflow.start`` does.

        Raises:
            FlowdeskError: If it is refused.
        """
        known = self._starts.find(workflow_id, message_id, payload)
        if known is not None:
            self.journal(known.workflow_id).subscribe(peer)
            return {"run_id": known.run_id, "workflow_id": known.workflow_id}
        asked = workflow_id
        options, begun = options_of(payload), None
        if payload.flow is None and payload.nodes is None:
            flow = self.flow_to_run(payload, workflow_id)
        else:
            if payload.mode == "single":
                self.runs.refuse_second(workflow_id)
            flow, begun = await in_thread(lambda: self._read_to_run(payload, workflow_id, options), "flowdesk.start")
        if not payload.dry_run and self.runs.place_of(flow, options) is None:
            self.rooms.refuse_run()
        source = self._flow_of(workflow_id)
        if payload.as_of is not None:
            from flowdesk.session.revisiting import as_of

            given = options
            options = await in_thread(lambda: as_of(self.folders.runs, payload, given), "flowdesk.asof")
        # Of the document as it is: it may be edited meanwhile.
        services = self._services_for(peer, flow, workflow_id, allowed)
        begun = begun or await self.runs.work_out(workflow_id or flow.id, flow, options, payload.mode)
        workflow_id = workflow_id or flow.id
        journal = self.journal(workflow_id)
        journal.subscribe(peer)
        live = self.runs.start(
            workflow_id, flow, journal, options,
            mode=payload.mode, services=services, started_by=peer.name, begun=begun,
            path=self._path_of(workflow_id),
        )  # fmt: skip
        if flow is source:
            self.amending.follow(live, flow, journal)
        self._starts.remember(asked, message_id, payload, live)
        return {"run_id": live.run_id, "workflow_id": workflow_id}

    def _flow_of(self, workflow_id: str) -> Flow | None:
        document = self.documents.get(workflow_id)
        return document.flow if document is not None else None

    def _path_of(self, workflow_id: str) -> Path | None:
        document = self.documents.get(workflow_id)
        return document.path if document is not None else None

    def flow_to_run(self, payload: m.Start, workflow_id: str) -> Flow:
        """Return the flow that a ``workflow.start`` means.

        Raises:
            RequestInvalid: If it names none.
        """
        if payload.flow is not None:
            return read_flow(payload.flow)
        if payload.nodes is not None:
            return read_flow({"id": workflow_id or None, "nodes": payload.nodes, "edges": payload.edges or []})
        document = self.documents.get(workflow_id)
        if document is None:
            raise RequestInvalid(
                say('No open flow has the ID "{id}", and the message contains no nodes.', id=workflow_id),
                say("Send nodes and edges, or open the flow first."),
                field="nodes",
            )
        return document.flow

    def _read_to_run(self, payload: m.Start, workflow_id: str, options: RunOptions) -> tuple[Flow, Begun | None]:
        """Read the flow that came with a start, and work it out at once. Blocks."""
        flow = self.flow_to_run(payload, workflow_id)
        return flow, self.runs.worked_out(flow, options) if payload.as_of is None else None

    async def wanted(self, payload: m.Start, workflow_id: str) -> Wanted:
        """Return what a ``workflow.start`` would do, as it is now.

        Raises:
            RequestInvalid: If it names no flow.
        """
        flow, document = self.flow_to_run(payload, workflow_id), self.documents.get(workflow_id)
        services = self.services_of(document, workflow_id)
        home, pictures = services.home or self.folders.flows, services.assets
        return await in_thread(lambda: wanted(flow, payload, home, pictures), "flowdesk.wanted")

    def is_still(self, wanted: Wanted, payload: m.Start, workflow_id: str) -> bool:
        """Whether a start would still run the flow that was looked at."""
        if payload.flow is not None or payload.nodes is not None:
            return True
        document = self.documents.get(workflow_id)
        return document is not None and document.flow is wanted.source

    def _services_for(self, peer: Peer, flow: Flow, workflow_id: str, allowed: Wanted | None) -> Services:
        """Return what a run is given that a peer starts; of its own parts nobody else is asked."""
        document = self.documents.get(workflow_id)
        services = self.services_of(document, workflow_id, allowed)
        if document is not None and flow is document.flow:
            services.permit = self._permit_for(peer, flow, workflow_id)
        return services

    def _permit_for(self, peer: Peer, flow: Flow, workflow_id: str) -> Permit | None:
        """Return what asks before a flow of a document does something risky in a run that a peer started or changed."""
        document = self.documents[workflow_id]
        services, own = self.services_of(document, workflow_id), hand_of(peer)
        is_foreign = document.is_foreign and not (own is not None and document.hands == {own})
        return self.trust.permission(flow, services.ask, is_foreign=is_foreign)

    def services_on_command_line(self, live: LiveDocument, *, allow: bool = False) -> Services:
        """Return what a run of a document is given that a person started by its name and that may do what it does.

        ``allow``: whether they allow, too, what a flow may do whose name is only known while the run goes on.
        """
        services = self.services_of(live, live.workflow_id)
        assert services.ask is not None
        ask = leave_on_command_line(services.ask, allow=allow)
        services.permit = self.trust.permission(live.flow, ask, is_foreign=live.is_foreign)
        services.load_flow = opener(self.trust, ask, is_foreign=False, trusts_own=True)
        return services

    def services_of(self, document: LiveDocument | None, workflow_id: str, allowed: Wanted | None = None) -> Services:
        """Return what a run of a document, or of a flow without one, is given."""
        home = document.path.parent if document is not None and document.path is not None else self.folders.flows

        async def ask(question: Question) -> Answer:
            return await self.questions.ask(self.journal(workflow_id), question)

        return replace(
            self.services,
            assets=document.assets if document is not None else None,
            home=home,
            ask=ask,
            load_flow=opener(
                self.trust, ask,
                is_foreign=document is not None and document.is_foreign, calls=allowed.calls if allowed else None,
            ),
        )  # fmt: skip

    async def _subscribe(self, peer: Peer, payload: m.Subscribe, workflow_id: str, message_id: str) -> Subscribed:
        if workflow_id == "*":
            self.journals.follow_all(peer)
            return {"epoch": EPOCH, "seq": None, "runs": self.runs.listing(50)}
        journal = self.journals.follow(peer, workflow_id)
        if payload.since is not None and not journal.replay(peer, payload.since, payload.epoch):
            peer.deliver(envelope("execution.snapshot", workflow_id, self._state(workflow_id)))
        runs = [run for run in self.runs.listing(50) if run["workflow_id"] == workflow_id]
        return {"epoch": EPOCH, "seq": journal.seq, "runs": runs}

    async def _unsubscribe(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> Done:
        self.journals.unfollow(peer, None if workflow_id == "*" else workflow_id)
        return {}

    async def _snapshot(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> SnapshotEvent:
        return self._state(workflow_id)

    def _state(self, workflow_id: str) -> SnapshotEvent:
        return {
            **self.journals.peek(workflow_id).snapshot(),
            "variables": self.runs.variables(workflow_id),
            "help": self.questions.pending(workflow_id),
            "edits": self.amending.edits(workflow_id),
        }

    async def _answer(self, peer: Peer, payload: m.HelpAnswer, workflow_id: str, message_id: str) -> Done:
        self.questions.answer(payload, peer)
        return {}

    def _can_answer(self, workflow_id: str, kind: str) -> bool:
        peers = self.journal(workflow_id).peers.values()
        return any(peer.role >= Role.RUN and (kind != PERMISSION or is_own(peer)) for peer in peers)

    # -- documents ----------------------------------------------------------------------------------------------------

    def restore(self) -> None:
        """Open again what earlier processes left unsaved, and from now on with each file."""
        self.desk.restores = True
        self.desk.restore_all()

    def open_file(self, path: Path, *, keep: bool = False) -> LiveDocument:
        """Open a file as a live document. ``keep`` holds it open while no peer has it.

        Raises:
            FlowUnreadable: If it is not a flow.
        """
        return self.desk.open_file(path, keep=keep)

    # -- the desktop and the program ----------------------------------------------------------------------------------

    def assets_of(self, workflow_id: str) -> str:
        """Return the folder of a flow's pictures, ``""`` if it is not open."""
        document = self.documents.get(workflow_id)
        return str(document.assets) if document is not None else ""

    async def _status(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> StatusEvent:
        return self.status(peer)

    async def _heartbeat(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> Alive:
        return {"status": "alive"}

    def tell_status(self, but: str = "") -> None:
        """Tell every peer the new status: a run began or ended, a client came or went."""
        for peer in tuple(self.peers.values()):
            if peer.id != but:
                peer.deliver(envelope("system.status", "", self.status(peer)))
