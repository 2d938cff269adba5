"""Triggers on watch: what is due or happens becomes a row, and a row becomes a run (contract §7).

::

    clock ----+
    watchers -+-> arrive: paused? locked? overlap? -> DueLedger (row written, time settled) -> start -> row settled
    requests -+                                            waiting rows, one after another ----^

One process of a machine does this, the one that holds the lock; the others look whether it is free.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

from flowdesk.aio import end, in_thread, spawn
from flowdesk.model.errors import AlreadyRunning, FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.model.trigger import FlowEnds, Trigger, Webhook, read_trigger
from flowdesk.session.arming import Candidate
from flowdesk.session.dueledger import Armed, DueLedger, Entry, Outcome, Row
from flowdesk.session.holding import Hold
from flowdesk.session.occasions import Occasion, WallClock, Watched, Watcher
from flowdesk.session.runs import LiveRun
from flowdesk.session.schedules import Schedules
from flowdesk.session.watchedflow import (
    MOST_WAITING,
    Host,
    WatchedFlow,
    arrived_entries,
    ended_values,
    expected,
    file_stamp,
    has_ended,
    submitted,
    with_state,
)

logger = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at the clock, at the ledger and at the flows' files."""
TAKE_OVER = 1.0
"""Seconds between two looks whether the process that holds the triggers has ended."""
AGAIN = 5.0
"""Seconds after which a watcher that failed is started again."""
STOPPED = say("All runs were stopped before it started.")
ENDING = say("flowdesk ended before its turn.")
T = TypeVar("T")


