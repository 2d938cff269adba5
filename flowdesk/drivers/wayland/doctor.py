"""What ``flowdesk doctor`` looks at under Wayland: each part of the session by itself, and what it withholds."""

from collections.abc import Callable, Sequence
from typing import Any

from flowdesk.drivers.checking import bad, good
from flowdesk.drivers.wayland import connection, screens, session, stopkey
from flowdesk.drivers.wayland.sway import VERSION, Sway
from flowdesk.engine.ports import Check
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import listed, say


def looks() -> Sequence[tuple[str, bool, Callable[[], Check]]]:
    """Return name, whether it is required, and the look, for each thing."""
    if session.kind() != "sway":
        return [(say("session"), True, _session)]
    return [
        (say("session"), True, _session),
        (say("emergency stop"), True, _stop),
        (say("mouse and keyboard"), True, _input),
        (say("window manager"), False, _windows),
        (say("clipboard"), False, _clipboard),
        (say("not possible here"), False, _withheld),
    ]


def _session() -> Check:
    try:
        session.check()
        sway = Sway()
        try:
            version = sway.ask(VERSION).get("human_readable", "")
        finally:
            sway.close()
    except FlowdeskError as error:
        return bad("session", error.message, error.fix)
    return good("session", say("Wayland: sway {version}.", version=version))


def _stop() -> Check:
    sway = Sway()
    try:
        found = stopkey.look(sway)
    finally:
        sway.close()
    reason = stopkey.complaint(found)
    if reason is not None:
        return bad("emergency stop", reason, stopkey.fix())
    assert found is not None
    return good("emergency stop", say("{keys} stops all runs.", keys=found.keys))


def _input() -> Check:
    from flowdesk.drivers.wayland import protocol

    lacking = _lacking(protocol.KEYBOARDS, protocol.POINTERS)
    if lacking is not None:
        return bad("mouse and keyboard", lacking, session.elsewhere())
    box = screens.whole()
    return good(
        "mouse and keyboard", say("Input works on a desktop of {size} pixels.", size=f"{box.width}x{box.height}")
    )


def _lacking(*interfaces: Any) -> str | None:
    line = connection.shared()
    names = [each.name for each in interfaces if not line.has(each)]
    return say("This compositor does not offer {name}.", name=", ".join(names)) if names else None


def _windows() -> Check:
    from flowdesk.drivers.wayland.windows import SwayWindows

    windows = SwayWindows()
    try:
        count = len(windows.list())
    finally:
        windows.close()
    told = say("sway tells of {count} windows. It cannot minimize or maximize them.", count=count)
    return good("window manager", told, is_required=False)


def _clipboard() -> Check:
    from flowdesk.drivers.wayland import protocol

    lacking = _lacking(protocol.DEVICES)
    if lacking is not None:
        return bad("clipboard", lacking, session.elsewhere(), is_required=False)
    return good("clipboard", say("The clipboard can be read and written."), is_required=False)


def _withheld() -> Check:
    from flowdesk.drivers.abilities import titles_refused

    told = say(
        "sway withholds: {names}. Flows that need them run on a separate desktop.",
        names=listed(titles_refused("sway")),
    )
    return good("not possible here", told, is_required=False)
