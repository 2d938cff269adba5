"""Workbooks, read: values as JSON, and whatever else a person should know about them."""

from pathlib import Path
from typing import Any

from flowdesk.nodes.tabular.cells import Cell, Row, SheetParser, corners
from flowdesk.nodes.tabular.formats import early_day, number_of, shown
from flowdesk.nodes.tabular.gathered import Block, Gathered, named_cell
from flowdesk.nodes.tabular.package import BROKEN, Package, Sheet, broken, feed, open_package, unescaped
from flowdesk.nodes.tabular.table import Reading, Table


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
        self._gathered = Gathered(package.path.name, reading)
        self._formulas = 0

    def read(self) -> Table:
        parser = SheetParser(self._take)
        try:
            with self._package.zip.open(self._sheet.part) as stream:
                feed(parser.parser, stream, self._package.path)
        except BROKEN as error:
            raise broken(self._package.path, error) from error
        self._gathered.merge(_blocks(parser.merges))
        self._gathered.tell(is_outdated=bool(self._formulas) and self._package.recalculates)
        return self._gathered.table

    def _take(self, row: Row) -> None:
        if not self._gathered.takes(row.number):
            return
        area = self._reading.area
        cells = [
            (cell.column, self._value(cell, row.number))
            for cell in row.cells
            if area.left <= cell.column <= area.right and (cell.value is not None or cell.formula)
        ]
        self._gathered.add(row.number, cells)

    def _value(self, cell: Cell, row: int) -> Any:
        if cell.formula:
            self._formulas += 1
            if cell.value is None:
                self._gathered.uncalculated.append(named_cell(cell.column, row))
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
                self._gathered.errors.append(f"{named_cell(cell.column, row)} ({text})")
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
        return self._gathered.number((cell.column, row), number, code, is_1904=self._package.is_1904)


def _blocks(merges: list[str]) -> list[Block]:
    found = []
    for reference in merges:
        try:
            found.append(corners(reference))
        except ValueError:
            continue
    return found
