"""The eyes beside finding: changes, pictures, text, windows, and elements read again."""

import asyncio
import os
import signal

import pytest

from flowdesk.aio import spawn
from flowdesk.drivers import elements
from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.patience import Patience
from flowdesk.drivers.x11.input import RealHands
from flowdesk.model.geometry import Box, Point
from tests.drivers.looking import query, seen
from tests.rig import Apps, RealApp

pytestmark = pytest.mark.desktop


async def test_changes_are_counted_per_key(eyes: RealEyes, dialog: RealApp) -> None:
    frame = Box(*dialog.box)
    assert await eyes.changed_fraction(frame, "a") == 1.0
    assert await eyes.changed_fraction(frame, "a") < 0.2
    assert await eyes.changed_fraction(frame, "b") == 1.0


async def test_changes_are_counted_since_the_first_look_however_slowly_they_come(
    eyes: RealEyes, hands: RealHands, apps: Apps
) -> None:
    app = apps.mousepad("")
    field = await seen(eyes, "app=mousepad >> text_field")
    await hands.click(field.point)
    frame = Box(field.box.x, field.box.y, 200, 60)
    assert await eyes.changed_fraction(frame, "slow", since_first=True) == 1.0
    found = [await eyes.changed_fraction(frame, "slow", since_first=True)]
    for letter in "mmmmmmmm":
        await hands.press_keys([letter])
        await asyncio.sleep(0.2)
        found.append(await eyes.changed_fraction(frame, "slow", since_first=True))
    assert found[-1] > 0.02
    assert found[-1] > 3 * found[1], "all letters count, not only the last"
    for number in range(40):
        await eyes.changed_fraction(Box(0, 0, 4, 4), str(number))
    assert len(eyes._before) == 16
    assert app.window


async def test_the_eyes_see_screens_text_and_pointer(eyes: RealEyes, dialog: RealApp) -> None:
    assert await eyes.pointer() == Point(800, 500)
    assert [monitor.number for monitor in await eyes.monitors()] == [1]
    assert (await eyes.screenshot(Box(0, 0, 10, 10))).startswith(b"\x89PNG")
    x, y, width, height = dialog.box
    assert "Really go?" in (await eyes.read_text(Box(x, y, width, height)) or "")
    assert [window.title for window in await eyes.windows()] == ["Ask me"]


async def test_looking_does_not_hold_up_the_loop(eyes: RealEyes, dialog: RealApp) -> None:
    reading = spawn(eyes.read_text(Box(0, 0, 800, 500)), "reading")
    beats = 0
    while not reading.done():
        await asyncio.sleep(0.005)
        beats += 1
    await reading
    assert beats > 5


async def test_a_state_is_read_where_a_point_is(eyes: RealEyes, apps: Apps) -> None:
    apps.zenity("--entry", "--title", "Ask me", "--entry-text", "before")
    field = await seen(eyes, "window=Ask >> text_field")
    assert field.text == "before"
    x, y = field.point
    spot = await eyes.state(await seen(eyes, f"{x},{y}"))
    assert spot.text in (None, "before")
    assert (await eyes.state(field)).element == field.element


ADDING = """
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

application = QApplication([])
windows = []
for title, is_kept in (("First", False), ("Second", True)):
    window = QWidget()
    window.setWindowTitle(title)
    button = QPushButton("Add")
    button.setCheckable(is_kept)
    QVBoxLayout(window).addWidget(button)
    window.setGeometry(100 + 400 * is_kept, 100, 300, 200)
    window.show()
    windows.append(window)
application.exec()
"""


async def test_a_button_that_stays_down_is_a_button_in_a_window_that_has_no_other(eyes: RealEyes, apps: Apps) -> None:
    process = apps.script(ADDING)
    for title in ("First", "Second"):
        apps.rig.wait_window(process, title, is_active=False)
    first = await seen(eyes, "window=First >> button[name='Add']")
    second = await seen(eyes, "window=Second >> button[name='Add']")
    assert first.box.right <= second.box.x
    assert second.element is not None
    assert second.element.role != "button"


async def test_of_a_program_that_hangs_it_is_not_said_that_something_is_gone(eyes: RealEyes, apps: Apps) -> None:
    process = apps.script(ADDING)
    apps.rig.wait_window(process, "Second", is_active=False)
    selector = "window=Second >> button[name='Add']"
    await seen(eyes, selector)
    os.kill(process.pid, signal.SIGSTOP)
    try:
        miss = (await eyes.find(query(selector))).miss
    finally:
        os.kill(process.pid, signal.SIGCONT)
    assert miss is not None
    assert miss.is_unfinished
    absent = (await eyes.find(query("window=Second >> button[name='Absent']"))).miss
    assert absent is not None
    assert not absent.is_unfinished


async def test_elements_are_read_no_longer_than_there_is_time(
    eyes: RealEyes, apps: Apps, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = apps.script(ADDING)
    apps.rig.wait_window(process, "Second", is_active=False)
    await seen(eyes, "window=Second >> button[name='Add']")
    programs = elements.applications({process.pid})
    with Patience(0):
        assert elements.find("button[name='Add']", programs)
        monkeypatch.setattr(elements, "LOOK_SECONDS", 0.0)
        with pytest.raises(elements.ElementsUnanswered, match="timeout ended"):
            elements.find("button[name='Add']", programs)
