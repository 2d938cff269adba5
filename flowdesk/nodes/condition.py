"""Go one way or the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, JsonValue, model_validator

from flowdesk.engine.context import Run
from flowdesk.engine.values import OPERATORS, Comparison, compare, matches
from flowdesk.model.config import Duration, OptionalTargetConfig, SelectorText, Unfit, patience
from flowdesk.model.errors import NodeError, ValueUnusable
from flowdesk.model.nodetype import Outcome, node
from flowdesk.model.sentence import Sentence, said_as, say
from flowdesk.model.target import Spot
from flowdesk.nodes.written import pattern_fault

SCREEN_OPERATORS = {
    "exists": "is on the screen",
    "notExists": "is not on the screen",
    "textEquals": "has the text",
    "textContains": "has a text containing",
    "textMatches": "has a text matching",
    "enabled": "is enabled",
    "checked": "is checked",
}


UNARY_OPERATORS = ("isEmpty", "isNotEmpty", "isBlank", "isNotBlank", "isTrue", "isFalse", "isNumber")
"""Value operators that look at the left value alone."""
_TEXT: list[JsonValue] = ["textEquals", "textContains", "textMatches"]
_BINARY: list[JsonValue] = [operator for operator in OPERATORS if operator not in UNARY_OPERATORS]


class ConditionConfig(OptionalTargetConfig):
    """Settings of `condition`, and of what `loop` tests."""

    selector: SelectorText | None = Field(
        None, title="Target", description="What to look for on the desktop (optional).",
        json_schema_extra={"widget": "target", "when": {"operator": [*SCREEN_OPERATORS]}},
    )  # fmt: skip

    operator: str = Field(
        "exists", title="Operator",
        description="What to check: the target on the screen, or the two values.",
        json_schema_extra={"widget": "operator", "enum": [*SCREEN_OPERATORS, *OPERATORS]},
    )  # fmt: skip
    timeout: Duration | None = patience(
        "How long to wait until the target is as it should be; 0 = look once, which is the default."
    )
    value: Any = Field(
        "", title="Text", description="The expected text of the target.",
        json_schema_extra={"when": {"operator": _TEXT}},
    )  # fmt: skip
    left: Any = Field(
        None, title="First value", description="The value to check, such as {{name}}.",
        json_schema_extra={"when": {"operator": [*OPERATORS]}},
    )  # fmt: skip
    right: Any = Field(
        None,
        title="Second value",
        description="The value to compare with.",
        json_schema_extra={"when": {"operator": _BINARY}},
    )
    case_sensitive: bool = Field(
        True, title="Match case", description="Treat A and a as different.",
        json_schema_extra={"when": {"operator": [*_TEXT, *_BINARY]}},
    )  # fmt: skip
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the check.")

    @model_validator(mode="after")
    def _fits(self) -> "ConditionConfig":
        self._check_test()
        return self

    def _check_test(self) -> None:
        """Refuse a test that cannot be made."""
        if self.operator not in SCREEN_OPERATORS and self.operator not in OPERATORS:
            there_are = ", ".join((*SCREEN_OPERATORS, *OPERATORS))
            raise Unfit(
                "operator",
                say('unknown operator "{operator}"; use one of {names}', operator=self.operator, names=there_are),
            )
        if self.operator in SCREEN_OPERATORS and not self.selector:
            raise Unfit("selector", say('"{operator}" requires a target', operator=self.operator))
        for operator, field in (("matches", "right"), ("textMatches", "value")):
            fault = pattern_fault(getattr(self, field)) if self.operator == operator else None
            if fault is not None:
                raise Unfit(field, fault)


@node(
    "condition",
    category="flow",
    title="Condition",
    also="if, else, if else, when, branch, decision, exists, compare, is visible, 如果, 判断, 分支, 是否存在, 比较, 条件",
    summary="{left}{selector} {operator} {right}{value}",
    icon="git-branch",
    outputs=("true", "false", "error"),
    uses={"target"},
)
async def condition(run: Run, config: ConditionConfig) -> Outcome:
    """Continue from the output true or false.

    About the screen: `exists`, `notExists`, `textEquals`, `textContains`, `textMatches`, `enabled`, `checked` of
    `selector`, looked at once, or until it holds for as long as `timeout` says. Between values: `left` `operator` `right`;
    numbers are compared as numbers when both sides look like numbers, else as text. A text with leading zeros equals only
    the same text: 00123 is not 123.

    Result: `true` or `false`.

    Raises:
        ValueUnusable: If the operator cannot be applied. `exists` never fails because something is not there.
    """
    result = await holds(run, config)
    await run.sleep(config.wait_time)
    return Outcome("true" if result else "false", result)


async def holds(run: Run, config: ConditionConfig) -> bool:
    """Whether a condition holds now, or within its timeout."""
    return (await judge(run, config)).result


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a condition holds, and the text that was read where one is asked for (``None``: nothing was there)."""

    result: bool
    text: str | None = None


