"""Rows that are found in a table by the value of one column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flowdesk.engine.texts import as_text
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say


def found_by_key(
    rows: Sequence[Mapping[str, Any]], key: str, there: Iterable[tuple[int, Any]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield for each row the number of the one that it is about, and its new values.

    Args:
        rows: Objects, each with the key and what is to be written.
        key: The column by which rows are found.
        there: The rows that are there: their numbers, and the values of that column.

    Raises:
        NodeError: If no row or several have a key.
    """
    known: dict[str, list[int]] = {}
    for number, value in there:
        known.setdefault(as_text(value).strip(), []).append(number)
    for row in rows:
        wanted = as_text(row.get(key)).strip()
        numbers = known.get(wanted, []) if wanted else []
        if len(numbers) != 1:
            raise NodeError(
                say('{count} rows have "{value}" in the column "{key}".', count=len(numbers), value=wanted, key=key),
                say("Set Key column to a column whose values are unique. Nothing was written."),
            )
        yield numbers[0], {name: new for name, new in row.items() if name != key}
