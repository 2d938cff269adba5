"""How a function is put into the table, and what functions share."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flowdesk.engine.budget import Absent, Budget, Failing
from flowdesk.engine.lookup import MISSING, part_of, what_it_has
from flowdesk.engine.operations import shown, written
from flowdesk.engine.texts import number
from flowdesk.model.function import Function
from flowdesk.model.sentence import say

F = TypeVar("F", bound=Callable[..., Any])

DECLARED: dict[str, Function] = {}
"""What has been declared so far, by name; ``map`` applies others. The table in its order is ``functions.FUNCTIONS``."""


class Group:
    """The functions of one group, in order."""

    def __init__(self, name: str) -> None:
        """Begin without functions."""
        self.name = name
        self.functions: list[Function] = []

    def add(self, example: str, gives: str, name: str = "", *, is_lenient: bool = False) -> Callable[[F], F]:
        """Declare the decorated function. Its docstring is the line of help; ``gives`` is what its example is written as."""

        def declare(run: F) -> F:
            own = name or run.__name__.rstrip("_")
            line = (inspect.getdoc(run) or "").split("\n")[0]
            DECLARED[own] = Function(own, run, self.name, line, example, gives, is_lenient)
            self.functions.append(DECLARED[own])
            return run

        return declare


def text_of(value: Any, budget: Budget) -> str:
    """Return a value as a text, as people read it."""
    return value if isinstance(value, str) else written(value, budget)


def whole(value: Any, least: int, most: int, name: str) -> int:
    """Return a whole number between two bounds.

    Raises:
        Failing: If it is none, or outside.
    """
    found = number(value)
    if found is None or found != int(found) or not least <= found <= most:
        raise Failing(say("{name} must be a whole number from {least} to {most}, not {value}", name=name, least=least, most=most, value=shown(value)))  # fmt: skip
    return int(found)


def list_of(value: Any) -> list[Any]:
    """Return a list; of a table its rows, of nothing none.

    Raises:
        Failing: If it is no list.
    """
    if isinstance(value, list):
        return value
    if isinstance(value, tuple):
        return list(value)
    if value is None or value == "":
        return []
    if isinstance(value, Mapping) and isinstance(value.get("rows"), list) and "columns" in value:
        return list(value["rows"])
    raise Failing(say("{value} is not a list", value=shown(value)), say("Use a list, such as the rows of a table."))


def field_of(item: Any, field: Any, *, is_lenient: bool = False) -> Any:
    """Return a field of an item: a key as it is, or a path such as ``address.city``.

    Raises:
        Absent: If the item has no such field.
    """
    if field is None:
        return item
    found = part_of(item, field)
    if found is not MISSING:
        return found
    if isinstance(field, str) and "." in field:
        found = item
        for part in field.split("."):
            found = part_of(found, part)
            if found is MISSING:
                break
    if found is MISSING:
        if is_lenient:
            return None
        raise Absent(say('an item has no "{field}"', field=str(field)[:80]), what_it_has(say("The item"), item))
    return found
