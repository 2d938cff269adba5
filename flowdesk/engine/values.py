"""Values: ``{{references}}`` in configs, and the operators of conditions. Pure. There is no expression language.

The operators and their meaning are those of Power Automate Desktop; ids are the short ones of the field.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import regex

from flowdesk.model.errors import NodeError, ValueUnusable
from flowdesk.model.sentence import say

_REFERENCE = re.compile(r"(\\?)\{\{\s*([^{}]+?)\s*\}\}")
SECRET_PREFIX = "secret:"
LONGEST_PATTERN = 1000
LONGEST_SUBJECT = 100_000
PATTERN_SECONDS = 0.2


def fill(value: Any, look_up: Callable[[str], Any]) -> Any:
    r"""Replace every ``{{reference}}`` in a value, however deep.

    A text that is one whole reference becomes the value itself and keeps its type; inside other text a value is written
    as people read it (lists and objects as JSON). ``\{{`` stands for a literal ``{{``. ``{{secret:…}}`` is left for
    ``reveal``.

    Raises:
        ValueUnusable: If a reference stands for nothing (raised by ``look_up``).
    """
    if isinstance(value, str):
        return _fill_text(value, look_up) if "{{" in value else value
    if isinstance(value, Mapping):
        return {key: fill(item, look_up) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill(item, look_up) for item in value]
    return value


def _fill_text(text: str, look_up: Callable[[str], Any]) -> Any:
    whole = _REFERENCE.fullmatch(text.strip())
    if whole is not None and not whole.group(1) and not whole.group(2).startswith(SECRET_PREFIX):
        return look_up(whole.group(2))

    def put(match: re.Match[str]) -> str:
        if match.group(1):
            return match.group(0)[1:]
        if match.group(2).startswith(SECRET_PREFIX):
            return match.group(0)
        return as_text(look_up(match.group(2)))

    return _REFERENCE.sub(put, text)


def reveal(text: str, secret: Callable[[str], str] | None) -> str:
    """Fill ``{{secret:name}}`` in a text, right before it is typed.

    Raises:
        NodeError: If a secret is asked for and there is no key store, or no such secret.
    """

    def put(match: re.Match[str]) -> str:
        name = match.group(2)
        if match.group(1) or not name.startswith(SECRET_PREFIX):
            return match.group(0)
        if secret is None:
            raise NodeError(
                say("There is no key store for secrets here."),
                say("Run the flow in flowdesk's window or command line."),
            )
        return secret(name.removeprefix(SECRET_PREFIX).strip())

    return _REFERENCE.sub(put, text)


def as_text(value: Any) -> str:
    """Write a value as people read it: ``true``, ``3`` for 3.0, JSON for lists and objects, nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


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
    and ``"5"`` equals ``5``. ``contains`` on a list is membership, on an object whether it has the key, else substring.
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
                say('There is no operator "{operator}".', operator=operator),
                say("Use one of: {operators}.", operators=", ".join(OPERATORS)),
            )


def number(value: Any) -> float | int | None:
    """Return what a value is as a number, ``None`` if it does not look like one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if not isinstance(value, float) or math.isfinite(value) else None
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?(\d{1,300}(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*", value):
        text = value.strip()
        found = int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
        return found if isinstance(found, int) or math.isfinite(found) else None
    return None


def is_true(value: Any) -> bool:
    """Whether a value counts as true: ``false``, ``no``, ``off``, ``0``, nothing and empty do not."""
    if isinstance(value, str):
        return value.strip().lower() not in {"", "false", "no", "off", "0", "null", "none"}
    return bool(value)


def _in_order(
    order: Callable[[Any, Any], bool], left: Any, right: Any, case_sensitive: bool, *, is_equality: bool
) -> Comparison:
    left_number, right_number = number(left), number(right)
    if left_number is not None and right_number is not None:
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
        raise ValueUnusable(
            say("The pattern or the text is too long for `matches`."), say("Match a shorter part of the text.")
        )
    try:
        found = regex.search(pattern, subject, 0 if case_sensitive else regex.IGNORECASE, timeout=PATTERN_SECONDS)
    except regex.error as error:
        raise ValueUnusable(
            say('"{pattern}" is not a regular expression: {reason}.', pattern=pattern, reason=str(error)),
            say("Mend the pattern, or use `contains`."),
        ) from error
    except TimeoutError as error:
        raise ValueUnusable(
            say('The pattern "{pattern}" takes too long.', pattern=pattern),
            say("Avoid a repeat inside a repeat, such as (a+)+."),
        ) from error
    return found is not None


def _folded(value: Any, case_sensitive: bool) -> str:
    text = as_text(value)
    return text if case_sensitive else text.casefold()
