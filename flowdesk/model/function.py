"""Functions of expressions: how one is declared. The table stands in ``engine.functions``; everything else derives from it."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flowdesk.model.sentence import Sentence, say
from flowdesk.model.told import FunctionDeclaration

GROUPS = ("text", "numbers", "dates", "lists", "patterns", "values")
"""The groups of functions in the order in which they are told."""


@dataclass(frozen=True)
class Function:
    """A function, which is a filter, too: ``value|name(more)`` is ``name(value, more)``."""

    name: str
    run: Callable[..., Any]
    """Given the budget and then the arguments."""
    group: str
    help: str
    """One line that says what it gives."""
    example: str
    """An expression without variables."""
    gives: str
    """What the example is written as; empty where that changes with the time."""
    is_lenient: bool = False
    """Whether its first argument may be missing."""

    @cached_property
    def signature(self) -> inspect.Signature:
        """Its parameters without the budget."""
        whole = inspect.signature(self.run)
        return whole.replace(parameters=[*whole.parameters.values()][1:])

    @cached_property
    def is_filter(self) -> bool:
        """Whether it is usually written behind a bar."""
        return bool(self.signature.parameters) and not self.example.startswith(self.name + "(")

    @cached_property
    def usage(self) -> str:
        """How it is written: ``value|replace(old, new)``, ``now(zone="")``."""
        told = [_parameter(parameter) for parameter in self.signature.parameters.values()]
        if not self.is_filter:
            return f"{self.name}({', '.join(told)})"
        rest = f"({', '.join(told[1:])})" if told[1:] else ""
        return f"{told[0].split('=')[0]}|{self.name}{rest}"

    def misused(self, count: int, names: Iterable[str]) -> Sentence | None:
        """Return what is wrong with a call of so many arguments and these named ones, ``None`` if nothing is."""
        try:
            self.signature.bind(*range(count), **dict.fromkeys(names))
        except TypeError:
            return say("use {name} like this: {usage}", name=self.name, usage=self.usage)
        return None

    def payload(self) -> FunctionDeclaration:
        """Return the declaration as JSON values, for editors."""
        return {
            "name": self.name, "usage": self.usage, "group": self.group, "help": self.help, "example": self.example,
            "gives": self.gives, "is_filter": self.is_filter,
        }  # fmt: skip


def _parameter(parameter: inspect.Parameter) -> str:
    name = parameter.name.rstrip("_")
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return "…"
    if parameter.default is inspect.Parameter.empty:
        return name
    default = parameter.default
    shown = (
        {None: "none", True: "true", False: "false"}.get(default)
        if not isinstance(default, int) or isinstance(default, bool)
        else None
    )
    return f"{name}={shown or (chr(34) + default + chr(34) if isinstance(default, str) else default)}"
