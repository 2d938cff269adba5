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
        ..., min_length=1, title="Question", description="What to ask.", json_schema_extra={"widget": "multiline"}
    )
    kind: Literal["text", "choice", "confirm"] = Field(
        "text", title="Answer", description="A `text`, one `choice` of several, or yes and no (`confirm`)."
    )
    choices: tuple[str, ...] = Field((), title="Choices", description="What may be chosen.")
    default: Any = Field(None, title="Default", description="The answer that is offered, and that of a dry run.")
    timeout: Duration = Field(
        0.0,
        title="Time to answer",
        description="After this long, or when nobody is there, the default counts; 0 waits for ever.",
    )
    variable: str = Field("", title="Variable", description="Where to keep the answer as well; empty for nowhere.")


@node(
    "prompt",
    category="people",
    title="Ask a person",
    summary="{message}",
    icon="message-circle-question-mark",
)
async def prompt(run: Run, config: PromptConfig) -> dict[str, Any]:
    """Ask a person and wait for the answer.

    The question shows in the window, in every connected editor, or in the terminal; the first answer counts.

    With a time to answer, nobody need be there: the flow goes on with the default.

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
    if config.variable:
        run.set_variable(config.variable, value)
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
        run.log(say("nobody answered; the default is taken: {value}", value=str(question.default)))
        return question.default
    finally:
        for task in (asking, waiting):
            task.cancel()
        await asyncio.gather(asking, waiting, return_exceptions=True)


async def _ask_anyone(run: Run, question: Question) -> Any:
    try:
        return (await run.ask(question)).get("value", question.default)
    except NodeError:
        run.log(say("nobody is there to answer; the default is taken: {value}", value=str(question.default)))
        return question.default
