"""Text and keys go only to the window that they are for: windows that open, lockers and menus that grab on the way."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from Xlib import X

from flowdesk.drivers.memory import Memory
from flowdesk.drivers.real import RealDesktop
from flowdesk.drivers.x11.input import RealHands
from flowdesk.model.errors import DesktopUnavailable, InputFailed
from flowdesk.model.geometry import Box
from flowdesk.model.target import Spot
from tests.drivers.conftest import Body
from tests.drivers.typing_apps import gtk3_entry, qt_text
from tests.rig import Apps, RealApp, Rig, until

pytestmark = pytest.mark.desktop

GRABBER = """
import sys
from pathlib import Path
from Xlib import XK, X
from Xlib.display import Display

display = Display()
root = display.screen().root
window = root.create_window(300, 300, 400, 200, 0, display.screen().root_depth, X.InputOutput, X.CopyFromParent,
                            background_pixel=display.screen().white_pixel, event_mask=X.KeyPressMask | X.ButtonPressMask)
window.set_wm_name("grabs")
window.set_wm_class("grabs", "Grabs")
window.set_wm_hints(flags=1, input=1)
window.map()
count = keys = presses = 0
is_grabbed = False
while True:
    event = display.next_event()
    if event.type == X.KeyPress and display.keycode_to_keysym(event.detail, 0) in range(0x21, 0x7F):
        keys += 1
    if event.type == X.ButtonPress:
        presses += 1
    if not is_grabbed and (keys or presses):  # as Swing does for a menu inside its own frame
        is_grabbed = True
        window.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        window.grab_pointer(True, X.ButtonPressMask, X.GrabModeAsync, X.GrabModeAsync, X.NONE, X.NONE, X.CurrentTime)
        display.sync()
    Path(sys.argv[1]).write_text(f"{keys} {presses}")
"""
"""A program that grabs keyboard and mouse for itself at the first key or press, without a window of its own for that."""

LOCK = """
import sys, time
from pathlib import Path
from Xlib import XK, X
from Xlib.display import Display

display = Display()
root = display.screen().root
size = root.get_geometry()
window = root.create_window(0, 0, size.width, size.height, 0, display.screen().root_depth, override_redirect=1)
{grab}.map()
display.sync()
{grab}.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
display.sync()
keys = 0
Path(sys.argv[1]).write_text("0")
while True:
    event = display.next_event()
    if event.type == X.KeyPress and display.keycode_to_keysym(event.detail, 0) in range(0x21, 0x7F):
        keys += 1
        Path(sys.argv[1]).write_text(str(keys))
"""
"""A locker that counts the letters which it gets."""

STEALER = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPlainTextEdit

app = QApplication([])
edit, other = QPlainTextEdit(), QPlainTextEdit()
edit.setWindowTitle("flowdesk first")
other.setWindowTitle("flowdesk second")
other.textChanged.connect(lambda: Path(sys.argv[1]).write_text(other.toPlainText()))
def opened():
    if len(edit.toPlainText()) > 20 and not other.isVisible():
        other.show()
        other.activateWindow()
        other.setFocus()
edit.textChanged.connect(opened)
edit.resize(500, 200)
edit.show()
app.exec()
"""


FIELDS = {
    "qt": """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

app = QApplication([])
window = QWidget()
layout = QVBoxLayout(window)
edit, other = QLineEdit(), QLineEdit()
for each in (edit, other):
    layout.addWidget(each)
other.textChanged.connect(lambda text: Path(sys.argv[1]).write_text(text))
edit.textChanged.connect(lambda text: other.setFocus() if len(text) == 20 else None)
window.setWindowTitle("flowdesk fields")
window.resize(500, 100)
window.show()
edit.setFocus()
app.exec()
""",
    "gtk3": """
import sys
from pathlib import Path
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk

window = Gtk.Window(title="flowdesk fields")
column = Gtk.VBox()
window.add(column)
edit, other = Gtk.Entry(), Gtk.Entry()
column.add(edit)
column.add(other)
other.connect("changed", lambda entry: Path(sys.argv[1]).write_text(entry.get_text()))
edit.connect("changed", lambda entry: other.grab_focus() if len(entry.get_text()) == 20 else None)
window.show_all()
edit.grab_focus()
Gtk.main()
""",
}
"""A program whose first field gives the keyboard to the second after twenty characters."""


