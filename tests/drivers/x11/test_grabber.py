"""Who holds a grab: the server says to whom it gives what is pressed."""

from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import X

from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11 import grabber
from tests.rig import Apps, Rig

pytestmark = pytest.mark.desktop


@pytest.fixture
def other(clean_desktop: Rig) -> Iterator[Any]:
    """Another client's connection."""
    display = x11.connect()
    yield display
    display.close()


def test_the_holder_of_the_keyboard_is_told(apps: Apps, other: Any) -> None:
    app = apps.qt()
    window = x11.root_of(other).create_window(0, 0, 10, 10, 0, other.screen().root_depth)
    x11.root_of(other).grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
    other.sync()
    base = grabber.holder("keyboard")
    assert base is not None
    assert grabber.is_of_client(other, window.id, base)
    assert not grabber.is_of_client(other, app.window, base)
    other.ungrab_keyboard(X.CurrentTime)
    other.sync()
    assert app.text() == ""


def test_the_holder_of_the_mouse_is_told_where_it_asks_for_moves(other: Any) -> None:
    root = x11.root_of(other)
    window = root.create_window(0, 0, 10, 10, 0, other.screen().root_depth)
    root.grab_pointer(True, X.PointerMotionMask, X.GrabModeAsync, X.GrabModeAsync, X.NONE, X.NONE, X.CurrentTime)
    other.sync()
    base = grabber.holder("mouse")
    assert base is not None
    assert grabber.is_of_client(other, window.id, base)
