"""Choose a menu entry."""

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from flowdesk.engine.context import ACTION_TIMEOUT, Run
from flowdesk.engine.ports import TextLine
from flowdesk.engine.seeking import passed
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import InputFailed, NodeError, TargetAmbiguous, TargetNotFound
from flowdesk.model.geometry import Box
from flowdesk.model.nodetype import node
from flowdesk.model.parts import Part, Parts, entry_name, fitting, nearest
from flowdesk.model.sentence import say
from flowdesk.model.target import Query, Selector, Spot, Step
from flowdesk.nodes.parts import (
    HOVER_SECONDS,
    OPENS_SECONDS,
    SETTLE_SECONDS,
    bring,
    point_at,
    press,
    press_inside,
    shows,
    take,
)

_BUTTONS = frozenset({"button", "switch", "menu_item", "menu", "check_box"})
_OPENS_SECONDS = 0.7
"""After so long under the pointer an entry has opened its menu by itself, where its program does so."""
_BAR = 90
"""Pixels from the top of a window within which its title and its menu bar stand."""
_TITLE = 0.6
"""What is read in the first row has so much in common with the window's title where it is that."""
_ANSWERS_SECONDS = 3.0
"""How long a program may take to show that it publishes its elements."""
_SURFACES = frozenset({"", "window", "dialog", "application", "group", "web_area", "menu_bar"})


def _steps(path: Any) -> Any:
    return [part.strip() for part in path.replace("→", ">").split(">")] if isinstance(path, str) else path


class MenuConfig(OptionalTargetConfig):
    """Settings of `menu`."""

    path: Annotated[list[str], BeforeValidator(_steps)] = Field(
        ..., min_length=1, title="Path",
        description="Names from the menu to the entry, such as File and Save As. Dots and shortcuts are ignored.",
        json_schema_extra={"widget": "list"},
    )  # fmt: skip
    state: Literal["", "on", "off"] = Field(
        "",
        title="Check mark",
        description="For an entry with a check mark: the state you want. Leave empty to only choose the entry.",
    )
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the action.")


@dataclass
class Level:
    """A menu that is open."""

    parts: Parts
    is_read: bool = False
    """Whether its entries were read from its picture: its program does not tell them."""
    is_drawn: bool = False
    """Whether a page draws it in its window: it highlights nothing, but what lies over an entry is told there."""


@node(
    "menu",
    category="mouse",
    title="Menu",
    also="menu bar, context menu, file menu, 菜单栏, 右键菜单, 上下文菜单, 菜单",
    summary="{path} {selector}",
    icon="menu",
    uses={"input", "screen"},
    acts_by=lambda _: ("mouse",),
)
async def menu(run: Run, config: MenuConfig) -> dict[str, Any]:
    """Choose a menu entry.

    The target is a window, whose menu bar, or whose button of the first name, is opened; or a button that opens a menu; or
    anything else, whose context menu is opened. Without a target it is the active window. Each menu is opened as people do,
    and the next step waits for it. What was opened is closed again where an entry is not there.

    Result: `path` as the menus say it, and `changed`: false where a tick was as asked already.

    Raises:
        TargetNotFound: If the target, or an entry, is not there; names what is.
        NodeError: If an entry is disabled, or the program tells of no menu.
        InputFailed: If a menu does not open.
    """
    spot = await run.locate(config, config.selector) if config.selector else await _active(run)
    if run.is_dry:
        return {"path": config.path, "changed": True}
    walk = _Walk(run, config)
    try:
        names, changed = await walk.go(spot)
    except NodeError:
        with contextlib.suppress(NodeError):  # what went wrong first is what counts
            await walk.close()
        raise
    await run.sleep(config.wait_time)
    return {"path": names, "changed": changed}


async def _active(run: Run) -> Spot:
    window = next((one for one in await run.eyes.windows() if one.is_active), None)
    if window is None:
        raise TargetNotFound(say("No window is active."), say("Enter the window, such as window=Untitled."))
    return Spot(
        window.box, window.box.center, say("the active window"), "window",
        text=window.title, app=window.app, window=window.id, owner=window.id, pid=window.pid,
    )  # fmt: skip


