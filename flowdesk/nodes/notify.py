"""Tell a person something and go on."""

from typing import ClassVar

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import DEFAULT_OUTPUT, node
from flowdesk.model.sentence import say


class NotifyConfig(Config):
    """Settings of `notify`."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    message: str = Field(
        ..., min_length=1, title="Message", description="The text to show. {{name}} inserts a variable.",
        json_schema_extra={"widget": "multiline"},
    )  # fmt: skip
    title: str = Field("", title="Heading", description="Shown above the message (optional).")


@node(
    "notify",
    category="people",
    title="Notify",
    also="notification, toast, tray tip, tooltip, alert, tell, beep, sound, 通知, 提醒, 气泡, 托盘提示, 提示音",
    summary="{message}",
    icon="bell",
    outputs=(DEFAULT_OUTPUT,),
)
async def notify(run: Run, config: NotifyConfig) -> dict[str, bool]:
    """Show a notification on the desktop and continue at once.

    The message is also written to the log, so it is not lost where the desktop shows no notifications.

    Result: `shown`, whether the desktop took it.
    """
    run.log(config.message)
    if run.is_dry:
        return {"shown": False}
    show = run.services.notify
    shown = show is not None and await show(config.title or "flowdesk", config.message)
    if not shown:
        run.log(say("This desktop shows no notifications; the message is only in the log."), "warn")
    return {"shown": shown}
