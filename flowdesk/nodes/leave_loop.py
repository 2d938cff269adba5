"""Leave a loop, or go on with its next pass."""

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


class BreakConfig(Config):
    """`break` has no settings."""


class ContinueConfig(Config):
    """`continue` has no settings."""


@node("break", category="flow", title="Break", icon="log-out", outputs=(), kind="break")
async def break_loop(run: Run, config: BreakConfig) -> None:
    """Leave the innermost loop.

    The flow goes on by the loop's output `done`.

    Raises:
        NodeError: If it stands in no loop.
    """
    _check(run)


@node("continue", category="flow", title="Continue", icon="skip-forward", outputs=(), kind="continue")
async def continue_loop(run: Run, config: ContinueConfig) -> None:
    """Begin the next pass of the innermost loop.

    What is left of this pass is skipped.

    Raises:
        NodeError: If it stands in no loop.
    """
    _check(run)


def _check(run: Run) -> None:
    if not run.iteration:
        raise NodeError(
            say('"{node}" stands in no loop.', node=run.node.label), say("Lead to it from the output `body` of a loop.")
        )
