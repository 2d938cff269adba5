"""Calls of the AT-SPI specification: what is asked of an element on the accessibility bus."""

from dataclasses import dataclass
from typing import Any

PROPERTIES = "org.freedesktop.DBus.Properties"
ACCESSIBLE = "org.a11y.atspi.Accessible"
COMPONENT = "org.a11y.atspi.Component"
TABLE = "org.a11y.atspi.Table"
TEXT = "org.a11y.atspi.Text"
ROOT = "/org/a11y/atspi/accessible/root"
NULL = "/org/a11y/atspi/null"
"""Stands for no element."""

Place = tuple[str, str]
"""An element: the program's name on the bus, the element's path."""


@dataclass(slots=True)
class Question:
    """One call: where, what, with what."""

    bus: str
    path: str
    interface: str
    member: str
    signature: str = ""
    body: tuple[Any, ...] = ()


def value_of(bus: str, path: str, interface: str, name: str) -> Question:
    """Return the question for a property of an element."""
    return Question(bus, path, PROPERTIES, "Get", "ss", (interface, name))


def extents_of(bus: str, path: str) -> Question:
    """Return the question for an element's box on the screen."""
    return Question(bus, path, COMPONENT, "GetExtents", "u", (0,))
