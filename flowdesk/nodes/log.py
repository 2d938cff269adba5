"""Write to the log."""

from typing import ClassVar, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import DEFAULT_OUTPUT, node


class LogConfig(Config):
    """Settings of `log`."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    message: str = Field(
        "", title="Message", description="The text to write. {{name}} inserts a variable.",
        json_schema_extra={"widget": "multiline"},
    )  # fmt: skip
    level: Literal["debug", "info", "warn", "error"] = Field("info", title="Level", description="Severity of the line.")


@node(
    "log",
    category="data",
    title="Log",
    also="print, log message, echo, debug, output, note, 打印, 日志, 输出, 消息, 调试",
    summary="{message}",
    icon="scroll-text",
    outputs=(DEFAULT_OUTPUT,),
)
async def log(run: Run, config: LogConfig) -> str:
    """Write a line to the run's log.

    Result: the line.
    """
    run.log(config.message, config.level)
    return config.message
