"""JSON and JSON Lines as tables: a list of objects, or one object a line."""

import json
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
from flowdesk.nodes.tabular.jsonlayout import LINE, USUAL, Layout, layout_of, line_layout
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
    words: list[str] = []
    values = values_of(path, text, twice.append, words.append)
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
    if words:
        table.note(
            say("{count} values are {word}, which is not JSON. They are read as text.", count=len(words), word=words[0]), "warn"
        )  # fmt: skip
    if values and all(isinstance(row, list) for row in values):
        table.rows = list(enumerate(values, area.top))
        return table
    plain = sum(not isinstance(row, dict) for row in values)
    if plain:
        table.note(say("{count} rows are not objects. They become one column named value.", count=plain), "warn")
    table.objects = [row if isinstance(row, dict) else {"value": row} for row in values]
    return table


def values_of(
    path: Path, text: str, on_twice: Callable[[str], None] | None = None, on_word: Callable[[str], None] | None = None
) -> list[Any]:
    """Return the rows in a text: the items of its list, its lines, or the one list in its object.

    Raises:
        NodeError: If it is no JSON.
    """
    if path.suffix.lower() in LINES:
        return [
            _parsed(line, path, number, on_twice, on_word)
            for number, line in enumerate(text.split("\n"), 1)
            if line.strip()
        ]
    value = _parsed(text, path, 0, on_twice, on_word) if text.strip() else []
    if isinstance(value, dict):
        lists = [each for each in value.values() if isinstance(each, list)]
        return lists[0] if len(lists) == 1 and all(isinstance(each, dict) for each in lists[0]) else [value]
    return value if isinstance(value, list) else [value]


def _parsed(
    text: str, path: Path, line: int, on_twice: Callable[[str], None] | None = None,
    on_word: Callable[[str], None] | None = None,
) -> Any:  # fmt: skip
    try:
        return read_json(text, on_twice, on_word)
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
            say("It has one object on each line. Rename it to .jsonl.")
            if not line and _are_lines(text)
            else say("Repair the file, or choose another one."),
        ) from error


def _are_lines(text: str) -> bool:
    """Whether the first lines of a text that is no JSON are objects, each for itself."""
    lines = [line for line in text.split("\n", 5)[:5] if line.strip()]
    try:
        return len(lines) > 1 and all(isinstance(read_json(line), dict) for line in lines)
    except (ValueError, RecursionError):
        return False


def replace_json(path: Path, rows: Sequence[Any], encoding: str = "") -> None:
    """Replace a JSON or JSON Lines file with rows, at once or not at all; encoding and layout of a list that was there stay.

    Raises:
        NodeError: If it cannot be written.
    """
    into, layout, end = _written_before(path, encoding)
    is_lines = path.suffix.lower() in LINES
    text = "".join(layout.item(row) + end for row in rows) if is_lines else layout.whole(rows) + end
    write_whole(path, into.mark + into.encode(text))


def _written_before(path: Path, encoding: str) -> tuple[Encoding, Layout, str]:
    """How a file is written: its encoding, its layout and its line ends; the usual ones where it is new or cannot be read."""
    is_lines = path.suffix.lower() in LINES
    usual = named(encoding or "utf-8"), LINE if is_lines else USUAL, "\n"
    if encoding or not path.exists() or not path.stat().st_size:
        return usual
    try:
        text, into = decode(content_of(path), "")
        values_of(path, text)
    except NodeError:
        return usual
    if not is_lines and not text.lstrip().startswith("["):
        return into, USUAL, "\n"
    return into, line_layout(text) if is_lines else layout_of(text), "\r\n" if "\r\n" in text else "\n"


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
        values_of(path, text)
        end = "\r\n" if "\r\n" in text else "\n"
        opening = "" if text.endswith("\n") or not text else end
        layout = line_layout(text)
        add_bytes(path, into.encode(opening + "".join(layout.item(row) + end for row in rows)))
        return
    if not isinstance(_parsed(text, path, 0), list):
        raise NodeError(
            say('"{path}" does not contain a list, so rows cannot be added.', path=path.name),
            say("Choose another file, or replace this one."),
        )
    if rows:
        write_whole(path, _longer(content, text, rows, into), known)


def _longer(content: bytes, text: str, rows: Sequence[Any], into: Encoding) -> bytes:
    """The list with rows before its closing bracket, laid out as the first ones are."""
    body = text.rstrip()[:-1].rstrip()
    layout = layout_of(text)
    is_empty = body.endswith("[") and not body.rstrip("[ \t\r\n")
    added = layout.inside(rows) if is_empty else layout.items(rows)
    place = len(into.mark) + len(into.encode(body))
    return content[:place] + into.encode(added) + content[place:]
