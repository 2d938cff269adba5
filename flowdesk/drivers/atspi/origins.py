"""Where on the screen a window is whose program measures in a way of its own.

GTK 4 measures from the window's corner, GTK and Qt in pixels of their own where the screen is scaled (``QT_SCALE_FACTOR``,
``GDK_SCALE``).
"""

from typing import Any, NamedTuple

from flowdesk.drivers.wayland import session
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11 import surfaces
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box

SCALES = (1.0, 2.0, 1.5, 1.25, 1.75, 3.0, 2.5, 2.25, 4.0, 3.5)
"""How many pixels of the screen one pixel of a program may be, the usual ones first."""

Rectangle = tuple[int, int, int, int]
"""x, y, width, height."""


class Measure(NamedTuple):
    """How a program measures: a length on the screen is ``scale`` times as long, and zero lies at ``x`` and ``y``."""

    scale: float
    x: float
    y: float

    def box(self, told: Rectangle) -> Rectangle:
        """Return where on the screen a box is that the program tells."""
        x, y, width, height = told
        left, top = round(x * self.scale + self.x), round(y * self.scale + self.y)
        return left, top, round(width * self.scale), round(height * self.scale)


SAME = Measure(1.0, 0.0, 0.0)

UNPLACED = Measure(0.0, 0.0, 0.0)
"""How a program measures in a window whose place nobody tells, as a popup under Wayland: everything is nowhere."""


def measure_of(pid: int, title: str, told: Rectangle, *, is_from_corner: bool) -> Measure | None:
    """Return how a program measures, judged by one of its windows; None where X11 knows no such window.

    Args:
        pid: The program's process.
        title: The window's title; a window with another title counts when there is only one.
        told: The window's box as the program tells it, without the shadow that it may draw around the window.
        is_from_corner: Whether places are measured from the window's own corner.
    """
    if told[2] <= 0 or told[3] <= 0:
        return None
    if session.is_wayland():
        from flowdesk.drivers.wayland.places import corner_of

        corner = corner_of(pid, title)
        return Measure(1.0, corner.x - told[0], corner.y - told[1]) if corner is not None else None
    if not x11.is_x11():
        return None
    try:
        display = x11.connect()
    except FlowdeskError:
        return None
    try:
        with x11.forgiving():
            return _measure(display, pid, title, told, is_from_corner=is_from_corner)
    finally:
        display.close()
    return None


def popups_of(pid: int) -> list[Box]:
    """Return the boxes of the menus and popovers of a process that are open; nothing outside X11."""
    if not x11.is_x11():
        return []
    try:
        display = x11.connect()
    except FlowdeskError:
        return []
    try:
        clients = set(x11.property_values(display, x11.root_of(display).id, "_NET_CLIENT_LIST"))
        return [menu.box for menu in surfaces.menus_of(display, clients, pid)]
    finally:
        display.close()


def _measure(display: Any, pid: int, title: str, told: Rectangle, *, is_from_corner: bool) -> Measure | None:
    listed = x11.property_values(display, x11.root_of(display).id, "_NET_CLIENT_LIST_STACKING")
    mine = [number for number in reversed(listed) if x11.process_of(display, number) == pid]
    named = [number for number in mine if x11.property_text(display, number, "_NET_WM_NAME") == title]
    if not named and len(mine) != 1:
        return None
    number = (named or mine)[0]
    geometry = x11.window(display, number).get_geometry()
    place = x11.window(display, number).translate_coords(x11.root_of(display), 0, 0)
    client = (-int(place.x), -int(place.y), int(geometry.width), int(geometry.height))
    margins = _four(display, number, "_GTK_FRAME_EXTENTS")
    if is_from_corner:
        return _from_corner(client, told, margins)
    inner = _grown(client, [-margin for margin in margins])
    for one in dict.fromkeys((client, inner)):
        scale = _scale(one, told)
        if scale is not None:
            return Measure(scale, one[0] - told[0] * scale, one[1] - told[1] * scale) if scale != 1 else SAME
    scale = _scale(_grown(client, _four(display, number, "_NET_FRAME_EXTENTS")), told)
    return None if scale is None else Measure(scale, 0.0, 0.0)


def _from_corner(client: Rectangle, told: Rectangle, margins: list[int]) -> Measure:
    inner = _grown(client, [-margin for margin in margins])
    scale = _scale(inner, told) or 1.0
    if any(margins):
        return Measure(scale, inner[0], inner[1])
    across, down = (max(0.0, client[side] - told[side] * scale) // 2 for side in (2, 3))
    return Measure(scale, client[0] + across, client[1] + down)


def _scale(seen: Rectangle, told: Rectangle) -> float | None:
    """Return how much larger one box is than the other, None where it is no usual scale of it."""
    return next(
        (
            scale
            for scale in SCALES
            if all(abs(seen[side] - told[side] * scale) <= (0 if scale == 1 else scale + 1) for side in (2, 3))
        ),
        None,
    )


def _grown(box: Rectangle, edges: list[int]) -> Rectangle:
    """Return a box with edges added left, right, above and below."""
    left, right, top, bottom = edges
    return box[0] - left, box[1] - top, box[2] + left + right, box[3] + top + bottom


def _four(display: Any, number: int, name: str) -> list[int]:
    values = [int(value) for value in x11.property_values(display, number, name)]
    return values if len(values) == 4 else [0, 0, 0, 0]
