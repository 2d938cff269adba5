"""What went wrong in a run, in words for people."""

import logging
from typing import Any

from pydantic import ValidationError

from flowdesk.engine.plan import Step
from flowdesk.model.config import reason_of
from flowdesk.model.errors import FlowdeskError, LimitReached, NodeError, RunStopped
from flowdesk.model.flow import Flow, Node
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say

logger = logging.getLogger(__name__)


class NodeFailed(Exception):
    """A node's error ends the run."""

    def __init__(self, error: FlowdeskError, node: Node | None) -> None:
        """Keep the error and the node."""
        super().__init__(str(error))
        self.error = error
        self.node = node


class FlowEnded(Exception):
    """An ``end`` node was reached."""


def as_flowdesk(error: Exception, node: Node) -> FlowdeskError:
    """Return what a node raised as an error for people. What nobody foresaw is logged with its traceback."""
    if isinstance(error, FlowdeskError):
        return error
    if isinstance(error, ValidationError):
        fault = error.errors()[0]
        name = ".".join(str(part) for part in fault["loc"][:1])
        return NodeError(
            say('"{field}" of "{node}" is not right: {reason}', field=name, node=node.label, reason=reason_of(fault)),
            say("Look at what its variables hold."),
            field=name,
        )
    logger.error("node %r failed inside flowdesk", node.id, exc_info=error)
    return internal(error)


def last_error(error: FlowdeskError, node: Node, attempts: int) -> dict[str, Any]:
    """Return what the variable ``lastError`` holds after a node failed for good."""
    return {
        "nodeId": node.id,
        "label": node.label,
        "type": error.code,
        "code": error.code,
        "message": str(error.message),
        "attempts": attempts,
        "screenshot": error.details.get("picture"),
    }


def internal(error: BaseException) -> FlowdeskError:
    """Return the error of something that flowdesk should have foreseen."""
    return NodeError(
        say("Something inside flowdesk failed: {reason}", reason=f"{type(error).__name__}: {error}"),
        say("Please report this with the run's folder."),
    )


def limit_error(step: Step, limit: int) -> FlowdeskError:
    """Return the error of a jump that was taken too often."""
    return LimitReached(
        say('The jump back from "{node}" was taken more than {limit} times.', node=step.node.label, limit=limit),
        say("Set maxIterations on that node, 0 for no limit, or use a loop."),
        limit=limit,
    )


def end_message(state: RunState, error: FlowdeskError | None, reason: str) -> str:
    """Return the sentence that ends a run."""
    if state is RunState.SUCCEEDED:
        return say("The flow ran to its end.")
    if state is RunState.STOPPED:
        return say("The run was stopped: {reason}", reason=reason) if reason else say("The run was stopped.")
    return str(error.message) if error else say("The run failed.")


def stopped_error(reason: str) -> FlowdeskError:
    """Return the error that ends a run that was asked to stop."""
    return RunStopped(say("The run was stopped: {reason}", reason=reason) if reason else say("The run was stopped."))


class TooDeep(NodeError):
    """Subflows call each other without end."""


def too_deep(limit: int) -> TooDeep:
    """Say that subflows call each other without end."""
    return TooDeep(
        say("Subflows call each other more than {limit} deep.", limit=limit), say("Look for a flow that calls itself.")
    )


def subflow_failed(flow: Flow, error: FlowdeskError) -> NodeError:
    """Say that a subflow failed, and how it can be mended."""
    if isinstance(error, TooDeep):
        return error
    sentence = say('The subflow "{flow}" failed: {reason}', flow=flow.name or flow.id, reason=str(error.message))
    return NodeError(sentence, error.fix, subflow_error=error.payload())
