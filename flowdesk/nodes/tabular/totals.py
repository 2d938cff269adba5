"""Rows of totals: what is added below one is not counted by it, and nobody who reads the sheet would see that."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import unescape

from flowdesk.engine.texts import amount
from flowdesk.nodes.tabular.cells import Row, corners
from flowdesk.nodes.tabular.sheetxml import cells_of
from flowdesk.nodes.tabular.table import column_letters

WORDS = frozenset({
    "total", "totals", "sum", "subtotal", "sub-total", "grand total", "gesamt", "gesamtsumme", "summe", "zwischensumme", "total général",
    "total general", "somme", "suma", "totale", "итого", "всего", "razem", "合计", "总计", "小计", "总和", "合計", "總計", "小計", "총계", "합계",
})  # fmt: skip
"""How people call a row of totals."""
MOST_ADDENDS = 1000
_BEGINS = re.compile("(?:" + "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True)) + r")(?![a-zа-яà-ÿ])")
_FORMULA = re.compile(r"<(?:\w+:)?f\b[^>]*>([^<]*)<")
_TEXTS = re.compile(r'"[^"]*"')
_SUMS = re.compile(r"\b(SUM|SUMIFS?|SUMPRODUCT|SUBTOTAL|AGGREGATE|AVERAGE|AVERAGEIFS?)\s*\(", re.IGNORECASE)
_RANGE = re.compile(r"(?:('(?:[^']|'')+'|[\w.]+)!)?\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?(?![\w(])", re.IGNORECASE)  # fmt: skip
_ADDED = re.compile(r"\+?(?:\$?[A-Z]{1,3}\$?\d+\+)+\$?[A-Z]{1,3}\$?\d+", re.IGNORECASE)
_PART = re.compile(r"\b(\w+)\[(?:\[#(?:Data|All)\],)?\[?([^\[\]#]+)\]?\]")
_DEFINED = re.compile(r"<(?:\w+:)?definedName\b([^>]*)>([^<]*)<")


@dataclass(frozen=True, slots=True)
class Ranges:
    """What formulas of a sheet may call its cells by."""

    sheet: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """What names of the workbook stand for, by the names in small letters."""
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The cells of tables, by table and column in small letters."""

    def written_out(self, formula: str) -> str:
        """Return a formula with cells instead of names."""
        formula = _PART.sub(lambda part: self.columns.get((part[1].casefold(), part[2].casefold()), part[0]), formula)
        return re.sub(
            r"(?<![\w.!'$])[^\W\d][\w.]*(?![\w.(!:\[])",
            lambda name: self.names.get(name[0].casefold(), name[0]),
            formula,
        )

    def corners_in(self, text: str) -> Iterator[tuple[int, int, int, int]]:
        """Yield top, left, bottom and right of each range of this sheet."""
        for sheet, *place in _RANGE.findall(text):
            left, top, right, bottom = place
            if sheet and sheet.strip("'").replace("''", "'").casefold() != self.sheet.casefold():
                continue
            yield corners(f"{left}{top}:{right or left}{bottom or top}".upper())


def defined_names(workbook: bytes, place: int) -> dict[str, str]:
    """Return what the names of a workbook stand for, as its sheet number ``place`` (from 0 on) has them."""
    found: dict[str, str] = {}
    local: dict[str, str] = {}
    for attributes, formula in _DEFINED.findall(workbook.decode("utf-8", "replace")):
        keys = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
        name = unescape(keys.get("name", "")).casefold()
        if keys.get("localSheetId", str(place)) == str(place):
            (local if "localSheetId" in keys else found)[name] = unescape(formula)
    return found | local


