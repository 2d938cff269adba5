"""Whether an input method would take Latin keys for the spelling of other characters.

One that runs is not one that is on: most of the time it hands the keys on. fcitx 5
says what it does at the moment; of any other it is assumed that it is on.
"""

import contextlib
import importlib
import os
from typing import Any

from flowdesk.drivers.x11 import connection as x11

ACTIVE = 2
"""What fcitx says when keys spell."""
PATIENCE = 0.5
"""Seconds that an input method may take to answer."""


def is_active(display: Any) -> bool:
    """Whether keys may be taken by an input method on this display."""
    servers = x11.property_values(display, x11.root_of(display).id, "XIM_SERVERS")
    names = [str(display.get_atom_name(server)) for server in servers if display.get_selection_owner(server)]
    if not names:
        return False
    told = [_told(name) for name in names]
    return any(each is not False for each in told)


def _told(server: str) -> bool | None:
    """Return what an input method says of itself; None where it does not."""
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return None
    with contextlib.suppress(Exception):  # jeepney raises its own, the socket's and the system's errors
        if "fcitx" in server:
            state = _call("org.fcitx.Fcitx5", "/controller", "org.fcitx.Fcitx.Controller1", "State")
            return None if state is None else int(state) == ACTIVE
    return None


def _call(name: str, path: str, interface: str, member: str) -> Any:
    jeepney = importlib.import_module("jeepney")
    blocking = importlib.import_module("jeepney.io.blocking")
    with blocking.open_dbus_connection("SESSION") as connection:
        question = jeepney.new_method_call(jeepney.DBusAddress(path, name, interface), member)
        reply = connection.send_and_get_reply(question, timeout=PATIENCE)
        return None if reply.header.message_type == jeepney.MessageType.error else reply.body[0]
