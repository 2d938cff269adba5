"""Go one of several ways."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.engine.values import OPERATORS, compare
from flowdesk.model.config import Config
from flowdesk.model.nodetype import Outcome, node


class Case(Config):
    """One way out of a `switch`."""

    id: str = Field(..., min_length=1, title="ID", description="Name of the output: case: followed by this.")
    operator: str = Field(
        "eq", title="Operator", description="How to compare the value.",
        json_schema_extra={"widget": "operator", "enum": [*OPERATORS]},
    )  # fmt: skip
    value: Any = Field("", title="Value", description="The value to compare with.")


class SwitchConfig(Config):
    """Settings of `switch`."""

    value: Any = Field(None, title="Value", description="The value to check, such as {{name}}.")
    cases: tuple[Case, ...] = Field(
        (), title="Cases", description="Checked in order; the first match is used.",
        json_schema_extra={"widget": "table"},
    )  # fmt: skip
    case_sensitive: bool = Field(True, title="Match case", description="Treat A and a as different.")


def switch_outputs(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """One output for each case that has an id, then `default` and `error`."""
    cases = raw.get("cases")
    listed = cases if isinstance(cases, list | tuple) else ()
    ids = [f"case:{case['id']}" for case in listed if isinstance(case, Mapping) and case.get("id")]
    return (*dict.fromkeys(ids), "default", "error")


@node(
    "switch",
    category="flow",
    title="Switch",
    also="case, select, router, choose path, multiple branches, 多分支, 分支, 路由, 多条件, 分支选择",
    summary="{value}",
    icon="split",
    kind="branch",
    bypass="default",
    dynamic_outputs=switch_outputs,
)
async def switch(run: Run, config: SwitchConfig) -> Outcome:
    """Continue from the first matching case, or from default.

    Each case has an output of its own, called `case:` and its id. Numbers are compared as numbers when both sides look
    like numbers, else as text. A text with leading zeros equals only the same text: 00123 and 123 are two cases.

    Result: the id of the case, or `default`.

    Raises:
        ValueUnusable: If an operator cannot be applied.
    """
    for case in config.cases:
        if compare(config.value, case.operator, case.value, config.case_sensitive).result:
            return Outcome(f"case:{case.id}", case.id)
    return Outcome("default", "default")
