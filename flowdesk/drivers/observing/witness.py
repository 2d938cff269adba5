"""Looks at the desktop for a recording: what lies at a point right now, and what has the keyboard.

It asks programs directly, and only what is shown; a program that hangs costs no more than its patience.
"""

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from flowdesk.drivers import elements, owners, screens
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi import fields, lineage, parts
from flowdesk.drivers.atspi.calls import ACCESSIBLE, Hangs, Question, Unsupported, bits_of, extents_of, value_of
from flowdesk.drivers.atspi.fields import Field
from flowdesk.drivers.atspi.inside import Inside
from flowdesk.drivers.atspi.roles import State as Bit
from flowdesk.drivers.memory import Memory
from flowdesk.drivers.observing.drawn import drawn_popups, placed
from flowdesk.drivers.observing.glimpses import Glimpse, Glimpses, is_away
from flowdesk.drivers.observing.moments import Moment, MomentSights, element_of, shifted
from flowdesk.drivers.observing.processes import is_hushed, program_of
from flowdesk.drivers.pixels import screen
from flowdesk.drivers.pixels.screen import Shot
from flowdesk.drivers.windowsystem import Surface, WindowSystem
from flowdesk.engine.observing import FieldSeen, Hit, Look, Program, Sights, State
from flowdesk.engine.ports import Window
from flowdesk.model.arrival import FIELD_ROLES
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box, Point

PASSWORD, TERMINAL = 40, 60
"""Numbers of the AT-SPI specification for the kinds of elements."""
PATIENCE = 0.6
"""Seconds that a program may take to tell what it shows at a press."""
MOST_FIELDS = 200
"""Fields of a program of which it is asked whether they are for passwords."""
LABELLED = FIELD_ROLES | {"slider"}
KEPT = 16
"""Moments that are kept: of the presses that are not decided, and of some fields."""
_NEAR = 8
LONGEST_NAME = 60
"""Characters of what something new may be called: longer texts are read, not waited for."""


