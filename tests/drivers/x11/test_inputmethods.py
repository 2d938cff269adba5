"""An input method that runs is not one that is on; one that says nothing may be."""

import pytest
from Xlib import Xatom

from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11 import inputmethods
from tests.rig import Rig

pytestmark = pytest.mark.desktop


def test_without_a_server_there_is_none(clean_desktop: Rig) -> None:
    assert not inputmethods.is_active(clean_desktop.display)


def test_a_server_that_says_nothing_may_be_on(clean_desktop: Rig) -> None:
    display = x11.connect()
    root, name = x11.root_of(display), display.intern_atom("@server=flowdesktest")
    window = root.create_window(0, 0, 1, 1, 0, 0)
    servers = display.intern_atom("XIM_SERVERS")
    try:
        window.set_selection_owner(name, 0)
        root.change_property(servers, Xatom.ATOM, 32, [name])
        display.sync()
        assert inputmethods.is_active(clean_desktop.display)
    finally:
        root.delete_property(servers)
        display.sync()
        display.close()
    assert not inputmethods.is_active(clean_desktop.display)
