"""State what must hold, and give a verdict."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.engine.values import OPERATORS, as_text
from flowdesk.model.errors import VerdictFailed
from flowdesk.model.nodetype import Outcome, node
from flowdesk.model.selector import brief
from flowdesk.model.sentence import Sentence, said_as, say
from flowdesk.model.verdict import Verdict
from flowdesk.nodes.condition import SCREEN_OPERATORS, UNARY_OPERATORS, ConditionConfig, Judgement, judge

_LONGEST = 200
"""Letters of a value that a verdict says."""


class AssertConfig(ConditionConfig):
    """Settings of `assert`."""

    message: str = Field(
        "", title="Message", description="Message if the check fails. Leave empty to state what was expected."
    )
    otherwise: Literal["stop", "continue"] = Field(
        "stop",
        title="If it is not true",
        description="Stop ends the run here; Continue goes on to the next node. The run fails in both cases.",
    )


@node(
    "assert",
    category="flow",
    title="Assert",
    also="verify, expect, test, must be, ensure, 断言, 校验, 验证, 检查点",
    summary="{left}{selector} {operator} {right}{value}",
    icon="shield-check",
    uses={"target"},
)
async def assert_that(run: Run, config: AssertConfig) -> Outcome:
    """Check that something is true, and record the result.

    It asks the same as `condition`: about a target on the screen, or between two values; about the screen for as long as
    `timeout` says until it holds. Where it does not hold, the run fails: at once, or at its end where *If it does not hold*
    is `continue`, with everything that failed. That it failed counts also where the output `error` is connected. `flowdesk run
    --junit FILE` writes all verdicts for continuous integration.

    A rehearsal says in the log whether it holds now, and goes on.

    Result: `passed`, `statement`.

    Raises:
        VerdictFailed: If it does not hold.
        ValueUnusable: If the operator cannot be applied.
    """
    found = await judge(run, config)
    statement = _statement(config)
    if run.is_dry:
        now = say("Currently true: {statement}", statement=statement)
        run.log(now if found.result else say("Currently false: {statement}", statement=statement))
        return Outcome(result={"passed": found.result, "statement": statement})
    if not found.result:
        verdict = Verdict(False, statement, config.message, _found(config, found))
        raise VerdictFailed(verdict, _fix(verdict), goes_on=config.otherwise == "continue")
    await run.sleep(config.wait_time)
    return Outcome(result={"passed": True, "statement": statement}, verdict=Verdict(True, statement))


def _statement(config: AssertConfig) -> Sentence:
    """Say what is to hold, in words."""
    word = {**OPERATORS, **SCREEN_OPERATORS}[config.operator]
    operator = said_as(word, word)
    if config.operator in SCREEN_OPERATORS:
        selectors = [config.selector] if isinstance(config.selector, str) else config.selector or [""]
        left, right = brief(selectors[0]), config.value
        is_unary = not config.operator.startswith("text")
    else:
        left, right, is_unary = _short(config.left), config.right, config.operator in UNARY_OPERATORS
    if is_unary:
        return say('"{left}" {operator}', left=left, operator=operator)
    return say('"{left}" {operator} "{right}"', left=left, operator=operator, right=_short(right))


def _short(value: Any) -> str:
    text = as_text(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _found(config: AssertConfig, found: Judgement) -> Sentence | str:
    """Say what was there instead."""
    if not config.operator.startswith("text"):
        return ""
    return say("The target is not on the screen.") if found.text is None else _short(found.text.strip())


def _fix(verdict: Verdict) -> Sentence | str:
    if verdict.message and verdict.found:
        return say('{statement}; it is "{found}".', statement=verdict.statement, found=verdict.found)
    if verdict.message:
        return say("Expected: {statement}", statement=verdict.statement)
    return say('It is "{found}".', found=verdict.found) if verdict.found else ""
