"""Ask a person."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Question, Run
from flowdesk.model.config import Config
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

    Result: `value`, the answer.

    Raises:
        NodeError: If nobody can be asked.
    """
    if run.is_dry:
        run.log(say("would ask: {message}", message=config.message))
        value = config.default
    else:
        question = Question(config.kind, config.message, run.node.label, config.choices, config.default)
        value = (await run.ask(question)).get("value", config.default)
    if config.variable:
        run.set_variable(config.variable, value)
    return {"value": value}
