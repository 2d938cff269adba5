"""Which top level window of the window system an element's own program means by one of its windows. Pure.

Programs tell the title and the box of their windows, not their ids. Two windows of one program may have the same title and lie
at the same place: then the one that says it is active is the one that has the keyboard, and the other is the other.
"""

from collections.abc import Sequence
from typing import NamedTuple

from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Box


class Top(NamedTuple):
    """A window as its program tells it."""

    name: str
    box: Box
    is_active: bool = False
    place: tuple[str, str] = ("", "")
    """Where it is on the accessibility bus of Linux."""


_SAME = 2
"""Two boxes that are so nearly as far from a third are not told apart."""


def window_of(pid: int, top: Top | None, windows: Sequence[Window]) -> Window | None:
    """Return the window that a program means; None where that is not sure.

    Args:
        pid: The program's process.
        top: What it tells of its window; None where it tells nothing.
        windows: All windows, uppermost first.
    """
    mine = [window for window in windows if window.pid == pid]
    if top is None:
        return mine[0] if len(mine) == 1 else None
    named = [window for window in mine if window.title == top.name]
    if not named:
        return mine[0] if len(mine) == 1 else None
    if len(named) == 1:
        return named[0]
    active = [window for window in named if window.is_active]
    if top.is_active and active:
        return active[0]
    others = [window for window in named if window not in active] if active and not top.is_active else named
    closest = sorted(others, key=lambda window: apart(window.box, top.box))
    if len(closest) > 1 and apart(closest[1].box, top.box) - apart(closest[0].box, top.box) <= _SAME:
        return None
    return closest[0]


def shown_of(pid: int, windows: Sequence[Window]) -> Window | None:
    """Return the window to which a menu or another popup of a process belongs: the active one, else its uppermost."""
    mine = [window for window in windows if window.pid == pid and not window.is_minimized]
    return next((window for window in mine if window.is_active), mine[0] if mine else None)


def apart(one: Box, other: Box) -> int:
    """How far the edges of two boxes are from each other."""
    return sum(abs(left - right) for left, right in zip(one, other, strict=True))
