"""Type text."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.nodetype import node


class InputConfig(OptionalTargetConfig):
    """Settings of `input`."""

    text: str = Field(
        ...,
        title="Text",
        description="What to type, in any language. `{{name}}` is filled in.",
        json_schema_extra={"widget": "multiline"},
    )
    clear_first: bool = Field(False, title="Clear first", description="Empty the field before typing.")
    method: Literal["auto", "keys", "paste"] = Field(
        "auto",
        title="Method",
        description="`keys` types, `paste` uses the clipboard and puts it back, `auto` picks what arrives exactly.",
    )
    key_delay: Duration = Field(0.01, title="Key delay", description="Pause between keys.")
    wait_time: Duration = Field(0.0, title="Pause afterwards", description="How long to pause after typing.")


@node(
    "input",
    category="keyboard",
    title="Type text",
    summary="“{text}” {selector}",
    icon="text-cursor-input",
    uses={"input", "screen"},
)
async def type_text(run: Run, config: InputConfig) -> dict[str, Any]:
    """Type text into a field, exactly.

    With a target, the field is clicked first; without one, the text goes to the field that has the focus. The node
    fails rather than drop a character. `{{secret:name}}` is read from the key store right before it is typed and
    appears nowhere else.

    Result: `characters` and `method` (`keys`, `paste` or `mixed`).

    Raises:
        TargetNotFound: If the field is not on the screen within its timeout.
        InputFailed: If a character cannot be delivered, or did not arrive.
    """
    spot = await run.locate(config, config.selector) if config.selector else None
    hands = await run.hands()
    if spot is not None:
        await hands.click(spot.point)
    if config.clear_first:
        await hands.clear_field(spot)
    report = await hands.type_text(run.reveal(config.text), config.method, config.key_delay, spot)
    await run.sleep(config.wait_time)
    return {"characters": report.characters, "method": report.method}
