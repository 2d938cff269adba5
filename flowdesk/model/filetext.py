"""The JSON of a flow file, read so that nothing of it vanishes: no key twice, no number that cannot be kept. Pure."""

import json
import math
import re
from typing import Any

LARGE_TEXT = 50_000
"""Characters of a file from which on it is read piece by piece."""


class KeyTwice(ValueError):
    """An object has a key twice: readers take one of the values, and the other is lost."""

    def __init__(self, key: str, text: str) -> None:
        """Say which, and where it stands the second time in ``text``."""
        at = _second(text)
        self.key = key
        self.line = text.count("\n", 0, at) + 1
        self.column = at - text.rfind("\n", 0, at)
        super().__init__(f"the key {key} stands twice")


class _Twice(ValueError):
    pass


_MOST_DIGITS = 4000
"""Of a whole number: Python reads no longer ones without being told to."""
_BLANKS = re.compile(r"[ \t\n\r]*")


def load(text: str) -> Any:
    """Read JSON; the lists of the outermost object item by item, so that a large file does not hold up other threads.

    Raises:
        KeyTwice: If an object has a key twice.
        ValueError: If it is not JSON, or a number is larger or smaller than one can be.
        RecursionError: If it is nested too deep.
    """
    try:
        return _loaded(text)
    except _Twice as error:
        raise KeyTwice(str(error), text) from error


def _loaded(text: str) -> Any:
    if len(text) < LARGE_TEXT:
        return _decoder().decode(text)
    try:
        found, at = _object_in_pieces(text, _decoder())
        if _blank(text, at) == len(text):
            return found
    except (ValueError, IndexError, RecursionError):
        pass
    return _decoder().decode(text)  # says what is wrong, and where


def _object_in_pieces(text: str, decoder: json.JSONDecoder) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    at = _after(text, 0, "{")
    if text[at] == "}":
        return found, at + 1
    while True:
        key, at = decoder.raw_decode(text, at)
        if not isinstance(key, str) or key in found:
            raise ValueError("a key is a text, and stands once")
        at = _after(text, at, ":")
        found[key], at = _list_in_pieces(text, at, decoder) if text[at] == "[" else decoder.raw_decode(text, at)
        at = _blank(text, at)
        if text[at] == "}":
            return found, at + 1
        at = _after(text, at, ",")


def _list_in_pieces(text: str, at: int, decoder: json.JSONDecoder) -> tuple[list[Any], int]:
    found: list[Any] = []
    at = _after(text, at, "[")
    if text[at] == "]":
        return found, at + 1
    while True:
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        at = _blank(text, at)
        if text[at] == "]":
            return found, at + 1
        at = _after(text, at, ",")


def _blank(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return at if match is None else match.end()


def _after(text: str, at: int, sign: str) -> int:
    """Return where what follows a sign begins."""
    at = _blank(text, at)
    if text[at] != sign:
        raise ValueError(f"{sign} expected")
    return _blank(text, at + 1)


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        parse_constant=_no_constant, parse_float=_finite, parse_int=_whole, object_pairs_hook=_object
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in found if keys.count(key) > 1))
    return found


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]')


def _second(text: str) -> int:
    """Return where the first key that stands twice in its object stands the second time."""
    around: list[set[str] | None] = []
    for token in _TOKEN.finditer(text):
        sign = token.group()
        if sign in "{[":
            around.append(set() if sign == "{" else None)
        elif sign in "}]":
            around.pop()
        elif around and (keys := around[-1]) is not None and text[_blank(text, token.end()) :][:1] == ":":
            if (key := json.loads(sign, strict=False)) in keys:
                return token.start()
            keys.add(key)
    return 0


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"{text[:40]}… has more than {_MOST_DIGITS} digits")
    return int(text)


def _finite(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(f"{text[:40]} is larger than a number can be")
    if not found and text.lower().partition("e")[0].strip("-0."):
        raise ValueError(f"{text[:40]} is smaller than a number can be")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number that JSON knows")
