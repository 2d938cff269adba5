"""Changes of the screen: none missed, none made up."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from flowdesk.drivers import screens
from flowdesk.drivers.pixels import live, screen
from flowdesk.drivers.pixels.live import TILE, LiveScreen, changed
from flowdesk.model.geometry import Box
from tests.rig import Apps, Rig, until


def blank() -> NDArray[np.uint32]:
    return np.zeros((1000, 1600), np.uint32)


def painted(*boxes: Box) -> NDArray[np.uint32]:
    pixels = blank()
    for box in boxes:
        pixels[box.y : box.bottom, box.x : box.right] = 7
    return pixels


def test_nothing_changed_is_no_box() -> None:
    assert changed(blank(), blank()) == []


def test_one_pixel_is_one_tile() -> None:
    assert changed(blank(), painted(Box(70, 130, 1, 1))) == [Box(64, 128, TILE, TILE)]


def test_a_box_across_tiles_is_one_box_clipped_to_the_screen() -> None:
    assert changed(blank(), painted(Box(1500, 900, 100, 100))) == [Box(1472, 896, 128, 104)]


def test_many_boxes_become_one() -> None:
    dots = [Box(x, x % 7 * 100, 1, 1) for x in range(0, 1500, 100)]
    assert len(changed(blank(), painted(*dots))) == 1


def test_every_changed_pixel_is_inside() -> None:
    random = np.random.default_rng(4)
    for _ in range(30):
        now = blank()
        for _ in range(int(random.integers(1, 40))):
            now[int(random.integers(1000)), int(random.integers(1600))] = 1
        seen = np.zeros_like(now, bool)
        for box in changed(blank(), now):
            seen[box.y : box.bottom, box.x : box.right] = True
        assert not (now.astype(bool) & ~seen).any()


@pytest.mark.desktop
def test_the_real_screen(clean_desktop: Rig, apps: Apps) -> None:
    view = LiveScreen()
    whole = screens.virtual_box()
    assert view.look() == (whole,)
    until(lambda: not view.look(), "the screen to stand still")
    dialog = apps.zenity("--info", "--text", "x", "--title", "Hi")
    found = until(view.look, "a change")
    assert found != (whole,)
    until(lambda: not view.look(), "the dialog to be drawn")
    x, y, width, height = dialog.box
    part = view.encode(Box(x, y, width, height), 0.5, 80)
    image = Image.open(io.BytesIO(part.content))
    assert abs(image.width - width / 2) <= 1
    assert view.encode(whole, 1.0, 80).format == "jpeg"
    assert view.encode(Box(x, y, 20, 20), 1.0, 80).format == "png"
    sharp = np.asarray(Image.open(io.BytesIO(view.encode(Box(x, y, 40, 40), 1.0, 80).content)))
    assert np.array_equal(sharp[..., ::-1], screen.grab(Box(x, y, 40, 40)).pixels)
    assert live.MOST_BOXES > 0
