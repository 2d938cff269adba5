"""The rows of a sheet while they are read, of whatever format, and what a person should know about them."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.formats import is_padded_format, plain, shown
from flowdesk.nodes.tabular.table import Reading, Table, column_letters, too_many

MOST_MERGES = 100_000
Block = tuple[int, int, int, int]
"""Merged cells: top, left, bottom and right, 1-based and inclusive."""


class Gathered:
    """Keeps the rows of an area, fills merged cells, and says what was odd. Counts are kept of what is said."""

    def __init__(self, name: str, reading: Reading) -> None:
        """Begin with no row.

        Args:
            name: What the file is called, for errors.
            reading: What is to be kept.
        """
        self.table = Table()
        self._name = name
        self._reading = reading
        self._rows = self.table.rows
        self._kept = 0
        self._width = 0
        self.uncalculated: list[str] = []
        """Cells with a formula and no value."""
        self.errors: list[str] = []
        """Cells that hold an error, with it."""
        self.padded: list[str] = []
        """Cells that show zeros in front, with what they show."""
        self.unshown: list[str] = []
        """Cells whose format is not understood, with it."""

    def takes(self, row: int) -> bool:
        """Whether a row lies in the area."""
        return self._reading.area.top <= row <= self._reading.area.bottom

    def add(self, row: int, cells: Iterable[tuple[int, Any]]) -> None:
        """Add the cells of a row by their columns; those outside the area are left out.

        Raises:
            NodeError: If there are more than are kept of a table.
        """
        area, values = self._reading.area, list[Any]()
        for column, value in cells:
            if not area.left <= column <= area.right:
                continue
            place = column - area.left
            if place >= len(values):
                values.extend([None] * (place + 1 - len(values)))
            values[place] = value
        if not values:
            return
        self._count(len(values))
        self._width = max(self._width, len(values))
        self._rows.append((row, values))

    def _count(self, cells: int) -> None:
        self._kept += cells
        if self._kept > self._reading.most_cells:
            raise too_many(self._name, self._reading.most_cells)

    def merge(self, blocks: Sequence[Block]) -> None:
        """Put the value of merged cells into each of them, or say that it is in the first alone.

        Raises:
            NodeError: If there are more cells than are kept of a table.
        """
        numbers = [number for number, _ in self._rows]
        area, touched = self._reading.area, 0
        for top, left, bottom, right in blocks[:MOST_MERGES]:
            first = bisect_left(numbers, top)
            if first == len(numbers) or numbers[first] != top or left < area.left:
                continue
            place = left - area.left
            value = self._rows[first][1][place] if place < len(self._rows[first][1]) else None
            last = bisect_left(numbers, bottom + 1)
            if value in (None, "") or (last - first < 2 and right == left):
                continue
            touched += last - first > 1
            if self._reading.fill_merged:
                self._fill(first, last, place, min(right - area.left + 1, max(self._width, place + 1)), value)
        if touched and not self._reading.fill_merged:
            self.table.note(
                say("{count} merged cells span several rows, and only the first row has the value. Turn on Fill merged cells to give it to all rows.", count=touched), "warn",
            )  # fmt: skip

    def _fill(self, first: int, last: int, left: int, right: int, value: Any) -> None:
        for _, row in self._rows[first:last]:
            if len(row) < right:
                self._count(right - len(row))
                row.extend([None] * (right - len(row)))
            row[left:right] = [value] * (right - left)

    def tell(self, *, is_outdated: bool = False) -> None:
        """Say what was odd; ``is_outdated`` where results of formulas may be older than what they are made of."""
        note = self.table.note
        if self.uncalculated:
            note(say("{count} formulas have no calculated value and are read as empty, such as {cells}. Open the workbook in Excel or LibreOffice and save it.", count=len(self.uncalculated),
                     cells=", ".join(self.uncalculated[:3])), "warn")  # fmt: skip
        elif is_outdated:
            note(say("The workbook changed after its formulas were calculated, so their values may be outdated. Open it in Excel or LibreOffice and save it."), "warn")  # fmt: skip
        if self.errors:
            note(say("{count} cells contain errors, such as {cells}.", count=len(self.errors),
                     cells=", ".join(self.errors[:3])), "warn")  # fmt: skip
        if self.padded:
            note(say("Some formats show leading zeros, such as {cells}. Turn on Values as displayed to keep them.",
                     cells=", ".join(self.padded[:3])))  # fmt: skip
        if self.unshown:
            note(say("{count} cells have a format that flowdesk does not support, such as {cells}. Their stored values are used.",
                     count=len(self.unshown), cells=", ".join(self.unshown[:3])), "warn")  # fmt: skip

    def number(self, cell: tuple[int, int], number: float, code: str, *, is_1904: bool) -> Any:
        """Return a number of a cell as it is to be read: an ISO text where it is a day, a text where it is to be as shown.

        Args:
            cell: Column and row.
            number: What it holds.
            code: Its number format.
            is_1904: Whether days count from 1904.
        """
        if self._reading.as_shown:
            found = shown(None, number, code, is_1904)
            if found is not None:
                return found
            self.unshown.append(f"{named_cell(*cell)} ({code})")
        elif len(self.padded) < 3 and is_padded_format(code):
            as_seen = shown(None, number, code, is_1904)
            if as_seen != str(number):
                self.padded.append(f"{named_cell(*cell)} ({as_seen})")
        return plain(number, code, is_1904) if code != "General" else number


def chosen_sheet(names: Sequence[str], wanted: str) -> str:
    """Return the name of the sheet to read: the first one where none is named.

    Raises:
        NodeError: If there is no such sheet.
    """
    if names and not wanted:
        return names[0]
    found = next((name for name in names if name.casefold() == wanted.casefold()), None)
    if found is not None:
        return found
    raise NodeError(
        say('Sheet "{sheet}" not found, or it has no cells.', sheet=wanted),
        say("Available: {sheets}.", sheets=", ".join(names)),
    )


def named_cell(column: int, row: int) -> str:
    """Return the name of a cell, such as ``B3``."""
    return f"{column_letters(column)}{row}"
