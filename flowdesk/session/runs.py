"""Runs: started, watched, controlled and recorded; one at a time for each workflow, many at once (contract §4)."""

import asyncio
import re
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flowdesk.aio import end, spawn
from flowdesk.engine.context import Services
from flowdesk.engine.dry import Places
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.errors import AlreadyRunning, RequestInvalid
from flowdesk.model.events import NodeChanged, RunEvent, RunFinished
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.run import NodeState
from flowdesk.model.sentence import say
from flowdesk.session.journal import Journal
from flowdesk.session.records import KEPT_RUNS, RunFolder, RunRecord, interrupted, prune
from flowdesk.session.secrets import Secrets
from flowdesk.session.visits import VisitRecord

KEPT_FINISHED = 200


@dataclass
class LiveRun:
    """A run with what is remembered of it."""

    run_id: str
    workflow_id: str
    name: str
    runner: Runner
    task: "asyncio.Task[RunFinished] | None" = None
    started: float = field(default_factory=time.time)
    node_id: str | None = None
    finished: RunFinished | None = None
    error: str = ""
    started_by: str = ""
    secrets: Secrets = field(default_factory=lambda: Secrets(None))
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it need not wait for another run of the same flow."""

    def payload(self) -> dict[str, Any]:
        """Return the run as JSON values."""
        return {
            "run_id": self.run_id,
            "workflow_id": self.workflow_id,
            "name": self.name,
            "status": self.runner.state.value,
            "started": self.started,
            "duration": self.finished.duration if self.finished else time.time() - self.started,
            "node_id": self.node_id,
            "message": self.finished.message if self.finished else "",
            "folder": self.finished.folder if self.finished else None,
            "started_by": self.started_by,
        }


class RunBook:
    """All runs of the session."""

    def __init__(self, catalogue: Catalogue, services: Services, folder: Path, on_change: Callable[[], None]) -> None:
        """Keep the records of runs under ``folder``, and find those that earlier processes left unfinished."""
        self.interrupted = interrupted(folder)
        self._catalogue = catalogue
        self._services = services
        self._folder = folder
        self._on_change = on_change
        self.kept = KEPT_RUNS
        """How many runs keep their folders."""
        self.current: dict[str, LiveRun] = {}
        """The run of each workflow that has one under way, by workflow id."""
        self.queued: dict[str, list[LiveRun]] = {}
        """Runs that wait for the one before them, by workflow id."""
        self.finished: OrderedDict[str, LiveRun] = OrderedDict()
        self._last: dict[str, LiveRun] = {}
        services.lease.on_wait = self._tell_wait
        self.on_rehearsed: Callable[[Places], None] | None = None
        """Draws on the desktop where a dry run that ended would act."""

    def start(
        self,
        workflow_id: str,
        flow: Flow,
        journal: Journal,
        options: RunOptions,
        *,
        mode: str = "single",
        services: Services | None = None,
        started_by: str = "",
        report: Path | None = None,
    ) -> LiveRun:
        """Start a run on a frozen copy of the flow.

        Args:
            workflow_id: What it is a run of.
            flow: The flow.
            journal: Where its events go.
            options: How to run it.
            mode: ``single`` refuses while one is under way, ``restart`` stops that one, ``queue`` waits for its end.
            services: Replaces what the runs share, for a flow with a file of its own.
            started_by: Who started it, for people.
            report: The run's folder; without it one under flowdesk's own.

        Raises:
            FlowInvalid: If validation finds an error.
            AlreadyRunning: If the workflow is running and ``mode`` is ``single``.
        """
        if mode == "single":
            self._refuse_second(workflow_id)
        run_id = uuid.uuid4().hex
        place = self._folder / _folder_name(flow.name or workflow_id, run_id)
        folder = RunFolder(report or place)
        given = services or self._services
        secrets = Secrets(given.secret)
        visits = VisitRecord(folder.path, secrets.mask_json)
        own = replace(
            given, lease=self._services.lease, folder=folder, secret=secrets.reader, trace=visits, places=Places()
        )
        options = self._with_last(workflow_id, options)
        live = self._make(workflow_id, flow, journal, options, own, run_id, secrets)
        live.started_by = started_by
        if flow.model_extra and flow.model_extra.get("desktop") == "shared":
            self._services.lease.share(run_id)
        self._line_up(live, mode)
        about = {"run_id": run_id, "workflow_id": workflow_id, "name": flow.name, "started_by": started_by}
        record = RunRecord(folder, about, place if report else None)
        live.task = spawn(self._carry(live, record, visits, journal), f"flowdesk.run.{run_id}")
        self._on_change()
        return live

    def _refuse_second(self, workflow_id: str) -> None:
        running = self.current.get(workflow_id)
        if running is not None:
            raise AlreadyRunning(
                say('"{name}" is already running.', name=running.name or workflow_id),
                say("Stop it first, or start it with mode restart or queue."),
                run_id=running.run_id,
            )

    def _make(
        self,
        workflow_id: str,
        flow: Flow,
        journal: Journal,
        options: RunOptions,
        services: Services,
        run_id: str,
        secrets: Secrets,
    ) -> LiveRun:
        """Make the run, without starting it."""

        def emit(event: RunEvent) -> None:
            if isinstance(event, NodeChanged) and event.state is NodeState.RUNNING:
                live.node_id = event.node_id
            journal.add_event(secrets.mask(event))

        try:
            runner = Runner(flow, self._catalogue, services, emit, options, run_id)
        except KeyError as error:
            raise RequestInvalid(
                say('There is no node "{id}" to start from.', id=options.from_node),
                say("Name a node of the flow."),
                field="from_node",
            ) from error
        live = LiveRun(run_id, workflow_id, flow.name, runner, secrets=secrets)
        return live

    def _with_last(self, workflow_id: str, options: RunOptions) -> RunOptions:
        """A run from the middle goes on with what the last run knew."""
        last = self._last.get(workflow_id)
        if options.from_node is None or last is None:
            return options
        return replace(
            options,
            variables={**last.runner.variables, **options.variables},
            memories=last.runner.memories,
            results=last.runner.results,
        )

    def _line_up(self, live: LiveRun, mode: str) -> None:
        """Give a run its place: at once, or behind those that wait."""
        running = self.current.get(live.workflow_id)
        if running is None:
            self.current[live.workflow_id] = live
            live.turn.set()
            return
        waiting = self.queued.setdefault(live.workflow_id, [])
        if mode == "restart":
            for earlier in (running, *waiting):
                earlier.runner.stop(say("restarted"))
        waiting.append(live)

    async def _turn(self, live: LiveRun) -> None:
        """Wait until it is a run's turn, or it is stopped."""
        loop, brake = asyncio.get_running_loop(), live.runner.brake

        def observe() -> None:
            if brake.is_stopped and not loop.is_closed():
                loop.call_soon_threadsafe(live.turn.set)

        brake.watch(observe)
        observe()
        await live.turn.wait()

    def _hand_over(self, live: LiveRun) -> None:
        """Let the next run of the same flow begin."""
        waiting = self.queued.get(live.workflow_id, [])
        if live in waiting:  # it was stopped before its turn
            waiting.remove(live)
        elif waiting:
            following = self.current[live.workflow_id] = waiting.pop(0)
            following.turn.set()
        else:
            self.current.pop(live.workflow_id, None)

    def find(self, workflow_id: str, run_id: str | None = None) -> LiveRun:
        """Return a run under way.

        Raises:
            RequestInvalid: If there is none.
        """
        for live in self.under_way():
            if live.run_id == run_id or (run_id is None and live.workflow_id == workflow_id):
                return live
        raise RequestInvalid(
            say('"{name}" is not running.', name=workflow_id),
            say("Start it first."),
            field="run_id" if run_id else "workflow_id",
        )

    def under_way(self) -> list[LiveRun]:
        """The runs that have not ended, those that wait their turn last."""
        return [*self.current.values(), *(live for waiting in self.queued.values() for live in waiting)]

    def last(self, workflow_id: str) -> LiveRun | None:
        """The current or last run of a workflow."""
        return self.current.get(workflow_id) or self._last.get(workflow_id)

    def stop_all(self, reason: str) -> None:
        """Pull every brake. From any thread."""
        for live in self.under_way():
            live.runner.stop(reason)

    async def close(self) -> None:
        """Stop every run and wait for their ends, at most 3 s; what is left then is cancelled."""
        self.stop_all("flowdesk is closing")
        tasks = [live.task for live in self.under_way() if live.task is not None]
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=3)
            await end(left, 0.5)

    def listing(self, limit: int) -> list[dict[str, Any]]:
        """Return the runs under way, the last finished ones, newest first, and those that a crash interrupted."""
        under_way = self.under_way()
        known = [*under_way, *reversed(self.finished.values())]
        listed = [live.payload() for live in known[: limit + len(under_way)]]
        return listed + [_interrupted_payload(about) for about in self.interrupted[: limit - len(listed)]]

    async def _carry(self, live: LiveRun, record: RunRecord, visits: VisitRecord, journal: Journal) -> RunFinished:
        if not live.turn.is_set():
            await self._turn(live)
        journal.listeners.append(record.add)
        try:
            live.finished = live.secrets.mask(await live.runner.run())
            if live.runner.is_dry and self.on_rehearsed is not None:
                self.on_rehearsed(live.runner.services.places)
        finally:
            journal.listeners.remove(record.add)
            visits.close()
            outcome = {} if live.finished is None else live.finished.payload()
            record.finish(live.runner.state.value, outcome)
            self._hand_over(live)
            self._last[live.workflow_id] = live
            self.finished[live.run_id] = live
            while len(self.finished) > KEPT_FINISHED:
                self.finished.popitem(last=False)
            prune(self._folder, self.kept)
            self._on_change()
        return live.finished

    def _tell_wait(self, run_id: str, node_id: str, holder: str) -> None:
        live = next((live for live in self.current.values() if live.run_id == run_id), None)
        holding = next((live for live in self.current.values() if live.run_id == holder), None)
        if live is None:
            return
        live.runner.tell_waiting(
            node_id, say('waits for the desktop, which "{name}" has', name=holding.name if holding else holder)
        )


def interruption(about: dict[str, Any]) -> str:
    """Return the sentence that says where a run was interrupted."""
    if about.get("node_id") is None:
        return say("Interrupted: the program ended. Nothing of it goes on by itself.")
    return say(
        'Interrupted at node "{node}": the program ended. Nothing of it goes on by itself.', node=about["node_id"]
    )


def _interrupted_payload(about: dict[str, Any]) -> dict[str, Any]:
    return {
        "run_id": about.get("run_id", ""),
        "workflow_id": about.get("workflow_id", ""),
        "name": about.get("name", ""),
        "status": "interrupted",
        "started": about.get("started", 0.0),
        "duration": None,
        "node_id": about.get("node_id"),
        "message": interruption(about),
        "folder": about.get("folder"),
        "started_by": about.get("started_by", ""),
    }


def _folder_name(name: str, run_id: str) -> str:
    plain = re.sub(r"[^\w\-]+", "-", name).strip("-")[:40] or "run"
    return f"{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}-{plain}-{run_id[:6]}"
