"""The window that has the keyboard, and points, on the real desktop."""

from functools import partial

import pytest

from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.x11.input import RealHands
from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Point
from tests.drivers.looking import missed, seen
from tests.rig import Apps, until

pytestmark = pytest.mark.desktop


def _is_active(apps: Apps, window: int) -> bool:
    return apps.rig.active() == window


async def test_the_active_window_is_the_one_that_has_the_keyboard(eyes: RealEyes, hands: RealHands, apps: Apps) -> None:
    one = apps.zenity("--question", "--title", "One", "--text", "Really?")
    other = apps.zenity("--question", "--title", "Other", "--text", "Sure?")
    for app in (one, other):
        await hands.window(Window(app.window, ""), "activate")
        until(partial(_is_active, apps, app.window), "the window in front")
        assert (await seen(eyes, "active")).window == app.window
    frame = (await seen(eyes, "active")).box
    assert frame.contains((await seen(eyes, "active >> button[name='Yes']")).point)
    assert (await seen(eyes, "app=zenity >> active")).window == other.window
    assert "outside the search area" in (await missed(eyes, "window=One >> active")).reason
    assert (await missed(eyes, "active >> text=Really?")).reason, "that is in the other one"


async def test_a_point_with_a_plus_is_counted_from_the_pointer(eyes: RealEyes, hands: RealHands, apps: Apps) -> None:
    await hands.move(Point(300, 200))
    assert (await seen(eyes, "point=+50,-10")).point == Point(350, 190)
    assert (await seen(eyes, "+-50,+-10")).point == Point(250, 190)
    await hands.move(Point(400, 200))
    assert (await seen(eyes, "point=+50,-10")).point == Point(450, 190)
    assert "outside the screen" in (await missed(eyes, "point=+0,-900")).reason