class RealWitness:
    """Implements ``engine.observing.Witness`` on this machine's desktop."""

    def __init__(self, windows: WindowSystem, is_own: Callable[[Window], bool], close: Callable[[], None]) -> None:
        """Look through ``windows``; ``close`` lets go of them."""
        self._windows, self._is_own, self._close = windows, is_own, close
        self._memory = Memory()
        self._moments: OrderedDict[int, Moment] = OrderedDict()
        self._number = 0
        self._programs: dict[int, Program | None] = {}
        self._field: Field | None = None
        self._glimpses = Glimpses()
        self._drawn: tuple[Box, ...] = ()
        """The menus that were drawn inside a window when it was read last."""
        self._moment_of_field: dict[str, int] = {}
        self._told: OrderedDict[tuple[str, str], object] = OrderedDict()
        self._roles: OrderedDict[tuple[str, str], int] = OrderedDict()

    def close(self) -> None:
        """Let go of all that is kept."""
        self._moments.clear()
        self._glimpses.clear()
        self._close()

    def hit(self, point: Point, top: int = 0, since: float = float("inf")) -> Hit:
        """Keep the moment, and return what lies at a point."""
        at = time.monotonic()
        surface, popup = self._windows.surface_at(point), self._windows.popup_at(point)
        listed = tuple(self._windows.list())
        window = next((one for one in listed if surface.window and one.id == surface.window), None)
        if window is None and popup:
            window = owners.shown_of(popup, listed)
        is_own = surface.pid == os.getpid() or (window is not None and self._is_own(window))
        active = self._windows.active()
        shot = screen.grab(self._seen(window, surface, point))
        moment = Moment(at, listed, active.id if active is not None else 0, point, surface, popup or None, shot)
        moment.monitors, moment.top, moment.window = tuple(screens.monitors()), top, window
        if not is_own:
            moment = self._read(moment, popup or (window.pid if window is not None else surface.pid))
        self._drawn = moment.drawn
        moment.done = time.monotonic()
        moment.shot = self._unlit(moment, since)
        return self._hit(moment, is_own=is_own)

    def _unlit(self, moment: Moment, since: float) -> Shot:
        """Return the pixels of a window from before the pointer came to where it is, where they were seen."""
        window = moment.window.id if moment.window is not None and moment.popup is None else 0
        moments = [
            Glimpse(one.at, moment.top, one.point, one.shot) for one in self._moments.values() if one.top == moment.top
        ]
        seen = [one for one in self._glimpses.whole if window and one.window == window]
        before = [
            one
            for one in (*(moments if moment.top else ()), *seen)
            if one.at >= since and one.shot.box == moment.shot.box and is_away(one.pointer, moment.point)
        ]
        return max(before, key=lambda one: one.at).shot if before else moment.shot

    def _glimpse(self, window: Window, at: float) -> None:
        """Keep what a window looks like now and then: soon the pointer may light up a part of it."""
        if self._glimpses.is_due(at):
            box = self._seen(window, Surface(), window.box.center)
            self._glimpses.keep(Glimpse(at, window.id, self._windows.pointer(), screen.grab(box)))

    def recall(self, point: Point, top: int, since: float, before: float, *, is_to_hold: bool) -> Hit | None:
        """Return what lay at a point in the last moment before a time in which ``top`` was uppermost."""
        kept = (
            one
            for one in reversed(self._moments.values())
            if top and one.top == top and one.shot.box.contains(point) and one.done <= before
        )
        last = next(kept, None)
        if last is None or (not last.found and last.at < since):
            return None
        if not last.found:
            return self._hit(replace(last, point=point, path=()), is_own=False)
        then = last.looked_at(point)
        return None if is_to_hold and not self._holds(then.path) else self._hit(then, is_own=False)

    def before_popup(self, hit: Hit, before: float) -> Hit | None:
        """Return what lay where a popup was hit, in the last moment before a time in which its window showed none."""
        number = hit.window.id if hit.window is not None else 0
        kept = (one for one in reversed(self._moments.values()) if one.window is not None and one.window.id == number)
        last = next((one for one in kept if one.found and one.popup is None and one.done <= before), None)
        return self._hit(last.looked_at(hit.point), is_own=False) if last is not None else None

    def took(self, hit: Hit, box: Box, since: float) -> float:
        """Return how many seconds after a time what was pressed came to look as it did then."""
        return self._glimpses.took(hit.window.id, box, since) if hit.window is not None and not hit.is_popup else 0.0

    def news(self, hit: Hit, since: float) -> tuple[Point, float] | None:
        """Return where something with a name came last that was not there at a time, and after how many seconds."""
        now = self._moments.get(hit.moment)
        before = (
            one
            for one in reversed(self._moments.values())
            if now is not None and one.window is not None and one.window == now.window and one.found and one.at <= since
        )
        then = next(before, None)
        if now is None or then is None or hit.is_popup:
            return None
        known = {(one.state.role, one.state.name) for one in then.found}
        fresh = [one for one in now.found if _is_telling(one) and (one.state.role, one.state.name) not in known]
        names = [one.state.name for one in now.found]
        came = [(self.took(hit, one.box, since), one.box.center) for one in fresh if names.count(one.state.name) == 1]
        seconds, place = max(came, key=lambda pair: pair[0], default=(0.0, hit.point))
        return (place, seconds) if seconds else None

    def _holds(self, path: Sequence[elements.Found]) -> bool:
        """Whether what lay somewhere is still shown, by the same names: one question."""
        near = [found for found in path[:_NEAR] if found.place is not None]
        if not near:
            return False
        try:
            bus = atspi.open_bus()
            if bus.toolkit(near[0].place[0] if near[0].place else "", PATIENCE)[0] in atspi.QUICK:
                return False  # pages draw their own menus over what is there
            places = [found.place for found in near if found.place is not None]
            questions = [Question(*place, ACCESSIBLE, "GetState") for place in places]
            questions += [value_of(*place, ACCESSIBLE, "Name") for place in places]
            questions += [extents_of(*place) for place in places]
            answers = bus.ask(questions, PATIENCE)
        except (Unsupported, Hangs):
            return False
        count = len(places)
        states, names, boxes = answers[:count], answers[count : 2 * count], answers[2 * count :]
        told = self._told.get(places[0])
        now = tuple(
            (str(name[0][1]), tuple(int(part) for part in box[0])) if name and box else None
            for name, box in zip(names, boxes, strict=True)
        )
        is_shown = all(
            state and (bits_of(state) >> Bit.SHOWING & 1 or bits_of(state) >> Bit.VISIBLE & 1) for state in states
        )
        self._told[places[0]] = now
        while len(self._told) > KEPT:
            self._told.popitem(last=False)
        if told is not None:
            return is_shown and told == now
        # Fields are called by their labels, which they do not tell themselves.
        named = ["" if found.state.role in LABELLED else found.state.name for found in near]
        return is_shown and all(
            one is not None and (not one[0] or not name or name in " ".join(one[0].split()))
            for one, name in zip(now, named, strict=True)
        )

    def _hit(self, moment: Moment, *, is_own: bool) -> Hit:
        number, surface, point = self._keep(moment), moment.surface, moment.point
        places = [found.place for found in moment.path]
        roles = self._numbers([place for place in places if place is not None])
        return Hit(
            number,
            point,
            moment.window,
            tuple(element_of(found) for found in moment.path),
            tuple(_key(place) for place in places),
            moment.windows,
            is_popup=moment.popup is not None,
            is_frame=bool(surface.window) and not surface.box.contains(point),
            is_own=is_own,
            has_secrets=moment.has_secrets,
            secrets=tuple(roles.get(place or ("", "")) == PASSWORD for place in places),
            terminals=tuple(roles.get(place or ("", "")) == TERMINAL for place in places),
        )

    def look(self, at: float, hit: Hit | None = None) -> Look:
        """Look at the windows, at what has the keyboard, and at what was pressed, if that is given."""
        listed = tuple(self._windows.list())
        active = self._windows.active()
        mine = tuple(window for window in listed if window.pid != os.getpid() and not self._is_own(window))
        is_own = active is not None and (active.pid == os.getpid() or self._is_own(active))
        shown = replace(active, is_active=True) if active is not None and not is_own else None
        mine = tuple(replace(window, is_active=shown is not None and window.id == shown.id) for window in mine)
        popups = tuple(each.box for each in self._windows.menus_of(shown.pid)) if shown is not None else ()
        if self._drawn and not popups:
            popups = self._drawn = self._drawn if self._windows.is_pointer_held() else ()
        if shown is not None:
            self._glimpse(shown, time.monotonic())
        field = self._field_of(shown) if shown is not None else None
        return Look(
            at,
            mine,
            field,
            self._state(hit) if hit is not None else None,
            popups,
            is_hushed=shown is not None and is_hushed(shown.pid),
            is_own=is_own,
            is_clear=shown is not None and field is None and self._is_clear(shown),
            programs=self._new(mine),
        )

    def sights(self, moment: int) -> Sights | None:
        """Return what sees a moment as it was."""
        kept = self._moments.get(moment)
        return MomentSights(kept, self._memory) if kept is not None else None

    # -- moments

    def _keep(self, moment: Moment) -> int:
        self._number += 1
        self._moments[self._number] = moment
        while len(self._moments) > KEPT:
            self._moments.popitem(last=False)
        return self._number

    @staticmethod
    def _seen(window: Window | None, surface: Surface, point: Point) -> Box:
        """Return what of the screen is kept: the window, what hangs out of it, and all of the screen where there is none."""
        everything = screens.virtual_box()
        if window is None:
            return everything
        box = window.box
        for more in (surface.box, Box(point.x - 1, point.y - 1, 2, 2)):
            if not more.is_empty:
                x, y = min(box.x, more.x), min(box.y, more.y)
                box = Box(x, y, max(box.right, more.right) - x, max(box.bottom, more.bottom) - y)
        shown = box.intersection(everything)
        return everything if shown.is_empty else shown

    def _read(self, moment: Moment, pid: int) -> Moment:
        """Return a moment with what a program shows; as it is where that does not tell."""
        try:
            bus = atspi.open_bus()
            for app in elements.applications({pid}, patience=PATIENCE) if pid else ():
                if app.address is None:
                    continue
                shown = bus.shown(app.address, None, PATIENCE)
                found = tuple(elements.found_of(app, one) for one in shown)
                parents = dict(bus.walk(app.address.bus).parents)
                drawn: dict[tuple[str, str], Box] = {}
                toolkit = bus.toolkit(app.address.bus, PATIENCE)[0]
                if lineage.is_swing(toolkit):
                    drawn = drawn_popups(found, parents)
                    found = placed(found, parents, drawn, [moment.surface.box] if moment.popup else [])
                elif moment.popup is not None:
                    found = shifted(found, parents, moment.surface.box)
                now = replace(moment, found=found, parents=parents, drawn=tuple(drawn.values()))
                now.is_page = toolkit in atspi.QUICK
                now = now.looked_at(moment.point)
                held = [one.place for one in found if one.state.role == "text_field" and one.place is not None]
                moment.has_secrets = moment.has_secrets or PASSWORD in self._numbers(held[:MOST_FIELDS]).values()
                if now.path or not moment.found:
                    moment = replace(now, has_secrets=moment.has_secrets)
        except (FlowdeskError, Unsupported, Hangs):
            return moment
        return moment

    def _numbers(self, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return the numbers of the kinds of elements."""
        strange = [place for place in places if place not in self._roles]
        if strange:
            try:
                answers = atspi.open_bus().ask([Question(*place, ACCESSIBLE, "GetRole") for place in strange], PATIENCE)
            except (Unsupported, Hangs):
                answers = [None] * len(strange)
            self._roles.update(
                (place, int(answer[0])) for place, answer in zip(strange, answers, strict=True) if answer
            )
            while len(self._roles) > 2000:
                self._roles.popitem(last=False)
        return {place: self._roles[place] for place in places if place in self._roles}

    # -- what has the keyboard, and what was pressed

    def _field_of(self, window: Window) -> FieldSeen | None:
        field = self._focused(window)
        self._field = field
        if field is None:
            return None
        number = self._numbers([field.place]).get(field.place, 0)
        key = _key(field.place)
        moment = self._moment_of_field.get(key, 0)
        if moment not in self._moments:
            hit = self.hit(field.box.center)
            moment = hit.moment if any(one == key for one in hit.keys) else 0
            self._moment_of_field = {key: moment}
        kept = self._moments.get(moment)
        name = next((one.state.name for one in kept.path if one.place == field.place), "") if kept is not None else ""
        is_secret = number == PASSWORD
        return FieldSeen(
            key,
            field.role,
            name,
            field.box,
            None if is_secret else field.value,
            is_secret=is_secret,
            is_editable=field.is_writable,
            is_terminal=number == TERMINAL,
            moment=moment,
            window=window.id,
        )

    def _focused(self, window: Window) -> Field | None:
        """Return the field that has the keyboard; the one that had it last is asked first."""
        known = self._field
        try:
            apps = [app for app in elements.applications({window.pid}, patience=PATIENCE) if app.address is not None]
        except FlowdeskError:
            return None
        buses = {app.address.bus for app in apps if app.address is not None}
        if known is not None and known.place[0] in buses:
            now = fields.read(known.place, known.role, known.box)
            if now is not None and now.has(Bit.FOCUSED) and now.has(Bit.SHOWING):
                return now
        return next((found for app in apps if (found := fields.focused(app)) is not None), None)

    def _is_clear(self, window: Window) -> bool:
        """Whether a program tells of each of its fields for passwords that it does not have the keyboard."""
        try:
            apps = elements.applications({window.pid}, patience=PATIENCE)
            buses = {app.address.bus for app in apps if app.address is not None}
            places = [place for place, kind in self._roles.items() if kind == PASSWORD and place[0] in buses]
            answers = atspi.open_bus().ask([Question(*place, ACCESSIBLE, "GetState") for place in places], PATIENCE)
        except (FlowdeskError, Unsupported, Hangs):
            return False
        told = [bits_of(answer) for answer in answers if answer]
        return bool(told) and not any(bits >> Bit.FOCUSED & 1 for bits in told)

    def _state(self, hit: Hit) -> State | None:
        """Return what became of something with a tick or a value that was pressed."""
        moment = self._moments.get(hit.moment)
        path = moment.path[:_NEAR] if moment is not None else ()
        stated = [one for one in path if one.state.is_checked is not None or one.state.role == "combo_box"]
        combo = next((one for one in stated if one.state.role == "combo_box"), None)
        # An entry of a folded list, which Chromium and Qt tell where the box is, stands for the box.
        found = (
            combo
            if stated and stated[0].state.role in ("menu_item", "list_item") and combo
            else next(iter(stated), None)
        )
        if found is None or found.place is None:
            return None
        try:
            inside = Inside(atspi.open_bus(), found.pid)
            facts = inside.facts([found.place])
            if not facts:
                return State(is_there=False)
            if found.state.role == "combo_box" and found.state.role not in FIELD_ROLES - {"combo_box"}:
                return State(value=parts.parts_of(inside, found.place).value)
            return State(tick=parts.tick_of(facts[0]))
        except (Unsupported, Hangs, FlowdeskError):
            return None

    def _new(self, windows: Sequence[Window]) -> dict[int, Program]:
        """Return the programs of the windows that were not there at the last look."""
        pids = {window.pid for window in windows if window.pid}
        strange = pids - self._programs.keys()
        self._programs = {pid: self._programs[pid] if pid in self._programs else program_of(pid) for pid in pids}
        return {pid: program for pid in strange if (program := self._programs[pid]) is not None}


def _is_telling(one: elements.Found) -> bool:
    """Whether an element says by its name what has come, and will say the same tomorrow."""
    name = one.state.name
    is_field = one.state.role in FIELD_ROLES or one.state.role in elements.SURFACES
    is_lasting = 1 < len(name) <= LONGEST_NAME and not any(letter.isdigit() for letter in name)
    return is_lasting and name.isprintable() and not is_field


def _key(place: tuple[str, str] | None) -> str:
    return "".join(place) if place is not None else ""
