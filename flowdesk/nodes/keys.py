"""Press keys."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, KeyNames, OptionalTargetConfig
from flowdesk.model.nodetype import node
from flowdesk.nodes.parts import give_keyboard


class KeysConfig(OptionalTargetConfig):
    """Settings of `keys`."""

    keys: KeyNames = Field(
        ..., min_length=1, title="Keys", description="Keys to press together, in this order, such as ctrl, s.",
        json_schema_extra={"widget": "keys"},
    )  # fmt: skip
    times: int = Field(1, ge=1, le=1000, title="Times", description="How many times to press the keys.")
    action: Literal["press", "down", "up"] = Field(
        "press", title="Action",
        description="Press and release, hold down until a later node releases them, or release. The end of the run releases everything.",
    )  # fmt: skip
    hold: Duration = Field(0.0, title="Hold duration", description="How long to hold the keys.")
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the keys.")


@node(
    "keys",
    category="keyboard",
    title="Press keys",
    also="hotkey, shortcut, key, keyboard, enter, ctrl, press key, send keys, combination, 热键, 快捷键, 键盘, 回车, 组合键, 按键",
    summary="{keys}",
    icon="keyboard",
    uses={"input", "screen"},
    acts_by=lambda _: ("keys",),
)
async def keys(run: Run, config: KeysConfig) -> dict[str, Any]:
    """Press a key or a shortcut.

    With a target, it is clicked first, and the keys go only to its window; a window or an application is brought to the front instead.
    Without a target, they go to the window that has the focus.
    A shortcut means keys: `ctrl`, `s` is the same with CapsLock on, and locks are left as they were. Keys are released in reverse
    order, also when the run is stopped.

    With the action `down` they stay down until a node with the same keys and the action `up` releases them, or the run ends.
    Text is typed exactly, so typing fails while Shift or Ctrl is held.

    Result: `keys` and `times`.

    Raises:
        TargetNotFound: If the target is not on the screen within its timeout.
        InputFailed: If there is no such key, or another window has the keyboard.
    """
    spot = await run.locate(config, config.selector, to_act=True) if config.selector else None
    hands = await run.hands()
    if spot is not None:
        await give_keyboard(run, spot)
    if config.action == "down":
        await hands.hold_keys(config.keys, spot)
    elif config.action == "up":
        await hands.let_go_keys(config.keys)
    else:
        await hands.press_keys(config.keys, config.times, config.hold, spot)
    await run.sleep(config.wait_time)
    return {"keys": list(config.keys), "times": config.times}
