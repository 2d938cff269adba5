"""Whose a grab is: which client gets the keys or the pointer's moves while some program keeps them to itself.

X11 tells nobody who holds a grab. But the RECORD extension tells to which client an event was delivered, and while a grab lasts
that is its holder: so a key that means nothing is pressed, or the pointer moved by a pixel and back, and the server says who got it.
"""

import contextlib
import threading
from collections.abc import Callable
from typing import Any, Literal

from flowdesk.drivers.x11 import connection as x11
from flowdesk.model.errors import DesktopUnavailable

Device = Literal["keyboard", "mouse"]

PATIENCE = 0.5
"""Seconds that the server may take to tell."""
CORE = {"keyboard": (2, 3), "mouse": (6,)}
"""Numbers of the core events: KeyPress, KeyRelease; MotionNotify."""
EXTENDED = {"keyboard": (2, 3), "mouse": (6,)}
"""Numbers of the same events of the XInput extension, which GTK and Qt ask for."""
GENERIC_EVENT = 35


def holder(device: Device, before: Callable[[], None] = lambda: None) -> int | None:
    """Return the resource base of the client that gets a device's input; ``None`` where the server does not tell.

    Only to be asked while a grab is known to last: else the key goes to the focused window. ``before`` is called right before
    the input that asks, and may raise: flowdesk's own emergency key is a grab, too, and nothing is sent after a stop.
    """
    with contextlib.suppress(DesktopUnavailable):
        asking, hearing = x11.connect(), x11.connect()
        try:
            if not (asking.has_extension("RECORD") and asking.has_extension("XTEST")):
                return None
            return _heard(asking, hearing, device, before)
        finally:
            asking.close()
            hearing.close()
    return None


def is_of_client(display: Any, number: int, base: int) -> bool:
    """Whether a window or other resource belongs to the client, or the process, with a resource base."""
    mask = ~int(display.display.info.resource_id_mask)
    if number & mask == base & mask:
        return True
    ours, theirs = x11.process_of_client(display, number), x11.process_of_client(display, base)
    return ours != 0 and ours == theirs


def _heard(asking: Any, hearing: Any, device: Device, before: Callable[[], None]) -> int | None:
    from Xlib.ext import record

    found: list[int] = []
    begun, heard = threading.Event(), threading.Event()

    def take(reply: Any) -> None:
        if reply.category == record.StartOfData:
            begun.set()
        elif reply.category == record.FromServer and _is_wanted(bytes(reply.data), device):
            found.append(int(reply.id_base))
            heard.set()

    wanted = {
        "core_requests": (0, 0), "core_replies": (0, 0), "ext_requests": (0, 0, 0, 0), "ext_replies": (0, 0, 0, 0),
        "delivered_events": (2, GENERIC_EVENT), "device_events": (0, 0), "errors": (0, 0),
        "client_started": False, "client_died": False,
    }  # fmt: skip
    context = asking.record_create_context(0, [record.AllClients], [wanted])
    asking.sync()
    thread = threading.Thread(
        target=_listen, args=(hearing, context, take), name="flowdesk-grab", daemon=True
    )  # fmt: skip
    thread.start()
    try:
        if begun.wait(PATIENCE):
            before()
            if _stir(asking, device):
                heard.wait(PATIENCE)
    finally:
        asking.record_disable_context(context)
        asking.sync()
        thread.join(PATIENCE)
        asking.record_free_context(context)
        asking.sync()
    return found[0] if found else None


def _listen(hearing: Any, context: int, take: Any) -> None:
    with contextlib.suppress(Exception):  # the connection may end under it
        hearing.record_enable_context(context, take)


def _stir(display: Any, device: Device) -> bool:
    """Send an input that means nothing; ``False`` where there is no such key."""
    from Xlib import X

    if device == "mouse":
        for step in (1, -1):  # a move by nothing is told to nobody
            display.xtest_fake_input(X.MotionNotify, 1, x=step, y=0)
        display.sync()
        return True
    first = display.display.info.min_keycode
    rows = display.get_keyboard_mapping(first, display.display.info.max_keycode - first + 1)
    spare = next((first + index for index, row in enumerate(rows) if not any(row)), None)
    if spare is None:
        return False
    display.xtest_fake_input(X.KeyPress, spare)
    display.xtest_fake_input(X.KeyRelease, spare)
    display.sync()
    return True


def _is_wanted(event: bytes, device: Device) -> bool:
    import sys

    number = event[0] & 0x7F
    if number == GENERIC_EVENT:
        return int.from_bytes(event[8:10], sys.byteorder) in EXTENDED[device]
    return number in CORE[device]
