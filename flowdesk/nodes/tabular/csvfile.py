"""CSV files: read as they are written, added to without touching what is there."""

import csv
import io
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.told import LogLevel
from flowdesk.nodes.tabular.delimiters import comments_before, given_delimiter, rows_of_text
from flowdesk.nodes.tabular.dialect import (
    END_MARK,
    Dialect,
    body_of,
    find_dialect,
    unclosed,
    wrong_quote,
)
from flowdesk.nodes.tabular.disguised import check_is_csv
from flowdesk.nodes.tabular.disk import (
    Signature,
    add_bytes,
    changed_meanwhile,
    read_settled,
    signature,
    unreadable,
    write_whole,
)
from flowdesk.nodes.tabular.encodings import Encoding, decode, named
from flowdesk.nodes.tabular.table import Reading, Table, column_names, header_of, is_filled, too_many
from flowdesk.nodes.tabular.totals import begins_like_total, totals_of_texts

TAIL = 20_000
"""Characters at the end of a file in which a row of totals is looked for."""
HEAD = 100
"""Rows at the beginning among which the names are looked for behind comments."""
LARGEST_CSV = 500_000_000
"""Bytes of a CSV file that is read."""


def read_csv(path: Path, reading: Reading) -> Table:
    """Read the rows of a CSV file; all cells are texts.

    Raises:
        NodeError: If it is missing, no text, or its encoding is not clear.
    """
    text, encoding = text_of(path, content_of(path), reading.encoding)
    dialect = find_dialect(text, reading.delimiter)
    text = dialect.plain(text.rstrip(END_MARK))
    table = Table()
    if encoding.is_guessed:
        table.note(say('"{path}" is read as {encoding}.', path=path.name, encoding=encoding.name))
    if dialect.has_escapes:
        table.note(say('"{path}" has backslashes before quotes. They are removed.', path=path.name))
    table.rows = _rows(path, text, dialect, reading)
    if reading.header and not reading.header_row:
        _leave_comments(table)
    if (
        dialect.ends_open
        and len(table.rows) > 2
        and len(table.rows[-1][1]) < min(len(row) for _, row in table.rows[:-1])
    ):
        table.note(
            say("The last row has fewer cells than the others and no line break. The file may be incomplete."),
            "warn",
        )  # fmt: skip
    _tell_oddities(table, text, dialect.sign)
    return table


def _leave_comments(table: Table) -> None:
    """Leave out the comments before the row of names, and say so."""
    filled = [place for place, (_, row) in enumerate(table.rows[:HEAD]) if any(map(is_filled, row))]
    count = comments_before([table.rows[place][1] for place in filled])
    if count:
        del table.rows[: filled[count]]
        table.note(say("{count} lines that begin with # are read as comments.", count=count))


def _tell_oddities(table: Table, text: str, delimiter: str) -> None:
    """Say what a person would not expect to be read as it stands."""
    if '"' in text:
        wrong = wrong_quote(body_of(text), delimiter)
        if wrong is not None and wrong.is_open:
            number = table.rows[-1][0] if table.rows else 1
            table.note(
                say(
                    "Row {row} has an unclosed quote. The rest of the file is read as one cell.",
                    row=number,
                ),
                "warn",
            )
        elif wrong is not None:
            table.note(
                say("Line {line} has a quote inside a quoted cell that is not doubled. Its cells may be wrong.", line=wrong.line),
                "warn",
            )  # fmt: skip
    for number, row in table.rows:
        if any(isinstance(cell, str) and (cell[:1] == " " and cell.lstrip()[:1] == '"') for cell in row):
            table.note(
                say("Row {row} has a quote after a space. It is read as a normal character.", row=number),
                "warn",
            )  # fmt: skip
            break
    names = next((row for _, row in table.rows if any(map(is_filled, row))), [])
    if len(names) > 1 and all(len(name) > 1 and name[0] == name[-1] == "'" for name in names):
        table.note(
            say("The cells are in single quotes. The quotes are part of the values, and delimiters and line breaks in them cut cells."),
            "warn",
        )  # fmt: skip
    marked = next((number for number, row in table.rows for cell in row if "\ufeff" in cell), 0)
    if marked:
        table.note(
            say("Row {row} contains an invisible byte order mark. Comparisons with its cells may fail.", row=marked),
            "warn",
        )


