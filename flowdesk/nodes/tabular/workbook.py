"""Workbooks, read: values as JSON, and whatever else a person should know about them."""

from bisect import bisect_left
from pathlib import Path
from typing import Any

from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.cells import Cell, Row, SheetParser, corners
from flowdesk.nodes.tabular.formats import early_day, is_padded_format, number_of, plain, shown
from flowdesk.nodes.tabular.package import BROKEN, Package, Sheet, broken, feed, open_package, unescaped
from flowdesk.nodes.tabular.table import Reading, Table, column_letters, too_many

MOST_MERGES = 100_000


def read_workbook(path: Path, reading: Reading) -> Table:
    """Read the rows of a sheet.

    Raises:
        NodeError: If the workbook cannot be read, or there is no such sheet.
    """
    with open_package(path) as package:
        sheet = package.sheet(reading.sheet)
        return _SheetReader(package, sheet, reading).read()


class _SheetReader:
    def __init__(self, package: Package, sheet: Sheet, reading: Reading) -> None:
        self._package = package
        self._sheet = sheet
        self._reading = reading
        self._table = Table()
        self._rows = self._table.rows
        self._kept = 0
        self._uncalculated: list[str] = []
        self._errors: list[str] = []
        self._padded: list[str] = []
        self._unshown: list[str] = []
        self._formulas = 0
        self._width = 0

    def read(self) -> Table:
        parser = SheetParser(self._take)
        try:
            with self._package.zip.open(self._sheet.part) as stream:
                feed(parser.parser, stream, self._package.path)
        except BROKEN as error:
            raise broken(self._package.path, error) from error
        self._merge(parser.merges)
        self._tell()
        return self._table

    def _take(self, row: Row) -> None:
        area = self._reading.area
        if not area.top <= row.number <= area.bottom:
            return
        values: list[Any] = []
        for cell in row.cells:
            if not area.left <= cell.column <= area.right or (cell.value is None and not cell.formula):
                continue
            place = cell.column - area.left
            if place >= len(values):
                values.extend([None] * (place + 1 - len(values)))
            values[place] = self._value(cell, row.number)
        if not values:
            return
        self._kept += len(values)
        if self._kept > self._reading.most_cells:
            raise too_many(self._package.path.name, self._reading.most_cells)
        self._width = max(self._width, len(values))
        self._rows.append((row.number, values))

    def _value(self, cell: Cell, row: int) -> Any:
        if cell.formula:
            self._formulas += 1
            if cell.value is None:
                self._uncalculated.append(f"{column_letters(cell.column)}{row}")
                return None
        text = cell.value or ""
        match cell.kind:
            case "s":
                value = (
                    self._package.texts[int(text)] if text.isdigit() and int(text) < len(self._package.texts) else ""
                )
            case "b":
                return text == "1" if not self._reading.as_shown else ("TRUE" if text == "1" else "FALSE")
            case "e":
                self._errors.append(f"{column_letters(cell.column)}{row} ({text})")
                return text
            case "n":
                return self._number(cell, text, row)
            case _:
                value = unescaped(text)
        if self._reading.as_shown and value:
            return shown(value, None, self._package.format_of(cell.style), self._package.is_1904) or value
        return value

    def _number(self, cell: Cell, text: str, row: int) -> Any:
        number = number_of(text)
        if number is None:
            return text or None
        code = self._package.format_of(cell.style)
        if number < 61 and self._package.is_early(number, code):
            if not self._reading.as_shown:
                return early_day(number)
            number -= 1
        if self._reading.as_shown:
            found = shown(None, number, code, self._package.is_1904)
            if found is not None:
                return found
            self._unshown.append(f"{column_letters(cell.column)}{row} ({code})")
        elif len(self._padded) < 3 and is_padded_format(code):
            as_seen = shown(None, number, code, self._package.is_1904)
            if as_seen != str(number):
                self._padded.append(f"{column_letters(cell.column)}{row} ({as_seen})")
        return plain(number, code, self._package.is_1904) if code != "General" else number

    def _merge(self, merges: list[str]) -> None:
        """Put the value of merged cells into each of them, or say that it is in the first alone."""
        numbers = [number for number, _ in self._rows]
        area, touched = self._reading.area, 0
        for reference in merges[:MOST_MERGES]:
            try:
                top, left, bottom, right = corners(reference)
            except ValueError:
                continue
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
            self._table.note(
                say("{count} merged cells span several rows, and only the first row has the value. Turn on Fill merged cells to give it to all rows.", count=touched), "warn",
            )  # fmt: skip

    def _fill(self, first: int, last: int, left: int, right: int, value: Any) -> None:
        for _, row in self._rows[first:last]:
            if len(row) < right:
                self._kept += right - len(row)
                row.extend([None] * (right - len(row)))
            row[left:right] = [value] * (right - left)
        if self._kept > self._reading.most_cells:
            raise too_many(self._package.path.name, self._reading.most_cells)

    def _tell(self) -> None:
        note = self._table.note
        if self._uncalculated:
            note(say("{count} formulas have no calculated value and are read as empty, such as {cells}. Open the workbook in Excel or LibreOffice and save it.", count=len(self._uncalculated),
                     cells=", ".join(self._uncalculated[:3])), "warn")  # fmt: skip
        elif self._formulas and self._package.recalculates:
            note(say("The workbook changed after its formulas were calculated, so their values may be outdated. Open it in Excel or LibreOffice and save it."), "warn")  # fmt: skip
        if self._errors:
            note(say("{count} cells contain errors, such as {cells}.", count=len(self._errors),
                     cells=", ".join(self._errors[:3])), "warn")  # fmt: skip
        if self._padded:
            note(say("Some formats show leading zeros, such as {cells}. Turn on Values as displayed to keep them.",
                     cells=", ".join(self._padded)))  # fmt: skip
        if self._unshown:
            note(say("{count} cells have a format that flowdesk does not support, such as {cells}. Their stored values are used.",
                     count=len(self._unshown), cells=", ".join(self._unshown[:3])), "warn")  # fmt: skip
