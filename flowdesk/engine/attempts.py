"""A node's attempts: it is run again as often as its options say."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from flowdesk.engine.failures import as_flowdesk
from flowdesk.engine.pauser import Pauser
from flowdesk.engine.plan import Step
from flowdesk.model.errors import RunStopped
from flowdesk.model.nodetype import Outcome
from flowdesk.model.options import NodeOptions
from flowdesk.model.sentence import say
from flowdesk.model.told import LogLevel


class Shell(Protocol):
    """What attempts need of the runner."""

    pauser: Pauser

    def log(self, message: str, level: LogLevel, node_id: str | None) -> None:
        """Add a line to the run's log."""


async def attempted(shell: Shell, once: Callable[[], Awaitable[Outcome]], step: Step, options: NodeOptions) -> Outcome:
    """Return what a node came to, at its first attempt that does not fail; raise what the last one raised."""
    for attempt in range(options.retries + 1):
        try:
            return await once()
        except RunStopped:
            raise
        except Exception as error:
            if attempt == options.retries:
                raise
            shell.log(
                say("attempt {attempt} of {count} failed: {reason}", attempt=attempt + 1, count=options.retries + 1,
                    reason=str(as_flowdesk(error, step.node, step.type.config).message)), "warn", step.node.id,
            )  # fmt: skip
        await shell.pauser.sleep(options.retry_delay * (2**attempt if options.retry_backoff == "exponential" else 1))
    raise AssertionError("a node is attempted at least once")
