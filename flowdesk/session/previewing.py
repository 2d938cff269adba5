"""What both editors show of a flow's values: which there are, with those of the last run, and what a setting would be with them.

The editors do not work out anything themselves: what a field shows under itself is what a run would have made of it.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice, product
from typing import Any

from flowdesk.engine.budget import Budget
from flowdesk.engine.filling import value_of
from flowdesk.engine.lookup import MISSING, Values
from flowdesk.engine.operations import kind_of
from flowdesk.engine.texts import as_text
from flowdesk.model.changes import Draft
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.flow import Node
from flowdesk.model.naming import RUN_NAMES
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.offering import named_variables, nodes_before, result_fields
from flowdesk.model.templates import MARK, Reference, cut_path, pieces
from flowdesk.pinyin import readings
from flowdesk.protocol.replies import OfferedValue, Preview, PreviewOfReference

MOST_PARTS = 60
"""Parts of one value that are listed."""
DEEPEST = 3
"""Levels of parts below a variable or result."""
LONGEST_SHOWN = 300
"""Characters of a value as it is shown."""
MOST_WAYS = 12
"""Ways to read a Chinese name: many characters have two or three readings."""
SECONDS = 0.05
"""Seconds of processor time for each expression: the event loop waits for it."""


def offered(draft: Draft, catalogue: Catalogue, values: Values, node_id: str | None) -> list[OfferedValue]:
    """Return what may stand between braces in a node, as a tree of JSON values.

    Each has ``path`` (what is inserted), ``name``, ``label`` (what people call the node), ``kind``, ``shown`` (its value in
    the last run, ``None`` where there was none), ``search`` (more words that find it) and ``children``.
    """
    fixed = draft.fields.get("variables")
    own = fixed if isinstance(fixed, Mapping) else {}
    before = nodes_before(draft.nodes, draft.edges, node_id) if node_id in draft.nodes and node_id is not None else []
    names = dict.fromkeys([*own, *named_variables(draft.nodes, catalogue)])
    names.update(dict.fromkeys(name for name in values.variables if name not in names))
    found = [_of_variable(name, values, own) for name in names]
    found += [{**of_node(node, catalogue, values), "group": "nodes"} for node in before]
    return list({entry["path"]: entry for entry in found}.values())


def previews(settings: Mapping[str, Any], values: Values) -> dict[str, Preview]:
    """Return what settings would be with the values of the last run, by their keys.

    Each has ``shown`` and ``kind``, or ``message`` and ``fix`` where it cannot be; and ``references``: of each reference in a
    text its ``start`` and ``end`` in it, with the same.
    """
    return {key: _preview(value, values) for key, value in settings.items()}


def _preview(value: Any, values: Values) -> Preview:
    if not isinstance(value, str):
        inner = {str(key): _preview(item, values) for key, item in _items(value) if _has_mark(item)}
        failed = next((item for item in inner.values() if "message" in item), None)
        if failed is not None:
            return {"message": failed["message"], "fix": failed["fix"], "references": []}
        return {"shown": _shown(_filled(value, values)), "kind": kind_of(value), "references": []}
    told: list[PreviewOfReference] = []
    parts: list[str] = []
    whole: Any = MISSING
    for piece in pieces(value):
        if isinstance(piece, str):
            parts.append(piece)
        elif isinstance(piece, Reference) and piece.kind == "secret":
            parts.append("•••")
            told.append({"start": piece.start, "end": piece.end, "shown": "•••", "kind": "text"})
        else:
            start, end = (piece.start, piece.end) if isinstance(piece, Reference) else (piece.at, len(value))
            try:
                whole = value_of(piece, values, Budget(SECONDS))
            except FlowdeskError as error:
                told.append({"start": start, "end": end, "message": error.message, "fix": error.fix})
            else:
                parts.append(_shown(whole))
                told.append({"start": start, "end": end, "shown": _shown(whole), "kind": kind_of(whole)})
    wrong = next((one for one in told if "message" in one), None)
    if wrong is not None:
        return {"message": wrong["message"], "fix": wrong["fix"], "references": told}
    if len(told) == 1 and len(pieces(value.strip())) == 1 and whole is not MISSING:
        return {"shown": _shown(whole), "kind": kind_of(whole), "references": told}
    return {"shown": _shown("".join(parts)), "kind": "text", "references": told}


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)


def _has_mark(value: Any) -> bool:
    return MARK in value if isinstance(value, str) else any(_has_mark(item) for _, item in _items(value))


def _filled(value: Any, values: Values) -> Any:
    if isinstance(value, str):
        return _preview(value, values).get("shown", value) if MARK in value else value
    if isinstance(value, Mapping):
        return {key: _filled(item, values) for key, item in value.items()}
    return [_filled(item, values) for item in value] if isinstance(value, list | tuple) else value


def _of_variable(name: str, values: Values, own: Mapping[str, Any]) -> OfferedValue:
    head = name if name in values.variables or name in own else cut_path(name)[0]
    value = values.variables.get(head, own.get(head, MISSING))
    return {**_entry(head, head, value, 0), "group": "run" if head in RUN_NAMES else "variables"}


def of_node(node: Node, catalogue: Catalogue, values: Values) -> OfferedValue:
    """Return the result of a node in the last run, with its parts, as ``offered`` does."""
    result = values.results.get(node.id, MISSING)
    entry: OfferedValue = {
        **_entry(node.id, node.id, result, 0),
        "label": node.label,
        "search": search_words(node.label),
    }
    node_type = catalogue.get(node.type)
    if result is MISSING and node_type is not None:
        fields = result_fields(node_type.doc)
        entry["children"] = [_entry(_part_path(node.id, field), field, MISSING, DEEPEST) for field in fields]
    return entry


def _entry(path: str, name: str, value: Any, depth: int) -> OfferedValue:
    is_known = value is not MISSING
    return {
        "path": path, "name": name, "label": "", "kind": kind_of(value) if is_known else "",
        "shown": _shown(value) if is_known else None, "search": search_words(name),
        "children": [] if not is_known or depth >= DEEPEST else _children(path, value, depth + 1),
    }  # fmt: skip


def _children(path: str, value: Any, depth: int) -> list[OfferedValue]:
    if isinstance(value, Mapping):
        return [
            _entry(_part_path(path, str(key)), str(key), item, depth) for key, item in [*value.items()][:MOST_PARTS]
        ]
    if isinstance(value, list) and value:
        first = [_entry(f"{path}[0]", "[0]", value[0], depth)]
        if isinstance(value[0], Mapping):
            columns = [str(key) for key in value[0]][:MOST_PARTS]
            first += [
                _entry(f"{path}|map({json.dumps(key, ensure_ascii=False)})", key, [row.get(key) for row in value[:20] if isinstance(row, Mapping)], DEEPEST)
                for key in columns
            ]  # fmt: skip
        return first
    return []


def _part_path(path: str, key: str) -> str:
    return f"{path}.{key}" if key.isidentifier() else f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def _shown(value: Any) -> str:
    """Write a value as it is shown in one line; of a long one the beginning."""
    text = as_text(_beginning(value, 0))
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _beginning(value: Any, depth: int) -> Any:
    """Return a value without what would not be shown anyway: a table may have a hundred thousand rows."""
    if isinstance(value, str):
        return value[: LONGEST_SHOWN + 1]
    if isinstance(value, Mapping):
        return (
            {key: _beginning(item, depth + 1) for key, item in islice(value.items(), MOST_PARTS)} if depth < 4 else "…"
        )
    if isinstance(value, list | tuple):
        return [_beginning(item, depth + 1) for item in value[:20]] if depth < 4 else "…"
    return value


@lru_cache(maxsize=4096)
def search_words(text: str) -> str:
    """Return how a Chinese name is typed on a Latin keyboard: its pinyin and the first letters of it, each way to read it."""
    if not any("\u4e00" <= character <= "\u9fff" for character in text):
        return ""
    read = [readings().get(character, (character.lower(),)) for character in text[:100]]
    ways = [*islice(product(*read), MOST_WAYS)]
    initials = dict.fromkeys("".join(syllable[:1] for syllable in way) for way in ways)
    return " ".join([*("".join(way) for way in ways), *initials])
