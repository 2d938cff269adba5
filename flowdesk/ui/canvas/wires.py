"""The ways of wires: a curve forwards, a rounded detour around the cards when one leads back. Pure; the page has the same.

``tests/vectors/wires.json`` holds the two equal.
"""

from collections.abc import Iterable

from flowdesk.ui.canvas.card import GRID, Box

Place = tuple[float, float]
Segment = tuple[str, tuple[float, ...]]
"""As in a path of SVG, in absolute coordinates: ``M`` x y, ``L`` x y, ``C`` and ``Q`` with their control points first."""

BACKWARDS = -10.0
"""How far left of its start a wire must end to lead back."""
BACK_ROOM = 28.0
"""How far a wire that leads back keeps from the cards, in scene pixels."""
_ROUND = 14.0


def way(start: Place, end: Place, around: float | None) -> list[Segment]:
    """Return the way of a wire. ``around`` is the height of the detour of one that leads back, ``None`` for a straight one."""
    (x, y), (to_x, to_y) = start, end
    dx = to_x - x
    if dx >= BACKWARDS or around is None:
        reach = max(min(abs(dx) * 0.5 + abs(to_y - y) * 0.15, 160.0), min(36.0, abs(dx) * 0.5 + 8))
        return [("M", start), ("C", (x + reach, y, to_x - reach, to_y, to_x, to_y))]
    right, left = x + 22, to_x - 24
    r = min(_ROUND, abs(around - y) / 2, abs(around - to_y) / 2)
    down, up = (r if around > y else -r), (r if around > to_y else -r)
    return [
        ("M", start), ("L", (right - r, y)), ("Q", (right, y, right, y + down)),
        ("L", (right, around - down)), ("Q", (right, around, right - r, around)),
        ("L", (left + r, around)), ("Q", (left, around, left, around - up)),
        ("L", (left, to_y + up)), ("Q", (left, to_y, left + r, to_y)), ("L", end),
    ]  # fmt: skip


def way_around(source: Box, target: Box, start: Place, end: Place, others: Iterable[Box]) -> float | None:
    """Return the height at which a wire that leads back passes the cards; ``None`` for one that leads forwards.

    It goes between them where there is room, over them if it comes from above, else below.

    Args:
        source: The card that it leaves.
        target: The card that it enters.
        start: Where it leaves.
        end: Where it enters.
        others: Cards that it keeps clear of.
    """
    if end[0] - start[0] >= BACKWARDS:
        return None
    upper, lower = (source, target) if source[1] <= target[1] else (target, source)
    if lower[1] - _bottom(upper) >= 2 * GRID:
        return (_bottom(upper) + lower[1]) / 2
    low, high = sorted((start[0] + 24, end[0] - 26))
    between = [box for box in others if box[0] + box[2] > low and box[0] < high]
    if source[1] < target[1]:
        top = min(source[1], target[1]) - BACK_ROOM
        for box in sorted(between, key=lambda box: -_bottom(box)):
            if box[1] - 8 < top < _bottom(box) + 8:
                top = box[1] - BACK_ROOM
        return top
    bottom = max(_bottom(source), _bottom(target)) + BACK_ROOM
    for box in sorted(between, key=lambda box: box[1]):
        if box[1] - 8 < bottom < _bottom(box) + 8:
            bottom = _bottom(box) + BACK_ROOM
    return bottom


def _bottom(box: Box) -> float:
    return box[1] + box[3]
