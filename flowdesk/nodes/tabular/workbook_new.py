"""Workbooks that are made, get another sheet, or whose rows are replaced; what lies around the rows stays."""

import contextlib
import io
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.told import LogLevel
from flowdesk.nodes.tabular.aligned import added_columns, aligned, check_related, with_nameless
from flowdesk.nodes.tabular.cells import Row, corners
from flowdesk.nodes.tabular.cellxml import cell_xml, check_place
from flowdesk.nodes.tabular.disk import Signature, signature, unreadable, write_whole
from flowdesk.nodes.tabular.package import (
    BROKEN,
    LARGEST_PART,
    Package,
    Sheet,
    broken,
    is_same_name,
    open_package,
    read_part,
)
from flowdesk.nodes.tabular.sheetxml import SheetXml, row_xml
from flowdesk.nodes.tabular.surroundings import (
    check_changeable,
    longer_table,
    overlaps,
    recalculated,
    tables_of,
    told_protection,
    with_sheet,
    without_chain,
)
from flowdesk.nodes.tabular.table import Reading, column_letters, without_empty
from flowdesk.nodes.tabular.workbook import read_workbook
from flowdesk.nodes.tabular.workbook_end import forget, remember, workbook_end
from flowdesk.nodes.tabular.zipfile_parts import changed, entries_of, new_entry, pack, written

Notes = list[tuple[LogLevel, Sentence | str]]

writing = threading.Lock()
"""Held while a workbook is written: branches of a run may write to the same one."""


def add_to_workbook(
    path: Path, rows: Sequence[Any], columns: Sequence[str], sheet: str = "", header_row: int = 0
) -> tuple[str, Notes]:
    """Add rows to a sheet, which is made if it is not there. Returns where they are, and lines for the log.

    Raises:
        NodeError: If the workbook cannot be read or written, or would lose something.
    """
    with writing:
        made = None
        try:
            made = _make(path, sheet)
            end = workbook_end(path, sheet, header_row)
            placed = [row if isinstance(row, dict) else [*[None] * (end.left - 1), *row] for row in rows]
            names = with_nameless(end.names, placed, end.width) if end.header else []
            table, new = aligned(placed, names, columns)
            if new and not names:
                table, new = [new, *table], []
            check_related(names, new, rows, columns)
            where = end.add(table, new) if table or new else ""
        except (NodeError, ValueError, OSError) as error:
            with contextlib.suppress(OSError):
                if made is not None and signature(path) == made:
                    path.unlink()  # nobody wrote to it since
            if isinstance(error, OSError):
                raise unreadable(path, error) from error
            raise error if isinstance(error, NodeError) else broken(path, error) from error
        notes, end.notes = end.notes, []
        if new:
            notes.append(added_columns(new))
        if end.header:
            remember(path, sheet, header_row, end)
        return where, notes


def _make(path: Path, sheet: str) -> Signature | None:
    """Make a workbook, or a sheet in it, where there is none. Returns the signature of a workbook that was made."""
    made = None
    if not path.exists() or not path.stat().st_size:
        import openpyxl

        if path.suffix.lower() == ".xlsm":
            raise NodeError(
                say("flowdesk cannot create a workbook with macros."),
                say("Use a file name that ends in .xlsx, or create the file in Excel first."),
            )
        book = openpyxl.Workbook()
        if sheet:
            book.active.title = sheet[:31]
        out = io.BytesIO()
        book.save(out)
        write_whole(path, out.getvalue())
        made = signature(path)
    if not sheet:
        return made
    with open_package(path) as package:
        if any(is_same_name(each.name, sheet) for each in package.sheets):
            return made
        check_changeable(package)
        write_parts(package, with_sheet(package, sheet), set())
    return made


def write_parts(package: Package, changes: dict[str, bytes], gone: set[str]) -> None:
    """Write a workbook with some parts changed, new or gone; the package is closed by it.

    Raises:
        NodeError: If it cannot be written.
    """
    path, known = package.path, package.signature
    try:
        entries = {entry.info.filename: entry for entry in entries_of(package.zip, path.read_bytes())}
    except BROKEN as error:
        raise broken(path, error) from error
    for name in gone:
        entries.pop(name, None)
    for name, content in changes.items():
        old = entries.get(name)
        entries[name] = new_entry(name, content) if old is None else changed(old, pack(content, is_last=True))
    package.zip.close()
    forget(path)
    write_whole(path, written(list(entries.values())), known)


