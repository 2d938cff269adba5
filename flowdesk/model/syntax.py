"""The tree that an expression is read into, by ``model.jinja``, and that ``engine.expressions`` works out. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flowdesk.model.elsewhere import written_here
from flowdesk.model.expressions import LISTED, unreadable
from flowdesk.model.function import Function
from flowdesk.model.sentence import say


@dataclass(frozen=True, slots=True)
class Expression:
    """A part of an expression; ``at`` is the 0-based character where it begins."""

    at: int


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A text, a number, ``true``, ``false`` or ``none``."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """A variable or a node's result."""

    name: str


@dataclass(frozen=True, slots=True)
class Part(Expression):
    """A part of a value: ``of.key`` or ``of[key]``."""

    of: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Slice(Expression):
    """A range of a list or text: ``of[start:stop:step]``."""

    of: Expression
    bounds: tuple[Expression | None, Expression | None, Expression | None]


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function of the table, or a filter: its first argument is then what stands before the bar."""

    name: str
    arguments: tuple[Expression, ...]
    named: tuple[tuple[str, Expression], ...]
    is_filter: bool = False


@dataclass(frozen=True, slots=True)
class Test(Expression):
    """``of is name(arguments)``."""

    __test__ = False

    of: Expression
    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """``not``, ``-`` or ``+`` before a value."""

    sign: str
    of: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """``+ - * / // % and or`` between two values."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Joined(Expression):
    """Values written one after another: ``a ~ b``."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Comparison(Expression):
    """``a < b <= c``, ``a in b``."""

    first: Expression
    others: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Choice(Expression):
    """``then if test else otherwise``."""

    test: Expression
    then: Expression
    otherwise: Expression | None


@dataclass(frozen=True, slots=True)
class ListOf(Expression):
    """``[a, b]``, or ``(a, b)``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ObjectOf(Expression):
    """``{"a": b}``."""

    pairs: tuple[tuple[Expression, Expression], ...]


def names_in(expression: Expression) -> Iterator[Name]:
    """Yield every variable or result that an expression reads, with its place."""
    if isinstance(expression, Name):
        yield expression
    for field in expression.__dataclass_fields__:
        yield from _names(getattr(expression, field))


def calls_in(expression: Expression) -> Iterator[Call]:
    """Yield every function and filter that an expression uses, with its place."""
    if isinstance(expression, Call):
        yield expression
    for field in expression.__dataclass_fields__:
        yield from _calls(getattr(expression, field))


def check_calls(source: str, expression: Expression, functions: Mapping[str, Function]) -> None:
    """Refuse functions and filters that do not exist, and calls that do not fit them.

    Raises:
        ExpressionUnreadable: If there is one. The fix names the nearest, or how it is written.
    """
    for call in calls_in(expression):
        function = functions.get(call.name)
        if function is None:
            is_filter = call.is_filter
            what = (
                say('unknown filter "{name}"', name=call.name)
                if is_filter
                else say('unknown function "{name}"', name=call.name)
            )
            raise unreadable(source, call.at, what, written_here(call.name, functions) or LISTED)
        wrong = function.misused(len(call.arguments), [name for name, _ in call.named])
        if wrong is not None:
            raise unreadable(source, call.at, wrong)


def _names(value: Any) -> Iterator[Name]:
    if isinstance(value, Expression):
        yield from names_in(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _names(item)


def _calls(value: Any) -> Iterator[Call]:
    if isinstance(value, Expression):
        yield from calls_in(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _calls(item)
