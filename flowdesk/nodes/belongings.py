"""What a package brings beside its node types, in folders beside its code: translations and icons.

``locale/zh_CN.json`` holds translations by their English texts, ``icons/NAME.svg`` the drawings that ``icon="NAME"`` names.
"""

import json
import logging
import re
from importlib.metadata import Distribution
from importlib.resources import files
from importlib.resources.abc import Traversable

from flowdesk.i18n import LANGUAGES, add_texts
from flowdesk.model.package import Package
from flowdesk.resource import has_icon

logger = logging.getLogger(__name__)

LARGEST = 1_000_000
"""Bytes of a file that is read at most."""
LONGEST_DRAWING = 20_000
"""Characters of an icon at most."""
SHAPES = frozenset({"path", "circle", "ellipse", "rect", "line", "polyline", "polygon"})
GEOMETRY = frozenset({
    "d", "cx", "cy", "r", "rx", "ry", "x", "y", "width", "height", "x1", "y1", "x2", "y2", "points", "transform",
})  # fmt: skip
"""What of an icon is kept: lines. A page shows it, so nothing in it may act, load or hide anything."""
_PLACE = re.compile(r"\{(\w+)\}")


def package_of(distribution: Distribution) -> Package:
    """Return what the metadata of an installed package tells."""
    told = distribution.metadata

    def field(name: str) -> str:
        return str(told[name]).strip() if name in told else ""

    author = field("Author") or field("Author-email").partition("<")[0].strip().strip('"')
    return Package(field("Name"), distribution.version, author, field("Summary"))


def add_translations(module: str) -> None:
    """Take the translations that lie beside a package's code. flowdesk's own are never replaced."""
    for language in LANGUAGES:
        text = _read(module, "locale", f"{language}.json")
        if text is None:
            continue
        try:
            given = json.loads(text)
        except ValueError as error:
            logger.warning("the translations of %s into %s cannot be read: %s", module, language, error)
            continue
        pairs = given.items() if isinstance(given, dict) else ()
        kept = {key: value for key, value in pairs if isinstance(value, str) and _places(key) == _places(value)}
        if len(kept) < len(given):
            logger.warning("%s of the translations of %s do not fit their texts", len(given) - len(kept), module)
        add_texts(language, kept)


def _places(text: str) -> set[str]:
    return set(_PLACE.findall(text))


def drawing_of(module: str, icon: str) -> str:
    """Return the drawing that a package brings for an icon, reduced to its lines; empty where flowdesk has the icon."""
    if has_icon(icon) or not icon.replace("-", "").isalnum():
        return ""
    text = _read(module, "icons", f"{icon}.svg")
    if text is None:
        logger.warning("there is no icon %r in flowdesk or %s", icon, module)
        return ""
    try:
        drawing = _lines(text)
    except (SyntaxError, ValueError) as error:  # not XML, or none that is kept
        logger.warning("the icon %r of %s cannot be used: %s", icon, module, error)
        return ""
    return drawing


def _lines(text: str) -> str:
    from xml.etree import ElementTree
    from xml.sax.saxutils import quoteattr

    if "<!" in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL):
        raise ValueError("it declares a document type or entities")
    drawn = []
    for part in ElementTree.fromstring(text).iter():
        name = part.tag.rpartition("}")[2]
        if name in SHAPES:
            given = "".join(f" {key}={quoteattr(value)}" for key, value in part.attrib.items() if key in GEOMETRY)
            drawn.append(f"<{name}{given}/>")
    whole = "".join(drawn)
    if not whole or len(whole) > LONGEST_DRAWING:
        raise ValueError("it has no lines, or too many")
    return whole


def _read(module: str, *parts: str) -> str | None:
    """Return a text file beside a package's code, ``None`` where there is none that can be read."""
    try:
        place: Traversable = files(module.partition(".")[0]).joinpath(*parts)
        content = place.read_bytes() if place.is_file() else None
        return None if content is None or len(content) > LARGEST else content.decode()
    except (ImportError, OSError, TypeError, UnicodeError):
        return None
