"""How windows stand over each other in one look: what they cover, which window something belongs to, and which counts first.

A selector without a scope prefers the window that has the keyboard, and flowdesk's own windows are no targets unless they are named.
"""

import os
from collections.abc import Sequence
from functools import cached_property

from flowdesk.drivers import elements, owners
from flowdesk.drivers.memory import WindowList
from flowdesk.drivers.places import Match, Scope
from flowdesk.drivers.x11 import connection as x11
from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say
from flowdesk.model.target import Miss

FLOATING = frozenset({"menu", "menu_item", "list_item", "tooltip"})
"""Elements that may be shown outside the frame of their window."""

HOLDERS = frozenset({"list", "table", "tree"})
"""Elements that hold many, which a program may tell as long as all of them, also where a window shows only some."""

_DOUBTFUL = 300
"""So many elements are asked for their windows at most."""

_EDGE = 2
"""Pixels by which what lies on the edge of a scope may seem outside: programs round each box for itself."""

ACTIVE, ELSEWHERE, HIDDEN = 0, 1, 2
"""Ranks of matches: in the window that has the keyboard, in another one, scrolled out of sight."""


class Standing:
    """The windows of one look, uppermost first."""

    def __init__(self, asked: WindowList) -> None:
        """Ask ``asked`` when the first question comes."""
        self._asked = asked

    @cached_property
    def windows(self) -> Sequence[Window]:
        """The windows, uppermost first."""
        return tuple(self._asked.list())

    @cached_property
    def others(self) -> Sequence[Window]:
        """The windows of other programs than this one."""
        return tuple(window for window in self.windows if window.pid != os.getpid())

    @cached_property
    def active(self) -> Window | None:
        """The window that has the keyboard, unless it is flowdesk's own."""
        return next((window for window in self.others if window.is_active and not window.is_minimized), None)

    def top(self, box: Box) -> Window | None:
        """Return the uppermost window at the middle of a box."""
        shown = (window for window in self.windows if not window.is_minimized)
        return next((window for window in shown if window.box.contains(box.center)), None)

    def is_overlaid(self, window: Window) -> bool:
        """Whether other windows lie over a part of a window."""
        for other in self.windows:
            if other.id == window.id:
                return False
            if not other.is_minimized and not other.box.intersection(window.box).is_empty:
                return True
        return False

    def rank(self, match: Match) -> int:
        """Return whether something is in the window that has the keyboard, or else where."""
        active = self.active
        if active is None:
            return ELSEWHERE
        if match.pids is not None and active.pid not in match.pids:
            return ELSEWHERE
        if match.element is not None and match.element.role in FLOATING:
            return ACTIVE
        top = self.top(match.box)
        return ACTIVE if top is not None and top.id == active.id else ELSEWHERE

    # -- elements

    def uncovered_of(
        self, found: Sequence[elements.Found], scope: Scope
    ) -> tuple[list[elements.Found], list[elements.Found]]:
        """Return those of some elements that are in a scope and can be seen, and those that other windows cover."""
        within = [element for element in found if is_within(element, scope) or self._is_within_by_part(element, scope)]
        shown: list[elements.Found] = []
        covered: list[elements.Found] = []
        for element, owner in zip(within, self._owners(within), strict=True):
            if owner is None:
                (shown if self._is_in_sight(element) else covered).append(element)
            elif scope.window is None or scope.window.pid != element.pid or scope.window.id == owner.id:
                top = self.top(element.box)
                (shown if top is None or top.id == owner.id else covered).append(element)
        return shown, covered

    def _owners(self, found: Sequence[elements.Found]) -> list[Window | None]:
        """Return the windows to which elements belong, where several windows of one program lie over each other there."""
        doubtful = []
        for element in found:
            here = [
                window
                for window in self.windows
                if window.pid == element.pid
                and not window.is_minimized
                and window.box.contains(self._shown_part(element).center)
            ]
            if len(here) > 1 and element.state.role not in FLOATING:
                doubtful.append((element, here))
        tops = elements.tops([element.place for element, _ in doubtful[:_DOUBTFUL]])
        known = {
            id(element): owner
            for (element, here), top in zip(doubtful, tops, strict=False)
            if top is not None and (owner := owners.window_of(element.pid, top, here)) is not None
        }
        return [known.get(id(element)) for element in found]

    def _is_in_sight(self, element: elements.Found) -> bool:
        """Whether an element's own window, or a popup, is uppermost at its middle.

        A program that has just opened its window may for a moment tell places where no window is.
        """
        box = self._shown_part(element)
        top = self.top(box)
        if box != element.box:
            return top is not None and top.pid == element.pid
        if top is not None or not x11.is_x11() or not any(window.pid == element.pid for window in self.windows):
            return self._cover(element.box, element.pid) is None
        return self._asked.popup_at(element.box.center) is not None

    def _is_within_by_part(self, element: elements.Found, scope: Scope) -> bool:
        """Whether what a window shows of a long list lies in a scope."""
        part = self._shown_part(element)
        return part != element.box and scope.box.contains(part.center)

    def _shown_part(self, element: elements.Found) -> Box:
        """Return what a window shows of a list that is longer than the window, which its program tells as a whole."""
        own = [window.box for window in self.windows if window.pid == element.pid and not window.is_minimized]
        if element.state.role not in HOLDERS or any(box.contains(element.box.center) for box in own):
            return element.box
        parts = [part for box in own if not (part := element.box.intersection(box)).is_empty]
        return max(parts, key=lambda part: part.width * part.height, default=element.box)

    def _cover(self, box: Box, *pids: int) -> Window | None:
        """Return the window of another process that lies over the middle of a box."""
        if not any(window.pid in pids for window in self.windows):
            return None
        top = self.top(box)
        return None if top is None or top.pid in pids else top

    def covered(self, target: str, element: elements.Found) -> Miss:
        """Say that another window lies over an element."""
        cover = self.top(element.box)
        if cover is None:
            reason = say('"{target}" was found, but its program reports a position without a window.', target=target)
        else:
            reason = say('"{target}" was found, but the window "{title}" covers it.', target=target, title=cover.title)
        return Miss(reason, best_box=element.box)

    # -- what was seen, and all

    def uncovered(self, matches: Sequence[Match], scope: Scope) -> list[Match]:
        """Drop what was seen on other windows that lie over the scope's own.

        Unscoped, drop what flowdesk's own window shows: the picture in its inspector is not the target.
        """
        if scope.window is not None:
            return [match for match in matches if self._is_on(match.box, scope.window)]
        if scope.pids:
            return [match for match in matches if self._cover(match.box, *scope.pids) is None]
        return [match for match in matches if (top := self.top(match.box)) is None or top.pid != os.getpid()]

    def _is_on(self, box: Box, window: Window) -> bool:
        """Whether what is seen in a box is on a window, or on a menu of its program that reaches over it."""
        top = self.top(box)
        if top is None or top.id == window.id:
            return True
        return bool(window.pid) and self._asked.popup_at(box.center) == window.pid

    def owners_of(self, matches: Sequence[Match]) -> list[Window | None]:
        """Return the windows to which matches belong: their own, that of their element, of their scope, or what lies there."""
        tops = elements.tops([match.handle for match in matches])
        return [self._owner(match, top) for match, top in zip(matches, tops, strict=True)]

    def _owner(self, match: Match, top: owners.Top | None) -> Window | None:
        if match.window is not None:
            return match.window
        scoped = match.outer.window if match.outer is not None else None
        if match.pids:
            pid = min(match.pids)
            if scoped is not None and scoped.pid == pid and (top is None or scoped.title == top.name):
                return scoped
            known = owners.window_of(pid, top, self.windows)
            is_popup = match.element is not None and match.element.role in FLOATING
            return known or (owners.shown_of(pid, self.windows) if is_popup else None)
        if scoped is not None:
            return scoped
        popup = self._asked.popup_at(match.box.center)
        return owners.shown_of(popup, self.windows) if popup else self.top(match.box)


def is_within(element: elements.Found, scope: Scope) -> bool:
    """Whether an element lies in a scope."""
    if scope.window is not None and scope.pids and element.state.role in FLOATING:
        return not element.box.is_empty
    around = Box(scope.box.x - _EDGE, scope.box.y - _EDGE, scope.box.width + 2 * _EDGE, scope.box.height + 2 * _EDGE)
    return around.contains(element.box.center) or (scope.is_whole and not element.box.intersection(scope.box).is_empty)
