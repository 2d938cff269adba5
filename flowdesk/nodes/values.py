"""Giving a field its value by its program, without the keyboard: ``method: element`` of `input`."""

from typing import Any

from flowdesk.engine.context import Run
from flowdesk.model.config import OptionalTargetConfig
from flowdesk.model.errors import InputFailed, NodeError
from flowdesk.model.sentence import say


async def set_value(run: Run, config: OptionalTargetConfig, written: str, *, is_replacing: bool) -> dict[str, Any]:
    """Give the field that is the target a value, replacing what it held or behind it, and make sure that it holds exactly that.

    Args:
        run: The run.
        config: The settings of the node.
        written: The text as the node has it, with the names of secrets.
        is_replacing: Whether what the field held goes.

    Raises:
        NodeError: If no field is named.
        InputFailed: If it takes no value by its program, or holds another one then.
    """
    if not config.selector:
        raise NodeError(say("The method Element requires a target."), say("Choose the field as the target."))
    spot = await run.locate(config, config.selector, to_act="element")
    text = await run.reveal(written)
    if run.is_dry:
        return {"characters": len(text), "method": "element"}
    before = "" if is_replacing else (await run.eyes.state(spot)).text or ""
    await run.hands()
    held = await run.elements.set_element_text(spot, before + text)
    if held != before + text:
        is_secret = text != written
        raise InputFailed(
            say("The text in the field differs from the text that was typed.")
            if is_secret
            else say('The field contains "{arrived}" instead of "{wanted}".', arrived=held, wanted=before + text),
            say("Change Method to Keys or Paste: this field changes or refuses the value."),
        )
    return {"characters": len(text), "method": "element"}
