"""The emergency stop fires from the keyboard and from the corners, and only then."""

from collections.abc import Iterator

import pytest

from flowdesk.drivers.corners import HOLD, CornerWatch, in_corner
from flowdesk.drivers.x11.emergency import EmergencyWatch
from flowdesk.model.geometry import Box, Point
from tests.rig import Apps, Rig, until

SCREENS = [Box(0, 0, 800, 600), Box(800, 100, 400, 300)]


@pytest.mark.parametrize("point", [(0, 0), (799, 0), (0, 599), (799, 599), (800, 100), (1199, 399), (1, 1)])
def test_every_monitors_corners_count(point: tuple[int, int]) -> None:
    assert in_corner(Point(*point), SCREENS)


@pytest.mark.parametrize("point", [(2, 0), (400, 0), (0, 300), (1199, 0), (796, 599), (500, 500)])
def test_edges_and_places_between_monitors_do_not_count(point: tuple[int, int]) -> None:
    assert not in_corner(Point(*point), SCREENS)


def test_a_corner_counts_after_the_hold_and_only_once() -> None:
    watch = CornerWatch()
    inside, outside = Point(0, 0), Point(50, 50)
    assert not watch.is_held(outside, SCREENS, 0.0)
    assert not watch.is_held(inside, SCREENS, 1.0)
    assert not watch.is_held(inside, SCREENS, 1.0 + HOLD - 0.01)
    assert watch.is_held(inside, SCREENS, 1.0 + HOLD)
    assert not watch.is_held(inside, SCREENS, 5.0)
    assert not watch.is_held(outside, SCREENS, 5.1)
    assert not watch.is_held(inside, SCREENS, 6.0)
    assert watch.is_held(inside, SCREENS, 7.0)


def test_a_pointer_that_starts_in_a_corner_does_not_count() -> None:
    watch = CornerWatch()
    assert not watch.is_held(Point(0, 0), SCREENS, 0.0)
    assert not watch.is_held(Point(0, 0), SCREENS, 9.0)


def test_where_flowdesk_itself_put_the_pointer_does_not_count() -> None:
    watch = CornerWatch()
    watch.is_held(Point(50, 50), SCREENS, 0.0)
    assert not watch.is_held(Point(0, 0), SCREENS, 1.0, Point(0, 0))
    assert not watch.is_held(Point(0, 0), SCREENS, 2.0, Point(0, 0))


@pytest.fixture
def reasons(clean_desktop: Rig) -> Iterator[list[str]]:
    found: list[str] = []
    watch = EmergencyWatch(found.append)
    assert watch.is_grabbed
    yield found
    watch.close()


@pytest.mark.desktop
@pytest.mark.parametrize("layout", ["us", "de", "fr", "ru"])
def test_the_key_stops_in_every_layout(reasons: list[str], clean_desktop: Rig, layout: str) -> None:
    clean_desktop.layout(layout)
    code = "38" if layout == "fr" else "24"

    # The watch hears of the new layout a moment later: press until it has.
    def is_stopped() -> bool:
        clean_desktop.xdotool("key", "--clearmodifiers", "Control_L+Alt_L+" + code)
        return bool(reasons)

    until(is_stopped, "the stop")
    assert set(reasons) == {"Stopped by Ctrl+Alt+Q."}


@pytest.mark.desktop
def test_the_key_stops_with_capslock_on(reasons: list[str], clean_desktop: Rig) -> None:
    clean_desktop.xdotool("key", "Caps_Lock")
    try:
        clean_desktop.xdotool("key", "ctrl+alt+24")
        until(lambda: reasons, "the stop")
    finally:
        clean_desktop.xdotool("key", "Caps_Lock")


@pytest.mark.desktop
def test_the_key_stops_while_a_menu_grabs_the_keyboard(reasons: list[str], apps: Apps) -> None:
    from Xlib import X

    root = apps.rig.display.screen().root
    assert root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == X.GrabSuccess
    try:
        apps.rig.xdotool("keydown", "ctrl", "keydown", "alt", "keydown", "q")
        until(lambda: reasons, "the stop")
    finally:
        apps.rig.xdotool("keyup", "q", "keyup", "alt", "keyup", "ctrl")
        apps.rig.display.ungrab_keyboard(X.CurrentTime)
        apps.rig.display.sync()
    assert len(reasons) == 1


@pytest.mark.desktop
def test_a_quick_press_stops_while_a_menu_grabs_the_keyboard(reasons: list[str], clean_desktop: Rig) -> None:
    from Xlib import X

    root = clean_desktop.display.screen().root
    assert root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == X.GrabSuccess
    try:
        clean_desktop.xdotool("key", "--delay", "0", "ctrl+alt+q")
        until(lambda: reasons, "the stop")
    finally:
        clean_desktop.display.ungrab_keyboard(X.CurrentTime)
        clean_desktop.display.sync()
    assert len(reasons) == 1


@pytest.mark.desktop
@pytest.mark.parametrize("held", ["shift", "super", "mouse"])
def test_a_quick_press_stops_while_the_run_holds_something_down(
    reasons: list[str], clean_desktop: Rig, held: str
) -> None:
    down, up = (("mousedown", "1"), ("mouseup", "1")) if held == "mouse" else (("keydown", held), ("keyup", held))
    clean_desktop.xdotool(*down)
    try:
        clean_desktop.xdotool("key", "--delay", "0", "ctrl+alt+q")
        until(lambda: reasons, "the stop")
    finally:
        clean_desktop.xdotool(*up)
    assert len(reasons) == 1


@pytest.mark.desktop
def test_a_second_watch_without_the_grab_still_sees_the_key(reasons: list[str], clean_desktop: Rig) -> None:
    others: list[str] = []
    watch = EmergencyWatch(others.append)
    try:
        assert not watch.is_grabbed
        clean_desktop.xdotool("keydown", "ctrl", "keydown", "alt", "keydown", "q")
        until(lambda: others and reasons, "both stops")
    finally:
        clean_desktop.xdotool("keyup", "q", "keyup", "alt", "keyup", "ctrl")
        watch.close()


@pytest.mark.desktop
def test_the_pointer_held_in_a_corner_stops(reasons: list[str], clean_desktop: Rig) -> None:
    clean_desktop.xdotool("mousemove", "1599", "999")
    until(lambda: reasons, "the stop")
    assert reasons == ["Stopped because the pointer was held in a screen corner."]
