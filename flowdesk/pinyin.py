"""How Chinese characters are read, from the table that the page has, too (``tools/pinyin.py`` writes it)."""

import json
from collections.abc import Mapping, Sequence
from functools import cache

from flowdesk.resource import resource_path


@cache
def readings() -> Mapping[str, Sequence[str]]:
    """Return the syllables of each of the 6,763 characters of GB 2312, without tones."""
    table: dict[str, str] = json.loads(resource_path("pinyin.json").read_text("utf-8"))
    made: dict[str, list[str]] = {}
    for syllable, characters in table.items():
        for character in characters:
            made.setdefault(character, []).append(syllable)
    return made
