"""Why something failed, in the reader's language: what the system, JSON and regular expressions say in English only. Pure."""

import errno
import json
import re
from collections.abc import Mapping

from flowdesk.model.sentence import Sentence, say

_SYSTEM: Mapping[int, Sentence] = {
    errno.ENOENT: say("the file or folder does not exist"),
    errno.EACCES: say("you do not have permission"),
    errno.EPERM: say("the system does not allow it"),
    errno.ENOSPC: say("the disk is full"),
    errno.EDQUOT: say("your disk quota is used up"),
    errno.EROFS: say("the disk is read-only"),
    errno.EISDIR: say("it is a folder"),
    errno.ENOTDIR: say("a part of the path is not a folder"),
    errno.ENOTEMPTY: say("the folder is not empty"),
    errno.EEXIST: say("it already exists"),
    errno.ENAMETOOLONG: say("the name is too long"),
    errno.EBUSY: say("another program uses it"),
    errno.ETXTBSY: say("another program uses it"),
    errno.ELOOP: say("its links point to each other"),
    errno.EMFILE: say("too many files are open"),
    errno.EIO: say("the disk reports an error"),
    errno.EPIPE: say("nobody reads it any longer"),
    errno.ENOEXEC: say("it is not a program for this system"),
    errno.ECONNREFUSED: say("the connection was refused"),
    errno.ECONNRESET: say("the connection was closed"),
    errno.ETIMEDOUT: say("there was no response in time"),
    errno.EHOSTUNREACH: say("the host is not reachable"),
    errno.ENETUNREACH: say("the network is not reachable"),
    errno.EADDRINUSE: say("another program uses the address"),
    errno.EADDRNOTAVAIL: say("this computer does not have the address"),
}
_FIXES: Mapping[int, Sentence] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), say("Free up space, or use another disk.")),
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM, errno.EROFS),
        say("Close the file in other programs, change its permissions, or use another folder."),
    ),
    errno.ENAMETOOLONG: say("Use a shorter name."),
    errno.ENOTEMPTY: say("Empty the folder first."),
    errno.ENOENT: say("Check the path."),
    **dict.fromkeys((errno.EISDIR, errno.ENXIO), say("Choose a file.")),
    errno.ENOTDIR: say("Check the path: a folder is expected there."),
    errno.ELOOP: say("Repair the links."),
    errno.EIO: say("Check the disk."),
}
_JSON = {
    "Expecting value": say("a value is missing"),
    "Expecting property name": say("a key in double quotes is missing"),
    "Expecting ',' delimiter": say("a comma is missing"),
    "Expecting ':' delimiter": say("a colon is missing"),
    "Extra data": say("there is text after the end"),
    "Unterminated string": say("a text has no closing quote"),
    "Invalid control character": say("a text contains a line break or control character"),
    "Invalid \\": say("a backslash is not followed by a valid escape"),
    "Illegal trailing comma": say("there is a comma after the last entry"),
}
_PATTERN = {
    "missing )": say("a bracket is not closed"),
    "unbalanced parenthesis": say("a closing bracket has no opening bracket"),
    "unterminated character set": say("a [ is not closed"),
    "nothing to repeat": say("there is nothing to repeat before *, + or ?"),
    "multiple repeat": say("two repeats follow each other"),
    "min repeat greater": say("the lower limit of a repeat is above the upper limit"),
    "bad escape": say("the character after a backslash has no meaning"),
    "bad character range": say("a range in [ ] is reversed"),
    "unknown extension": say("the characters after (? are unknown"),
    "invalid group reference": say("it refers to a group that does not exist"),
    "unknown group": say("it refers to a group that does not exist"),
}


def system_cause(error: BaseException) -> Sentence | str:
    """Say why the system refused something; in the error's own words where flowdesk has none, or they are not the system's."""
    if isinstance(error, UnicodeEncodeError):
        return say("a text contains half a character")
    if isinstance(error, ValueError) and "null byte" in str(error):
        return say("a text contains a zero character")
    number, own = getattr(error, "errno", None) or 0, getattr(error, "strerror", None)
    known = _SYSTEM.get(number)
    if known is not None and (own is None or own[:1].isupper()):  # flowdesk's own begin small, to stand in a sentence
        return known
    return own or str(error)


def file_fix(error: BaseException) -> Sentence:
    """Say what to do about a file that the system refused."""
    number = getattr(error, "errno", None) or 0
    return _FIXES.get(number, say("Check the path, and close the file in other programs."))


def json_cause(error: json.JSONDecodeError) -> Sentence | str:
    """Say what is wrong with a JSON text; its place is the error's."""
    return _first(_JSON, error.msg)


def pattern_cause(error: Exception) -> Sentence | str:
    """Say what is wrong with a regular expression, and where: a fault of ``re`` or of ``regex``."""
    text = str(getattr(error, "msg", None) or error)
    known = _first(_PATTERN, text)
    place = error.pos if isinstance(error, re.error) else getattr(error, "pos", None)
    if known is text or place is None:
        return known
    return say("{reason} (character {place})", reason=known, place=place + 1)


def _first(known: Mapping[str, Sentence], text: str) -> Sentence | str:
    return next((sentence for begin, sentence in known.items() if text.startswith(begin)), text)
