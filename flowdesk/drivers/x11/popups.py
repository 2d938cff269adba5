"""The popups of a program: what X11 shows of it outside every window manager (menus, lists that a field drops)."""

import os
import threading
from typing import Any

from flowdesk.drivers.x11 import connection as x11
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box

_TINY = 8
"""Pixels: smaller ones are helpers that show nothing."""


class _Asking:
    """The connection over which it is asked, kept from one question to the next: one for the process, by turns."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._display: Any = None
        self._name = ""

    def popups_of(self, pid: int) -> list[Box]:
        """Return where the popups of a process are; none where there is no display, or it goes away meanwhile."""
        with self._turn:
            try:
                return _shown(self._connected(), pid)
            except FlowdeskError:
                return []
            except Exception as problem:
                self._drop()
                if x11.is_loss(problem):
                    return []
                raise

    def _connected(self) -> Any:
        name = os.environ.get("DISPLAY", "")
        if self._display is None or self._name != name:
            self._drop()
            self._display, self._name = x11.connect(), name
        return self._display

    def _drop(self) -> None:
        display, self._display = self._display, None
        if display is not None:
            with x11.surviving_loss():
                display.close()


_asking = _Asking()


def popups_of(pid: int) -> list[Box]:
    """Return where the popups of a process are, uppermost first; those of unknown processes count as everyone's."""
    return _asking.popups_of(pid) if x11.is_x11() else []


def _shown(display: Any, pid: int) -> list[Box]:
    from Xlib import X

    found: list[Box] = []
    for child in reversed(x11.root_of(display).query_tree().children):
        with x11.forgiving():
            attributes = child.get_attributes()
            if not attributes.override_redirect or attributes.map_state != X.IsViewable:
                continue
            place = child.get_geometry()
            box = Box(int(place.x), int(place.y), int(place.width), int(place.height))
            is_popup = attributes.win_class == X.InputOutput and min(box.width, box.height) > _TINY
            if is_popup and x11.process_of(display, child.id) in (pid, 0):
                found.append(box)
    return found
