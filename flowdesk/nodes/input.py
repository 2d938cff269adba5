"""Type text."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.engine.ports import Attempts, TypingReport
from flowdesk.model.arrival import arrival, excerpt, first_difference
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.errors import InputFailed
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.nodes.parts import give_keyboard, reach
from flowdesk.nodes.values import set_value


class InputConfig(OptionalTargetConfig):
    """Settings of `input`."""

    text: str = Field(
        ...,
        title="Text",
        description="The text to type, in any language. {{name}} inserts a variable.",
        json_schema_extra={"widget": "multiline"},
    )
    clear_first: bool = Field(False, title="Clear first", description="Clear the field before typing.")
    method: Literal["auto", "keys", "paste", "element"] = Field(
        "auto",
        title="Method",
        description="Keys types each character. Paste uses the clipboard and restores it. Element sets the value without the keyboard. Automatic chooses a method that is exact.",
    )
    key_delay: Duration = Field(0.01, title="Key delay", description="How long to wait between keys.")
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after typing.")


@node(
    "input",
    category="keyboard",
    title="Type text",
    also="enter text, write, fill, form, field, keyboard, send text, set value, 填写, 录入, 键入, 填表, 打字, 文字, 输入文字",
    summary="“{text}” {selector}",
    icon="text-cursor-input",
    uses={"input", "screen"},
    acts_by=lambda config: () if config["method"] == "element" else ("keys",),
)
async def type_text(run: Run, config: InputConfig) -> dict[str, Any]:
    """Type text into a field, exactly.

    With a target, the field is clicked first, and the text goes only to its window; without one, it goes to the field that has the
    focus. A window or an application as the target is brought to the front, and the text goes to the field that has the focus there,
    or else to the field in the middle of the window. A window that takes the keyboard on the way, or a locked screen, ends the typing. Where the field can be read, it must hold
    what it held before with the text put in: the node fails rather than drop or add a character, and says what arrived. Line ends and
    tabs are the keys Return and Tab; `auto` pastes into fields of several lines, which complete or indent what is typed.
    A retry looks first at what the attempt before has left, and never types a text twice.
    `Clear first` selects all, and the text takes its place; it fails where no field has the keyboard. `{{secret:name}}` is read from
    the key store right before it is typed and appears nowhere else.

    Result: `characters`, `method` (`keys`, `paste` or `mixed`) and `verified`: whether the field was read and holds exactly the text.

    Raises:
        TargetNotFound: If the field is not on the screen, or stays disabled, within its timeout.
        InputFailed: If a character cannot be delivered, or did not arrive.
    """
    if config.method == "element":
        entered = await set_value(run, config, config.text, is_replacing=config.clear_first)
        if not run.is_dry:
            await run.sleep(config.wait_time)
        return entered
    text = await run.reveal(config.text)  # first: where the key store asks for its password, nothing is half done
    spot = await run.locate(config, config.selector, to_act=True) if config.selector else None
    hands = await run.hands()
    if spot is not None:
        if spot.is_window:
            await give_keyboard(run, spot)
        if (field := await run.elements.field_of(spot)) is not None:  # not every label takes a click for its field
            spot = await reach(run, spot, field.handle, spot.selector)
        if not spot.is_window:
            await hands.click(spot.point)
    if config.clear_first:
        await hands.clear_field(spot, is_followed=bool(config.text))
    attempts = run.memory.setdefault("attempts", Attempts())
    report = await hands.type_text(
        text, config.method, config.key_delay, spot, replaces=config.clear_first, attempts=attempts
    )
    is_verified = _check_arrival(text, report, is_secret=text != config.text)
    await run.sleep(config.wait_time)
    return {"characters": report.characters, "method": report.method, "verified": is_verified}


def _check_arrival(text: str, report: TypingReport, *, is_secret: bool) -> bool:
    """Fail when the field certainly holds something else than what was typed; return whether it is known to hold that.

    Raises:
        InputFailed: If so; says what arrived, but of a secret nothing.
    """
    held = report.read_back
    found = arrival(text, held, report.role, report.before, report.selected)
    if found in ("arrived", "unknown") or held is None:
        return found == "arrived"
    if is_secret:
        raise InputFailed(
            say("The text in the field differs from the text that was typed."),
            say("Check that the field accepts the text."),
        )
    if report.is_open:
        raise InputFailed(
            say("The program received the text, but the field does not show it yet. It may still arrive."),
            say("Check the field before you type the text again. Retries do so automatically."),
            arrived=held,
            mayArrive=True,
        )
    if found == "nothing":
        raise InputFailed(
            say("The field received no text."),
            say("Check that the field is editable and keeps the keyboard focus."),
            arrived="",
        )
    at = first_difference(text, held)
    if found == "cut":
        raise InputFailed(
            say(
                'Only the first {count} of {total} characters arrived: "{arrived}".',
                count=len(held), total=len(text), arrived=excerpt(held, len(held)),
            ),
            say("Shorten the text: the field is full."),
            arrived=held,
        )  # fmt: skip
    raise InputFailed(
        say(
            "The field contains \"{arrived}\" instead of \"{wanted}\" (from character {position}).",
            arrived=excerpt(held, at), wanted=excerpt(text, at), position=at + 1,
        ),
        say("Change Method to Paste or Keys. If the field changes what is typed, adapt the text."),
        arrived=held,
    )  # fmt: skip
