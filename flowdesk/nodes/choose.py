"""Choose an option."""

import contextlib
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import ACTION_TIMEOUT, Run
from flowdesk.model.config import Duration, TargetConfig
from flowdesk.model.errors import InputFailed, NodeError, TargetAmbiguous, TargetNotFound, TargetOutOfSight
from flowdesk.model.geometry import Box, Point
from flowdesk.model.nodetype import node
from flowdesk.model.parts import Part, Parts, fitting, nearest, plain
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot
from flowdesk.nodes.parts import SETTLE_SECONDS, bring, press, press_inside, reach, shows, take, take_by_keys

_LEAST_SECONDS = 3.0
"""So long reading the options may take in any case."""
_READING = 30.0
"""So long it may take where no timeout is set: tens of thousands of options on a busy machine."""
_EMPTY_SECONDS = 0.3
"""After so long a closed combo box that tells no options is opened for them."""


class ChooseConfig(TargetConfig):
    """Settings of `choose`."""

    option: int | str = Field(
        ..., title="Option", description="The option's text, or its number (1 = the first).",
    )  # fmt: skip
    method: Literal["pointer", "element"] = Field(
        "pointer", title="Method",
        description="Pointer clicks with the mouse. Element asks the program directly, without the mouse.",
    )  # fmt: skip
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the action.")


@node(
    "choose",
    category="mouse",
    title="Choose",
    also="select, dropdown, drop-down, combo box, list, option, tab, pick from list, 下拉框, 选择, 列表, 选项, 组合框, 标签页",
    summary="{option} {selector}",
    icon="list-checks",
    uses={"input", "screen"},
    acts_by=lambda config: () if config["method"] == "element" else ("mouse",),
)
async def choose(run: Run, config: ChooseConfig) -> dict[str, Any]:
    """Select an option in a combo box, list, radio group, or tab bar.

    Does nothing where it is chosen already. A combo box is opened, a long list is scrolled, the option is clicked, and the
    node succeeds only when it says that the option is chosen. The target of radio buttons is any of them or
    their group; that of tabs any tab or their bar.

    Result: `option` (its text), `number`, and `changed`: whether anything was done.

    Raises:
        TargetNotFound: If the target is not on the screen within its timeout, or there is no such option.
        TargetAmbiguous: If several options are called so.
        NodeError: If the target does not tell its options, or the option is disabled.
        InputFailed: If the option is not chosen afterwards.
    """
    spot = await run.locate(config, config.selector)
    found = await _told(run, config, spot)
    named = await _named(run, spot) if not found.kind else None
    if named is not None:
        found = await _told(run, config, named)
    if not found.kind:
        raise NodeError(
            say('"{target}" does not list its options.', target=spot.selector),
            say("Choose a combo box, list, radio button, or tab that its program publishes, or use Click nodes."),
        )
    if holds(found, config.option):
        part = None
    else:
        if run.is_dry:
            return {"option": str(config.option), "number": None, "changed": True, **spot.payload()}
        spot = await _acted_on(run, config, named or spot, found, is_named=named is not None)
        part = await _choose(run, config, spot, found)
    await run.sleep(config.wait_time)
    text = part.text if part else (found.value or str(config.option))
    number = part.number if part else next((one.number for one in found.parts if one.is_chosen), None)
    return {"option": text, "number": number, "changed": part is not None, **spot.payload()}


async def _told(run: Run, config: ChooseConfig, spot: Spot) -> Parts:
    """Return what can be chosen, once the option is there; a list may still be filling. At the end of the time as it is then."""
    found, begun = Parts(""), run.now()
    timeout = ACTION_TIMEOUT if config.timeout is None else config.timeout

    async def is_there() -> bool:
        nonlocal found
        wanted = _READING if config.timeout is None else timeout
        patience = max(_LEAST_SECONDS, wanted - (run.now() - begun)) if wanted else None
        found = await run.elements.parts(spot, patience)
        option = config.option
        number = int(option) if isinstance(option, int) or option.strip().isdigit() else 0
        is_told = bool(found.parts) and (0 < number <= len(found.parts) or bool(fitting(found.parts, str(option))))
        return (
            is_told
            or holds(found, option)
            or (found.kind in ("", "combo") and not found.parts and run.now() - begun > _EMPTY_SECONDS)
        )

    await run.wait_until(is_there, timeout)
    return found


async def _named(run: Run, label: Spot) -> Spot | None:
    """Return the combo box that a label names by where it stands: not every program ties the two together."""
    named = await run.elements.named_by(label)
    is_combo = named is not None and (await run.elements.parts(named)).kind == "combo"
    return named if is_combo else None


