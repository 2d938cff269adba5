"""Keep a value."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.engine.lookup import assigned
from flowdesk.engine.texts import number
from flowdesk.model.config import Config
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


class SetVariableConfig(Config):
    """Settings of `setVariable`."""

    name: str = Field(
        ...,
        min_length=1,
        title="Variable",
        description="Variable name; {{name}} reads it. rows[0].Status sets a part of a variable.",
    )
    value: Any = Field(
        "", title="Value", description="Text, number, or list. A single {{…}} keeps its type.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    operation: Literal["set", "add", "append"] = Field(
        "set",
        title="Operation",
        description="Set replaces the value, Add adds a number, Append adds an item to a list.",
    )


@node(
    "setVariable",
    category="data",
    title="Set variable",
    also="assign, let, var, counter, increment, store, calculate, expression, 赋值, 变量, 计算, 计数, 自增, 表达式, 设置变量",
    summary="{name} {operation} {value}",
    icon="variable",
)
async def set_variable(run: Run, config: SetVariableConfig) -> Any:
    """Set a variable of the run, or a part of it.

    `rows[0].Status` sets one cell of the rows in the variable `rows`; other keys stand in brackets and quotes:
    `rows[0]["No."]`. A new key of an object is added, every other part must be there. Values that other variables and
    results hold stay as they are. `add` counts from 0 and `append` begins a list where the variable does not exist yet.

    Result: the variable's new value.

    Raises:
        ValueUnusable: If the part is not there, or `add` meets something that is no number, or `append` something that is no list.
    """
    value = config.value
    if config.operation != "set":
        value = combined(config.operation, assigned(run.variables, config.name), value)
    run.assign(config.name, value)
    return value


def combined(operation: str, old: Any, value: Any) -> Any:
    """The sum of two numbers, or a new list with one item more.

    Raises:
        ValueUnusable: If the values do not fit the operation.
    """
    if operation == "append":
        if old is not None and not isinstance(old, list):
            raise ValueUnusable(say("The variable is not a list."), say("Set it to [] first."))
        return [*(old or []), value]
    left, right = number(0 if old in (None, "") else old), number(value)
    if left is None or right is None:
        raise ValueUnusable(
            say("{left} and {right} cannot be added.", left=repr(old), right=repr(value)), say("Use numbers.")
        )
    return left + right
