"""Expressions worked out: a tree of ``model.expressions`` becomes functions once, which are called at each visit. Pure.

Nothing of Python can be reached: a part is an object's key or a list's place, a call is a function of the table, and no
operation changes a value that it is given. What an evaluation may cost is bounded by ``engine.budget``.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flowdesk.engine.budget import BYTES, Absent, Budget, Failing, Spent
from flowdesk.engine.functions import FUNCTIONS
from flowdesk.engine.lookup import MISSING, Values, part_of, what_it_has
from flowdesk.engine.operations import (
    arithmetic,
    checked,
    compared,
    joined,
    kind_of,
    needed,
    no_division,
    shown,
    written,
)
from flowdesk.engine.texts import written_size
from flowdesk.model.elsewhere import written_here
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.expressions import LISTED
from flowdesk.model.function import Function
from flowdesk.model.jinja import parse
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.syntax import (
    Binary,
    Call,
    Choice,
    Comparison,
    Expression,
    Joined,
    ListOf,
    Literal,
    Name,
    ObjectOf,
    Part,
    Slice,
    Test,
    Unary,
)


class Scope:
    """What one evaluation works with."""

    __slots__ = ("budget", "values")

    def __init__(self, values: Values, budget: Budget) -> None:
        """Read these values within this budget."""
        self.values = values
        self.budget = budget


Work = Callable[[Scope], Any]
_UNFORESEEN = (ArithmeticError, ValueError, TypeError, LookupError, RecursionError, MemoryError, AttributeError)


def evaluate(source: str, values: Values, budget: Budget | None = None) -> Any:
    """Work out an expression.

    Args:
        source: The expression, without its braces.
        values: The run's values; none of them is changed.
        budget: What it may cost.

    Raises:
        ExpressionUnreadable: If it cannot be parsed.
        ValueUnusable: If it fails. ``details["position"]`` is the 0-based character in the expression.
    """
    budget = budget or Budget()
    try:
        found = _compiled(source)(Scope(values, budget))
        if isinstance(found, list | tuple | Mapping | str):
            _bound(found, budget)
        return found
    except Failing as failing:
        raise _unusable(source, failing) from failing


def _bound(found: Any, budget: Budget) -> None:
    """Refuse a result that is too large when it is written; lists may hold one large text many times."""
    if isinstance(found, str):
        if len(found) > BYTES:
            raise _too_large()
        return
    if written_size(found, budget.tick, 4 * BYTES) > 4 * BYTES:
        raise _too_large()


def _too_large() -> Spent:
    return Spent(say("it creates more than {most} MB", most=BYTES // 1_000_000), say("Use less data."))


def _unusable(source: str, failing: Failing) -> ValueUnusable:
    at = min(failing.at or 0, len(source))
    text = source if len(source) <= 80 else f"{source[:77]}…"
    message = say(
        '"{source}" failed: {reason} (character {place}).',
        source=text,
        reason=failing.message,
        place=at + 1,
    )
    return ValueUnusable(message, failing.fix or "", position=at, expression=source[:400])


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Work:
    """Read and prepare an expression, once."""
    return _placed(parse(source))


def _placed(expression: Expression) -> Work:
    """Return what works out a part of an expression and says where it failed."""
    work, at = _work(expression), expression.at

    def placed(scope: Scope) -> Any:
        try:
            return work(scope)
        except Failing as failing:
            if failing.at is None:
                failing.at = at
            raise
        except _UNFORESEEN as error:
            raise _unforeseen(error, at) from error

    return placed


def _unforeseen(error: Exception, at: int) -> Failing:
    if isinstance(error, TypeError) and "unhashable" in str(error):
        failing = Failing(
            say("a name is required instead of a list or an object"), say("Use a text, such as one of its values.")
        )
    elif isinstance(error, ArithmeticError):
        failing = Failing(say("a number is too large or has too many digits"), say("Use smaller numbers."))
    else:
        reason = say("the values do not match: {reason}", reason=str(error)[:120] or type(error).__name__)
        failing = Failing(reason, say("Check the values that the expression uses."))
    return _at(failing, at)


def _work(expression: Expression) -> Work:
    match expression:
        case Literal(_, value):
            return _literal(value)
        case Name(_, name):
            return _name(name)
        case Part(_, of, key):
            return _part(of, key)
        case Slice(_, of, bounds):
            return _slice(of, bounds)
        case Call():
            return _call(expression)
        case Test():
            return _test(expression)
        case ListOf(_, items):
            works = [_placed(item) for item in items]
            return lambda scope: scope.budget.made([work(scope) for work in works])
        case ObjectOf(_, pairs):
            return _object(pairs)
    return _operation(expression)


def _operation(expression: Expression) -> Work:
    match expression:
        case Unary(_, sign, of):
            return _unary(sign, of)
        case Binary(_, sign, left, right):
            return _binary(sign, left, right)
        case Joined(_, parts):
            works = [_placed(part) for part in parts]
            return lambda scope: joined([work(scope) for work in works], scope.budget)
        case Comparison(_, first, others):
            return _comparison(first, others)
        case Choice(_, test, then, otherwise):
            return _choice(test, then, otherwise)
    raise AssertionError(expression)


def _literal(value: Any) -> Work:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = checked(value)
    return lambda scope: value


def _name(name: str) -> Work:
    def work(scope: Scope) -> Any:
        found = scope.values.whole(name)
        if found is MISSING:
            raise _unknown(scope, name)
        return found

    return work


def _unknown(scope: Scope, name: str) -> Absent:
    if name in FUNCTIONS:
        reason = say('unknown variable or result "{name}"', name=name)
        return Absent(reason, say("To call the function, write {usage}.", usage=FUNCTIONS[name].usage))
    known = scope.values.unknown(name, name)
    return Absent(say('unknown variable or result "{name}"', name=name), known.fix)  # type: ignore[arg-type]


def _part(of: Expression, key: Expression) -> Work:
    holder, place, name = _placed(of), _placed(key), _told(of)

    def work(scope: Scope) -> Any:
        scope.budget.tick()
        value, wanted = holder(scope), place(scope)
        found = part_of(value, wanted) if isinstance(wanted, str | int) else MISSING
        if (
            found is MISSING
            and isinstance(value, str)
            and isinstance(wanted, int)
            and -len(value) <= wanted < len(value)
        ):
            found = value[wanted]
        if found is MISSING:
            raise Absent(
                say('{name} has no part "{part}"', name=name, part=shown_part(wanted)), what_it_has(name, value)
            )
        return found

    return work


def shown_part(part: Any) -> str:
    """Write what was asked for as a part."""
    return part[:80] if isinstance(part, str) else shown(part)


def _told(expression: Expression) -> str:
    """Return how an expression is named in an error."""
    match expression:
        case Name(_, name):
            return name
        case Part(_, of, Literal(_, key)):
            return f"{_told(of)}.{key}" if isinstance(key, str) else f"{_told(of)}[{key}]"
    return str(say("The value"))


def _slice(of: Expression, bounds: tuple[Expression | None, Expression | None, Expression | None]) -> Work:
    holder = _placed(of)
    works = [None if bound is None else _placed(bound) for bound in bounds]

    def work(scope: Scope) -> Any:
        value = holder(scope)
        places: list[Any] = [None if bound is None else needed(bound(scope)) for bound in works]
        if not isinstance(value, str | list | tuple) or not all(isinstance(place, int | None) for place in places):
            raise Failing(
                say("{value} cannot be sliced", value=shown(value)),
                say("Use a text or a list and whole numbers: value[0:3]."),
            )
        if places[2] == 0:
            raise Failing(say("the step is 0"), say("Use 1 for every item, or -1 for the reverse order."))
        scope.budget.spend(len(value))
        return scope.budget.made(value[slice(*places)])

    return work


def _call(call: Call) -> Work:
    function = FUNCTIONS.get(call.name)
    if function is None:
        raise _at(
            Failing(say('unknown function "{name}"', name=call.name), written_here(call.name, FUNCTIONS) or LISTED),
            call.at,
        )
    wrong = function.misused(len(call.arguments), [name for name, _ in call.named])
    if wrong is not None:
        raise _at(Failing(wrong, _example(function)), call.at)
    works = [_placed(argument) for argument in call.arguments]
    named = [(name, _placed(argument)) for name, argument in call.named]
    run, is_lenient = function.run, function.is_lenient and bool(works)

    def work(scope: Scope) -> Any:
        scope.budget.tick(4)
        first = [_lenient(works[0], scope)] if is_lenient else []
        rest = [argument(scope) for argument in works[len(first) :]]
        others = {name: argument(scope) for name, argument in named}
        try:
            return run(scope.budget, *first, *rest, **others)
        except Failing as failing:
            failing.fix = failing.fix or _example(function)
            raise

    return work


def _example(function: Function) -> Sentence:
    return say("Usage: {usage}. Example: {example}", usage=function.usage, example=function.example)


def _at(failing: Failing, at: int) -> Failing:
    failing.at = at
    return failing


def _lenient(work: Work, scope: Scope) -> Any:
    """Work out a value that may be missing: it is none then."""
    try:
        return work(scope)
    except Absent:
        return None


def _test(test: Test) -> Work:
    of, arguments = _placed(test.of), [_placed(argument) for argument in test.arguments]
    if test.name in ("defined", "undefined"):
        return lambda scope: _is_there(of, scope) is (test.name == "defined")
    holds = _TESTS[test.name]
    return lambda scope: holds(of(scope), *(argument(scope) for argument in arguments))


def _is_there(work: Work, scope: Scope) -> bool:
    try:
        work(scope)
    except Absent:
        return False
    return True


_TESTS: Mapping[str, Callable[..., bool]] = {
    "none": lambda value: value is None,
    "number": lambda value: kind_of(value) == "number",
    "string": lambda value: kind_of(value) == "text",
    "mapping": lambda value: kind_of(value) == "object",
    "list": lambda value: kind_of(value) == "list",
    "boolean": lambda value: kind_of(value) == "boolean",
    "odd": lambda value: needed(value) % 2 == 1,
    "even": lambda value: needed(value) % 2 == 0,
    "divisibleby": lambda value, other: needed(value) % (needed(other) or _no_zero()) == 0,
    "empty": lambda value: value is None or value in ("", [], {}, ()),
}


def _no_zero() -> int:
    raise no_division()


def _unary(sign: str, of: Expression) -> Work:
    work = _placed(of)
    if sign == "not":
        return lambda scope: not work(scope)
    return lambda scope: -needed(work(scope)) if sign == "-" else needed(work(scope))


def _binary(sign: str, left: Expression, right: Expression) -> Work:
    one, two = _placed(left), _placed(right)
    if sign == "and":
        return lambda scope: one(scope) and two(scope)
    if sign == "or":
        return lambda scope: one(scope) or two(scope)

    def work(scope: Scope) -> Any:
        scope.budget.tick()
        return arithmetic(sign, one(scope), two(scope), scope.budget)

    return work


def _comparison(first: Expression, others: tuple[tuple[str, Expression], ...]) -> Work:
    begin, works = _placed(first), [(sign, _placed(other)) for sign, other in others]

    def work(scope: Scope) -> bool:
        left = begin(scope)
        for sign, other in works:
            scope.budget.tick()
            right = other(scope)
            if not compared(sign, left, right, scope.budget):
                return False
            left = right
        return True

    return work


def _choice(test: Expression, then: Expression, otherwise: Expression | None) -> Work:
    holds, one = _placed(test), _placed(then)
    two = None if otherwise is None else _placed(otherwise)

    def work(scope: Scope) -> Any:
        if holds(scope):
            return one(scope)
        return "" if two is None else two(scope)

    return work


def _object(pairs: tuple[tuple[Expression, Expression], ...]) -> Work:
    works = [(_placed(key), _placed(value)) for key, value in pairs]

    def work(scope: Scope) -> dict[str, Any]:
        scope.budget.spend(200 * len(works))
        return {written(key(scope), scope.budget): value(scope) for key, value in works}

    return work
