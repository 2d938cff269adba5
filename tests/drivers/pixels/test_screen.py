"""The screen as pixels."""

import os
import subprocess

import cv2
import numpy as np
import pytest

from flowdesk.drivers import screens
from flowdesk.drivers.pixels import screen
from flowdesk.drivers.pixels.screen import Shot, changed_fraction
from flowdesk.model.errors import DesktopUnavailable, RequestInvalid
from flowdesk.model.geometry import Box, Point
from tests.rig import Apps, Rig


@pytest.mark.desktop
def test_a_grab_is_clipped_to_the_virtual_desktop(clean_desktop: Rig) -> None:
    whole = screens.virtual_box()
    assert whole == Box(0, 0, 1600, 1000)
    assert screen.grab().pixels.shape == (1000, 1600, 3)
    assert screen.grab(Box(1500, -50, 300, 100)).box == Box(1500, 0, 100, 50)
    assert [monitor.box for monitor in screens.monitors()] == [whole]


@pytest.mark.desktop
def test_what_lies_outside_the_screen_is_refused(clean_desktop: Rig) -> None:
    with pytest.raises(RequestInvalid, match="outside the screen"):
        screen.grab(Box(5000, 0, 10, 10))
    with pytest.raises(RequestInvalid, match="Monitor 2 does not exist"):
        screens.monitor_box(2)


@pytest.mark.desktop
def test_a_window_is_in_the_picture(apps: Apps) -> None:
    from tests.rig import until

    app = apps.zenity("--info", "--text", "Hello")
    x, y, width, height = app.box
    until(lambda: len(np.unique(screen.grab(Box(x, y, width, height)).pixels)) > 10, "the dialog to be drawn")
    picture = cv2.imdecode(np.frombuffer(screen.png(screen.grab(Box(x, y, width, height)).pixels), np.uint8), 1)
    assert picture is not None
    assert picture.shape == (height, width, 3)


@pytest.mark.desktop
def test_monitors_that_came_or_went_are_counted_again(clean_desktop: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def xrandr(*arguments: str) -> None:
        subprocess.run(["xrandr", *arguments], env=clean_desktop.desktop.environment(), check=True, capture_output=True)

    known = screens.monitors()
    monkeypatch.setattr(screens, "MONITORS_SECONDS", 0.0)
    xrandr("--setmonitor", "left", "800/200x1000/250+0+0", "screen")
    xrandr("--setmonitor", "right", "800/200x1000/250+800+0", "none")
    try:
        assert screens.frames() == (Box(0, 0, 800, 1000), Box(800, 0, 800, 1000))
        assert screens.monitor_box(2) == Box(800, 0, 800, 1000)
        assert [monitor.box for monitor in screens.monitors()] == [screens.monitor_box(1), screens.monitor_box(2)]
        assert screens.virtual_box() == Box(0, 0, 1600, 1000)
    finally:
        xrandr("--delmonitor", "right")
        xrandr("--delmonitor", "left")
    assert screens.monitors() == known
    with pytest.raises(RequestInvalid, match="Monitor 2 does not exist"):
        screens.monitor_box(2)


def test_no_display_is_told_with_a_fix(clean_desktop: Rig) -> None:
    display = os.environ.pop("DISPLAY")
    try:
        with pytest.raises(DesktopUnavailable, match="DISPLAY") as caught:
            screen.grab()
        assert "desktop session" in caught.value.fix
    finally:
        os.environ["DISPLAY"] = display
    assert not screen.grab(Box(0, 0, 10, 10)).box.is_empty


def test_black_is_told_from_dark() -> None:
    pixels = np.zeros((20, 30, 3), np.uint8)
    assert screen.is_black(pixels)
    pixels[3, 4, 1] = 1
    assert not screen.is_black(pixels)


def test_smaller_copies_are_means_and_crops_share_pixels() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (81, 122, 3)).astype(np.uint8)
    shot = Shot(pixels, Point(-10, 20))
    whole = Box(0, 0, shot.box.width, shot.box.height)
    assert shot.grey(whole, 4).shape == (20, 30)
    assert abs(float(shot.grey(whole, 4).mean()) - float(shot.grey(whole).mean())) < 1.0
    part = shot.cropped(Box(0, 30, 1000, 10))
    assert part.box == Box(0, 30, 112, 10)
    assert np.shares_memory(part.pixels, pixels)


def test_some_means_are_those_of_the_whole_image() -> None:
    pixels = np.random.default_rng(5).integers(0, 255, (101, 143, 3)).astype(np.uint8)
    for grid, cells in ((2, 4), (4, 3), (8, 1)):
        whole = Shot(pixels).means(grid, cells)
        last_row, last_column = whole.shape[0] - 1, whole.shape[1] - 1
        part = Box(3, 2, last_column - 2, last_row - 1)
        assert np.array_equal(Shot(pixels).means_within(grid, cells, part), whole[2:, 3:])
        places = np.array([[0, 0], [last_row, last_column], [1, 5]], np.intp)
        some = Shot(pixels).means_at(grid, cells, places)
        assert np.abs(some - whole[places[:, 0], places[:, 1]]).max() <= 1


@pytest.mark.parametrize("most", [0, 12, 255])
def test_the_changed_fraction_counts_pixels_of_which_a_channel_differs_by_more(most: int) -> None:
    chance = np.random.default_rng(3)
    before = chance.integers(0, 256, (40, 60, 3), dtype=np.uint8)
    for size in (0, 5, 20, 300):
        apart = chance.integers(-size, size + 1, before.shape)
        apart[chance.random((40, 60)) < 0.7] = 0
        now = (before.astype(int) + apart).clip(0, 255).astype(np.uint8)
        wanted = (np.abs(now.astype(int) - before).max(axis=2) > most).mean()
        assert changed_fraction(before, now, most) == pytest.approx(wanted)
