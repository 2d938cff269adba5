"""Act on a window."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from flowdesk.engine.context import Run
from flowdesk.engine.ports import Window, WindowAction
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.errors import TargetNotFound
from flowdesk.model.geometry import Box
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot


def _american(action: Any) -> Any:
    return {"minimise": "minimize", "maximise": "maximize"}.get(str(action), action)


class WindowConfig(OptionalTargetConfig):
    """Settings of `window`."""

    action: Annotated[WindowAction, BeforeValidator(_american)] = Field(
        "activate", title="Action", description="What to do with the window."
    )
    x: int | None = Field(
        None,
        title="Left",
        description="New left edge in pixels.",
        json_schema_extra={"when": {"action": "move"}},
    )
    y: int | None = Field(
        None, title="Top", description="New top edge in pixels.", json_schema_extra={"when": {"action": "move"}}
    )
    width: int | None = Field(
        None, ge=1, title="Width", description="New width in pixels.", json_schema_extra={"when": {"action": "resize"}}
    )
    height: int | None = Field(
        None, ge=1, title="Height", description="New height in pixels.",
        json_schema_extra={"when": {"action": "resize"}},
    )  # fmt: skip
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the action.")


@node(
    "window",
    category="windows",
    title="Window",
    also="activate, focus, maximize, minimize, resize, close window, bring to front, 激活, 最大化, 最小化, 关闭窗口, 置顶, 聚焦, 窗口",
    summary="{action} {selector}",
    icon="app-window",
    uses={"input", "screen"},
    acts_by=lambda config: ("front",) if config["action"] in ("activate", "close") else ("geometry",),
)
async def window(run: Run, config: WindowConfig) -> dict[str, Any]:
    """Activate, close, minimize, maximize, restore, move, or resize a window.

    The target is a window, such as `window=Untitled`, or anything inside it; without a target it is the active window.
    What is not given of place and size stays. A window that asks something before it closes, such as whether to save, stays
    open: the node then fails with the question's title as `question`, at once, and the error output leads to the answer.

    Result: `title`, `app`, `pid` and `box` of the window as it was before.

    Raises:
        TargetNotFound: If there is no such window within the timeout.
        WindowAsks: If it asks something before it closes.
    """
    spot = await run.locate(config, config.selector, has_minimized=True) if config.selector else None
    found = chosen(await run.eyes.windows(), spot)
    if found is None:
        raise TargetNotFound(say("Window not found."), say("Enter the window, such as window=Untitled."))
    old = found.box
    box = Box(
        old.x if config.x is None else config.x,
        old.y if config.y is None else config.y,
        old.width if config.width is None else config.width,
        old.height if config.height is None else config.height,
    )
    hands = await run.hands()
    await hands.window(found, config.action, box if config.action in {"move", "resize"} else None)
    await run.sleep(config.wait_time)
    return {"title": found.title, "app": found.app, "pid": found.pid, "box": list(old)}


def chosen(windows: Sequence[Window], spot: Spot | None) -> Window | None:
    """The window that a spot is or lies in, the uppermost of several; without a spot the active window."""
    if spot is None:
        return next((each for each in windows if each.is_active), None)
    same = (each for each in windows if each.id == spot.window or (spot.window is None and each.box == spot.box))
    around = (each for each in windows if not each.is_minimized and each.box.contains(spot.box.center))
    return next(same, None) or next(around, None)
