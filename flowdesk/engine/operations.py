"""What the signs of expressions do: JSON values in, JSON values out. Pure.

Numbers are added as people add money: each step is worked out in decimal, so ``12.50 + 0.1 + 0.2`` is 12.8. A text that
looks like a number counts as one beside a number, as the cells of a CSV file are texts.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from math import isfinite
from typing import Any

from flowdesk.engine.budget import LARGE, Budget, Failing
from flowdesk.engine.texts import as_text, is_code, number, written_size
from flowdesk.model.sentence import Sentence, say

EXACT = Context(prec=28, traps=[InvalidOperation, DivisionByZero, Overflow])
"""How decimals are worked out."""
LARGEST = 10**300
"""Numbers reach to here in both directions."""


def kind_of(value: Any) -> str:
    """Return the name of a value's kind: ``text``, ``number``, ``boolean``, ``list``, ``object`` or ``none``."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "number"
    return "object" if isinstance(value, Mapping) else "list"


def shown(value: Any) -> str:
    """Write a value for an error: a text in quotes, cut where it is long."""
    if isinstance(value, Mapping):
        return str(say("an object"))
    if isinstance(value, list | tuple):
        return str(say("a list"))
    text = '"' + value[:40] + ("…" if len(value) > 40 else "") + '"' if isinstance(value, str) else as_text(value)
    return text or str(say("nothing"))


def checked(value: float | int) -> float | int:
    """Return a number that is neither too large nor undefined.

    Raises:
        Failing: If it is.
    """
    if (isinstance(value, float) and not isfinite(value)) or not -LARGEST < value < LARGEST:
        raise too_large()
    return value


def too_large() -> Failing:
    """The error of a number that no JSON reader takes as it is."""
    return Failing(say("the number is too large"), say("Use smaller numbers, or keep it as text."))


def no_division() -> Failing:
    """The error of a division by zero."""
    return Failing(say("division by 0"), say("Check the divisor first: a / b if b else 0."))


def decimal(value: float | int) -> Decimal:
    """Return a number as people write it in decimal."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def plain(value: Decimal) -> float | int:
    """Return a decimal as a JSON number."""
    return checked(float(value))


def needed(value: Any, sign: str = "") -> float | int:
    """Return a value as a number.

    Raises:
        Failing: If it is none.
    """
    found = number(value) if isinstance(value, str | int | float) else None
    if found is None:
        what = say("{value} is not a number", value=shown(value))
        fix = say("For a missing value, use value|default(0).")
        if isinstance(value, list | tuple | Mapping):
            fix = say("Use one of its values.")
        elif isinstance(value, str) and value:
            fix = say("Convert it first: value|number.") if sign != "+" else say("Join texts with ~ instead of +.")
        raise Failing(what, fix)
    return checked(found)


def arithmetic(sign: str, left: Any, right: Any, budget: Budget) -> Any:
    """Work out ``left sign right``.

    Raises:
        Failing: If the values do not fit the sign, or the result is too large.
    """
    if sign == "+":
        if isinstance(left, str) and isinstance(right, str):
            budget.spend(
                4 * (len(left) + len(right)) if not (left.isascii() and right.isascii()) else len(left) + len(right)
            )
            return left + right
        if isinstance(left, list) and isinstance(right, list):
            budget.spend(8 * (len(left) + len(right)))
            return left + right
    one, two = needed(left, sign), needed(right, sign)
    try:
        return checked(
            _whole(sign, one, two) if isinstance(one, int) and isinstance(two, int) else _exact(sign, one, two)
        )
    except (ZeroDivisionError, DivisionByZero, InvalidOperation) as error:
        raise (too_large() if two else no_division()) from error
    except (Overflow, OverflowError) as error:
        raise too_large() from error


def _whole(sign: str, one: int, two: int) -> float | int:
    match sign:
        case "+":
            return one + two
        case "-":
            return one - two
        case "*":
            return one * two
        case "//":
            return one // two
        case "%":
            return one % two
    found, rest = divmod(one, two)
    return found if not rest else float(EXACT.divide(Decimal(one), Decimal(two)))


def _exact(sign: str, one: float | int, two: float | int) -> float | int:
    left, right = decimal(one), decimal(two)
    match sign:
        case "+":
            found = EXACT.add(left, right)
        case "-":
            found = EXACT.subtract(left, right)
        case "*":
            found = EXACT.multiply(left, right)
        case "/":
            found = EXACT.divide(left, right)
        case _:
            whole = EXACT.divide(left, right).to_integral_value(ROUND_FLOOR)
            found = whole if sign == "//" else EXACT.subtract(left, EXACT.multiply(whole, right))
    return float(found)


def joined(values: list[Any], budget: Budget) -> str:
    """Write values one after another, as people read them."""
    texts = [value if isinstance(value, str) else written(value, budget) for value in values]
    budget.spend(sum(map(len, texts)) * (1 if all(map(str.isascii, texts)) else 4))
    return "".join(texts)


def written(value: Any, budget: Budget) -> str:
    """Write a value as people read it.

    Raises:
        Failing: If that is too long.
    """
    if isinstance(value, Mapping | list | tuple):
        budget.spend(written_size(value, budget.tick))
    return as_text(value)


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
}


def compared(sign: str, left: Any, right: Any, budget: Budget) -> bool:
    """Work out a comparison: ``== != > >= < <= in not in``.

    Two texts are equal when they are the same text; a text beside a number counts as the number it looks like, but
    one with leading zeros equals no number. Texts that both look like numbers are
    ordered as numbers.

    Raises:
        Failing: If the values have no order.
    """
    match sign:
        case "==":
            return is_equal(left, right, budget)
        case "!=":
            return not is_equal(left, right, budget)
        case "in":
            return is_in(left, right, budget)
        case "not in":
            return not is_in(left, right, budget)
    one = left if type(left) in (int, float) else _number(left)
    two = right if type(right) in (int, float) else _number(right)
    if one is not None and two is not None:
        return ORDERS[sign](one, two)
    if isinstance(left, str) and isinstance(right, str):
        return ORDERS[sign](left, right)
    raise Failing(
        say("{left} and {right} cannot be compared", left=shown(left), right=shown(right)),
        say("Use two numbers or two texts. For a missing value, use value|default(0)."),
    )


def _number(value: Any) -> float | int | None:
    return number(value) if isinstance(value, str | int | float) else None


def is_equal(left: Any, right: Any, budget: Budget) -> bool:
    """Whether two values are equal."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) is not isinstance(right, str):
        one, two = _number(left), _number(right)
        return one is not None and one == two and not is_code(left) and not is_code(right)
    if isinstance(left, list | tuple | Mapping):
        budget.check()
        same = bool(left == right)
        budget.check()
        return same
    return bool(left == right)


def is_in(item: Any, holder: Any, budget: Budget) -> bool:
    """Whether a text holds another, a list an item, an object a key.

    Raises:
        Failing: If nothing can be in ``holder``.
    """
    if isinstance(holder, str):
        if len(holder) > LARGE:
            budget.check()
        return written(item, budget) in holder
    if isinstance(holder, Mapping):
        return isinstance(item, str | int | float) and (item in holder or str(item) in holder)
    if isinstance(holder, list | tuple):
        for one in holder:
            budget.tick()
            if is_equal(one, item, budget):
                return True
        return False
    raise Failing(_nothing_in(holder), say("Use a list, a text, or an object."))


def _nothing_in(holder: Any) -> Sentence:
    return say("{value} cannot contain anything", value=shown(holder))
