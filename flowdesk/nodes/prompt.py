"""Ask a person."""

import asyncio
from typing import Any, Literal

from pydantic import Field

from flowdesk.aio import spawn
from flowdesk.engine.context import Question, Run
from flowdesk.model.config import Config, Duration
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


class PromptConfig(Config):
    """Settings of `prompt`."""

    message: str = Field(
        ...,
        min_length=1,
        title="Question",
        description="The question to ask.",
        json_schema_extra={"widget": "multiline"},
    )
    kind: Literal["text", "choice", "confirm", "password", "file"] = Field(
        "text", title="Answer",
        description="Ask for text, a choice, yes or no (Confirm), a password, or the path of a file.",
    )  # fmt: skip
    choices: tuple[str, ...] = Field((), title="Choices", description="The choices to offer.")
    default: Any = Field(None, title="Default", description="The suggested answer; a dry run uses it, too.")
    timeout: Duration = Field(
        0.0,
        title="Time to answer",
        description="After this time, or if nobody can answer, the default is used; 0 = wait indefinitely.",
    )
    variable: str = Field("", title="Variable", description="Variable for the answer (optional).")


@node(
    "prompt",
    category="people",
    title="Ask a person",
    also="ask, message, message box, dialog, input box, question, confirm, popup, alert, human, approve, 消息, 弹窗, 提示, 询问, 确认, 输入框, 对话框, 人工, 询问用户",
    summary="{message}",
    icon="message-circle-question-mark",
)
async def prompt(run: Run, config: PromptConfig) -> dict[str, Any]:
    """Ask a person a question and wait for the answer.

    The question shows in the window, in every connected editor, or in the terminal; the first answer counts.

    With a time to answer, nobody need be there: the flow goes on with the default.

    A password is not shown while it is typed, and is left out of the log and the record of the run.

    Result: `value`, the answer.

    Raises:
        NodeError: If nobody can be asked and there is no time to answer.
    """
    if run.is_dry:
        run.log(say("would ask: {message}", message=config.message))
        value = config.default
    else:
        question = Question(config.kind, config.message, run.node.label, config.choices, config.default)
        value = await _answer(run, question, config.timeout)
    if config.kind == "password" and isinstance(value, str) and run.services.hide is not None:
        run.services.hide(value)
    if config.variable:
        run.assign(config.variable, value)
    return {"value": value}


async def _answer(run: Run, question: Question, timeout: float) -> Any:
    """Return the answer, or after ``timeout`` seconds (0: never) the default."""
    if not timeout:
        return (await run.ask(question)).get("value", question.default)
    asking = spawn(_ask_anyone(run, question), "flowdesk.prompt")
    waiting = spawn(run.sleep(timeout), "flowdesk.prompt.timeout")
    try:
        await asyncio.wait({asking, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            return asking.result()
        run.log(say("No answer in time; using the default: {value}", value=str(question.default)))
        return question.default
    finally:
        for task in (asking, waiting):
            task.cancel()
        await asyncio.gather(asking, waiting, return_exceptions=True)


async def _ask_anyone(run: Run, question: Question) -> Any:
    try:
        return (await run.ask(question)).get("value", question.default)
    except NodeError:
        run.log(say("Nobody can answer; using the default: {value}", value=str(question.default)))
        return question.default
