"""Find one target, or all of them."""

import io
from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, TargetConfig, patience
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box, Point
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.model.target import Sighting


class FindConfig(TargetConfig):
    """Settings of `find`."""

    all: bool = Field(False, title="All", description="Find all matches, not only the first.")
    timeout: Duration | None = patience("How long to look until there is a match; 0 = look once, which is the default.")
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the search.")


@node(
    "find",
    category="screen",
    title="Find",
    also="locate, search, image, find image, count, exists, all matches, picture, 查找图像, 定位, 找图, 搜索, 图片, 图像, 匹配, 查找",
    summary="{selector}",
    icon="search",
    uses={"screen"},
)
async def find(run: Run, config: FindConfig) -> dict[str, Any]:
    """Find a target, or all matching targets, and continue.

    Nothing found is no failure: `count` is 0 then. Without a `timeout` it looks once, else until there is something. All
    places are found exactly, in the order in which people read; of several selectors, those of the first that hits. Text is
    looked for by accessibility and in the pixels, which takes long on a whole screen: name a window. A loop takes them one
    after the other: `{{find.matches}}`, then a click at `{{item.x}},{{item.y}}`.

    Some selectors give values: `point=+0,+0` where the pointer is, `active` the title (`text`) and the place of the active window,
    `point=40,60` the color of that pixel.

    Result: `count`; `selector`, which one hit, so that a Switch can tell several apart; `color` of the pixel at the first match, and `rgb`, the same as three numbers; `matches`, each with `x`, `y`, `box`, `score`, `text`, `selector`.

    Raises:
        LimitReached: If more than 10,000 places fit.
        PictureUnusable: If its picture cannot be used.
    """
    options = config.model_copy(update={"occurrence": None}) if config.all else config
    seen = Sighting()

    async def is_there() -> bool:
        nonlocal seen
        seen = await run.look(options, config.selector, is_all=config.all)
        return seen.spot is not None

    await run.wait_until(is_there, 0.0 if run.is_dry else config.timeout or 0.0)
    spots = seen.spots if config.all else seen.spots[:1]
    if seen.miss is not None:
        run.log(say("not found: {reason}", reason=seen.miss.reason), "debug")
    color = await _color(run, spots[0].point) if spots else None
    await run.sleep(config.wait_time)
    return {
        "count": len(spots),
        "color": color,
        "rgb": [int(color[place : place + 2], 16) for place in (1, 3, 5)] if color else None,
        "selector": spots[0].selector if spots else None,
        "matches": [spot.payload() for spot in spots],
    }


async def _color(run: Run, point: Point) -> str | None:
    """Return the color of a pixel as `#rrggbb`; ``None`` where it is off the screen."""
    try:
        picture = await run.eyes.screenshot(Box(point.x, point.y, 1, 1))
    except FlowdeskError:
        return None
    from PIL import Image  # loaded by the first look at a color

    red, green, blue = Image.open(io.BytesIO(picture), formats=("PNG",)).convert("RGB").tobytes()[:3]
    return f"#{red:02x}{green:02x}{blue:02x}"
