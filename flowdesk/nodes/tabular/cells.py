"""The cells of a sheet as its XML has them, row by row, with the places of the rows in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.parsers import expat

from flowdesk.nodes.tabular.package import local


class Cell(NamedTuple):
    """A cell as it is stored."""

    column: int
    """1-based."""
    kind: str
    """``n``, ``s`` (a shared text), ``str``, ``inlineStr``, ``b``, ``e`` or ``d``."""
    style: int
    value: str | None
    """``None`` if nothing is stored."""
    formula: bool

    @property
    def is_filled(self) -> bool:
        """Whether it shows something, or has a formula that was never calculated."""
        if self.formula and self.value is None:
            return self.kind != "str"
        return self.value not in (None, "")


@dataclass(frozen=True, slots=True)
class Row:
    """A row, with its place in the XML."""

    number: int
    attributes: dict[str, str]
    cells: list[Cell]
    begin: int
    end: int
    """Where its end tag begins; behind it where it is ``<row/>``."""


class SheetParser:
    """Calls ``on_row`` for every row. Other parts of a sheet are kept where they say where something lies."""

    def __init__(self, on_row: Callable[[Row], None]) -> None:
        """Make the parser; ``parser`` is fed from outside."""
        self.merges: list[str] = []
        self.prefix = ""
        self.data_begin = -1
        self.data_end = -1
        """Where ``</sheetData>`` begins; behind it where it is ``<sheetData/>``."""
        self.dimension = ""
        self.dimension_at = -1
        self.is_protected = False
        self.filter = ""
        self._on_row = on_row
        self._number = 0
        self._column = 0
        self._row: dict[str, str] = {}
        self._row_begin = 0
        self._cells: list[Cell] = []
        self._kind, self._style = "n", 0
        self._value: list[str] | None = None
        self._has_formula = False
        self._takes = False
        self._phonetic = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag) if ":" in tag else tag
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v":
            self._takes = True
            self._value = []
        elif name == "t":
            if not self._phonetic:
                self._takes = True
                self._value = self._value or []
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._phonetic += 1
        elif name == "row":
            given = attributes.get("r", "")
            self._number = int(given) if given.isdigit() else self._number + 1
            self._column, self._cells, self._row = 0, [], attributes
            self._row_begin = self.parser.CurrentByteIndex
        else:
            self._around(name, tag, attributes)

    def _around(self, name: str, tag: str, attributes: dict[str, str]) -> None:
        match name:
            case "worksheet":
                self.prefix = tag[: -len(name)]
            case "dimension":
                self.dimension, self.dimension_at = attributes.get("ref", ""), self.parser.CurrentByteIndex
            case "sheetData":
                self.data_begin = self.parser.CurrentByteIndex
            case "mergeCell":
                self.merges.append(attributes.get("ref", ""))
            case "sheetProtection":
                self.is_protected = attributes.get("sheet", "0") in {"1", "true"}
            case "autoFilter":
                self.filter = self.filter or attributes.get("ref", "")

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        self._column = _column_of(place) if place else self._column + 1
        self._kind = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self._style = int(style) if style.isdigit() else 0
        self._value, self._has_formula, self._takes = None, False, False

    def _end(self, tag: str) -> None:
        name = local(tag) if ":" in tag else tag
        if name == "c":
            value = None if self._value is None else "".join(self._value)
            if self._has_formula and value == "" and self._kind != "str":
                value = None
            self._cells.append(Cell(self._column, self._kind, self._style, value, self._has_formula))
        elif name in {"v", "t"}:
            self._takes = False
        elif name == "row":
            row = Row(self._number, self._row, self._cells, self._row_begin, self.parser.CurrentByteIndex)
            self._on_row(row)
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "sheetData":
            self.data_end = self.parser.CurrentByteIndex

    def _text(self, text: str) -> None:
        if self._takes and self._value is not None:
            self._value.append(text)


def _column_of(place: str, known: dict[str, int] = {}) -> int:  # noqa: B006 - a memory of letters, bounded by columns
    letters = place.rstrip("0123456789")
    number = known.get(letters)
    if number is None:
        number = 0
        for letter in letters.upper():
            number = number * 26 + ord(letter) - 64
        if not 0 < number <= 16_384:
            raise ValueError(f"there is no column {letters}")
        known[letters] = number
    return number


def corners(reference: str) -> tuple[int, int, int, int]:
    """Return top, left, bottom and right of a reference such as ``A1:C9``.

    Raises:
        ValueError: If it is none.
    """
    first, _, last = reference.replace("$", "").partition(":")
    last = last or first
    parts: list[Any] = []
    for each in (first, last):
        digits = each.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        if not digits.isdigit():
            raise ValueError(f"{reference} names no cells")
        parts += [int(digits), _column_of(each)]
    return parts[0], parts[1], parts[2], parts[3]
