"""End the run."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.errors import BusinessFailed, NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


class EndConfig(Config):
    """Settings of `end`."""

    result: Any = Field(
        None, title="Result", description="Value that the run or subflow returns.", json_schema_extra={"widget": "json"}
    )
    status: Literal["succeeded", "failed", "business"] = Field(
        "succeeded", title="Status",
        description="Result of the run. Choose business if the input is wrong, such as a row of a table. Such a job is never retried automatically.",
    )  # fmt: skip
    message: str = Field(
        "",
        title="Message",
        description="Reason for the failure.",
        json_schema_extra={"when": {"status": ["failed", "business"]}},
    )


@node(
    "end",
    category="flow",
    title="End",
    also="stop, exit, finish, return, quit, 停止, 退出, 返回结果, 终止, 结束",
    summary="{status} {result}",
    icon="flag",
    outputs=(),
    kind="end",
)
async def end(run: Run, config: EndConfig) -> Any:
    """End the run, even inside a loop.

    In a subflow only that flow ends.

    Result: `result`, which is the run's result.

    Raises:
        NodeError: If the run is to end as failed.
        BusinessFailed: If it is to end as failed because what it was given is wrong.
    """
    if config.status == "business":
        raise BusinessFailed(
            config.message or say("The input is wrong."), say("Correct the input, then run the flow again."),
            result=config.result,
        )  # fmt: skip
    if config.status == "failed":
        raise NodeError(
            config.message or say("The flow ended with the status failed."), say("Check the nodes that lead to this End node."),
            result=config.result,
        )  # fmt: skip
    return config.result
