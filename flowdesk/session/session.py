"""The session: the only writer. The window, browsers and scripts are its peers and send it the same requests.

::

    peer --request--> Session.submit --> LiveDocument | RunBook | Questions --> Journal --event--> every subscriber
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flowdesk import __version__
from flowdesk.aio import end, in_thread, spawn
from flowdesk.engine.context import Question, Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.ports import Answer, Check, DesktopDriver
from flowdesk.engine.runner import Runner
from flowdesk.model.document import Document
from flowdesk.model.errors import NotAllowed, RequestInvalid
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.reading import read_flow
from flowdesk.model.sentence import say
from flowdesk.model.validation import validate
from flowdesk.protocol import messages as m
from flowdesk.resource import resource_path
from flowdesk.session.documents import LiveDocument
from flowdesk.session.history import history_handlers
from flowdesk.session.journal import EPOCH, Journal, envelope
from flowdesk.session.looking import Handler, Looking
from flowdesk.session.paths import read_path
from flowdesk.session.peer import Peer
from flowdesk.session.provenance import is_from_elsewhere
from flowdesk.session.questions import Questions
from flowdesk.session.restoring import restore_unsaved
from flowdesk.session.runs import RunBook
from flowdesk.session.starts import Starts
from flowdesk.session.storage import SUFFIX, Recovery, open_flow
from flowdesk.session.subflows import opener
from flowdesk.session.trust import Trust


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
    """Whether unsaved edits that an earlier process left come back with their file, where no window asks about them."""
    peers: dict[str, Peer] = field(default_factory=dict)
    documents: dict[str, LiveDocument] = field(default_factory=dict)
    journals: dict[str, Journal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find what earlier processes left."""
        self.epoch = EPOCH
        self.recovery = Recovery(self.folders.state / "recovery")
        self.runs = RunBook(self.catalogue, self.services, self.folders.runs, self._changed)
        self.questions = Questions(self._can_answer)
        self.trust = Trust(self.folders.state / "allowed.json", self.catalogue)
        self._starts = Starts()
        self._everything: dict[str, Peer] = {}
        self.looking = Looking(self.services.driver)
        self._checks: Sequence[Check] | None = None
        self._checking: asyncio.Task[None] | None = None
        self._handlers: dict[str, Handler] = {
            "workflow.start": self._start,
            "workflow.pause": self._pause,
            "workflow.resume": self._resume,
            "workflow.stop": self._stop,
            "workflow.step": self._step,
            "workflow.subscribe": self._subscribe,
            "workflow.unsubscribe": self._unsubscribe,
            "workflow.validate": self._validate,
            "execution.snapshot": self._snapshot,
            "flow.open": self._open,
            "flow.get": self._get,
            "flow.edit": self._edit,
            "flow.save": self._save,
            "flow.list": self._list_flows,
            "flow.close": self._close,
            "asset.put": self._put_asset,
            "asset.get": self._get_asset,
            "node.types": self._node_types,
            "presence": self._presence,
            "help.answer": self._answer,
            "system.status": self._status,
            "heartbeat": self._heartbeat,
            **self.looking.handlers(self._assets),
            **history_handlers(self.folders.runs, self.runs.listing),
        }
        if self.services.driver is not None:
            self.services.driver.on_emergency(self.stop_all)

    # -- peers --------------------------------------------------------------------------------------------------------

    def connect(self, peer: Peer) -> None:
        """A peer came; it receives ``system.status``."""
        self.peers[peer.id] = peer
        peer.deliver(envelope("system.status", "", self.status(peer)))
        self._changed(but=peer.id)
        if self._checking is None and self.services.driver is not None:
            self._checking = spawn(self._check_desktop(self.services.driver), "flowdesk.checks")

    def disconnect(self, peer: Peer) -> None:
        """A peer went. Its runs go on; its documents stay open while someone else has them."""
        if self.peers.pop(peer.id, None) is None:
            return
        self._everything.pop(peer.id, None)
        self.looking.watching.unwatch(peer)
        for journal in self.journals.values():
            journal.unsubscribe(peer)
        for live in tuple(self.documents.values()):
            if peer.id in live.editors:
                live.leave(peer)
                self._drop_unused(live)
            elif peer.id in live.presence:
                live.leave(peer)
        self._changed()

    async def submit(
        self, peer: Peer, type: str, payload: m.Payload, workflow_id: str = "", message_id: str = ""
    ) -> dict[str, Any]:
        """Carry out a request and return the payload of its reply. Never waits for a run to end.

        Raises:
            FlowdeskError: If it is refused; its ``payload()`` is the ``error`` reply.
        """
        request = m.REQUESTS.get(type)
        handler = self._handlers.get(type)
        if request is None or handler is None:
            raise RequestInvalid(
                say('There is no request "{type}".', type=type), say("See the protocol's reference."), field="type"
            )
        if peer.role < request.role:
            raise NotAllowed(
                say("Your role {role} may not {type}.", role=peer.role.name.lower(), type=type),
                say("Ask for a token with the role {role}.", role=request.role.name.lower()),
            )
        return await handler(peer, payload, workflow_id, message_id)

    def stop_all(self, reason: str) -> None:
        """Stop every run, from any thread, without waiting for the event loop."""
        self.runs.stop_all(reason)
        if self.services.driver is not None:
            self.services.driver.release_all()

    async def close(self) -> None:
        """Stop the runs and let go of the desktop. Bounded."""
        await self.looking.close()
        await self.runs.close()
        if self._checking is not None:
            await end([self._checking], 1.0)
        if self.services.driver is not None:
            self.services.driver.release_all()
            self.services.driver.close()

    async def _check_desktop(self, driver: DesktopDriver) -> None:
        """Find out, off the event loop, what the desktop can do, and tell everyone."""
        self._checks = await in_thread(driver.checks, "flowdesk.checks")
        self._changed()

    def status(self, peer: Peer) -> dict[str, Any]:
        """Return ``system.status`` for a peer as JSON values."""
        checks = self._checks or ()
        return {
            "version": __version__,
            "protocol": m.PROTOCOL_VERSION,
            "epoch": EPOCH,
            "role": peer.role.name.lower(),
            "peer_id": peer.id,
            "desktop": {
                "available": self._checks is not None and all(check.is_ok for check in checks if check.is_required),
                "checks": [
                    {"name": check.name, "ok": check.is_ok, "message": str(check.message), "fix": str(check.fix)}
                    for check in checks
                ],
            },
            "runs": self.runs.listing(20),
            "clients": [
                {"id": other.id, "name": other.name, "role": other.role.name.lower()} for other in self.peers.values()
            ],
            "interrupted": self.runs.interrupted,
            "port": self.port,
        }

    def journal(self, workflow_id: str) -> Journal:
        """Return the journal of a workflow, made at its first use."""
        journal = self.journals.get(workflow_id)
        if journal is None:
            journal = self.journals[workflow_id] = Journal(workflow_id)
            for peer in self._everything.values():
                journal.subscribe(peer)
        return journal

    # -- runs ---------------------------------------------------------------------------------------------------------

    async def _start(self, peer: Peer, payload: m.Start, workflow_id: str, message_id: str) -> dict[str, Any]:
        known = self._starts.find(workflow_id, message_id, payload)
        if known is not None:
            self.journal(known.workflow_id).subscribe(peer)
            return {"run_id": known.run_id, "workflow_id": known.workflow_id}
        asked = workflow_id
        flow, services = self._flow_to_run(payload, workflow_id)
        workflow_id = workflow_id or flow.id
        journal = self.journal(workflow_id)
        journal.subscribe(peer)
        live = self.runs.start(
            workflow_id,
            flow,
            journal,
            RunOptions(
                variables=payload.variables,
                from_node=payload.from_node,
                only=None if payload.only is None else frozenset(payload.only),
                breakpoints=frozenset(payload.breakpoints),
                run_delay=payload.run_delay / 1000,
                is_dry=payload.dry_run,
                is_paused=payload.paused,
                asks_for_help=payload.ask_for_help,
            ),
            mode=payload.mode,
            services=services,
            started_by=peer.name,
        )
        self._starts.remember(asked, message_id, payload, live)
        return {"run_id": live.run_id, "workflow_id": workflow_id}

    def _flow_to_run(self, payload: m.Start, workflow_id: str) -> tuple[Flow, Services]:
        document = self.documents.get(workflow_id)
        if payload.flow is not None:
            flow = read_flow(payload.flow)
        elif payload.nodes is not None:
            flow = read_flow({"id": workflow_id or None, "nodes": payload.nodes, "edges": payload.edges or []})
        elif document is not None:
            flow = document.flow
        else:
            raise RequestInvalid(
                say('There is no open flow "{id}" and the message holds no nodes.', id=workflow_id),
                say("Send `nodes` and `edges`, or open the flow first."),
                field="nodes",
            )
        services = self.services_of(document, workflow_id)
        if document is not None and flow is document.flow:
            services.permit = self.trust.permission(flow, services.ask, is_foreign=document.is_foreign)
        return flow, services

    def services_of(self, document: LiveDocument | None, workflow_id: str) -> Services:
        """Return what a run of a document, or of a flow without one, is given."""
        home = document.path.parent if document is not None and document.path is not None else self.folders.flows

        async def ask(question: Question) -> Answer:
            return await self.questions.ask(self.journal(workflow_id), question)

        return replace(
            self.services,
            assets=document.assets if document is not None else None,
            home=home,
            ask=ask,
            load_flow=opener(self.trust, ask, is_foreign=document is not None and document.is_foreign),
        )

    async def _pause(self, peer: Peer, payload: m.RunControl, workflow_id: str, message_id: str) -> dict[str, Any]:
        return self._control(workflow_id, payload, Runner.pause)

    async def _resume(self, peer: Peer, payload: m.RunControl, workflow_id: str, message_id: str) -> dict[str, Any]:
        return self._control(workflow_id, payload, Runner.resume)

    async def _step(self, peer: Peer, payload: m.RunControl, workflow_id: str, message_id: str) -> dict[str, Any]:
        return self._control(workflow_id, payload, Runner.step)

    async def _stop(self, peer: Peer, payload: m.RunControl, workflow_id: str, message_id: str) -> dict[str, Any]:
        return self._control(
            workflow_id, payload, lambda runner: runner.stop(say("asked to by {name}", name=peer.name))
        )

    def _control(self, workflow_id: str, payload: m.RunControl, act: Callable[[Runner], None]) -> dict[str, Any]:
        live = self.runs.find(workflow_id, payload.run_id)
        act(live.runner)
        return {"run_id": live.run_id, "status": live.runner.state.value}

    async def _subscribe(self, peer: Peer, payload: m.Subscribe, workflow_id: str, message_id: str) -> dict[str, Any]:
        if workflow_id == "*":
            self._everything[peer.id] = peer
            for journal in self.journals.values():
                journal.subscribe(peer)
            return {"epoch": EPOCH, "seq": None, "runs": self.runs.listing(50)}
        journal = self.journal(workflow_id)
        if payload.since is not None and not journal.replay(peer, payload.since, payload.epoch):
            peer.deliver(envelope("execution.snapshot", workflow_id, self._state(workflow_id)))
        journal.subscribe(peer)
        runs = [run for run in self.runs.listing(50) if run["workflow_id"] == workflow_id]
        return {"epoch": EPOCH, "seq": journal.seq, "runs": runs}

    async def _unsubscribe(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> dict[str, Any]:
        self._everything.pop(peer.id, None)
        journals = self.journals.values() if workflow_id == "*" else [self.journal(workflow_id)]
        for journal in journals:
            journal.unsubscribe(peer)
        return {}

    async def _snapshot(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> dict[str, Any]:
        return self._state(workflow_id)

    def _state(self, workflow_id: str) -> dict[str, Any]:
        live = self.runs.last(workflow_id)
        return {
            **self.journal(workflow_id).snapshot(),
            "variables": live.secrets.without(dict(live.runner.variables)) if live is not None else {},
            "help": self.questions.pending(workflow_id),
        }

    async def _answer(self, peer: Peer, payload: m.HelpAnswer, workflow_id: str, message_id: str) -> dict[str, Any]:
        self.questions.answer(payload)
        return {}

    def _can_answer(self, workflow_id: str) -> bool:
        return any(peer.role >= m.Role.RUN for peer in self.journal(workflow_id).peers.values())

    # -- documents ----------------------------------------------------------------------------------------------------

    async def _open(self, peer: Peer, payload: m.OpenFlow, workflow_id: str, message_id: str) -> dict[str, Any]:
        if workflow_id in self.documents and payload.path is None and payload.flow is None:
            live = self.documents[workflow_id]
        elif payload.path is not None:
            live = self.open_file(self._allowed_path(peer, payload.path))
        else:
            flow = read_flow(payload.flow) if payload.flow is not None else Flow()
            live = self.add_document(flow, workflow_id or flow.id)
            live.is_foreign = not self.trust.add_own(live.flow, peer)
        live.editors[peer.id] = peer
        live.journal.subscribe(peer)
        return live.state(peer)

    def open_file(self, path: Path, *, keep: bool = False) -> LiveDocument:
        """Open a file as a live document. ``keep`` holds it open while no peer has it.

        Raises:
            FlowUnreadable: If it is not a flow.
        """
        for live in self.documents.values():
            if live.path is not None and live.path == path:
                return live
        opened = open_flow(path)
        live = self.add_document(opened.flow, opened.flow.id)
        live.path, live.fingerprint, live.is_kept = path, opened.fingerprint, keep
        live.is_foreign = is_from_elsewhere(path)
        if path.is_relative_to(resource_path("flows")):
            self.trust.add(live.flow)
        if self.restores:
            restore_unsaved(live, self.recovery)
        return live

    def add_document(self, flow: Flow, workflow_id: str) -> LiveDocument:
        """Open a flow that has no file yet."""
        number, unique = 1, workflow_id
        while unique in self.documents:
            number += 1
            unique = f"{workflow_id}-{number}"
        live = LiveDocument(
            unique,
            Document(flow),
            self.journal(unique),
            self.catalogue,
            self.folders.state / "scratch" / _plain(unique),
            self.recovery,
        )
        self.documents[unique] = live
        return live

    async def _get(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> dict[str, Any]:
        return self._document(workflow_id).state(peer)

    async def _edit(self, peer: Peer, payload: m.EditFlow, workflow_id: str, message_id: str) -> dict[str, Any]:
        live = self._document(workflow_id)
        is_trusted = self.trust.knows(live.flow)
        reply = live.edit(peer, payload)
        if is_trusted:
            self.trust.add_own(live.flow, peer)
        return reply

    async def _save(self, peer: Peer, payload: m.SaveFlow, workflow_id: str, message_id: str) -> dict[str, Any]:
        path = None if payload.path is None else self._allowed_path(peer, payload.path)
        return self._document(workflow_id).save(path, force=payload.force)

    async def _list_flows(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> dict[str, Any]:
        files = sorted(self.folders.flows.glob("*" + SUFFIX)) if self.folders.flows.is_dir() else []
        return {
            "open": [live.listing() for live in self.documents.values()],
            "files": [
                {"path": file.name, "name": file.name.removesuffix(SUFFIX), "modified_time": file.stat().st_mtime}
                for file in files
            ],
        }

    async def _close(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> dict[str, Any]:
        live = self._document(workflow_id)
        live.leave(peer)
        self._drop_unused(live)
        return {}

    def _drop_unused(self, live: LiveDocument) -> None:
        if not live.editors and not live.is_kept:
            self.documents.pop(live.workflow_id, None)
            live.journal.add("flow.closed", {"workflow_id": live.workflow_id})
            if not live.is_modified:
                self.recovery.drop(live.workflow_id)

    def _document(self, workflow_id: str) -> LiveDocument:
        live = self.documents.get(workflow_id)
        if live is None:
            raise RequestInvalid(
                say('There is no open flow "{id}".', id=workflow_id),
                say("Open it with `flow.open`."),
                field="workflow_id",
            )
        return live

    def _allowed_path(self, peer: Peer, name: str) -> Path:
        """The window may open any file; remote editors those of the flows folder and what is open already."""
        path = read_path(name, self.folders.flows)
        is_known = any(live.path == path for live in self.documents.values())
        if getattr(peer, "is_local", False) or is_known or path.is_relative_to(self.folders.flows.resolve()):
            return path
        raise NotAllowed(
            say("Only files of the flows folder can be opened from here: {folder}.", folder=self.folders.flows),
            say("Open the file in flowdesk's window first."),
        )

    async def _put_asset(self, peer: Peer, payload: m.PutAsset, workflow_id: str, message_id: str) -> dict[str, Any]:
        return self._document(workflow_id).put_asset(payload.name, payload.data)

    async def _get_asset(self, peer: Peer, payload: m.GetAsset, workflow_id: str, message_id: str) -> dict[str, Any]:
        return self._document(workflow_id).get_asset(payload.name)

    async def _presence(self, peer: Peer, payload: m.PresenceNow, workflow_id: str, message_id: str) -> dict[str, Any]:
        return self._document(workflow_id).show_presence(peer, payload)

    async def _validate(self, peer: Peer, payload: m.Validate, workflow_id: str, message_id: str) -> dict[str, Any]:
        if payload.flow is not None:
            flow = read_flow(payload.flow)
        elif payload.nodes is not None:
            flow = read_flow({"nodes": payload.nodes, "edges": payload.edges or []})
        else:
            flow = self._document(workflow_id).flow
        problems = validate(flow, self.catalogue)
        return {
            "problems": [problem.payload() for problem in problems],
            "valid": not any(problem.is_error for problem in problems),
        }

    # -- the desktop and the program ----------------------------------------------------------------------------------

    def _assets(self, workflow_id: str) -> str:
        """Return the folder of a flow's pictures, ``""`` if it is not open."""
        document = self.documents.get(workflow_id)
        return str(document.assets) if document is not None else ""

    async def _node_types(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> dict[str, Any]:
        types = [node_type.describe() for node_type in self.catalogue]
        return {"types": types, "categories": list(dict.fromkeys(described["category"] for described in types))}

    async def _status(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> dict[str, Any]:
        return self.status(peer)

    async def _heartbeat(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> dict[str, Any]:
        return {"status": "alive"}

    def _changed(self, but: str = "") -> None:
        """Tell every peer the new status: a run began or ended, a client came or went."""
        for peer in tuple(self.peers.values()):
            if peer.id != but:
                peer.deliver(envelope("system.status", "", self.status(peer)))


def _plain(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in text)[:80]
