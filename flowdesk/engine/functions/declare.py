"""How a function is put into the table, and what functions share."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flowdesk.engine.budget import Budget, Failing
from flowdesk.engine.operations import shown, written
from flowdesk.engine.texts import number
from flowdesk.model.function import Function
from flowdesk.model.sentence import say

F = TypeVar("F", bound=Callable[..., Any])


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
            self.functions.append(Function(own, run, self.name, line, example, gives, is_lenient))
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
