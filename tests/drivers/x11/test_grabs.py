"""A locked screen, and a keyboard or mouse that another program keeps to itself, are found out before anything is sent."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from Xlib import X

from flowdesk.drivers.doctor import checks
from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.input import RealHands
from flowdesk.model.errors import DesktopUnavailable, InputFailed
from flowdesk.model.geometry import Point
from tests.rig import Apps, Rig, until

pytestmark = pytest.mark.desktop

LOCK = """
from Xlib import X
from Xlib.display import Display

display = Display()
root = display.screen().root
size = root.get_geometry()
window = root.create_window(0, 0, size.width, size.height, 0, display.screen().root_depth, override_redirect=1)
window.map()
display.sync()
window.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
display.sync()
print("locked", flush=True)
while True:
    display.next_event()
"""


@pytest.fixture
def other(clean_desktop: Rig) -> Iterator[Any]:
    """Another program's connection."""
    display = x11.connect()
    yield display
    display.close()


async def test_keys_are_refused_while_another_program_has_the_keyboard(
    hands: RealHands, apps: Apps, other: Any, clean_desktop: Rig
) -> None:
    app = apps.qt()
    x11.root_of(other).grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
    with pytest.raises(InputFailed, match="use of the keyboard"):
        await hands.press_keys(["a"])
    found = next(check for check in checks() if check.name == "mouse and keyboard")
    assert not found.is_ok
    assert "use of the keyboard" in found.message
    other.ungrab_keyboard(X.CurrentTime)
    other.sync()
    await hands.press_keys(["b"])
    app.holds("b")


async def test_clicks_are_refused_while_another_program_has_the_mouse(
    hands: RealHands, other: Any, clean_desktop: Rig
) -> None:
    root = x11.root_of(other)
    root.grab_pointer(True, X.ButtonPressMask, X.GrabModeAsync, X.GrabModeAsync, X.NONE, X.NONE, X.CurrentTime)
    with pytest.raises(InputFailed, match="use of the mouse"):
        await hands.click(Point(300, 300))
    other.ungrab_pointer(X.CurrentTime)
    other.sync()
    await hands.click(Point(300, 300))


async def test_a_locked_screen_is_no_usable_desktop(hands: RealHands, clean_desktop: Rig, tmp_path: Path) -> None:
    script = tmp_path / "lock.py"
    script.write_text(LOCK, encoding="utf-8")
    locker = clean_desktop.start([sys.executable, str(script)])
    assert locker.stdout is not None
    assert locker.stdout.readline() == "locked\n"
    with pytest.raises(DesktopUnavailable, match="screen is locked"):
        await hands.press_keys(["a"])
    locker.kill()
    until(lambda: locker.poll() is not None, "the locker to end")
    await hands.move(Point(10, 400))
