"""Deal with what may show at any time."""

from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, TargetConfig, patience
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


class HandleConfig(TargetConfig):
    """Settings of `handle`."""

    timeout: Duration | None = patience("Not used: the target is looked for once before each node.")
    times: int = Field(
        0, ge=0, title="Maximum", description="Maximum number of times; 0 = unlimited."
    )  # fmt: skip


@node(
    "handle",
    category="flow",
    title="Whenever it shows",
    also="popup, dialog, catch, exception, on appear, whenever, cookie banner, 弹窗, 异常处理, 监听, 对话框, 捕获, 出现时处理",
    summary="{selector}",
    icon="shield",
    outputs=("default", "appeared"),
    kind="handle",
    uses={"screen"},
)
async def handle(run: Run, config: HandleConfig) -> dict[str, Any]:
    """Run the nodes connected to the output appeared whenever the target shows, then return.

    For what may come at any time: a cookie banner, a question whether to update, a message of another program. From this
    node on, every other node looks for the target before it looks for its own and before it acts, never in the middle of
    an action; a wait of some time is not cut short. What hangs on `appeared` runs to its end and is not interrupted itself;
    its edges lead nowhere else, and its errors end the run as those of any node. While the target still shows, it runs
    again, ten times in a row at most. Inside a loop or a subflow it holds to the end of that pass or subflow, and in
    the subflows that are called meanwhile. A dry run says whether the target shows, and runs nothing for it.

    Result: `count`, how often it was handled so far.

    Raises:
        LimitReached: If it still shows after it was handled ten times in a row.
        PictureUnusable: If its picture cannot be used.
    """
    sighting = await run.look(config, config.selector)  # what cannot be looked for fails here, not later
    if run.is_dry:
        target = config.selector if isinstance(config.selector, str) else " | ".join(config.selector)
        shows = say("would handle {selector}: it is shown now", selector=target)
        run.log(shows if sighting.spot is not None else say("would handle {selector} when it shows", selector=target))
    else:
        run.handle(run.query(config, config.selector), config.times)
    return {"count": 0}