def replace_in_workbook(
    path: Path, rows: Sequence[Any], columns: Sequence[str], sheet: str = "", header_row: int = 0
) -> Notes:
    """Replace the rows of a sheet. Formats, widths, other sheets, charts and macros stay. Returns lines for the log.

    Without rows and names, the row of names stays.

    Raises:
        NodeError: If the workbook cannot be read or written, or would lose something.
    """
    table, new = aligned(rows, [], columns)
    if new:
        table = [new, *table]
    if header_row > 1:
        raise NodeError(
            say("Rows above the header row of a workbook would be lost."),
            say("Append rows instead, or set Header row to 0 to replace the whole sheet. Nothing was written."),
        )
    with writing:
        try:
            if not table and path.exists() and path.stat().st_size:
                table = _names_of(path, sheet)
            _make(path, sheet)
            with open_package(path) as package:
                check_changeable(package)
                active = package.sheets[package.active].name if package.active < len(package.sheets) else ""
                return _replace(package, package.sheet(sheet or active), table)
        except ValueError as error:
            raise broken(path, error) from error


def _names_of(path: Path, sheet: str) -> list[list[Any]]:
    """Return the row of names of a sheet alone, none where it is not there."""
    with open_package(path) as package:
        active = package.sheets[package.active].name if package.active < len(package.sheets) else ""
        wanted = sheet or active
        if not any(is_same_name(each.name, wanted) for each in package.sheets):
            return []
    rows = without_empty(read_workbook(path, Reading(wanted)))
    return [rows[0][1]] if rows else []


def _replace(package: Package, sheet: Sheet, table: list[list[Any]]) -> Notes:
    part = sheet.part
    xml = SheetXml(read_part(package.zip, part, package.path, LARGEST_PART), package.path)
    width = max([1, *map(len, table)])
    check_place(len(table), width)
    covered = overlaps(xml.around.merges, 1, 1, max(1, len(table)), width)
    if covered:
        raise NodeError(
            say("The merged cells {range} block the new rows.", range=covered),
            say("Unmerge them, or write to another sheet. Nothing was written."),
        )
    texts = [_row(package, xml, number, row) for number, row in enumerate(table, 1)]
    name, around = f"{xml.prefix}sheetData".encode(), xml.around
    end = xml.behind_data()
    head = re.sub(
        rb'(<(?:\w+:)?dimension\b[^>]*\bref=")[^"]*', rb"\g<1>A1:" + f"{column_letters(width)}{max(1, len(table))}".encode(),
        xml.content[: around.data_begin], count=1,
    )  # fmt: skip
    data = b"<" + name + b">" + "".join(texts).encode() + b"</" + name + b">"
    changes = {part: head + data + xml.content[end:]}
    _fit_tables(package, part, table, changes)
    changes[package.workbook] = recalculated(package.part(package.workbook))
    gone = without_chain(package, changes) if xml.has_formulas else set()
    write_parts(package, changes, gone)
    return told_protection(xml.around, sheet.name)


def _row(package: Package, xml: SheetXml, number: int, values: list[Any]) -> str:
    model = _model(xml, number)
    styles = {cell.column: cell.style for cell in model.cells} if model else {}
    cells = []
    for column, value in enumerate(values, 1):
        style = styles.get(column, 0)
        if value in (None, "") and not style:
            continue
        text = cell_xml(number, column, value, style, package.format_of(style), xml.prefix, is_1904=package.is_1904)
        cells.append((column, text))
    return row_xml(number, cells, xml.prefix)


def _model(xml: SheetXml, number: int) -> Row | None:
    """The row whose formats a new one takes: the first for the names, the one below for all others."""
    rows = xml.first_rows
    if number == 1:
        return rows[0] if rows else None
    return rows[1] if len(rows) > 1 else None


def _fit_tables(package: Package, part: str, table: list[list[Any]], changes: dict[str, bytes]) -> None:
    for each in tables_of(package, part):
        top, left, _, right = corners(each.reference)
        names = [str(name) for name in (table[top - 1][left - 1 : right] if len(table) >= top else [])]
        if each.has_totals or (each.has_header and names != list(each.columns)):
            raise NodeError(
                say('The table "{table}" would no longer match its rows.', table=each.name),
                say("Append rows instead, or convert the table to a range in Excel. Nothing was written."),
            )
        bottom = max(len(table), top + 1)
        reference = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
        changes[each.part] = longer_table(package.part(each.part), each.reference, reference)
