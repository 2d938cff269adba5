"""Elements with more children than anyone can read: sheets and long lists, of which only what is shown counts.

A sheet of LibreOffice has two thousand million cells, and a program that is asked for all of them never answers again. The
cells in its corners are asked for by their places on the screen, and those between them by row and column.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flowdesk.drivers.atspi.calls import ACCESSIBLE, COMPONENT, NULL, TABLE, Place, Question, extents_of

Ask = Callable[[Sequence[Question]], list[Any]]
"""Asks questions and returns the bodies of the answers, None for what was refused."""

MANY = 2000
"""Children that are asked for one by one; an element with more is too large to."""
_ACROSS = (3, 24, 48, 96, 160)
_DOWN = (3, 24, 48)
"""Pixels from its borders at which cells are asked for: headings and scroll bars may lie there."""


def shown_cells(ask: Ask, table: Place) -> list[Place]:
    """Return the cells of a large table, or the entries of a long list, that are on the screen, row by row."""
    (extents,) = ask([extents_of(*table)])
    if extents is None or extents[0][2] <= 0 or extents[0][3] <= 0:
        return []
    indexes = _indexes(ask, table, *(int(number) for number in extents[0]))
    members = ("GetRowAtIndex", "GetColumnAtIndex")
    answers = ask([Question(*table, TABLE, member, "i", (index,)) for index in indexes for member in members])
    cells = [
        (int(row[0]), int(column[0]))
        for row, column in zip(answers[::2], answers[1::2], strict=True)
        if row and column and int(row[0]) >= 0 and int(column[0]) >= 0
    ]
    if cells:
        rows, columns = [row for row, _ in cells], [column for _, column in cells]
        all_rows, all_columns = range(min(rows), max(rows) + 1), range(min(columns), max(columns) + 1)
        if len(all_rows) * len(all_columns) > MANY:
            return []
        places = [(row, column) for row in all_rows for column in all_columns]
        found = ask([Question(*table, TABLE, "GetAccessibleAt", "ii", place) for place in places])
    elif indexes and max(indexes) - min(indexes) < MANY:
        between = range(min(indexes), max(indexes) + 1)
        found = ask([Question(*table, ACCESSIBLE, "GetChildAtIndex", "i", (index,)) for index in between])
    else:
        return []
    return [(str(cell[0][0]), str(cell[0][1])) for cell in found if cell]


def _indexes(ask: Ask, table: Place, x: int, y: int, width: int, height: int) -> list[int]:
    """Return the places in the table of what is shown near two opposite corners of it."""
    points = [(x + across, y + down) for across in _ACROSS for down in _DOWN]
    points += [(x + width - across, y + height - down) for across in _ACROSS for down in _DOWN]
    answers = ask([Question(*table, COMPONENT, "GetAccessibleAtPoint", "iiu", (*point, 0)) for point in points])
    cells = dict.fromkeys((str(answer[0][0]), str(answer[0][1])) for answer in answers if answer)
    cells.pop(table, None)
    told = ask([Question(*cell, ACCESSIBLE, "GetIndexInParent") for cell in cells if cell[1] != NULL])
    return [int(index[0]) for index in told if index and int(index[0]) >= 0]
