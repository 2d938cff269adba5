"""What a run begins with: its plan, and the settings of its nodes. Only what it can come to must be whole (contract §1)."""

from typing import NamedTuple

from flowdesk.engine.filling import secret_names
from flowdesk.engine.options import RunOptions
from flowdesk.engine.plan import Plan
from flowdesk.model.config import Config
from flowdesk.model.errors import FlowInvalid
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.problem import Problem
from flowdesk.model.validation import hindering, validate


class Begun(NamedTuple):
    """A run that was worked out."""

    plan: Plan
    configs: dict[str, Config]
    """The configs of the nodes that hold no ``{{reference}}``, by node id."""
    secrets: frozenset[str]
    """The names of the secrets that the flow itself asks for."""


def begin(flow: Flow, catalogue: Catalogue, options: RunOptions) -> Begun:
    """Work out a run of a flow.

    Raises:
        FlowInvalid: If something that the run can come to is not right.
        KeyError: If ``options.from_node`` does not exist.
    """
    configs: dict[str, Config] = {}
    problems = validate(flow, catalogue, configs)
    plan, found = _worked_out(flow, catalogue, options, problems)
    if plan is None or found:
        raise FlowInvalid(found)
    return Begun(plan, configs, secret_names([flow.variables, [node.config for node in flow.nodes]]))


def obstacles(flow: Flow, catalogue: Catalogue, options: RunOptions) -> tuple[Problem, ...]:
    """Return the problems that keep a run from beginning; none where it can.

    Raises:
        KeyError: If ``options.from_node`` does not exist.
    """
    return _worked_out(flow, catalogue, options, validate(flow, catalogue))[1]


def _worked_out(
    flow: Flow, catalogue: Catalogue, options: RunOptions, problems: tuple[Problem, ...]
) -> tuple[Plan | None, tuple[Problem, ...]]:
    errors = tuple(problem for problem in problems if problem.is_error)
    try:
        plan = Plan(flow, catalogue, options.from_node, options.only)
    except ValueError:
        return None, errors
    sources = {edge.id: edge.source for edge in flow.edges}
    has_start = options.from_node is None
    is_whole = has_start and options.only is None and not options.is_paused
    # A run that is stepped through comes to what follows only when somebody asks for it.
    needed = plan.needed() & {plan.steps[plan.first].node.id} if options.is_paused else plan.needed()
    return plan, hindering(errors, needed, sources, has_start=has_start, is_whole=is_whole)
