"""Where the elements of a window are: every toolkit tells places from the window's corner.

sway tells where that is; elsewhere it lies on flowdesk's own plane.
"""

from flowdesk.drivers.wayland import plane, session
from flowdesk.drivers.wayland.windows import facts_of_process
from flowdesk.model.geometry import Point


def corner_of(pid: int, title: str) -> Point | None:
    """Return the corner from which a window's program measures; None where it is not sure which window that is.

    Args:
        pid: The program's process.
        title: The window's title; a window with another title counts when there is only one. Popups have none.
    """
    if not session.is_driven():
        return plane.corner_of(pid, title)
    mine = facts_of_process(pid)
    named = [facts for facts in mine if facts.title == title]
    if len(named) == 1:
        return named[0].content
    if named:
        active = [facts for facts in named if facts.is_active]
        return active[0].content if active else None
    return mine[0].content if len(mine) == 1 and title else None
