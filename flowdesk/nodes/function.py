"""A function of a flow: nodes with parameters and a result, which `call` nodes run."""

from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.functions import is_needed
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


class FunctionConfig(Config):
    """Settings of `function`."""

    function: str = Field(
        ..., min_length=1, title="Name", description="Name by which Call nodes run it.",
        json_schema_extra={"literal": True},
    )  # fmt: skip
    parameters: dict[str, Any] = Field(
        default_factory=dict, title="Parameters",
        description="Names of the parameters with their defaults. Leave a default empty if every call must give a value.",
        json_schema_extra={"literal": True},
    )  # fmt: skip


@node(
    "function",
    category="flow",
    title="Function",
    also="def, procedure, method, sub, routine, group, parameters, 函数, 定义函数, 子程序, 过程, 参数",
    summary="{function} {parameters}",
    icon="braces",
    outputs=("default",),
    kind="function",
)
async def function(run: Run, config: FunctionConfig) -> dict[str, Any]:
    """Begin a function: nodes that Call nodes of the same flow run.

    Nothing leads to this node; what follows it is the function. It reads the variables of the flow and its parameters.
    What it sets stays inside; an End node gives its `result` to the call. Functions may call functions, and themselves,
    20 levels deep.

    Result: the parameters.

    Raises:
        ValueUnusable: If the run begins here and a parameter has no value.
    """
    for name, default in config.parameters.items():
        if name in run.variables:
            continue
        if is_needed(default):
            raise ValueUnusable(
                say('The parameter "{name}" of the function "{function}" has no value.', name=name, function=config.function),
                say("Run the flow from a node that calls the function, or give the parameter a default."),
            )  # fmt: skip
        run.set_variable(name, default)
    return {name: run.variables[name] for name in config.parameters}
