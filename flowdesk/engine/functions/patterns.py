"""Regular expressions, bounded in time and in what they make."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from flowdesk.engine.budget import ITEM, Budget, Failing, Spent
from flowdesk.engine.functions.declare import Group, text_of, whole
from flowdesk.engine.operations import shown
from flowdesk.model.causes import pattern_cause
from flowdesk.model.sentence import say

LONGEST_PATTERN = 1000
LONGEST_SUBJECT = 100_000
"""Characters of a text that is searched."""
WIDEST = 10_000
"""Parts of a pattern once its repeats are written out, as the library does: (a{100}){100} is so many."""
_REPEAT = re.compile(r"\{(\d*)(?:,(\d*))?\}")
_FOREIGN = re.compile(r"\{[^}\d,]|\(\?R|\(\?[-+]?\d|\(\?&|\(\?P>|\(\?\(")
_PLAIN = re.compile(r"\\[pPN]\{[^{}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
"""What stands for itself: a property such as \\p{Han}, a sign behind a backslash, a class of characters."""
_GROUP = Group("patterns")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import regex  # loaded with the first pattern: most flows have none

    return regex.compile(pattern)


def written_out(pattern: str) -> int:
    """Return how many parts a pattern has, about, once its repeats are written out."""
    groups, last, place = [0], 0, 0
    while place < len(pattern):
        character = pattern[place]
        repeat = _REPEAT.match(pattern, place)
        if repeat is not None:
            times = int((repeat.group(1) or "0")[:9])  # only what must be there is written out
            groups[-1] += last * max(0, times - 1)
            last, place = last * max(1, times), repeat.end()
            continue
        if character == "(":
            groups.append(0)
        elif character == ")" and len(groups) > 1:
            last = groups.pop() + 1
            groups[-1] += last
        elif character not in "*+?|":
            end = _class_end(pattern, place) if character == "[" else place + (character == "\\")
            last, place = 1, end
            groups[-1] += 1
        place += 1
    return sum(groups)


def _class_end(pattern: str, place: int) -> int:
    """Return where a class of characters ends."""
    place += 2 if pattern.startswith(("[]", "[^"), place) else 1
    while place < len(pattern) and pattern[place] != "]":
        place += 2 if pattern[place] == "\\" else 1
    return place


def _matches(budget: Budget, value: Any, pattern: Any) -> Iterator[Any]:
    subject, source = text_of(value, budget), text_of(pattern, budget)
    if len(source) > LONGEST_PATTERN:
        raise Failing(say("the regular expression is longer than {most} characters", most=LONGEST_PATTERN))
    if len(subject) > LONGEST_SUBJECT:
        raise Failing(say("the text is longer than {most} characters", most=LONGEST_SUBJECT), say("Search a part of the text."))  # fmt: skip
    foreign = _FOREIGN.search(_PLAIN.sub("x", source))
    if foreign is not None:
        raise Failing(
            say("the regular expression uses fuzzy matching or recursion: {part}", part=foreign.group()),
            say("Use a plain regular expression; write \\{ for a literal brace."),
        )
    if written_out(source) > WIDEST:
        raise Failing(say("the regular expression repeats too much"), say("Use fewer repetitions."))
    import regex

    try:
        found = _compiled(source)
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        raise Failing(say("{pattern} is not a regular expression: {reason}", pattern=shown(source), reason=pattern_cause(error))) from error  # fmt: skip
    budget.check()
    try:
        for match in found.finditer(subject, timeout=budget.seconds):
            budget.tick(8)
            yield match
    except TimeoutError as error:
        raise Spent(
            say("the regular expression {pattern} takes too long", pattern=shown(source)),
            say("Avoid nested repetition, such as (a+)+."),
        ) from error


def _group_of(match: Any, group: Any) -> Any:
    try:
        return match.group(group if isinstance(group, str) else whole(group, 0, 100, "group"))
    except IndexError as error:
        raise Failing(say("the regular expression has no group {group}", group=shown(group))) from error


@_GROUP.add('"Total: 42 EUR"|regex_find("\\\\d+")', "42")
def regex_find(budget: Budget, value: Any, pattern: Any, group: Any = 0) -> Any:
    """Returns the first match of a regular expression, or one of its groups, or nothing."""
    for match in _matches(budget, value, pattern):
        return budget.made(_group_of(match, group))
    return None


@_GROUP.add('"a1 b22"|regex_findall("[0-9]+")', '["1", "22"]')
def regex_findall(budget: Budget, value: Any, pattern: Any, group: Any = None) -> list[Any]:
    """Returns all matches of a regular expression, or of one of its groups."""
    found = []
    for match in _matches(budget, value, pattern):
        wanted = group if group is not None else 1 if len(match.groups()) == 1 else 0
        text = _group_of(match, wanted)
        budget.spend(ITEM + 4 * len(text or ""))
        found.append(text)
    return found


@_GROUP.add('"Lei, Li"|regex_replace("(.*), (.*)", "\\\\2 \\\\1")', "Li Lei")
def regex_replace(budget: Budget, value: Any, pattern: Any, replacement: Any) -> str:
    r"""Replaces every match of a regular expression; \1 is what its first group found."""
    subject, new = text_of(value, budget), text_of(replacement, budget)
    if len(new) > LONGEST_PATTERN:
        raise Failing(say("the replacement is longer than {most} characters", most=LONGEST_PATTERN))
    parts, place = [], 0
    is_plain = "\\" not in new
    for match in _matches(budget, subject, pattern):
        put = new if is_plain else _expanded(budget, match, new)
        budget.spend(ITEM + 4 * (len(put) + match.start() - place))
        parts += [subject[place : match.start()], put]
        place = match.end()
    budget.spend(4 * (sum(map(len, parts)) + len(subject) - place))
    return "".join([*parts, subject[place:]])


def _expanded(budget: Budget, match: Any, new: str) -> str:
    longest = max((len(text) for text in (match.group(0), *match.groups()) if text), default=0)
    budget.spend(4 * (len(new) + new.count("\\") * longest))
    import regex

    try:
        return str(match.expand(new))
    except (regex.error, IndexError) as error:
        raise Failing(say("the replacement uses a group that the regular expression does not have")) from error


@_GROUP.add('"INV-42"|regex_matches("^INV-[0-9]+$")', "true")
def regex_matches(budget: Budget, value: Any, pattern: Any) -> bool:
    """Checks whether a text contains a match of a regular expression."""
    return any(True for _ in _matches(budget, value, pattern))


FUNCTIONS = tuple(_GROUP.functions)
