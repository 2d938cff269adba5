"""Cells of rows that are there already: found by a column, and written without touching any other cell."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.cells import Row, SheetParser, corners
from flowdesk.nodes.tabular.cellxml import cell_xml
from flowdesk.nodes.tabular.csvfile import CsvEnd, content_of, lines_of
from flowdesk.nodes.tabular.dialect import raw_cells
from flowdesk.nodes.tabular.disk import write_whole
from flowdesk.nodes.tabular.keyed import found_by_key
from flowdesk.nodes.tabular.package import LARGEST_PART, Package, Sheet, broken, open_package, read_part
from flowdesk.nodes.tabular.sheetxml import SheetXml, cells_of, end_of, row_xml
from flowdesk.nodes.tabular.surroundings import check_changeable, overlaps, recalculated, told_protection
from flowdesk.nodes.tabular.table import Reading, column_letters, column_names, header_of, without_empty
from flowdesk.nodes.tabular.workbook import read_workbook
from flowdesk.nodes.tabular.workbook_new import Notes, write_parts, writing

Change = dict[int, dict[int, Any]]
"""New values by the number of the row and the 0-based column."""


def changes_of(
    rows: Sequence[Any], key: str, names: Sequence[str], there: Sequence[tuple[int, Sequence[Any]]]
) -> Change:
    """Return which cells get which values.

    Args:
        rows: Objects, each with the key and what is to be written.
        key: The column by which the rows are found.
        names: The columns that are there.
        there: The rows below the names, with their numbers.

    Raises:
        NodeError: If a column is not there, or no row or several have a key.
    """
    wanted = [key, *[str(name) for row in rows if isinstance(row, dict) for name in row]]
    missing = [name for name in dict.fromkeys(wanted) if name not in names]
    if missing or not all(isinstance(row, dict) for row in rows):
        raise NodeError(
            say('The table has no column "{names}".', names=", ".join(missing) or key),
            say("Available: {names}. Nothing was written.", names=", ".join(names)),
        )
    place = names.index(key)
    known = ((number, cells[place] if place < len(cells) else "") for number, cells in there)
    changes: Change = {}
    for number, new in found_by_key(rows, key, known):
        changes.setdefault(number, {}).update({names.index(name): value for name, value in new.items()})
    return changes


def update_csv(
    path: Path, rows: Sequence[Any], key: str, *, encoding: str = "", delimiter: str = "", header_row: int = 0
) -> None:
    """Write cells of a CSV file; every other byte stays.

    Raises:
        NodeError: If it cannot be read or written, or a row is not found.
    """
    end = CsvEnd(path, encoding, delimiter, header_row)
    content = content_of(path)
    if end.encoding.mark + end.encoding.encode(end.text) != content:
        raise NodeError(
            say('"{path}" cannot be written without changing its format.', path=path.name),
            say("Save it in UTF-8. Nothing was written."),
        )
    begin = end.header_end
    lines = lines_of(end.text[begin:])
    plain = lines_of(end.dialect.plain(end.text[begin:]))
    reader, records, first = csv.reader(plain, delimiter=end.dialect.sign), [], 0
    for cells in reader:
        records.append((cells, first, reader.line_num))
        first = reader.line_num
    changes = changes_of(rows, key, end.names, [(number, cells) for number, (cells, _, _) in enumerate(records)])
    for number, values in changes.items():
        _, start, stop = records[number]
        lines[start] = _changed("".join(lines[start:stop]), values, end)
        lines[start + 1 : stop] = [""] * (stop - start - 1)
    text = end.text[:begin] + "".join(lines)
    write_whole(path, end.encoding.mark + end.encoding.encode(text), end.signature)


def _changed(record: str, values: dict[int, Any], end: CsvEnd) -> str:
    bare = record.rstrip("\r\n")
    cells = raw_cells(bare, end.dialect.delimiter, has_escapes=end.dialect.has_escapes)
    cells += [""] * (max(values, default=0) + 1 - len(cells))
    for column, value in values.items():
        written = end.dialect.line([value, "x"]).removesuffix(end.dialect.line_end)
        cells[column] = written[: written.rindex(end.dialect.delimiter)]
    return end.dialect.delimiter.join(cells) + record[len(bare) :]


def update_workbook(path: Path, rows: Sequence[Any], key: str, *, sheet: str = "", header_row: int = 0) -> Notes:
    """Write cells of a workbook; everything else stays as it is. Returns lines for the log.

    Raises:
        NodeError: If it cannot be read or written, a row is not found, or a cell holds a formula.
    """
    with writing:
        try:
            with open_package(path) as package:
                check_changeable(package)
                active = package.sheets[package.active].name if package.active < len(package.sheets) else ""
                named = package.sheet(sheet or active)
                table = without_empty(read_workbook(path, Reading(named.name)))
                place = header_of(table, header_row)
                names = column_names(table[place][1]) if table else []
                changes = changes_of(rows, key, names, table[place + 1 :])
                return _write(package, named, changes)
        except ValueError as error:
            raise broken(path, error) from error


def _write(package: Package, sheet: Sheet, changes: Change) -> Notes:
    part = sheet.part
    content = read_part(package.zip, part, package.path, LARGEST_PART)
    xml = SheetXml(content, package.path)
    spots: list[Row] = []
    parser = SheetParser(lambda row: spots.append(row) if row.number in changes else None)
    parser.parser.Parse(content, True)
    pieces, done = [], 0
    for row in spots:
        end = end_of(content, row)
        pieces += [content[done : row.begin], _row(package, xml, row, content[row.begin : end], changes[row.number])]
        done = end
    new = {part: b"".join([*pieces, content[done:]])}
    workbook = package.part(package.workbook)
    new[package.workbook] = recalculated(workbook)
    write_parts(package, new, set())
    return told_protection(xml.around, sheet.name)


def _check_seen(xml: SheetXml, row: int, column: int) -> None:
    """Refuse a cell that a merged range hides: what is written there, no program shows."""
    covered = overlaps(xml.around.merges, row, column, row, column)
    if covered and corners(covered)[:2] != (row, column):
        raise NodeError(
            say("The merged cells {range} hide the cell {cell}.", range=covered, cell=f"{column_letters(column)}{row}"),
            say("Unmerge them, or remove that column from the rows. Nothing was written."),
        )


def _row(package: Package, xml: SheetXml, row: Row, content: bytes, values: dict[int, Any]) -> bytes:
    kept = {cell.column: (cell, text) for cell, text in zip(row.cells, cells_of(content), strict=True)}
    texts = {column: text for column, (_, text) in kept.items()}
    for place, value in values.items():
        column = place + 1
        cell = kept[column][0] if column in kept else None
        if cell is not None and cell.formula:
            raise NodeError(
                say("Cell {cell} contains a formula.", cell=f"{column_letters(column)}{row.number}"),
                say("Remove that column from the rows. Nothing was written."),
            )
        _check_seen(xml, row.number, column)
        style = cell.style if cell is not None else xml.style_for(column, 0)
        code = package.format_of(style)
        texts[column] = cell_xml(row.number, column, value, style, code, xml.prefix, is_1904=package.is_1904)
    return row_xml(row.number, list(texts.items()), xml.prefix, row.attributes).encode()
