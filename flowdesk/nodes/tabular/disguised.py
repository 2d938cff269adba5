"""Files that are something else than their name says: a web page called ``orders.csv`` is an answer, not a table."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import Sentence, say

LOOKED_AT = 4_000
"""Bytes at the beginning of a file that are looked at."""
LARGEST_JSON = 5_000_000
"""Characters of a text that is tried as JSON."""
OTHERS: Mapping[str, Sentence] = dict.fromkeys(
    (
        ".xlsb", ".xltx", ".xltm", ".xlam", ".numbers", ".et", ".ett", ".dbf", ".parquet",
        ".doc", ".docx", ".odt", ".rtf", ".pdf", ".html", ".htm", ".mht", ".xml", ".zip", ".gz", ".7z", ".rar",
    ),
    say("Save it as XLSX or CSV."),
)  # fmt: skip
"""Endings of files that hold tables, or what people take for one, and that flowdesk does not read, with what to do."""

_SIGNS: tuple[tuple[bytes, Sentence, Sentence], ...] = (
    (b"PK\x03\x04", say("an XLSX workbook or ZIP archive"), say("Rename it to .xlsx if it is a workbook. Otherwise, extract it.")),
    (b"\xd0\xcf\x11\xe0", say("an Excel 97 workbook"), say("Open it in Excel or LibreOffice and save it as XLSX.")),
    (b"\x1f\x8b", say("a compressed file"), say("Extract it first.")),
    (b"%PDF-", say("a PDF document"), say("Use the file that the table comes from, or read the text with a PDF node.")),
    (b"{\\rtf", say("an RTF document"), say("Save the table as XLSX or CSV.")),
    (b"\x89PNG", say("a picture"), say("Choose a table.")),
    (b"\xff\xd8\xff", say("a picture"), say("Choose a table.")),
    (b"GIF8", say("a picture"), say("Choose a table.")),
)  # fmt: skip
_PAGE = re.compile(
    r"(?:<\?xml[^>]*>|<!--(?>.*?-->)|\s)*+<(?:!doctype\s+html|html|head|body|table|meta|script|div)\b", re.I | re.DOTALL
)
"""What stands before is passed once and for all: of many comments every other way to cut them up would be tried."""
_XML = re.compile(r"\s*<\?xml\s|\s*<(?:[\w-]+:)?(?:Workbook|rss|feed|Envelope)\b[^>]*>")


def check_is_csv(path: Path, content: bytes, text: str = "") -> None:
    """Refuse a file that is surely no CSV.

    Args:
        path: Its name, for the error.
        content: Its bytes, or their beginning.
        text: What they say, where they are text.

    Raises:
        NodeError: If it is something else. Says what.
    """
    found = disguise(content, text)
    if found is not None:
        what, fix = found
        raise NodeError(say('"{path}" is not a CSV file, but {what}.', path=path.name, what=what), fix)


def disguise(content: bytes, text: str = "") -> tuple[Sentence, Sentence] | None:
    """Return what a file is that is called a table, and what to do; ``None`` where nothing speaks against it."""
    begin = content[:LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    for sign, what, fix in _SIGNS:
        if begin.startswith(sign):
            return what, fix
    head = (text or begin.decode("utf-8", "ignore"))[:LOOKED_AT].lstrip("\ufeff")
    if _PAGE.match(head):
        return say("a web page"), say(
            "Open it in a browser to see what it says. If it shows the table, save it as XLSX or CSV."
        )
    if _XML.match(head):
        return say("an XML file"), say("Open it in Excel or LibreOffice and save it as XLSX.")
    return (say("JSON"), say("Rename it to .json.")) if _is_json(text) else None


def _is_json(text: str) -> bool:
    """Whether a text is one object or list of objects."""
    stripped = text.strip("\ufeff \t\r\n")
    if not (stripped[:1] in {"{", "["} and stripped[-1:] in {"}", "]"} and len(stripped) <= LARGEST_JSON):
        return False
    try:
        found = json.loads(stripped)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) or (bool(found) and all(isinstance(row, dict) for row in found))
