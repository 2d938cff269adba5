"""Type text."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.engine.ports import TypingReport
from flowdesk.model.arrival import arrival, excerpt, first_difference
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.errors import InputFailed
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say


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
    fails rather than drop a character, and says what arrived where the field can be read. Line ends and tabs are the keys
    Return and Tab; inside a text for a field of several lines, `auto` pastes them. `{{secret:name}}` is read from the key store right before it is typed and
    appears nowhere else.

    Result: `characters` and `method` (`keys`, `paste` or `mixed`).

    Raises:
        TargetNotFound: If the field is not on the screen, or stays disabled, within its timeout.
        InputFailed: If a character cannot be delivered, or did not arrive.
    """
    spot = await run.locate(config, config.selector, to_act=True) if config.selector else None
    hands = await run.hands()
    if spot is not None:
        await hands.click(spot.point)
    if config.clear_first:
        await hands.clear_field(spot)
    text = run.reveal(config.text)
    report = await hands.type_text(text, config.method, config.key_delay, spot)
    _check_arrival(text, report, is_secret=text != config.text)
    await run.sleep(config.wait_time)
    return {"characters": report.characters, "method": report.method}


def _check_arrival(text: str, report: TypingReport, *, is_secret: bool) -> None:
    """Fail when the field certainly holds something else than what was typed.

    Raises:
        InputFailed: If so; says what arrived, but of a secret nothing.
    """
    held = report.read_back
    found = arrival(text, held, report.role)
    if found in ("arrived", "unknown") or held is None:
        return
    if is_secret:
        raise InputFailed(say("The text did not arrive exactly in the field."), say("Check that the field takes it."))
    if found == "nothing":
        raise InputFailed(
            say("Nothing arrived in the field."),
            say("Check that the field can be written to and that nothing else took the keyboard."),
            arrived="",
        )
    at = first_difference(text, held)
    if found == "cut":
        raise InputFailed(
            say(
                'Only the first {count} of {total} characters arrived: "{arrived}".',
                count=len(held), total=len(text), arrived=excerpt(held, len(held)),
            ),
            say("The field takes no more; shorten the text."),
            arrived=held,
        )  # fmt: skip
    raise InputFailed(
        say(
            'The field holds "{arrived}" where "{wanted}" was typed (from character {position}).',
            arrived=excerpt(held, at), wanted=excerpt(text, at), position=at + 1,
        ),
        say('Try the method "paste" or "keys"; a field that changes what is typed needs another text.'),
        arrived=held,
    )  # fmt: skip
