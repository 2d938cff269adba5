"""Windows of real applications are listed and obey."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from Xlib import Xatom

from flowdesk.drivers.virtual import VirtualDesktop
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.windows import X11Windows
from flowdesk.engine.ports import Window
from flowdesk.model.errors import NodeError, WindowAsks
from flowdesk.model.geometry import Box
from tests.rig import Apps, RealApp, Rig, until

pytestmark = pytest.mark.desktop


@pytest.fixture
def system(clean_desktop: Rig) -> Iterator[X11Windows]:
    found = X11Windows()
    yield found
    found.close()


def _of(system: X11Windows, app: RealApp) -> Window:
    return next(window for window in system.list() if window.id == app.window)


def test_a_window_tells_title_application_process_and_frame(system: X11Windows, apps: Apps) -> None:
    app = apps.zenity("--entry", "--title", "你好 😀 entry")
    window = _of(system, app)
    assert window.title == "你好 😀 entry"
    assert window.app.lower() == "zenity"
    assert window.pid == app.process.pid
    assert window.is_active
    assert not window.is_minimized
    x, y, width, height = app.box
    assert window.box.contains(Box(x, y, width, height).center)
    assert window.box.y < y, "the title bar belongs to the frame"
    assert system.active() == window


def test_the_uppermost_window_comes_first_and_activate_raises_another(system: X11Windows, apps: Apps) -> None:
    first, second = apps.qt(), apps.xterm()
    assert [window.id for window in system.list()] == [second.window, first.window]
    system.act(_of(system, first), "activate")
    assert [window.id for window in system.list()] == [first.window, second.window]
    assert _of(system, first).is_active


def test_minimize_restore_and_maximize_are_done_on_return(system: X11Windows, apps: Apps) -> None:
    app = apps.qt()
    before = _of(system, app)
    system.act(before, "minimize")
    assert _of(system, app).is_minimized
    assert system.active() is None
    system.act(before, "restore")
    assert not _of(system, app).is_minimized
    system.act(before, "maximize")
    assert until(lambda: _of(system, app).box.width >= 1600, "the full width")
    system.act(before, "restore")
    until(lambda: _of(system, app).box == before.box, "the frame as before")


def test_move_and_resize_mean_the_frame(system: X11Windows, apps: Apps) -> None:
    app = apps.qt()
    system.act(_of(system, app), "move", Box(120, 80, 0, 0))
    system.act(_of(system, app), "resize", Box(0, 0, 500, 400))
    assert _of(system, app).box == Box(120, 80, 500, 400)
    system.act(_of(system, app), "move", Box(-50, 10, 0, 0))
    assert _of(system, app).box == Box(-50, 10, 500, 400)


def test_a_maximized_window_moves_after_being_restored(system: X11Windows, apps: Apps) -> None:
    app = apps.qt()
    system.act(_of(system, app), "maximize")
    system.act(_of(system, app), "move", Box(60, 70, 0, 0))
    assert _of(system, app).box[:2] == (60, 70)


def test_a_terminal_resizes_to_its_nearest_cell(system: X11Windows, apps: Apps) -> None:
    app = apps.xterm()
    system.act(_of(system, app), "resize", Box(0, 0, 500, 400))
    box = _of(system, app).box
    assert abs(box.width - 500) < 10
    assert abs(box.height - 400) < 20


def test_close_ends_the_window_and_a_gone_window_says_so(system: X11Windows, apps: Apps) -> None:
    app = apps.qt()
    window = _of(system, app)
    system.act(window, "close")
    assert app.window not in [each.id for each in system.list()]
    with pytest.raises(NodeError, match="no longer exists"):
        system.act(window, "activate")


def test_a_window_that_asks_before_closing_is_an_error_that_names_the_question(system: X11Windows, apps: Apps) -> None:
    app = apps.mousepad()
    apps.rig.type("unsaved")
    until(lambda: _of(system, app).title.startswith("*"), "the mark of a changed document")
    with pytest.raises(WindowAsks, match="Save Changes") as caught:
        system.act(_of(system, app), "close")
    assert caught.value.fix


def test_move_without_a_place_is_an_error(system: X11Windows, apps: Apps) -> None:
    window = _of(system, apps.qt())
    with pytest.raises(NodeError, match="enter a position"):
        system.act(window, "move")


def test_the_process_of_a_window_that_does_not_tell_it_is_known(system: X11Windows, apps: Apps) -> None:
    app = apps.plain()
    assert _of(system, app).pid == app.process.pid


def test_a_window_of_another_machine_belongs_to_no_process_here(
    system: X11Windows, apps: Apps, clean_desktop: Rig
) -> None:
    app = apps.qt()
    display = clean_desktop.display
    window = display.create_resource_object("window", app.window)
    window.change_property(display.intern_atom("WM_CLIENT_MACHINE"), Xatom.STRING, 8, b"elsewhere")
    display.sync()
    assert _of(system, app).pid == 0


class Unmanaged(VirtualDesktop):
    """A desktop whose window manager ended and left behind what it had told."""

    def _start_window_manager(self, command: list[str]) -> None:
        display = x11.connect(self.env["DISPLAY"])
        for name in ("_NET_SUPPORTING_WM_CHECK", "_NET_CLIENT_LIST", "_NET_CLIENT_LIST_STACKING", "_NET_ACTIVE_WINDOW"):
            display.screen().root.change_property(display.intern_atom(name), Xatom.WINDOW, 32, [0x600001])
        display.sync()
        display.close()


def test_what_a_window_manager_that_ended_left_behind_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    with Unmanaged(400, 300) as desktop:
        for name, value in desktop.env.items():
            monkeypatch.setenv(name, value)
        display, found = x11.connect(), X11Windows()
        window = display.screen().root.create_window(20, 30, 100, 80, 0, display.screen().root_depth)
        window.set_wm_name("alone")
        window.set_wm_class("alone", "Alone")
        window.map()
        display.sync()
        (alone,) = found.list()
        assert (alone.title, alone.box, alone.is_active) == ("alone", Box(20, 30, 100, 80), False)
        found.act(alone, "activate")
        assert found.active() == replace(alone, is_active=True)
        found.close()
        display.close()
