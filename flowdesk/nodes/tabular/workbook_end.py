"""Rows added to a workbook: only new cells are written, every other part stays byte for byte (decision 0024)."""

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.told import LogLevel
from flowdesk.nodes.tabular.cells import Cell, Row, corners
from flowdesk.nodes.tabular.cellxml import cell_xml, check_place
from flowdesk.nodes.tabular.disk import changed_meanwhile, check_closed, signature, write_whole
from flowdesk.nodes.tabular.formats import number_of, plain
from flowdesk.nodes.tabular.package import (
    BROKEN,
    LARGEST_PART,
    Package,
    broken,
    is_same_name,
    open_package,
    read_part,
)
from flowdesk.nodes.tabular.sheetxml import SheetXml, cells_of, end_of, row_xml
from flowdesk.nodes.tabular.surroundings import (
    ListTable,
    check_changeable,
    longer,
    longer_filter,
    longer_table,
    overlaps,
    recalculated,
    tables_of,
    told_protection,
)
from flowdesk.nodes.tabular.table import column_letters, column_names, header_of
from flowdesk.nodes.tabular.totals import (
    Ranges,
    begins_like_total,
    defined_names,
    is_called_total,
    sum_of_column,
    sums_above,
)
from flowdesk.nodes.tabular.zipfile_parts import Entry, Packed, changed, entries_of, pack, written

KEPT_OPEN = 4
"""Workbooks whose ends are remembered between appends."""
LARGEST_KEPT = 60_000_000
"""Bytes of a file whose end is remembered."""

_ends: "OrderedDict[tuple[str, str, int], WorkbookEnd]" = OrderedDict()
_lock = threading.Lock()