CLOSER = """
from PySide6.QtWidgets import QApplication, QWidget

class Closer(QWidget):
    def keyPressEvent(self, event):
        self.close()

app = QApplication([])
closer = Closer()
closer.setWindowTitle("flowdesk closer")
closer.show()
app.exec()
"""


@pytest.fixture
def desktop(body: Body) -> Iterator[RealDesktop]:
    with ThreadPoolExecutor(1) as pool:
        yield RealDesktop(
            body.brake, thread=body.thread, held=body.held, clipboard=body.clipboard, windows=body.windows,
            pool=pool, memory=Memory(),
        )  # fmt: skip


def _spot(app: RealApp) -> Spot:
    return Spot(Box(*app.box), Box(*app.box).center, "window=x", "window", owner=app.window)


def _run(apps: Apps, source: str, title: str = "", python: str = sys.executable) -> tuple[Path, RealApp | None]:
    script, path = apps._file("program.py"), apps._file("out.txt")
    script.write_text(source, encoding="utf-8")
    process = apps.rig.start([python, str(script), str(path)], QT_QPA_PLATFORM="xcb")
    if not title:
        until(path.exists, "the program to begin")
        return path, None
    return path, apps._ready(process, path, title)


async def test_text_and_keys_for_a_window_do_not_go_to_another(desktop: RealDesktop, apps: Apps) -> None:
    wanted = qt_text(apps)
    other = gtk3_entry(apps)
    with pytest.raises(InputFailed, match="flowdesk gtk entry"):
        await desktop.type_text("secret", "keys", spot=_spot(wanted.app))
    with pytest.raises(InputFailed, match="flowdesk qt probe"):
        await desktop.press_keys(["x"], spot=_spot(wanted.app))
    with pytest.raises(InputFailed, match="instead of"):
        await desktop.clear_field(_spot(wanted.app), is_followed=True)
    await desktop.type_text("mine", "keys", spot=_spot(other.app))
    other.holds("mine")
    assert wanted.read() == ""


async def test_keys_that_close_their_window_are_not_pressed_in_the_next(desktop: RealDesktop, apps: Apps) -> None:
    below = qt_text(apps)
    _, dialog = _run(apps, CLOSER, "flowdesk closer")
    assert dialog is not None
    with pytest.raises(InputFailed, match="pressed 1 times"):
        await desktop.press_keys(["x"], 3, spot=_spot(dialog))
    assert below.read() == ""


