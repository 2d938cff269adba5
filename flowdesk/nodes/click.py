"""Click at a target."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.engine.ports import Act
from flowdesk.model.config import Duration, TargetConfig
from flowdesk.model.errors import InputFailed, TargetOutOfSight
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say

Modifier = Literal["ctrl", "shift", "alt", "super"]


class ClickConfig(TargetConfig):
    """Settings of `click`."""

    click_type: Literal["left", "right", "middle", "double"] = Field(
        "left", title="Button", description="Mouse button; Double is two left clicks."
    )
    clicks: int = Field(1, ge=1, le=10, title="Clicks", description="How many times to click.")
    action: Literal["press", "down", "up"] = Field(
        "press", title="Action",
        description="Press and release, hold down until a later node releases it, or release. The end of the run releases everything.",
    )  # fmt: skip
    modifiers: tuple[Modifier, ...] = Field(
        (),
        title="Modifier keys",
        description="Keys to hold down while clicking.",
        json_schema_extra={"widget": "modifiers"},
    )
    method: Literal["pointer", "element", "auto"] = Field(
        "pointer", title="Method",
        description="Pointer clicks with the mouse. Element asks the program to press the element. Automatic does so only if the target cannot be scrolled into view.",
    )  # fmt: skip
    move_duration: Duration = Field(
        0.0, title="Move duration", description="How long the pointer takes to reach the target; 0 = jump."
    )
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the click.")


@node(
    "click",
    category="mouse",
    title="Click",
    also="press button, tap, double click, right click, mouse, button, hit, 单击, 双击, 右键, 鼠标, 按钮, 点一下, 点击, click image",
    summary="{selector} {clickType}",
    icon="mouse-pointer-click",
    uses={"input", "screen"},
    acts_by=lambda config: () if config["method"] == "element" else ("mouse",),
)
async def click(run: Run, config: ClickConfig) -> dict[str, Any]:
    """Click a target.

    Looks for the target until it is there and not disabled, moves the pointer to it and clicks.

    With the method `element` the program is asked to press its element, without mouse; that takes one plain click with the left
    button. `auto` uses the pointer, and the element only where it cannot be brought into sight; never through a menu or a dialog.

    With the action `down` the button stays down until a click with the action `up` releases it, or the run ends: between them, `move`
    draws a path.

    Result: `x`, `y`, `box`, `score`, `selector` of what was clicked, and `by`: `pointer` or `element`.

    Raises:
        TargetNotFound: If the target is not on the screen, or stays disabled, within its timeout.
        TargetOutOfSight: If it cannot be brought into sight.
        TargetCovered, TargetBlocked, TargetMoving: If input would not reach it.
        InputFailed: If the element does not offer to be pressed.
    """
    clicks = 2 if config.click_type == "double" else config.clicks
    button = "left" if config.click_type == "double" else config.click_type
    is_plain = button == "left" and clicks == 1 and not config.modifiers and config.action == "press"
    if config.method == "element":
        if not is_plain:
            raise InputFailed(
                say("The method Element supports only one left click without modifier keys."),
                say("Change Method to Pointer."),
            )
        return await _by_element(run, config)
    try:
        is_press = config.click_type in ("left", "double")
        act: Act = "press" if is_press and config.action != "up" else "point"
        spot = await run.locate(config, config.selector, to_act=act, may_hover=not config.move_duration)
    except TargetOutOfSight:
        if config.method != "auto" or not is_plain:
            raise
        run.log(say("The target is out of view, so flowdesk asked its program to press it."))
        return await _by_element(run, config)
    hands = await run.hands()
    if config.action == "down":
        await hands.hold_button(spot.point, button, config.move_duration)
    elif config.action == "up":
        await hands.let_go_button(spot.point, button, config.move_duration)
    else:
        await hands.click(spot.point, button, clicks, config.modifiers, config.move_duration)
    await run.sleep(config.wait_time)
    return {**spot.payload(), "by": "pointer"}


async def _by_element(run: Run, config: ClickConfig) -> dict[str, Any]:
    """Ask the program of an element to press it."""
    spot = await run.locate(config, config.selector, to_act="element")
    if run.is_dry:
        return {**spot.payload(), "by": "element"}
    await run.hands()
    await run.elements.press_element(spot)
    await run.sleep(config.wait_time)
    return {**spot.payload(), "by": "element"}
