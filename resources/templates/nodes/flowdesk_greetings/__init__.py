"""A node type of your own: everything flowdesk knows about it is declared here."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


class GreetConfig(Config):
    """Settings of `greet`. The form in the window, the checks and the reference come from these fields."""

    name: str = Field(..., title="Name", description="Whom to greet; `{{name}}` is filled in.")
    language: Literal["en", "zh"] = Field("en", title="Language", description="In which language.")


@node("greet", category="data", title="Greet", summary="{name}", icon="message-circle")
async def greet(run: Run, config: GreetConfig) -> dict[str, Any]:
    """Greet somebody in the log.

    Result: `text`, the greeting.

    Raises:
        NodeError: If there is nobody to greet.
    """
    if not config.name.strip():
        raise NodeError(say("There is nobody to greet."), say("Give a name."))
    text = f"你好，{config.name}！" if config.language == "zh" else f"Hello, {config.name}!"
    run.log(text)
    return {"text": text}
