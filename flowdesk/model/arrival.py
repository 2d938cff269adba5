"""Whether a text that was typed arrived, judged by what the field says it holds now. Pure.

A field may hold more than what was typed into it (what was there before, a completion), and a field of one line may
write it in its own way (a telephone number, a date). Neither is a fault. Anything else is: letters that are missing, doubled
or other ones, and a field that takes no more.
"""

import contextlib
import unicodedata
from typing import Literal

FIELD_ROLES = frozenset({"text_field", "text_area", "combo_box", "spin_button"})
"""Roles of the accessibility tree whose value is what was typed."""

MASKS = frozenset("•●*∙⚫∗＊")
"""What password fields show instead of their text."""

_UNTOLD = dict.fromkeys([0xFFFC, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""What accessibility trees leave out or put in by themselves: places of pictures, marks of direction."""

Arrival = Literal["arrived", "unknown", "nothing", "cut", "other"]


def arrival(text: str, held: str | None, role: str) -> Arrival:
    """Judge what became of a text.

    Args:
        text: What was typed.
        held: What the field holds now; None when it does not tell.
        role: The field's role in the accessibility tree.

    Returns:
        ``arrived``; ``unknown`` where that cannot be told; else what is wrong: ``nothing`` of it arrived, it was ``cut``
        off, or something ``other`` arrived.
    """
    if held is None or role not in FIELD_ROLES or not text or _is_masked(held):
        return "unknown"
    wanted, there = _plain(text), _plain(held)
    if role != "text_area":
        if wanted.strip("\n\t") != wanted or "\n" in wanted or "\t" in wanted:
            return "unknown"  # a line end or a tab is a key in a field of one line: it may have left the field
        if len(there) == 1 < len(wanted) and wanted.isalnum() and there in wanted:
            return "unknown"  # one of several boxes for one character each
        if _is_rewritten(wanted, there):
            return "arrived"
    elif wanted.rstrip("\n\t") != wanted:
        return "arrived" if wanted.rstrip("\n\t") in there else "unknown"  # the last keys may have sent it off
    if wanted in there:
        return "arrived"
    if not there.strip():
        return "nothing" if wanted.strip() else "unknown"
    return "cut" if wanted.startswith(there) else "other"


def excerpt(text: str, at: int, around: int = 12) -> str:
    """Return the part of a text around a position, for a message."""
    start, end = max(0, at - around), at + around
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def first_difference(text: str, held: str) -> int:
    """Return the index of the first character of ``text`` that ``held`` lacks."""
    for index, (one, other) in enumerate(zip(text, held, strict=False)):
        if one != other:
            return index
    return min(len(text), len(held))


def _is_masked(held: str) -> bool:
    return bool(held) and MASKS.issuperset(held)


def _plain(text: str) -> str:
    """Return a text as fields of all toolkits would tell it: composed, with one kind of line end and of space."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ").translate(_UNTOLD))


def _is_rewritten(wanted: str, there: str) -> bool:
    """Whether a field of one line holds the same in its own way: capitals, a number or a date with other signs in it."""
    if wanted.casefold() in there.casefold():
        return True
    with contextlib.suppress(ValueError):
        return float(wanted.replace(",", ".")) == float(there.replace(",", "."))
    one, other = _kernel(wanted), _kernel(there)
    return one.isdigit() and (one in other or sorted(one) == sorted(other))


def _kernel(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())
