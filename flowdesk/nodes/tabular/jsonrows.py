"""JSON and JSON Lines as tables: a list of objects, or one object a line."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flowdesk.engine.jsontext import read_json
from flowdesk.model.causes import json_cause
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.csvfile import content_of, signature_of
from flowdesk.nodes.tabular.disk import add_bytes, write_whole
from flowdesk.nodes.tabular.encodings import Encoding, decode, named
from flowdesk.nodes.tabular.table import Reading, Table, too_many

LINES = frozenset({".jsonl", ".ndjson"})
SUFFIXES = LINES | {".json"}


def read_json_table(path: Path, reading: Reading) -> Table:
    """Read the rows of a JSON or JSON Lines file: its objects, or its lists.

    Raises:
        NodeError: If it is missing, no JSON, or holds no rows.
    """
    text, _ = decode(content_of(path), reading.encoding)
    twice: list[str] = []
    values = _values(path, text, twice.append)
    area = reading.area
    values = values[area.top - 1 : area.bottom]
    if sum(len(row) if isinstance(row, dict | list) else 1 for row in values) > reading.most_cells:
        raise too_many(path.name, reading.most_cells)
    table = Table()
    if twice:
        table.note(
            say("{count} objects repeat a key, such as \"{key}\". The last value is used.", count=len(twice), key=twice[0][:80]),
            "warn",
        )  # fmt: skip
    if values and all(isinstance(row, list) for row in values):
        table.rows = list(enumerate(values, area.top))
        return table
    plain = sum(not isinstance(row, dict) for row in values)
    if plain:
        table.note(say("{count} rows are not objects. They become one column named value.", count=plain), "warn")
    table.objects = [row if isinstance(row, dict) else {"value": row} for row in values]
    return table


def _values(path: Path, text: str, on_twice: Callable[[str], None] | None = None) -> list[Any]:
    if path.suffix.lower() in LINES:
        return [
            _parsed(line, path, number, on_twice) for number, line in enumerate(text.split("\n"), 1) if line.strip()
        ]
    value = _parsed(text, path, 0, on_twice) if text.strip() else []
    if isinstance(value, dict):
        lists = [each for each in value.values() if isinstance(each, list)]
        return lists[0] if len(lists) == 1 and all(isinstance(each, dict) for each in lists[0]) else [value]
    return value if isinstance(value, list) else [value]


def _parsed(text: str, path: Path, line: int, on_twice: Callable[[str], None] | None = None) -> Any:
    try:
        return read_json(text, on_twice)
    except RecursionError as error:
        raise NodeError(
            say('"{path}" is nested too deep.', path=path.name), say("Repair the file, or choose another one.")
        ) from error
    except ValueError as error:
        place = line or getattr(error, "lineno", 0)
        raise NodeError(
            say(
                '"{path}" is not valid JSON: line {line}: {reason}.',
                path=path.name,
                line=place,
                reason=json_cause(error) if isinstance(error, json.JSONDecodeError) else str(error),
            ),
            say("Repair the file, or choose another one."),
        ) from error


def replace_json(path: Path, rows: Sequence[Any], encoding: str = "") -> None:
    """Replace a JSON or JSON Lines file with rows, at once or not at all.

    Raises:
        NodeError: If it cannot be written.
    """
    into = named(encoding or "utf-8")
    if path.suffix.lower() in LINES:
        text = "".join(_written(row) + "\n" for row in rows)
    else:
        text = _written(list(rows), 2) + "\n"
    write_whole(path, into.mark + into.encode(text))


def add_json(path: Path, rows: Sequence[Any], encoding: str = "") -> None:
    """Add rows to a JSON or JSON Lines file; every byte that was there stays.

    Raises:
        NodeError: If it holds no list, or cannot be read or written.
    """
    if not path.exists() or not path.stat().st_size:
        replace_json(path, rows, encoding)
        return
    known = signature_of(path)
    content = content_of(path)
    text, into = decode(content, encoding)
    if path.suffix.lower() in LINES:
        _values(path, text)
        end = "\r\n" if "\r\n" in text else "\n"
        opening = "" if text.endswith("\n") else end
        add_bytes(path, into.encode(opening + "".join(_written(row) + end for row in rows)))
        return
    if not isinstance(_parsed(text, path, 0), list):
        raise NodeError(
            say('"{path}" does not contain a list, so rows cannot be added.', path=path.name),
            say("Choose another file, or replace this one."),
        )
    if rows:
        write_whole(path, _longer(content, text, rows, into), known)


def _longer(content: bytes, text: str, rows: Sequence[Any], into: Encoding) -> bytes:
    """The list with rows before its closing bracket, laid out as the last one is."""
    body = text.rstrip()[:-1].rstrip()
    indent = re.search(r"\[\s*?(\r?\n)([ \t]+)\S", text)
    is_empty = body.endswith("[") and not body.rstrip("[ \t\r\n")
    if indent is None:
        added = ", ".join(map(_written, rows))
        added = added if is_empty else ", " + added
    else:
        end, margin = indent.groups()
        blocks = [margin + _written(row, len(margin)).replace("\n", end + margin) for row in rows]
        added = ("" if is_empty else ",") + end + f",{end}".join(blocks)
    place = len(into.mark) + len(into.encode(body))
    return content[:place] + into.encode(added) + content[place:]


def _written(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=str)
