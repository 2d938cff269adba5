"""Changes that a paused run takes in: settings of nodes that it has not come to. Pure.

What a run is made of stays as it began: its nodes, its edges, which of them are the body of which loop.
"""

from collections.abc import Collection, Mapping
from typing import Any

from flowdesk.engine.beginning import Begun
from flowdesk.engine.filling import secret_names
from flowdesk.engine.plan import Plan, Step
from flowdesk.model.config import Config
from flowdesk.model.errors import ChangeRefused, FlowInvalid
from flowdesk.model.flow import Flow, Node
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.options import NodeOptions
from flowdesk.model.run import NodeState
from flowdesk.model.sentence import say
from flowdesk.model.validation import validate

_UNREAD = frozenset({"note"})
"""Options that people read and no run."""
_OPTIONS = tuple(
    field.alias or name for name, field in NodeOptions.model_fields.items() if (field.alias or name) not in _UNREAD
)


def reading(node: Node) -> Any:
    """Return what a run reads of a node: two that are equal in this run alike."""
    config = {key: value for key, value in node.config.items() if key not in _UNREAD}
    return node.type, config, [node.option(key, None) for key in _OPTIONS]


def with_nodes(flow: Flow, nodes: Mapping[str, Node]) -> Flow:
    """Return a flow in which some nodes are others, by their ids."""
    return flow.model_copy(update={"nodes": tuple(nodes.get(node.id, node) for node in flow.nodes)})


def is_open(state: NodeState | None) -> bool:
    """Whether a run has not come to a node in this state, or holds before it."""
    return state in {None, NodeState.PENDING}


def worked_out(
    flow: Flow, node_ids: Collection[str], catalogue: Catalogue, plan: Plan, only: Collection[str] | None
) -> Begun:
    """Return what a run is to go on with.

    Args:
        flow: The run's flow with the changed nodes.
        node_ids: Those nodes.
        catalogue: The node types.
        plan: The run's plan.
        only: The nodes that run, if not all.

    Raises:
        FlowInvalid: If one of the nodes is not whole.
        ChangeRefused: If the run would be made of something else.
    """
    configs: dict[str, Config] = {}
    problems = validate(flow, catalogue, configs)
    found = tuple(problem for problem in problems if problem.is_error and problem.node_id in node_ids)
    if found:
        raise FlowInvalid(found)
    other = Plan(flow, catalogue, plan.steps[plan.first].node.id, only)
    if _shape(other) != _shape(plan):
        raise ChangeRefused(
            say("The run cannot take this change: it leads to other nodes."),
            say("Run the flow again to use it."),
        )
    secrets = secret_names([node.config for node in flow.nodes if node.id in node_ids])
    return Begun(other, {node_id: config for node_id, config in configs.items() if node_id in node_ids}, secrets)


def take_over(plan: Plan, other: Plan, node_ids: Collection[str], states: Mapping[str, NodeState]) -> list[Step]:
    """Let steps of a plan be set as in another, and return them.

    Raises:
        ChangeRefused: If the run has come to one of them.
    """
    steps = [plan.steps[plan.index(node_id)] for node_id in node_ids]
    for step in steps:
        new, state = other.steps[step.index], states.get(step.node.id)
        is_decided = state is not None and (new.is_disabled, new.join) != (step.is_disabled, step.join)
        if not is_open(state) or is_decided:
            raise ChangeRefused(
                say('The run has already come to "{node}".', node=step.node.label or step.node.id),
                say("Run the flow again to use the change."),
            )
    for step in steps:
        new = other.steps[step.index]
        step.node, step.options, step.first_output = new.node, new.options, new.first_output
        step.is_disabled, step.has_breakpoint = new.is_disabled, new.has_breakpoint
        step.join, step.jump_limit = new.join, new.jump_limit
    plan.flow = other.flow
    return steps


def _shape(plan: Plan) -> Any:
    edges = [(edge.source, edge.port, edge.target, edge.kind, edge.scope) for edge in plan.edges]
    return [(step.node.id, step.type.id, step.scope, step.body) for step in plan.steps], edges
