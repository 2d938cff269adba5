"""Read text from the screen."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.errors import NodeError
from flowdesk.model.geometry import Box
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.nodes.condition import text_at


class ReadTextConfig(OptionalTargetConfig):
    """Settings of `readText`."""

    variable: str = Field("", title="Variable", description="Where to keep the text as well; empty for nowhere.")
    method: Literal["auto", "ocr"] = Field(
        "auto", title="Method", description="`auto` asks the element and falls back to OCR, `ocr` reads the pixels."
    )
    wait_time: Duration = Field(0.0, title="Pause afterwards", description="How long to pause after reading.")


@node(
    "readText", category="screen", title="Read text", summary="{selector} {variable}", icon="scan-text", uses={"screen"}
)
async def read_text(run: Run, config: ReadTextConfig) -> dict[str, Any]:
    """Read the text of an element, of a target or of a region.

    Needs a target or a region.

    Result: `text`.

    Raises:
        TargetNotFound: If the target is not on the screen within its timeout.
        NodeError: If there is neither target nor region.
    """
    if config.selector:
        spot = await run.locate(config, config.selector)
        if config.method == "ocr":
            text = await run.eyes.read_text(spot.box)
        else:
            text = await text_at(run, await run.eyes.state(spot))
    elif config.region:
        text = await run.eyes.read_text(Box(*config.region))
    else:
        raise NodeError(say("There is nothing to read from."), say("Give a target or a region."))
    if config.variable:
        run.set_variable(config.variable, text)
    await run.sleep(config.wait_time)
    return {"text": text}
