"""Tick or untick something."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, TargetConfig
from flowdesk.model.errors import InputFailed, NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.parts import Tick
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot
from flowdesk.nodes.parts import LOOK, SETTLE_SECONDS, press, reach, shows

_ROUNDS = 3
"""Clicks that something with three states may need."""
_ITEMS = frozenset({"list_item", "table_cell", "tree_item"})
_ITEM_SECONDS = 2.0
"""After so long a click that only selects an item has not ticked it."""


class CheckConfig(TargetConfig):
    """Settings of `check`."""

    state: Literal["on", "off"] = Field("on", title="State", description="The state that you want.")
    method: Literal["pointer", "element"] = Field(
        "pointer", title="Method",
        description="Pointer clicks with the mouse. Element asks the program directly, without the mouse.",
    )  # fmt: skip
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the action.")


@node(
    "check",
    category="mouse",
    title="Check",
    also="checkbox, tick, toggle, radio, switch on, uncheck, 勾选, 复选框, 单选, 开关, 打勾, 取消勾选",
    summary="{selector} {state}",
    icon="square-check",
    uses={"input", "screen"},
    acts_by=lambda config: () if config["method"] == "element" else ("mouse",),
)
async def check(run: Run, config: CheckConfig) -> dict[str, Any]:
    """Turn a check box, switch, radio button, or toggle button on or off.

    Does nothing where it is so already. Otherwise it is clicked, and the node succeeds only when it says that it is as
    asked. A check box with three states is clicked until it is. The tick of an entry in a menu is set by `menu`.

    Result: `state`, and `changed`: whether anything was done.

    Raises:
        TargetNotFound: If the target is not on the screen, or stays disabled, within its timeout.
        NodeError: If the target does not tell whether it is on.
        InputFailed: If it does not take the state.
    """
    spot = await run.locate(config, config.selector)
    before = await run.elements.tick(spot)
    if before is None:
        raise NodeError(
            say('"{target}" does not report whether it is on or off.', target=spot.selector),
            say("Choose a check box, switch, or radio button that its program publishes, or use a Click node."),
        )
    if before != config.state and not run.is_dry:
        await _turn(run, config, before)
    await run.sleep(config.wait_time)
    return {"state": config.state, "changed": before != config.state, **spot.payload()}


async def _turn(run: Run, config: CheckConfig, before: Tick) -> None:
    spot = await run.locate(config, config.selector, to_act="press" if config.method == "pointer" else "element")
    method = config.method
    if method == "pointer" and await run.elements.holds_controls(spot):
        method = "element"  # a click in the middle of a group would be one on what is in it
    if config.state == "off" and spot.element is not None and spot.element.role == "radio_button":
        raise NodeError(
            say("A radio button cannot be turned off."),
            say("Turn on another button of its group, or use the Choose node."),
        )
    if method == "pointer" and (labelled := await run.elements.labelled(spot)) is not None:
        spot = await reach(
            run, spot, labelled.handle, spot.selector
        )  # not every label takes a click for what it labels
    now: Tick | None = before
    for _ in range(_ROUNDS):
        last = now
        await _act(run, method, spot)
        is_item = spot.element is not None and spot.element.role in _ITEMS and method == "pointer"
        now = await _changed(run, spot, last, _ITEM_SECONDS if is_item else SETTLE_SECONDS)
        if now == last and is_item:
            await (await run.hands()).press_keys(["space"])  # a click selects the item, the space bar ticks it
            now = await _changed(run, spot, last, SETTLE_SECONDS)
        if now == config.state:
            return
        if now == last or now is None:
            break
    raise InputFailed(
        say('flowdesk clicked "{target}", but it is now {state}.', target=spot.selector, state=_word(now)),
        say("Check whether the program requires another step first."),
        state=now,
    )


async def _act(run: Run, method: str, spot: Spot) -> None:
    if method == "element":
        await run.hands()
        await run.elements.press_element(spot)
    else:
        await press(run, spot)


async def _changed(run: Run, spot: Spot, before: Tick | None, seconds: float) -> Tick | None:
    """Return what it says once it says another thing than before, and goes on saying so."""
    now = before

    async def is_other() -> bool:
        nonlocal now
        now = await run.elements.tick(spot)
        return now != before

    if await shows(run, is_other, seconds):
        await run.sleep(2 * LOOK)  # a program that refuses takes it back at once
        now = await run.elements.tick(spot)
    if now is None and before == "on" and await run.elements.spot_of(spot, spot.handle) is not None:
        return "off"  # GTK 4 says of a button that is up the same as of one that cannot stay down
    return now


def _word(state: Tick | None) -> str:
    words = {"on": say("on"), "off": say("off"), "mixed": say("partially on")}
    return words[state] if state is not None else say("gone")
