"""The chronicle of a run: the state of every node, told as events. Begin and end of a visit pair exactly once."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flowdesk.engine.clock import Clock
from flowdesk.engine.context import Trace
from flowdesk.engine.plan import Plan, Step
from flowdesk.engine.visits import Visit
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.events import NodeChanged, RunEvent, RunLog, RunProgress
from flowdesk.model.flow import Node
from flowdesk.model.run import NodeState
from flowdesk.model.sentence import say
from flowdesk.model.told import LogLevel

Emit = Callable[[RunEvent], None]

PROGRESS_EVERY = 0.02
"""Seconds between two tellings of the progress: more than people and programs can follow helps nobody."""

ENDS = frozenset(state for state in NodeState if state.is_end)


class Chronicle:
    """Knows the nodes' states and tells each change."""

    def __init__(
        self,
        run_id: str,
        plan: Plan,
        clock: Clock,
        emit: Emit,
        trace: Trace | None = None,
        variables: Mapping[str, Any] | None = None,
        above: "Chronicle | None" = None,
    ) -> None:
        """Begin with nothing told. ``trace`` keeps what becomes of ``variables``.

        ``above``: of a call of a function, the caller's. The nodes are of the same run, their states of this call.
        """
        self._trace = trace
        self._variables = {} if variables is None else variables
        self.states: dict[str, NodeState] = {}
        self._run_id = run_id
        self._plan = plan
        self._clock = clock
        self._emit = emit
        self._begun: dict[Visit, float] = {}
        self._above = above
        self._ended: set[str] = set() if above is None else above._ended
        self._told = -PROGRESS_EVERY
        self._untold: tuple[str, tuple[int, ...]] | None = None
        self._out: dict[tuple[int, str | None], list[str]] = {}
        for edge in plan.edges:
            self._out.setdefault((edge.source, edge.port), []).append(edge.edge_id)
        self._taken: dict[str, int] = {} if above is None else above._taken
        self._ways: dict[str, int] = {}
        """Edges taken since the last event, and how often so far."""

    def let_go(self) -> None:
        """Let go of the plan: the run ended, and nothing more is told."""
        del self._plan, self._emit
        self._out.clear()

    def has_begun(self, visit: Visit) -> bool:
        """Whether a visit is under way."""
        return visit in self._begun

    def begin(self, visit: Visit) -> float:
        """The node is being run. Returns the time."""
        now = self._begun[visit] = self._clock.now()
        self.tell(visit.step, NodeState.RUNNING, visit.frame.iteration)
        if self._trace is not None:
            self._trace.begun(visit, self._variables)
        return now

    def leave(self, visit: Visit, port: str | None) -> str | None:
        """Control goes on by the edges of an output: told with the next event. Returns the output."""
        for edge_id in self._out.get((visit.step.index, port), ()):
            self._ways[edge_id] = self._taken[edge_id] = self._taken.get(edge_id, 0) + 1
        return port

    def succeed(self, visit: Visit, result: Any, message: str = "") -> None:
        """The node ended well."""
        duration = self._duration(visit)
        self.tell(visit.step, NodeState.SUCCESS, visit.iteration, message=message, result=result, duration=duration)

    def fail(self, visit: Visit, error: FlowdeskError) -> None:
        """The node failed for good."""
        self.tell(
            visit.step, NodeState.ERROR, visit.iteration,
            message=str(error.message), error=error.payload(), duration=self._duration(visit),
        )  # fmt: skip

    def cancel(self, visit: Visit) -> None:
        """The visit is void."""
        self.tell(visit.step, NodeState.CANCELLED, visit.iteration, duration=self._duration(visit))

    def tell(self, step: Step, state: NodeState, iteration: tuple[int, ...] = (), **known: Any) -> None:
        """Tell a node's state, and the progress when it ended for the first time."""
        node_id = step.node.id
        self._note(node_id, state)
        if self._ways:
            known["ways"], self._ways = self._ways, {}
        if state is NodeState.SKIPPED and self._trace is not None:
            self._trace.skipped(step.node)
        self._emit(NodeChanged(self._run_id, node_id, state, iteration=iteration, **known))
        if state in ENDS and node_id not in self._ended:
            self._ended.add(node_id)
            now = self._clock.now()
            if now - self._told >= PROGRESS_EVERY:
                self._told = now
                self._progress(node_id, iteration)
            else:
                self._untold = node_id, iteration

    def _note(self, node_id: str, state: NodeState) -> None:
        self.states[node_id] = state
        if self._above is not None:
            self._above._note(node_id, state)

    def tell_waiting(self, node_id: str, message: str) -> None:
        """Say that a node that is under way waits for the desktop; it is told to run again when it has it."""
        self.tell(self._plan.steps[self._plan.index(node_id)], NodeState.PENDING, (), message=message)

    def _progress(self, node_id: str, iteration: tuple[int, ...]) -> None:
        self._untold = None
        completed, total = len(self._ended), len(self._plan.steps)
        self._emit(RunProgress(self._run_id, completed, total, round(100 * completed / total, 2), node_id, iteration))

    def finish(self) -> None:
        """Give every node that is not at an end one: ``cancelled`` if it was under way or waiting, else ``skipped``."""
        for visit in tuple(self._begun):
            self._duration(visit)
        for step in self._own():
            state = self.states.get(step.node.id)
            if state in {NodeState.RUNNING, NodeState.PENDING}:
                self.tell(step, NodeState.CANCELLED)
            elif state is None:
                self.tell(step, NodeState.SKIPPED)
        if self._untold is not None:
            self._progress(*self._untold)

    def _own(self) -> Iterable[Step]:
        """The nodes that are to be at an end: all of the flow, of a call those of the function."""
        steps = self._plan.steps
        return steps if self._above is None else [steps[index] for index in self._plan.led_to(self._plan.first)]

    def counts(self) -> dict[str, int]:
        """How many nodes are in each state."""
        counts: dict[str, int] = {}
        for state in self.states.values():
            counts[state.value] = counts.get(state.value, 0) + 1
        return counts

    def elapsed(self, visit: Visit) -> float:
        """Seconds since a visit began."""
        now = self._clock.now()
        return now - self._begun.get(visit, now)

    def _duration(self, visit: Visit) -> float:
        now = self._clock.now()
        if self._trace is not None and visit in self._begun:
            self._trace.ended(visit, self._variables)
        return now - self._begun.pop(visit, now)


def emit_of_subflow(log: Callable[[str, LogLevel, str | None], None], node: Node) -> Emit:
    """What a subflow's events become in the run that called it: lines of its log, under the calling node."""

    def emit(event: RunEvent) -> None:
        if isinstance(event, RunLog):
            log(event.message, event.level, node.id)
        elif isinstance(event, NodeChanged) and event.state in {NodeState.RUNNING, NodeState.ERROR}:
            level: LogLevel = "debug" if event.state is NodeState.RUNNING else "warn"
            line = say(
                "subflow: {node} {state} {message}", node=event.node_id, state=event.state.value, message=event.message
            )
            log(line, level, node.id)

    return emit
