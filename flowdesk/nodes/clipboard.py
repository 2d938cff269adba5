"""Read and write the clipboard."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config
from flowdesk.model.nodetype import node


class ClipboardConfig(Config):
    """Settings of `clipboard`."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    operation: Literal["get", "set"] = Field(
        "get", title="Operation", description="Get reads the clipboard. Set writes to it."
    )
    text: str = Field(
        "", title="Text", description="The text to put on the clipboard.",
        json_schema_extra={"widget": "multiline", "when": {"operation": "set"}},
    )  # fmt: skip
    variable: str = Field(
        "", title="Variable", description="Variable for the text (optional).",
        json_schema_extra={"when": {"operation": "get"}},
    )  # fmt: skip


@node(
    "clipboard",
    category="data",
    title="Clipboard",
    also="copy, paste, ctrl+c, ctrl+v, 复制, 粘贴, 剪贴, 剪贴板",
    summary="{operation} {text}",
    icon="clipboard",
    uses={"input"},
    acts_by=lambda _: ("clipboard",),
)
async def clipboard(run: Run, config: ClipboardConfig) -> dict[str, Any]:
    """Read or write the clipboard text.

    Result: `text`.
    """
    hands = await run.hands()
    if config.operation == "set":
        await hands.set_clipboard_text(config.text)
        return {"text": config.text}
    text = await hands.clipboard_text()
    if config.variable:
        run.assign(config.variable, text)
    return {"text": text}