async def test_a_text_goes_where_the_keyboard_is_after_a_dialog_that_was_closing(
    desktop: RealDesktop, apps: Apps, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = apps.qt()
    dialog = apps.zenity("--entry", "--title", "Closing")
    until(lambda: apps.rig.active() == dialog.window, "the dialog to have the keyboard")
    look = desktop._where_at_last

    async def look_at_what_closes() -> object:
        where = await look()
        if dialog.process.poll() is None:
            dialog.process.terminate()
            dialog.process.wait()
            until(lambda: apps.rig.active() == field.window, "the field's window to have the keyboard")
        return where

    monkeypatch.setattr(desktop, "_where_at_last", look_at_what_closes)
    await desktop.type_text("after all")
    field.holds("after all")


async def test_a_window_that_the_program_opens_in_mid_text_gets_next_to_nothing(hands: RealHands, apps: Apps) -> None:
    path, _ = _run(apps, STEALER, "flowdesk first")
    with pytest.raises(InputFailed, match=r"Typed so far: \d+ of 400 characters") as caught:
        await hands.type_text("x" * 400, "keys", 0.005)
    assert caught.value.details["typed"] < 400
    assert len(path.read_text() if path.exists() else "") <= 5


@pytest.mark.parametrize("toolkit", ["gtk3", "qt"])
async def test_another_field_that_takes_the_keyboard_in_mid_text_gets_little_of_it(
    desktop: RealDesktop, apps: Apps, toolkit: str
) -> None:
    path, _ = _run(
        apps, FIELDS[toolkit], "flowdesk fields", "/usr/bin/python3" if toolkit == "gtk3" else sys.executable
    )
    with pytest.raises(InputFailed, match=r"another field of flowdesk fields .* Typed so far: \d+ of 400 characters"):
        await desktop.type_text("x" * 400, "keys")
    assert len(path.read_text() if path.exists() else "") <= 5


async def test_a_tab_in_a_text_leads_to_the_next_field(desktop: RealDesktop, apps: Apps) -> None:
    path, _ = _run(apps, FIELDS["qt"], "flowdesk fields")
    await desktop.type_text("one\tsecond field", "keys")
    until(lambda: path.read_text() == "second field" if path.exists() else False, "the rest in the next field")


@pytest.mark.parametrize("grab", ["window", "root"])
async def test_a_grab_that_begins_in_mid_text_gets_at_most_five_keys(hands: RealHands, apps: Apps, grab: str) -> None:
    window = apps.qt()
    typing = asyncio.ensure_future(hands.type_text("y" * 3000, "keys", 0.002))  # noqa: TID251 - awaited below
    await asyncio.to_thread(until, window.text, "the first character")
    path, _ = await asyncio.to_thread(_run, apps, LOCK.format(grab=grab))
    with pytest.raises((InputFailed, DesktopUnavailable), match=r"Typed so far: \d+ of 3000"):
        await typing
    assert int(path.read_text()) <= 5
    assert 0 < len(window.text()) < 3000


@pytest.mark.skipif(shutil.which("i3lock") is None, reason="i3lock is not installed")
async def test_a_real_locker_ends_typing(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    typing = asyncio.ensure_future(hands.type_text("y" * 3000, "keys", 0.002))  # noqa: TID251 - awaited below
    await asyncio.to_thread(until, window.text, "the first character")
    locker = apps.rig.start(["i3lock", "-n"])
    with pytest.raises(DesktopUnavailable, match="screen is locked"):
        await typing
    locker.kill()


async def test_the_driven_programs_own_grab_is_no_obstacle(desktop: RealDesktop, apps: Apps) -> None:
    path, app = _run(apps, GRABBER, "grabs")
    assert app is not None
    for spot in (_spot(app), None):
        await desktop.press_keys(["a"], spot=spot)
        await desktop.type_text("bc", "keys", spot=spot)
        await desktop.click(Box(*app.box).center)
    until(lambda: path.read_text() == "6 2", "three keys, a press, and all that again")


async def test_a_grab_of_another_program_is_an_obstacle_and_named(
    desktop: RealDesktop, apps: Apps, clean_desktop: Rig
) -> None:
    _, holder = _run(apps, GRABBER, "grabs")
    assert holder is not None
    await desktop.press_keys(["a"])
    wanted = apps.qt()
    with pytest.raises(InputFailed, match=r"python.* has exclusive use of the keyboard"):
        await desktop.press_keys(["a"], spot=_spot(wanted))
    assert wanted.text() == ""


async def test_a_keyboard_that_no_window_has_for_a_moment_is_waited_for(hands: RealHands, apps: Apps) -> None:
    program = qt_text(apps)
    display = apps.rig.display
    display.set_input_focus(X.NONE, X.RevertToNone, X.CurrentTime)
    display.sync()

    async def give_back() -> None:
        await asyncio.sleep(0.4)
        apps.rig.xdotool("windowfocus", str(program.app.window))

    await asyncio.gather(hands.type_text("waits"), give_back())
    program.holds("waits")
