"""Who holds a grab: the server says to whom it gives what is pressed."""

from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import X

from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11 import grabber
from flowdesk.drivers.x11.grabs import Grabs
from flowdesk.model.errors import RunStopped
from flowdesk.model.sentence import say
from tests.recorder import Recorder
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


def test_once_a_run_is_stopped_nothing_is_sent_to_find_out_whose_a_grab_is(clean_desktop: Rig, other: Any) -> None:
    x11.root_of(other).grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
    other.sync()

    def stopped(seconds: float) -> None:
        raise RunStopped(say("The run was stopped."))

    display = x11.connect()
    with Recorder(clean_desktop.desktop.env["DISPLAY"]) as recorder:
        with pytest.raises(RunStopped):
            Grabs(display).check("keyboard", stopped)
        recorder.quiet()
        assert [event for event in recorder.events if event.kind.startswith("key")] == []
        assert grabber.holder("keyboard") is not None
        recorder.quiet()
        assert [event for event in recorder.events if event.kind.startswith("key")] != []
    display.close()