def sums_above(row: Row, content: bytes, ranges: Ranges, *, is_called: bool = False) -> str:
    """Return the cell of a row that sums what stands above it in its own column, empty for none.

    Args:
        row: The row.
        content: Its XML.
        ranges: What formulas call cells by.
        is_called: Whether the row says that it is one of totals: then any column above counts.
    """
    for cell, text in zip(row.cells, cells_of(content), strict=True):
        formula = _FORMULA.search(text) if cell.formula else None
        if formula is None:
            continue
        written = ranges.written_out(_TEXTS.sub('""', unescape(formula.group(1))))
        for top, left, bottom, right in _summed(written, ranges):
            is_above = top < bottom < row.number or (is_called and bottom < row.number)
            if is_above and (is_called or left <= cell.column <= right):
                return f"{column_letters(cell.column)}{row.number}"
    return ""


def _summed(formula: str, ranges: Ranges) -> Iterator[tuple[int, int, int, int]]:
    """Yield the ranges that a formula sums: those inside SUM and its like, and cells added one by one."""
    for call in _SUMS.finditer(formula):
        yield from ranges.corners_in(_inside(formula[call.end() :]))
    if _ADDED.fullmatch(formula.replace(" ", "")) and formula.count("+") < MOST_ADDENDS:
        cells = list(ranges.corners_in(formula))
        columns, rows = {left for _, left, _, _ in cells}, sorted({top for top, _, _, _ in cells})
        if len(columns) == 1 and len(rows) > 1 and rows[-1] - rows[0] == len(rows) - 1:
            yield rows[0], min(columns), rows[-1], min(columns)


def _inside(text: str) -> str:
    """Return a text up to the bracket that closes the one before it."""
    depth = 1
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return text[:place]
    return text


def is_called_total(texts: Sequence[str]) -> bool:
    """Whether a cell of a row says that it is one of totals, and nothing else."""
    return any(text.strip().rstrip(":：").strip().casefold() in WORDS for text in texts)


def begins_like_total(texts: Sequence[str]) -> bool:
    """Whether a cell of a row begins as those of totals do: ``Total (EUR)``."""
    return any(_BEGINS.match(text.strip().casefold()) for text in texts)


def sum_of_column(row: Row, sums: Mapping[int, float]) -> str:
    """Return the cell of a row that holds the sum of all numbers above it in its column, empty for none.

    Args:
        row: The row.
        sums: The sums of all numbers of each column, those of the row as well.
    """
    for cell in row.cells:
        if cell.kind == "n" and cell.value:
            value = float(cell.value)
            if _is_sum(value, sums.get(cell.column, 0.0) - value):
                return f"{column_letters(cell.column)}{row.number}"
    return ""


def _is_sum(value: float, above: float) -> bool:
    """Whether a number is the sum of those above it, which may hold subtotals: then they count twice."""
    return bool(value) and any(abs(above - value * times) <= 1e-9 * max(1.0, abs(value)) for times in (1, 2))


@dataclass(frozen=True, slots=True)
class TextTotals:
    """What the last rows of a table of texts say of totals."""

    row: int
    """The row's place, from 0 on."""
    column: int
    """The 0-based column of the sum, -1 where only the name says it."""


def totals_of_texts(rows: Sequence[Sequence[str]], header: int, decimal: str) -> TextTotals | None:
    """Find a row of totals among the last rows of a CSV file.

    Args:
        rows: All rows.
        header: The place of the row of names, -1 for none.
        decimal: The decimal sign.
    """
    recent = [place for place in range(max(header + 2, len(rows) - 20), len(rows)) if any(map(str.strip, rows[place]))]
    named = None
    for place in recent[-3:]:
        if not begins_like_total(rows[place]):
            continue
        for column, cell in enumerate(rows[place]):
            value = amount(cell, decimal)
            if value and value in _sums(rows[header + 1 : place], column, decimal):
                return TextTotals(place, column)
        if is_called_total(rows[place]):
            named = TextTotals(place, -1)
    return named


def _sums(rows: Sequence[Sequence[str]], column: int, decimal: str) -> tuple[Decimal, Decimal]:
    """Return the sum of a column, and that since the last subtotal; rows of totals do not count."""
    every, since = Decimal(0), Decimal(0)
    for row in rows:
        value = amount(row[column], decimal) if column < len(row) else None
        if begins_like_total(row):
            since = Decimal(0)
        elif value is not None:
            every, since = every + value, since + value
    return every, since
