"""The monitors as sway has laid them out. Lengths are pixels of the screen: an output that is scaled or turned is refused."""

import threading
import time
from typing import Any

from flowdesk.drivers.wayland import session
from flowdesk.drivers.wayland.sway import Sway
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say

SECONDS = 1.0
"""How long the monitors are taken for granted."""

_lock = threading.Lock()
_seen: list[tuple[float, str, list[dict[str, Any]]]] = []
"""When they were looked at, of which sway, and what was seen: one entry at most."""


def outputs() -> list[dict[str, Any]]:
    """Return the outputs that are on, as sway tells them.

    Raises:
        DesktopUnavailable: If there is none, or one is scaled or turned.
    """
    import os

    place, now = os.environ.get("SWAYSOCK", ""), time.monotonic()
    with _lock:
        if _seen and _seen[0][1] == place and now - _seen[0][0] < SECONDS:
            return _seen[0][2]
    sway = Sway()
    try:
        found = sway.outputs()
    finally:
        sway.close()
    if not found:
        raise DesktopUnavailable(say("sway has no monitor that is on."), session.elsewhere())
    for each in found:
        if each.get("scale", 1.0) != 1.0 or each.get("transform", "normal") != "normal":
            raise DesktopUnavailable(
                say("The monitor {name} is scaled or rotated, which flowdesk cannot measure under Wayland.", name=each["name"]),
                say("Run: swaymsg output {name} scale 1 transform normal", name=each["name"]),
            )  # fmt: skip
    with _lock:
        _seen[:] = [(now, place, found)]
    return found


def box_of(output: dict[str, Any]) -> Box:
    """Return where an output lies."""
    rect = output["rect"]
    return Box(rect["x"], rect["y"], rect["width"], rect["height"])


def boxes() -> list[Box]:
    """Return the frames of the monitors."""
    return [box_of(each) for each in outputs()]


def whole() -> Box:
    """Return the frame of all monitors together."""
    found = boxes()
    x, y = min(box.x for box in found), min(box.y for box in found)
    return Box(x, y, max(box.right for box in found) - x, max(box.bottom for box in found) - y)


def forget() -> None:
    """Look again next time."""
    with _lock:
        _seen.clear()