async def _acted_on(run: Run, config: ChooseConfig, spot: Spot, found: Parts, *, is_named: bool) -> Spot:
    """Bring what holds the options through the gate; of a list or a group its options are, one by one."""
    if is_named:
        return spot if config.method == "element" else await reach(run, spot, spot.handle, spot.selector)
    if config.method == "element":
        return await run.locate(config, config.selector, to_act="element")
    if found.kind == "combo":
        if (labelled := await run.elements.labelled(spot)) is not None:
            return await reach(run, spot, labelled.handle, spot.selector)
        return replace(await run.locate(config, config.selector, to_act="press"), handle=spot.handle)
    return spot


def holds(found: Parts, option: int | str) -> bool:
    """Whether an option is chosen already. Of several of one name only a number says which is meant."""
    if isinstance(option, int):
        here = [part for part in found.parts if part.number == option]
        if not here:
            return False
        if here[0].is_chosen is not None and any(part.is_chosen for part in found.parts):
            return bool(here[0].is_chosen) and (found.kind != "combo" or found.value in (None, here[0].text))
        same = [part for part in found.parts if part.text == here[0].text]
        return len(same) == 1 and found.value == here[0].text
    fits = fitting(found.parts, option)
    if len(fits) > 1:
        return False
    if fits and found.kind != "combo" and any(part.is_chosen for part in found.parts):
        return bool(fits[0].is_chosen)  # rows may begin with the same text
    if found.value is not None:
        return plain(found.value) == (plain(fits[0].text) if fits else plain(option))
    return bool(fits and fits[0].is_chosen)


def wanted_part(found: Parts, option: int | str) -> Part:
    """Return the part that is meant.

    Raises:
        TargetNotFound: If there is none; names the nearest.
        TargetAmbiguous: If several are called so.
        NodeError: If it is disabled.
    """
    fits = [] if isinstance(option, int) else fitting(found.parts, option)
    if len(fits) > 1:
        numbers = ", ".join(str(part.number) for part in fits[:10])
        raise TargetAmbiguous(
            say(
                '{count} options are named "{option}": numbers {numbers}.',
                count=len(fits),
                option=option,
                numbers=numbers,
            ),
            say("Enter the number of the option instead."),
            options=[part.number for part in fits[:10]],
        )
    if not fits and (isinstance(option, int) or option.strip().isdigit()):
        fits = [part for part in found.parts if part.number == int(option)]
    if not fits:
        raise _absent(found, option)
    if not fits[0].is_enabled:
        raise NodeError(
            say('The option "{option}" is disabled.', option=fits[0].text),
            say("Check whether another option must be selected first."),
        )
    return fits[0] if isinstance(option, int) else fits[0].borne_by(option)


def _absent(found: Parts, option: int | str) -> TargetNotFound:
    if isinstance(option, int):
        return TargetNotFound(
            say(
                "Option {number} does not exist: the list has {count}.",
                number=option,
                count=found.total or len(found.parts),
            ),
            say("Enter an existing number, or the text of the option."),
        )
    names = nearest(found.parts, option)
    if found.total > len(found.parts) and not found.parts:
        return TargetNotFound(
            say("The list has {count} entries, too many to search by text.", count=found.total),
            say("Filter the list first, with its search or filter field."),
        )
    return TargetNotFound(
        say('Option "{option}" not found. Nearest: {names}.', option=option, names=", ".join(names))
        if names
        else say('Option "{option}" not found: the list is empty.', option=option),
        say("Choose an option from the list, or wait until the list has loaded."),
        options=names,
    )


async def _choose(run: Run, config: ChooseConfig, spot: Spot, found: Parts) -> Part:
    if found.kind == "combo":
        return await _from_combo(run, config, spot, found)
    part = wanted_part(found, config.option)
    if config.method == "element":
        await run.hands()
        await _by_program(run, spot, found, part)
    else:
        await _from_list(run, spot, found, part)
    await _confirm(run, spot, part)
    return part


async def _by_program(run: Run, spot: Spot, found: Parts, part: Part) -> None:
    if found.handle is None or not await run.elements.select_part(spot, found, part):
        await run.elements.press_element(replace(spot, handle=part.handle))


async def _from_list(run: Run, spot: Spot, found: Parts, part: Part) -> None:
    if found.kind == "list":

        async def frame() -> Box | None:
            return found.frame

        part = await bring(run, spot, found, part, frame)
    await press_inside(run, spot, part.handle, part.text)


