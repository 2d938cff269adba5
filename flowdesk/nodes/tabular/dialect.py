"""How a CSV file is written: delimiter, quotes, line ends, decimal sign. Found out from what is there, so that what is added is alike."""

import csv
import io
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from flowdesk.engine.texts import as_text
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.delimiters import (
    DELIMITERS,
    RARE,
    STAND_IN,
    find_delimiter,
    given_delimiter,
    narrowed,
    rows_of_text,
)

END_MARK = "\x1a"
"""Ctrl+Z, by which programs of DOS and CP/M end a text; what stands behind it they do not read."""
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n?", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")
_DECIMAL_POINT = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)\.\d+")

_QUOTING: dict[str, Literal[0, 1, 2]] = {"needed": 0, "all": 1, "texts": 2}
"""QUOTE_MINIMAL, QUOTE_ALL and QUOTE_NONNUMERIC of the csv module."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written."""

    delimiter: str = ","
    line_end: str = "\r\n"
    has_sep_line: bool = False
    """Whether its first line says ``sep=;``, as Excel reads it."""
    quotes: Literal["needed", "all", "texts"] = "needed"
    has_decimal_comma: bool = False
    ends_open: bool = False
    """Whether its last line has no line break."""
    has_escapes: bool = False
    """Whether a quote inside a quoted cell is written ``\\"``, as MySQL and PHP do, and not doubled."""

    @property
    def sign(self) -> str:
        """What cuts the cells of a text that ``plain`` returned."""
        return self.delimiter if len(self.delimiter) == 1 else STAND_IN

    def plain(self, text: str) -> str:
        """Return a text of such a file as the csv module reads it: quotes doubled, cut by ``sign``. Lines stay lines."""
        if len(self.delimiter) > 1:
            return narrowed(text, self.delimiter)
        return _doubled(text) if self.has_escapes else text

    def line(self, cells: Sequence[Any]) -> str:
        """Return a row as a line with its line break."""
        texts = [cell for cell in cells if isinstance(cell, str)]
        if any("\0" in text for text in texts):
            raise NodeError(
                say("A cell contains a zero byte, which a text file cannot keep."),
                say('Remove it, for example with value|regex_replace("\\0", ""). Nothing was written.'),
            )
        has_breaks = any("\r" in text or "\n" in text for text in texts)
        is_alone = len(cells) == 1 and any(sign in text for text in texts for sign in DELIMITERS + RARE)
        if self.has_escapes or len(self.delimiter) > 1 or has_breaks or is_alone:
            # The module quotes no break but its own, and no other sign that would cut a lone cell.
            also = DELIMITERS + RARE if is_alone else ""
            return self.delimiter.join(self._cell(cell, also) for cell in cells) + self.line_end
        out = io.StringIO(newline="")
        quoting = _QUOTING[self.quotes]
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator=self.line_end, quoting=quoting)
        writer.writerow([self._written(cell) for cell in cells])
        return out.getvalue()

    def _cell(self, cell: Any, also: str) -> str:
        """Return a cell as the csv module cannot write it; what holds a sign of CSV stands in quotes."""
        written = self._written(cell)
        text = str(written)
        text = text.replace("\\", "\\\\").replace('"', '\\"') if self.has_escapes else text.replace('"', '""')
        is_text = self.quotes == "texts" and not isinstance(written, _Number)
        is_quoted = is_text or self.quotes == "all" or any(sign in text for sign in f'{self.delimiter}"\r\n{also}')
        return f'"{text}"' if is_quoted else text

    def _written(self, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            text = as_text(value)
            if self.has_decimal_comma and isinstance(value, float):
                text = text.replace(".", ",")
            return _Number(text) if self.quotes == "texts" else text
        return as_text(value)


class _Number(float):
    """A number that the csv module does not quote, written as it is."""

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str) -> "_Number":
        made = super().__new__(cls, 0.0)
        made._text = text
        return made

    def __repr__(self) -> str:
        return self._text

    __str__ = __repr__


