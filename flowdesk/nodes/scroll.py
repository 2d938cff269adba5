"""Turn the wheel, by so much or until something shows."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, OptionalTargetConfig, SelectorText
from flowdesk.model.errors import LimitReached, TargetNotFound
from flowdesk.model.geometry import Box
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot
from flowdesk.nodes.click import Modifier

_WAYS = {"down": (0, 1), "up": (0, -1), "right": (1, 0), "left": (-1, 0)}

_LITTLE = 64
"""So many pixels change where a text cursor blinks: less is no movement."""

_LOOK_APART, _PATIENCE, _SLOWEST = 0.1, 1.5, 0.5
"""Seconds between two looks at what scrolls; for how long it may move; how long a slow program may take to begin."""


class ScrollConfig(OptionalTargetConfig):
    """Settings of `scroll`."""

    direction: Literal["down", "up", "left", "right"] = Field(
        "down", title="Direction", description="Direction to scroll."
    )
    amount: int = Field(
        3,
        ge=0,
        le=1000,
        title="Clicks",
        description="Number of wheel steps. With Until visible: steps between two checks.",
    )
    until: SelectorText | None = Field(
        None, title="Until visible", description="Scroll until this target is visible. Leave empty to scroll once.",
        json_schema_extra={"widget": "target"},
    )  # fmt: skip
    most: int = Field(
        300, ge=1, le=100_000, title="Maximum", description="Maximum wheel steps before the node fails.",
        json_schema_extra={"when": {"until": True}},
    )  # fmt: skip
    modifiers: tuple[Modifier, ...] = Field(
        (), title="Modifier keys", description="Keys to hold down while scrolling. In many programs, ctrl zooms.",
        json_schema_extra={"widget": "modifiers"},
    )  # fmt: skip
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after scrolling.")


@node(
    "scroll",
    category="mouse",
    title="Scroll",
    also="wheel, page down, swipe, 滚轮, 翻页, 滑动, 下拉, 滚动",
    summary="{direction} {amount} {selector} {until}",
    icon="arrow-down-up",
    uses={"input", "screen"},
    acts_by=lambda _: ("mouse",),
)
async def scroll(run: Run, config: ScrollConfig) -> dict[str, Any]:
    """Turn the mouse wheel.

    Over the target if there is one, else where the pointer is. With `until` it goes on until that target is in sight: it
    looks, turns the wheel by so many clicks, waits until nothing moves any more, and looks again. What is in sight already is
    not scrolled for. It ends when nothing moves any more.

    Result: `dx` and `dy`, the clicks right and down; with `until` also `x`, `y`, `box`, `score`, `text` of what showed.

    Raises:
        TargetNotFound: If the target is not on the screen within its timeout, or `until` not there at the end.
        LimitReached: If `until` did not show within so many clicks.
        TargetCovered, TargetOutOfSight, TargetBlocked, TargetMoving: If input would not reach it.
    """
    spot = await run.locate(config, config.selector, to_act="point") if config.selector else None
    found: dict[str, Any] = {}
    clicks = config.amount
    if config.until and run.is_dry:
        sighting = await run.look(config.of_another(), config.until)
        found = dict(sighting.spot.payload()) if sighting.spot is not None else {}
    if config.until and not run.is_dry:
        clicks, shown = await _until_shown(run, config, config.until, spot)
        found = dict(shown.payload())
    else:
        await _turn(run, config, spot, clicks)
    across, down = (way * clicks for way in _WAYS[config.direction])
    await run.sleep(config.wait_time)
    return {**found, "dx": across, "dy": down}


async def _turn(run: Run, config: ScrollConfig, spot: Spot | None, clicks: int) -> None:
    across, down = (way * clicks for way in _WAYS[config.direction])
    await (await run.hands()).scroll(across, down, spot.point if spot else None, config.modifiers)


async def _until_shown(run: Run, config: ScrollConfig, until: str | list[str], spot: Spot | None) -> tuple[int, Spot]:
    """Scroll until a target is in sight; return the clicks that it took, and the target."""
    area = spot.box if spot is not None and spot.box.width > 1 else await _under_pointer(run)
    step, clicks = max(1, config.amount), 0
    shown: list[Spot] = []

    async def is_in_sight() -> bool:
        seen = (await run.look(config.of_another(), until)).spot
        sight = await run.sight(seen) if seen is not None else None
        if seen is not None and sight is not None and sight.is_in:
            shown.append(seen)
        return bool(shown)

    while not await run.wait_until(is_in_sight, 0.0):
        if clicks >= config.most:
            raise LimitReached(
                say("\"{until}\" did not appear within {clicks} scroll steps.", clicks=clicks, until=_named(until)),
                say("Increase Maximum, or scroll in the other direction."), limit=config.most,
            )  # fmt: skip
        turn = min(step, config.most - clicks)
        key = f"{run.node.id}:{run.now()}:{clicks}"
        await run.eyes.changed_fraction(area, key, since_first=True)
        await _turn(run, config, spot, turn)
        if not await _has_moved(run, area, key):
            raise TargetNotFound(
                say("\"{until}\" did not appear after scrolling to the end ({clicks} steps).", clicks=clicks, until=_named(until)),
                say("Scroll in the other direction or at another place, or correct the target."),
                selector=_named(until),
            )  # fmt: skip
        clicks += turn
    return clicks, shown[0]


async def _under_pointer(run: Run) -> Box | None:
    """Return the window that the wheel turns over; ``None``, the whole screen, where there is none."""
    point = await run.eyes.pointer()
    windows = (window for window in await run.eyes.windows() if not window.is_minimized)
    return next((window.box for window in windows if window.box.contains(point)), None)


async def _has_moved(run: Run, area: Box | None, key: str) -> bool:
    """Wait until nothing moves any more, and say whether it is elsewhere than before: a bounce at the end is no way."""
    boxes = [area] if area is not None else [monitor.box for monitor in await run.eyes.monitors()]
    little = _LITTLE / max(1, sum(box.width * box.height for box in boxes))
    begun, is_first = run.now(), True
    await run.eyes.changed_fraction(area, f"{key}:now")
    while True:
        await run.sleep(_LOOK_APART)
        is_still = await run.eyes.changed_fraction(area, f"{key}:now") <= little
        waited = run.now() - begun
        if not is_still and waited < _PATIENCE:
            is_first = False
            continue
        if await run.eyes.changed_fraction(area, key, since_first=True) > little:
            return True
        if not is_first or waited >= _SLOWEST:
            return False


def _named(until: str | list[str]) -> str:
    return until if isinstance(until, str) else " | ".join(until)
