"""What is read of a table, whatever the file: numbered rows, their names, and what a person should know about them."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from flowdesk.engine.texts import as_text
from flowdesk.model.errors import NodeError, ValueUnusable
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.told import LogLevel

MOST_CELLS = 2_000_000
"""Cells that are kept of one table; a text of 60 bytes each makes them some 200 MB."""
_RANGE = re.compile(r"\$?([A-Za-z]{0,3})\$?(\d{0,7})(?::\$?([A-Za-z]{0,3})\$?(\d{0,7}))?")


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a table, 1-based and inclusive."""

    top: int = 1
    left: int = 1
    bottom: int = 10_000_000
    right: int = 100_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table shall be read."""

    sheet: str = ""
    header: bool = True
    header_row: int = 0
    """Number of the row of names, 0 for the first that is not empty."""
    area: Area = Area()
    encoding: str = ""
    delimiter: str = ""
    as_shown: bool = False
    fill_merged: bool = False
    most_cells: int = MOST_CELLS
    """Cells that are kept at most; a file with more is refused."""


@dataclass(slots=True)
class Table:
    """The rows of a file, each with its number there, and what to tell people."""

    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    notes: list[tuple[LogLevel, Sentence | str]] = field(default_factory=list)
    """Lines for the log: level and sentence."""
    objects: list[Any] | None = None
    """Rows that have their names by themselves, as those of JSON."""

    def note(self, sentence: Sentence | str, level: LogLevel = "info") -> None:
        """Keep a line for the log."""
        self.notes.append((level, sentence))


def area_of(text: str) -> Area:
    """Read a range such as ``A3:D20``, ``B:D`` or ``A5``: from there on.

    Raises:
        NodeError: If it is none.
    """
    match = _RANGE.fullmatch(text.strip()) if text.strip() else None
    if not text.strip():
        return Area()
    if match is None or (match.group(1) == "" and match.group(2) == ""):
        raise _no_range(text)
    left, top, right, bottom = match.groups()
    if any(row and not int(row) for row in (top, bottom)):
        raise _no_range(text)
    area = Area(
        int(top or 1), column_number(left) if left else 1,
        int(bottom) if bottom else Area().bottom, column_number(right) if right else Area().right,
    )  # fmt: skip
    if area.bottom < area.top or area.right < area.left:
        raise _no_range(text)
    return area


def _no_range(text: str) -> NodeError:
    return NodeError(say('"{range}" is not a cell range.', range=text), say("Use a range such as A3:D20, B:D or A5."))


def column_number(letters: str) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def too_many(name: str, count: int) -> NodeError:
    """The error of a table that is larger than what is kept of one."""
    return NodeError(
        say('"{path}" has more than {count} cells.', path=name, count=count), say("Set Range to read a part of it.")
    )


def is_filled(cell: Any) -> bool:
    """Whether a cell holds something."""
    return cell is not None and cell != ""


def column_names(row: list[Any]) -> list[str]:
    """Names for columns, all different: an empty one is called after its number, a second of the same name gets one."""
    names: list[str] = []
    for place, cell in enumerate(row, 1):
        plain = as_text(cell).strip() if is_filled(cell) else ""
        name = plain or f"column{place}"
        if name in names:
            name = f"{name}_{place}"
        while name in names:
            name += "_"
        names.append(name)
    return names


def without_empty(table: Table) -> list[tuple[int, list[Any]]]:
    """Return the rows that hold something."""
    return [(number, row) for number, row in table.rows if any(map(is_filled, row))]


def header_of(rows: list[tuple[int, list[Any]]], header_row: int) -> int:
    """Return the place of the row of names in ``rows``.

    Raises:
        ValueUnusable: If the row that is named is empty or not there.
    """
    if not header_row:
        return 0
    for place, (number, _) in enumerate(rows):
        if number == header_row:
            return place
    raise ValueUnusable(
        say("Row {row} contains no column names: it is empty or does not exist.", row=header_row),
        say("Set Header row to the row with the column names."),
    )


def named_rows(table: Table, reading: Reading) -> tuple[list[str], list[Any]]:
    """Return the columns and the rows: objects by the columns' names, or lists where no row names them.

    Nothing is dropped: cells beyond the last name get names of their own, which is said.
    """
    if table.objects is not None:
        first = [key for row in table.objects if isinstance(row, dict) for key in row]
        return list(dict.fromkeys(first)), table.objects
    rows = without_empty(table)
    if not reading.header:
        return [], [row for _, row in rows]
    if not rows:
        return [], []
    place = header_of(rows, reading.header_row)
    header = rows[place][1]
    below = [row for _, row in rows[place + 1 :]]
    width = max([len(header), *(_filled_width(row) for row in below if len(row) > len(header))])
    columns = column_names([*header, *[None] * (width - len(header))])
    _tell_names(table, header, columns, below, rows[place][0], reading)
    return columns, [dict(zip(columns, [*row, *[None] * (width - len(row))], strict=False)) for row in below]


def _filled_width(row: list[Any]) -> int:
    return next((place for place in range(len(row), 0, -1) if is_filled(row[place - 1])), 0)


def _tell_names(
    table: Table, header: list[Any], columns: list[str], below: list[list[Any]], number: int, reading: Reading
) -> None:
    surplus = columns[len(header) :]
    if surplus:
        table.note(
            say(
                "Some rows have more cells than names. The extra columns are named {names}.",
                names=", ".join(surplus[:10]),
            ),
            "warn",
        )
    made = [
        name
        for name, cell in zip(columns, header, strict=False)
        if name != (as_text(cell).strip() if is_filled(cell) else "")
    ]
    if made:
        table.note(say("Columns without a name are named {names}.", names=", ".join(made[:10])))
    filled = sum(map(is_filled, header))
    if not reading.header_row and below:
        usual, often = Counter(sum(map(is_filled, row)) for row in below[:50]).most_common(1)[0]
        if filled * 2 <= usual and often > 1:
            table.note(
                say(
                    "Row {row} looks like a title: {names} names above rows of {cells} cells. If so, set Header row.",
                    row=number, names=filled, cells=usual,
                ), "warn",
            )  # fmt: skip
