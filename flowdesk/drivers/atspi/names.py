"""Texts as people read them, without what toolkits add to them."""

import re

_PAIR_MARK = re.compile("([\U00010000-\U0010ffff])\ufeff")
"""Firefox puts a mark after every character that UTF-16 writes as a pair."""
_DIRECTION_MARKS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])

_CLASS = re.compile(r"([A-Z][a-z0-9]+){2,}")


def plain(text: str) -> str:
    """Return a text as it was written, without the marks that Firefox adds."""
    return _PAIR_MARK.sub(r"\1", text)


def undirected(text: str) -> str:
    """Return a text without the marks of its direction, which nobody sees."""
    return text.translate(_DIRECTION_MARKS)


def called(name: str) -> str:
    """Return what an element is called: without such marks, and once where GTK 4.8 tells it twice, first with its mnemonic.

    The button *Save* of its dialogs is named "_Save Save".
    """
    name = undirected(plain(name))
    middle = len(name) // 2
    first, second = name[:middle], name[middle + 1 :]
    is_double = name[middle : middle + 1] == " " and first.count("_") == 1 and first.replace("_", "") == second
    return second if is_double else name


def is_class(name: str) -> bool:
    """Whether a name may be that of a class, as GTK 4.8 calls what has none: "GtkMenuButton"."""
    return _CLASS.fullmatch(name) is not None
