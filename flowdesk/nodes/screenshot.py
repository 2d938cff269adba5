"""Take a picture of the screen."""

from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.engine.evidence import file_name
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.geometry import Box
from flowdesk.model.nodetype import node


class ScreenshotConfig(OptionalTargetConfig):
    """Settings of `screenshot`."""

    filename: str = Field(
        "",
        title="File name",
        description="File name in the run's folder, such as form.png. Leave empty to use the node's name.",
    )
    full_screen: bool = Field(
        True,
        title="Whole screen",
        description="Capture the whole desktop. Turn off to capture only the target or region.",
    )
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the screenshot.")


@node(
    "screenshot",
    category="screen",
    title="Screenshot",
    also="capture, save image, picture, photo, snapshot, print screen, save screen, 截屏, 抓图, 屏幕, 图片, 图像, 快照, 截图",
    summary="{filename} {selector}",
    icon="camera",
    uses={"screen"},
    acts_by=lambda _: ("picture",),
)
async def screenshot(run: Run, config: ScreenshotConfig) -> dict[str, Any]:
    """Take a screenshot of the desktop, a monitor, a region, or a target.

    The PNG goes under the run's folder; a name that would leave it is refused. A name that is taken gets a number, so
    a picture taken in a loop is kept for each pass.

    Result: `path`, `width`, `height`, and `region` where not the whole desktop was taken.

    Raises:
        NodeError: If the name would leave the run's folder, or the folder is full.
        TargetNotFound: If the target is not on the screen within its timeout.
    """
    region = Box(*config.region) if config.region else None
    if config.selector:
        region = (await run.locate(config, config.selector)).box
    picture = await run.eyes.screenshot(region, config.monitor)
    name = config.filename.strip() or f"{file_name(run.node.id)}.png"
    path = run.save(name if name.lower().endswith(".png") else f"{name}.png", picture)
    await run.sleep(config.wait_time)
    width, height = int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    result: dict[str, Any] = {"path": str(path), "width": width, "height": height}
    return result if region is None else {**result, "region": list(region)}