class _Walk:
    """The way through the menus, and what it opened."""

    def __init__(self, run: Run, config: MenuConfig) -> None:
        self._run = run
        self._config = config
        self._spot: Spot | None = None
        self._opened = 0
        self._before: list[Box] = []
        self._drawn_before: set[Any] = set()
        self._drawn: set[Any] = set()
        """Menus that the window showed at first, and before the one that is waited for."""

    async def go(self, spot: Spot) -> tuple[list[str], bool]:
        """Open menu after menu and press the last entry; return the names and whether anything was pressed."""
        path = list(self._config.path)
        names: list[str] = []
        self._spot = spot
        self._before = list(await self._run.elements.popups(spot))
        self._drawn = self._drawn_before = await self._drawn_menus(spot)
        role = spot.element.role if spot.element is not None and not ENGINES[spot.engine].is_window else ""
        is_seen = spot.element is None and not ENGINES[spot.engine].is_window
        if not is_seen and role in _SURFACES:
            level, name = await self._from_window(spot, path[0])
            names.append(name)
            path = path[1:]
        else:
            level = await self._from_element(spot, role)
        while path:
            part = self._entry(level, path[0])
            names.append(entry_name(part.text))
            if len(path) == 1:
                return names, await self._press(level, part)
            level = await self._open(level, part)
            path = path[1:]
        return names, True

    async def close(self) -> None:
        """Close what was opened. Escape is sent only while a menu is seen to be open."""
        if self._spot is None:
            return
        for _ in range(self._opened):
            if not await self._is_something_open():
                return
            await self._escape(self._spot)

    async def _escape(self, spot: Spot) -> None:
        """Close the innermost menu, and see it close: one more Escape would go to the window."""
        before = len(await self._run.elements.popups(spot))

        async def is_closed() -> bool:
            is_less = len(await self._run.elements.popups(spot)) < before
            return is_less or not await self._is_something_open()

        await (await self._run.hands()).press_keys(["escape"])
        await shows(self._run, is_closed, HOVER_SECONDS)

    async def _is_something_open(self) -> bool:
        assert self._spot is not None
        popups = await self._run.elements.popups(self._spot)
        if len(popups) > len(self._before) or await self._is_drawn_inside():
            return True
        return bool(await self._drawn_menus(self._spot) - self._drawn_before)

    async def _is_drawn_inside(self) -> bool:
        """Whether a menu is open that has no window of its own, as in Swing."""
        assert self._spot is not None
        found = await self._run.elements.entries(self._spot) if self._spot.handle is not None else Parts("")
        return found.is_open and any(part.box is not None for part in found.parts)

    # -- the first menu

    async def _from_window(self, spot: Spot, name: str) -> tuple[Level, str]:
        seen: list[Part] = []
        found: tuple[Spot, Part] | None = None

        async def is_there() -> bool:
            nonlocal found
            seen.clear()
            found = await self._opener(spot, name, seen)
            return found is not None

        timeout = ACTION_TIMEOUT if self._config.timeout is None else self._config.timeout
        if not await self._run.wait_until(is_there, timeout) or found is None:
            raise self._absent(seen, name)
        return await self._open_first(*found), entry_name(found[1].text)

    async def _opener(self, spot: Spot, name: str, seen: list[Part]) -> tuple[Spot, Part] | None:
        """Return what opens a menu of this name in a window: an entry of its menu bar, else a button."""
        openers = await self._run.elements.openers(spot)
        for opener in openers:
            if opener.kind == "menu_bar":
                bar = replace(spot, handle=opener.handle, engine="element")
                found = await self._run.elements.entries(bar)
                seen += found.parts
                fits = fitting(found.parts, name, is_menu=True)
                if fits:
                    return bar, fits[0]
        buttons = [Part(0, one.name, handle=one.handle) for one in openers if one.kind == "button" and one.name]
        fits = fitting(buttons, name, is_menu=True)
        if len(fits) > 1:
            raise TargetAmbiguous(
                say('{count} buttons are named "{name}".', count=len(fits), name=name),
                say("Set the button as the target, and start Path in its menu."),
            )
        if fits or openers:
            return (spot, fits[0]) if fits else None
        drawn = await self._drawn_bar(spot, name)
        seen += drawn
        fits = fitting(drawn, name, is_menu=True)
        return (spot, fits[0]) if len(fits) == 1 else None

    async def _drawn_bar(self, spot: Spot, name: str) -> list[Part]:
        """Return the menu bar of a program that publishes nothing, as Tk's do, read from its picture: the first row of words under the title."""
        if await self._run.eyes.elements_at(spot.box.center, _ANSWERS_SECONDS):
            return []
        top = Box(spot.box.x, spot.box.y, spot.box.width, min(_BAR, spot.box.height))
        lines = await self._run.eyes.text_lines(top)
        row = _first_row(lines)
        words = " ".join(line.text for line in row)
        if spot.text and SequenceMatcher(None, words.casefold(), spot.text.casefold()).ratio() >= _TITLE:
            row = _first_row([line for line in lines if line not in row])
        parts = [Part(number, line.text, line.box) for number, line in enumerate(row, 1)]
        whole = re.compile(rf"(?<!\w){re.escape(entry_name(name))}(?!\w)", re.IGNORECASE)
        for line in row:  # names that stand close together are read as one line
            if line.text != name and len(whole.findall(line.text)) == 1:
                step = Step("text", entry_name(name))
                seen = await self._run.eyes.find(Query((Selector(step.body, (step,)),), region=line.box))
                parts += [Part(len(parts) + 1, name, one.box) for one in seen.spots[:1] if len(seen.spots) == 1]
        return parts

    async def _open_first(self, spot: Spot, part: Part) -> Level:
        if not part.is_enabled:
            raise _disabled(part.text)
        if part.handle is None:
            await self._press_drawn(spot, part)
            return await self._await_level(spot, None, part.text)
        place = await press_inside(self._run, spot, part.handle, part.text)
        self._spot = place
        return await self._await_level(place, None, part.text)

    async def _press_drawn(self, spot: Spot, part: Part) -> None:
        """Bring a name that was read in a window through the gate, and press it."""

        async def again() -> Spot | None:
            fits = [one for one in await self._drawn_bar(spot, part.text) if one.text == part.text]
            return _seen(spot, fits[0]) if len(fits) == 1 else None

        await self._run.hands()
        ready = await passed(self._run.surroundings, _seen(spot, part), again, "press", ACTION_TIMEOUT)
        if not isinstance(ready, Spot):
            raise ready
        await press(self._run, ready)

    async def _from_element(self, spot: Spot, role: str) -> Level:
        opens = role in _BUTTONS
        selector = self._config.selector
        if selector:
            acted = await self._run.locate(self._config, selector, to_act="press" if opens else "point")
            spot = replace(acted, handle=acted.handle or spot.handle)
        self._spot = spot
        if opens:
            await press(self._run, spot)
        else:
            await (await self._run.hands()).click(spot.point, "right")
        return await self._await_level(spot, None, spot.text or spot.selector)

    # -- what hangs on it

    async def _await_level(self, spot: Spot, part: Part | None, name: str) -> Level:
        """Wait until the menu of an element or of an entry is open, and return its entries.

        Raises:
            InputFailed: If none opens.
        """
        level = await self._level(spot, part, OPENS_SECONDS if part else OPENS_SECONDS / 2)
        level = level or await self._level(spot, part, SETTLE_SECONDS)  # nothing opened yet
        if level is None:
            raise InputFailed(
                say('flowdesk clicked "{name}", but no menu opened.', name=name),
                say("Check that this control opens the menu."),
            )
        return level

    async def _level(self, spot: Spot, part: Part | None, seconds: float) -> Level | None:
        """Return the menu of an element or of an entry once it is open; None where it does not open in time."""
        run = self._run
        found = Parts("")
        popups: Sequence[Box] = ()
        is_drawn = False
        already = len(self._before) + self._opened

        async def is_open() -> bool:
            nonlocal found, popups, is_drawn
            popups = await run.elements.popups(spot)
            is_told = part is None or part.handle is not None  # what hangs on an entry that was read is not told
            found = await run.elements.entries(spot, part) if is_told else Parts("")
            boxes = [one.box for one in found.parts if one.box is not None]
            if not boxes and (drawn := await self._newly_drawn(spot)) is not None:
                found, is_drawn = drawn, True
                return True
            if not boxes:
                return False
            inside = [box for box in boxes if any(popup.contains(box.center) for popup in popups)]
            return bool(inside) or (not popups and found.is_open)

        if await shows(run, is_open, seconds):
            self._opened += 1
            return Level(found, is_drawn=is_drawn)
        if len(popups) > already:
            self._opened += 1
            return Level(await self._read(popups[0]), is_read=True)
        return None

    async def _newly_drawn(self, spot: Spot) -> Parts | None:
        """Return the menu that a page has drawn in its window since; None where there is none, or several are."""
        new = [one for one in await self._run.elements.menus(spot) if one.handle not in self._drawn and one.parts]
        return new[0] if len(new) == 1 and all(part.box is not None for part in new[0].parts) else None

    async def _drawn_menus(self, spot: Spot) -> set[Any]:
        return {one.handle for one in await self._run.elements.menus(spot)}

    async def _read(self, popup: Box) -> Parts:
        """Read the entries of a menu whose program does not tell them from its picture."""
        lines = await self._run.eyes.text_lines(popup)
        parts = [
            Part(number, line.text, Box(popup.x, line.box.y, popup.width, line.box.height))
            for number, line in enumerate(lines, 1)
        ]
        return Parts("menu", tuple(parts), is_open=True, total=len(parts))

    def _entry(self, level: Level, name: str) -> Part:
        fits = fitting(level.parts.parts, name, is_menu=True)
        if not fits:
            raise self._absent(level.parts.parts, name)
        if len(fits) > 1:
            raise TargetAmbiguous(
                say('{count} menu entries are named "{name}".', count=len(fits), name=name),
                say("Use a Click node with the entry as its target."),
            )
        if not fits[0].is_enabled:
            raise _disabled(fits[0].text)
        return fits[0]

    async def _in_sight(self, level: Level, part: Part) -> Part:
        """Return an entry as it is in sight: a menu that is longer than the screen scrolls."""
        assert self._spot is not None
        spot = self._spot
        popups = await self._run.elements.popups(spot)
        if part.box is None or not popups or any(popup.contains(part.box.center) for popup in popups):
            return part
        column = [one for one in popups if one.x <= part.box.center.x < one.right]

        async def frame() -> Box | None:
            return column[0] if column else None

        return await bring(self._run, spot, level.parts, part, frame)

    async def _open(self, level: Level, part: Part) -> Level:
        """Open the menu in a menu. Most open under the pointer, and a click while they do would close them again."""
        assert self._spot is not None
        if level.is_drawn:
            self._drawn = await self._drawn_menus(self._spot)
            await press_inside(self._run, self._spot, part.handle, part.text)
            return await self._await_level(self._spot, part, part.text)
        part = await self._in_sight(level, part)
        point = await point_at(self._run, self._spot, part, level.parts.parts)
        if opened := await self._level(self._spot, part, _OPENS_SECONDS):
            return opened
        await (await self._run.hands()).click(point)
        return await self._await_level(self._spot, part, part.text)

    async def _press(self, level: Level, part: Part) -> bool:
        assert self._spot is not None
        state = self._config.state
        if state and part.tick is None:
            raise NodeError(
                say('The entry "{name}" does not report whether it is checked.', name=part.text),
                say("Leave Check mark empty to only choose the entry."),
            )
        if state and part.tick == state:
            await self.close()
            return False
        if level.is_drawn:
            await press_inside(self._run, self._spot, part.handle, part.text)
        else:
            part = await self._in_sight(level, part)
            await take(self._run, self._spot, part, level.parts.parts)

        async def is_closed() -> bool:
            return not await self._is_something_open()

        if not await shows(self._run, is_closed, SETTLE_SECONDS):
            raise InputFailed(
                say('flowdesk chose "{name}", but the menu is still open.', name=part.text),
                say("If it opens a submenu, add the submenu's entry to Path."),
            )
        if state:
            await self._check_tick(part, state)
        return True

    async def _check_tick(self, part: Part, state: str) -> None:
        assert self._spot is not None
        spot = self._spot
        now: Part | None = None

        async def is_so() -> bool:
            nonlocal now
            now = await self._run.elements.part(spot, part)
            return now is None or now.tick == state

        if not await shows(self._run, is_so, SETTLE_SECONDS):
            raise InputFailed(
                say('flowdesk chose "{name}", but its check mark did not change.', name=part.text),
                say("Check whether the program allows the change."),
            )

    def _absent(self, parts: Sequence[Part], name: str) -> TargetNotFound:
        names = nearest([replace(part, text=entry_name(part.text)) for part in parts], name)
        return TargetNotFound(
            say('Menu entry "{name}" not found. Nearest: {names}.', name=name, names=", ".join(names))
            if names
            else say('Menu "{name}" not found among the menus that the program publishes.', name=name),
            say("Enter the names exactly as the menu shows them."),
            entries=names,
        )


def _first_row(lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the lines of text that stand beside the uppermost one."""
    first = min(lines, key=lambda line: line.box.y, default=None)
    return [line for line in lines if first is not None and line.box.y < first.box.center.y]


def _seen(spot: Spot, part: Part) -> Spot:
    """Return a name that was read in a window as a place to press."""
    box = part.box or spot.box
    return replace(spot, box=box, point=box.center, selector=part.text, engine="text", text=part.text, window=None)


def _disabled(name: str) -> NodeError:
    return NodeError(
        say('The entry "{name}" is disabled.', name=entry_name(name)),
        say("Check whether something must be selected or open first."),
    )
