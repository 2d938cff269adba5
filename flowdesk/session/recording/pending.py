"""What was begun and may become more: a click a double click, a list that unfolded a choice, a wheel that turns a way. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flowdesk.engine.observing import Hit, Look, Modifiers
from flowdesk.engine.ports import Button, Window
from flowdesk.model.geometry import Point
from flowdesk.model.parts import plain
from flowdesk.session import proposals
from flowdesk.session.recording.meaning import (
    SMALL,
    Meaning,
    meant,
    meant_level,
    scope_of,
    scrolled_level,
)
from flowdesk.session.recording.steps import Aim, Step

DOUBLE_SECONDS = 0.5
"""Within these a press at the same place belongs to the one before."""
UNTOLD = 4.0
"""Seconds for which a click into a program that publishes nothing may have been into a field."""
NEAR = 6
"""Pixels that the hand may move between two of them, and from press to release of a click."""


@dataclass
class Click:
    """A press that is not over, or may be the first of two."""

    hit: Hit
    at: float
    button: Button = "left"
    modifiers: Modifiers = ()
    meaning: Meaning = "thing"
    count: int = 1
    is_down: bool = True
    was_active: bool = True
    """Whether its window had the keyboard before."""

    @property
    def is_plain(self) -> bool:
        """Whether it is one click of the left button, no key held."""
        return self.button == "left" and not self.modifiers and self.count == 1

    def may_be_typed_into(self, now: float) -> bool:
        """Whether it is not over, or was into a field: one that is told, or may be one where nothing is told."""
        is_untold = not self.hit.path and self.is_plain and now - self.at < UNTOLD
        return self.is_down or self.meaning == "field" or is_untold

    def aim(self) -> Aim:
        """Return its target."""
        return aim_at(self.hit)

    def step(self, look: Look) -> Step | None:
        """Return what it was, by what came of it; None where it did nothing that a flow needs."""
        window = self.hit.window
        if self.meaning == "frame":
            return self._on_frame(look)
        if self.meaning == "ground" and self.is_plain and not self.was_active and window is not None:
            return self._on_window("activate")
        if self.is_plain and self.meaning == "check" and (state := self._state(look)):
            level = next(
                (level for level, each in enumerate(self.hit.path) if each.state.role in ("check_box", "radio_button", "switch")), None
            )  # fmt: skip
            return Step("check", {"state": state}, {"selector": aim_at(self.hit, level)}, self.at, window)
        element = meant(self.hit)
        if self.is_plain and self.meaning == "tab" and element is not None and element.state.name:
            return Step("choose", {"option": element.state.name}, {"selector": self.aim()}, self.at, window)
        return Step("click", self._how(), {"selector": self.aim()}, self.at, window)

    def drag(self, end: Hit) -> Step | None:
        """Return the drag that the press became; None for one of a frame: who moves a window moves nothing in it."""
        if self.meaning == "frame" or self.hit.window is None:
            return None
        config: dict[str, Any] = {}
        if self.button != "left":
            config["button"] = self.button
        if self.modifiers:
            config["modifiers"] = list(self.modifiers)
        begin, to = aim_at(self.hit), aim_at(end)
        if self.hit.keys and end.keys and self.hit.keys[0] == end.keys[0]:
            begin, to = replace(begin, way="place"), replace(to, way="place")
        return Step("drag", config, {"selector": begin, "to": to}, self.at, self.hit.window)

    def _how(self) -> dict[str, Any]:
        config: dict[str, Any] = {}
        if self.button != "left":
            config["clickType"] = self.button
        elif self.count == 2:
            config["clickType"] = "double"
        if self.count > 2 or (self.count == 2 and self.button != "left"):
            config["clicks"] = self.count
        if self.modifiers:
            config["modifiers"] = list(self.modifiers)
        return config

    def _state(self, look: Look) -> str:
        """Return the state that something with a tick has now; ``""`` where the click did not set it."""
        element = meant(self.hit)
        before = next((each.state.is_checked for each in self.hit.path[:4] if each.state.is_checked is not None), None)
        is_radio = element is not None and element.state.role == "radio_button"
        now = look.pressed.tick if look.pressed is not None and look.pressed.is_there else None
        if now is None:
            return "" if before is None else "on" if is_radio or not before else "off"
        if self.hit.is_late and now != "mixed":
            return now
        if now == "mixed" or (not is_radio and before is not None and (now == "on") == before):
            return ""
        return now

    def _on_frame(self, look: Look) -> Step | None:
        window = self.hit.window
        if window is None:
            return None
        now = next((one for one in look.windows if one.id == window.id), None)
        if now is None:
            return self._on_window("close")
        if now.is_minimized:
            return self._on_window("minimize")
        area, before = now.box.width * now.box.height, window.box.width * window.box.height
        if area > 1.2 * before:
            return self._on_window("maximize")
        if 1.2 * area < before:
            return self._on_window("restore")
        return None if self.was_active else self._on_window("activate")

    def _on_window(self, action: str) -> Step:
        scope = scope_of(self.hit.window, self.hit.windows)
        return Step("window", {"action": action, "selector": scope}, {}, self.at, self.hit.window)


@dataclass
class Combo:
    """A combo box that was pressed: its list is open."""

    hit: Hit
    at: float
    is_down: bool = True

    def step(self, look: Look) -> Step | None:
        """Return the choice that was made by keys, or by letting go over an entry; None where it is as before."""
        level = meant_level(self.hit, "combo_box")
        before = None if level is None else self.hit.path[level].state
        now = look.pressed.value if look.pressed is not None and look.pressed.is_there else None
        if not now or before is None or now == (before.value or before.name):
            return None
        return self.chosen(now)

    def chosen(self, option: str) -> Step:
        """Return the choice of an option."""
        aim = aim_at(self.hit, meant_level(self.hit, "combo_box"))
        return Step("choose", {"option": plain(option)}, {"selector": aim}, self.at, self.hit.window)


@dataclass
class Menu:
    """A menu that is open, with the entries that were pressed so far."""

    hit: Hit
    at: float
    names: list[str]
    aim: Aim | None = None
    """What it hangs on, where that is not the menu bar of its window."""
    is_down: bool = True

    def step(self) -> Step:
        """Return the choice of the entry that was pressed last."""
        config: dict[str, Any] = {"path": self.names}
        window = self.hit.window
        if self.aim is not None:
            return Step("menu", config, {"selector": self.aim}, self.at, window)
        if scope := scope_of(window, self.hit.windows):
            config["selector"] = scope
        return Step("menu", config, {}, self.at, window)


@dataclass
class Wheel:
    """A wheel that turned."""

    hit: Hit
    at: float
    dx: int = 0
    dy: int = 0
    modifiers: Modifiers = ()
    last: float = 0.0

    def takes(self, dx: int, dy: int, modifiers: Modifiers, window: Window | None) -> bool:
        """Whether a further click of the wheel belongs to it."""
        is_same = (self.dy == 0) == (dy == 0) and modifiers == self.modifiers
        return is_same and window is not None and self.hit.window is not None and window.id == self.hit.window.id

    def step(self, until: Aim | None = None) -> Step | None:
        """Return the way that it turned, until something was in sight if that is given."""
        clicks = self.dy or self.dx
        if not clicks:
            return None
        way = ("down" if clicks > 0 else "up") if self.dy else ("right" if clicks > 0 else "left")
        config: dict[str, Any] = {"direction": way}
        aims = {"selector": Aim(self.hit.moment, self.hit.point, "area", scrolled_level(self.hit))}
        if until is not None:
            aims["until"] = until
        else:
            config["amount"] = min(abs(clicks), 1000)
        if self.modifiers:
            config["modifiers"] = list(self.modifiers)
        return Step("scroll", config, aims, self.at, self.hit.window)


@dataclass
class Keys:
    """Keys that were pressed together, and how often."""

    keys: tuple[str, ...]
    at: float
    window: Window | None
    times: int = 1

    def step(self) -> Step:
        """Return them as a node."""
        config: dict[str, Any] = {"keys": list(self.keys)}
        if self.times > 1:
            config["times"] = min(self.times, 1000)
        return Step("keys", config, {}, self.at, self.window)


def way_by_tabs(tabs: Sequence[Keys]) -> list[Step]:
    """Return the tabs that lead to something, the same ones as one step."""
    steps: list[Step] = []
    for tab in tabs:
        if steps and steps[-1].config["keys"] == list(tab.keys):
            steps[-1].config["times"] = steps[-1].config.get("times", 1) + 1
        else:
            steps.append(tab.step())
    return steps


def activation(window: Window, look: Look) -> Step:
    """Return the step that brings a window to the front."""
    return Step("window", {"action": "activate", "selector": scope_of(window, look.windows)}, {}, look.at, window)


def aim_at(hit: Hit, level: int | None = None) -> Aim:
    """Return what a press aims at: the element, or in a large one that has no name, or where there is none, the place."""
    chosen = meant_level(hit) if level is None else level
    element = hit.path[chosen] if chosen is not None else None
    is_secret = any(hit.secrets)
    if element is None:
        return Aim(hit.moment, hit.point, "place", None, is_secret, took=hit.took, window=hit.window)
    role, box = element.state.role, element.box
    is_canvas = role not in proposals.ACTIONABLE and box.width > SMALL and box.height > SMALL
    return Aim(
        hit.moment, hit.point, "place" if is_canvas else "element", chosen, is_secret, took=hit.took, window=hit.window
    )


def apart(one: Point, other: Point) -> int:
    """Return how many pixels two points are apart, across or down."""
    return max(abs(one.x - other.x), abs(one.y - other.y))
