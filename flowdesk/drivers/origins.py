"""Where on the screen a window is whose program measures from the window's own corner (GTK 4, on X11)."""

from typing import Any

from flowdesk.drivers import x11
from flowdesk.model.errors import FlowdeskError


def origin_of(pid: int, title: str, size: tuple[int, int]) -> tuple[int, int] | None:
    """Return where the corner of a program's window is; None where X11 knows no such window.

    Args:
        pid: The program's process.
        title: The window's title; a window with another title counts when there is only one.
        size: Width and height that the program tells, without the shadow that it draws around the window.
    """
    if not x11.is_x11():
        return None
    try:
        display = x11.connect()
    except FlowdeskError:
        return None
    try:
        with x11.forgiving():
            return _origin(display, pid, title, size)
    finally:
        display.close()
    return None


def _origin(display: Any, pid: int, title: str, size: tuple[int, int]) -> tuple[int, int] | None:
    listed = x11.property_values(display, x11.root_of(display).id, "_NET_CLIENT_LIST_STACKING")
    mine = [number for number in reversed(listed) if x11.process_of(display, number) == pid]
    named = [number for number in mine if x11.property_text(display, number, "_NET_WM_NAME") == title]
    if not named and len(mine) != 1:
        return None
    number = (named or mine)[0]
    window = x11.window(display, number)
    geometry = window.get_geometry()
    corner = window.translate_coords(x11.root_of(display), 0, 0)
    margins = tuple(x11.property_values(display, number, "_GTK_FRAME_EXTENTS"))
    if len(margins) == 4 and any(margins):
        left, _, top, _ = (int(margin) for margin in margins)
    else:
        left, top = max(0, geometry.width - size[0]) // 2, max(0, geometry.height - size[1]) // 2
    return -int(corner.x) + left, -int(corner.y) + top
