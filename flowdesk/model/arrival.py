"""Whether a text that was typed arrived, judged by what the field says it holds now. Pure.

The field must hold what it held before, with the text in the place of what was selected: nothing missing, nothing added, no other
letters. Only a field of one line may group digits in its own way (a telephone number), and one for numbers write the same number.
"""

import contextlib
import re
import unicodedata
from typing import Literal

FIELD_ROLES = frozenset({"text_field", "text_area", "combo_box", "spin_button"})
"""Roles of the accessibility tree whose value is what was typed."""

MASKS = frozenset("•●*∙⚫∗＊")
"""What password fields show instead of their text."""

_UNTOLD = dict.fromkeys([0xFFFC, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""What accessibility trees leave out or put in by themselves: places of pictures, marks of direction."""

_DEEPEST_INDENT = 200
"""Spaces and tabs that an editor begins a line with at most."""

_DATE = re.compile(r"\d{1,4}[-./ ]\d{1,2}[-./ ]\d{1,4}\.?")
_SIGNS = frozenset(",.'%$€£+*=<>")
"""Signs that make another number of digits."""

Arrival = Literal["arrived", "unknown", "nothing", "cut", "other"]


def arrival(text: str, held: str | None, role: str, before: str | None = None, selected: int = 0) -> Arrival:
    """Judge what became of a text.

    Args:
        text: What was typed.
        held: What the field holds now; None when it does not tell.
        role: The field's role in the accessibility tree.
        before: What it held before; None where that is not known: then only a field that holds nothing else is known to be right.
        selected: How many characters of that were selected, whose place the text takes.

    Returns:
        ``arrived``: nothing is missing and nothing was added; ``unknown`` where that cannot be told; else what is wrong:
        ``nothing`` of it arrived, it was ``cut`` off, or something ``other`` arrived.
    """
    if held is None or role not in FIELD_ROLES or not text or _is_masked(held):
        return "unknown"
    wanted, there, was = _plain(text), _plain(held), None if before is None else _plain(before)
    if role != "text_area":
        if wanted.strip("\n\t") != wanted or "\n" in wanted or "\t" in wanted:
            return "unknown"  # a line end or a tab is a key in a field of one line: it may have left the field
        if len(there) == 1 < len(wanted) and wanted.isalnum() and there in wanted:
            return "unknown"  # one of several boxes for one character each
        if _is_regrouped(wanted, there, role):
            return "arrived"
        if _DATE.fullmatch(wanted) and _DATE.fullmatch(there) and sorted(_kernel(wanted)) == sorted(_kernel(there)):
            return "unknown"  # a field that writes dates in its own order
    elif wanted.rstrip("\n\t") != wanted:
        if _fits(wanted, there, was, selected):
            return "arrived"
        # The last keys may have sent it off.
        is_indented = indentation(text, held, before, selected) or (
            was is not None and not selected and _bare(there) == _bare(was + wanted)
        )
        return "other" if is_indented else "unknown"
    if _fits(wanted, there, was, selected):
        return "arrived"
    if was is None and wanted in there:
        return "unknown"  # what else is there may have been there before
    if not there.strip() or there == was:
        return "nothing" if wanted.strip() else "unknown"
    return "cut" if wanted.startswith(there) else "other"


def _fits(wanted: str, there: str, was: str | None, selected: int) -> bool:
    """Whether a field holds exactly what it held before, with the text at one place, where it took that of what was selected."""
    was = "" if was is None else was
    there_too = there.removesuffix("\n")  # some trees tell a line end that nobody wrote
    for now in dict.fromkeys((there, there_too)):
        for kept in dict.fromkeys((len(was) - selected, 0 if selected else len(was))):
            if kept >= 0 and len(now) == kept + len(wanted) and _is_inserted(wanted, now, was, kept):
                return True
    return False


def _is_inserted(wanted: str, now: str, was: str, kept: int) -> bool:
    at = now.find(wanted)
    while at >= 0:
        after = kept - at
        if after >= 0 and was.startswith(now[:at]) and was.endswith(now[at + len(wanted) :]):
            return True
        at = now.find(wanted, at + 1)
    return False


def completion(text: str, held: str, before: str) -> int:
    """Return how many characters a field has added to a text by itself, at its end; 0 where it holds anything else.

    Args:
        text: What was typed.
        held: What the field holds now.
        before: What it held before, of which nothing is left.
    """
    wanted, there = _plain(text), _plain(held)
    is_added = bool(wanted) and there.startswith(_plain(before) + wanted)
    return len(there) - len(_plain(before)) - len(wanted) if is_added else 0


def indentation(text: str, held: str, before: str | None, selected: int = 0) -> int:
    """Return with how many spaces and tabs a field has begun the line after a text that ends in a line end; 0 where it holds anything else.

    Args:
        text: What was typed.
        held: What the field holds now.
        before: What it held before; None where that is not known.
        selected: How many characters of that were selected.
    """
    wanted, there, was = _plain(text), _plain(held), None if before is None else _plain(before)
    if was is None or not wanted.endswith("\n"):
        return 0
    at = there.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        added = len(there) - end - len(there[end:].lstrip(" \t"))
        for count in range(1, min(added, _DEEPEST_INDENT) + 1):
            if _fits(wanted, there[:end] + there[end + count :], was, selected):
                return count
        at = there.find(wanted, at + 1)
    return 0


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


def _bare(text: str) -> list[str]:
    """Return the lines of a text without what they are indented with."""
    return [line.strip() for line in text.split("\n")]


def _is_regrouped(wanted: str, there: str, role: str) -> bool:
    """Whether a field of one line holds the same in its own way: a number, or digits with other signs between them."""
    if role == "spin_button":
        with contextlib.suppress(ValueError):
            return float(wanted.replace(",", ".")) == float(there.replace(",", "."))
    return (
        wanted.isascii()
        and wanted.isdigit()
        and len(wanted) > 1
        and _kernel(there) == wanted
        and not set(there) & _SIGNS
    )


def _kernel(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())
