"""Names of files that people give: each can be one on Linux, Windows and macOS alike, and never makes a folder unseen."""

import re

from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import Sentence, say

SUFFIX = ".flow.json"
LONGEST = 240
"""Bytes in UTF-8, the suffix counted: 255 is what file systems hold, and ``.bak`` and a copy's number are added to it."""
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""They let a name read as another one does (Unicode UAX #9)."""
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)", re.IGNORECASE)


def stem_of(file_name: str) -> str:
    """Return what a flow's file is called without its suffix."""
    return file_name.removesuffix(".json").removesuffix(".flow")


def file_name_of(name: str) -> str:
    """Return the name of the file for a flow's name; one that ends in ``.json`` is a file's already."""
    return name if name.endswith(".json") else name + SUFFIX


def fault_of(name: str) -> Sentence | str | None:
    """Return why no file may have this name on one of the three systems, or ``None``."""
    found = _FORBIDDEN.search(name)
    if not name.strip() or name.strip(". ") == "":
        return say("It contains no letters.")
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        return say("It contains an incomplete character.")
    if found is not None:
        shown = found.group() if found.group().isprintable() else repr(found.group())[1:-1]
        return say("It contains {letter}.", letter=shown)
    if _TURNING.search(name):
        return say("It contains an invisible character that turns the direction of the text.")
    if name.startswith("."):
        return say("It begins with a dot, so it would be hidden.")
    if name != name.strip() or stem_of(name).endswith((".", " ")) or name.endswith("."):
        return say("It starts or ends with a space, or ends with a dot.")
    if _RESERVED.match(name):
        return say("Windows reserves this name.")
    if len(file_name_of(name).encode()) > LONGEST:
        return say("It is longer than {count} bytes.", count=LONGEST)
    return None


def safe_name(name: str) -> str:
    """Return the name nearest to one that was given that every system can hold."""
    plain = "".join(letter for letter in name if not "\ud800" <= letter <= "\udfff")
    plain = _trimmed(_FORBIDDEN.sub("-", _TURNING.sub("", plain)).lstrip("."))
    if _RESERVED.match(plain):
        plain = "_" + plain
    while len(file_name_of(plain).encode()) > LONGEST:
        plain = plain[:-1]
    plain = _trimmed(plain)
    return plain if fault_of(plain) is None else "flow"


def _trimmed(name: str) -> str:
    while (shorter := name.strip().rstrip(".")) != name:
        name = shorter
    return name


def check_name(name: str) -> str:
    """Return a name that a file may have.

    Raises:
        RequestInvalid: If one of the three systems cannot hold it; ``details["suggestion"]`` is the nearest that all can.
    """
    fault = fault_of(name)
    if fault is None:
        return name
    shown = name.encode("utf-8", "replace").decode()[:80]
    suggestion = safe_name(name)
    raise RequestInvalid(
        say('"{name}" is not a valid file name: {reason}', name=shown, reason=fault),
        say('Use another name, such as "{suggestion}".', suggestion=suggestion),
        field="name",
        suggestion=suggestion,
    )
