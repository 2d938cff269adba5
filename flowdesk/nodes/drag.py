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
        ..., min_length=1, title="To", description="Where to let go: a target like any other.",
        json_schema_extra={"widget": "target"},
    )  # fmt: skip
    button: Literal["left", "middle", "right"] = Field("left", title="Button", description="Which button is held.")
    modifiers: tuple[Modifier, ...] = Field(
        (), title="Held keys", description="Keys held down while dragging.", json_schema_extra={"widget": "modifiers"}
    )
    duration: Duration = Field(0.5, title="Move for", description="How long the way takes.")
    wait_time: Duration = Field(0.0, title="Pause afterwards", description="How long to pause after letting go.")


@node("drag", category="mouse", title="Drag", summary="{selector} → {to}", icon="grab", uses={"input", "screen"})
async def drag(run: Run, config: DragConfig) -> dict[str, Any]:
    """Drag a target to another place.

    Both places are looked for before the button goes down. `offset` and `occurrence` belong to the first; the
    button is released also when the run is stopped.

    Result: `from` and `to`, each with `x`, `y`, `box`, `score`, `selector`.

    Raises:
        TargetNotFound: If either is not on the screen within its timeout.
    """
    start = await run.locate(config, config.selector)
    end = await run.locate(config.model_copy(update={"offset": None, "occurrence": 1}), config.to)
    hands = await run.hands()
    await hands.drag(start.point, end.point, config.button, config.modifiers, config.duration)
    await run.sleep(config.wait_time)
    return {"from": start.payload(), "to": end.payload()}
