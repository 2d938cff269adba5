"""The runner carries out what the scheduler decides: one run of one flow, on asyncio."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flowdesk.engine.brake import Brake
from flowdesk.engine.chronicle import Chronicle, emit_of_subflow
from flowdesk.engine.context import Called, Run, Services, no_desktop
from flowdesk.engine.dry import DryDesktop
from flowdesk.engine.evidence import Evidence
from flowdesk.engine.failures import (
    FlowEnded,
    NodeFailed,
    as_flowdesk,
    end_message,
    internal,
    last_error,
    limit_error,
    stopped_error,
    subflow_failed,
    too_deep,
)
from flowdesk.engine.helping import repaired
from flowdesk.engine.lookup import look_up
from flowdesk.engine.options import RunOptions
from flowdesk.engine.pauser import Pauser
from flowdesk.engine.plan import PLAIN, Options, Plan, Step
from flowdesk.engine.ports import Desktop
from flowdesk.engine.scheduler import (
    Again,
    Begin,
    Cancel,
    Close,
    Effect,
    LimitHit,
    Reenter,
    Scheduler,
    Skip,
    Visit,
    Wait,
)  # fmt: skip
from flowdesk.engine.settings import Settings
from flowdesk.model.config import Config
from flowdesk.model.errors import FlowdeskError, FlowInvalid, RunStopped
from flowdesk.model.events import RunChanged, RunEvent, RunFinished, RunLog
from flowdesk.model.flow import Flow, Node
from flowdesk.model.nodetype import ERROR_OUTPUT, Catalogue, Outcome
from flowdesk.model.run import NodeState, RunState
from flowdesk.model.sentence import say
from flowdesk.model.validation import validate

logger = logging.getLogger(__name__)

STOP_PATIENCE = 1.0
"""Seconds after which what does not yield to a stop is left behind."""
YIELD_AFTER = 0.005
"""Seconds of uninterrupted work after which other tasks get a turn."""
SUBFLOW_DEPTH = 20


class Runner:
    """One run. ``run()`` is awaited once; the other methods may be called at any time, ``stop`` from any thread."""

    def __init__(
        self,
        flow: Flow,
        catalogue: Catalogue,
        services: Services,
        emit: Callable[[RunEvent], None],
        options: RunOptions | None = None,
        run_id: str | None = None,
        brake: Brake | None = None,
    ) -> None:
        """Freeze the flow. Nothing happens before ``run()``.

        Raises:
            FlowInvalid: If validation finds an error.
            KeyError: If ``options.from_node`` does not exist.
        """
        configs: dict[str, Config] = {}
        problems = validate(flow, catalogue, configs)
        if any(problem.is_error for problem in problems):
            raise FlowInvalid(problems)
        self.flow = flow
        self.services = services
        self.options = options or RunOptions()
        self.run_id = run_id or uuid.uuid4().hex
        self.brake = brake or Brake()
        self.is_dry = self.options.is_dry
        self.state = RunState.RUNNING
        self.variables: dict[str, Any] = {**flow.variables, **self.options.variables}
        self.results: dict[str, Any] = dict(self.options.results)
        self.memories: dict[str, dict[str, Any]] = {}
        self.result: Any = None
        self.stop_reason = ""
        self._catalogue = catalogue
        self._emit = emit
        self._plan = Plan(flow, catalogue, self.options.from_node, self.options.only)
        self._scheduler = Scheduler(self._plan)
        self.chronicle = Chronicle(self.run_id, self._plan, services.clock, emit, services.trace, self.variables)
        self._wired = {(edge.source, edge.port) for edge in self._plan.edges}
        self._evidence = Evidence(services.folder)
        self._settings = Settings(self._plan, configs, self.lookup)
        self._tasks: dict[asyncio.Task[str | None], Visit] = {}
        self._desktop: Desktop | None = None
        self._steps: int | None = None
        self._main: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._worked_since = 0.0

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
            self._steps = None
            self._set_state(RunState.RUNNING)
            self.brake.resume()

    def step(self) -> None:
        """Run one node of a paused run."""
        if self.state in {RunState.PAUSED, RunState.PAUSING}:
            self._steps = 1
            self._set_state(RunState.RUNNING)
            self.brake.resume()

    def stop(self, reason: str = "") -> None:
        """End the run as soon as possible. May be called from any thread: input ends before the event loop hears of it."""
        self.stop_reason = self.stop_reason or reason
        self.brake.stop()

    # -- the run ------------------------------------------------------------------------------------------------------

    async def run(self) -> RunFinished:
        """Run to the end. Never raises for what happens in the flow; returns the terminal event, which was also emitted."""
        self.pauser = Pauser(self.brake, self.services.clock)
        loop = asyncio.get_running_loop()
        self.brake.watch(lambda: self._wake(loop))
        begun = self.services.clock.now()
        if self.options.is_paused:
            self.brake.pause()
        self._emit(RunChanged(self.run_id, self.state))
        work = loop.create_task(self._work(), name=f"flowdesk.run.{self.run_id}")  # its failure is told below
        self._main = work
        state, error, node = await self._supervise(work)
        await self._release()
        self.chronicle.finish()
        self.state = state
        finished = RunFinished(
            self.run_id,
            state=state,
            duration=self.services.clock.now() - begun,
            message=end_message(state, error, self.stop_reason),
            result=self.result,
            error=None if error is None else {**error.payload(), "node_id": node.id if node else None},
            counts=self.chronicle.counts(),
            folder=str(self.services.folder.path) if self.services.folder else None,
        )
        self._emit(finished)
        return finished

    async def _supervise(self, work: "asyncio.Task[None]") -> tuple[RunState, FlowdeskError | None, Node | None]:
        """Wait for the work, or, once stopped, at most ``STOP_PATIENCE`` for it to yield."""
        try:
            stopping = asyncio.get_running_loop().create_task(self._stopping.wait(), name="flowdesk.stopping")
            await asyncio.wait((work, stopping), return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            await asyncio.wait((work,), timeout=STOP_PATIENCE)
            if not work.done():
                self.log(
                    say("What was under way did not yield to the stop within {seconds} s and was left behind.",
                        seconds=STOP_PATIENCE), "warn", None,
                )  # fmt: skip
                return RunState.STOPPED, stopped_error(self.stop_reason), None
        except asyncio.CancelledError:
            self.stop("cancelled")
            work.cancel()
            raise
        finally:
            self._scheduler.end()
            for task in self._tasks:
                task.cancel()
        if work.cancelled():
            return RunState.STOPPED, stopped_error(self.stop_reason), None
        error = work.exception()
        if error is None or isinstance(error, FlowEnded):
            return RunState.SUCCEEDED, None, None
        if isinstance(error, NodeFailed):
            return RunState.FAILED, error.error, error.node
        if isinstance(error, RunStopped):
            return RunState.STOPPED, stopped_error(self.stop_reason), None
        logger.error("the run failed inside flowdesk", exc_info=error)
        return RunState.FAILED, internal(error), None

    async def _work(self) -> None:
        self._worked_since = self.services.clock.now()
        effects = self._scheduler.start(dict(self.options.memories))
        while True:
            visits = self._carry_out(effects)
            if len(visits) == 1 and not self._tasks:
                port = await self._execute(visits[0])
                effects = self._scheduler.finished(visits[0], self.chronicle.leave(visits[0], port))
                continue
            for visit in visits:
                task = asyncio.get_running_loop().create_task(self._execute(visit), name=f"node {visit.step.node.id}")
                self._tasks[task] = visit
            if not self._tasks:
                return
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            effects = []
            for task in sorted(done, key=lambda task: self._tasks[task].step.index):
                visit = self._tasks.pop(task)
                if not task.cancelled():
                    effects += self._scheduler.finished(visit, self.chronicle.leave(visit, task.result()))

    def _carry_out(self, effects: list[Effect]) -> list[Visit]:
        """Tell what the scheduler decided and return the visits to execute."""
        visits: list[Visit] = []
        for effect in effects:
            match effect:
                case Begin(visit) | Again(visit):
                    visits.append(visit)
                case Skip(step, iteration):
                    self.chronicle.tell(step, NodeState.SKIPPED, iteration)
                case Wait(step, iteration):
                    self.chronicle.tell(step, NodeState.PENDING, iteration, message=say("waits for its turn"))
                case Reenter(visit):
                    self.chronicle.begin(visit)
                case Close(visit):
                    result = {"iterationCount": visit.passes, "shouldLoop": False}
                    self._succeed(visit, result if visit.step.type.kind == "loop" else None)
                case Cancel(visit):
                    self._cancel(visit)
                case LimitHit(step, limit):
                    raise NodeFailed(limit_error(step, limit), step.node)
        return visits

    # -- one node -----------------------------------------------------------------------------------------------------

    async def _execute(self, visit: Visit) -> str | None:
        """Run a node's function, with its retries, and return the output to leave by."""
        step = visit.step
        await self._arrive(visit)
        options = step.options or PLAIN
        try:
            if step.options is None:
                options = self._settings.options(step)
            outcome = await (self._attempt(visit, options) if options.retries else self._once(visit))
        except RunStopped:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a node raises ends the node, not flowdesk
            failure = as_flowdesk(error, step.node)
            repaired = await self._repaired(visit, failure, options)
            if isinstance(repaired, FlowdeskError):
                return await self._fail(visit, repaired, options)
            outcome = repaired
        port = outcome.port or step.first_output
        if step.body_port and port == step.body_port:
            self.memories[step.node.id], self.results[step.node.id] = visit.memory, outcome.result
            if step.type.kind == "parallel" and step.body == -1:
                self._succeed(visit, outcome.result)
                return "done"
            return port
        self._succeed(visit, outcome.result)
        if step.type.kind == "end":
            self.result = outcome.result
            raise FlowEnded
        if options.delay_after or self.options.run_delay:
            await self._rest(options)
        return port

    async def _arrive(self, visit: Visit) -> None:
        """Begin a visit, or come back to one, and give other tasks a turn now and then."""
        if not self.chronicle.has_begun(visit):
            if self._is_held(visit.step):
                await self._gate(visit)
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

    async def _repaired(self, visit: Visit, failure: FlowdeskError, options: Options) -> Outcome | FlowdeskError:
        """Let people help with a failure that would end the run. Returns what came of it at last."""
        would_stop = self._handling(visit.step, options) == "stop" and not self.is_dry
        ask = self.services.ask if would_stop and self.options.asks_for_help else None
        attempt, caller = lambda: self._attempt(visit, options), self.options.caller
        return await repaired(visit.step, failure, ask, self._settings, attempt, caller)

    def _handling(self, step: Step, options: Options) -> str:
        """What a node's failure leads to: ``stop``, ``continue`` or ``branch``."""
        return options.on_error or ("branch" if (step.index, ERROR_OUTPUT) in self._wired else "stop")

    async def _once(self, visit: Visit) -> Outcome:
        step = visit.step
        run = Run(self, step.node, visit.frame.iteration, visit.memory)
        try:
            returned = await step.type.run(run, self._settings.config(step))
        finally:
            run.release_hands()
        return returned if isinstance(returned, Outcome) else Outcome(None, returned)

    async def _attempt(self, visit: Visit, options: Options) -> Outcome:
        for attempt in range(options.retries + 1):
            try:
                return await self._once(visit)
            except RunStopped:
                raise
            except Exception as error:
                if attempt == options.retries:
                    raise
                reason = str(as_flowdesk(error, visit.step.node).message)
                self.log(
                    say("attempt {attempt} of {count} failed: {reason}", attempt=attempt + 1, count=options.retries + 1,
                        reason=reason), "warn", visit.step.node.id,
                )  # fmt: skip
            await self.pauser.sleep(options.retry_delay * (2**attempt if options.is_growing else 1))
        raise AssertionError("a node is attempted at least once")

    async def _fail(self, visit: Visit, error: FlowdeskError, options: Options) -> str | None:
        """Handle a node's last failure as its ``onError`` says, and return the output to leave by."""
        step = visit.step
        port = getattr(error, "port", None)
        if port is not None and (step.index, port) in self._wired:
            self._succeed(visit, {"timedOut": True, "error": error.payload()}, str(error.message))
            await self._rest(options)
            return str(port)
        handling = self._handling(step, options)
        await self._evidence.keep(error, step.node, self._desktop)
        self.variables["lastError"] = last_error(error, step.node, options.retries + 1)
        self.chronicle.fail(visit, error)
        if handling == "stop" or (handling == "branch" and (step.index, ERROR_OUTPUT) not in self._wired):
            raise NodeFailed(error, step.node)
        self.log(say("went on after an error: {reason}", reason=str(error.message)), "warn", step.node.id)
        return ERROR_OUTPUT if handling == "branch" else step.type.bypass_output

    def _is_held(self, step: Step) -> bool:
        """Whether the run has to wait, or may have to, before this node."""
        return self._steps is not None or self.brake.is_paused or self.brake.is_stopped or self._is_breakpoint(step)

    def _is_breakpoint(self, step: Step) -> bool:
        return step.node.id in self.options.breakpoints or (step.options is not None and step.options.has_breakpoint)

    async def _gate(self, visit: Visit) -> None:
        """Wait here while paused, at a breakpoint, or between steps."""
        step = visit.step
        if self._steps is None and self._is_breakpoint(step):
            self._steps = 0
        while True:
            if self._steps == 0:
                self._steps = None
                self._set_state(RunState.PAUSING)
                self.brake.pause()
                self._observe()
            elif self._steps:
                self._steps -= 1
            if not self.brake.is_paused and not self.brake.is_stopped:
                return
            self.chronicle.tell(visit.step, NodeState.PENDING, visit.iteration, message=say("waits: the run is paused"))
            await self.pauser.go()

    async def _rest(self, options: Options) -> None:
        await self.pauser.sleep(options.delay_after + self.options.run_delay)

    # -- what nodes may ask for (RunCore) -----------------------------------------------------------------------------

    def log(self, message: str, level: str = "info", node_id: str | None = None) -> None:
        """Add a line to the run's log."""
        self._emit(RunLog(self.run_id, level, message, node_id))

    def lookup(self, name: str) -> Any:
        """Return the value of a ``{{name}}``.

        Raises:
            ValueUnusable: If there is none.
        """
        return look_up(name, self.variables, self.results)

    def tell_waiting(self, node_id: str, message: str) -> None:
        """Say that a node that is under way waits for the desktop; it is told to run again when it has it."""
        step = self._plan.steps[self._plan.index(node_id)]
        self.chronicle.tell(step, NodeState.PENDING, (), message=message)

    def tell_acting(self, node_id: str) -> None:
        """Say that a node that waited for the desktop has it now."""
        if self.chronicle.states.get(node_id) is NodeState.PENDING:
            self.chronicle.tell(self._plan.steps[self._plan.index(node_id)], NodeState.RUNNING, ())

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

    async def call(self, called: Called, inputs: Mapping[str, Any], node: Node) -> Any:
        """Run another flow inside this run and return the result of its ``end`` node, else its variables.

        Raises:
            NodeError: If it is invalid, fails, or the flows call each other without end.
        """
        step = self._plan.steps[self._plan.index(node.id)]
        asks = self.options.asks_for_help and self._handling(step, self._settings.options(step)) == "stop"
        options = self.options.of_subflow(inputs, node, asks_for_help=asks)
        if options.depth > SUBFLOW_DEPTH:
            raise too_deep(SUBFLOW_DEPTH)
        services, emit = self.services.of_subflow(called), emit_of_subflow(self.log, node)
        child = Runner(called.flow, self._catalogue, services, emit, options, self.run_id, self.brake)
        child.pauser = self.pauser
        child._desktop = self._desktop
        try:
            with contextlib.suppress(FlowEnded):
                await child._work()
        except NodeFailed as failure:
            raise subflow_failed(called.flow, failure.error) from failure
        self._desktop = self._desktop or child._desktop
        return child.result if child.result is not None else child.variables

    # -- telling ------------------------------------------------------------------------------------------------------

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
            self._emit(RunChanged(self.run_id, state))

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
            if self._desktop is not None:
                with contextlib.suppress(RunStopped, asyncio.TimeoutError):
                    await asyncio.wait_for(self._desktop.release_all(), STOP_PATIENCE)
        except FlowdeskError as error:
            self.log(str(error.message), "error", None)
        finally:
            self.services.lease.end_run(self.run_id)
