"""Values of JSON objects that are there already: found by a key, and written without touching anything else."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.csvfile import content_of, signature_of
from flowdesk.nodes.tabular.disk import write_whole
from flowdesk.nodes.tabular.encodings import decode
from flowdesk.nodes.tabular.jsonlayout import LINE, Layout, is_escaped, layout_of, line_layout
from flowdesk.nodes.tabular.jsonrows import LINES, values_of
from flowdesk.nodes.tabular.keyed import found_by_key

_SPACE = re.compile(r"[ \t\r\n]*")
_SCANNER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands in a text."""

    begin: int
    end: int


@dataclass(slots=True)
class _Item:
    """An object in a text: where its values stand, and where a new one is put."""

    values: dict[str, Span]
    behind: int
    """Behind its last value, or its opening bracket."""


def update_json(path: Path, rows: Sequence[Any], key: str, encoding: str = "") -> None:
    """Write values of objects of a JSON or JSON Lines file; every other byte stays.

    Raises:
        NodeError: If it cannot be read or written, or a row is not found.
    """
    known = signature_of(path)
    content = content_of(path)
    text, into = decode(content, encoding)
    is_lines = path.suffix.lower() in LINES
    there = values_of(path, text)
    if into.mark + into.encode(text) != content or not (is_lines or text.lstrip().startswith("[")):
        raise NodeError(
            say('"{path}" does not contain a list, so rows cannot be found in it.', path=path.name),
            say("Choose another file, or replace this one."),
        )
    items = list(_items(text, is_lines=is_lines))
    layout = line_layout(text) if is_lines else layout_of(text) if there else LINE
    edits = [
        edit for place, new in _changes(rows, key, there).items() for edit in _edits(text, items[place], new, layout)
    ]
    for begin, end, written in sorted(edits, reverse=True):
        text = text[:begin] + written + text[end:]
    write_whole(path, into.mark + into.encode(text), known)


def _changes(rows: Sequence[Any], key: str, there: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """Return which items get which values."""
    names = {str(name) for item in there if isinstance(item, dict) for name in item}
    if key not in names or not all(isinstance(row, dict) for row in rows):
        raise NodeError(
            say('The table has no column "{names}".', names=key),
            say("Available: {names}. Nothing was written.", names=", ".join(sorted(names))),
        )
    known = [(place, item[key]) for place, item in enumerate(there) if isinstance(item, dict) and key in item]
    changes: dict[int, dict[str, Any]] = {}
    for place, new in found_by_key(rows, key, known):
        changes.setdefault(place, {}).update(new)
    return changes


def _items(text: str, *, is_lines: bool) -> Iterator[_Item]:
    """Yield the items of a list, or of lines, in their order; one that is no object has no values."""
    place = 0 if is_lines else _behind_space(text, 0) + 1
    while True:
        place = _behind_space(text, place)
        if place >= len(text) or text[place] == "]":
            return
        if text[place] == ",":
            place += 1
            continue
        if text[place] == "{":
            item, place = _object(text, place)
            yield item
        else:
            _, place = _SCANNER.raw_decode(text, place)
            yield _Item({}, place)


def _object(text: str, place: int) -> tuple[_Item, int]:
    """Read the object that begins at a place. Returns it and the place behind it."""
    item = _Item({}, place + 1)
    place += 1
    while text[place := _behind_space(text, place)] != "}":
        if text[place] == ",":
            place = _behind_space(text, place + 1)
        name, place = _SCANNER.raw_decode(text, place)
        begin = _behind_space(text, _behind_space(text, place) + 1)
        _, place = _SCANNER.raw_decode(text, begin)
        item.values[name] = Span(begin, place)
        item.behind = place
    return item, place + 1


def _edits(text: str, item: _Item, new: Mapping[str, Any], layout: Layout) -> Iterator[tuple[int, int, str]]:
    """Yield what is put where."""
    added = []
    for name, value in new.items():
        span = item.values.get(name)
        if span is not None:
            yield span.begin, span.end, _written(value, text, layout)
        else:
            added.append(f"{_written(name, text, layout)}{layout.colon}{_written(value, text, layout)}")
    if not added:
        return
    first = min((span.begin for span in item.values.values()), default=item.behind)
    line = text.rfind("\n", 0, first) + 1
    margin = text[line : _behind_space(text, line)]
    is_tall = layout.indent is not None and text[line:first].lstrip().startswith('"')
    between = f",{layout.line_end}{margin}" if is_tall else layout.comma
    yield item.behind, item.behind, (between if item.values else "") + between.join(added)


def _written(value: Any, text: str, layout: Layout) -> str:
    return json.dumps(value, ensure_ascii=is_escaped(text), separators=(layout.comma, layout.colon), default=str)


def _behind_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found is not None else place
