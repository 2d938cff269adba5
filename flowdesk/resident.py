"""The flowdesk on a private desktop: it carries out one run there and tells the session that asked for it.

It loads while the desktop comes up. Then it is told its environment, by one line of JSON on standard input, and its run,
by the first message of the channel. Questions to people, secrets and other flows come from the session: what a run may do
is decided there. It ends with its channel.
"""

import asyncio
import concurrent.futures
import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flowdesk.aio import in_thread, spawn
from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.drivers.private.channel import Channel
from flowdesk.drivers.x11 import connection as x11
from flowdesk.engine.brake import Brake
from flowdesk.engine.context import Called, Question, Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.ports import Answer
from flowdesk.engine.runner import Runner
from flowdesk.engine.visits import Visit
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError
from flowdesk.model.events import RunEvent, RunFinished, RunLog
from flowdesk.model.flow import Node
from flowdesk.model.reading import read_flow
from flowdesk.model.sentence import say
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.protocol.messages import REQUESTS, Role
from flowdesk.session.looking import Looking
from flowdesk.session.peer import Message, Peer
from flowdesk.session.private import error_of
from flowdesk.session.records import RunFolder
from flowdesk.session.secrets import Secrets
from flowdesk.session.visits import VisitRecord
from flowdesk.system.homes import HOME_OF_PROGRAMS

MOST_UNSENT = 1000
"""Messages that wait for the session to read them; the run waits then."""
READY_SECONDS = 20.0


