"""Overlap branches."""

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import node


class ParallelConfig(Config):
    """`parallel` has no settings."""


@node("parallel", category="flow", title="Parallel", icon="columns-3", outputs=("default", "done"), kind="parallel")
async def parallel(run: Run, config: ParallelConfig) -> None:
    """Let branches overlap.

    Each edge out of `default` begins a branch; waits, requests and programs of the branches overlap, actions on the
    desktop still go one at a time. When all branches are through, the flow goes on by `done`.
    """
