"""Sheets of OpenDocument (ODS, and FODS, which is the same without a zip), read from their XML. They are not written."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from flowdesk.engine.texts import as_text
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.disguised import LOOKED_AT, disguise
from flowdesk.nodes.tabular.disk import check_plain, unreadable
from flowdesk.nodes.tabular.formats import elapsed, number_of
from flowdesk.nodes.tabular.gathered import Block, Gathered, chosen_sheet, named_cell
from flowdesk.nodes.tabular.package import BROKEN, LARGEST_TEXTS, broken, feed, too_large
from flowdesk.nodes.tabular.table import Reading, Table

_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d*)?)S)?")
_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)")
_ASIDE = frozenset({"office:annotation", "draw:frame", "draw:custom-shape", "text:ruby-text", "text:note", "table:tracked-changes"})  # fmt: skip
"""What lies in a cell or beside the sheets and is no content of a cell."""
_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
MOST_COLUMNS = 16_384
MOST_ROWS = 1_048_576


def read_opendocument(path: Path, reading: Reading) -> Table:
    """Read the rows of a sheet.

    Raises:
        NodeError: If the file cannot be read, or there is no such sheet.
    """
    try:
        check_plain(path)
        with path.open("rb") as stream:
            begin = stream.read(LOOKED_AT)
        is_flat = not begin.startswith(b"PK")
        found = disguise(begin) if is_flat and b"office:document" not in begin else None
        if found is not None:
            raise NodeError(say('"{path}" is not an ODS file, but {what}.', path=path.name, what=found[0]), found[1])
        styles = _Styles()
        if not is_flat:
            with _part(path, "styles.xml") as stream:
                feed(styles.begun(), stream, path)
        with _part(path, "" if is_flat else "content.xml") as stream:
            sheet = _SheetCells(path, reading, styles)
            feed(sheet.parser, stream, path)
    except OSError as error:
        raise unreadable(path, error) from error
    except BROKEN as error:
        raise broken(path, error) from error
    return sheet.finished()


@contextmanager
def _part(path: Path, name: str) -> Iterator[IO[bytes]]:
    """Open a part of the zip, or the whole file where it is none."""
    if not name:
        with path.open("rb") as stream:
            yield stream
        return
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        kind = _begin_of(archive, "mimetype", 100)
        if "content.xml" not in names or (kind and b"spreadsheet" not in kind):
            raise NodeError(
                say('"{path}" is not an ODS file, but {what}.', path=path.name, what=say("a ZIP file of another kind")),
                say("Check which program made the file."),
            )
        if b"encryption-data" in _begin_of(archive, "META-INF/manifest.xml", 1_000_000):
            raise NodeError(
                say('"{path}" is password-protected.', path=path.name),
                say("Save a copy without a password, and use the copy."),
            )
        if name not in names:
            yield io.BytesIO(b"<none/>")
            return
        with archive.open(name) as part:
            yield part


def _begin_of(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as stream:
        return stream.read(size)


class _Styles:
    """Which styles show what."""

    def __init__(self) -> None:
        self.elapsed: set[str] = set()
        """Formats of times that go on beyond a day, and the styles that show so."""
        self.formatted: set[str] = set()
        """Styles with a format of their own."""

    def begun(self) -> expat.XMLParserType:
        """Return a parser for a part that holds styles."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self.take
        return parser

    def take(self, tag: str, attributes: dict[str, str]) -> None:
        """Look at an element."""
        if tag == "number:time-style" and attributes.get("number:truncate-on-overflow") == "false":
            self.elapsed.add(attributes.get("style:name", ""))
        elif tag == "style:style" and (code := attributes.get("style:data-style-name", "")):
            name = attributes.get("style:name", "")
            self.formatted.add(name)
            if code in self.elapsed:
                self.elapsed.add(name)


