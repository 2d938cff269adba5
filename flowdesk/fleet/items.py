"""What is submitted with a flow: rows, the keys that guard against doubles, deadlines and labels. Pure but for reading rows."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.files import read_table_file
from flowdesk.nodes.tabular.table import Reading, named_rows

MOST_ROWS = 1_000_000
"""Rows that are submitted at once."""
MOST_ITEM_CHARS = 1_000_000
"""Characters of the variables of one job, as JSON."""
LONGEST_POOL = 200
"""Characters of the name of a pool."""
OWN_NAMES = ("row", "job")
"""Variables that every job has: a column of such a name is read as a part of ``row`` alone."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN = re.compile(r"(\d+)\s*([smhd])")
_LABEL = re.compile(r"[\w.+-]{1,64}")


@dataclass(frozen=True)
class Item:
    """One job to be: the variables for all, its row, and the key under which it exists once (``""`` for none)."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    row: Mapping[str, Any] | None = None
    key: str = ""
    number: int = 0
    """1-based among the rows; 0 without rows."""

    def payload(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"variables": dict(self.variables), "row": self.row, "key": self.key, "number": self.number}


def read_rows(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of a table (CSV, XLSX, JSON or JSON Lines), and what is to be said of how they were read.

    Raises:
        NodeError: If it cannot be read.
        RequestInvalid: If it has no rows, or too many.
    """
    table = read_table_file(path, Reading())
    _, rows = named_rows(table, Reading())
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise RequestInvalid(
            say("{path} has no rows below column names.", path=path),
            say("Put column names in the first row, and one row for each job below."),
            field="rows",
        )
    if len(rows) > MOST_ROWS:
        raise RequestInvalid(
            say("{path} has more than {count} rows.", path=path, count=MOST_ROWS),
            say("Submit it in parts."),
            field="rows",
        )
    hidden = [name for name in OWN_NAMES if any(name in row for row in rows)]
    notes = [
        say('The column "{name}" is {reference} in the flow.', name=name, reference=f"{{{{row.{name}}}}}")
        for name in hidden
    ]
    return [dict(row) for row in rows], [*(sentence for _, sentence in table.notes), *notes]


def items_of(
    variables: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] | None, hash: str, key: str, *, again: bool
) -> list[Item]:
    """Return the jobs that a submission makes, one for each row.

    A row's key is, where no column is named, made of the flow, the variables and the row: the same rows that are submitted a
    second time are no new jobs. Rows that are alike within one table are counted, so each of them is a job.

    Args:
        variables: The variables for all.
        rows: The rows, ``None`` for one job without a row.
        hash: What the frozen flow is known by.
        key: The column whose value is the key; without rows the key itself; empty makes one of the content.
        again: Whether to make new jobs although the same were submitted before.

    Raises:
        RequestInvalid: If there is no such column, a row has no value there, or a job holds too much.
    """
    if rows is None:
        return [_checked(Item(variables, None, "" if again else key))]
    seen: Counter[str] = Counter()
    items = []
    for number, row in enumerate(rows, 1):
        name = "" if again else _key_of(number, row, key) if key else _content_key(hash, variables, row, seen)
        items.append(_checked(Item(variables, row, name, number)))
    return items


def _key_of(number: int, row: Mapping[str, Any], column: str) -> str:
    if column not in row:
        raise RequestInvalid(
            say('The rows have no column "{column}".', column=column),
            say("The columns are: {columns}", columns=", ".join(row)),
            field="key",
        )
    value = row[column]
    if value in (None, ""):
        raise RequestInvalid(
            say('Row {number} has nothing in the column "{column}".', number=number, column=column),
            say("Give every row a key."),
            field="key",
        )
    return f"{column}={value}"


def _content_key(hash: str, variables: Mapping[str, Any], row: Mapping[str, Any], seen: "Counter[str]") -> str:
    text = json.dumps([hash, dict(variables), dict(row)], sort_keys=True, ensure_ascii=True, default=str)
    known = hashlib.sha256(text.encode()).hexdigest()[:32]
    seen[known] += 1
    return known if seen[known] == 1 else f"{known}-{seen[known]}"


def _checked(item: Item) -> Item:
    if len(json.dumps(item.payload(), ensure_ascii=False, default=str)) > MOST_ITEM_CHARS:
        raise RequestInvalid(
            say("The variables of one job are longer than {count} characters.", count=MOST_ITEM_CHARS),
            say("Put long values into a file that the robots can read."),
        )
    return item


def read_deadline(text: str, now: datetime) -> datetime | None:
    """Return the time until which a job must have begun: a span such as ``90m`` or ``2h``, or an ISO 8601 time.

    Raises:
        RequestInvalid: If it is neither, or has passed.
    """
    if not text:
        return None
    span = _SPAN.fullmatch(text.strip())
    if span is not None:
        seconds = int(span[1]) * _UNITS[span[2]]
        if not 0 < seconds <= 3650 * 86_400:
            raise _bad_deadline(text)
        return now + timedelta(seconds=seconds)
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise _bad_deadline(text) from None
    given = given.astimezone(UTC) if given.tzinfo else given.astimezone()
    if given <= now:
        raise RequestInvalid(
            say("The deadline {deadline} has passed.", deadline=text), say("Name a later time."), field="deadline"
        )
    return given


def _bad_deadline(text: str) -> RequestInvalid:
    return RequestInvalid(
        say('"{deadline}" is not a deadline.', deadline=text),
        say("Write a span such as 90m, 2h or 3d, or a time such as 2026-12-24T18:00."),
        field="deadline",
    )


def read_pool(text: str) -> str:
    """Read the name of a pool.

    Raises:
        RequestInvalid: If it is none.
    """
    name = text.strip()
    if not name or len(name) > LONGEST_POOL or not name.isprintable():
        raise RequestInvalid(
            say('"{pool}" is not the name of a pool.', pool=name[:40]),
            say("Write 1 to {most} characters, such as default.", most=LONGEST_POOL),
            field="pool",
        )
    return name


def read_labels(pairs: Iterable[str]) -> dict[str, str]:
    """Read labels: ``name=value``, or a name alone for ``yes``.

    Raises:
        RequestInvalid: If one is not of that form.
    """
    labels = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        value = value or "yes"
        if not _LABEL.fullmatch(name) or not _LABEL.fullmatch(value):
            raise RequestInvalid(
                say('"{label}" is not a label.', label=pair),
                say("Write name=value with letters, digits, dots, hyphens and underscores."),
                field="label",
            )
        labels[name] = value
    return labels
