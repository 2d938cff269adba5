"""What people call a window."""

import os

import pytest
from Xlib import X, Xatom

from flowdesk.drivers.atspi.calls import process_name
from flowdesk.drivers.x11.surfaces import called
from tests.rig import Rig

pytestmark = pytest.mark.desktop


def test_a_window_is_called_by_its_title_by_what_it_is_in_or_by_its_program(desktop_rig: Rig) -> None:
    display = desktop_rig.display
    root = display.screen().root
    outer = root.create_window(0, 0, 10, 10, 0, X.CopyFromParent)
    inner = outer.create_window(0, 0, 5, 5, 0, X.CopyFromParent)
    try:
        display.sync()
        assert called(display, inner.id) == process_name(os.getpid())
        inner.change_property(Xatom.WM_CLASS, Xatom.STRING, 8, b"probe\0Probe\0")
        display.sync()
        assert called(display, inner.id) == "Probe"
        outer.change_property(Xatom.WM_NAME, Xatom.STRING, 8, b"Letters")
        display.sync()
        assert called(display, inner.id) == called(display, outer.id) == "Letters"
    finally:
        outer.destroy()
        display.sync()
