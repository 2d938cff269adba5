"""End the run."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


class EndConfig(Config):
    """Settings of `end`."""

    result: Any = Field(
        None, title="Result", description="What the run, or the subflow, returns.", json_schema_extra={"widget": "json"}
    )
    status: Literal["succeeded", "failed"] = Field("succeeded", title="Status", description="How the run ends.")
    message: str = Field(
        "", title="Message", description="Why it failed.", json_schema_extra={"when": {"status": "failed"}}
    )


@node("end", category="flow", title="End", summary="{status} {result}", icon="flag", outputs=(), kind="end")
async def end(run: Run, config: EndConfig) -> Any:
    """End the run here, also inside a loop.

    In a subflow only that flow ends.

    Result: `result`, which is the run's result.

    Raises:
        NodeError: If the run is to end as failed.
    """
    if config.status == "failed":
        raise NodeError(
            config.message or say("The flow ended as failed."), say("Look at what led to this end."),
            result=config.result,
        )  # fmt: skip
    return config.result
