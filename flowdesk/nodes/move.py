"""Move the pointer."""

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, TargetConfig
from flowdesk.model.nodetype import node
from flowdesk.model.told import TargetSpot


class MoveConfig(TargetConfig):
    """Settings of `move`."""

    duration: Duration = Field(
        0.0, title="Move duration", description="How long the pointer takes to reach the target; 0 = jump."
    )
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the move.")


@node(
    "move",
    category="mouse",
    title="Move pointer",
    also="hover, mouse over, pointer, cursor, 悬停, 移动鼠标, 光标, 鼠标移到, 移动指针",
    summary="{selector}",
    icon="mouse-pointer-2",
    uses={"input", "screen"},
    acts_by=lambda _: ("mouse",),
)
async def move(run: Run, config: MoveConfig) -> TargetSpot:
    """Move the pointer to a target without clicking.

    Shows what only shows under the pointer, such as a menu or a tooltip.

    Result: `x`, `y`, `box`, `score`, `selector` of where the pointer is.

    Raises:
        TargetNotFound: If the target is not on the screen within its timeout.
        TargetCovered, TargetOutOfSight, TargetBlocked, TargetMoving: If input would not reach it.
    """
    spot = await run.locate(config, config.selector, to_act="point")
    await (await run.hands()).move(spot.point, config.duration)
    await run.sleep(config.wait_time)
    return spot.payload()
