"""Lists, and the rows of tables."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flowdesk.engine.budget import ITEM, Budget, Failing
from flowdesk.engine.functions.declare import DECLARED, Group, field_of, list_of, text_of, whole
from flowdesk.engine.lookup import MISSING, part_of
from flowdesk.engine.operations import EXACT, ORDERS, compared, decimal, needed, plain, shown
from flowdesk.engine.texts import number
from flowdesk.engine.values import OPERATORS, compare
from flowdesk.model.sentence import say

_GROUP = Group("lists")
_COMPARED = re.compile(r"[=<>!]")
_COMPARISONS = {"==": "==", "=": "==", "!=": "!=", "<>": "!=", ">": ">", ">=": ">=", "<": "<", "<=": "<=", "in": "in", "not in": "not in"}  # fmt: skip


def _fields(budget: Budget, value: Any, field: Any) -> list[Any]:
    items = list_of(value)
    budget.spend(8 * len(items))
    if field is None:
        return items
    found = []
    for item in items:
        budget.tick()
        found.append(field_of(item, field))
    return found


@_GROUP.add('["a", "b"]|first', "a")
def first(budget: Budget, value: Any) -> Any:
    """Returns the first item of a list or character of a text, or nothing if it is empty."""
    items = value if isinstance(value, str) else list_of(value)
    return items[0] if items else None


@_GROUP.add('["a", "b"]|last', "b")
def last(budget: Budget, value: Any) -> Any:
    """Returns the last item of a list or character of a text, or nothing if it is empty."""
    items = value if isinstance(value, str) else list_of(value)
    return items[-1] if items else None


def _length(budget: Budget, value: Any) -> int:
    if isinstance(value, Mapping) and not ("columns" in value and isinstance(value.get("rows"), list)):
        return len(value)
    return len(value) if isinstance(value, str) else len(list_of(value))


@_GROUP.add('["a", "b"]|length', "2")
def length(budget: Budget, value: Any) -> int:
    """Counts the items of a list, the characters of a text, or the keys of an object."""
    return _length(budget, value)


@_GROUP.add('["a", "b"]|count', "2")
def count(budget: Budget, value: Any) -> int:
    """Same as length."""
    return _length(budget, value)


@_GROUP.add('[{"n": 12.5}, {"n": 0.3}]|sum("n")', "12.8", "sum")
def sum_(budget: Budget, value: Any, field: Any = None) -> float | int:
    """Adds the numbers of a list, or of a field of its items. Empty values count as 0."""
    whole_part, exact, is_exact = 0, Decimal(0), False
    for item in _fields(budget, value, field):
        budget.tick()
        if type(item) is int:
            whole_part += item
        elif item is not None and item != "":
            is_exact = True
            exact = EXACT.add(exact, _decimal(item))
    if not is_exact:
        return whole_part
    found = plain(EXACT.add(exact, Decimal(whole_part)))
    return int(found) if isinstance(found, float) and found.is_integer() and exact == exact.to_integral_value() and abs(found) < 1e15 else found  # fmt: skip


def _decimal(item: Any) -> Decimal:
    """A number or a text of one; short ones the short way."""
    if type(item) is float:
        return Decimal(repr(item))
    if type(item) is str and len(item) < 20 and item.isascii():
        try:
            found = Decimal(item)
        except InvalidOperation:
            return decimal(needed(item))
        if found.is_finite() and "_" not in item:
            return found
    return decimal(needed(item))


def _extreme(budget: Budget, items: list[Any], is_better: Callable[[Any, Any], bool]) -> Any:
    found = None
    for item in items:
        budget.tick()
        if item is not None and item != "" and (found is None or is_better(item, found)):
            found = item
    return found


def _given(budget: Budget, value: Any, more: tuple[Any, ...]) -> tuple[list[Any], Any]:
    if not more:
        return list_of(value), None
    if isinstance(value, list | tuple) and len(more) == 1 and isinstance(more[0], str):
        return list_of(value), more[0]
    return [value, *more], None


@_GROUP.add("[3, 1, 2]|min", "1", "min")
def min_(budget: Budget, value: Any, *more: Any) -> Any:
    """Returns the smallest of a list, of a field of its items, or of several values. Empty values are ignored."""
    items, field = _given(budget, value, more)
    return _extreme(budget, _fields(budget, items, field), lambda one, two: compared("<", one, two, budget))


@_GROUP.add("[3, 1, 2]|max", "3", "max")
def max_(budget: Budget, value: Any, *more: Any) -> Any:
    """Returns the largest of a list, of a field of its items, or of several values. Empty values are ignored."""
    items, field = _given(budget, value, more)
    return _extreme(budget, _fields(budget, items, field), lambda one, two: compared(">", one, two, budget))


@_GROUP.add('["b", "C", "a"]|sort', '["a", "b", "C"]')
def sort(budget: Budget, value: Any, field: Any = None, reverse: Any = False) -> list[Any]:
    """Sorts a list, also by a field of its items or in reverse. Empty values come last."""
    items = list_of(value)
    keys = _fields(budget, items, field)
    budget.spend(2 * ITEM * len(items))
    full: list[tuple[Any, int]] = []
    empty, are_numbers = [], True
    for place, key in enumerate(keys):
        budget.tick()
        if key is None or key == "":
            empty.append(items[place])
            continue
        order = number(key) if are_numbers else None
        are_numbers = order is not None
        full.append((order, -place if reverse else place))
    if not are_numbers:
        texts = [(text_of(key, budget).casefold(), place) for place, key in _full(keys, budget)]
        full = [(text, -place if reverse else place) for text, place in texts]
    _sort_in_steps(full, bool(reverse), budget)
    return [*(items[abs(place)] for _, place in full), *empty]


def _sort_in_steps(keys: list[tuple[Any, int]], is_reversed: bool, budget: Budget) -> None:
    """Sort runs that are short first and then the whole: the clock is looked at in between."""
    for begin in range(0, len(keys), 5000):
        keys[begin : begin + 5000] = sorted(keys[begin : begin + 5000], reverse=is_reversed)
        budget.check()
    keys.sort(reverse=is_reversed)
    budget.check()


def _full(keys: list[Any], budget: Budget) -> Iterator[tuple[int, Any]]:
    """The keys that are not empty, with their places."""
    for place, key in enumerate(keys):
        budget.tick()
        if key is not None and key != "":
            yield place, key


@_GROUP.add("[1, 2, 1]|unique", "[1, 2]")
def unique(budget: Budget, value: Any, field: Any = None) -> list[Any]:
    """Removes duplicates, compared by a field of the items if one is given."""
    items = list_of(value)
    seen: set[Any] = set()
    found = []
    for item, key in zip(items, _fields(budget, items, field), strict=True):
        budget.tick()
        mark = (type(key) is bool, key) if isinstance(key, str | int | float) or key is None else text_of(key, budget)
        if mark not in seen:
            budget.spend(ITEM)
            seen.add(mark)
            found.append(item)
    return found


@_GROUP.add('["a", "b"]|reverse', '["b", "a"]')
def reverse(budget: Budget, value: Any) -> Any:
    """Reverses a list or a text."""
    if isinstance(value, str):
        return budget.made(value[::-1])
    return budget.made(list_of(value)[::-1])


@_GROUP.add('[{"n": 1}, {"n": 5}]|where("n", ">", 3)', '[{"n": 5}]')
def where(budget: Budget, value: Any, field: Any, *test: Any) -> list[Any]:
    """Keeps the items whose field matches: == != > >= < <= in, or an operator of the Condition node."""
    items = list_of(value)
    is_short = len(test) == 1 and isinstance(test[0], str) and test[0] in _COMPARISONS and not test[0].isalpha()
    if len(test) > 2 or is_short:
        raise Failing(say("where needs a field, a comparison and a value"))
    sign, right = ("==", test[0]) if len(test) == 1 else test or ("", None)
    if isinstance(field, str) and _COMPARED.search(field) and all(field_of(item, field, is_lenient=True) is None for item in items[:100]):  # fmt: skip
        raise Failing(say('"{field}" is not a field', field=field[:80]), say('Write field, comparison and value one by one: where("n", ">", 3).'))  # fmt: skip
    budget.spend(8 * len(items))
    holds = _test(budget, sign, right)
    found = []
    for item in items:
        budget.tick()
        if holds(field_of(item, field, is_lenient=True)):
            found.append(item)
    return found


def _test(budget: Budget, sign: Any, right: Any) -> Callable[[Any], bool]:
    if sign == "":
        return bool
    if sign in _COMPARISONS:
        known = _COMPARISONS[sign]
        if known in ("==", "!=", "in", "not in"):
            return lambda left: compared(known, left, right, budget)
        holds, bound = ORDERS[known], number(right)
        if bound is None:
            return lambda left: left is not None and left != "" and compared(known, left, right, budget)

        def in_order(left: Any) -> bool:
            found = number(left)
            if found is None:
                return left is not None and left != "" and compared(known, left, right, budget)
            return holds(found, bound)

        return in_order
    if not isinstance(sign, str) or sign not in OPERATORS:
        raise Failing(say("{sign} is not a comparison", sign=shown(sign)), say('Use one of == != > >= < <= in, or "contains".'))  # fmt: skip
    if sign == "matches":
        budget.check()
        return lambda left: _matching(budget, left, right)
    return lambda left: compare(left, sign, right).result


def _matching(budget: Budget, left: Any, right: Any) -> bool:
    budget.check()
    return compare(left, "matches", right).result


@_GROUP.add('[{"n": 1}, {"n": 5}]|map("n")', "[1, 5]", "map")
def map_(budget: Budget, value: Any, field: Any = None, *more: Any, attribute: Any = None) -> list[Any]:
    """Returns one field of each item, or the result of a function for each item."""
    items = list_of(value)
    budget.spend(8 * len(items))
    if attribute is not None or field is None:
        return _fields(budget, items, attribute)
    is_field = any(part_of(item, field) is not MISSING for item in items[:1])
    if isinstance(field, str) and field in DECLARED and field != "map" and not is_field:
        wrong = DECLARED[field].misused(1 + len(more), ())
        if wrong is not None:
            raise Failing(wrong)
        found = []
        for item in items:
            budget.tick(2)
            found.append(DECLARED[field].run(budget, item, *more))
        return found
    return _fields(budget, items, field)


@_GROUP.add('[{"a": "x", "n": 1}, {"a": "x", "n": 2}]|group("a")|map("key")', '["x"]')
def group(budget: Budget, value: Any, field: Any) -> list[dict[str, Any]]:
    """Groups items with the same field into a list of objects with key and items."""
    items = list_of(value)
    groups: dict[Any, dict[str, Any]] = {}
    for item, key in zip(items, _fields(budget, items, field), strict=True):
        budget.tick()
        mark = key if isinstance(key, str | int | float) or key is None else text_of(key, budget)
        if mark not in groups:
            budget.spend(4 * ITEM)
            groups[mark] = {"key": key, "items": []}
        groups[mark]["items"].append(item)
    budget.spend(8 * len(items))
    return list(groups.values())


@_GROUP.add("[[1, 2], [3]]|flatten", "[1, 2, 3]")
def flatten(budget: Budget, value: Any, levels: Any = 1) -> list[Any]:
    """Flattens a list of lists, to the given depth."""
    items = list_of(value)
    for _ in range(whole(levels, 0, 20, "levels")):
        flat: list[Any] = []
        for item in items:
            budget.tick()
            if isinstance(item, list | tuple):
                budget.spend(8 * len(item))
                flat.extend(item)
            else:
                flat.append(item)
        budget.spend(8 * len(items))
        items = flat
    return list(items)


@_GROUP.add('{"a": 1, "b": 2}|keys', '["a", "b"]')
def keys(budget: Budget, value: Any) -> list[Any]:
    """Returns the names of an object's fields."""
    return list(budget.made(list(_object(value))))


@_GROUP.add('{"a": 1, "b": 2}|values', "[1, 2]")
def values(budget: Budget, value: Any) -> list[Any]:
    """Returns the values of an object's fields."""
    return list(budget.made(list(_object(value).values())))


def _object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise Failing(say("{value} is not an object", value=shown(value)))


@_GROUP.add('"abc"|list', '["a", "b", "c"]', "list")
def list_(budget: Budget, value: Any) -> list[Any]:
    """Converts to a list: a text to its characters, a table to its rows."""
    if isinstance(value, str):
        budget.spend(ITEM * len(value))
        return list(value)
    return list_of(value)


@_GROUP.add("[1, 2, 3]|has(2)", "true")
def has(budget: Budget, value: Any, item: Any) -> bool:
    """Checks whether a list contains an item, or a text contains another text."""
    return compared("in", item, value, budget)


FUNCTIONS = tuple(_GROUP.functions)
