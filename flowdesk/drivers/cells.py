"""Text that goes into cells of a sheet: spreadsheets complete what is typed from the cells around it, and take that on Enter or Tab.

A cell is no field that has the keyboard, so nothing can be read where the text goes. But sheets show what is typed in a field
beside it, or have a field in the cell from the first key on (measured: Gnumeric, LibreOffice Calc). Gnumeric only draws what it
adds. One more character and a backspace end a completion in both; they are sent only where what was typed is seen to be there.
"""

import re

PROOF = "0"
"""What is typed after a text and taken back: it ends no word and opens nothing."""

_PIECES = re.compile(r"[^\n\t]+|[\n\t]+")


def pieces_of(text: str) -> list[str]:
    """Cut a text into what goes into cells, and the line ends and tabs between."""
    return _PIECES.findall(text)


def is_indented(text: str) -> bool:
    """Whether a text has more than one line, one of which begins with blanks: it is code, not the cells of a sheet."""
    lines = text.split("\n")
    return len(lines) > 1 and any(line[:1] in {" ", "\t"} and not line.isspace() for line in lines)


def is_for_cell(piece: str) -> bool:
    """Whether a piece of a text begins with what goes into a cell, and is no key between two."""
    return piece[0] not in "\n\t"
