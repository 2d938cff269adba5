"""Runs: started, watched, controlled and recorded; one at a time for each workflow, many at once (contract §4)."""

import asyncio
import contextlib
import logging
import re
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flowdesk.aio import end, in_thread, spawn
from flowdesk.engine.beginning import Begun, begin
from flowdesk.engine.context import Services
from flowdesk.engine.dry import Places
from flowdesk.engine.failures import finished_event, internal
from flowdesk.engine.lettinggo import let_go
from flowdesk.engine.lookup import Values
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.errors import AlreadyRunning, FlowdeskError, RequestInvalid
from flowdesk.model.events import NodeChanged, RunEvent, RunFinished, RunLog
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.place import Place, read_place
from flowdesk.model.run import NodeState, RunState
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ListedRun
from flowdesk.session.interruptions import interrupted_payload
from flowdesk.session.journal import Journal
from flowdesk.session.lastruns import LastRun, LastRuns, Renames
from flowdesk.session.liverun import LiveRun as LiveRun
from flowdesk.session.private import PrivateRunner
from flowdesk.session.records import KEPT_DAYS, KEPT_RUNS, RunFolder, RunRecord, interrupted, prune
from flowdesk.session.secrets import Secrets
from flowdesk.session.visits import VisitRecord

logger = logging.getLogger(__name__)
KEPT_FINISHED = 200
LARGE_FLOW = 300
"""Nodes from which on a run is worked out beside the event loop."""


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
        self.kept_days = KEPT_DAYS
        """After how many days a folder is removed; 0 is never."""
        self.current: dict[str, LiveRun] = {}
        """The run of each workflow that has one under way, by workflow id."""
        self.queued: dict[str, list[LiveRun]] = {}
        """Runs that wait for the one before them, by workflow id."""
        self.finished: OrderedDict[str, ListedRun] = OrderedDict()
        """What is told of runs that ended, by run id, the last one last; at most ``KEPT_FINISHED``."""
        self._last = LastRuns()
        self._hearing: dict[str, list[tuple[Journal, Renames]]] = {}
        self._pruning: asyncio.Task[None] | None = None
        self._prunes_again = False
        services.lease.on_wait = self._tell_wait
        services.lease.name_of = self._name_of
        services.lease.among = services.driver
        if services.driver is not None:
            services.driver.on_stop_asked(self.stop_all)
        self.on_ended: Callable[[LiveRun], None] | None = None
        """Hears of each run that ended."""
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
        trigger: str = "",
        report: Path | None = None,
        begun: Begun | None = None,
        path: Path | None = None,
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
            trigger: Which trigger of the flow started it, by its id.
            report: The run's folder; without it one under flowdesk's own.
            begun: What ``work_out`` found, if it was asked.
            path: The flow's file, if it has one.

        Raises:
            FlowInvalid: If validation finds an error.
            AlreadyRunning: If the workflow is running and ``mode`` is ``single``.
        """
        if mode == "single":
            self.refuse_second(workflow_id)
        run_id, given = uuid.uuid4().hex, services or self._services
        place = self._folder / _folder_name(flow.name or workflow_id, run_id)
        folder, secrets = RunFolder(report or place), Secrets(given.secret)
        visits = VisitRecord(folder.path, secrets.mask_json)
        own = replace(given, lease=self._services.lease, folder=folder, trace=visits, places=Places())
        own.secret, own.hide = secrets.reader, secrets.keep
        options = self._with_last(workflow_id, options)
        live = self._make(workflow_id, flow, journal, options, own, run_id, secrets, begun)
        live.started_by, live.trigger, live.visits, live.path = started_by, trigger, visits, path
        self._line_up(live, mode, journal)
        live.task = spawn(self._carry(live, folder, place if report else None, journal), f"flowdesk.run.{run_id}")
        self._on_change()
        return live

    def _follow(self, workflow_id: str, live: LiveRun, journal: Journal) -> None:
        """Hear what nodes of a run are called from now on, until the next run of the workflow ended."""
        journal.listeners.append(live.renames.hear)
        self._hearing.setdefault(workflow_id, []).append((journal, live.renames))

    def _unfollow(self, workflow_id: str, last: LiveRun) -> None:
        """Stop hearing for the runs before the one that ended, and for those that are no longer remembered."""
        heard = self._hearing.get(workflow_id, [])
        place = next((place for place, (_, renames) in enumerate(heard) if renames is last.renames), 0)
        _hear_no_more(heard[:place])
        self._hearing[workflow_id] = heard[place:]
        for other in [known for known in self._hearing if known not in self._last and known not in self.current]:
            _hear_no_more(self._hearing.pop(other))

    async def work_out(self, workflow_id: str, flow: Flow, options: RunOptions, mode: str) -> Begun | None:
        """Work out a run of a large flow in a thread: what others ask meanwhile does not wait for it.

        Raises:
            FlowInvalid: If validation finds an error.
            AlreadyRunning: If the workflow is running and ``mode`` is ``single``.
        """
        if len(flow.nodes) < LARGE_FLOW:
            return None
        if mode == "single":
            self.refuse_second(workflow_id)
        return await in_thread(lambda: self.worked_out(flow, options), "flowdesk.begin")

    def worked_out(self, flow: Flow, options: RunOptions) -> Begun | None:
        """Work out a run, in whatever thread; ``None`` where the node that it is to begin at is not there, as ``start`` says.

        Raises:
            FlowInvalid: If validation finds an error.
        """
        try:
            return begin(flow, self._catalogue, options)
        except KeyError:
            return None

    @staticmethod
    def place_of(flow: Flow, options: RunOptions) -> Place | None:
        """Return the private desktop that a run is to have, ``None`` for one on this desktop.

        Raises:
            RequestInvalid: If what is asked for is no desktop.
        """
        extra = flow.model_extra or {}
        return read_place(options.desktop or extra.get("desktop"), options.home or extra.get("home"))

    def refuse_second(self, workflow_id: str) -> None:
        """Refuse a run of a workflow that is running.

        Raises:
            AlreadyRunning: If it is.
        """
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
        begun: Begun | None,
    ) -> LiveRun:
        """Make the run, without starting it."""

        def emit(event: RunEvent) -> None:
            if isinstance(event, RunFinished):
                return  # told by ``_carry``, once it is kept
            if isinstance(event, NodeChanged) and event.state is NodeState.RUNNING:
                live.node_id = event.node_id
                if live.waits is not None and live.waits[0] == event.node_id:
                    live.waits = None
                    self._on_change()
            journal.add_event(secrets.mask(event))

        place = self.place_of(flow, options)
        runner: Runner | PrivateRunner
        try:
            if place is not None:
                runner = PrivateRunner(flow, self._catalogue, services, emit, options, place, run_id, begun)
            else:
                runner = Runner(flow, self._catalogue, services, emit, options, run_id, begun=begun)
        except KeyError as error:
            raise RequestInvalid(
                say('Node "{id}" not found, so the run cannot start there.', id=options.from_node),
                say("Enter the ID of a node in the flow."),
                field="from_node",
            ) from error
        live = LiveRun(run_id, workflow_id, flow.name, runner, secrets=secrets)
        return live

    def _with_last(self, workflow_id: str, options: RunOptions) -> RunOptions:
        """A run from the middle goes on with what the last run knew."""
        last = self._last.find(workflow_id)
        if (options.from_node is None and options.only is None) or last is None:
            return options
        return replace(
            options,
            variables={**last.variables, **options.variables},
            memories=last.renames.named(last.memories),
            results={**last.renames.named(last.results), **options.results},
        )

    def _line_up(self, live: LiveRun, mode: str, journal: Journal) -> None:
        """Give a run its place: at once, or behind those that wait. Its nodes may be renamed from now on."""
        self._follow(live.workflow_id, live, journal)
        if (live.runner.flow.model_extra or {}).get("desktop") == "shared":
            self._services.lease.share(live.run_id)
        running = self.current.get(live.workflow_id)
        if running is None:
            self.current[live.workflow_id] = live
            live.turn.set()
            return
        waiting = self.queued.setdefault(live.workflow_id, [])
        if mode == "restart":
            running.runner.stop(say("restarted"))
            for earlier in waiting:
                earlier.is_replaced = True
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
            if following.is_replaced:
                following.runner.stop(say("restarted"))
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
        """The runs that have not ended, those that wait their turn last. From any thread."""
        waiting = [live for queue in tuple(self.queued.values()) for live in tuple(queue)]
        return [*tuple(self.current.values()), *waiting]

    def variables(self, workflow_id: str) -> dict[str, Any]:
        """The variables of the current or last run of a workflow, secrets left out; empty where nobody remembers it."""
        return dict(self.values(workflow_id).variables)

    def values(self, workflow_id: str) -> Values:
        """The variables and results of the current or last run of a workflow, secrets left out; empty where there is none."""
        known = self.last(workflow_id)
        if known is None:
            return Values({}, {})
        results = known.secrets.without(known.renames.named(known.results))
        return Values(known.secrets.without(dict(known.variables)), results)

    @property
    def folder(self) -> Path:
        """Where the records of the runs lie."""
        return self._folder

    def last(self, workflow_id: str) -> LastRun | None:
        """What the current or last run of a workflow knows so far."""
        live = self.current.get(workflow_id)
        if live is None:
            return self._last.find(workflow_id)
        folder = live.record.folder.path if live.record is not None else None
        return LastRun.of(live.runner, live.secrets, live.renames, folder)

    def stop_all(self, reason: str) -> list[str]:
        """Pull every brake. From any thread. Returns the names of the runs that were not being stopped yet."""
        stopped = []
        for live in self.under_way():
            if not live.runner.brake.is_stopped:
                stopped.append(live.name or live.workflow_id)
            live.runner.stop(reason)
        return stopped

    def begin_to_hear(self) -> None:
        """Hear ``flowdesk stop``, and release what processes that are gone left held down. Does not wait."""
        if self._services.driver is not None:
            self._services.driver.hear_stops()

    def lose_desktop(self, error: FlowdeskError) -> None:
        """End the runs that act on the desktop, which is gone. From any thread."""
        for live in self.under_way():
            live.runner.lose_desktop(error)

    def break_off(self, error: FlowdeskError) -> None:
        """Stop every run and write down that it failed by this: the process ends, and no event loop has a turn any more."""
        for live in self.under_way():
            live.runner.stop(str(error.message))
            if live.record is not None:
                ending, place = (RunState.FAILED, error, None), str(live.record.folder.path)
                duration = time.time() - live.started
                finished = finished_event(live.run_id, ending, "", duration=duration, folder=place, acted=True)
                live.record.flush()
                live.record.finish(RunState.FAILED.value, live.secrets.mask(finished).payload())

    async def close(self) -> None:
        """Stop every run and wait for their ends, at most 3 s; what is left then is cancelled."""
        self.stop_all("flowdesk is closing")
        tasks = [live.task for live in self.under_way() if live.task is not None]
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=3)
            await end(left, 0.5)
        if self._services.private is not None:
            await in_thread(self._services.private.close, "flowdesk.private.close")
        if self._pruning is not None:
            self._prunes_again = False
            await asyncio.wait([self._pruning], timeout=1)
            await end([self._pruning], 0.1)  # its thread is left behind; the next start goes on with what is left

    def listing(self, limit: int) -> list[ListedRun]:
        """Return the runs under way, the last finished ones, newest first, and those that a crash interrupted."""
        under_way = self.under_way()
        ended = list(reversed(self.finished.values()))[:limit]
        listed = [live.payload() for live in under_way] + [payload.copy() for payload in ended]
        return listed + [interrupted_payload(about) for about in self.interrupted[: limit - len(listed)]]

    async def _carry(self, live: LiveRun, folder: RunFolder, known_at: Path | None, journal: Journal) -> RunFinished:
        """Carry a run out. Its end is told once its record tells it, so that nobody hears of a success that a crash undoes."""
        try:
            finished = live.secrets.mask(await self._ending(live, folder, known_at, journal))
            await self._keep(live, finished.payload())
            if live.lost:
                journal.add_event(RunLog(live.run_id, level="error", message=live.lost))
            live.finished = finished
            journal.add_event(finished)
            if live.runner.is_dry and live.desktop == "this" and self.on_rehearsed is not None:
                self.on_rehearsed(live.runner.services.places)
        finally:
            try:
                if live.finished is None:  # it was cancelled
                    await self._keep(live, {})
            finally:
                last = self._part_with(live, folder, journal)
        self._last.weigh(live.workflow_id, last, await in_thread(last.counted, "flowdesk.weigh"))
        return live.finished

    async def _ending(self, live: LiveRun, folder: RunFolder, known_at: Path | None, journal: Journal) -> RunFinished:
        """Run to the end and return it. What flowdesk should have foreseen ends the run as failed, too: every run has an end."""
        try:
            live.record = await in_thread(lambda: RunRecord(folder, live.about(), known_at), "flowdesk.record")
            if self._services.driver is not None:
                self._services.driver.hear_stops()
                if live.desktop == "private":
                    await in_thread(self._services.driver.stand_by, "flowdesk.standby")
            if not live.turn.is_set():
                await self._turn(live)
            journal.listeners.append(live.record.add)
            return await live.runner.run()
        except Exception as error:
            logger.exception("the run %s failed inside flowdesk", live.run_id)
            if self._services.driver is not None:
                self._services.driver.release_all()
            live.runner.state = RunState.FAILED
            ending = RunState.FAILED, internal(error), None
            duration, place = time.time() - live.started, str(folder.path)
            return finished_event(live.run_id, ending, "", duration=duration, folder=place, acted=True)

    def _part_with(self, live: LiveRun, folder: RunFolder, journal: Journal) -> LastRun:
        """Let a run that ended go: the next may begin, and only what can be asked for stays."""
        if live.record is not None:
            with contextlib.suppress(ValueError):  # it ended before it was its turn
                journal.listeners.remove(live.record.add)
            live.record.close()
        live.tell_lost()
        live.record = live.visits = None
        self._hand_over(live)
        last = LastRun.of(live.runner, live.secrets, live.renames, folder.path)
        self._last.keep(live.workflow_id, last)
        self._unfollow(live.workflow_id, live)
        live.runner.let_go() if isinstance(live.runner, PrivateRunner) else let_go(live.runner)
        self.finished[live.run_id] = live.payload()
        while len(self.finished) > KEPT_FINISHED:
            self.finished.popitem(last=False)
        self._prune()
        self._on_change()
        if self.on_ended is not None:
            self.on_ended(live)
        return last

    @staticmethod
    async def _keep(live: LiveRun, outcome: Mapping[str, Any]) -> None:
        """Keep how a run ended, off the event loop, and learn what of its record could not be kept."""
        record, state = live.record, live.runner.state.value
        if live.visits is not None:
            live.visits.close()
        if record is not None:
            record.flush()
            await in_thread(lambda: record.finish(state, outcome), "flowdesk.record")
        live.is_kept = True
        live.tell_lost()

    def _name_of(self, run_id: str) -> str:
        live = next((live for live in self.current.values() if live.run_id == run_id), None)
        return live.name if live is not None else ""

    def _prune(self) -> None:
        """Remove old runs, off the event loop; a second time when one ended meanwhile."""
        if self._pruning is not None and not self._pruning.done():
            self._prunes_again = True
            return
        self._prunes_again = False
        self._pruning = spawn(
            in_thread(lambda: prune(self._folder, self.kept, days=self.kept_days), "flowdesk.prune"), "flowdesk.prune"
        )
        self._pruning.add_done_callback(lambda _: self._prune() if self._prunes_again else None)

    def _tell_wait(self, run_id: str, node_id: str, holder: str) -> None:
        live = next((live for live in self.current.values() if live.run_id == run_id), None)
        holding = next((live for live in self.current.values() if live.run_id == holder), None)
        if live is None or isinstance(live.runner, PrivateRunner):
            return
        name = holding.name if holding else holder
        live.waits = node_id, say('Waits for the desktop, which "{name}" uses.', name=name)
        live.runner.chronicle.tell_waiting(node_id, say('waiting for the desktop, which "{name}" uses', name=name))
        self._on_change()


def _folder_name(name: str, run_id: str) -> str:
    plain = re.sub(r"[^\w\-]+", "-", name).strip("-")[:40] or "run"
    return f"{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}-{plain}-{run_id[:6]}"


def _hear_no_more(heard: Sequence[tuple[Journal, Renames]]) -> None:
    for journal, renames in heard:
        if renames.hear in journal.listeners:
            journal.listeners.remove(renames.hear)
