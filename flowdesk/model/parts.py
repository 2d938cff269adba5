"""What can be chosen in an element: the options of a list, the entries of a menu, the pages of a tab bar. Pure."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from flowdesk.model.geometry import Box

Kind = Literal["combo", "list", "radio", "tabs", "menu", ""]
Tick = Literal["on", "off", "mixed"]

_SHORTCUT = re.compile(r"\t.*$|\s{2,}(?:(?:ctrl|alt|shift|super|meta|strg|umschalt)\+\S+|f\d{1,2})$", re.IGNORECASE)
_DOTS = re.compile(r"\s*(?:…|\.\.\.|⋯)$")
_MNEMONIC = re.compile(r"\s*[(（][&_]?[A-Za-z0-9][)）](?=$|…|\.\.\.)")
_MARKED = re.compile(r"[&_](?=[^\s&_])")
_NEAREST = 5
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Opener:
    """What may open a menu in a window: its menu bar, or a button."""

    kind: Literal["menu_bar", "button"]
    name: str
    handle: Any


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that can be chosen."""

    number: int
    """1 is the first."""
    text: str
    box: Box | None = None
    """Where it is on the screen; None where it is not shown."""
    is_enabled: bool = True
    is_chosen: bool | None = None
    """Whether it is the one that is chosen; None where nobody tells."""
    is_marked: bool = False
    """Whether it is highlighted: what a press would take."""
    tick: Tick | None = None
    has_more: bool = False
    """Whether a menu hangs on it."""
    others: tuple[str, ...] = ()
    """What else stands on it, in further columns."""
    handle: Any = field(default=None, repr=False, compare=False)
    cells: tuple[Any, ...] = field(default=(), repr=False, compare=False)
    """The driver's own references to the columns of a row, its first among them; empty where it is no row."""

    def borne_by(self, wanted: str) -> "Part":
        """Return it as the column that bears a text: what is pressed of a row is what was named, not the box in its first column."""
        texts = [plain(text).casefold() for text in (self.text, *self.others)]
        name = plain(wanted).casefold()
        if name not in texts or len(self.cells) != len(texts):
            return self
        at = texts.index(name)
        return replace(self, handle=self.cells[at], box=self.box if at == 0 else None)


@dataclass(frozen=True, slots=True)
class Parts:
    """All that can be chosen in an element, as far as its program tells."""

    kind: Kind
    parts: tuple[Part, ...] = ()
    value: str | None = None
    """What is chosen, as a text; None where nobody tells."""
    is_open: bool = False
    """Whether a combo box or a menu says that it is unfolded."""
    is_editable: bool = False
    frame: Box | None = None
    """Where parts can be seen, of a list that scrolls."""
    total: int = 0
    """How many parts there are; more than ``parts`` where there are too many to read."""
    handle: Any = field(default=None, repr=False, compare=False)
    """The driver's own reference to what holds the parts."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table or of a list, as texts."""

    rows: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] = ()
    total_rows: int = 0
    total_columns: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows or columns than were read."""
        width = len(self.rows[0]) if self.rows else 0
        return self.total_rows > len(self.rows) or self.total_columns > width

    def records(self) -> list[Any]:
        """Return the rows as objects by their headers; as lists where there are no headers that tell columns apart."""
        names = [name.strip() for name in self.header]
        if names and all(names) and len(set(names)) == len(names):
            return [dict(zip(names, row, strict=False)) for row in self.rows]
        return [row[0] if len(row) == 1 else list(row) for row in self.rows]


def plain(text: str) -> str:
    """Return a text with its spaces evened out."""
    return " ".join(text.split())


def entry_name(text: str) -> str:
    """Return the name of a menu's entry, without its shortcut, its trailing dots and what is underlined in it."""
    name = _SHORTCUT.sub("", text)
    name = _MNEMONIC.sub("", name.strip())
    return _DOTS.sub("", plain(name)).strip()


def fitting(parts: Sequence[Part], wanted: str, *, is_menu: bool = False) -> list[Part]:
    """Return the parts of a name: those that are called exactly so, else those that differ in case only.

    In a menu, dots and shortcuts at the end do not count, nor the signs ``&`` and ``_`` of what is underlined.
    """
    if not is_menu:
        name = plain(wanted)
        exact = [part for part in parts if name in (plain(part.text), *map(plain, part.others))]
        folded = name.casefold()
        return exact or [
            part
            for part in parts
            if folded in (plain(part.text).casefold(), *(plain(o).casefold() for o in part.others))
        ]
    for form in (entry_name, _unmarked, lambda text: _unmarked(text).casefold()):
        found = [part for part in parts if form(part.text) == form(wanted)]
        if found:
            return found
    return []


def _unmarked(text: str) -> str:
    return _MARKED.sub("", entry_name(text))


def nearest(parts: Sequence[Part], wanted: str) -> list[str]:
    """Return the names that are most like what was wanted; the first ones where none is."""
    names = list(dict.fromkeys(part.text for part in parts if part.text))
    by_form = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(wanted.casefold(), by_form, _NEAREST, 0.5)
    return [by_form[form] for form in close] or names[:_LISTED]