async def _confirm(run: Run, spot: Spot, part: Part) -> None:
    now: Parts = Parts("")

    async def is_chosen() -> bool:
        nonlocal now
        if now.kind == "combo" or not now.kind:
            now = await run.elements.parts(spot)
        if now.kind == "combo":
            chosen = [one.number for one in now.parts if one.is_chosen]
            if chosen and part.handle is not None:
                return chosen == [part.number] and (now.value is None or plain(now.value) == plain(part.text))
            return now.value is not None and plain(now.value) == plain(part.text)
        again = await run.elements.part(spot, part)
        return again is not None and bool(again.is_chosen)

    if not await shows(run, is_chosen, SETTLE_SECONDS):
        if now.kind != "combo":
            now = await run.elements.parts(spot)
        raise InputFailed(
            say('flowdesk clicked "{option}", but "{value}" is selected.', option=part.text, value=now.value)
            if now.value
            else say('flowdesk clicked "{option}", but the program does not report it as selected.', option=part.text),
            say("Check whether the option is disabled, or whether the program changes the choice."),
            value=now.value,
        )


# -- combo boxes


async def _from_combo(run: Run, config: ChooseConfig, spot: Spot, found: Parts) -> Part:
    if found.parts:
        wanted_part(found, config.option)  # what is not there need not be opened for
    if config.method == "element" and found.parts:
        part = wanted_part(found, config.option)
        await run.hands()
        await _by_program(run, spot, found, part)
        await _confirm(run, spot, part)
        return part
    await press(run, replace(spot, point=_arrow(spot.box)) if found.is_editable else spot)
    try:
        opened = await _opened(run, spot, config.option)
        part = wanted_part(opened, config.option)

        async def frame() -> Box | None:
            return await _frame(run, spot, opened)

        try:
            placed = await _in_popup(run, spot, opened, part) or await bring(run, spot, opened, part, frame)
            await take(run, spot, placed, opened.parts, is_told=True)
        except (InputFailed, TargetOutOfSight):
            if not await take_by_keys(run, spot, part):
                raise
        await _confirm(run, spot, part)
    except NodeError:
        with contextlib.suppress(NodeError):  # what went wrong first is what counts
            await close_popup(run, spot)
        raise
    return part


def _arrow(box: Box) -> Point:
    """Where the arrow of an editable combo box is: a click on its text would only put the cursor there."""
    return Point(box.right - max(4, min(10, box.height // 2)), box.center.y)


async def _opened(run: Run, spot: Spot, option: int | str) -> Parts:
    """Wait until a combo box shows its options.

    Raises:
        InputFailed: If it does not.
    """
    found = Parts("")

    async def is_open() -> bool:
        nonlocal found
        found = await run.elements.parts(spot)
        return bool(found.parts) and (found.is_open or bool(await run.elements.popups(spot)))

    if not await shows(run, is_open, SETTLE_SECONDS):
        raise InputFailed(
            say('flowdesk clicked "{target}", but no options appeared.', target=spot.selector),
            say("Check that it is a combo box that opens with a click."),
        )
    return found


async def _in_popup(run: Run, spot: Spot, opened: Parts, part: Part) -> Part | None:
    """Return the part once it lies in the popup; None where it has to be scrolled to."""
    placed: Part | None = None

    async def is_placed() -> bool:
        nonlocal placed
        now = await run.elements.part(spot, part)
        frame = await _frame(run, spot, opened)
        is_there = now is not None and now.box is not None and frame is not None and frame.contains(now.box.center)
        placed = now if is_there else None
        return is_there

    await shows(run, is_placed, 0.5)
    return placed


async def _frame(run: Run, spot: Spot, opened: Parts) -> Box | None:
    """Return where the options of an open combo box are shown: its popup, or what Swing draws inside its own window."""
    popups = await run.elements.popups(spot)
    if popups:
        return popups[0]
    shown = await run.elements.shown_parts(spot, opened)
    boxes = [
        now.box
        for part in opened.parts
        if part.number in shown and (now := await run.elements.part(spot, part)) is not None and now.box is not None
    ]
    if not boxes:
        return None
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


async def close_popup(run: Run, spot: Spot) -> None:
    """Close what was opened, as far as it is still open: Escape is sent to nothing else."""
    now = await run.elements.parts(spot)
    if now.is_open or await run.elements.popups(spot):
        await (await run.hands()).press_keys(["escape"])
