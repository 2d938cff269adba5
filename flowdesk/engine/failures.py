"""What went wrong in a run, in words for people."""

import asyncio
import logging
from typing import Any

from pydantic import ValidationError

from flowdesk.engine.plan import Step
from flowdesk.model.config import MISSING, Config, reason_of
from flowdesk.model.errors import (
    BusinessFailed,
    ConsentNeeded,
    DesktopUnavailable,
    FlowdeskError,
    LimitReached,
    MissingPiece,
    NodeError,
    RunStopped,
)
from flowdesk.model.events import RunFinished
from flowdesk.model.faults import fault_of
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


def as_flowdesk(error: Exception, node: Node, model: type[Config]) -> FlowdeskError:
    """Return what a node raised as an error for people. What nobody foresaw is logged with its traceback."""
    if isinstance(error, FlowdeskError):
        return error
    if isinstance(error, ValidationError):
        fault = error.errors()[0]
        name = ".".join(str(part) for part in fault["loc"][:1])
        missing = fault["type"] == "missing" and len(fault["loc"]) == 1
        message, fix = fault_of(model, name, MISSING if missing else reason_of(fault), node.label)
        # A setting may be missing here because steps begin although the flow is unfinished.
        return NodeError(message, fix if missing else say("Check the values of the variables it uses."), field=name)
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
        say("Internal error in flowdesk: {reason}", reason=f"{type(error).__name__}: {error}"),
        say("Report this problem, and attach the run's folder."),
    )


def limit_error(step: Step, limit: int) -> FlowdeskError:
    """Return the error of a jump that was taken too often."""
    return LimitReached(
        say('The run jumped back from "{node}" more than {limit} times.', node=step.node.label, limit=limit),
        say("Increase Maximum jumps back on that node (0 = unlimited), or use a loop."),
        limit=limit,
    )


def end_message(state: RunState, error: FlowdeskError | None, reason: str, *, is_rehearsal: bool = False) -> str:
    """Return the sentence that ends a run."""
    if state is RunState.SUCCEEDED and is_rehearsal:
        return say("The dry run finished. No input was sent.")
    if state is RunState.SUCCEEDED:
        return say("The flow finished.")
    if state is RunState.STOPPED:
        return say("The run was stopped: {reason}", reason=reason) if reason else say("The run was stopped.")
    return str(error.message) if error else say("The run failed.")


def finished_event(run_id: str, ending: "Ending", reason: str, **known: Any) -> RunFinished:
    """Return the event that ends a run. ``reason`` says why it was stopped, where it was; ``known`` are further fields."""
    state, error, node = ending
    told = None if error is None else {**error.payload(), "node_id": node.id if node else None}
    message = end_message(state, error, reason, is_rehearsal=known.get("is_rehearsal", False))
    return RunFinished(run_id, state=state, message=message, error=told, **known)


def stopped_error(reason: str) -> FlowdeskError:
    """Return the error that ends a run that was asked to stop."""
    return RunStopped(say("The run was stopped: {reason}", reason=reason) if reason else say("The run was stopped."))


class TooDeep(NodeError):
    """Subflows or functions call each other without end."""


def too_deep(limit: int) -> TooDeep:
    """Say that subflows or functions call each other without end."""
    return TooDeep(
        say("Calls are nested more than {limit} levels deep.", limit=limit),
        say("Check whether a flow or a function calls itself."),
    )


def subflow_failed(flow: Flow, error: FlowdeskError) -> FlowdeskError:
    """Say that a subflow failed, and how it can be mended."""
    if isinstance(error, TooDeep):
        return error
    sentence = say('The subflow "{flow}" failed: {reason}', flow=flow.name or flow.id, reason=str(error.message))
    return _kind_of(error)(sentence, error.fix, subflow_error=error.payload())


def _kind_of(error: FlowdeskError) -> type[FlowdeskError]:
    """Return which error tells outside of a call what went wrong inside: some kinds mean the same there."""
    return next((kind for kind in (BusinessFailed, ConsentNeeded) if isinstance(error, kind)), NodeError)


def function_failed(name: str, error: FlowdeskError) -> FlowdeskError:
    """Say that a function failed, and how it can be mended."""
    if isinstance(error, TooDeep):
        return error
    sentence = say('The function "{function}" failed: {reason}', function=name, reason=str(error.message))
    return _kind_of(error)(sentence, error.fix, subflow_error=error.payload())


def no_function(name: str) -> NodeError:
    """Say that a flow has no function of a name."""
    return NodeError(
        say('The flow has no function "{function}".', function=name),
        say("Choose another function, or add a Function node with this name."),
    )


Ending = tuple[RunState, FlowdeskError | None, Node | None]
"""How a run ended: its last state, and the error and node that ended it."""


def how_it_ended(work: "asyncio.Task[None] | None", lost: FlowdeskError | None, reason: str) -> Ending:
    """Return how a run ended.

    Args:
        work: The run's task, done; ``None`` where it did not yield to the stop.
        lost: Why there is no desktop any more, where that ended the run.
        reason: Why it was stopped, where it was.
    """
    error = RunStopped("") if work is None or work.cancelled() else work.exception()
    if error is None or isinstance(error, FlowEnded):
        return RunState.SUCCEEDED, None, None
    if isinstance(error, NodeFailed):
        return RunState.FAILED, lost or error.error, error.node
    if isinstance(error, RunStopped):
        return (RunState.FAILED, lost, None) if lost else (RunState.STOPPED, stopped_error(reason), None)
    if isinstance(error, (DesktopUnavailable, MissingPiece)):  # the session does not give what the run needs
        return RunState.FAILED, error, None
    logger.error("the run failed inside flowdesk", exc_info=error)
    return RunState.FAILED, internal(error), None


def no_desktop() -> DesktopUnavailable:
    """The error of a run that was given no desktop driver."""
    return DesktopUnavailable(
        say("This flowdesk has no desktop."), say("Start it in a desktop session, or run flowdesk doctor.")
    )
