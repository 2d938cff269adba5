"""When a pointer that is held in a corner of a monitor stops everything. Pure."""

from collections.abc import Sequence

from flowdesk.model.geometry import Box, Point

CORNER = 1
"""Pixels from a corner that count as in it: a mouse thrown there stops exactly in it."""
HOLD = 0.3
"""Seconds that the pointer must stay there."""


def in_corner(point: Point, monitors: Sequence[Box]) -> bool:
    """Whether a point is in a corner of one of the monitors."""
    for box in monitors:
        across = min(abs(point.x - box.x), abs(point.x - (box.right - 1)))
        down = min(abs(point.y - box.y), abs(point.y - (box.bottom - 1)))
        if across <= CORNER and down <= CORNER:
            return True
    return False


class CornerWatch:
    """Decides when a pointer has been held in a corner, from positions and times. Pure."""

    def __init__(self) -> None:
        """Begin unarmed: a pointer that already is in a corner does not count."""
        self._was_outside = False
        self._since: float | None = None

    def is_held(self, point: Point, monitors: Sequence[Box], now: float, own: Point | None = None) -> bool:
        """Take a position; return whether the corner has been held long enough. True once for each stay.

        Args:
            point: Where the pointer is.
            monitors: Frames of the monitors.
            now: Seconds of any steady clock.
            own: Where flowdesk itself put the pointer last; there it does not count.
        """
        if not in_corner(point, monitors) or point == own:
            self._was_outside = True
            self._since = None
            return False
        if not self._was_outside:
            return False
        if self._since is None:
            self._since = now
        if now - self._since < HOLD:
            return False
        self._was_outside, self._since = False, None
        return True
