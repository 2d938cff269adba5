"""Texts."""

from typing import Any

from flowdesk.engine.budget import ITEM, Budget, Failing
from flowdesk.engine.functions.declare import Group, field_of, list_of, text_of, whole
from flowdesk.engine.operations import joined
from flowdesk.model.sentence import say

LONGEST_PAD = 1000
_WORD = r"[\w\p{M}]+(?:['’][\w\p{M}]+)*"
"""A word with its marks: don't, O'Neil and l’été are one."""
_GROUP = Group("text")


@_GROUP.add('"  Li Lei "|trim', "Li Lei")
def trim(budget: Budget, value: Any, characters: Any = None) -> str:
    """Removes white space, or other characters, from both ends."""
    text = text_of(value, budget)
    return str(budget.made(text.strip(None if characters is None else text_of(characters, budget))))


def _widened(budget: Budget, value: Any) -> str:
    """A text whose case may be changed: one letter can become three."""
    text = text_of(value, budget)
    budget.spend(len(text) if text.isascii() else 4 * len(text))
    return text


@_GROUP.add('"Li Lei"|upper', "LI LEI")
def upper(budget: Budget, value: Any) -> str:
    """Converts to uppercase."""
    return _widened(budget, value).upper()


@_GROUP.add('"Li Lei"|lower', "li lei")
def lower(budget: Budget, value: Any) -> str:
    """Converts to lowercase."""
    return _widened(budget, value).lower()


@_GROUP.add('"li lei"|title', "Li Lei")
def title(budget: Budget, value: Any) -> str:
    """Capitalizes every word."""
    import regex  # only where it is used: a flow without expressions loads it not

    def capitalized(word: Any) -> str:
        budget.tick(2)
        found: str = word[0]
        return found[:1].title() + found[1:].lower()

    return str(regex.sub(_WORD, capitalized, _widened(budget, value)))


@_GROUP.add('"dear MS LI"|capitalize', "Dear ms li")
def capitalize(budget: Budget, value: Any) -> str:
    """Capitalizes the first letter and lowercases the rest."""
    return _widened(budget, value).capitalize()


@_GROUP.add('"1.5"|replace(".", ",")', "1,5")
def replace(budget: Budget, value: Any, old: Any, new: Any, count: Any = -1) -> str:
    """Replaces all occurrences of a text, or only the first few."""
    text, one, two = text_of(value, budget), text_of(old, budget), text_of(new, budget)
    if not one:
        raise Failing(say("the text to replace is empty"))
    most = whole(count, -1, 10**9, "count")
    times = text.count(one)
    times = times if most < 0 else min(times, most)
    wide = 1 if text.isascii() and two.isascii() else 4
    budget.spend(wide * (len(text) + times * max(0, len(two) - len(one))))
    return text.replace(one, two, most)


@_GROUP.add('"a;b;c"|split(";")', '["a", "b", "c"]')
def split(budget: Budget, value: Any, separator: Any = None, most: Any = -1) -> list[str]:
    """Splits a text at a separator, or at white space, into a list."""
    text = text_of(value, budget)
    limit = whole(most, -1, 10**9, "most")
    if separator is None:
        budget.spend(ITEM * min(len(text) // 2 + 1, limit + 1 if limit >= 0 else len(text)) + len(text))
        return text.split(None, limit)
    mark = text_of(separator, budget)
    if not mark:
        raise Failing(say("the separator is empty"), say("For single characters, use value|list."))
    count = text.count(mark)
    budget.spend(ITEM * ((count if limit < 0 else min(count, limit)) + 1) + len(text))
    return text.split(mark, limit)


@_GROUP.add('"one\\ntwo"|lines', '["one", "two"]')
def lines(budget: Budget, value: Any) -> list[str]:
    """Splits a text into lines."""
    text = text_of(value, budget)
    budget.spend(ITEM * (text.count("\n") + text.count("\r") + 1) + 4 * len(text))
    return text.splitlines()


@_GROUP.add('["a", "b"]|join(", ")', "a, b")
def join(budget: Budget, value: Any, separator: Any = "", attribute: Any = None) -> str:
    """Joins the items of a list with a text between them."""
    items = list_of(value)
    if attribute is not None:
        items = [field_of(item, attribute) for item in items]
    mark = text_of(separator, budget)
    texts = []
    for item in items:
        budget.tick()
        texts.append(text_of(item, budget))
    wide = 1 if mark.isascii() and all(map(str.isascii, texts)) else 4
    budget.spend(wide * (sum(map(len, texts)) + len(mark) * len(texts)))
    return mark.join(texts)


@_GROUP.add('"INV-0042"|slice(4)', "0042", "slice")
def slice_(budget: Budget, value: Any, start: Any = 0, stop: Any = None) -> Any:
    """Returns a part of a text or list, from one position to another or to the end. Positions start at 0."""
    holder = value if isinstance(value, list | tuple) else text_of(value, budget)
    begin = whole(start, -(10**9), 10**9, "start")
    end = None if stop is None else whole(stop, -(10**9), 10**9, "stop")
    return budget.made(holder[begin:end])


@_GROUP.add('42|pad(6, "0")', "000042")
def pad(budget: Budget, value: Any, width: Any, fill: Any = " ", side: Any = "left") -> str:
    """Pads a text to a width, on the left, right, or both sides."""
    text, wide, filler = text_of(value, budget), whole(width, 0, LONGEST_PAD, "width"), text_of(fill, budget)
    if len(filler) != 1:
        raise Failing(say("the fill must be one character"))
    budget.spend(4 * max(wide, len(text)))
    match side:
        case "left":
            return text.rjust(wide, filler)
        case "right":
            return text.ljust(wide, filler)
        case "both":
            return text.center(wide, filler)
    raise Failing(say("the side must be left, right or both"))


@_GROUP.add('"a long story"|truncate(6)', "a lon…")
def truncate(budget: Budget, value: Any, length: Any = 255, end: Any = "…") -> str:
    """Truncates a long text and adds an ellipsis."""
    text, most, mark = text_of(value, budget), whole(length, 0, 10**9, "length"), text_of(end, budget)
    if len(text) <= most:
        return text
    return joined([text[: max(0, most - len(mark))], mark[:most]], budget)


@_GROUP.add('"report.pdf"|starts_with("rep")', "true")
def starts_with(budget: Budget, value: Any, beginning: Any) -> bool:
    """Checks whether a text starts with another text."""
    return text_of(value, budget).startswith(text_of(beginning, budget))


@_GROUP.add('"report.pdf"|ends_with(".pdf")', "true")
def ends_with(budget: Budget, value: Any, end: Any) -> bool:
    """Checks whether a text ends with another text."""
    return text_of(value, budget).endswith(text_of(end, budget))


@_GROUP.add("[1, true]|string", "[1, true]")
def string(budget: Budget, value: Any) -> str:
    """Converts any value to text."""
    return text_of(value, budget)


FUNCTIONS = tuple(_GROUP.functions)
