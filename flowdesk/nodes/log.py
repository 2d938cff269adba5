"""Write to the log."""

from typing import Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import DEFAULT_OUTPUT, node


class LogConfig(Config):
    """Settings of `log`."""

    message: str = Field(
        "", title="Message", description="What to write; `{{name}}` is filled in.",
        json_schema_extra={"widget": "multiline"},
    )  # fmt: skip
    level: Literal["debug", "info", "warn", "error"] = Field("info", title="Level", description="How it is marked.")


@node("log", category="data", title="Log", summary="{message}", icon="scroll-text", outputs=(DEFAULT_OUTPUT,))
async def log(run: Run, config: LogConfig) -> str:
    """Write a line to the run's log.

    Result: the line.
    """
    run.log(config.message, config.level)
    return config.message