def _comparison(config: "ConditionConfig", found: Comparison) -> Sentence:
    """Say what was compared, and what came out."""
    values = {
        "left": repr(config.left), "right": repr(config.right),
        "operator": said_as(config.operator, OPERATORS[config.operator]), "result": say("yes") if found.result else say("no"),
    }  # fmt: skip
    if config.operator in UNARY_OPERATORS:
        return say("{left} {operator}: {result}", **values)
    if found.how == "number":
        return say("{left} {operator} {right}: {result} (compared as numbers)", **values)
    if found.how == "text":
        return say("{left} {operator} {right}: {result} (compared as text)", **values)
    return say("{left} {operator} {right}: {result}", **values)


async def judge(run: Run, config: ConditionConfig) -> Judgement:
    """Find out whether a condition holds now, or within its timeout.

    Raises:
        ValueUnusable: If the operator cannot be applied.
        NodeError: If the target does not tell what is asked.
    """
    if config.operator in OPERATORS:
        found = compare(config.left, config.operator, config.right, config.case_sensitive)
        run.log(_comparison(config, found), "debug")
        return Judgement(found.result)
    selector = config.selector
    if not selector:
        raise ValueUnusable(say("The condition has no target."), say("Choose Pick, or enter a selector."))

    last = Judgement(False)

    async def is_so() -> bool:
        nonlocal last
        sighting = await run.look(config, selector)
        last = await _on_screen(run, config, sighting.spot)
        return last.result

    result = await run.wait_until(is_so, config.timeout or 0.0)
    return Judgement(result, last.text)


async def _on_screen(run: Run, config: ConditionConfig, spot: Spot | None) -> Judgement:
    if config.operator == "exists":
        return Judgement(spot is not None)
    if config.operator == "notExists":
        return Judgement(spot is None)
    if spot is None:
        return Judgement(False)
    spot = await run.eyes.state(spot)
    if config.operator in {"enabled", "checked"}:
        state = spot.element
        value = None if state is None else state.is_enabled if config.operator == "enabled" else state.is_checked
        if value is None:
            raise NodeError(
                say(
                    '"{selector}" does not report whether it is {operator}.',
                    selector=spot.selector,
                    operator=config.operator,
                ),
                say("Choose an element of the accessibility tree, such as checkbox[name='…']."),
            )
        return Judgement(value)
    text = await text_at(run, spot)
    return Judgement(_TEXT_TESTS[config.operator](text, config), text)


async def text_at(run: Run, spot: Spot, seconds: float | None = None) -> str:
    """The text of a spot: what its element holds, what was matched, else what OCR reads there."""
    if spot.element is not None and (spot.element.value or spot.element.name):
        return spot.element.value or spot.element.name
    if spot.text is not None:
        return spot.text
    return await run.read_text(spot.box, seconds)


_TEXT_TESTS: dict[str, Callable[[str, ConditionConfig], bool]] = {
    "textEquals": lambda text, config: (
        compare(text.strip(), "eq", str(config.value).strip(), config.case_sensitive).result
    ),
    "textContains": lambda text, config: compare(text, "contains", config.value, config.case_sensitive).result,
    "textMatches": lambda text, config: matches(text, str(config.value), config.case_sensitive),
}

ScreenOperator = Literal["exists", "notExists", "textEquals", "textContains", "textMatches", "enabled", "checked"]
