"""Opening a PDF, and which of its pages are meant."""

import re
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, PyPdfError

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say

LARGEST = 500_000_000
"""Bytes of a file at most."""
_RANGE = re.compile(r"(\d+)?\s*(-)?\s*(\d+)?")


def opened(path: Path, password: str = "") -> PdfReader:
    """Open a PDF; one that anybody may read opens without a password.

    Raises:
        NodeError: If it cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise NodeError(say('"{path}" is too large.', path=str(path)), say("Split it with another program."))
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(password):
            raise NodeError(
                say('"{path}" needs a password, and the given one does not open it.', path=str(path)),
                say("Enter the password, such as {{secret:pdf}}."),
            )
        len(reader.pages)
    except OSError as error:
        raise NodeError(
            say('"{path}" cannot be read: {reason}', path=str(path), reason=error.strerror or str(error)),
            say("Check the file."),
        ) from error
    except Exception as error:
        if isinstance(error, NodeError):
            raise
        raise broken(path, error) from error
    return reader


def broken(path: Path, error: Exception) -> NodeError:
    """Return what to say of a file that is no PDF, or a damaged one: libraries raise anything there."""
    if isinstance(error, FileNotDecryptedError):
        return NodeError(
            say('"{path}" needs a password.', path=str(path)), say("Enter the password, such as {{secret:pdf}}.")
        )
    reason = str(error) if isinstance(error, PyPdfError) and str(error) else type(error).__name__
    return NodeError(
        say('"{path}" is damaged or no PDF: {reason}', path=str(path), reason=reason),
        say("Open it in a viewer and save it again."),
    )


def chosen(pages: str, count: int) -> list[int]:
    """Return the numbers of pages that a text such as ``1-3, 5, 8-`` means, the first 1; all of them for an empty one.

    Raises:
        NodeError: If it means none, or one that is not there.
    """
    if not pages.strip():
        return list(range(1, count + 1))
    found: list[int] = []
    for part in re.split(r"[,;，；、]", pages.strip().rstrip(",;，；、")):
        match = _RANGE.fullmatch(part.strip())
        if match is None or not (match[1] or match[3]) or (match[3] and not match[2]):
            raise NodeError(say('"{text}" does not name pages.', text=pages), say("Write pages like 1-3, 5, 8-."))
        first = int(match[1] or 1)
        last = int(match[3] or count) if match[2] else first
        if not 1 <= first <= last <= count:
            raise NodeError(
                say('Pages "{text}" are not there: the file has {count}.', text=part.strip(), count=count),
                say("Write pages like 1-3, 5, 8-."),
            )
        found.extend(range(first, last + 1))
    return found