def main(channel: int) -> int:
    """Carry out one run. Returns the exit code."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.disable()  # what is loaded is no garbage, and is left out of every search
    load()
    gc.freeze()
    gc.enable()
    line = sys.stdin.readline()
    if not line:
        return 1
    os.environ.clear()
    os.environ.update(json.loads(line))
    try:
        return asyncio.run(Resident(Channel(socket.socket(fileno=channel), MOST_UNSENT)).work())
    finally:
        sys.stderr.flush()
        os._exit(0)  # nothing here is to outlive the run, threads that were left behind neither


def load() -> None:
    """Load what a run may need, before there is one: the node types, and what looks and acts."""
    tuple(catalogue_with_plugins())
    for name in ("flowdesk.drivers.real", "flowdesk.drivers.x11.parts", "flowdesk.drivers.x11.input"):
        importlib.import_module(name)


class Resident:
    """The run, its questions, and looks at its desktop."""

    def __init__(self, channel: Channel) -> None:
        """Talk by ``channel``."""
        self._channel = channel
        self._driver = RealDesktopDriver("private")
        self._looking = Looking(self._driver)
        self._look = self._looking.handlers(lambda assets: assets)
        self._peers: dict[str, _Watcher] = {}
        self._answers: dict[str, concurrent.futures.Future[Any]] = {}
        self._runner: Runner | None = None
        self._is_stopped: str | None = None
        self._lock = threading.Lock()
        self._folder: RunFolder | None = None
        self._trace: _Trace | None = None

    async def work(self) -> int:
        """Wait for the order, run, and wait until the session has read the end."""
        loop = asyncio.get_running_loop()
        order: asyncio.Future[dict[str, Any]] = loop.create_future()

        def hear(message: dict[str, Any]) -> None:
            self._hear(message, loop, order)

        def read() -> None:
            self._channel.read(hear)
            os._exit(1)  # the session is gone

        threading.Thread(target=read, name="flowdesk-channel-in", daemon=True).start()
        driver = self._driver
        driver.on_emergency(self._stop)
        driver.on_lost(lambda error: self._runner.lose_desktop(error) if self._runner is not None else None)
        ready = spawn(in_thread(self._get_ready, "flowdesk.ready"), "flowdesk.ready")
        given = await order
        try:
            await ready
            await self._run(given)
        except FlowdeskError as error:
            self._tell("failed", {"error": error.payload()})
        await in_thread(self._channel.close, "flowdesk.channel")
        return 0

    def _get_ready(self) -> None:
        """Wait for the desktop, and open it: where nobody waits yet, the run begins sooner."""
        _wait_for_window_manager()
        with contextlib.suppress(FlowdeskError):  # a run that needs it says what is missing
            self._driver.open(Brake())

    # -- what the session says ----------------------------------------------------------------------------------------

    def _hear(
        self, message: dict[str, Any], loop: asyncio.AbstractEventLoop, order: "asyncio.Future[dict[str, Any]]"
    ) -> None:
        """Take a message, in the channel's thread: a stop does not wait for the event loop."""
        payload = message["payload"]
        match message["type"]:
            case "workflow.start":
                loop.call_soon_threadsafe(order.set_result, payload)
            case "workflow.stop":
                self._stop(payload["reason"])
            case "workflow.pause" | "workflow.resume" | "workflow.step" as kind:
                loop.call_soon_threadsafe(self._control, kind.rpartition(".")[2])
            case "workflow.take":
                loop.call_soon_threadsafe(self._take, payload)
            case "answer":
                asked = self._answers.pop(message["reply_to"], None)
                if asked is not None and "error" in payload:
                    asked.set_exception(error_of(payload["error"]))
                elif asked is not None:
                    asked.set_result(payload["value"])
            case "look":
                loop.call_soon_threadsafe(lambda: spawn(self._answer_look(message), "flowdesk.look"))

    def _stop(self, reason: str) -> None:
        with self._lock:
            self._is_stopped = reason
            if self._runner is not None:
                self._runner.stop(reason)
        self._driver.release_all()

    def _control(self, what: str) -> None:
        if self._runner is not None:
            getattr(self._runner, what)()

    def _take(self, given: dict[str, Any]) -> None:
        """Go on with other settings. What the session saw of the run may be older than the run."""
        if self._runner is None:
            return
        try:
            self._runner.take(read_flow(given["flow"]), given["node_ids"], self._runner.services.permit)
        except FlowdeskError as error:
            self._runner.log(error.message, "warn", None)

    async def _answer_look(self, message: dict[str, Any]) -> None:
        asked = message["payload"]
        peer = self._peers.setdefault(asked["peer"], _Watcher(asked["peer"], self._channel))
        try:
            payload = REQUESTS[asked["type"]].payload.model_validate(asked["payload"])
            value = await self._look[asked["type"]](peer, payload, asked["assets"], "")
        except FlowdeskError as error:
            reply: dict[str, Any] = {"error": error.payload()}
        else:
            reply = {"value": value}
        if "id" in message:
            self._tell("reply", reply, reply_to=message["id"])

    # -- the run ------------------------------------------------------------------------------------------------------

    async def _run(self, given: dict[str, Any]) -> None:
        if given["has_own_home"]:
            HOME_OF_PROGRAMS.update(_own_home())
        flow = read_flow(given["flow"])
        options = RunOptions(
            variables=given["variables"],
            from_node=given["from_node"],
            only=None if given["only"] is None else frozenset(given["only"]),
            breakpoints=frozenset(given["breakpoints"]),
            run_delay=given["run_delay"],
            is_dry=given["is_dry"],
            is_paused=given["is_paused"],
            asks_for_help=given["asks_for_help"],
            memories=given["memories"],
            results=given["results"],
        )
        services = self._services(given)
        runner = Runner(flow, catalogue_with_plugins(), services, self._emit, options, given["run_id"])
        with self._lock:
            self._runner = runner
        if self._is_stopped is not None:
            runner.stop(self._is_stopped)
        await runner.run()

    def _services(self, given: dict[str, Any]) -> Services:
        secrets = Secrets(self._read_secret if given["has_secrets"] else None)
        folder = self._folder = RunFolder(Path(given["folder"])) if given["folder"] else None
        record = VisitRecord(folder.path, secrets.mask_json) if folder is not None else None
        self._trace = _Trace(self._tell_changed, record)
        services = Services(
            driver=self._driver,
            folder=folder,
            trace=self._trace,
            assets=Path(given["assets"]) if given["assets"] else None,
            home=Path(given["home"]) if given["home"] else None,
            ask=self._ask_person if given["asks"] else None,
            secret=secrets.reader,
            hide=secrets.keep,
            load_flow=self._load_flow if given["loads"] else None,
            permit=self._permit(0) if given["has_permit"] else None,
        )
        services.lease.among = self._driver
        return services

    def _emit(self, event: RunEvent) -> None:
        runner = self._runner
        if isinstance(event, RunFinished) and runner is not None:
            if self._trace is not None and self._trace.fault:
                lost = say(
                    "Part of the run record could not be saved: {files}: {reason}.",
                    files="variables.jsonl", reason=self._trace.fault,
                )  # fmt: skip
                self._emit(RunLog(event.run_id, "error", lost))
            known = {"variables": runner.variables, "results": runner.results, "memories": runner.memories}
            self._tell("values", {**known, "bytes": self._folder.bytes if self._folder is not None else 0})
        self._tell(event.wire, event.payload())

    def _tell(self, type: str, payload: Mapping[str, Any], **about: str) -> None:
        """Send a message in the protocol's envelope."""
        envelope = {
            "id": uuid.uuid4().hex,
            "type": type,
            "timestamp": time.time(),
            "workflow_id": "",
            "payload": payload,
        }
        self._channel.send({**envelope, **about})

    # -- what it asks the session -------------------------------------------------------------------------------------

    def _ask(self, what: str, **about: Any) -> "concurrent.futures.Future[Any]":
        number = uuid.uuid4().hex
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self._answers[number] = future
        self._tell("ask", {"what": what, **about}, id=number)
        return future

    async def _ask_person(self, question: Question) -> Answer:
        known = {
            "kind": question.kind, "message": question.message, "title": question.title,
            "choices": list(question.choices), "default": question.default, "details": dict(question.details),
        }  # fmt: skip
        answer: Answer = await asyncio.wrap_future(self._ask("person", question=known))
        return answer

    def _permit(self, number: int) -> Any:
        async def permit(what: str, detail: str, *, is_unseen: bool) -> None:
            await asyncio.wrap_future(self._ask("permit", permit=number, uses=what, detail=detail, is_unseen=is_unseen))

        return permit

    def _read_secret(self, name: str) -> str:
        return str(self._ask("secret", name=name).result())

    def _load_flow(self, folder: Path, name: str) -> Called:
        told = self._ask("flow", folder=str(folder), name=name).result()
        home, assets = (Path(told[key]) if told[key] else None for key in ("home", "assets"))
        permit = self._permit(told["permit"]) if told["permit"] is not None else None
        return Called(read_flow(told["flow"]), home, assets, permit)

    def _tell_changed(self, changed: Mapping[str, Any], removed: list[str]) -> None:
        """Tell what a visit did to the variables."""
        self._tell("values", {"variables": dict(changed), "removed": removed})


