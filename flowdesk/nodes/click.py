"""Click at a target."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, TargetConfig
from flowdesk.model.nodetype import node

Modifier = Literal["ctrl", "shift", "alt", "super"]


class ClickConfig(TargetConfig):
    """Settings of `click`."""

    click_type: Literal["left", "right", "middle", "double"] = Field(
        "left", title="Button", description="Which button; `double` is two clicks of the left one."
    )
    clicks: int = Field(1, ge=1, le=10, title="Clicks", description="How often to click.")
    modifiers: tuple[Modifier, ...] = Field(
        (), title="Held keys", description="Keys held down while clicking.", json_schema_extra={"widget": "modifiers"}
    )
    move_duration: Duration = Field(
        0.0, title="Move for", description="How long the pointer takes to get there; 0 jumps."
    )
    wait_time: Duration = Field(0.0, title="Pause afterwards", description="How long to pause after the click.")


@node(
    "click",
    category="mouse",
    title="Click",
    summary="{selector} {clickType}",
    icon="mouse-pointer-click",
    uses={"input", "screen"},
)
async def click(run: Run, config: ClickConfig) -> dict[str, Any]:
    """Click a target.

    Looks for the target until it is there and not disabled, moves the pointer to it and clicks.

    Result: `x`, `y`, `box`, `score`, `selector` of what was clicked.

    Raises:
        TargetNotFound: If the target is not on the screen, or stays disabled, within its timeout.
    """
    spot = await run.locate(config, config.selector, to_act=config.click_type in ("left", "double"))
    clicks = 2 if config.click_type == "double" else config.clicks
    button = "left" if config.click_type == "double" else config.click_type
    hands = await run.hands()
    await hands.click(spot.point, button, clicks, config.modifiers, config.move_duration)
    await run.sleep(config.wait_time)
    return spot.payload()
