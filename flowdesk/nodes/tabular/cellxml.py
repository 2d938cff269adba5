"""Cells as the XML of a sheet writes them."""

import math
import re
from typing import Any

from flowdesk.engine.texts import as_text
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.formats import is_date_format, is_elapsed_format, serial
from flowdesk.nodes.tabular.table import column_letters

LONGEST_TEXT = 32_767
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
MOST_DIGITS = 15
"""Digits of a number that a workbook keeps; a longer one is written as text."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def cell_xml(row: int, column: int, value: Any, style: int, code: str, prefix: str, *, is_1904: bool = False) -> str:
    """Return a cell.

    Args:
        row: Of the cell, 1-based.
        column: Of the cell, 1-based.
        value: A JSON value; a day as ISO text is kept as one where ``code`` shows days.
        style: Number of its style.
        code: The number format of that style.
        prefix: Of the elements' names.
        is_1904: Whether days count from 1904.

    Raises:
        NodeError: If a cell cannot hold the value.
    """
    place = f"{column_letters(column)}{row}"
    begin = f'<{prefix}c r="{place}"' + (f' s="{style}"' if style else "")
    if value is None or value == "":
        return f"{begin}/>"
    if isinstance(value, bool):
        return f'{begin} t="b"><{prefix}v>{int(value)}</{prefix}v></{prefix}c>'
    if isinstance(value, int | float) and _is_kept(value):
        return f"{begin}><{prefix}v>{value!r}</{prefix}v></{prefix}c>"
    text = as_text(value)
    if isinstance(value, str) and is_date_format(code) and not is_elapsed_format(code):
        number = serial(text, is_1904)
        if number is not None:
            return f"{begin}><{prefix}v>{number!r}</{prefix}v></{prefix}c>"
    return f'{begin} t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{escaped(text, place)}</{prefix}t></{prefix}is></{prefix}c>'


def _is_kept(value: float) -> bool:
    if isinstance(value, int):
        return len(str(abs(value)).rstrip("0")) <= MOST_DIGITS and abs(value) < 10**300
    return math.isfinite(value)


def escaped(text: str, place: str) -> str:
    """Return a text as XML holds it.

    Raises:
        NodeError: If a cell cannot hold it.
    """
    if len(text) > LONGEST_TEXT:
        raise NodeError(
            say("The text for cell {cell} has {count} characters; the maximum is {limit}.", cell=place, count=len(text),
                limit=LONGEST_TEXT),
            say("Shorten it, or write a CSV file. Nothing was written."),
        )  # fmt: skip
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise NodeError(
            say("The text for cell {cell} contains an incomplete character.", cell=place),
            say("Check where the text comes from. Nothing was written."),
        )
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _UNWRITABLE.sub(lambda match: f"_x{ord(match.group()):04X}_", text)


def check_place(row: int, column: int) -> None:
    """Refuse a cell beyond the end of every sheet.

    Raises:
        NodeError: If it is.
    """
    if row > MOST_ROWS or column > MOST_COLUMNS:
        raise NodeError(
            say("A sheet has at most {rows} rows and {columns} columns.", rows=MOST_ROWS, columns=MOST_COLUMNS),
            say("Write to another sheet or a CSV file. Nothing was written."),
        )
