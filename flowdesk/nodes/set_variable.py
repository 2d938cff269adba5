"""Keep a value."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.engine.values import number
from flowdesk.model.config import Config
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


class SetVariableConfig(Config):
    """Settings of `setVariable`."""

    name: str = Field(..., min_length=1, title="Variable", description="Its name; `{{name}}` reads it.")
    value: Any = Field(
        "", title="Value", description="A text, a number, a list; `{{…}}` alone keeps its type.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    operation: Literal["set", "add", "append"] = Field(
        "set", title="Operation", description="`set` replaces, `add` adds a number, `append` puts it at a list's end."
    )


@node("setVariable", category="data", title="Set variable", summary="{name} {operation} {value}", icon="variable")
async def set_variable(run: Run, config: SetVariableConfig) -> Any:
    """Set a variable of the run.

    `add` counts from 0 and `append` begins a list where the variable does not exist yet.

    Result: the variable's new value.

    Raises:
        ValueUnusable: If `add` meets something that is no number, or `append` something that is no list.
    """
    value = config.value
    if config.operation != "set":
        value = combined(config.operation, run.variables.get(config.name), value)
    run.set_variable(config.name, value)
    return value


def combined(operation: str, old: Any, value: Any) -> Any:
    """The sum of two numbers, or a new list with one item more.

    Raises:
        ValueUnusable: If the values do not fit the operation.
    """
    if operation == "append":
        if old is not None and not isinstance(old, list):
            raise ValueUnusable(say("The variable does not hold a list."), say("Set it to [] first."))
        return [*(old or []), value]
    left, right = number(0 if old in (None, "") else old), number(value)
    if left is None or right is None:
        raise ValueUnusable(
            say("{left} and {right} cannot be added.", left=repr(old), right=repr(value)), say("Give numbers.")
        )
    return left + right
