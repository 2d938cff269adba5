"""What a run calls: other flows, and functions of its own flow. Each is a runner of its own with this run's hands."""

import contextlib
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from flowdesk.engine.amending import take_over
from flowdesk.engine.beginning import Begun
from flowdesk.engine.chronicle import emit_of_subflow
from flowdesk.engine.failures import FlowEnded, NodeFailed, function_failed, no_function, subflow_failed, too_deep
from flowdesk.engine.options import RunOptions
from flowdesk.engine.plan import Plan, Step
from flowdesk.engine.services import Called
from flowdesk.engine.visits import Visit
from flowdesk.model.config import Config
from flowdesk.model.functions import is_needed, parameters_of
from flowdesk.model.nodetype import Catalogue

if TYPE_CHECKING:
    from flowdesk.engine.runner import Runner

DEPTH = 20
"""Calls within calls."""


class Functions:
    """The functions of one flow in one run: their plans, the calls under way, and what they read of the flow."""

    def __init__(self, plan: Plan, catalogue: Catalogue, configs: dict[str, Config]) -> None:
        """Work out nothing yet. ``configs`` are those of nodes that hold no references, by node id."""
        self._main, self._catalogue, self.configs = plan, catalogue, configs
        self._plans: dict[str, Plan] = {}
        self._counts: dict[str, int] = {}
        self.under_way: list[Runner] = []

    def plan(self, name: str) -> Plan:
        """Return the plan of a function.

        Raises:
            NodeError: If there is no such function.
        """
        plan = self._plans.get(name)
        if plan is None:
            first = self._main.function(name)
            if first is None:
                raise no_function(name)
            plan = self._plans[name] = Plan(self._main.flow, self._catalogue, first.node.id)
        return plan

    def number(self, name: str) -> int:
        """Count a call, and return how many there were before."""
        self._counts[name] = self._counts.get(name, 0) + 1
        return self._counts[name] - 1

    def take(self, plan: Plan, node_ids: Collection[str], configs: Mapping[str, Config]) -> None:
        """Let calls that are under way, and later ones, use other settings of nodes."""
        for node_id in node_ids:
            self.configs.pop(node_id, None)
        self.configs.update(configs)
        for known in self._plans.values():
            steps = take_over(known, plan, node_ids, {})
            for runner in self.under_way:
                if runner.plan is known:
                    runner.settings.amend(steps, configs)


def given_to(first: Step, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a function as a call gives them, the others by their defaults."""
    defaults = {name: value for name, value in parameters_of(first.node).items() if not is_needed(value)}
    return {**defaults, **inputs}


class Calls:
    """What one runner calls."""

    root: "Runner"
    functions: Functions

    def __init__(self, runner: "Runner", above: "Calls | None", configs: dict[str, Config]) -> None:
        """Call for a runner. ``above``: of a function, the calls of the runner that calls it."""
        self._runner = runner
        self.root = above.root if above else runner
        self.functions = above.functions if above else Functions(runner.plan, runner.catalogue, configs)

    async def flow(self, called: Called, inputs: Mapping[str, Any], visit: Visit) -> Any:
        """Run another flow and return the result of its ``end`` node, else its variables.

        Raises:
            NodeError: If it is invalid, fails, or the flows call each other without end.
        """
        caller = self._runner
        options = caller.options.of_subflow(inputs, visit.step.node, asks_for_help=caller.handling.would_ask(visit))
        _check_depth(options)
        services, emit = caller.services.of_subflow(called), emit_of_subflow(caller.log, visit.step.node)
        child = type(caller)(called.flow, caller.catalogue, services, emit, options, caller.run_id, caller.brake)
        try:
            result = await _through(child, caller, visit)
        except NodeFailed as failure:
            raise subflow_failed(called.flow, failure.error) from failure
        return result if result is not None else child.variables

    async def function(self, name: str, inputs: Mapping[str, Any], visit: Visit) -> Any:
        """Run a function of this flow and return the result of its ``end`` node, else nothing.

        Raises:
            NodeError: If it fails, there is none of that name, or the functions call each other without end.
        """
        caller, functions, root = self._runner, self.functions, self.root
        plan = functions.plan(name)
        first = plan.steps[plan.first]
        variables = {**root.variables, **given_to(first, inputs)}
        options = caller.options.of_function(
            variables, first.node.id, visit.step.node, asks_for_help=caller.handling.would_ask(visit)
        )
        _check_depth(options)
        begun = Begun(plan, functions.configs, caller.services.secret_names)
        path = (*visit.iteration, functions.number(name))
        child = type(caller)(
            caller.flow, caller.catalogue, caller.services, caller.emit, options, caller.run_id, caller.brake, begun,
            (caller, path),
        )  # fmt: skip
        child.results.update(root.results)
        functions.under_way.append(child)
        try:
            return await _through(child, caller, visit)
        except NodeFailed as failure:
            raise function_failed(name, failure.error) from failure
        finally:
            functions.under_way.remove(child)
            child.chronicle.finish()
            root.memories[first.node.id] = {"variables": child.variables, "results": child.results}


def _check_depth(options: RunOptions) -> None:
    if options.depth > DEPTH:
        raise too_deep(DEPTH)


async def _through(child: "Runner", caller: "Runner", visit: Visit) -> Any:
    """Let a called runner work with the caller's hands."""
    child.pauser, child.verdicts, child._desktop = caller.pauser, caller.verdicts, caller._desktop
    if child.flow is caller.flow:
        child.moved = caller.moved
    child._around = lambda interrupted: caller._interlude(visit, interrupted)
    try:
        with contextlib.suppress(FlowEnded):
            await child.work()
    finally:
        caller.has_acted |= child.has_acted
    caller._desktop = caller._desktop or child._desktop
    return child.result


def begin_inside(plan: Plan, options: RunOptions) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the variables and results with which a run begins inside a function: those of its last call."""
    around = plan.function_around(plan.first) if options.from_node is not None else None
    if around is None:
        return {}, {}
    known = options.memories.get(around.node.id, {})
    return {**given_to(around, {}), **known.get("variables", {})}, dict(known.get("results", {}))
