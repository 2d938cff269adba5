"""Rows of totals: what is added below one is not counted by it, and nobody who reads the sheet would see that."""

import re
from collections.abc import Mapping, Sequence

from flowdesk.nodes.tabular.cells import Row, corners
from flowdesk.nodes.tabular.sheetxml import cells_of
from flowdesk.nodes.tabular.table import column_letters

WORDS = frozenset({
    "total", "totals", "sum", "subtotal", "sub-total", "grand total", "gesamt", "gesamtsumme", "summe", "zwischensumme", "total général",
    "total general", "somme", "suma", "totale", "итого", "всего", "razem", "合计", "总计", "小计", "总和", "合計", "總計", "小計", "총계", "합계",
})  # fmt: skip
"""How people call a row of totals."""
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*>([^<]*)<")
_SUMS = re.compile(r"\b(?:SUM|SUBTOTAL|AGGREGATE)\s*\((?:[\d\s,;]*[,;])?\s*(\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+)", re.IGNORECASE)  # fmt: skip


def sums_above(row: Row, content: bytes) -> str:
    """Return the cell of a row that sums what stands above it in its own column, empty for none.

    Args:
        row: The row.
        content: Its XML.
    """
    for cell, text in zip(row.cells, cells_of(content), strict=True):
        formula = _FORMULA.search(text.encode()) if cell.formula else None
        for reference in _SUMS.findall(formula.group(1).decode()) if formula else ():
            top, left, bottom, right = corners(reference.upper())
            if left <= cell.column <= right and top < bottom < row.number:
                return f"{column_letters(cell.column)}{row.number}"
    return ""


def is_called_total(texts: Sequence[str]) -> bool:
    """Whether a cell of a row says that it is one of totals."""
    return any(text.strip().rstrip(":：").strip().casefold() in WORDS for text in texts)


def sum_of_column(row: Row, sums: Mapping[int, float]) -> str:
    """Return the cell of a row that holds the sum of all numbers above it in its column, empty for none.

    Args:
        row: The row.
        sums: The sums of all numbers of each column, those of the row as well.
    """
    for cell in row.cells:
        if cell.kind != "n" or not cell.value:
            continue
        value = float(cell.value)
        above = sums.get(cell.column, 0.0) - value
        if value and abs(above - value) <= 1e-9 * max(1.0, abs(value)):
            return f"{column_letters(cell.column)}{row.number}"
    return ""
