"""Write how Chinese characters are read: ``resources/pinyin.json``, syllables with their characters, from pypinyin.

.venv/bin/python tools/pinyin.py

The characters are those of GB 2312, each with up to three readings: words such as 重试 are found by both readings of 重,
without a dictionary of words at run time. The table changes only when pypinyin's does.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from pypinyin import Style, pinyin

FILE = Path(__file__).resolve().parent.parent / "resources" / "pinyin.json"
MOST_READINGS = 3


def characters() -> Iterator[str]:
    """Yield the Chinese characters of GB 2312."""
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes([high, low]).decode("gb2312")
            except UnicodeDecodeError:
                continue


def table() -> dict[str, str]:
    """Return the characters of each syllable, in the order of their code points."""
    made: dict[str, list[str]] = {}
    for character in characters():
        readings = [*dict.fromkeys(pinyin(character, style=Style.NORMAL, heteronym=True)[0])]
        for syllable in readings[:MOST_READINGS]:
            made.setdefault(syllable, []).append(character)
    return {syllable: "".join(sorted(found)) for syllable, found in sorted(made.items())}


def main() -> int:
    """Write the file. Returns the exit code."""
    FILE.write_text(json.dumps(table(), ensure_ascii=False, indent=0) + "\n", "utf-8")
    print(f"wrote {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
