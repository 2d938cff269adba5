"""Press keys."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.nodetype import node


def _split(value: Any) -> Any:
    """Read ``ctrl+s`` as two keys, and ``ctrl++`` as ``ctrl`` and ``+``."""
    return [part.strip() for part in re.split(r"(?<=[^+])\+", value.strip())] if isinstance(value, str) else value


KeyNames = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""Names of keys pressed together; a text such as ``ctrl+s`` is split."""


class KeysConfig(OptionalTargetConfig):
    """Settings of `keys`."""

    keys: KeyNames = Field(
        ..., min_length=1, title="Keys", description="Keys pressed together, in order, such as `ctrl`, `s`.",
        json_schema_extra={"widget": "keys"},
    )  # fmt: skip
    times: int = Field(1, ge=1, le=1000, title="Times", description="How often to press them.")
    hold: Duration = Field(0.0, title="Hold for", description="How long to hold the keys down.")
    wait_time: Duration = Field(0.0, title="Pause afterwards", description="How long to pause after the keys.")


@node("keys", category="keyboard", title="Press keys", summary="{keys}", icon="keyboard", uses={"input", "screen"})
async def keys(run: Run, config: KeysConfig) -> dict[str, Any]:
    """Press a key or a shortcut.

    With a target, it is clicked first; without one, the keys go to the window that has the focus. Keys are released in
    reverse order, also when the run is stopped.

    Result: `keys` and `times`.

    Raises:
        TargetNotFound: If the target is not on the screen within its timeout.
        InputFailed: If there is no such key.
    """
    spot = await run.locate(config, config.selector) if config.selector else None
    hands = await run.hands()
    if spot is not None:
        await hands.click(spot.point)
    await hands.press_keys(config.keys, config.times, config.hold)
    await run.sleep(config.wait_time)
    return {"keys": list(config.keys), "times": config.times}
