"""Tables in files of any kind, by the ending of the name."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.aligned import added_columns, aligned, check_related, left_out, with_nameless
from flowdesk.nodes.tabular.csvfile import CsvEnd, read_csv, replace_csv
from flowdesk.nodes.tabular.disguised import OTHERS
from flowdesk.nodes.tabular.disk import signature, turn
from flowdesk.nodes.tabular.jsonrows import SUFFIXES as JSON
from flowdesk.nodes.tabular.jsonrows import add_json, read_json_table, replace_json
from flowdesk.nodes.tabular.jsonupdate import update_json
from flowdesk.nodes.tabular.oldworkbook import read_old_workbook
from flowdesk.nodes.tabular.opendocument import read_opendocument
from flowdesk.nodes.tabular.table import Reading, Table
from flowdesk.nodes.tabular.updating import update_csv, update_workbook
from flowdesk.nodes.tabular.workbook import read_workbook
from flowdesk.nodes.tabular.workbook_new import Notes, add_to_workbook, replace_in_workbook

WORKBOOKS = frozenset({".xlsx", ".xlsm"})
READ_ONLY = {
    **dict.fromkeys((".xls", ".xlt"), read_old_workbook),
    **dict.fromkeys((".ods", ".ots", ".fods"), read_opendocument),
}
"""Workbooks of other formats, with what reads them. They are not written."""
KEPT_OPEN = 8
"""CSV files whose ends are remembered between appends."""

_ends: "OrderedDict[tuple[Any, ...], tuple[CsvEnd, tuple[int, int, int]]]" = OrderedDict()


def read_table_file(path: Path, reading: Reading) -> Table:
    """Read the rows of a table.

    Raises:
        NodeError: If the file is missing or no table.
    """
    kind = _kind(path)
    if kind in WORKBOOKS:
        return read_workbook(path, reading)
    if kind in READ_ONLY:
        return READ_ONLY[kind](path, reading)
    return read_json_table(path, reading) if kind in JSON else read_csv(path, reading)


def add_rows(
    path: Path, rows: Sequence[Any], columns: Sequence[str], *, sheet: str = "", encoding: str = "",
    delimiter: str = "", header_row: int = 0,
) -> Notes:  # fmt: skip
    """Add rows to a table; what is there stays as it is. Returns lines for the log.

    Raises:
        NodeError: If the file cannot be read or written, or would lose something.
    """
    kind = _writable(path)
    with turn(path):
        if kind in WORKBOOKS:
            where, notes = add_to_workbook(path, rows, columns, sheet, header_row)
            return [*left_out(rows, columns), *notes, ("debug", say("rows written to {range}", range=where))]
        if kind in JSON:
            add_json(path, _as_objects(rows, columns), encoding)
            return left_out(rows, columns)
        return [*left_out(rows, columns), *_add_csv(path, rows, columns, encoding, delimiter, header_row)]


def replace_rows(
    path: Path, rows: Sequence[Any], columns: Sequence[str], *, sheet: str = "", encoding: str = "",
    delimiter: str = "", header_row: int = 0,
) -> Notes:  # fmt: skip
    """Replace the rows of a table, at once or not at all. Returns lines for the log.

    Raises:
        NodeError: If the file cannot be written, or would lose something beside its rows.
    """
    kind = _writable(path)
    with turn(path):
        if kind in WORKBOOKS:
            return [*left_out(rows, columns), *replace_in_workbook(path, rows, columns, sheet, header_row)]
        if kind in JSON:
            replace_json(path, _as_objects(rows, columns), encoding)
        else:
            _replace_csv(path, rows, columns, encoding, delimiter, header_row)
    return left_out(rows, columns)


def update_rows(
    path: Path, rows: Sequence[Any], key: str, *, sheet: str = "", encoding: str = "", delimiter: str = "",
    header_row: int = 0,
) -> Notes:  # fmt: skip
    """Write cells of rows that are there, found by a column. Returns lines for the log.

    Raises:
        NodeError: If a row is not found, or the file cannot be read or written.
    """
    kind = _writable(path)
    with turn(path):
        if kind in JSON:
            update_json(path, rows, key, encoding)
            return []
        if kind in WORKBOOKS:
            return update_workbook(path, rows, key, sheet=sheet, header_row=header_row)
        update_csv(path, rows, key, encoding=encoding, delimiter=delimiter, header_row=header_row)
    return []


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    if kind in OTHERS:
        raise NodeError(say("flowdesk cannot read or write {kind} files as tables.", kind=kind), OTHERS[kind])
    return kind


def _writable(path: Path) -> str:
    kind = _kind(path)
    if kind in READ_ONLY:
        raise NodeError(
            say("flowdesk reads {kind} files, but does not write them.", kind=kind),
            say("Save it as XLSX, or write to an XLSX or CSV file."),
        )
    return kind


def _as_objects(rows: Sequence[Any], columns: Sequence[str]) -> list[Any]:
    if not columns:
        return list(rows)
    return [
        {name: row.get(name) for name in columns} if isinstance(row, dict) else dict(zip(columns, row, strict=False))
        for row in rows
    ]


def _replace_csv(
    path: Path, rows: Sequence[Any], columns: Sequence[str], encoding: str, delimiter: str, header_row: int = 0
) -> None:
    table, names = aligned(rows, [], columns)
    replace_csv(path, table, names, encoding, delimiter, header_row)


def _add_csv(
    path: Path, rows: Sequence[Any], columns: Sequence[str], encoding: str, delimiter: str, header_row: int
) -> Notes:
    if not path.exists() or not path.stat().st_size:
        _replace_csv(path, rows, columns, encoding, delimiter)
        return []
    key = (str(path.resolve()), encoding, delimiter, header_row)
    known, was = _ends.pop(key, (None, (0, 0, 0)))
    is_known = known is not None and was == signature(path)
    end = known if known is not None and is_known else CsvEnd(path, encoding, delimiter, header_row)
    if not is_known:
        end.check_totals()
    table, new = aligned(rows, with_nameless(end.names, rows, end.width), columns)
    if not end.header and new:
        table, new = [new, *table], []
    check_related(end.names, new, rows, columns)
    end.add(table, new)
    if not new and end.header:
        _ends[key] = end, signature(path)
        while len(_ends) > KEPT_OPEN:
            _ends.popitem(last=False)
    notes: Notes = [] if is_known else [*end.notes]
    if new:
        notes.append(added_columns(new))
    if end.encoding.is_guessed and not is_known:
        notes.append(("info", say('"{path}" seems to use {encoding}.', path=path.name, encoding=end.encoding.name)))
    return notes
