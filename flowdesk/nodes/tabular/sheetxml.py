"""The XML of a sheet, cut where rows are added: everything before and behind stays as it is."""

import contextlib
import re
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.parsers import expat

from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.cells import Row, SheetParser
from flowdesk.nodes.tabular.package import broken


class SheetXml:
    """A sheet's XML with what adding needs to know of it."""

    def __init__(self, content: bytes, path: Path) -> None:
        """Look through the XML.

        Raises:
            NodeError: If it is broken, or not in UTF-8.
        """
        self.content = content
        self.header: Row | None = None
        self.last = 0
        """Number of the last row that holds something."""
        self.left = 0
        """The leftmost column that holds something."""
        self.recent: deque[Row] = deque(maxlen=3)
        """The last rows that hold something."""
        self.behind: list[Row] = []
        """Rows behind the last that holds something: formats without values."""
        self.bottoms: dict[int, int] = {}
        """The last row that holds something, by column."""
        self.sums: dict[int, float] = {}
        """The sum of the numbers, by column."""
        self.has_formulas = False
        self.first_rows: list[Row] = []
        self._wanted = 0
        self.around = SheetParser(self._take)
        self._parse(path)
        self.column_styles = _column_styles(content[: max(self.around.data_begin, 0)])

    def _parse(self, path: Path) -> None:
        declared = re.match(rb"""\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=["']([\w-]+)""", self.content)
        if b"<!DOCTYPE" in self.content:
            raise broken(path, ValueError(say("a part of it declares entities")))
        if declared and declared.group(1).lower() not in {b"utf-8", b"us-ascii"}:
            raise broken(path, ValueError(say("a sheet of it is not in UTF-8")))
        try:
            self.around.parser.Parse(self.content, True)
        except (expat.ExpatError, ValueError) as error:
            raise broken(path, error) from error
        if self.around.data_begin < 0:
            raise broken(path, ValueError(say("a sheet of it has no cells")))

    def _take(self, row: Row) -> None:
        filled = [cell for cell in row.cells if cell.is_filled]
        self.has_formulas = self.has_formulas or any(cell.formula for cell in row.cells)
        if not filled:
            self.behind.append(row)
            return
        self.behind.clear()
        self.last = row.number
        self.recent.append(row)
        if len(self.first_rows) < 30:
            self.first_rows.append(row)
        for cell in filled:
            self.bottoms[cell.column] = row.number
            if cell.kind == "n" and cell.value:
                with contextlib.suppress(ValueError):
                    self.sums[cell.column] = self.sums.get(cell.column, 0.0) + float(cell.value)
            if not self.left or cell.column < self.left:
                self.left = cell.column

    @property
    def prefix(self) -> str:
        """The prefix of the elements' names, with its colon."""
        return self.around.prefix

    def end_of(self, row: Row) -> int:
        """Return the byte behind a row."""
        return end_of(self.content, row)

    def behind_data(self) -> int:
        """Return the byte behind ``</sheetData>``, or ``<sheetData/>``."""
        return _behind(self.content, self.around.data_end, _DATA_ENDS)

    def parts(self) -> tuple[bytes, bytes, bytes]:
        """Return what lies before the place of new rows, the rows behind it, and the rest, from ``</sheetData>`` on."""
        around, name = self.around, f"{self.prefix}sheetData".encode()
        end = self.behind_data()
        if end == around.data_end:  # <sheetData/>
            head = self.content[: around.data_begin] + b"<" + name + b">"
            return head, b"", b"</" + name + b">" + self.content[end:]
        cut = self.behind[0].begin if self.behind else around.data_end
        return self.content[:cut], self.content[cut : around.data_end], self.content[around.data_end :]

    def style_for(self, column: int, header: int) -> int:
        """Return the style of new cells of a column: that of the rows above, where most of them agree."""
        styles = [
            cell.style for row in self.recent if row.number > header for cell in row.cells if cell.column == column
        ]
        if styles:
            counted = Counter(styles)
            most = max(counted.values())
            return next(style for style in reversed(styles) if counted[style] == most)
        return next((style for first, last, style in self.column_styles if first <= column <= last), 0)


def end_of(content: bytes, row: Row) -> int:
    """Return the byte behind a row of a sheet's XML."""
    return _behind(content, row.end, _ROW_ENDS)


_ROW_ENDS = re.compile(rb"</(?:[\w.-]+:)?row\s*>")
_DATA_ENDS = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>")


def _behind(content: bytes, place: int, ends: "re.Pattern[bytes]") -> int:
    """Return the byte behind an element. The parser's place of an end is where its end tag begins, but behind ``<row/>``."""
    tag = ends.match(content, place)
    return tag.end() if tag is not None else place


def _column_styles(head: bytes) -> list[tuple[int, int, int]]:
    found = []
    for tag in re.findall(rb"<(?:\w+:)?col\b[^>]*>", head):
        keys = dict(re.findall(rb'(\w+)="([^"]*)"', tag))
        if keys.get(b"style", b"").isdigit():
            found.append((int(keys[b"min"]), int(keys[b"max"]), int(keys[b"style"])))
    return found


def row_xml(
    number: int, cells: Sequence[tuple[int, str]], prefix: str, attributes: dict[str, str] | None = None
) -> str:
    """Return a row of cells that are written already, in the order of their columns."""
    kept = "".join(
        f' {key}="{_attribute(value)}"' for key, value in (attributes or {}).items() if key not in {"r", "spans"}
    )
    return f'<{prefix}row r="{number}"{kept}>' + "".join(text for _, text in sorted(cells)) + f"</{prefix}row>"


def _attribute(value: Any) -> str:
    return str(value).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?(?:/>|>.*?</(?:\w+:)?c>)", re.DOTALL)


def cells_of(content: bytes) -> list[str]:
    """Return the cells of a row as its XML writes them."""
    return [match.group().decode() for match in _CELL.finditer(content)]
