"""Finding things by what people type: a part of a name, another word for it, pinyin, a word with a typing error. Pure.

The page does the same (``searching.ts``); ``tests/vectors/search.json`` holds both to it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

Readings = Mapping[str, Sequence[str]]
"""How Chinese characters are read, each the most usual first."""

MOST_NEAREST = 3
"""Most things that are offered where nothing was found."""
FARTHEST = 0.5
"""Of the letters of a name, the share that may differ where the nearest are offered."""
_WORD = re.compile(r"[a-z0-9]+|[^\sa-z0-9]+")
_LATIN = re.compile(r"[a-z]{2,}")
SMALL_WORDS = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "of", "on", "or", "the", "to", "with"}
)
"""What counts for nothing beside other words: people type "write to the log"."""
_IN_TEXTS = 6
"""Score of what was found only in what is said about a thing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found."""

    key: str
    titles: tuple[str, ...]
    """What it is called; the first in the reader's language."""
    words: tuple[str, ...] = ()
    """What else people call it."""
    texts: tuple[str, ...] = ()
    """What is said about it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave, the best first."""

    keys: tuple[str, ...] = ()
    is_nearest: bool = False
    """Nothing was found; these are the nearest."""
    named: int = 0
    """How many of them were found by a name or another word for them, rather than in what is said about them."""


Score = Callable[[str, Entry, Readings], int | None]
"""How well a word fits, 0 the best; ``None`` if it does not."""


def rank(query: str, entries: Sequence[Entry], readings: Readings) -> Found:
    """Return what fits a query, best first; everything in its order for an empty one.

    Every word must fit, or all of them together. Only where nothing does, words with typing errors count and letters in
    their order within a name; and where that finds nothing either, the nearest names are returned as such.
    """
    typed = query.lower().split()
    text = " ".join([word for word in typed if word not in SMALL_WORDS] or typed)
    if not text:
        return Found(tuple(entry.key for entry in entries), named=len(entries))
    lowered = [_lower(entry) for entry in entries]
    for score in (_score, _loose_score):
        hits = sorted(
            (value, order)
            for order, entry in enumerate(lowered)
            if (value := _total(text, entry, readings, score)) is not None
        )
        if hits:
            named = sum(value < _IN_TEXTS for value, _ in hits)
            return Found(tuple(entries[order].key for _, order in hits), named=named)
    shares = ((_distance_to(text, entry), order) for order, entry in enumerate(lowered))
    far = sorted((share, order) for share, order in shares if share <= FARTHEST)
    return Found(tuple(entries[order].key for _, order in far[:MOST_NEAREST]), is_nearest=True)


@lru_cache(maxsize=512)
def _lower(entry: Entry) -> Entry:
    return Entry(
        entry.key,
        tuple(title.lower() for title in entry.titles),
        tuple(word.lower() for word in entry.words),
        tuple(text.lower() for text in entry.texts),
    )


def _total(text: str, entry: Entry, readings: Readings, score: Score) -> int | None:
    whole = score(text, entry, readings)
    parts = [score(word, entry, readings) for word in text.split(" ")]
    if len(parts) == 1 or any(part is None for part in parts):
        return whole
    total = sum(part for part in parts if part is not None)
    return total if whole is None else min(whole, total)


def _score(word: str, entry: Entry, readings: Readings) -> int | None:
    """Say how well a word fits, 0 the best; ``None`` if it does not."""
    titles, words = entry.titles, entry.words
    if any(title.startswith(word) for title in titles):
        return 0
    if word in words or any(part.startswith(word) for title in titles for part in _WORD.findall(title)):
        return 1
    if any(word in title for title in titles) or any(known.startswith(word) for known in words):
        return 2
    if any(_is_spelled(word, title, 0, readings) for title in titles):
        return 3
    if any(word in known for known in words) or any(_is_spelled(word, known, 0, readings) for known in words):
        return 4
    if any(_is_spelled(word, title, at, readings) for title in titles for at in range(1, len(title))):
        return 5
    is_long = len(word) > 2 or word > "\u2e80"
    return _IN_TEXTS if is_long and any(word in text for text in entry.texts) else None


def _loose_score(word: str, entry: Entry, readings: Readings) -> int | None:
    """Say how well a word fits that has typing errors, or that is letters of a name in their order."""
    del readings
    allowed = 0 if len(word) < 4 else 1 if len(word) < 7 else 2
    if allowed and any(_is_near(word, part, allowed) for part in _parts(entry)):
        return 1
    return 2 if len(word) > 1 and any(_is_within(word, title) for title in entry.titles) else None


@lru_cache(maxsize=512)
def _parts(entry: Entry) -> tuple[str, ...]:
    """Return its names, and the words of those that have several."""
    names = (*entry.titles, *entry.words)
    return tuple(dict.fromkeys([*names, *(part for name in names for part in _WORD.findall(name))]))


def _is_near(word: str, name: str, allowed: int) -> bool:
    """Whether a name, or its beginning while it is being typed, is as good as what was typed."""
    return len(name) > 2 and any(
        length > 2 and far <= allowed
        for length, far in enumerate(_distances(word, name[: len(word) + allowed], allowed))
    )


def _is_within(letters: str, text: str) -> bool:
    rest: Iterable[str] = iter(text)
    return all(letter in rest for letter in letters)


def _is_spelled(word: str, text: str, at: int, readings: Readings) -> bool:
    """Whether a word is how a text is typed from a place on: whole syllables, their beginnings, or both."""
    return (
        at < len(text)
        and text[at] in readings
        and _LATIN.fullmatch(word) is not None
        and _spells(word, text, at, readings)
    )


def _spells(word: str, text: str, at: int, readings: Readings) -> bool:
    if not word:
        return True
    if at >= len(text):
        return False
    for syllable in readings.get(text[at], (text[at],)):
        for taken in range(min(len(syllable), len(word)), 0, -1):
            if word.startswith(syllable[:taken]) and _spells(word[taken:], text, at + 1, readings):
                return True
    return False


def _distance_to(text: str, entry: Entry) -> float:
    """Return how far a name is, 0 to 1: the share of its letters that differ."""
    far = 1.0
    for name in _parts(entry):
        longest = max(len(text), len(name))
        if abs(len(text) - len(name)) <= FARTHEST * longest:
            far = min(far, _distances(text, name, longest)[-1] / longest)
    return far


def _distances(one: str, other: str, most: int) -> list[int]:
    """Return how far a word is from each beginning of another, the empty one first, if it is at most so far.

    What counts is how many letters must be added, left out, changed or swapped with their neighbour (optimal string
    alignment); where all are farther, it ends early and the numbers only say so.
    """
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, known in enumerate(other, 1):
            best = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != known))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == known:
                best = min(best, before[column - 2] + 1)
            line.append(best)
        if min(line) > most and min(above) > most:
            return line
        before, above = above, line
    return above
