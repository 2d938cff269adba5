"""A run on a private desktop: the flowdesk there carries it out, this one passes on what it tells.

::

    RunBook --start, stop, answers--> PrivateRunner --channel--> flowdesk on the desktop (``flowdesk.resident``)
    Journal <--the run's own events-- PrivateRunner <--channel-- its events, and its questions

To the session it is a run like any other: the same control, the same events under the same ``run_id``, one end.
"""

import asyncio
import concurrent.futures
import contextlib
import logging
import uuid
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from flowdesk.aio import end, in_thread, spawn
from flowdesk.engine.amending import take_over, worked_out
from flowdesk.engine.beginning import Begun, begin
from flowdesk.engine.brake import Brake
from flowdesk.engine.context import Permit, Question, Services
from flowdesk.engine.failures import end_message, internal
from flowdesk.engine.options import RunOptions
from flowdesk.engine.plan import Plan
from flowdesk.engine.ports import PrivateDesktop
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError, NodeError, RequestInvalid
from flowdesk.model.events import NodeChanged, RunChanged, RunEvent, RunFinished, event_of
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.place import Place
from flowdesk.model.run import NodeState, RunState
from flowdesk.model.sentence import say
from flowdesk.session.journal import envelope
from flowdesk.session.peer import Peer
from flowdesk.session.records import RunFolder

logger = logging.getLogger(__name__)
STOP_PATIENCE = 2.5
"""Seconds after which a run that does not answer a stop is ended with its desktop."""
LOOK_PATIENCE = 30.0
"""Seconds that a look at the desktop may take."""
MOST_AHEAD = 512
"""Messages of the flowdesk there that may wait to be taken; it waits then."""

Tell = Callable[[RunEvent], None]


