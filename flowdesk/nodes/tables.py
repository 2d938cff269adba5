"""Tables in files: CSV in the encodings that spreadsheets write, and XLSX. Blocking; nodes call it in a thread."""

import csv
import io
import os
import tempfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from flowdesk.engine.values import as_text
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say

ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order; UTF-16 is known by its mark."""


def unreadable(path: Path, error: Exception) -> NodeError:
    """The error of a file that cannot be read or written."""
    return NodeError(
        say(
            '"{path}" cannot be used: {reason}.', path=str(path), reason=getattr(error, "strerror", None) or str(error)
        ),
        say("Check the path and that the file is not open in another program."),
    )


def decode(content: bytes, encoding: str = "") -> tuple[str, str]:
    """Return the text of a file and its encoding, which is guessed if ``encoding`` is empty.

    Raises:
        NodeError: If the content is not text in it.
    """
    candidates = [encoding] if encoding else list(ENCODINGS)
    if not encoding and content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        candidates = ["utf-16"]
    for candidate in candidates:
        try:
            return content.decode(candidate), candidate
        except (UnicodeDecodeError, LookupError):
            continue
    raise NodeError(
        say("The file is not text in {encodings}.", encodings=" / ".join(candidates)), say("Name its encoding.")
    )


def read_rows(path: Path, sheet: str = "", encoding: str = "", delimiter: str = "") -> list[list[Any]]:
    """Read the rows of a table; those of CSV are texts, those of XLSX JSON values.

    Raises:
        NodeError: If the file is missing or not such a table.
    """
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return _read_sheet(path, sheet)
    try:
        text, _ = decode(path.read_bytes(), encoding)
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text)))
    except (OSError, csv.Error) as error:
        raise unreadable(path, error) from error


def write_csv(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "", delimiter: str = "") -> None:
    """Replace a CSV file with rows, at once or not at all.

    Raises:
        NodeError: If it cannot be written.
    """
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter or ",").writerows([[as_text(cell) for cell in row] for row in rows])
    try:
        content = out.getvalue().encode(encoding or "utf-8-sig")
    except (UnicodeEncodeError, LookupError) as error:
        raise unreadable(path, error) from error
    write_whole(path, content)


def write_sheet(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "") -> None:
    """Replace one sheet of an XLSX file with rows; other sheets stay.

    Raises:
        NodeError: If it cannot be read or written.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(path) if path.exists() else openpyxl.Workbook()
    except Exception as error:  # a broken file raises anything from zipfile to KeyError
        raise unreadable(path, error) from error
    name = sheet or book.active.title
    if name in book.sheetnames:
        page = book[name]
        page.delete_rows(1, page.max_row or 1)
    else:
        page = book.create_sheet(name)
    for down, row in enumerate(rows, 1):
        for across, value in enumerate(row, 1):
            cell = page.cell(down, across)
            cell.value = value if value is None or isinstance(value, bool | int | float) else as_text(value)
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that begins with = is no formula
    out = io.BytesIO()
    book.save(out)
    write_whole(path, out.getvalue())


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file at once or not at all.

    Raises:
        NodeError: If it cannot be written.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise unreadable(path, error) from error


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _read_sheet(path: Path, sheet: str) -> list[list[Any]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # a broken file raises anything from zipfile to KeyError
        raise unreadable(path, error) from error
    try:
        if sheet and sheet not in book.sheetnames:
            raise NodeError(
                say('There is no sheet "{sheet}".', sheet=sheet),
                say("There are: {sheets}.", sheets=", ".join(book.sheetnames)),
            )
        page = book[sheet] if sheet else book.worksheets[0]
        return [[_plain(value) for value in row] for row in page.iter_rows(values_only=True)]
    finally:
        book.close()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime) and value.time() == time():  # how workbooks keep a day
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
