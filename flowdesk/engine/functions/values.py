"""Values of any kind, and JSON."""

import json
from typing import Any

from flowdesk.engine.budget import ITEM, Budget, Failing
from flowdesk.engine.functions.declare import Group, text_of
from flowdesk.engine.jsontext import read_json
from flowdesk.engine.operations import kind_of, shown
from flowdesk.engine.texts import written_size
from flowdesk.model.sentence import say

_GROUP = Group("values")


@_GROUP.add('none|default("nobody")', "nobody", is_lenient=True)
def default(budget: Budget, value: Any, otherwise: Any = "", empty: Any = False) -> Any:
    """Returns another value if there is none; with true, also if it is empty, 0 or false."""
    return otherwise if value is None or (empty and not value) else value


@_GROUP.add('"12"|type', "text", "type")
def type_(budget: Budget, value: Any) -> str:
    """Returns the type of a value: text, number, boolean, list, object or none."""
    return kind_of(value)


@_GROUP.add("'{\"a\": [1, 2]}'|from_json", '{"a": [1, 2]}')
def from_json(budget: Budget, value: Any) -> Any:
    """Parses JSON text. A number that is too large stays a text."""
    text = text_of(value, budget)
    budget.spend(4 * len(text) + ITEM * (text.count("[") + 2 * text.count("{") + text.count(",") + 2 * text.count(":")))
    words: list[str] = []
    try:
        found = read_json(text, on_word=words.append)
    except (ValueError, RecursionError) as error:
        place = getattr(error, "pos", 0)
        raise Failing(say("{value} is not JSON (character {place})", value=shown(text), place=place + 1)) from error
    if words:
        raise Failing(
            say("{word} is not a JSON value", word=words[0]), say("Replace it with null where the text comes from.")
        )
    return found


@_GROUP.add('{"a": [1, 2]}|to_json', '{"a": [1, 2]}')
def to_json(budget: Budget, value: Any, indent: Any = None) -> str:
    """Writes a value as JSON, optionally indented by a number of spaces."""
    spaces = None if indent is None else min(8, max(0, int(indent))) if isinstance(indent, int) else 2
    size = written_size(value, budget.tick)
    budget.spend(size * (1 if spaces is None else 4))
    if spaces:
        budget.spend(spaces * _depth(value) * size // 4)
    return json.dumps(value, ensure_ascii=False, indent=spaces, default=str)


def _depth(value: Any) -> int:
    """How many levels of lists and objects a value has, up to 100."""
    level, depth = [value], 0
    while level and depth < 100:
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner += item.values()
            elif isinstance(item, list | tuple):
                inner += item
        level, depth = inner, depth + 1
    return depth


FUNCTIONS = tuple(_GROUP.functions)
