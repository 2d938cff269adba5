"""Handle the failures of several nodes in one place."""

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import node


class TryConfig(Config):
    """`try` has no settings of its own."""


@node(
    "try",
    category="flow",
    title="Try",
    also="catch, exception, error handler, except, finally, rescue, on error, 捕获异常, 异常处理, 尝试, 出错处理, 容错",
    icon="shield-check",
    outputs=("body", "done", "error"),
    kind="try",
)
async def attempt(run: Run, config: TryConfig) -> None:
    """Run the nodes connected to the output body. If one of them fails, continue from error.

    A node that handles its failure itself, by its own output error or by its option On failure, is no failure here. The
    first other one ends the body: its nodes that did not run are skipped, and the run continues from `error`, with
    `{{lastError.message}}`. Without a failure it continues from `done`. Where `error` is not connected, the failure
    goes on to the Try around this one, else it ends the run; the option On failure may continue from `done` instead.
    """
