"""Turn the wheel."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.nodetype import node
from flowdesk.nodes.click import Modifier

_WAYS = {"down": (0, 1), "up": (0, -1), "right": (1, 0), "left": (-1, 0)}


class ScrollConfig(OptionalTargetConfig):
    """Settings of `scroll`."""

    direction: Literal["down", "up", "left", "right"] = Field("down", title="Direction", description="Which way.")
    amount: int = Field(3, ge=0, le=1000, title="Clicks", description="How many clicks of the wheel.")
    modifiers: tuple[Modifier, ...] = Field(
        (), title="Held keys", description="Keys held down meanwhile; `ctrl` zooms in many programs.",
        json_schema_extra={"widget": "modifiers"},
    )  # fmt: skip
    wait_time: Duration = Field(0.0, title="Pause afterwards", description="How long to pause after scrolling.")


@node(
    "scroll",
    category="mouse",
    title="Scroll",
    summary="{direction} {amount} {selector}",
    icon="arrow-down-up",
    uses={"input", "screen"},
)
async def scroll(run: Run, config: ScrollConfig) -> dict[str, Any]:
    """Turn the mouse wheel.

    Over the target if there is one, else where the pointer is.

    Result: `dx` and `dy`, the clicks right and down.

    Raises:
        TargetNotFound: If the target is not on the screen within its timeout.
    """
    spot = await run.locate(config, config.selector) if config.selector else None
    across, down = (way * config.amount for way in _WAYS[config.direction])
    await (await run.hands()).scroll(across, down, spot.point if spot else None, config.modifiers)
    await run.sleep(config.wait_time)
    return {"dx": across, "dy": down}