class _Trace:
    """Tells the session of variables that changed, and writes the run's own record of them."""

    def __init__(self, tell: Callable[[Mapping[str, Any], list[str]], None], record: VisitRecord | None) -> None:
        self._tell, self._record = tell, record
        self._known: dict[str, Any] = {}

    def begun(self, visit: Visit, variables: Mapping[str, Any]) -> None:
        if self._record is not None:
            self._record.begun(visit, variables)

    def ended(self, visit: Visit, variables: Mapping[str, Any]) -> None:
        if self._record is not None:
            self._record.ended(visit, variables)
        changed = {name: value for name, value in variables.items() if self._known.get(name, self) is not value}
        removed = [name for name in self._known if name not in variables]
        self._known = dict(variables)
        if changed or removed:
            self._tell(changed, removed)

    def skipped(self, node: Node) -> None:
        if self._record is not None:
            self._record.skipped(node)

    @property
    def fault(self) -> str:
        return self._record.fault if self._record is not None else ""


class _Watcher(Peer):
    """Somebody who watches the desktop by way of the session."""

    name, role = "session", Role.RUN

    def __init__(self, number: str, channel: Channel) -> None:
        self.id, self._channel = number, channel

    def deliver(self, message: Message) -> None:
        """Pass a frame on."""
        self._channel.send({"type": message["type"], "payload": message["payload"], "peer": self.id})


def _own_home() -> dict[str, str]:
    """Make a home folder for programs inside the desktop's own folder, which goes with it."""
    home = Path(os.environ["XDG_RUNTIME_DIR"]).parent / "home"
    places = {
        "HOME": home, "XDG_CONFIG_HOME": home / ".config", "XDG_DATA_HOME": home / ".local/share",
        "XDG_CACHE_HOME": home / ".cache", "XDG_STATE_HOME": home / ".local/state",
    }  # fmt: skip
    for place in places.values():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {name: str(place) for name, place in places.items()}


def _wait_for_window_manager() -> None:
    """Wait until the window manager says that it is there."""
    display = x11.connect()
    try:
        check, window = display.intern_atom("_NET_SUPPORTING_WM_CHECK"), display.intern_atom("WINDOW")
        deadline = time.monotonic() + READY_SECONDS
        while x11.root_of(display).get_property(check, window, 0, 1) is None:
            if time.monotonic() > deadline:
                raise DesktopUnavailable(
                    say("Failed to start {program} of the virtual desktop.", program="openbox"),
                    say("Run {program} in a terminal to see its messages.", program="openbox"),
                )
            threading.Event().wait(0.01)
    finally:
        display.close()
