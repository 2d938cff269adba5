"""Call a function of the same flow."""

from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import node


class CallConfig(Config):
    """Settings of `call`."""

    function: str = Field(
        ..., min_length=1, title="Function", description="Function of this flow.",
        json_schema_extra={"widget": "function", "literal": True},
    )  # fmt: skip
    inputs: dict[str, Any] = Field(
        default_factory=dict, title="Inputs", description="Values of its parameters.",
        json_schema_extra={"widget": "inputs"},
    )  # fmt: skip
    variable: str = Field("", title="Variable", description="Variable for the result (optional).")


@node(
    "call",
    category="flow",
    title="Call",
    also="function, procedure, gosub, run function, invoke, perform, 调用, 调用函数, 执行函数, 子程序",
    summary="{function} {inputs}",
    icon="corner-down-left",
    kind="call",
)
async def call(run: Run, config: CallConfig) -> Any:
    """Run a function of this flow and continue when it is through.

    The function has variables of its own: those of the flow as they are now, then `inputs`. If a node in it fails and
    nothing there handles the failure, this node fails: connect its output error to handle all of them in one place.

    Result: the `result` of the function's End node, else nothing.

    Raises:
        NodeError: If the function fails, or functions call each other more than 20 levels deep.
    """
    result = await run.call_function(config.function, config.inputs)
    if config.variable:
        run.assign(config.variable, result)
    return result