class WorkbookEnd:
    """The end of a sheet that rows are added to, kept from one append to the next."""

    def __init__(self, path: Path, sheet: str, header_row: int) -> None:
        """Look at the workbook.

        Raises:
            NodeError: If it cannot be read, or not be added to without loss.
        """
        self._path = path
        self._header_row = header_row
        self.notes: list[tuple[LogLevel, Sentence | str]] = []
        before = signature(path)
        with open_package(path) as package:
            check_changeable(package)
            self._place = next(
                (at for at, each in enumerate(package.sheets) if is_same_name(each.name, sheet)), package.active
            )
            named = sheet or (package.sheets[package.active].name if package.active < len(package.sheets) else "")
            self._sheet = package.sheet(named)
            self._name = named
            self._entries = self._entries_of(package)
            self._load(package)
        self.signature = signature(path)
        if before != self.signature:
            raise changed_meanwhile(path)

    # -- looking at it ------------------------------------------------------------------------------------------------

    def _entries_of(self, package: Package) -> dict[str, Entry]:
        try:
            return {entry.info.filename: entry for entry in entries_of(package.zip, self._path.read_bytes())}
        except BROKEN as error:
            raise broken(self._path, error) from error

    def _load(self, package: Package) -> None:
        content = read_part(package.zip, self._sheet.part, self._path, LARGEST_PART)
        self._xml = xml = SheetXml(content, self._path)
        self.notes += told_protection(xml.around, self._name)
        self._tables = tables_of(package, self._sheet.part)
        self._is_1904 = package.is_1904
        self._formats = package.formats
        self._table = self._table_of(xml)
        self._header = self._find_header(xml)
        self.header = self._names(package)
        self.left = self._table.corners[1] if self._table else xml.left or 1
        self._last = self._last_row(xml, package)
        self._workbook = package.part(package.workbook)
        self._workbook_part = package.workbook
        if _has_formulas(package, xml, self._sheet.part):
            self._workbook = recalculated(self._workbook)
        self._tables_xml = {each.part: package.part(each.part) for each in self._tables}
        self._filter = xml.around.filter
        self._width = max(xml.bottoms, default=0)
        self._styles: dict[int, int] = {}
        self._behind = [(row, content[row.begin : xml.end_of(row)]) for row in xml.behind]
        head, _, self._tail = xml.parts()
        self._cut(head)
        xml.content = b""

    def _cut(self, head: bytes) -> None:
        """Pack what lies before the new rows, in two: the sheet's dimension changes with every row."""
        found = re.search(rb'<(?:\w+:)?dimension\b[^>]*\bref="([^"]*)"[^>]*>', head[:20_000])
        if found is None:
            self._dimension, self._body = None, pack(head)
            return
        self._dimension = (head[: found.start(1)], found.group(1).decode(), head[found.end(1) : found.end()])
        self._body = pack(head[found.end() :])

    def _table_of(self, xml: SheetXml) -> ListTable | None:
        """The table that rows belong to: the only one, or the one whose names are in the header row."""
        fitting = [
            each for each in self._tables
            if each.has_header and (each.corners[0] == self._header_row or (not self._header_row and len(self._tables) == 1))
        ]  # fmt: skip
        return fitting[0] if len(fitting) == 1 else None

    def _find_header(self, xml: SheetXml) -> Row | None:
        wanted = self._table.corners[0] if self._table else self._header_row
        if not wanted:
            return xml.first_rows[0] if xml.first_rows else None
        found = next((row for row in xml.first_rows if row.number == wanted), None)
        if found is None:
            header_of([], wanted)
        return found

    def _names(self, package: Package) -> list[Any]:
        names: list[Any] = []
        for cell in self._header.cells if self._header else ():
            names.extend([None] * (cell.column - len(names)))
            names[cell.column - 1] = _text_of(cell, package)
        while names and names[-1] in (None, ""):
            names.pop()
        return names

    def _last_row(self, xml: SheetXml, package: Package) -> int:
        """The last row that holds something; of a table, of its columns.

        Raises:
            NodeError: If something stands below the table.
        """
        if self._table is None:
            self._check_totals(xml, package)
            return xml.last
        top, left, bottom, right = self._table.corners
        if self._table.has_totals:
            raise NodeError(
                say('The table "{table}" has a total row below it.', table=self._table.name),
                say("Turn off the total row in Excel, or write to another sheet. Nothing was written."),
            )
        last = max([top, *(row for column, row in xml.bottoms.items() if left <= column <= right)])
        if last > bottom:
            raise NodeError(
                say('Row {row} below the table "{table}" is in use.', row=last, table=self._table.name),
                say("Move what is below the table. Nothing was written."),
            )
        if self._table.has_formulas:
            self.notes.append(("info", say(
                "The table \"{table}\" has calculated columns. New rows do not get their formulas.",
                table=self._table.name)))  # fmt: skip
        return last

    def _check_totals(self, xml: SheetXml, package: Package) -> None:
        """Refuse to add below a row of totals; where it may be none, say that it is there.

        Raises:
            NodeError: If one of the last rows sums what stands above it.
        """
        columns = {
            (table.name.casefold(), column.casefold()): reference
            for table in self._tables
            for column, reference in table.cells_of_columns()
        }
        ranges = Ranges(self._sheet.name, defined_names(package.part(package.workbook), self._place), columns)
        for row in xml.recent:
            if self._header is not None and row.number <= self._header.number + 1:
                continue
            texts = [str(_text_of(cell, package)) for cell in row.cells if cell.kind in {"s", "str", "inlineStr"}]
            is_called = is_called_total(texts)
            content = xml.content[row.begin : xml.end_of(row)]
            cell = sums_above(row, content, ranges, is_called=begins_like_total(texts))
            cell = cell or (sum_of_column(row, xml.sums) if begins_like_total(texts) else "")
            if cell:
                raise NodeError(
                    say("Row {row} contains totals: {cell} is the sum of the rows above. New rows below it would not be included.",
                        row=row.number, cell=cell),
                    say("Move the totals above the table or to another sheet, or make the rows a table in Excel. Nothing was written."),
                )  # fmt: skip
            if is_called:
                self.notes.append(("warn", say("Row {row} is labeled as a total. The new rows are below it.", row=row.number)))  # fmt: skip

    @property
    def names(self) -> list[str]:
        """The names of the columns, from column A on."""
        return column_names(self.header)

    # -- adding -------------------------------------------------------------------------------------------------------

    def width(self) -> int:
        """Return the column of the rightmost cell that holds something."""
        return self._width

    def add(self, rows: Sequence[Sequence[Any]], new_names: Sequence[str] = ()) -> str:
        """Add rows and save the workbook. Returns where they are, such as ``A7:C9``.

        Raises:
            NodeError: If a cell cannot hold a value, or the workbook cannot be written; nothing is changed then.
        """
        check_closed(self._path)
        if new_names:
            self._widen(new_names)
        first = self._last + 1
        bottom = self._last + len(rows)
        right = max([1, *map(len, rows)])
        check_place(bottom, right)
        covered = overlaps(self._xml.around.merges, first, 1, bottom, right) if rows else ""
        if covered:
            raise NodeError(
                say("The merged cells {range} block the new rows.", range=covered),
                say("Unmerge them, or write to another sheet. Nothing was written."),
            )
        texts, behind = self._rows_xml(rows, first)
        body = self._body.plus("".join(texts).encode())
        left = min((at for row in rows for at, value in enumerate(row, 1) if value not in (None, "")), default=1)
        self._write(body, behind, left, bottom, right)
        self._body, self._behind, self._last = body.joined(), behind, bottom
        return f"{column_letters(left)}{first}:{column_letters(right)}{bottom}" if rows else ""

    def _rows_xml(self, rows: Sequence[Sequence[Any]], first: int) -> tuple[list[str], list[tuple[Row, bytes]]]:
        behind, texts, place = self._behind, [], 0
        for number, row in enumerate(rows, first):
            while place < len(behind) and behind[place][0].number < number:
                texts.append(behind[place][1].decode())
                place += 1
            there = None
            if place < len(behind) and behind[place][0].number == number:
                there = behind[place]
                place += 1
            texts.append(self._row_xml(number, row, there))
        return texts, behind[place:]

    def _row_xml(self, number: int, values: Sequence[Any], there: tuple[Row, bytes] | None) -> str:
        prefix = self._xml.prefix
        kept: dict[int, tuple[Cell, str]] = {}
        if there is not None:
            kept = {cell.column: (cell, text) for cell, text in zip(there[0].cells, cells_of(there[1]), strict=True)}
        cells = []
        for column, value in enumerate(values, 1):
            if value in (None, ""):
                continue
            cell = kept[column][0] if column in kept else None
            if cell is not None and cell.formula:
                raise NodeError(
                    say("Cell {cell} contains a formula.", cell=f"{column_letters(column)}{number}"),
                    say("Remove that column from the rows. Nothing was written."),
                )
            style = cell.style if cell is not None else self._style(column)
            code = self._formats[style] if style < len(self._formats) else "General"
            cells.append((column, cell_xml(number, column, value, style, code, prefix, is_1904=self._is_1904)))
        new = {column for column, _ in cells}
        cells += [(column, text) for column, (_, text) in kept.items() if column not in new]
        return row_xml(number, cells, prefix, there[0].attributes if there else None)

    def _style(self, column: int) -> int:
        if column not in self._styles:
            self._styles[column] = self._xml.style_for(column, self._header.number if self._header else 0)
        return self._styles[column]

    def _widen(self, names: Sequence[str]) -> None:
        """Put names behind those of the header."""
        if self._table is not None:
            raise NodeError(
                say('The table "{table}" has no column "{names}".', table=self._table.name, names=", ".join(names)),
                say("Add the column in Excel, or remove it from the rows. Nothing was written."),
            )
        with open_package(self._path) as package:
            content = read_part(package.zip, self._sheet.part, self._path, LARGEST_PART)
        prefix = self._xml.prefix
        rows = SheetXml(content, self._path).first_rows
        header = next((row for row in rows if self._header and row.number == self._header.number), None)
        if header is None:
            return
        end = end_of(content, header)
        old = content[header.begin : end]
        kept = [(cell.column, text) for cell, text in zip(header.cells, cells_of(old), strict=True)]
        style = next((cell.style for cell in reversed(header.cells) if cell.is_filled), 0)
        begin = len(self.header) + 1
        added = [
            (column, cell_xml(header.number, column, name, style, "@", prefix))
            for column, name in enumerate(names, begin)
        ]
        check_place(header.number, begin + len(names))
        columns = {column for column, _ in added}
        row = row_xml(
            header.number, [*added, *(each for each in kept if each[0] not in columns)], prefix, header.attributes
        )
        self._reload(content[: header.begin] + row.encode() + content[end:])
        self.header = [*self.header, *names]

    def _reload(self, content: bytes) -> None:
        """Take other XML for the sheet, that is not written yet."""
        last = self._last
        self._xml = xml = SheetXml(content, self._path)
        self._header = next((row for row in xml.first_rows if self._header and row.number == self._header.number), None)
        self._last = last
        self._behind = [(row, content[row.begin : xml.end_of(row)]) for row in xml.behind]
        head, _, self._tail = xml.parts()
        self._cut(head)
        xml.content = b""

    # -- writing ------------------------------------------------------------------------------------------------------

    def _write(self, body: Packed, behind: list[tuple[Row, bytes]], left: int, bottom: int, right: int) -> None:
        changes = {self._workbook_part: self._workbook}
        tail, filtered = self._tail, self._filter
        if filtered and corners(filtered)[2] == self._last and bottom > self._last:
            filtered = longer(filtered, bottom)
            tail = tail.replace(f'ref="{self._filter}"'.encode(), f'ref="{filtered}"'.encode(), 1)
            changes[self._workbook_part] = longer_filter(self._workbook, self._place, self._filter, filtered)
        table = self._table
        if table is not None and bottom > table.corners[2]:
            reference = longer(table.reference, bottom)
            changes[table.part] = longer_table(self._tables_xml[table.part], table.reference, reference)
            table = replace(table, reference=reference)
        packed = body.plus(b"".join(text for _, text in behind) + tail, is_last=True)
        if self._dimension is not None:
            head, old, end = self._dimension
            packed = pack(head + _wider(old, left, bottom, right).encode() + end).followed_by(packed)
        entries = dict(self._entries)
        for name, content in changes.items():
            if not entries[name].holds(content):
                entries[name] = changed(entries[name], pack(content, is_last=True))
        entries[self._sheet.part] = changed(entries.pop(self._sheet.part), packed)
        if signature(self._path) != self.signature:
            raise changed_meanwhile(self._path)
        write_whole(self._path, written(list(entries.values())), self.signature)
        self._entries, self._tail, self._filter, self._table = entries, tail, filtered, table
        self._workbook = changes[self._workbook_part]
        if table is not None and table.part in changes:
            self._tables_xml[table.part] = changes[table.part]
        self.signature = signature(self._path)


