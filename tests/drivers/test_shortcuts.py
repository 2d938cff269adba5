"""A shortcut is keys, not characters: it arrives the same in every layout, whatever locks are on, and leaves them as they were."""

import sys

import pytest

from flowdesk.drivers.x11.input import RealHands
from flowdesk.drivers.x11.xkb import Xkb
from tests.rig import Apps, until

pytestmark = pytest.mark.desktop

QT = """
import sys
from pathlib import Path
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QPushButton

app = QApplication([])
window = QPushButton("here")
window.setWindowTitle("flowdesk shortcuts")
def note(name):
    with Path(sys.argv[1]).open("a") as file:
        file.write(name + chr(10))
for name in ("Ctrl+S", "Ctrl+Shift+S", "Ctrl+Z", "Ctrl+Y", "Ctrl+1", "Ctrl++", "Ctrl+/", "Ctrl+Q", "Ctrl+A", "F5", "Ctrl+5"):
    QShortcut(QKeySequence(name), window, lambda name=name: note(name))
window.show()
window.setFocus()
app.exec()
"""

GTK = """
import sys
from pathlib import Path
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk
window = Gtk.Window(title="flowdesk shortcuts")
group = Gtk.AccelGroup()
window.add_accel_group(group)
def note(name):
    with Path(sys.argv[1]).open("a") as file:
        file.write(name + chr(10))
    return True
for name, told in (("<Control>s", "Ctrl+S"), ("<Control><Shift>s", "Ctrl+Shift+S"), ("<Control>z", "Ctrl+Z"), ("<Control>y", "Ctrl+Y"),
                   ("<Control>1", "Ctrl+1"), ("<Control>plus", "Ctrl++"), ("<Control>slash", "Ctrl+/"), ("<Control>q", "Ctrl+Q"),
                   ("<Control>a", "Ctrl+A"), ("F5", "F5"), ("<Control>5", "Ctrl+5")):
    key, modifiers = Gtk.accelerator_parse(name)
    group.connect(key, modifiers, 0, lambda *_, told=told: note(told))
window.add(Gtk.Label(label="here"))
window.connect("destroy", Gtk.main_quit)
window.show_all()
Gtk.main()
"""

KEYS = ("Ctrl+S", "Ctrl+Shift+S", "Ctrl+Z", "Ctrl+Y", "Ctrl+1", "Ctrl++", "Ctrl+/", "Ctrl+Q", "Ctrl+A", "F5")
LAYOUTS = ("us", "de", "fr", "ru", "us,ru", "gr", "jp")
CAPS, NUM, LEVEL_THREE = 2, 16, 128


@pytest.mark.parametrize("toolkit", ["qt", "gtk"])
@pytest.mark.parametrize("layout", LAYOUTS)
async def test_shortcuts_arrive_in_every_layout_under_every_lock(
    hands: RealHands, apps: Apps, toolkit: str, layout: str
) -> None:
    path, script = apps._file("out.txt"), apps._file("shortcuts.py")
    path.write_text("")
    script.write_text(QT if toolkit == "qt" else GTK, encoding="utf-8")
    python = sys.executable if toolkit == "qt" else "/usr/bin/python3"
    process = apps.rig.start([python, str(script), str(path)], QT_QPA_PLATFORM="xcb")
    apps._ready(process, path, "flowdesk shortcuts")
    apps.rig.layout(layout)
    if "," in layout:
        apps.rig.lock_group(1)
    keyboard = Xkb()
    try:
        for locks in (0, CAPS, CAPS | NUM, LEVEL_THREE if layout in ("de", "fr") else NUM):
            keyboard.lock(0xFF, locks)
            path.write_text("")
            for name in KEYS:
                keys = ["ctrl", "+"] if name == "Ctrl++" else [key.lower() for key in name.split("+")]
                await hands.press_keys(keys)
            wanted = "".join(f"{name}\n" for name in KEYS)
            until(lambda: path.read_text().count("\n") >= len(KEYS), f"all of them with locks {locks}")
            assert path.read_text() == wanted, locks
            assert keyboard.state().locked == locks
            assert keyboard.state().held == 0
    finally:
        keyboard.lock(0xFF, 0)
        keyboard.close()


async def test_a_single_key_is_a_key_and_the_keypad_gives_digits(hands: RealHands, apps: Apps) -> None:
    window = apps.qt()
    keyboard = Xkb()
    try:
        for locks in (0, CAPS, NUM):
            keyboard.lock(0xFF, locks)
            for key in ("a", "A", "?", "num5", "é"):
                await hands.press_keys([key])
            assert keyboard.state().locked == locks
    finally:
        keyboard.lock(0xFF, 0)
        keyboard.close()
    window.holds("aA?5é" * 3)


@pytest.mark.parametrize("locks", [CAPS, NUM, CAPS | NUM])
@pytest.mark.parametrize("layout", ["us", "de", "fr"])
async def test_text_by_keys_is_exact_under_locks(hands: RealHands, apps: Apps, layout: str, locks: int) -> None:
    window = apps.qt()
    apps.rig.layout(layout)
    keyboard = Xkb()
    keyboard.lock(0xFF, locks)
    try:
        await hands.type_text('aBc 123 {x} "ÜüÉé" ß', "keys", 0.0)
        assert keyboard.state().locked == locks
    finally:
        keyboard.lock(0xFF, 0)
        keyboard.close()
    window.holds('aBc 123 {x} "ÜüÉé" ß')
