"""What an error means and what to do about it, by its code: the sections of the page on troubleshooting."""

import difflib
import re
import sys

from flowdesk.exitcodes import INVALID, SUCCEEDED
from flowdesk.i18n import language, set_language, tr
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.resource import resource_path

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def page(name: str = "") -> str:
    """Return the whole page as Markdown, in the language ``name`` or the one in force."""
    return resource_path("help", f"troubleshooting.{name or language()}.md").read_text(encoding="utf-8")


def sections(name: str = "") -> dict[str, str]:
    """Return the section for each code as plain text, in the language ``name`` or the one in force."""
    parts = re.split(r"^## (\S+)\n", page(name), flags=re.MULTILINE)[1:]
    return {code: _plain(text) for code, text in zip(parts[::2], parts[1::2], strict=True)}


def explained(code: str) -> str:
    """Return the section for a code.

    Raises:
        RequestInvalid: If there is none; names the nearest.
    """
    known = sections()
    if code in known:
        return known[code]
    near = difflib.get_close_matches(code, known, n=1)
    fix = say('Did you mean "{word}"?', word=near[0]) if near else say("Use one of: {names}.", names=", ".join(known))
    raise RequestInvalid(say('There is no error with the code "{code}".', code=code), fix)


def explain(code: str) -> int:
    """Print the section for a code, or that there is none. Returns the exit code."""
    set_language("system")
    try:
        sys.stdout.write(f"{explained(code)}\n")
    except RequestInvalid as error:
        sys.stderr.write(f"flowdesk: {tr(error.message)}\n  {tr(error.fix)}\n")
        return INVALID
    return SUCCEEDED


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", text).replace("**", "").replace("`", "").strip()
