"""Elements by what they offer programs: their parts, their actions and their values. ``engine.ports.Elements`` on Linux."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from flowdesk.drivers import elements, forms
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi import parts, sheets
from flowdesk.drivers.atspi.calls import ACCESSIBLE, Hangs, Place, Question, Unsupported, value_of
from flowdesk.drivers.atspi.inside import Facts, Inside
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.beside import in_pool
from flowdesk.drivers.patience import Interrupted, Patience, current
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.drivers.x11.popups import popups_of
from flowdesk.model.arrival import FIELD_ROLES
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import FlowdeskError, InputFailed, NodeError, NodeTimeout
from flowdesk.model.geometry import Box
from flowdesk.model.parts import Opener, Part, Parts, Rows, Tick
from flowdesk.model.sentence import say
from flowdesk.model.target import ElementState, Spot

P = ParamSpec("P")
T = TypeVar("T")

_BUSY_SECONDS = 6.0
"""After so long without an answer a program that was asked something is asked once more, and then counts as one that hangs."""

ACTION = "org.a11y.atspi.Action"
EDITABLE_TEXT = "org.a11y.atspi.EditableText"
SELECTION = "org.a11y.atspi.Selection"

_CONTROLS = FIELD_ROLES | {"button", "check_box", "combo_box", "link", "list", "radio_button", "slider", "spin_button", "switch", "table"}  # fmt: skip
"""Roles of what takes clicks by itself."""

_PRESSES = (
    "press",
    "click",
    "toggle",
    "activate",
    "jump",
    "dodefault",
    "do default",
    "open",
    "showmenu",
    "togglepopup",
    "select",
)
"""Names of the action that does what a click does, the surest first."""

_LABELS = frozenset({"static_text", "image", "unknown"})
"""What may stand for what it labels."""

_BEARERS = frozenset(
    {"check_box", "radio_button", "switch", "combo_box", "list", "menu_item", "button", "tab", "tab_group", "list_item"}
)
"""What a label stands for."""


class RealElements:
    """One run's way to elements past mouse and keyboard."""

    _brake: Any
    _windows: Any
    _pool: Any

    async def tick(self, spot: Spot) -> Tick | None:
        """Return whether something is ticked; None where its program does not tell or it cannot be."""

        def read(inside: Inside, place: Place) -> Tick | None:
            facts = _bearer(inside, place, lambda one: parts.tick_of(one) is not None)
            return parts.tick_of(facts) if facts is not None else None

        return await self._inside(spot, read)

    async def parts(self, spot: Spot, patience: float | None = None) -> Parts:
        """Return what can be chosen in an element; its kind is empty where nothing can."""

        def read(inside: Inside, place: Place) -> Parts:
            found = parts.parts_of(inside, place)
            if not found.kind and (facts := _bearer(inside, place, lambda one: one.role in ("combo_box", "list"))):
                found = parts.parts_of(inside, facts.place)
            return found

        return await self._inside(spot, read, patience=patience) or Parts("")

    async def part(self, spot: Spot, part: Part) -> Part | None:
        """Read a part again; None when it is gone."""
        return await self._inside(spot, lambda inside, _: parts.part_again(inside, part))

    async def marked_parts(self, spot: Spot, among: Sequence[Part]) -> frozenset[int]:
        """Return the numbers of those of some parts that are highlighted now."""
        return await self._inside(spot, lambda inside, _: parts.marked_numbers(inside, among)) or frozenset()

    async def shown_parts(self, spot: Spot, found: Parts) -> list[int]:
        """Return the numbers of the parts that are shown now."""
        return await self._inside(spot, lambda inside, _: parts.shown_numbers(inside, found)) or []

    async def entries(self, spot: Spot, part: Part | None = None) -> Parts:
        """Return the entries of the menu that hangs on an element, or on an entry of a menu."""
        return (
            await self._inside(spot, lambda inside, place: parts.entries_of(inside, part.handle if part else place))
        ) or Parts("")

    async def menus(self, spot: Spot) -> list[Parts]:
        """Return the entries of every menu that is shown in the window of a spot, beside its menu bars, as pages draw them."""
        return await self._inside(spot, lambda inside, place: parts.shown_menus(inside, place)) or []

    async def openers(self, spot: Spot) -> list[Opener]:
        """Return the menu bars in a window, and its buttons, which may open menus."""

        def read(inside: Inside, place: Place) -> list[Opener]:
            found = [Opener("menu_bar", "", place) for place in parts.menu_bars(inside, place)]
            return found + [Opener("button", inside.called(one), one.place) for one in parts.openers(inside, place)]

        return await self._inside(spot, read, is_window=True) or []

    async def spot_of(self, spot: Spot, handle: Any) -> Spot | None:
        """Return an element as a place to act at; None when it is not shown."""

        def read(inside: Inside, _: Place) -> Spot | None:
            facts = inside.facts([handle], with_boxes=True)
            box = inside.box(facts[0]) if facts else None
            if box is None:
                return None
            state = ElementState(facts[0].role, inside.called(facts[0]), is_enabled=facts[0].is_enabled)
            return replace(
                spot,
                box=box,
                point=box.center,
                engine="element",
                text=state.name,
                element=state,
                window=None,
                handle=handle,
            )

        return await self._inside(spot, read, is_window=spot.handle is None)

    async def popups(self, spot: Spot) -> list[Box]:
        """Return where the popups of the program are that a spot belongs to, uppermost first."""
        return await self._off_loop(popups_of, spot.pid)

    async def labelled(self, spot: Spot) -> Spot | None:
        """Return what a label belongs to, as a place to act at; None for what is no label, or where that is not shown."""

        def read(inside: Inside, place: Place) -> Place | None:
            own = inside.facts([place])
            return inside.labelled_by(place) if own and own[0].role in _LABELS else None

        place = await self._inside(spot, read)
        return await self.spot_of(spot, place) if place is not None else None

    async def field_of(self, spot: Spot) -> Spot | None:
        """Return the field that a label names, told by its program or by where it stands; None for what is no label."""
        if (told := await self.labelled(spot)) is not None:
            return told if told.element is not None and told.element.role in FIELD_ROLES else None
        return await self.named_by(spot)

    async def holds_controls(self, spot: Spot) -> bool:
        """Whether other things that take clicks stand in an element, as in a group with a check box in its title."""

        def look(inside: Inside, place: Place) -> bool | None:
            return any(one.role in _CONTROLS for one in inside.below(place, 2)) or None

        is_tick = spot.element is not None and spot.element.role in ("check_box", "switch", "group")
        return is_tick and bool(await self._inside(spot, look))

    async def named_by(self, spot: Spot) -> Spot | None:
        """Return what a label names, told by its program or by where it stands; None for what is no label."""
        is_label = spot.element.role == "static_text" if spot.element is not None else spot.engine == "text"
        if not is_label or not spot.pid:
            return None
        if (told := await self.labelled(spot)) is not None:
            return told

        def look() -> elements.Found | None:
            try:
                return forms.field_of(spot.box, spot.handle, elements.applications({spot.pid}))
            except FlowdeskError:
                return None

        found = await self._off_loop(look)
        return await self.spot_of(spot, found.place) if found is not None and found.place is not None else None

    async def rows(self, spot: Spot, limit: int, first: int = 0) -> Rows | None:
        """Read the rows of a table or of a list, at most ``limit``; None where it is neither."""
        return await self._inside(spot, lambda inside, place: sheets.rows_of(inside, place, limit, first))

    async def press_element(self, spot: Spot) -> str:
        """Do by its program what a click on an element does, and return what that is called.

        Raises:
            InputFailed: If the element offers no such thing.
        """
        self._pass_brake()
        return await self._must(spot, _press)

    async def set_element_text(self, spot: Spot, text: str) -> str:
        """Give a field its text by its program, and return what it holds then.

        Raises:
            InputFailed: If it takes none.
        """
        self._pass_brake()
        return await self._must(spot, lambda inside, place: _set_text(inside, place, text))

    async def select_part(self, spot: Spot, found: Parts, part: Part) -> bool:
        """Select a part by its program; whether it says that it did."""
        self._pass_brake()

        def select(inside: Inside, place: Place) -> bool:
            child: Place = part.handle
            holder: Place = found.handle
            if found.kind == "combo" and holder != place:
                (answer,) = inside.ask([Question(*place, SELECTION, "SelectChild", "i", (part.number - 1,))])
                if answer and answer[0]:
                    return True
                if inside.facts([holder])[0].role == "menu":
                    return False  # GTK would only highlight the entry; it is pressed instead
            (index,) = inside.ask([Question(*child, ACCESSIBLE, "GetIndexInParent")])
            if not index:
                return False
            (answer,) = inside.ask([Question(*holder, SELECTION, "SelectChild", "i", (int(index[0]),))])
            return bool(answer and answer[0])

        return bool(await self._inside(spot, select, is_read=False))

    def _pass_brake(self) -> None:
        with self._brake.step():
            pass

    async def _must(self, spot: Spot, work: Callable[[Inside, Place], T | None]) -> T:
        done = await self._inside(spot, work, is_read=False)
        if done is None:
            raise InputFailed(
                say('"{target}" offers no actions to other programs.', target=spot.selector),
                say("Change Method to Pointer or Automatic."),
            )
        return done

    async def _inside(
        self,
        spot: Spot,
        work: Callable[[Inside, Place], T | None],
        *,
        is_window: bool = False,
        patience: float | None = None,
        is_read: bool = True,
    ) -> T | None:
        """Ask one program; with ``is_read`` again where it was only busy: nothing is changed by that."""

        def run() -> T | None:
            if not sys.platform.startswith("linux"):
                return None
            try:
                place, pid = _place_of(spot, self._windows, is_window=is_window)
                with Patience(patience):
                    return _asked(work, pid, place, _BUSY_SECONDS if is_read else 0.0) if place is not None else None
            except Unsupported:
                return None
            except Interrupted as error:
                raise NodeTimeout(
                    say(
                        '"{target}" lists more than could be read in {seconds} s.',
                        target=spot.selector,
                        seconds=f"{patience:.1f}",
                    ),
                    say("Give the node more time."),
                ) from error
            except Hangs as error:
                raise NodeError(
                    say("The program does not respond, so its elements cannot be read."),
                    say("Close the program that hangs, or wait until it responds."),
                ) from error

        return await self._off_loop(run)

    async def _off_loop(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await in_pool(self._pool, lambda: work(*args, **kwargs))


def _asked(work: Callable[[Inside, Place], T | None], pid: int, place: Place, seconds: float) -> T | None:
    """Do work; again where the program did not answer, as long as there is time.

    Raises:
        Hangs: If it does not answer.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return work(Inside(atspi.open_bus(), pid), place)
        except Hangs:
            if time.monotonic() > deadline:
                raise
            current().check()


def _place_of(spot: Spot, windows: WindowSystem, *, is_window: bool) -> tuple[Place | None, int]:
    """Return the element of a spot and its process: the one that was found, else the smallest at the point."""
    if spot.handle is not None and not is_window:
        return spot.handle, spot.pid
    listed = windows.list()
    known = spot.window or spot.owner
    window = next((one for one in listed if one.id == known), None)
    pid = spot.pid or (window.pid if window else 0)
    if not pid:
        return None, 0
    try:
        programs = [app for app in elements.applications({pid}) if app.address is not None]
        if is_window or (ENGINES[spot.engine].is_window and spot.element is None):
            return _window_place(programs, window.title if window else "", window.box if window else None), pid
        found = (
            elements.read_again(spot.box, spot.element, programs)
            if spot.element is not None
            else elements.at_point(spot.point, programs)
        )
    except FlowdeskError:
        return None, pid
    return (found.place if found is not None else None), pid


def _window_place(programs: list[elements.Application], title: str, box: Box | None) -> Place | None:
    """Return the window of a program by its title; by its place where several are called so."""
    bus = atspi.open_bus()
    found: list[Facts] = []
    for program in programs:
        if program.address is None:
            continue
        inside = Inside(bus, program.pid)
        root = (program.address.bus, program.address.path)
        found += inside.facts(inside.children(root, range(min(inside.count(root), 200))), with_boxes=True)
    shown = [one for one in found if one.has(State.SHOWING)]
    fitting = [one for one in shown if one.name == title] or shown
    if len(fitting) > 1 and any(one.has(State.ACTIVE) for one in fitting):
        fitting = [one for one in fitting if one.has(State.ACTIVE)]
    if len(fitting) > 1 and box is not None:
        fitting.sort(key=lambda one: sum(abs(a - b) for a, b in zip(one.told or (0, 0, 0, 0), box, strict=True)))
    return fitting[0].place if fitting else None


def _bearer(inside: Inside, place: Place, fits: Callable[[Facts], bool]) -> Facts | None:
    """Return the element that is meant by one: itself, what its label belongs to, what it is a part of."""
    own = inside.facts([place])
    if own and fits(own[0]):
        return own[0]
    labelled = inside.labelled_by(place)
    if labelled is not None and (facts := inside.facts([labelled])) and fits(facts[0]):
        return facts[0]
    if own and own[0].role in _LABELS:
        for facts_above in inside.facts(inside.above(place)[:3]):
            if fits(facts_above):
                return facts_above
            if facts_above.role in _BEARERS:
                break
    return None


def _press(inside: Inside, place: Place) -> str | None:
    (answer,) = inside.ask([Question(*place, ACTION, "GetActions")])
    names = [str(one[0]).lower() for one in answer[0]] if answer else []
    number = next((names.index(name) for name in _PRESSES if name in names), None)
    if number is None and len(names) == 1:
        number = 0
    if number is None:
        return None
    (done,) = inside.ask([Question(*place, ACTION, "DoAction", "i", (number,))])
    return names[number] if done and done[0] else None


def _set_text(inside: Inside, place: Place, text: str) -> str | None:
    facts = inside.facts([place])
    if facts and facts[0].role == "combo_box":
        field = next((one for one in inside.below(place, 3) if one.role in ("text_field", "text_area")), None)
        place = field.place if field is not None else place
    (done,) = inside.ask([Question(*place, EDITABLE_TEXT, "SetTextContents", "s", (text,))])
    if done is not None and done[0]:
        return inside.text(place)
    (value,) = inside.ask([value_of(*place, "org.a11y.atspi.Value", "CurrentValue")])
    if value is None:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    wrapped = ("d", number)
    properties = "org.freedesktop.DBus.Properties"
    inside.ask([Question(*place, properties, "Set", "ssv", ("org.a11y.atspi.Value", "CurrentValue", wrapped))])
    (value,) = inside.ask([value_of(*place, "org.a11y.atspi.Value", "CurrentValue")])
    read = float(value[0][1]) if value else None
    return None if read is None else text if read == number else f"{read:g}"
