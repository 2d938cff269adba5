"""Go one of several ways."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator, model_validator

from flowdesk.engine.context import Run
from flowdesk.engine.values import OPERATORS, compare
from flowdesk.model.config import Config, Unfit, has_template
from flowdesk.model.nodetype import Outcome, node
from flowdesk.model.sentence import say


class Case(Config):
    """One way out of a `switch`."""

    id: str = Field(..., min_length=1, title="ID", description="Name of the output: case: followed by this.")
    operator: str = Field(
        "eq", title="Operator", description="How to compare the value.",
        json_schema_extra={"widget": "operator", "enum": [*OPERATORS]},
    )  # fmt: skip
    value: Any = Field("", title="Value", description="The value to compare with.")

    @field_validator("operator")
    @classmethod
    def _is_known(cls, operator: str) -> str:
        if operator not in OPERATORS and not has_template(operator):
            raise ValueError(
                say('unknown operator "{operator}"; use one of {names}', operator=operator, names=", ".join(OPERATORS))
            )
        return operator


class SwitchConfig(Config):
    """Settings of `switch`."""

    value: Any = Field(None, title="Value", description="The value to check, such as {{name}}.")
    cases: tuple[Case, ...] = Field(
        (), title="Cases", description="Checked in order; the first match is used.",
        json_schema_extra={"widget": "table"},
    )  # fmt: skip
    case_sensitive: bool = Field(True, title="Match case", description="Treat A and a as different.")

    @model_validator(mode="after")
    def _tells_apart(self) -> "SwitchConfig":
        ids = [case.id for case in self.cases]
        twice = next((each for place, each in enumerate(ids) if each in ids[:place]), None)
        if twice is not None:
            raise Unfit("cases", say('two cases have the ID "{id}"', id=twice))
        return self


def _written_ids(cases: Any) -> list[str]:
    """The ids of the cases as the flow has them: outputs are called so."""
    listed = cases if isinstance(cases, list | tuple) else ()
    return [str(case["id"]) for case in listed if isinstance(case, Mapping) and case.get("id")]


def switch_outputs(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """One output for each case that has an id, then `default` and `error`."""
    ids = [f"case:{name}" for name in _written_ids(raw.get("cases"))]
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
    ids = _written_ids(run.node.config.get("cases"))
    for place, case in enumerate(config.cases):
        if compare(config.value, case.operator, case.value, config.case_sensitive).result:
            name = ids[place] if len(ids) == len(config.cases) else case.id  # braces in it are no reference
            return Outcome(f"case:{name}", name)
    return Outcome("default", "default")