class _SheetCells:
    """The cells of one sheet."""

    def __init__(self, path: Path, reading: Reading, styles: _Styles) -> None:
        self._path = path
        self._reading = reading
        self._names: list[str] = []
        self._gathered = Gathered(path.name, reading)
        self._blocks: list[Block] = []
        self._styles = styles
        self._depth = 0
        self._is_inside = self._is_done = False
        self._row = self._column = 1
        self._repeated = 1
        self._cells: list[tuple[int, Any]] = []
        self._cell: dict[str, str] | None = None
        self._texts: list[str] = []
        self._size = 0
        self._paragraphs = 0
        self._is_text = False
        """Whether this is inside a paragraph: white space between them is layout."""
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def finished(self) -> Table:
        """Return the rows.

        Raises:
            NodeError: If there is no such sheet.
        """
        chosen_sheet(self._names, self._reading.sheet)
        self._gathered.merge(self._blocks)
        self._gathered.tell()
        return self._gathered.table

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _ASIDE or (tag == "table:table" and self._is_inside):
            self._depth += 1
        if self._depth:
            return
        if tag in _CELLS:
            if self._is_inside:
                self._cell, self._texts, self._paragraphs = attributes, [], 0
        elif self._cell is not None:
            self._mark(tag, attributes)
        elif tag == "table:table-row":
            self._cells, self._column = [], 1
            self._repeated = _count(attributes, "table:number-rows-repeated", MOST_ROWS)
        elif tag == "table:table":
            name = attributes.get("table:name", "")
            self._is_inside = not self._is_done and self._reading.sheet.casefold() in ("", name.casefold())
            self._names.append(name)
        else:
            self._styles.take(tag, attributes)

    def _mark(self, tag: str, attributes: dict[str, str]) -> None:
        """Take what stands for white space in a text."""
        if tag == "text:p":
            self._paragraphs, self._is_text = self._paragraphs + 1, True
            if self._paragraphs > 1:
                self._write("\n")
        elif tag == "text:s":
            self._write(" " * _count(attributes, "text:c", 10_000))
        elif tag in {"text:tab", "text:line-break"}:
            self._write("\t" if tag == "text:tab" else "\n")

    def _text(self, text: str) -> None:
        if self._is_text and not self._depth:
            self._write(text)

    def _write(self, text: str) -> None:
        self._size += len(text)
        if self._size > LARGEST_TEXTS:
            raise too_large(self._path)
        self._texts.append(text)

    def _end(self, tag: str) -> None:
        if self._depth:
            self._depth -= tag in _ASIDE or tag == "table:table"
            return
        if tag == "text:p":
            self._is_text = False
        elif tag in _CELLS and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif tag == "table:table-row" and self._is_inside:
            self._end_row()
        elif tag == "table:table" and self._is_inside:
            self._is_inside, self._is_done = False, True

    def _end_cell(self, cell: dict[str, str]) -> None:
        times = _count(cell, "table:number-columns-repeated", MOST_COLUMNS)
        if "table:number-rows-spanned" in cell or "table:number-columns-spanned" in cell:
            high = _count(cell, "table:number-rows-spanned", MOST_ROWS)
            wide = _count(cell, "table:number-columns-spanned", MOST_COLUMNS)
            self._blocks.append((self._row, self._column, self._row + high - 1, self._column + wide - 1))
        area = self._reading.area
        columns = range(max(self._column, area.left), min(self._column + times, area.right + 1))
        if columns and self._row <= area.bottom and self._row + self._repeated > area.top:
            value = self._value(cell, "".join(self._texts))
            if value is not None:
                self._cells += [(column, value) for column in columns]
        self._column += times

    def _end_row(self) -> None:
        rows = range(self._row, self._row + self._repeated) if self._cells else ()
        for row in rows:
            if self._gathered.takes(row):
                self._gathered.add(row, self._cells)
        self._row += self._repeated

    @property
    def _name(self) -> str:
        """The name of the cell."""
        return named_cell(self._column, self._row)

    def _value(self, cell: dict[str, str], text: str) -> Any:
        kind = cell.get("office:value-type", "")
        if not kind:
            if "table:formula" in cell and not text:
                self._gathered.uncalculated.append(self._name)
            return text or None
        if cell.get("calcext:value-type") == "error":
            self._gathered.errors.append(f"{self._name} ({text})")
            return text
        if kind == "string":
            if "table:formula" in cell and _ERROR.fullmatch(text):
                self._gathered.errors.append(f"{self._name} ({text})")
            return text if self._paragraphs else cell.get("office:string-value", "")
        if self._reading.as_shown and text:
            return text
        return self._stored(kind, cell, text)

    def _stored(self, kind: str, cell: dict[str, str], text: str) -> Any:
        match kind:
            case "boolean":
                return cell.get("office:boolean-value") == "true"
            case "date":
                return _moment(cell.get("office:date-value", text))
            case "time":
                return _clock(
                    cell.get("office:time-value", text), is_elapsed=cell.get("table:style-name") in self._styles.elapsed
                )
        number = number_of(cell.get("office:value", ""))
        if number is None:
            return text or None
        if isinstance(number, float) and number.is_integer() and abs(number) < 1e17:
            number = int(number)
        if number in (0, 1) and text.isalpha() and cell.get("table:style-name", "") not in self._styles.formatted:
            return number == 1  # LibreOffice keeps TRUE() as a number that shows a word
        if text[:1] == "0" and text != as_text(number) and text.lstrip("0") == as_text(number).lstrip("0"):
            self._gathered.padded.append(f"{self._name} ({text})")
        return number


def _count(attributes: dict[str, str], name: str, most: int) -> int:
    text = attributes.get(name, "1")
    return max(1, min(int(text), most)) if text.isdecimal() and len(text) < 10 else 1


def _moment(text: str) -> str:
    """Return a day, or a day and a time, as other workbooks give them."""
    try:
        found = datetime.fromisoformat(text)
        found += timedelta(microseconds=round(found.microsecond, -3) - found.microsecond)
    except (ValueError, OverflowError):
        return text
    return found.date().isoformat() if found.time() == time() else found.isoformat(timespec="auto")


def _clock(text: str, *, is_elapsed: bool) -> str:
    """Return a time of day, or a length of time, as other workbooks give them."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return text
    sign, days, hours, minutes, seconds = found.groups()
    whole = ((int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes or 0)) * 60
    exact = round(whole + float((seconds or "0").replace(",", ".")), 3)
    if is_elapsed or sign or exact >= 86_400:
        return elapsed((-exact if sign else exact) / 86_400)
    return (datetime(2000, 1, 1) + timedelta(milliseconds=round(exact * 1000))).time().isoformat(timespec="auto")