class Triggers:
    """The watch. Use it on the session's event loop only."""

    def __init__(
        self,
        host: Host,
        ledger: DueLedger,
        hold: Hold,
        clock: WallClock,
        local: Callable[[], tzinfo],
        read: Callable[[Path], Candidate],
        watchers: Mapping[str, Watcher],
        tell_failure: Callable[[Row], Awaitable[None]] | None = None,
    ) -> None:
        """Nothing is watched before ``begin``."""
        self.ledger = ledger
        self.hold = hold
        self.clock = clock
        self._schedules = Schedules(ledger, local, self._arrive, self._enter, self._fault)
        self._host = host
        self._read = read
        self._watchers = watchers
        self._tell_failure = tell_failure
        self._flows: dict[Path, WatchedFlow] = {}
        self._version = -1
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._chains: dict[str, int] = {}
        """How many flows in a row led to each run under way."""
        self._looking = asyncio.Lock()
        self._following: set[asyncio.Task[Any]] = set()
        """What is done to its end although whoever began it is cancelled: a row and its run belong together."""
        self._kept_faults: dict[str, dict[str, str]] | None = None
        """What other processes read of it."""
        self._has_begun = False
        self._is_stopped = False
        self.is_ending = False
        """Whether the process ends: nothing starts any more, and what waits is left to the next one."""
        self.is_paused = False

    # -- begin and end ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Watch, as soon as no other process does. Idempotent; after ``close`` nothing is watched again."""
        if self._task is None and not self.is_ending:
            self._task = spawn(self._watch(), "flowdesk.triggers")

    async def close(self) -> None:
        """Start nothing any more. What runs is still followed. Idempotent."""
        self.is_ending = True
        task, self._task = self._task, None
        watching = [each for flow in self._flows.values() for each in flow.tasks]
        await end([*([task] if task is not None else []), *watching], 1.0)

    async def finish(self) -> None:
        """The runs have ended: let another process watch."""
        if self._following:
            await asyncio.wait(self._following, timeout=1.0)
        self._flows.clear()
        self.hold.let_go()
        self.ledger.close()

    @property
    def is_watching(self) -> bool:
        """Whether this process holds the triggers."""
        return self.hold.is_ours

    def wake(self) -> None:
        """Look again at once: a run ended."""
        self._woken.set()

    def refresh(self) -> None:
        """Look again at once at what is armed: this process changed it."""
        self._version = -1
        self._woken.set()

    def stop_all(self) -> None:
        """Every run is stopped: what waits for its turn does not start either. From any thread."""
        self._is_stopped = True

    async def _watch(self) -> None:
        while True:
            pause = TAKE_OVER
            self._woken.clear()  # before the look: what comes in its course is looked at again
            try:
                if self.hold.is_ours or self._take_over():
                    pause = await self.look()
                    await self._keep_faults()
            except (OSError, FlowdeskError) as error:
                logger.error("the triggers cannot be watched: %s", error)  # noqa: TRY400 - it is tried again
                self._host.triggers_changed(None)
            except Exception:  # nothing that is armed falls silent for good
                logger.exception("the triggers cannot be watched")
            sleep = spawn(self.clock.sleep(pause), "flowdesk.triggers.sleep")
            wake = spawn(self._until_woken(), "flowdesk.triggers.wake")
            try:
                await asyncio.wait((sleep, wake), return_when=asyncio.FIRST_COMPLETED)
            finally:
                await end((sleep, wake), 0.1)

    async def _until_woken(self) -> None:
        await self._woken.wait()

    def _take_over(self) -> bool:
        if not self.ledger.exists or not self.hold.take():
            self._has_begun = True  # what another process watched does not begin here
            return False
        if self.ledger.interrupt():
            self._host.triggers_changed(None)
        return True

    # -- looking ------------------------------------------------------------------------------------------------------

    async def look(self) -> float:
        """Look at the clock and at what is armed, and start what is due. Return for how long there is nothing to do."""
        async with self._looking:
            await self._reload()
            if self.is_ending:
                return TICK
            if self._is_stopped:
                self._is_stopped = False
                if await in_thread(lambda: self.ledger.give_up_waiting(STOPPED), "flowdesk.ledger"):
                    self._host.triggers_changed(None)
            now, pause = self.clock.now(), TICK
            flows = tuple(self._flows.values())
            self._schedules.begin(flows, now)
            for flow in flows:
                pause = min(pause, await self._schedules.look(flow, now))
                if flow.is_waiting:
                    async with flow.lock:
                        await self._serve(flow)
        return pause

    async def _reload(self) -> None:
        """Take in what was armed and disarmed, and look whether the flows are as they were allowed."""
        version = self.ledger.version()
        if version != self._version:
            self._version = version
            known = {armed.path: armed for armed in await in_thread(self.ledger.armed, "flowdesk.ledger")}
            self.is_paused = bool(self.ledger.fact("paused"))
            for path in [path for path in self._flows if path not in known or known[path].armed_at != self._flows[path].armed.armed_at]:  # fmt: skip
                gone = self._flows.pop(path)
                await end(gone.tasks, 0.5)
            for path, armed in known.items():
                if path not in self._flows:
                    await self._take_in(armed)
            for known_flow in self._flows.values():
                known_flow.is_waiting = True
            self._host.triggers_changed(None)
        paths = tuple(self._flows)
        stamps = await in_thread(lambda: {path: file_stamp(path) for path in paths}, "flowdesk.stat") if paths else {}
        for path, stamp in stamps.items():
            if (flow := self._flows.get(path)) is not None:
                await self._check_file(flow, stamp)
        self._has_begun = True
        self._host.expect(expected([] if self.is_paused else self._flows.values()))

    async def _take_in(self, armed: Armed) -> None:
        triggers = tuple(trigger for entry in armed.triggers if (trigger := read_trigger(entry)) is not None)
        flow = self._flows[armed.path] = WatchedFlow(armed, triggers)
        flow.cursors = {trigger.id: (armed.armed_at, armed.armed_at) for trigger in triggers}
        flow.cursors |= await in_thread(lambda: self.ledger.cursors(armed.path), "flowdesk.ledger")
        for trigger in triggers:
            if trigger.disabled:
                continue
            if trigger.kind == "startup" and not self._has_begun:
                flow.tasks.append(spawn(self._at_startup(flow, trigger), "flowdesk.startup"))
            watcher = self._watchers.get(trigger.kind)
            if watcher is not None:
                flow.tasks.append(spawn(self._keep_watching(flow, trigger, watcher), f"flowdesk.watch.{trigger.kind}"))

    async def _check_file(self, flow: WatchedFlow, stamp: tuple[int, ...] | None) -> None:
        if stamp != flow.stamp or flow.is_new:
            flow.stamp, flow.is_new = stamp, False
            await self._read_again(flow)

    async def _read_again(self, flow: WatchedFlow) -> Candidate | None:
        """Read an armed flow's file; return it if it is as it was allowed.

        What is started is what this returned: the file may be another one, and be read again, while somebody waits.
        """
        path, state, note, found = flow.armed.path, "armed", "", None
        try:
            found = await in_thread(lambda: self._read(path), "flowdesk.open")
            if found.digest != flow.armed.digest:
                state = "changed"
                note = say("Its triggers or actions changed after it was armed. Check it, and arm it again.")
        except FlowdeskError as error:
            state, note = "gone", error.message
        flow.found = found
        if state != flow.armed.state:
            await in_thread(lambda: self.ledger.mark(path, state, note), "flowdesk.ledger")
            flow.armed = with_state(flow.armed, state, note)
            self._host.triggers_changed(None)
        return found if state == "armed" else None

    # -- watchers -----------------------------------------------------------------------------------------------------

    async def _at_startup(self, flow: WatchedFlow, trigger: Any) -> None:
        if trigger.delay:
            await self.clock.sleep(trigger.delay)
        now = self.clock.now()
        await self._arrive(flow, trigger, [Occasion(uuid.uuid4().hex)], now)

    async def _keep_watching(self, flow: WatchedFlow, trigger: Trigger, watcher: Watcher) -> None:
        """Run a watcher, and again after a while where it fails: what it cannot do is told, never silently given up."""
        path = flow.armed.path

        async def tell(occasions: Sequence[Occasion], seen: Mapping[str, str | None]) -> None:
            await self._arrive(flow, trigger, occasions, self.clock.now(), seen=seen)

        def fault(sentence: str) -> None:
            self._fault(flow, trigger, sentence)

        while True:
            seen = await in_thread(lambda: self.ledger.seen(path, trigger.id), "flowdesk.ledger")
            try:
                await watcher(Watched(path, trigger, seen, tell, fault, self._host.is_desktop_held))
            except FlowdeskError as error:
                fault(error.message)
            except Exception as error:  # the other triggers go on
                logger.exception("a watcher failed")
                fault(say("It cannot be watched: {reason}.", reason=str(error)))
            await asyncio.sleep(AGAIN)

    def _fault(self, flow: WatchedFlow, trigger: Trigger, sentence: str) -> None:
        if flow.faults.get(trigger.id, "") != sentence:
            flow.faults[trigger.id] = sentence
            self._host.triggers_changed(None)
            self._woken.set()

    async def _keep_faults(self) -> None:
        """Let other processes read what cannot be watched now."""
        faults = {str(path): found for path in self._flows if (found := self.faults(path))}
        if faults != self._kept_faults:
            self._kept_faults = faults
            await in_thread(lambda: self.ledger.set_faults(faults), "flowdesk.ledger")

    async def hook(self, name: str, values: Mapping[str, Any]) -> Row | None:
        """A request came for a trigger; return its row, ``None`` where no armed flow has such a trigger."""
        if not self.hold.is_ours or self.is_ending:
            return None
        async with self._looking:
            await self._reload()
        for flow in tuple(self._flows.values()):
            for trigger in flow.triggers:
                if isinstance(trigger, Webhook) and trigger.id == name and not trigger.disabled:
                    numbers = await self._arrive(flow, trigger, [Occasion(uuid.uuid4().hex, values)], self.clock.now())
                    return self.ledger.row(numbers[0]) if numbers and numbers[0] is not None else None
        return None

    def run_ended(self, live: LiveRun) -> None:
        """A run ended, whoever started it: flows may start by that."""
        chain, status = self._chains.pop(live.run_id, 0), live.runner.state.value
        values = ended_values(live, chain + 1)
        for flow in tuple(self._flows.values()):
            for trigger in flow.triggers:
                if isinstance(trigger, FlowEnds) and not trigger.disabled and has_ended(trigger, status, flow, live):
                    spawn(self._follow(flow, trigger, Occasion(live.run_id, values)), "flowdesk.triggers.follow")
        self.wake()

    async def _follow(self, flow: WatchedFlow, trigger: Trigger, occasion: Occasion) -> None:
        await self._arrive(flow, trigger, [occasion], self.clock.now())

    # -- from a row to a run ------------------------------------------------------------------------------------------

    async def _arrive(
        self,
        flow: WatchedFlow,
        trigger: Trigger,
        occasions: Sequence[Occasion],
        now: datetime,
        *,
        due: datetime | None = None,
        before: Sequence[Entry] = (),
        seen: Mapping[str, str | None] = {},
    ) -> list[int | None]:
        """Write a row for each of several things that happened, and start what may be started.

        Once it has begun it is done, though its watcher is cancelled: else a run could begin that no row follows.
        """

        async def arrive() -> list[int | None]:
            async with flow.lock:
                return await self._arrive_locked(flow, trigger, occasions, now, due, before, seen)

        return await asyncio.shield(self._to_its_end(arrive(), "flowdesk.triggers.arrive"))

    def _to_its_end(self, coroutine: Coroutine[Any, Any, T], name: str) -> "asyncio.Task[T]":
        task = spawn(coroutine, name)
        self._following.add(task)
        task.add_done_callback(self._following.discard)
        return task

    async def _arrive_locked(
        self,
        flow: WatchedFlow,
        trigger: Trigger,
        occasions: Sequence[Occasion],
        now: datetime,
        due: datetime | None,
        before: Sequence[Entry],
        seen: Mapping[str, str | None],
    ) -> list[int | None]:
        outcome, message = await self._verdict(flow, trigger)
        entries = list(before)
        room = 0
        if outcome == "waiting":
            waiting = await in_thread(lambda: self.ledger.waiting(flow.armed.path), "flowdesk.ledger")
            room = MOST_WAITING - waiting
        entries += arrived_entries(trigger, occasions, outcome, message, room, due or now, now)
        numbers = await self._enter(flow, trigger, entries, now, after=due, seen=seen)
        own = numbers[len(before) :]
        if outcome == "waiting":
            flow.is_waiting = True
            await self._serve(flow)
        elif outcome == "ran":
            for number, entry in zip(own, entries[len(before) :], strict=True):
                if number is not None and entry.outcome == "ran":
                    await self._start(flow, number, trigger.id, entry.given)
        return own

    async def _verdict(self, flow: WatchedFlow, trigger: Trigger) -> tuple[Outcome, str]:
        """Say what becomes of what happens now."""
        if self.is_paused:
            return "paused", say("All triggers are paused.")
        found = await self._read_again(flow)
        if found is None:
            return "paused", flow.armed.note
        if not trigger.is_here:
            return "ran", ""  # the queue takes any number
        if hindrance := await self._hindrance(found, trigger):
            return "locked", hindrance
        overlap = found.declared.overlap_of(trigger)
        if overlap == "queue":
            return "waiting", ""
        is_busy = bool(flow.running) or self._host.busy_with(flow.armed.path, found.flow)
        if overlap == "skip" and is_busy:
            return "overlap", say("Another run of it was in progress.")
        return "ran", ""

    async def _enter(
        self,
        flow: WatchedFlow,
        trigger: Trigger,
        entries: Sequence[Entry],
        now: datetime,
        *,
        after: datetime | None = None,
        seen: Mapping[str, str | None] = {},
    ) -> list[int | None]:
        def write() -> list[int | None]:
            return self.ledger.enter(flow.armed, trigger.id, trigger.kind, entries, now, after=after, seen=seen)

        numbers = await in_thread(write, "flowdesk.ledger")
        if numbers and numbers[-1] is not None:
            self._host.triggers_changed(self.ledger.row(numbers[-1]))
        return numbers

    async def _serve(self, flow: WatchedFlow) -> None:
        """Start the first row that waits, where nothing of the flow runs."""
        if self.is_paused or self.is_ending or self._is_stopped or flow.found is None or flow.armed.state != "armed":
            return
        if flow.running or self._host.busy_with(flow.armed.path, flow.found.flow):
            return
        row = await in_thread(lambda: self.ledger.take(flow.armed.path, self.clock.now()), "flowdesk.ledger")
        if row is None:
            flow.is_waiting = False
            return
        trigger = flow.found.declared.named(row.trigger)
        if trigger is not None and trigger.is_here and (hindrance := await self._hindrance(flow.found, trigger)):
            await self._settle(row.id, "locked", "", hindrance)  # as it is told of what comes just now
            return
        await self._start(flow, row.id, row.trigger, row.given)

    async def _hindrance(self, found: Candidate, trigger: Trigger) -> str:
        return await in_thread(lambda: self._host.hindrance(found, trigger), "flowdesk.screen")

    async def _start(self, flow: WatchedFlow, number: int, trigger: str, given: Mapping[str, Any]) -> None:
        found = await self._read_again(flow)
        if found is None:
            await self._settle(number, "paused", "", flow.armed.note)
            return
        if self.is_ending or self._is_stopped:
            await self._settle(number, "paused", "", ENDING if self.is_ending else STOPPED)
            return
        declared = found.declared.named(trigger)
        if declared is not None and not declared.is_here:
            self._to_its_end(self._submit(found, declared, number, given), "flowdesk.triggers.submit")
            return
        try:
            live = self._host.start_by_trigger(found, given, declared)
        except AlreadyRunning as error:
            await self._settle(number, "overlap", "", error.message)
            return
        except FlowdeskError as error:
            await self._finish(number, "failed", error.message)
            return
        flow.running.add(number)
        self._chains[live.run_id] = int(given.get("chain", 0))
        await in_thread(lambda: self.ledger.started(number, live.run_id), "flowdesk.ledger")
        self._to_its_end(self._follow_run(flow, number, live), "flowdesk.triggers.run")
        self._host.triggers_changed(self.ledger.row(number))

    async def _follow_run(self, flow: WatchedFlow, number: int, live: LiveRun) -> None:
        assert live.task is not None
        status, message = "failed", ""
        try:
            finished = await asyncio.shield(live.task)
            status, message = finished.state.value, finished.message
        except Exception as error:  # noqa: BLE001 - the row says it; whoever started the task logs it
            message = str(error)
        finally:
            flow.running.discard(number)
            await self._finish(number, status, message)

    async def _submit(self, found: Candidate, trigger: Trigger, number: int, given: Mapping[str, Any]) -> None:
        await self._finish(number, *await submitted(self._host, found, trigger, number, given))

    async def _finish(self, number: int, status: str, message: str) -> None:
        await self._settle(number, "ran", status, message)
        self.wake()
        row = self.ledger.row(number)
        if status == "failed" and self._tell_failure is not None and row is not None:
            await self._tell_failure(row)

    async def _settle(self, number: int, outcome: Outcome, status: str, message: str) -> None:
        await in_thread(lambda: self.ledger.settle(number, outcome, status, message), "flowdesk.ledger")
        self._host.triggers_changed(self.ledger.row(number))

    # -- for people ---------------------------------------------------------------------------------------------------

    def faults(self, path: Path) -> dict[str, str]:
        """Return which triggers of a flow cannot be watched now, and why."""
        flow = self._flows.get(path)
        return {} if flow is None else {name: fault for name, fault in flow.faults.items() if fault}
