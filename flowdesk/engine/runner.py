"""The runner carries out what the scheduler decides: one run of one flow, on asyncio."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Any

from flowdesk.engine.amending import take_over, worked_out
from flowdesk.engine.asking import warn_of_question
from flowdesk.engine.attempts import attempted
from flowdesk.engine.beginning import Begun, begin
from flowdesk.engine.brake import Brake
from flowdesk.engine.calling import Calls, begin_inside
from flowdesk.engine.chronicle import Chronicle
from flowdesk.engine.context import Permit, Run, Services
from flowdesk.engine.dry import DryDesktop
from flowdesk.engine.evidence import Evidence
from flowdesk.engine.failures import (
    Ending,
    FlowEnded,
    NodeFailed,
    as_flowdesk,
    finished_event,
    how_it_ended,
    last_error,
    limit_error,
    no_desktop,
)
from flowdesk.engine.handlers import Aside, Handlers, Interrupted
from flowdesk.engine.handling import Handling
from flowdesk.engine.helping import repaired
from flowdesk.engine.lookup import Values
from flowdesk.engine.moved import MovedTargets
from flowdesk.engine.needs import require_desktop
from flowdesk.engine.options import RunOptions
from flowdesk.engine.pauser import Pauser
from flowdesk.engine.plan import PLAIN
from flowdesk.engine.ports import Desktop
from flowdesk.engine.releasing import release
from flowdesk.engine.scheduler import Scheduler
from flowdesk.engine.settings import Settings
from flowdesk.engine.stepping import Stepping
from flowdesk.engine.verdicts import Verdicts
from flowdesk.engine.visits import (
    Again,
    Begin,
    Cancel,
    Caught,
    Close,
    Effect,
    Handled,
    LimitHit,
    Reenter,
    Skip,
    Visit,
    Wait,
)
from flowdesk.model.errors import FlowdeskError, RunStopped, VerdictFailed
from flowdesk.model.events import RunChanged, RunEvent, RunFinished, RunLog
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import ERROR_OUTPUT, Catalogue, Outcome
from flowdesk.model.options import NodeOptions
from flowdesk.model.run import NodeState, RunState
from flowdesk.model.sentence import say
from flowdesk.model.target import Query
from flowdesk.model.told import LogLevel
from flowdesk.model.verdict import Verdict

STOP_PATIENCE = 1.0
"""Seconds after which what does not yield to a stop is left behind."""
YIELD_AFTER = 0.005
"""Seconds of uninterrupted work after which other tasks get a turn."""


class Runner:
    """One run. ``run()`` is awaited once; the other methods may be called at any time, ``stop`` from any thread."""

    chronicle: Chronicle
    calls: Calls

    def __init__(
        self,
        flow: Flow,
        catalogue: Catalogue,
        services: Services,
        emit: Callable[[RunEvent], None],
        options: RunOptions | None = None,
        run_id: str | None = None,
        brake: Brake | None = None,
        begun: Begun | None = None,
        caller: "tuple[Runner, tuple[int, ...]] | None" = None,
    ) -> None:
        """Freeze the flow. Nothing happens before ``run()``. ``caller``: of a function, who calls it, and its iteration.

        Raises:
            FlowInvalid: If validation finds an error in what the run can come to.
            KeyError: If ``options.from_node`` does not exist.
        """
        self.options = options or RunOptions()
        self.plan, configs, secrets = begun or begin(flow, catalogue, self.options)
        self.flow = flow
        self.services = services.with_secrets(secrets)
        self.run_id, self.brake = run_id or uuid.uuid4().hex, brake or Brake()
        self.is_dry, self.state = self.options.is_dry, RunState.RUNNING
        inside = ({}, {}) if caller else begin_inside(self.plan, self.options)
        self.variables: dict[str, Any] = {**flow.variables, **inside[0], **self.options.variables}
        self.results: dict[str, Any] = {**self.options.results, **inside[1]}
        self.memories: dict[str, dict[str, Any]] = caller[0].memories if caller else {}
        self.result: Any = None
        self.stop_reason, self.has_acted, self.moved = "", False, MovedTargets()
        self._lost: FlowdeskError | None = None
        self.catalogue, self.emit = catalogue, emit
        self._scheduler = Scheduler(self.plan, caller[1] if caller else ())
        self._handlers = Handlers(self, self._scheduler)
        self._around: Callable[[Interrupted], Awaitable[None]] | None = None
        """Of a subflow: lets the handlers of the flow that called it run."""
        self.calls = Calls(self, caller[0].calls if caller else None, configs)
        self.chronicle = Chronicle(
            self.run_id, self.plan, services.clock, emit, services.trace, self.variables, caller[0].chronicle if caller else None
        )  # fmt: skip
        self._wired = {(edge.source, edge.port) for edge in self.plan.edges}
        self._evidence, self.verdicts = Evidence(services.folder), Verdicts(self.run_id, emit)
        self.values = Values(self.variables, self.results)
        self.settings = Settings(self.plan, configs, self.values)
        self.handling = Handling(self.settings, self._wired, asks=self.options.asks_for_help)
        self._tasks: dict[asyncio.Task[str | None], Visit] = {}
        self._desktop: Desktop | None = None
        self.stepping: Stepping = caller[0].stepping if caller else Stepping(self.brake, self.options.breakpoints)
        self._main: asyncio.Task[None] | None = None
        self._stopping, self._worked_since = asyncio.Event(), 0.0

    @property
    def states(self) -> dict[str, NodeState]:
        """The state of each node that was told of, by its id."""
        return self.chronicle.states

    # -- control ------------------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Hold the run. The state is ``paused`` once no more input can happen."""
        if self.state is RunState.RUNNING:
            self._set_state(RunState.PAUSING)
            self.brake.pause()
            self._observe()

    def resume(self) -> None:
        """Let a paused run go on."""
        if self.state in {RunState.PAUSED, RunState.PAUSING}:
            self.stepping.go_on()
            self._set_state(RunState.RUNNING)
            self.brake.resume()

    def step(self) -> None:
        """Run one node of a paused run."""
        if self.state in {RunState.PAUSED, RunState.PAUSING}:
            self.stepping.allow_one()
            self._set_state(RunState.RUNNING)
            self.brake.resume()

    def stop(self, reason: str = "") -> None:
        """End the run as soon as possible. May be called from any thread: input ends before the event loop hears of it."""
        self.stop_reason = self.stop_reason or reason
        self.brake.stop()

    def lose_desktop(self, error: FlowdeskError) -> None:
        """End the run as failed if it acts on the desktop, which is gone. May be called from any thread."""
        if self._desktop is not None:
            self._lost = error
            self.brake.stop()

    def take(self, flow: Flow, node_ids: Collection[str], permit: Permit | None) -> None:
        """Go on with other settings of nodes that the paused run has not come to. Raises what ``amending`` does."""
        plan, configs, secrets = worked_out(flow, node_ids, self.catalogue, self.plan, self.options.only)
        self.settings.amend(take_over(self.plan, plan, node_ids, self.states), configs)
        self.calls.functions.take(plan, node_ids, configs)
        self.flow, self.services = flow, replace(self.services.with_secrets(secrets), permit=permit)

    async def run(self) -> RunFinished:
        """Run to the end. Never raises for what happens in the flow; returns the terminal event, which was also emitted."""
        self.pauser = Pauser(self.brake, self.services.clock)
        loop = asyncio.get_running_loop()
        self.brake.watch(lambda: self._wake(loop))
        begun = self.services.clock.now()
        if self.options.is_paused:
            self.brake.pause()
        self.emit(RunChanged(self.run_id, self.state, self.is_dry))
        work = loop.create_task(self.work(), name=f"flowdesk.run.{self.run_id}")  # its failure is told below
        self._main = work
        ending = self.verdicts.rule(await self._supervise(work))
        await self._release()
        self.chronicle.finish()
        self.state = ending[0]
        folder = str(self.services.folder.path) if self.services.folder else None
        finished = finished_event(
            self.run_id, ending, self.stop_reason, duration=self.services.clock.now() - begun, result=self.result,
            counts=self.chronicle.counts(), folder=folder, verdicts=self.verdicts.payload(),
            acted=self.has_acted, is_rehearsal=self.is_dry, moved=self.moved.payload(),
        )  # fmt: skip
        self.emit(finished)
        return finished

    async def _supervise(self, work: "asyncio.Task[None]") -> Ending:
        """Wait for the work, or, once stopped, at most ``STOP_PATIENCE`` for it to yield."""
        try:
            stopping = asyncio.get_running_loop().create_task(self._stopping.wait(), name="flowdesk.stopping")
            await asyncio.wait((work, stopping), return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            await asyncio.wait((work,), timeout=STOP_PATIENCE)
            if not work.done():
                left = say("An action did not stop within {seconds} s. The run ended without it.", seconds=STOP_PATIENCE)  # fmt: skip
                self.log(left, "warn", None)
                return how_it_ended(None, self._lost, self.stop_reason)
        except asyncio.CancelledError:
            self.stop("cancelled")
            work.cancel()
            raise
        finally:
            self._scheduler.end()
            for task in self._tasks:
                task.cancel()
        return how_it_ended(work, self._lost, self.stop_reason)

    async def work(self) -> None:
        """Run the plan, without what stands around a run as a whole."""
        self._worked_since = self.services.clock.now()
        await require_desktop(self.services.driver, self.plan, self.catalogue, is_dry=self.is_dry)
        try:
            await self.drive(self._scheduler.start(dict(self.options.memories)), is_inline=True)
        except Aside as aside:
            if aside.owner is not self:
                raise
            raise aside.ending from None

    async def drive(self, effects: list[Effect], *, is_inline: bool = False) -> None:
        """Carry out effects and what follows from them, until nothing is left. One visit alone needs no task ``is_inline``."""
        own: dict[asyncio.Task[str | None], Visit] = {}
        while True:
            visits = self.carry_out(effects)
            if is_inline and len(visits) == 1 and not own:
                effects = self._after(visits[0], await self._execute(visits[0]))
                continue
            for visit in visits:
                task = asyncio.get_running_loop().create_task(self._execute(visit), name=f"node {visit.step.node.id}")
                own[task] = self._tasks[task] = visit
            if not own:
                return
            done, _ = await asyncio.wait(own, return_when=asyncio.FIRST_COMPLETED)
            effects = []
            for task in sorted(done, key=lambda task: own[task].step.index):
                visit = own.pop(task)
                self._tasks.pop(task, None)
                if not task.cancelled():
                    effects += self._after(visit, task.result())

    def _after(self, visit: Visit, port: str | None) -> list[Effect]:
        if visit.catcher is not None:
            return self._scheduler.failed(visit)
        return self._scheduler.finished(visit, self.chronicle.leave(visit, port))

    def carry_out(self, effects: list[Effect]) -> list[Visit]:
        """Tell what the scheduler decided and return the visits to execute."""
        visits: list[Visit] = []
        for effect in effects:
            match effect:
                case Begin(visit) | Again(visit):
                    visits.append(visit)
                case Skip(step, iteration):
                    self.chronicle.tell(step, NodeState.SKIPPED, iteration)
                case Wait(step, iteration):
                    self.chronicle.tell(step, NodeState.PENDING, iteration, message=say("waiting for its turn"))
                case Reenter(visit):
                    self.chronicle.begin(visit)
                case Close(visit):
                    result = {"iterationCount": visit.passes, "shouldLoop": False}
                    self._succeed(visit, result if visit.step.type.kind == "loop" else None)
                case Caught(visit):
                    self.chronicle.leave(visit, visit.caught)
                    self._succeed(visit, {"error": visit.memory.pop("error", None)})
                case Handled(visit):
                    self._succeed(visit, {"count": visit.passes})
                case Cancel(visit):
                    self._cancel(visit)
                case LimitHit(step, limit):
                    raise NodeFailed(limit_error(step, limit), step.node)
        return visits

    async def _execute(self, visit: Visit) -> str | None:
        """Run a node's function, with its retries, and return the output to leave by."""
        step = visit.step
        await self._arrive(visit)
        options = step.options or PLAIN
        try:
            if step.options is None:
                options = self.settings.options(step)
            outcome = await (self._attempt(visit, options) if options.retries else self._once(visit))
        except RunStopped:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a node raises ends the node, not flowdesk
            failure = as_flowdesk(error, step.node, step.type.config)
            repaired = await self._repaired(visit, failure, options)
            if isinstance(repaired, FlowdeskError):
                return await self._fail(visit, repaired, options)
            outcome = repaired
        port = outcome.port or step.first_output
        if step.body_port and port == step.body_port:
            self.memories[step.node.id], self.results[step.node.id] = visit.memory, outcome.result
            if step.type.kind in {"parallel", "try"} and step.body == -1:
                self._succeed(visit, outcome.result)
                return "done"
            return port
        if outcome.verdict is not None:
            self._judge(visit, outcome.verdict)
        self._succeed(visit, outcome.result)
        if step.type.kind == "end":
            self.result = outcome.result
            raise FlowEnded
        if options.delay_after or self.options.run_delay:
            await self.pauser.sleep(options.delay_after + self.options.run_delay)
        return port

    async def _arrive(self, visit: Visit) -> None:
        """Begin a visit, or come back to one, and give other tasks a turn now and then."""
        if not self.chronicle.has_begun(visit):
            if self.stepping.is_held(visit.step):
                await self._hold(visit)
            now = self.chronicle.begin(visit)
        else:
            if self.brake.is_paused or self.brake.is_stopped:
                await self.pauser.go()
            now = self.services.clock.now()
        if now - self._worked_since > YIELD_AFTER:
            await asyncio.sleep(0)
            self._worked_since = self.services.clock.now()
            if self.brake.is_stopped:
                raise RunStopped(say("The run was stopped."))

    async def _repaired(self, visit: Visit, failure: FlowdeskError, options: NodeOptions) -> Outcome | FlowdeskError:
        """Let people help with a failure that would end the run. Returns what came of it at last."""
        is_asked = self.handling.would_ask(visit, options, failure) and not self.is_dry
        ask = self.services.ask if is_asked else None
        attempt, caller = lambda: self._attempt(visit, options), self.options.caller
        return await repaired(visit.step, failure, ask, self.settings, attempt, caller)

    async def _once(self, visit: Visit) -> Outcome:
        step, run = visit.step, Run(self, visit)
        try:
            returned = await step.type.run(run, self.settings.config(step, is_first=not visit.memory))
        finally:
            run.release_hands()
        return returned if isinstance(returned, Outcome) else Outcome(None, returned)

    async def _attempt(self, visit: Visit, options: NodeOptions) -> Outcome:
        return await attempted(self, lambda: self._once(visit), visit.step, options)

    async def _fail(self, visit: Visit, error: FlowdeskError, options: NodeOptions) -> str | None:
        """Handle a node's last failure as its ``onError`` says, and return the output to leave by."""
        step = visit.step
        port = getattr(error, "port", None)
        if port is not None and (step.index, port) in self._wired:
            self._succeed(visit, {"timedOut": True, "error": error.payload()}, str(error.message))
            await self.pauser.sleep(options.delay_after + self.options.run_delay)
            return str(port)
        handling = self.handling.of(step, options, error)
        await self._evidence.keep(error, step.node, self._desktop)
        if isinstance(error, VerdictFailed):
            self._judge(visit, error)
        self.variables["lastError"] = last_error(error, step.node, options.retries + 1)
        self.chronicle.fail(visit, error)
        if handling == "stop":
            visit.catcher = self.handling.catcher(visit)
            if visit.catcher is None:
                raise NodeFailed(error, step.node)
            visit.catcher.memory["error"] = error.payload()
            return None
        self.log(say("continued after an error: {reason}", reason=str(error.message)), "warn", step.node.id)
        return ERROR_OUTPUT if handling == "branch" else step.type.bypass_output

    async def _hold(self, visit: Visit) -> None:
        """Wait here while paused, at a breakpoint, or between steps."""

        def pause() -> None:
            self.calls.root._set_state(RunState.PAUSING)
            self.brake.pause()
            self.calls.root._observe()

        async def wait() -> None:
            paused = say("waiting: the run is paused")
            self.chronicle.tell(visit.step, NodeState.PENDING, visit.iteration, message=paused)
            await self.pauser.go()

        await self.stepping.pass_by(visit.step, pause, wait)

    # -- what nodes may ask for (RunCore) -----------------------------------------------------------------------------

    def log(self, message: str, level: LogLevel = "info", node_id: str | None = None) -> None:
        """Add a line to the run's log."""
        self.emit(RunLog(self.run_id, level, message, node_id))

    def lookup(self, name: str) -> Any:
        """Return the value of a ``{{name}}``.

        Raises:
            ValueUnusable: If there is none.
        """
        return self.values.look_up(name)

    def tell_acting(self, node_id: str) -> None:
        """Say that a node that waited for the desktop has it now."""
        if self.chronicle.states.get(node_id) is NodeState.PENDING:
            self.chronicle.tell(self.plan.steps[self.plan.index(node_id)], NodeState.RUNNING, ())

    def desktop(self) -> Desktop:
        """Open the desktop, once per run.

        Raises:
            DesktopUnavailable: If there is none.
        """
        if self._desktop is None:
            if self.services.driver is None:
                raise no_desktop()
            opened = self.services.driver.open(self.brake)
            self._desktop = DryDesktop(opened, lambda line: self.log(line, "info")) if self.is_dry else opened
        return self._desktop

    def handle(self, visit: Visit, query: Query, times: int) -> None:
        """From now on run what hangs on a ``handle`` node whenever its target shows."""
        self._handlers.add(visit, query, times)

    async def interlude(self, run: Run) -> None:
        """Run what handlers are to run now, those of the calling flow first."""
        await self._interlude(run.visit, run)

    async def _interlude(self, visit: Visit, interrupted: Interrupted) -> None:
        if self._around is not None:
            await self._around(interrupted)
        await self._handlers.check(visit.frame, interrupted)

    # -- telling ------------------------------------------------------------------------------------------------------

    def _judge(self, visit: Visit, outcome: Verdict | VerdictFailed) -> None:
        self.verdicts.add(visit, outcome, self.chronicle.elapsed(visit), self.options.within)

    def _succeed(self, visit: Visit, result: Any, message: str = "") -> None:
        self.results[visit.step.node.id] = result
        self.variables.update(visit.memory.pop("outer", {}))
        self.chronicle.succeed(visit, result, message)

    def _cancel(self, visit: Visit) -> None:
        for task, other in self._tasks.items():
            if other is visit:
                task.cancel()
        self.chronicle.cancel(visit)

    def _set_state(self, state: RunState) -> None:
        if self.state is not state and not self.state.is_end:
            self.state = state
            self.emit(RunChanged(self.run_id, state, self.is_dry))

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._observe)

    def _observe(self) -> None:
        """Follow the brake, on the event loop."""
        if self.state.is_end:
            return
        if self.brake.is_stopped:
            self._set_state(RunState.STOPPING)
            self._cancel_work()
        elif self.brake.is_paused and self.brake.is_at_rest:
            self._set_state(RunState.PAUSED)

    def _cancel_work(self) -> None:
        """Cancel what is under way, once: a second cancel would cut short the tidying up after the first."""
        main = self._main
        if main is None or main.done() or self._stopping.is_set():
            return
        self._stopping.set()
        main.cancel()
        for task in self._tasks:
            task.cancel()

    # -- the end ------------------------------------------------------------------------------------------------------

    async def _release(self) -> None:
        """Let go of everything that is held down, and give the desktop to the next run."""
        try:
            await release(self._desktop, STOP_PATIENCE, self.log)
            await warn_of_question(self._desktop, self.log)
        finally:
            self.services.lease.end_run(self.run_id)