def find_dialect(text: str, delimiter: str = "") -> Dialect:
    """Return how a text is written; ``delimiter`` is what people say it is."""
    text = text.rstrip(END_MARK)
    said = _SEP_LINE.match(text)
    body = text[said.end() :] if said else text
    given = given_delimiter(delimiter) or (said.group(1) if said else "")
    has_escapes = len(given) < 2 and '\\"' in body and _has_escapes(body, given)
    body = _doubled(body) if has_escapes else body
    found = given or find_delimiter(body)
    sample = body[:200_000]
    if len(found) > 1:
        sample = narrowed(sample, found)
    sign = found if len(found) == 1 else STAND_IN
    rows = [row for _, row in zip(range(200), rows_of_text(sample, sign), strict=False)]
    return Dialect(
        delimiter=found,
        line_end=_line_end(text),
        has_sep_line=said is not None,
        quotes=_quotes(sample, rows, sign),
        has_decimal_comma=_has_decimal_comma(rows),
        ends_open=bool(text) and not text.endswith(("\n", "\r")),
        has_escapes=has_escapes,
    )


_ESCAPE = re.compile(r'\\(["\\])')


def _doubled(text: str) -> str:
    return _ESCAPE.sub(lambda match: '""' if match.group(1) == '"' else "\\", text)


def _has_escapes(body: str, delimiter: str) -> bool:
    """Whether a text is whole CSV only if a backslash before a quote makes it a part of the cell."""
    doubled = _doubled(body)
    for text, expected in ((doubled, True), (body, False)):
        sign = delimiter or find_delimiter(text)
        if len(sign) > 1 or (wrong_quote(text, sign) is None) is not expected:
            return False
    return True


def body_of(text: str) -> str:
    """Return a text without a line that says ``sep=;``."""
    said = _SEP_LINE.match(text)
    return text[said.end() :] if said else text


@dataclass(frozen=True, slots=True)
class WrongQuote:
    """A quote that CSV does not allow where it stands."""

    line: int
    is_open: bool
    """Whether a quoted cell at the end of the text is not closed."""


def wrong_quote(text: str, delimiter: str) -> WrongQuote | None:
    """Return the first quote that is not closed, or not doubled inside a quoted cell; ``None`` if there is none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return WrongQuote(reader.line_num, is_open="unexpected end" in str(error))
    return None


def unclosed(text: str, delimiter: str) -> bool:
    """Whether a quoted cell at the end of a text is not closed: whatever is added would land inside it."""
    marks = "pq" if delimiter in "xy" else "xy"
    try:
        rows = deque(csv.reader(chain(io.StringIO(text, newline=""), marks), delimiter=delimiter), maxlen=1)
    except csv.Error:
        return False
    return rows[0] != [marks[1]]


def _line_end(text: str) -> str:
    head = text[:100_000]
    crlf = head.count("\r\n")
    ends = {"\r\n": crlf, "\n": head.count("\n") - crlf, "\r": head.count("\r") - crlf}
    best = max(ends, key=lambda end: ends[end])
    return best if ends[best] else "\r\n"


def _quotes(sample: str, rows: list[list[str]], delimiter: str) -> Literal["needed", "all", "texts"]:
    if '"' not in sample:
        return "needed"
    lines = [line for line in sample.splitlines()[:200] if line and not line.startswith("#")]
    cells = [cell for line in lines for cell in raw_cells(line, delimiter)]
    filled = [cell for cell in cells if cell]
    quoted = [cell for cell in filled if cell.startswith('"')]
    bare = [cell for cell in filled if not cell.startswith('"')]
    if not bare and len(quoted) > 1:
        return "all"
    plain = [cell for cell in quoted if not any(sign in cell[1:-1] for sign in f'{delimiter}"') and len(cell) > 1]
    if plain and all(_is_number(cell) for cell in bare) and len(rows) > 1:
        return "texts"
    return "needed"


def raw_cells(line: str, delimiter: str, *, has_escapes: bool = False) -> list[str]:
    """Return the cells of a row as they are written, with their quotes."""
    cells, begin, place, is_inside = [], 0, 0, False
    while place < len(line):
        if line[place] == "\\" and has_escapes:
            place += 1  # what follows is a part of the cell
        elif line[place] == '"':
            is_inside = not is_inside
        elif not is_inside and line.startswith(delimiter, place):
            cells.append(line[begin:place])
            begin = place + len(delimiter)
            place = begin
            continue
        place += 1
    return [*cells, line[begin:]]


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[\d.,]+([eE][+-]?\d+)?", text.strip()) is not None


def _has_decimal_comma(rows: list[list[str]]) -> bool:
    cells = [cell.strip() for row in rows for cell in row]
    commas = sum(_DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells)
    points = sum(_DECIMAL_POINT.fullmatch(cell) is not None for cell in cells)
    return commas > points if commas or points else False
