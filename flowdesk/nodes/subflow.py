"""Run another flow."""

from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import node


class SubflowConfig(Config):
    """Settings of `subflow`."""

    flow: str = Field(
        ..., min_length=1, title="Flow", description="Flow file, relative to this flow.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    inputs: dict[str, Any] = Field(
        default_factory=dict, title="Inputs", description="Initial variables of the flow.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    variable: str = Field("", title="Variable", description="Variable for the result (optional).")


@node(
    "subflow",
    category="flow",
    title="Subflow",
    also="call, function, sub flow, another flow, run flow, macro, 调用流程, 子程序, 函数, 模块, 子流程",
    summary="{flow}",
    icon="workflow",
    uses={"files"},
)
async def subflow(run: Run, config: SubflowConfig) -> Any:
    """Run another flow and wait until it ends.

    It has variables of its own: those of its file, then `inputs`.

    Result: that of the flow's `end` node, else its variables.

    Raises:
        NodeError: If it cannot be read, is invalid, fails, or calls itself without end.
    """
    result = await run.call(config.flow, config.inputs)
    if config.variable:
        run.assign(config.variable, result)
    return result