def _wider(reference: str, left: int, bottom: int, right: int) -> str:
    """A sheet's dimension that takes in new rows."""
    try:
        top, old_left, old_bottom, old_right = corners(reference)
    except ValueError:
        return reference
    left, right, bottom = min(left, old_left), max(right, old_right), max(bottom, old_bottom)
    return f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"


def _text_of(cell: Cell, package: Package) -> Any:
    text = cell.value or ""
    if cell.kind == "s":
        return package.texts[int(text)] if text.isdigit() and int(text) < len(package.texts) else ""
    if cell.kind == "n" and text:
        number = number_of(text)
        return text if number is None else plain(number, package.format_of(cell.style), package.is_1904)
    return text


def _has_formulas(package: Package, xml: SheetXml, part: str) -> bool:
    if xml.has_formulas or package.related("calcChain"):
        return True
    others = [each.part for each in package.sheets if each.is_table and each.part != part]
    if sum(package.zip.getinfo(each).file_size for each in others) > 50_000_000:
        return True
    return any(
        re.search(rb"<(?:\w+:)?f[ />]", read_part(package.zip, each, package.path, LARGEST_PART)) for each in others
    )


def workbook_end(path: Path, sheet: str = "", header_row: int = 0) -> WorkbookEnd:
    """Return the end of a sheet, remembered from the last append if nobody else wrote the file since.

    Raises:
        NodeError: If the workbook cannot be read, or not be added to without loss.
    """
    path = path.resolve()
    key = (str(path), sheet, header_row)
    with _lock:
        known = _ends.pop(key, None)
        for other in [each for each in _ends if each[0] == key[0]]:
            del _ends[other]
    if known is not None:
        try:
            if known.signature == signature(path):
                return known
        except OSError:
            pass
    return WorkbookEnd(path, sheet, header_row)


def remember(path: Path, sheet: str, header_row: int, end: WorkbookEnd) -> None:
    """Keep the end of a sheet for the next append."""
    path = path.resolve()
    if end.signature[1] > LARGEST_KEPT:
        return
    with _lock:
        _ends[(str(path), sheet, header_row)] = end
        while len(_ends) > KEPT_OPEN:
            _ends.popitem(last=False)


def forget(path: Path) -> None:
    """Drop what is known of a workbook that is written otherwise."""
    with _lock:
        for key in [each for each in _ends if each[0] == str(path.resolve())]:
            del _ends[key]
