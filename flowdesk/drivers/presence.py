"""Why nobody could act on the desktop now: there is none, or its screen is locked."""

from flowdesk.drivers.platforms import platform
from flowdesk.drivers.wayland import session
from flowdesk.drivers.x11 import connection as x11
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say


def hindrance() -> str:
    """Say why a run could not act on the desktop now, ``""`` where it can. May block a little."""
    if session.is_wayland():
        return _wayland_hindrance()
    if not x11.is_x11():
        return ""
    try:
        x11.connect().close()
    except FlowdeskError as error:
        return error.message
    return say("The screen is locked.") if _is_locked() else ""


def _wayland_hindrance() -> str:
    try:
        platform().require({"input": ""})
    except FlowdeskError as error:
        return error.message
    return ""


def _is_locked() -> bool:
    """Whether a screen locker says so: by the desktop's own interface, or the session's (logind)."""
    from flowdesk.drivers.x11.grabs import is_saver_active

    return is_saver_active()