class PrivateRunner:
    """One run. ``run()`` is awaited once; the other methods may be called at any time, ``stop`` from any thread."""

    def __init__(
        self,
        flow: Flow,
        catalogue: Catalogue,
        services: Services,
        emit: Tell,
        options: RunOptions,
        place: Place,
        run_id: str | None = None,
        begun: Begun | None = None,
    ) -> None:
        """Freeze the flow. Nothing is started before ``run()``.

        Raises:
            FlowInvalid: If validation finds an error in what the run can come to.
            KeyError: If ``options.from_node`` does not exist.
            DesktopUnavailable: If no such desktop can be started here.
        """
        if services.private is None:
            raise DesktopUnavailable(say("This flowdesk cannot create desktops."), say("Run the flow on this desktop."))
        services.private.check()
        services = services.with_secrets((begun or begin(flow, catalogue, options)).secrets)
        self.flow, self.options, self.services, self.place = flow, options, services, place
        self.run_id = run_id or uuid.uuid4().hex
        self.brake = Brake()
        self.is_dry = options.is_dry
        self.state = RunState.RUNNING
        self.variables: dict[str, Any] = {**flow.variables, **options.variables}
        self.results: dict[str, Any] = dict(options.results)
        self.memories: dict[str, dict[str, Any]] = {}
        self.stop_reason = ""
        self._catalogue = catalogue
        self._emit = emit
        self._is_over = False
        self._has_begun = False
        """Whether a node was told of: what the desktop then did before it was lost nobody knows."""
        self._begun = asyncio.Event()
        self._desktop: PrivateDesktop | None = None
        self.states: dict[str, NodeState] = {}
        """The state of each node that was told of, by its id."""
        self._permits: list[Permit | None] = []
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._watchers: dict[str, Peer] = {}
        self._asking: set[asyncio.Task[None]] = set()

    # -- control ------------------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Hold the run. The state is ``paused`` once no more input can happen."""
        if self.state is RunState.RUNNING:
            self._send("workflow.pause", {})

    def resume(self) -> None:
        """Let a paused run go on."""
        self._send("workflow.resume", {})

    def step(self) -> None:
        """Run one node of a paused run."""
        self._send("workflow.step", {})

    def stop(self, reason: str = "") -> None:
        """End the run as soon as possible. From any thread: the flowdesk there hears it at once."""
        self.stop_reason = self.stop_reason or reason
        self._send("workflow.stop", {"reason": self.stop_reason})
        self.brake.stop()

    def take(self, flow: Flow, node_ids: Collection[str], permit: Permit | None) -> None:
        """Go on with other settings of nodes that the paused run has not come to.

        Raises:
            FlowInvalid: If one of them is not whole.
            ChangeRefused: If the run has come to one, or would be made of something else.
        """
        plan = Plan(self.flow, self._catalogue, self.options.from_node, self.options.only)
        other, _, secrets = worked_out(flow, node_ids, self._catalogue, plan, self.options.only)
        take_over(plan, other, node_ids, self.states)
        self.flow, self.services = flow, self.services.with_secrets(secrets)
        self._permits[:1] = [permit]
        self._send("workflow.take", {"flow": flow.model_dump(mode="json", by_alias=True), "node_ids": list(node_ids)})

    def lose_desktop(self, error: FlowdeskError) -> None:
        """Go on: the desktop that is gone is not the one of this run."""

    @property
    def is_there(self) -> bool:
        """Whether its desktop is there, or is about to be."""
        return not self._is_over

    async def look(self, peer: Peer, type: str, payload: dict[str, Any], assets: str) -> dict[str, Any]:
        """Look at the run's desktop for a peer: carry out a request about targets and pictures there.

        Raises:
            FlowdeskError: What the flowdesk there says, or that it is not there (any more).
        """
        if not self.is_there:
            raise RequestInvalid(
                say("The desktop of this run does not exist."), say("It exists only during the run."), field="run_id"
            )
        await self._begun.wait()
        self._watchers[peer.id] = peer
        reply = asyncio.get_running_loop().create_future()
        number = uuid.uuid4().hex
        self._waiting[number] = reply
        self._send("look", {"type": type, "payload": payload, "peer": peer.id, "assets": assets}, id=number)
        try:
            async with asyncio.timeout(LOOK_PATIENCE):
                return dict(await reply)
        except TimeoutError:
            raise DesktopUnavailable(say("The desktop of this run does not respond."), say("Stop the run.")) from None
        finally:
            self._waiting.pop(number, None)

    def forget(self, peer: Peer) -> None:
        """A peer went, or watches no more."""
        if self._watchers.pop(peer.id, None) is not None:
            self._send("look", {"type": "desktop.unwatch", "payload": {}, "peer": peer.id, "assets": ""})

    # -- the run ------------------------------------------------------------------------------------------------------

    async def run(self) -> RunFinished:
        """Run to the end. Never raises for what happens in the flow; returns the terminal event, which was also emitted."""
        self._loop = asyncio.get_running_loop()
        begun = self.services.clock.now()
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MOST_AHEAD)
        self._emit(RunChanged(self.run_id, self.state, self.is_dry))
        self._stopped = asyncio.Event()
        self.brake.watch(self._wake)
        self._observe()
        try:
            finished = await self._carry_out()
        except FlowdeskError as error:
            finished = self._failed(error)
        finally:
            self._is_over = True
            self._begun.set()
            if self._desktop is not None:
                self._desktop.end()
            self._tell_watchers()
            await end(tuple(self._asking), 0.5)
        self.state = finished.state
        finished.duration = self.services.clock.now() - begun
        self._emit(finished)
        return finished

    async def _carry_out(self) -> RunFinished:
        if self.brake.is_stopped:
            return self._ended_by_stop()
        assert self.services.private is not None
        size = (self.place.width, self.place.height)
        self._desktop = self.services.private.start(size, self._hear, self._tell_gone)
        self._begun.set()
        self._send("workflow.start", self._order())
        watch = spawn(self._lose_patience(), "flowdesk.private.stop")
        try:
            while True:
                message = await self._inbox.get()
                finished = self._take(message)
                if finished is not None:
                    return finished
        finally:
            watch.cancel()

    async def _lose_patience(self) -> None:
        """End the desktop once a stop was not answered."""
        await self._stopped.wait()
        await asyncio.sleep(STOP_PATIENCE)
        await self._inbox.put({"type": "gone", "payload": {"part": ""}})

    def _order(self) -> dict[str, Any]:
        options, services = self.options, self.services
        self._permits = [services.permit]
        return {
            "flow": self.flow.model_dump(mode="json", by_alias=True),
            "run_id": self.run_id,
            "variables": dict(options.variables),
            "from_node": options.from_node,
            "only": None if options.only is None else sorted(options.only),
            "breakpoints": sorted(options.breakpoints),
            "run_delay": options.run_delay,
            "is_dry": options.is_dry,
            "is_paused": options.is_paused,
            "asks_for_help": options.asks_for_help,
            "memories": dict(options.memories),
            "results": dict(options.results),
            "has_own_home": self.place.has_own_home,
            "folder": str(services.folder.path) if services.folder is not None else None,
            "assets": str(services.assets) if services.assets is not None else None,
            "home": str(services.home) if services.home is not None else None,
            "asks": services.ask is not None,
            "has_permit": services.permit is not None,
            "has_secrets": services.secret is not None,
            "loads": services.load_flow is not None,
        }

    def _hear(self, message: dict[str, Any]) -> None:
        """Take a message, in the channel's thread, which waits while too many are not taken."""
        taken = asyncio.run_coroutine_threadsafe(self._inbox.put(message), self._loop)
        while not self._is_over:
            with contextlib.suppress(concurrent.futures.TimeoutError):
                taken.result(1.0)
                return

    def _tell_gone(self, part: str) -> None:
        self._hear({"type": "gone", "payload": {"part": part}})

    def _take(self, message: dict[str, Any]) -> RunFinished | None:
        """Act on a message; return the end of the run if it is that."""
        kind, payload = message["type"], message["payload"]
        match kind:
            case "failed":
                return self._failed(error_of(payload["error"]))
            case "gone":
                return self._ended_by_stop() if self.brake.is_stopped else self._failed(_lost(payload["part"]))
            case "values":
                self.variables.update(payload["variables"])
                for name in payload.get("removed", ()):
                    self.variables.pop(name, None)
                self.results.update(payload.get("results", {}))
                self.memories.update(payload.get("memories", {}))
                if isinstance(self.services.folder, RunFolder):
                    self.services.folder.bytes += payload.get("bytes", 0)
            case "ask":
                task = spawn(self._answer(message["id"], payload), "flowdesk.private.answer")
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
            case "reply":
                self._settle(message["reply_to"], payload)
            case "desktop.frame":
                peer = self._watchers.get(message["peer"])
                if peer is not None:
                    peer.deliver(envelope(kind, "", payload))
            case _:
                return self._pass_on(kind, payload)
        return None

    def _pass_on(self, kind: str, payload: dict[str, Any]) -> RunFinished | None:
        event = event_of(kind, payload, self.run_id)
        if isinstance(event, RunFinished):
            return event
        if isinstance(event, RunChanged):
            if event.state is self.state or self.state.is_end:
                return None
            self.state = event.state
        if isinstance(event, NodeChanged):
            self._has_begun = True
            self.states[event.node_id] = event.state
            if event.state is NodeState.SUCCESS:
                self.results[event.node_id] = event.result
        if event is not None:
            self._emit(event)
        return None

    # -- what the flowdesk there asks ---------------------------------------------------------------------------------

    async def _answer(self, number: str, asked: dict[str, Any]) -> None:
        try:
            value = await self._answer_to(asked)
        except FlowdeskError as error:
            self._send("answer", {"error": error.payload()}, reply_to=number)
        except Exception as error:
            logger.exception("a run on a separate desktop got no answer")
            self._send("answer", {"error": internal(error).payload()}, reply_to=number)
        else:
            self._send("answer", {"value": value}, reply_to=number)

    async def _answer_to(self, asked: dict[str, Any]) -> Any:
        services = self.services
        match asked["what"]:
            case "person" if services.ask is not None:
                known = asked["question"]
                answer = await services.ask(Question(**{**known, "choices": tuple(known["choices"])}))
                value = answer.get("value")
                if known["kind"] == "password" and isinstance(value, str) and services.hide is not None:
                    services.hide(value)
                return answer
            case "permit":
                permit = self._permits[asked["permit"]]
                if permit is not None:
                    await permit(asked["uses"], asked["detail"], is_unseen=asked["is_unseen"])
                return None
            case "secret" if services.secret is not None:
                read, name = services.secret, asked["name"]
                return await in_thread(lambda: read(name), "flowdesk.secret")
            case "flow" if services.load_flow is not None:
                load, folder, name = services.load_flow, Path(asked["folder"]), asked["name"]
                called = await in_thread(lambda: load(folder, name), "flowdesk.subflow")
                if called.enter is not None:
                    await called.enter()
                self._permits.append(called.permit)
                return {
                    "flow": called.flow.model_dump(mode="json", by_alias=True),
                    "home": str(called.home) if called.home is not None else None,
                    "assets": str(called.assets) if called.assets is not None else None,
                    "permit": len(self._permits) - 1 if called.permit is not None else None,
                }
        raise NodeError(say("Nobody can answer."), say("Open the flow in the window or the page, then run it again."))

    def _settle(self, number: str, payload: dict[str, Any]) -> None:
        future = self._waiting.get(number)
        if future is None or future.done():
            return
        if "error" in payload:
            future.set_exception(error_of(payload["error"]))
        else:
            future.set_result(payload["value"])

    # -- the end ------------------------------------------------------------------------------------------------------

    def let_go(self) -> None:
        """Free what only a run under way needs."""
        self._emit, self._desktop = _tell_nobody, None
        self.brake.forget()
        self._watchers.clear()
        self._permits.clear()

    def _ended_by_stop(self) -> RunFinished:
        return self._end(RunState.STOPPED, None)

    def _failed(self, error: FlowdeskError) -> RunFinished:
        return self._end(RunState.FAILED, error)

    def _end(self, state: RunState, error: FlowdeskError | None) -> RunFinished:
        """Give every node an end, and return the run's."""
        for node in self.flow.nodes:
            known = self.states.get(node.id)
            if known is None or not known.is_end:
                ended = self.states[node.id] = NodeState.SKIPPED if known is None else NodeState.CANCELLED
                self._emit(NodeChanged(self.run_id, node.id, ended))
        counts: dict[str, int] = {}
        for each in self.states.values():
            counts[each.value] = counts.get(each.value, 0) + 1
        return RunFinished(
            self.run_id,
            state=state,
            message=end_message(state, error, self.stop_reason, is_rehearsal=self.is_dry),
            error=None if error is None else {**error.payload(), "node_id": None},
            counts=counts,
            folder=str(self.services.folder.path) if self.services.folder is not None else None,
            acted=self._has_begun,
            is_rehearsal=self.is_dry,
        )

    def _tell_watchers(self) -> None:
        """Tell those who look at the desktop, or wait for a look, that it is not there any more."""
        gone = DesktopUnavailable(say("The desktop of this run does not exist."), say("It exists only during the run."))
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(gone)
        for peer in self._watchers.values():
            told = {"frame": 0, "parts": [], "reason": str(gone.message), "fix": str(gone.fix)}
            peer.deliver(envelope("desktop.frame", "", told))

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._observe)

    def _observe(self) -> None:
        if self.brake.is_stopped and not self._stopped.is_set():
            self._stopped.set()
            if not self.state.is_end and self.state is not RunState.STOPPING:
                self.state = RunState.STOPPING
                self._emit(RunChanged(self.run_id, self.state, self.is_dry))

    def _send(self, type: str, payload: dict[str, Any], **about: str) -> None:
        if self._desktop is not None:
            self._desktop.send({"type": type, "payload": payload, **about})


def error_of(payload: dict[str, Any]) -> FlowdeskError:
    """Return the error that the other side raised, one of a node where its kind is not known here."""
    known = dict(payload)
    message, fix, code = known.pop("message", ""), known.pop("fix", ""), known.pop("code", "")
    kind = next((each for each in _kinds(FlowdeskError) if each.code == code), NodeError)
    return (kind if kind.__init__ is FlowdeskError.__init__ else NodeError)(message, fix, **known)


def _kinds(kind: type[FlowdeskError]) -> Iterator[type[FlowdeskError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def _lost(part: str) -> DesktopUnavailable:
    if part:
        return DesktopUnavailable(
            say("The run's separate desktop closed: {part} ended or did not start.", part=part),
            say("Run {part} in a terminal to see its messages, then run the flow again.", part=part),
        )
    return DesktopUnavailable(
        say("flowdesk on the run's separate desktop closed before the run ended."),
        say("Check what this run already did before you run it again."),
    )


def _tell_nobody(event: RunEvent) -> None:
    """Whoever heard of the run is let go."""
