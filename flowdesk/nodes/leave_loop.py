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


@node(
    "break",
    category="flow",
    title="Break",
    also="exit loop, leave loop, stop loop, 退出循环, 中断, 结束循环, 跳出循环",
    icon="log-out",
    outputs=(),
    kind="break",
)
async def break_loop(run: Run, config: BreakConfig) -> None:
    """Leave the innermost loop.

    The flow goes on by the loop's output `done`.

    Raises:
        NodeError: If it stands in no loop.
    """
    _check(run)


@node(
    "continue",
    category="flow",
    title="Continue",
    also="next, skip, next row, next iteration, 继续, 跳过, 下一条, 下一行, 继续下一次",
    icon="skip-forward",
    outputs=(),
    kind="continue",
)
async def continue_loop(run: Run, config: ContinueConfig) -> None:
    """Skip to the next iteration of the innermost loop.

    What is left of this pass is skipped.

    Raises:
        NodeError: If it stands in no loop.
    """
    _check(run)


def _check(run: Run) -> None:
    if not run.is_in_loop:
        raise NodeError(
            say('"{node}" is not inside a loop.', node=run.node.label),
            say("Connect it to a node that starts at the loop's body output."),
        )
