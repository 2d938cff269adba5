"""Targets that need no search: the window that has the keyboard, and points."""

import os
from collections.abc import Sequence

from flowdesk.drivers import screens
from flowdesk.drivers.memory import WindowList
from flowdesk.drivers.places import Scope
from flowdesk.engine.ports import Window
from flowdesk.model.bodies import point_of
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say
from flowdesk.model.target import Miss, Query


def active_window(asked: WindowList, listed: Sequence[Window], scope: Scope) -> Window | Miss:
    """Return the window that has the keyboard; flowdesk's own is never meant."""
    active = asked.active()
    if active is None or active.pid == os.getpid():
        titles = tuple(window.title for window in listed if window.title and window.pid != os.getpid())
        return Miss(say("No window of another program has the keyboard focus."), candidates=titles[:10])
    window = next((window for window in listed if window.id == active.id), active)
    is_mine = scope.pids is None or window.pid in scope.pids or window == scope.window
    if is_mine and not window.box.intersection(scope.box).is_empty:
        return window
    title = window.title
    reason = say('The window with the keyboard focus, "{title}", is outside the search area.', title=title)
    return Miss(reason, best_box=window.box)


def point_at(body: str, asked: WindowList, query: Query, scope: Scope) -> Point | Miss:
    """Return the pixel that the body of a ``point`` step means in a scope, or that it lies outside the screen."""
    across, down = point_of(body)
    if across.is_relative:
        pointer = asked.pointer()
        point = Point(across.within(pointer.x, 0), down.within(pointer.y, 0))
    else:
        is_free = scope.is_whole and query.monitor is None and query.region is None
        frame: Box = screens.virtual_box() if is_free else scope.box
        point = Point(
            across.within(0 if is_free and not across.is_percent else frame.x, frame.width),
            down.within(0 if is_free and not down.is_percent else frame.y, frame.height),
        )
    if screens.virtual_box().contains(point):
        return point
    return Miss(say("The point {x},{y} is outside the screen.", x=point.x, y=point.y))
