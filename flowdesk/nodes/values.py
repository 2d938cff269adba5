"""Giving a field its value by its program, without the keyboard: ``method: element`` of `input`."""

from typing import TYPE_CHECKING, Any

from flowdesk.engine.context import Run
from flowdesk.model.errors import InputFailed, NodeError
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    from flowdesk.nodes.input import InputConfig


async def set_value(run: Run, config: "InputConfig") -> dict[str, Any]:
    """Give a field its value, replacing what it held, and make sure that it holds exactly that.

    Raises:
        NodeError: If no field is named.
        InputFailed: If it takes no value by its program, or holds another one then.
    """
    if not config.selector:
        raise NodeError(say("The method Element requires a target."), say("Choose the field as the target."))
    spot = await run.locate(config, config.selector, to_act="element")
    text = run.reveal(config.text)
    if run.is_dry:
        return {"characters": len(text), "method": "element"}
    before = "" if config.clear_first else (await run.eyes.state(spot)).text or ""
    await run.hands()
    held = await run.elements.set_element_text(spot, before + text)
    if held != before + text:
        is_secret = text != config.text
        raise InputFailed(
            say("The text in the field differs from the text that was typed.")
            if is_secret
            else say('The field contains "{arrived}" instead of "{wanted}".', arrived=held, wanted=before + text),
            say("Change Method to Keys or Paste: this field changes or refuses the value."),
        )
    await run.sleep(config.wait_time)
    return {"characters": len(text), "method": "element"}
