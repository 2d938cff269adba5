"""What the X server shows at a point, and which dialogs keep a window from taking input. Call it under the connection's lock.

The server is asked from the root down (``XTranslateCoordinates``): it honours bounding and input shapes, so that an overlay that
lets clicks through is looked through, and it finds every menu, whatever that says of itself.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from flowdesk.drivers.atspi.calls import process_name
from flowdesk.drivers.windowsystem import Modal, Surface
from flowdesk.drivers.x11 import connection as x11
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

_DEEP = 30

_MENUS = frozenset({"MENU", "POPUP_MENU", "DROPDOWN_MENU", "COMBO"})
"""Types of unmanaged windows that wait for a choice (EWMH 1.5, ``_NET_WM_WINDOW_TYPE``)."""

NO_MENUS = frozenset({"TOOLTIP", "NOTIFICATION", "DND", "DESKTOP", "DOCK", "SPLASH"})
"""Types of unmanaged windows that wait for no input."""

_MOTIF_MODAL = frozenset({1, 2, 3})
"""Input modes of ``_MOTIF_WM_HINTS`` in which other windows take no input."""

_MOTIF_INPUT_MODE = 4
"""Flag of ``_MOTIF_WM_HINTS``: the input mode is told."""


def surface_at(display: Any, clients: Collection[int], point: Point) -> Surface:
    """Return what is uppermost at a point of the screen."""
    root = x11.root_of(display)
    outermost = inner = _child_at(root, root, point)
    for _ in range(_DEEP):
        if not inner:
            break
        if inner in clients:
            return _surface(display, window=inner)
        inner = _child_at(root, x11.window(display, inner), point)
    if not outermost:
        return Surface()
    with x11.forgiving():
        framed = [child.id for child in x11.window(display, outermost).query_tree().children if child.id in clients]
        if framed:
            return _surface(display, window=framed[0])
        return _surface(display, popup=outermost)
    return Surface()


def _child_at(root: Any, window: Any, point: Point) -> int:
    with x11.forgiving():
        return int(getattr(window.translate_coords(root, point.x, point.y).child, "id", 0))
    return 0


def _surface(display: Any, window: int = 0, popup: int = 0) -> Surface:
    number = window or popup
    title = x11.property_text(display, number, "_NET_WM_NAME") or x11.property_text(display, number, "WM_NAME")
    with x11.forgiving():
        size = x11.window(display, number).get_geometry()
        place = x11.window(display, number).translate_coords(x11.root_of(display), 0, 0)
        box = Box(-int(place.x), -int(place.y), int(size.width), int(size.height))
        return Surface(window, popup, x11.process_of(display, number), title, box)
    return Surface(window, popup, 0, title)


def called(display: Any, number: int) -> str:
    """Return what people call a window: its title, else that of what it is in, else its program; never a number."""
    at, root = number, x11.root_of(display).id
    for _ in range(_DEEP):
        titles = (x11.property_text(display, at, name) for name in ("_NET_WM_NAME", "WM_NAME"))
        if title := next(filter(None, titles), ""):
            return title
        parent = 0
        with x11.forgiving():
            parent = int(getattr(x11.window(display, at).query_tree().parent, "id", 0))
        if parent in (0, root):
            break
        at = parent
    program = next(filter(None, reversed(x11.property_text(display, number, "WM_CLASS").split("\0"))), "")
    return program or process_name(x11.process_of(display, number)) or say("a window without a title")


def menus_of(display: Any, clients: Collection[int], pid: int, *, is_held: bool = False) -> Iterator[Surface]:
    """Yield the open menus and lists of a process that are windows of their own.

    With ``is_held``, while its program keeps the pointer to itself, whatever is not known to be something else: Qt's lists of
    suggestions do not say what they are.
    """
    from Xlib import X

    for child in reversed(x11.root_of(display).query_tree().children):
        with x11.forgiving():
            attributes = child.get_attributes()
            if attributes.map_state != X.IsViewable or not attributes.override_redirect or child.id in clients:
                continue
            kinds = kinds_of(display, child.id)
            is_menu = not kinds & NO_MENUS if is_held else bool(kinds & _MENUS)
            if is_menu and x11.process_of(display, child.id) == pid:
                yield _surface(display, popup=child.id)


def kinds_of(display: Any, number: int) -> set[str]:
    """Return the types that a window has, without what all begin with."""
    atoms = x11.property_values(display, number, "_NET_WM_WINDOW_TYPE")
    return {str(display.get_atom_name(atom)).removeprefix("_NET_WM_WINDOW_TYPE_") for atom in atoms}


def modals_of(display: Any, clients: Sequence[int], number: int, pid: int) -> list[Modal]:
    """Return the dialogs of a process that may keep a window of it from taking input, the uppermost first."""
    found = []
    for client in reversed(clients):
        if client == number or x11.process_of(display, client) != pid or not _is_viewable(display, client):
            continue
        is_certain = is_modal(display, client)
        owners = list(owners_of(display, client))
        if not is_certain and not (number in owners and "DIALOG" in kinds_of(display, client)):
            continue
        if client in owners_of(display, number):  # the window is itself a dialog of that one
            continue
        is_related = number in owners or not owners or owners[-1] not in clients
        surface = _surface(display, window=client)
        found.append(Modal(client, surface.title, surface.box, is_certain, is_related))
    return found


def is_modal(display: Any, client: int) -> bool:
    """Whether a window says that it keeps others from taking input."""
    modal = display.intern_atom("_NET_WM_STATE_MODAL")
    if modal in x11.property_values(display, client, "_NET_WM_STATE"):
        return True
    hints = x11.property_values(display, client, "_MOTIF_WM_HINTS")
    return len(hints) >= 4 and bool(int(hints[0]) & _MOTIF_INPUT_MODE) and int(hints[3]) in _MOTIF_MODAL


def _is_viewable(display: Any, client: int) -> bool:
    from Xlib import X

    with x11.forgiving():
        return bool(x11.window(display, client).get_attributes().map_state == X.IsViewable)
    return False


def owners_of(display: Any, client: int) -> Iterator[int]:
    """Yield the windows that a window is transient for, one after another."""
    seen = {client}
    while True:
        told = x11.property_values(display, client, "WM_TRANSIENT_FOR")
        if not len(told) or int(told[0]) in seen or not int(told[0]):
            return
        client = int(told[0])
        seen.add(client)
        yield client
