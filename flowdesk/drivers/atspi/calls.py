"""Calls of the AT-SPI specification: what is asked of an element on the accessibility bus."""

import contextlib
import importlib
from dataclasses import dataclass
from pathlib import Path
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


class Unsupported(Exception):  # not an error: the walk is taken instead
    """The program, or this machine, does not answer the question."""


class Hangs(Exception):  # turned into a sentence by ``elements``
    """The program did not answer in time."""


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


def bits_of(answer: Any) -> int:
    """Return the states of an answer to ``GetState`` as one number."""
    return sum(int(part) << 32 * index for index, part in enumerate(answer[0]))


def announced_bus() -> str:
    """Ask the session bus where the accessibility bus is.

    Raises:
        Unsupported: If it does not say.
    """
    try:
        jeepney = importlib.import_module("jeepney")
        blocking = importlib.import_module("jeepney.io.blocking")
        with blocking.open_dbus_connection("SESSION") as connection:
            address = jeepney.DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            reply = connection.send_and_get_reply(jeepney.new_method_call(address, "GetAddress"), timeout=2)
    except Exception as error:  # jeepney raises its own, the socket's and the system's errors
        raise Unsupported(str(error)) from error
    if reply.header.message_type == jeepney.MessageType.error or not reply.body[0]:
        raise Unsupported(str(reply.body))
    return str(reply.body[0])


def process_name(pid: int) -> str:
    """Return what the system calls the process of a program that does not tell its name."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    return ""
