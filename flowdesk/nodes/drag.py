"""Drag from one target to another."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, SelectorText, TargetConfig
from flowdesk.model.nodetype import node
from flowdesk.nodes.click import Modifier


class DragConfig(TargetConfig):
    """Settings of `drag`."""

    to: SelectorText = Field(
        ..., min_length=1, title="Drop target", description="The target where the drag ends.",
        json_schema_extra={"widget": "target"},
    )  # fmt: skip
    button: Literal["left", "middle", "right"] = Field("left", title="Button", description="The mouse button to hold.")
    modifiers: tuple[Modifier, ...] = Field(
        (),
        title="Modifier keys",
        description="Keys to hold down while dragging.",
        json_schema_extra={"widget": "modifiers"},
    )
    duration: Duration = Field(0.5, title="Move duration", description="How long the drag takes.")
    wait_time: Duration = Field(
        0.0, title="Delay after action", description="How long to wait after releasing the button."
    )


@node(
    "drag",
    category="mouse",
    title="Drag",
    also="drag and drop, drop, drag to, slider, 拖放, 拖动, 滑块",
    summary="{selector} → {to}",
    icon="grab",
    uses={"input", "screen"},
    acts_by=lambda _: ("mouse",),
)
async def drag(run: Run, config: DragConfig) -> dict[str, Any]:
    """Drag a target to another place.

    Both places are looked for before the button goes down. `anchor`, `offset` and `occurrence` belong to the first; the
    button is released also when the run is stopped.

    Result: `from` and `to`, each with `x`, `y`, `box`, `score`, `selector`.

    Raises:
        TargetNotFound: If either is not on the screen within its timeout.
        TargetCovered, TargetOutOfSight, TargetBlocked, TargetMoving: If input would not reach either of them.
    """
    await run.locate(config, config.selector, to_act="point")
    end = await run.locate(config.of_another(), config.to, to_act="point")
    # Bringing the end into sight may have moved the start.
    start = await run.locate(
        config.model_copy(update={"scroll": "never"}), config.selector, to_act="press", may_hover=False
    )
    hands = await run.hands()
    await hands.drag(start.point, end.point, config.button, config.modifiers, config.duration)
    await run.sleep(config.wait_time)
    return {"from": start.payload(), "to": end.payload()}
