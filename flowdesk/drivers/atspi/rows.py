"""Rows of lists that GTK 4 keeps ready: which are shown, and how far away another one is.

It makes up to some two hundred rows. Those that were never shown tell an empty box; those that were scrolled out keep the box that
they had, so that two rows tell the same place. What lies at a point is told truly there.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flowdesk.drivers.atspi.calls import ACCESSIBLE, COMPONENT, NULL, ROOT, Place, Question, extents_of, value_of

_LISTS = frozenset({31, 55, 65, 66, 98})
"""Roles of lists, tables and trees."""

_DEEP = 12
"""So many levels below a row what lies at a point is at most."""

_IN_WINDOW = 1

Ask = Callable[[Sequence[Question]], list[Any]]
Told = Sequence[int]
"""x, y, width, height, as the program tells them."""


def is_elsewhere(ask: Ask, chain: Sequence[Place], roles: Sequence[int], told: Told) -> bool:
    """Whether another row of its list is shown where an element tells to be.

    Args:
        ask: Asks the accessibility bus.
        chain: The element and what it stands in, innermost first.
        roles: Their roles.
        told: The element's box as the program tells it.
    """
    at = next((at for at, role in enumerate(roles) if at and role in _LISTS), 0)
    if not at or told[2] <= 0 or told[3] <= 0:
        return False
    row = _row_at(ask, chain[at], told[0] + told[2] // 2, told[1] + told[3] // 2)
    return row is not None and row != chain[at - 1]


def away(ask: Ask, chain: Sequence[Place], roles: Sequence[int]) -> int | None:
    """Return how many rows below the middle of its list an element is, above it negative; None where nobody can tell."""
    at = next((at for at, role in enumerate(roles) if at and role in _LISTS), 0)
    if not at:
        return None
    (told,) = ask([extents_of(*chain[at])])
    if told is None or told[0][2] <= 0 or told[0][3] <= 0:
        return None
    x, y, width, height = told[0]
    shown = _row_at(ask, chain[at], x + width // 2, y + height // 2)
    if shown is None:
        return None
    indexes = ask([Question(*row, ACCESSIBLE, "GetIndexInParent") for row in (chain[at - 1], shown)])
    if any(index is None or int(index[0]) < 0 for index in indexes):
        return None
    return int(indexes[0][0]) - int(indexes[1][0])


def _row_at(ask: Ask, holder: Place, x: int, y: int) -> Place | None:
    """Return the row of a list that is shown at a point; None where none is."""
    (answer,) = ask([Question(*holder, COMPONENT, "GetAccessibleAtPoint", "iiu", (x, y, _IN_WINDOW))])
    if answer is None:
        return None
    at = (str(answer[0][0]), str(answer[0][1]))
    for _ in range(_DEEP):
        if at[1] in (NULL, ROOT) or at == holder:
            return None
        (above,) = ask([value_of(*at, ACCESSIBLE, "Parent")])
        if above is None:
            return None
        parent = (str(above[0][1][0]), str(above[0][1][1]))
        if parent == holder:
            return at
        at = parent
    return None
