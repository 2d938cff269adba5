"""How a JSON file is laid out, so that what is added looks like the rest. Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")
_SCANNER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the items of a list are written. White space is given as it stands before and behind them."""

    first: str = "\n  "
    """Before the first item."""
    before: str = "\n  "
    """Before each other item."""
    after: str = "\n"
    """Before the closing bracket."""
    indent: str | None = "  "
    """What each level inside an item is indented by; ``None`` for items on one line."""
    colon: str = ": "
    comma: str = ", "
    """Between the parts of an item on one line."""
    line_end: str = "\n"
    is_escaped: bool = False
    r"""Whether letters beyond ASCII are written as ``\u00fc``."""

    def item(self, value: Any) -> str:
        """Write an item."""
        signs = (self.comma if self.indent is None else ",", self.colon)
        written = json.dumps(
            value, ensure_ascii=self.is_escaped, indent=self.indent, separators=signs, default=str
        )  # fmt: skip
        return written.replace("\n", self.line_end + _margin(self.before))

    def items(self, values: Sequence[Any]) -> str:
        """Write items that follow others, each with its comma."""
        return "".join(f",{self.before}{self.item(value)}" for value in values)

    def inside(self, values: Sequence[Any]) -> str:
        """Write what stands between the opening bracket and the white space before the closing one."""
        return self.first + self.item(values[0]) + self.items(values[1:])

    def whole(self, values: Sequence[Any]) -> str:
        """Write a list."""
        return f"[{self.inside(values)}{self.after}]" if values else "[]"


USUAL = Layout()
LINE = Layout("", " ", "", None)
"""A list on one line, and a line of JSON Lines."""


def layout_of(text: str) -> Layout:
    """Return how a list is laid out, by its first items; on one line where it has none."""
    first, begin = _space_at(text, _space_at(text, 0)[1] + 1)
    line_end = "\r\n" if "\r\n" in text else "\n"
    if text[begin : begin + 1] in ("]", ""):
        return LINE if "\n" not in first else USUAL
    _, end = _SCANNER.raw_decode(text, begin)
    item = text[begin:end]
    indent, colon, comma = _inside(item, _margin(first))
    _, place = _space_at(text, end)
    has_more = text[place : place + 1] == ","
    before = _space_at(text, place + 1)[0] if has_more else first if "\n" in first else comma[1:]
    after = _space_at(text, len(text.rstrip()[:-1].rstrip()))[0]
    return Layout(first, before, after, indent, colon, comma, line_end, is_escaped(text))


def line_layout(text: str) -> Layout:
    """Return how the lines of a JSON Lines file are written, by the first one."""
    item = next((line for line in text.split("\n", 20) if line.strip()), "")
    _, colon, comma = _inside(item.strip(), "")
    return Layout("", "", "", None, colon, comma, is_escaped=is_escaped(text))


def is_escaped(text: str) -> bool:
    """Whether a text is ASCII because letters beyond it are written as escapes."""
    return text.isascii() and re.search(r"\\u[0-9a-fA-F]{4}", text) is not None


def _space_at(text: str, place: int) -> tuple[str, int]:
    found = _SPACE.match(text, place)
    return (found.group(), found.end()) if found is not None else ("", place)


def _margin(space: str) -> str:
    """How far the line is indented that white space leads to."""
    return space.rpartition("\n")[2] if "\n" in space else ""


def _inside(item: str, margin: str) -> tuple[str | None, str, str]:
    """How an item is written: its indent, what stands behind names, and what between parts."""
    named = re.match(r'[{\[]\s*"(?:[^"\\]|\\.)*"(\s*:[ \t]*)', item)
    colon = named.group(1) if named is not None and item.startswith("{") else ": "
    inner = re.match(r"[{\[]\r?\n([ \t]*)\S", item)
    if inner is not None:
        return inner.group(1).removeprefix(margin), colon, ", "
    return None, colon, "," if colon.endswith(":") else ", "
