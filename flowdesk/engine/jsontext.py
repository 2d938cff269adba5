"""JSON that others wrote, read so that no number is lost on the way. Pure."""

import json
import math
from collections.abc import Callable
from typing import Any

MOST_DIGITS = 4000
"""Digits of a whole number that is read as one; a longer one stays the text that it is."""


def read_json(
    text: str, on_twice: Callable[[str], None] | None = None, on_word: Callable[[str], None] | None = None
) -> Any:
    """Read JSON. Whole numbers are exact however long; what no number of a run can hold stays the text that it is.

    Those are numbers such as ``1e400``, which would become infinite and then nothing, and the words ``NaN`` and ``Infinity``
    that some programs write although JSON has none.

    Args:
        text: The JSON.
        on_twice: Called with each key that an object has twice: only the last of its values is kept.
        on_word: Called with each ``NaN`` and ``Infinity``.

    Raises:
        ValueError: If it is not JSON.
        RecursionError: If it is nested too deep.
    """

    def word(name: str) -> str:
        if on_word is not None:
            on_word(name)
        return name

    if on_twice is None:
        return json.loads(text, parse_constant=word, parse_int=_whole, parse_float=_number)

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            on_twice(next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place])))
        return made

    return json.loads(text, parse_constant=word, parse_int=_whole, parse_float=_number, object_pairs_hook=members)


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= MOST_DIGITS else digits


def _number(text: str) -> float | str:
    found = float(text)
    return found if math.isfinite(found) else text
