"""Leave a loop, or go on with its next pass."""

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import node


class BreakConfig(Config):
    """`break` has no settings."""


class ContinueConfig(Config):
    """`continue` has no settings."""


@node("break", category="flow", title="Break", icon="log-out", outputs=(), kind="break")
async def break_loop(run: Run, config: BreakConfig) -> None:
    """Leave the innermost loop.

    The flow goes on by the loop's output `done`.
    """


@node("continue", category="flow", title="Continue", icon="skip-forward", outputs=(), kind="continue")
async def continue_loop(run: Run, config: ContinueConfig) -> None:
    """Begin the next pass of the innermost loop.

    What is left of this pass is skipped.
    """
