"""The operators of conditions. Pure.

The operators and their meaning are those of Power Automate Desktop; ids are the short ones of the field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flowdesk.engine.texts import as_text as as_text
from flowdesk.engine.texts import is_code
from flowdesk.engine.texts import is_true as is_true
from flowdesk.engine.texts import number as number
from flowdesk.model.causes import pattern_cause
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.sentence import say

LONGEST_PATTERN = 1000
LONGEST_SUBJECT = 100_000
PATTERN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of an operator, and how it was found: ``number``, ``text``, ``list`` or ``value``."""

    result: bool
    how: str


OPERATORS: dict[str, str] = {
    "eq": "equal to",
    "ne": "not equal to",
    "gt": "greater than",
    "ge": "greater than or equal to",
    "lt": "less than",
    "le": "less than or equal to",
    "contains": "contains",
    "notContains": "does not contain",
    "isEmpty": "is empty",
    "isNotEmpty": "is not empty",
    "startsWith": "starts with",
    "notStartsWith": "does not start with",
    "endsWith": "ends with",
    "notEndsWith": "does not end with",
    "isBlank": "is blank",
    "isNotBlank": "is not blank",
    "matches": "matches the pattern",
    "isTrue": "is true",
    "isFalse": "is false",
    "isNumber": "is a number",
}
"""Every value operator by its id, with what people read."""

_NEGATIONS = {
    "ne": "eq", "notContains": "contains", "isNotEmpty": "isEmpty", "notStartsWith": "startsWith",
    "notEndsWith": "endsWith", "isNotBlank": "isBlank",
}  # fmt: skip
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
}


def compare(left: Any, operator: str, right: Any = None, case_sensitive: bool = True) -> Comparison:
    """Evaluate an operator.

    Numbers are compared as numbers when *both* sides look like numbers, else as text: ``"10"`` is greater than ``9``,
    and ``"5"`` equals ``5``. A text with leading zeros equals only the same text: ``"00123"`` is neither ``"123"`` nor ``123``. ``contains`` on a list is membership, on an object whether it has the key, else substring.
    Empty is none, ``""``, an empty list or object; blank also a text of white space.

    Raises:
        ValueUnusable: If there is no such operator, or the pattern of ``matches`` is not a regular expression.
    """
    if operator in _NEGATIONS:
        found = compare(left, _NEGATIONS[operator], right, case_sensitive)
        return Comparison(not found.result, found.how)
    if operator in _ORDERS:
        return _in_order(_ORDERS[operator], left, right, case_sensitive, is_equality=operator == "eq")
    match operator:
        case "contains":
            return _contains(left, right, case_sensitive)
        case "startsWith":
            return Comparison(_folded(left, case_sensitive).startswith(_folded(right, case_sensitive)), "text")
        case "endsWith":
            return Comparison(_folded(left, case_sensitive).endswith(_folded(right, case_sensitive)), "text")
        case "isEmpty":
            return Comparison(left is None or left in ("", [], {}, ()), "value")
        case "isBlank":
            return Comparison(
                left is None or left in ([], {}, ()) or (isinstance(left, str) and not left.strip()), "value"
            )
        case "isTrue":
            return Comparison(is_true(left), "value")
        case "isFalse":
            return Comparison(not is_true(left), "value")
        case "isNumber":
            return Comparison(number(left) is not None, "value")
        case "matches":
            return Comparison(matches(as_text(left), as_text(right), case_sensitive), "text")
        case _:
            raise ValueUnusable(
                say('Unknown operator "{operator}".', operator=operator),
                say("Use one of: {operators}.", operators=", ".join(OPERATORS)),
            )


def _in_order(
    order: Callable[[Any, Any], bool], left: Any, right: Any, case_sensitive: bool, *, is_equality: bool
) -> Comparison:
    left_number, right_number = number(left), number(right)
    are_codes = is_code(left) or is_code(right)
    if left_number is not None and right_number is not None and not (is_equality and are_codes):
        return Comparison(order(left_number, right_number), "number")
    if is_equality and (isinstance(left, list | dict) or isinstance(right, list | dict)):
        return Comparison(left == right, "list")
    return Comparison(order(_folded(left, case_sensitive), _folded(right, case_sensitive)), "text")


def _contains(left: Any, right: Any, case_sensitive: bool) -> Comparison:
    if isinstance(left, list | tuple):
        return Comparison(any(compare(item, "eq", right, case_sensitive).result for item in left), "list")
    if isinstance(left, Mapping):
        return Comparison(as_text(right) in left, "list")
    return Comparison(_folded(right, case_sensitive) in _folded(left, case_sensitive), "text")


def matches(subject: str, pattern: str, case_sensitive: bool = True) -> bool:
    """Whether a pattern is found in a text. Bounded in time: a pattern that backtracks without end is refused.

    Raises:
        ValueUnusable: If it is not a regular expression, too long, or takes over ``PATTERN_SECONDS``.
    """
    if len(pattern) > LONGEST_PATTERN or len(subject) > LONGEST_SUBJECT:
        raise ValueUnusable(say("The regular expression or the text is too long."), say("Use a shorter text."))
    import regex

    try:
        found = regex.search(pattern, subject, 0 if case_sensitive else regex.IGNORECASE, timeout=PATTERN_SECONDS)
    except regex.error as error:
        raise ValueUnusable(
            say(
                '"{pattern}" is not a valid regular expression: {reason}.', pattern=pattern, reason=pattern_cause(error)
            ),
            say("Correct the regular expression, or use contains."),
        ) from error
    except TimeoutError as error:
        raise ValueUnusable(
            say('The regular expression "{pattern}" takes too long.', pattern=pattern),
            say("Avoid nested repetition, such as (a+)+."),
        ) from error
    return found is not None


def _folded(value: Any, case_sensitive: bool) -> str:
    text = as_text(value)
    return text if case_sensitive else text.casefold()
