"""What stands between the cells of a CSV file, and lines before its names that are comments."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from flowdesk.engine.texts import number
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say

DELIMITERS = ",;\t|"
RARE = "^~\x1f\x01¦§¬"
"""Signs that some programs put between cells. They are believed only where every line has as many of them."""
LONGEST = 8
"""Characters of a delimiter at most."""
LARGEST_CELL = 10_000_000
STAND_IN = "\ue0f1"
"""Stands for a delimiter of several characters where the csv module reads: a letter that nobody has in a text."""
_RUN = re.compile(r"[|~^:;#@$%&*!,\t]{2,8}")
_QUOTED_NAMES = re.compile(r'"[^"]+"(?: "[^"]+")+')
_SAMPLE = 50_000


def rows_of_text(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV text.

    Raises:
        csv.Error: If it is no CSV.
    """
    csv.field_size_limit(LARGEST_CELL)
    return iter(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def given_delimiter(delimiter: str) -> str:
    r"""Return the delimiter that people name; ``\t`` is a tab.

    Raises:
        NodeError: If a quote or a line break is in it.
    """
    if any(sign in '"\r\n\0' for sign in delimiter):
        raise NodeError(
            say("A quote or a line break cannot be the delimiter."), say("Use a comma, a semicolon or a tab.")
        )
    return delimiter.replace("\\t", "\t")


def find_delimiter(text: str) -> str:
    """Return what cuts most lines into the same number of cells."""
    sample = text[:_SAMPLE]
    if len(text) > len(sample):
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, best_score, is_even = ",", 0.0, False
    for each in DELIMITERS:
        widths = _widths(sample, each)
        counts = Counter(width for width in widths if width > 1)
        if not counts:
            continue
        width, often = max(counts.items(), key=lambda item: (item[1], item[0]))
        score = often / len(widths) + min(width, 50) / 1000
        if score > best_score:
            best, best_score, is_even = each, score, often == len(widths)
    first = next((line for line in sample.splitlines() if line.strip()), "")
    if _QUOTED_NAMES.fullmatch(first) and _cuts_evenly(sample, " "):
        return " "  # as R writes a table
    wide = _wide(sample, first, best)
    if wide:
        return wide
    return best if is_even else next((each for each in RARE if _cuts_evenly(sample, each)), best)


def _widths(sample: str, delimiter: str) -> list[int]:
    try:
        return [len(row) for _, row in zip(range(100), rows_of_text(sample, delimiter), strict=False) if row]
    except csv.Error:
        return []


def _cuts_evenly(sample: str, delimiter: str) -> bool:
    """Whether a sign cuts every line into as many cells as the first one, all of whose cells hold something."""
    if delimiter not in sample:
        return False
    try:
        rows = [row for _, row in zip(range(100), rows_of_text(sample, delimiter), strict=False) if row]
    except csv.Error:
        return False
    return len(rows) > 1 and len(rows[0]) > 1 and all(map(str.strip, rows[0])) and len({*map(len, rows)}) == 1


def _wide(sample: str, first: str, single: str) -> str:
    """Return the delimiter of several characters, such as ``||``; empty where there is none."""
    runs = Counter(_RUN.findall(first))
    if not runs or STAND_IN in sample:
        return ""
    wide, often = runs.most_common(1)[0]
    if set(wide) == {single} and single in ",;\t" and often < 2:
        return ""  # more likely an empty name
    is_alone = wide == wide[::-1] and wide[0] not in first.replace(wide, "")
    return wide if is_alone and _cuts_evenly(narrowed(sample, wide), STAND_IN) else ""


def narrowed(text: str, delimiter: str) -> str:
    """Return a text with a stand-in for a delimiter of several characters; what is in quotes stays."""
    sign = re.escape(delimiter)
    cells = re.compile(rf'(?:(?<={sign})|(?<=[\r\n])|\A)"(?:[^"]|"")*+"|{sign}')
    return cells.sub(lambda found: STAND_IN if found.group() == delimiter else found.group(), text)


def comments_before(rows: Sequence[Sequence[str]]) -> int:
    """Return how many of the first rows are comments: they begin with ``#``.

    The last of them is the row of names where it has as many cells as the rows below it (``#id``, ``# x,y``), unless it is
    prose and names stand below it: words above numbers.
    """
    marked = next((place for place, row in enumerate(rows) if not (row and row[0].lstrip().startswith("#"))), len(rows))
    below = [row for row in rows[marked : marked + 50] if any(row)]
    if not marked or not below:
        return 0
    usual = Counter(map(len, below)).most_common(1)[0][0]
    is_named = len(rows[marked - 1]) == usual and (usual > 1 or marked == 1)
    return marked - (is_named and (_are_names(rows[marked - 1]) or not _are_words_above_numbers(below)))


def _are_names(cells: Sequence[str]) -> bool:
    """Whether cells behind a ``#`` are several names, and no prose: nothing stands before or behind them, and none is a number."""
    names = [cells[0].lstrip()[1:], *cells[1:]]
    return len(names) > 1 and all(name and name == name.strip("# ") and number(name) is None for name in names)


def _are_words_above_numbers(rows: Sequence[Sequence[str]]) -> bool:
    names, *others = rows
    return all(cell.strip() and number(cell) is None for cell in names) and any(
        number(cell) is not None for row in others for cell in row
    )
