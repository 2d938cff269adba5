"""Small labels of real programs are read whatever the desktop beside them looks like, and near ones are told apart."""

import json
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.matching import Wanted
from flowdesk.drivers.pixels import screen
from flowdesk.drivers.pixels.screen import Shot
from flowdesk.drivers.pixels.text import Reader, TextHit, match
from flowdesk.model.geometry import Box
from flowdesk.model.selector import parse_selector
from tests.drivers.grounds import GROUNDS, paint
from tests.drivers.looking import inside, missed, seen
from tests.rig import Apps, RealApp, Rig, steady, until

pytestmark = pytest.mark.desktop

LABELS = ("Save As...", "Cancel", "Settings", "Log in")

TK = """
wm title . "small tk"; wm geometry . +{x}+{y}; font create small -family {{DejaVu Sans}} -size -{size}
foreach {{number label}} {{0 "Save As..." 1 Cancel 2 Settings 3 "Log in"}} {{
    grid [button .b$number -text $label -font small] -row [expr $number / 2] -column [expr $number % 2] -padx 10 -pady 6
}}
"""
QT = """
from PySide6.QtWidgets import QApplication, QGridLayout, QPushButton, QWidget
app = QApplication([])
window = QWidget()
window.setWindowTitle("small qt")
window.setStyleSheet("font-size: {size}px")
grid = QGridLayout(window)
for number, label in enumerate(["Save As...", "Cancel", "Settings", "Log in"]):
    grid.addWidget(QPushButton(label), number // 2, number % 2)
window.move({x}, {y})
window.show()
app.exec()
"""
GTK = """
import gi
gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, Gtk
style = Gtk.CssProvider()
style.load_from_data(b"* {{font-size: {size}px}}")
Gtk.StyleContext.add_provider_for_screen(Gdk.Screen.get_default(), style, 800)
window, grid = Gtk.Window(title="small gtk"), Gtk.Grid()
window.add(grid)
for number, label in enumerate(["Save As...", "Cancel", "Settings", "Log in"]):
    grid.attach(Gtk.Button(label=label), number % 2, number // 2, 1, 1)
window.move({x}, {y})
window.show_all()
Gtk.main()
"""
PROGRAMS = {
    "tk": (["wish"], "tcl", TK),
    "qt": ([sys.executable], "py", QT),
    "gtk": (["/usr/bin/python3"], "py", GTK),
}

NEAR = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QWidget
app = QApplication([])
window = QWidget()
window.setWindowTitle("near texts")
window.setStyleSheet("font-size: {size}px; {look}")
grid = QGridLayout(window)
grid.setHorizontalSpacing(40)
labels = [QLabel(text) for text in json.loads({texts!r})]
for number, label in enumerate(labels):
    grid.addWidget(label, number // 6, number % 6)
window.move(60, 60)
window.show()
def tell():
    places = {{label.text(): [label.mapToGlobal(label.rect().topLeft()).x(), label.mapToGlobal(label.rect().topLeft()).y(),
                             label.width(), label.height()] for label in labels}}
    print(json.dumps(places), flush=True)
QTimer.singleShot(800, tell)
app.exec()
"""
TEXTS = (
    "Save", "Save As...", "Save All...", "10", "100", "1000", "Yes", "Yeso", "File 1", "File 7", "Row 3", "Row 8",
    "确定", "确认", "保存", "另存", "Log in", "Log on", "Delete", "Deleted", "Seat 013", "Seat 018", "No", "Now",
    "Import", "Export", "上一步", "下一步", "打开", "打印", "取消", "Send", "Sent", "Left", "Lift", "设置", "1,204.50",
)  # fmt: skip


@pytest.fixture
def rig(clean_desktop: Rig) -> Iterator[Rig]:
    yield clean_desktop
    paint(clean_desktop, "black")


def shown(apps: Apps, program: str, size: int, place: tuple[int, int]) -> RealApp:
    command, suffix, source = PROGRAMS[program]
    path = apps.folder / f"small-{program}.{suffix}"
    path.write_text(source.format(size=size, x=place[0], y=place[1]), "utf-8")
    process = apps.rig.start([*command, str(path)], QT_QPA_PLATFORM="xcb")
    window = apps.rig.wait_window(process, f"small {program}")
    box = steady(lambda: apps.rig.box(window), "the window to stand still")
    until(lambda: len(np.unique(screen.grab(Box(*box)).pixels)) > 20, "its labels to be drawn")
    return RealApp(process, window, None, box)


def hits(reader: Reader, shot: Shot, text: str) -> list[TextHit]:
    """Return what the first reading finds, and what the reader is in doubt of."""
    wanted = Wanted(parse_selector(f'text="{text}"').steps[0])
    lines = reader.read(shot)
    return match(lines, wanted) or reader.doubtful(shot, lines, wanted)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    ("program", "size", "place"), [("tk", 12, (980, 520)), ("qt", 10, (60, 60)), ("gtk", 14, (700, 300))]
)
def test_a_small_dialog_is_read_whatever_is_beside_it(
    rig: Rig, apps: Apps, program: str, size: int, place: tuple[int, int], ground: str
) -> None:
    paint(rig, ground)
    app = shown(apps, program, size, place)
    reader, shot = Reader(), screen.grab()
    found = {label: [hit.box.center for hit in hits(reader, shot, label)] for label in LABELS}
    assert all(len(places) == 1 and inside(Box(*places[0], 1, 1), app.box) for places in found.values()), found


async def test_what_tells_nothing_of_itself_is_found_and_its_neighbours_are_not_taken_for_it(
    rig: Rig, apps: Apps, eyes: RealEyes
) -> None:
    app = shown(apps, "tk", 12, (980, 520))
    for label in LABELS:
        assert inside((await seen(eyes, f'text="{label}"')).box, app.box)
    for other in ("Save All...", "Save", "Cancels", "Setting", "Log on"):
        await missed(eyes, f'text="{other}"')


@pytest.mark.parametrize("look", ["", "background: #24262c; color: #e1e1e4", "background: #1a73e8; color: white"])
@pytest.mark.parametrize("size", [10, 13, 16])
def test_near_texts_of_a_real_program_are_never_taken_for_one_another(
    rig: Rig, apps: Apps, size: int, look: str
) -> None:
    process = apps.script(NEAR.format(size=size, look=look, texts=json.dumps(TEXTS)))
    rig.wait_window(process, "near texts")
    assert process.stdout is not None
    places = {text: Box(*box) for text, box in json.loads(process.stdout.readline()).items()}
    reader, shot = Reader(), screen.grab()
    found = {text: [hit.box.center for hit in hits(reader, shot, text)] for text in TEXTS}
    wrong = {
        text: centers for text, centers in found.items()
        if not all(places[text].contains(center) for center in centers)
    }  # fmt: skip
    assert wrong == {}
    there = [text for text in TEXTS if found[text]]
    assert len(there) >= len(TEXTS) * 0.9, sorted(set(TEXTS) - set(there))