def _rows(path: Path, text: str, dialect: Dialect, reading: Reading) -> list[tuple[int, list[Any]]]:
    area, rows, cells = reading.area, [], 0
    try:
        for number, row in enumerate(rows_of_text(body_of(text), dialect.sign), 1 + dialect.has_sep_line):
            if number > area.bottom:
                break
            if number < area.top:
                continue
            kept: list[Any] = row[area.left - 1 : area.right] if area.left > 1 or len(row) > area.right else row
            cells += len(kept)
            if cells > reading.most_cells:
                raise too_many(path.name, reading.most_cells)
            rows.append((number, kept))
    except csv.Error as error:
        raise unreadable(path, error) from error
    return rows


def content_of(path: Path) -> bytes:
    """Return the bytes of a file that is not too large.

    Raises:
        NodeError: If it cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST_CSV:
            raise NodeError(
                say('"{path}" is larger than {limit} MB.', path=str(path), limit=LARGEST_CSV // 1_000_000),
                say("Choose a smaller file."),
            )
        return read_settled(path)[0]
    except OSError as error:
        raise unreadable(path, error) from error


def text_of(path: Path, content: bytes, encoding: str = "") -> tuple[str, Encoding]:
    """Return the text of a CSV file, and how it is encoded.

    Raises:
        NodeError: If it is no CSV, or its encoding is not clear.
    """
    check_is_csv(path, content)
    text, found = decode(content, encoding)
    check_is_csv(path, b"", text)
    return text, found


def signature_of(path: Path) -> Signature:
    """Return the signature of a file.

    Raises:
        NodeError: If it is not there.
    """
    try:
        return signature(path)
    except OSError as error:
        raise unreadable(path, error) from error


def write_csv(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "", delimiter: str = "") -> None:
    """Replace a CSV file with rows, at once or not at all.

    Raises:
        NodeError: If it cannot be written, or the encoding cannot hold a value.
    """
    into = named(encoding or "utf-8-sig")
    dialect = Dialect(delimiter=given_delimiter(delimiter) or _usual(path))
    text = "".join(map(dialect.line, rows))
    if not delimiter and find_dialect(text).delimiter != dialect.delimiter:
        text = "".join(
            map(replace(dialect, quotes="all").line, rows)
        )  # else it would be cut at a sign inside its cells
    write_whole(path, into.mark + into.encode(text))


def _usual(path: Path) -> str:
    """The delimiter of a new file."""
    return "\t" if path.suffix.lower() in {".tsv", ".tab"} else ","


def replace_csv(
    path: Path, rows: Sequence[Sequence[Any]], names: Sequence[str] = (), encoding: str = "", delimiter: str = "",
    header_row: int = 0,
) -> None:  # fmt: skip
    """Replace the rows of a CSV file and keep how it is written.

    What stands above ``header_row`` stays, and where no names are given and there are no rows, or the row of names is named,
    so does that row.

    Raises:
        NodeError: If it cannot be written, or the encoding cannot hold a value.
        ValueUnusable: If the row that is named is empty or not there.
    """
    table = [names, *rows] if names else rows
    is_new = not path.exists() or not path.stat().st_size
    if is_new or (encoding and not header_row and table):
        write_csv(path, table, encoding, delimiter)
        return
    known = signature_of(path)
    text, into = text_of(path, content_of(path), encoding)
    dialect = find_dialect(text, delimiter)
    kept = text[: len(text) - len(body_of(text))]
    if header_row or not table:
        header = find_header(path, text, dialect, header_row)
        kept = text[: header.begin if names else header.end]
    if table and kept and not kept.endswith(("\r", "\n")):
        kept += dialect.line_end
    write_whole(path, into.mark + into.encode(kept + "".join(map(dialect.line, table))), known)


@dataclass(frozen=True, slots=True)
class Header:
    """The row of names of a CSV text."""

    names: list[str]
    begin: int
    """Its first character in the text."""
    end: int
    """The character behind its line break."""
    row: int
    """Its number; 0 where there is none."""


def find_header(path: Path, text: str, dialect: Dialect, header_row: int) -> Header:
    """Return where the row of names stands: the first that is not empty, behind comments, if ``header_row`` is 0.

    Raises:
        NodeError: If the text is no CSV.
        ValueUnusable: If the row that is named is empty or not there.
    """
    body = body_of(text)
    before = len(text) - len(body)
    reader = csv.reader(lines_of(dialect.plain(body)), delimiter=dialect.sign)
    seen: list[tuple[int, list[str], int, int]] = []
    start = 0
    try:
        for number, row in enumerate(reader, 1 + dialect.has_sep_line):
            if any(map(is_filled, row)) and header_row in (0, number):
                seen.append((number, row, start, reader.line_num))
            start = reader.line_num
            if number == header_row or len(seen) == HEAD:
                break
    except csv.Error as error:
        if not seen:
            raise unreadable(path, error) from error
    if not seen:
        if header_row:
            header_of([], header_row)
        return Header([], before, before, 0)
    number, names, first, last = seen[0 if header_row else comments_before([row for _, row, _, _ in seen])]
    lines = lines_of(body)
    begin = before + sum(map(len, lines[:first]))
    return Header(names, begin, begin + sum(map(len, lines[first:last])), number)


class CsvEnd:
    """The end of a CSV file that rows are added to."""

    def __init__(self, path: Path, encoding: str = "", delimiter: str = "", header_row: int = 0) -> None:
        """Look at how the file is written.

        Raises:
            NodeError: If it cannot be read, its encoding is not clear, or a quote is not closed.
        """
        self._path = path
        self.signature = signature_of(path)
        content = content_of(path)
        self._size = len(content)
        self.text, self.encoding = text_of(path, content, encoding)
        self.dialect = find_dialect(self.text, delimiter)
        body = body_of(self.text)
        if self.text.endswith(END_MARK):
            raise NodeError(
                say(
                    '"{path}" ends with an end mark (Ctrl+Z). Older programs would not read rows behind it.',
                    path=path.name,
                ),
                say("Remove the last character of the file. Nothing was written."),
            )
        if '"' in body and unclosed(self.dialect.plain(body), self.dialect.sign):
            raise NodeError(
                say('"{path}" ends inside a quoted cell. Added text would become part of that cell.', path=path.name),
                say("Add the closing quote at the end of the file."),
            )
        found = find_header(path, self.text, self.dialect, header_row)
        self.header, self.header_end, self._header_row = found.names, found.end, found.row
        self.notes: list[tuple[LogLevel, Sentence | str]] = []

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return column_names(list(self.header))

    def width(self) -> int:
        """Return how many cells the widest row has."""
        return max(map(len, rows_of_text(self.dialect.plain(body_of(self.text)), self.dialect.sign)), default=0)

    def check_totals(self) -> None:
        """Refuse to add below a row of totals; where it may be none, ``notes`` say that it is there.

        Raises:
            NodeError: If one of the last rows holds the sum of what stands above it.
        """
        body = self.dialect.plain(body_of(self.text))
        if not begins_like_total(re.split(rf'[\r\n"{re.escape(self.dialect.sign)}]', body[-TAIL:])):
            return
        first = 1 + self.dialect.has_sep_line
        rows = list(rows_of_text(body, self.dialect.sign))
        found = totals_of_texts(rows, self._header_row - first, "," if self.dialect.has_decimal_comma else ".")
        if found is None:
            return
        if found.column < 0:
            self.notes.append(("warn", say("Row {row} is labeled as a total. The new rows are below it.", row=found.row + first)))  # fmt: skip
            return
        raise NodeError(
            say('Row {row} contains totals: "{value}" is the sum of the rows above. New rows below it would not be included.',
                row=found.row + first, value=rows[found.row][found.column].strip()),
            say("Remove the totals from the file, or write to another file. Nothing was written."),
        )  # fmt: skip

    def add(self, rows: Sequence[Sequence[Any]], new_names: Sequence[str] = ()) -> None:
        """Add rows behind what is there, and names behind those of the header.

        Raises:
            NodeError: If the encoding cannot hold a value, or the file cannot be written or has changed.
        """
        opening = self.dialect.line_end if self.dialect.ends_open else ""
        added = opening + "".join(map(self.dialect.line, rows))
        content = self.encoding.encode(added)
        try:
            size = os.stat(self._path).st_size
        except OSError as error:
            raise unreadable(self._path, error) from error
        if size != self._size:
            raise changed_meanwhile(self._path)
        if not new_names:
            add_bytes(self._path, content)
            self._size += len(content)
            self.dialect = replace(self.dialect, ends_open=False)
            return
        self._widen(new_names, content)

    def _widen(self, new_names: Sequence[str], added: bytes) -> None:
        """Put names behind those of the header; every other byte stays."""
        head = self.text[: self.header_end].rstrip("\r\n")
        place = len(self.encoding.mark) + len(self.encoding.encode(head))
        known = signature_of(self._path)
        content = content_of(self._path)
        if content[len(self.encoding.mark) : place].decode(self.encoding.name, "replace") != head:
            raise NodeError(
                say('New columns cannot be added to "{path}": its header must stay unchanged.', path=self._path.name),
                say("Write to a new file."),
            )
        wider = self.dialect.delimiter + self.dialect.line([*new_names]).removesuffix(self.dialect.line_end)
        write_whole(self._path, content[:place] + self.encoding.encode(wider) + content[place:] + added, known)


def lines_of(text: str) -> list[str]:
    """Return the lines of a text with their ends, as the csv module counts them."""
    return list(io.StringIO(text, newline=""))
