"""Overlap branches."""

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import node


class ParallelConfig(Config):
    """`parallel` has no settings."""


@node(
    "parallel",
    category="flow",
    title="Parallel",
    also="at the same time, together, simultaneous, concurrent, fork, 同时, 并发, 一起, 并行",
    icon="columns-3",
    outputs=("default", "done"),
    kind="parallel",
)
async def parallel(run: Run, config: ParallelConfig) -> None:
    """Run several branches at the same time.

    Each edge out of `default` begins a branch; waits, requests and programs of the branches overlap, actions on the
    desktop still go one at a time. When all branches are through, the flow goes on by `done`.
    """
