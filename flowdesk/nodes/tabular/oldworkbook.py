"""Workbooks of Excel 97 to 2003 (XLS), read with xlrd (decision 0103). They are not written."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.csvfile import content_of
from flowdesk.nodes.tabular.disguised import disguise
from flowdesk.nodes.tabular.gathered import Gathered, chosen_sheet, named_cell
from flowdesk.nodes.tabular.package import broken
from flowdesk.nodes.tabular.table import Reading, Table

if TYPE_CHECKING:
    import xlrd

_OLE = b"\xd0\xcf\x11\xe0"
_TEXT, _BOOLEAN, _ERROR = 1, 4, 5
"""Kinds of cells of xlrd; 2 and 3 are numbers, 0 and 6 hold nothing."""


def read_old_workbook(path: Path, reading: Reading) -> Table:
    """Read the rows of a sheet.

    Raises:
        NodeError: If the workbook cannot be read, or there is no such sheet.
    """
    import xlrd  # most flows need it never

    content = content_of(path)
    found = None if content.startswith(_OLE) else disguise(content)
    if found is not None:
        raise NodeError(say('"{path}" is not an XLS file, but {what}.', path=path.name, what=found[0]), found[1])
    try:
        _check_chains(content)
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, on_demand=True, logfile=io.StringIO()
        )
        names = book.sheet_names()
        sheet = book.sheet_by_index(names.index(chosen_sheet(names, reading.sheet)))
        return _rows(book, sheet, path, reading)
    except NodeError:
        raise
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise NodeError(
                say('"{path}" is password-protected.', path=path.name),
                say("Save a copy without a password, and use the copy."),
            ) from error
        raise broken(path, ValueError(say("it is not an XLS file, or it was cut off"))) from error
    except Exception as error:  # a damaged file makes xlrd stumble anywhere
        raise broken(path, ValueError(say("a part of it is damaged"))) from error


def _check_chains(content: bytes) -> None:
    """Refuse a small part whose pieces lead back to themselves: xlrd would follow them until no memory is left.

    Raises:
        ValueError: If there is one.
        xlrd.compdoc.CompDocError: If the parts cannot be told apart.
    """
    from xlrd.compdoc import SIGNATURE, CompDoc

    if not content.startswith(SIGNATURE):
        return
    parts = CompDoc(content, logfile=io.StringIO())
    known: dict[int, int] = {}
    for number, part in enumerate(parts.dirlist):
        piece = part.first_SID if part.tot_size < parts.min_size_std_stream else -1
        while 0 <= piece < len(parts.SSAT) and piece not in known:
            known[piece] = number
            piece = parts.SSAT[piece]
        if known.get(piece) == number:
            raise ValueError(piece)


def _rows(book: "xlrd.Book", sheet: Any, path: Path, reading: Reading) -> Table:
    gathered = Gathered(path.name, reading)
    is_1904 = bool(book.datemode)
    codes = [book.format_map[each.format_key].format_str for each in book.xf_list]
    for place in range(sheet.nrows):
        number = place + 1
        if not gathered.takes(number):
            continue
        cells = [
            (
                column,
                _value(
                    gathered, reading, (column, number), cell.ctype, cell.value, codes[cell.xf_index], is_1904=is_1904
                ),
            )
            for column, cell in enumerate(sheet.row(place), 1)
            if _TEXT <= cell.ctype <= _ERROR and reading.area.left <= column <= reading.area.right
        ]
        gathered.add(number, cells)
    gathered.merge([(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells])
    gathered.tell()
    return gathered.table


def _value(
    gathered: Gathered, reading: Reading, cell: tuple[int, int], kind: int, value: Any, code: str, *, is_1904: bool
) -> Any:
    """Return what a cell holds, given by its column and row."""
    from xlrd import error_text_from_code

    if kind == _TEXT:
        return value
    if kind == _BOOLEAN:
        return bool(value) if not reading.as_shown else ("TRUE" if value else "FALSE")
    if kind == _ERROR:
        text = error_text_from_code.get(value, "#?")
        gathered.errors.append(f"{named_cell(*cell)} ({text})")
        return text
    number = int(value) if value.is_integer() and abs(value) < 1e17 else value
    return gathered.number(cell, number, code, is_1904=is_1904)
