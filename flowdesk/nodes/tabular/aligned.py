"""Rows that are to be written, put under the names of the columns that are there."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from flowdesk.model.errors import NodeError, ValueUnusable
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.told import LogLevel
from flowdesk.nodes.tabular.table import column_names

_NAMELESS = re.compile(r"column\d+_*")


def rows_of(rows: Any) -> list[Any]:
    """The rows to write: a list of them, one object as one row, nothing as none.

    Raises:
        ValueUnusable: If it is something else.
    """
    if rows is None or rows == "":
        return []
    listed = [rows] if isinstance(rows, dict) else rows
    if isinstance(listed, list) and listed and not any(isinstance(row, dict | list | tuple) for row in listed):
        listed = [listed]
    if isinstance(listed, list) and all(isinstance(row, dict | list | tuple) for row in listed):
        return listed
    raise ValueUnusable(
        say("The value to write is not a list of rows."), say("Use a list of objects or a list of lists.")
    )


def with_nameless(names: Sequence[str], rows: Sequence[Any], width: Callable[[], int]) -> list[str]:
    """Return the names of a table with those that reading gives to columns beyond its header, where rows use them.

    ``column5`` of a row that was read is the fifth cell again, not a new column of that name.

    Args:
        names: The names in the header.
        rows: What is to be written.
        width: How many cells the widest row has; asked only where it matters.
    """
    used = {key for row in rows if isinstance(row, dict) for key in row if _NAMELESS.fullmatch(str(key))} - {*names}
    if not names or not used:
        return list(names)
    return column_names([*names, *[None] * (width() - len(names))])


def check_related(names: Sequence[str], new: Sequence[str], rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Refuse to widen a table by rows that have none of its names: another row has the names, or it is another table.

    Args:
        names: The names that are there, as rows are put under them.
        new: The names that would be added.
        rows: The rows to write.
        columns: The columns that people name.

    Raises:
        NodeError: If nothing would stand in a column that is there.
    """
    wanted = {*columns} or {str(key) for row in rows if isinstance(row, dict) for key in row}
    if not new or not names or not wanted.isdisjoint(names):
        return
    raise NodeError(
        say("The table has no column {names}. Its columns: {there}.", names=_quoted(new), there=_quoted(names)),
        say("If the names are in another row, set Header row. If the cells are separated in another way, set Delimiter. Nothing was written."),
    )  # fmt: skip


def left_out(rows: Sequence[Any], columns: Sequence[str]) -> list[tuple[LogLevel, Sentence | str]]:
    """The line of the log that names values which are not written, since the columns that people name lack theirs."""
    names = dict.fromkeys(
        str(key) for row in rows if isinstance(row, dict) for key in row if columns and key not in columns
    )
    return (
        [("warn", say("Not written, because Columns lacks them: {names}.", names=_quoted([*names])))] if names else []
    )


def added_columns(new: Sequence[str]) -> tuple[LogLevel, Sentence | str]:
    """The line of the log that names columns which a table did not have."""
    return "info", say("New columns: {names}.", names=_quoted(new))


def _quoted(names: Sequence[str]) -> str:
    shown = ", ".join(f'"{name[:40]}"' for name in names[:10])
    return f"{shown}, …" if len(names) > 10 else shown


def aligned(rows: Sequence[Any], names: Sequence[str], columns: Sequence[str]) -> tuple[list[list[Any]], list[str]]:
    """Put rows under names.

    Args:
        rows: Objects, or lists in the order of the columns.
        names: The columns that are there.
        columns: Those that people name: no others are written or made of objects.

    Returns:
        The rows as lists, and the names that are new.
    """
    if not columns and not any(isinstance(row, dict) for row in rows):
        return [list(row) for row in rows], []
    wanted = [*columns, *[key for row in rows if isinstance(row, dict) and not columns for key in row]]
    new = [str(name) for name in dict.fromkeys(wanted) if name not in names]
    every = [*names, *new]
    return [[row.get(name) for name in every] if isinstance(row, dict) else list(row) for row in rows], new
